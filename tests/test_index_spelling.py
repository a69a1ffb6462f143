import pytest

from index.stores.spelling import searched

CASES = {
    "acronym": ("the U.S. and the U.N.", "the usa and the un"),
    "long names": ("United States, United Nations and European Union", "usa un and eu"),
    "long name in small letters": ("united nations", "united nations"),
    "capitals": ("US troops with us", "usa troops with us"),
    "small words that are names": ("WHO and IT, who and it", "WHO and IT who and it"),
    "a long name that is a small word": ("the World Health Organization", "the WHO"),
    "all in capitals": ("WHO SIGNED IT", "who signed it"),
    "a name in capitals alone": ("WHO", "WHO"),
    "a.m.": ("at 5 a.m. sharp", "at 5 am sharp"),
    "thousands": ("10,000 or 1,234,567", "10000 or 1234567"),
    "a list of numbers": ("1, 2, 3", "1 2 3"),
    "signs": ("-5 C++ AA- Canal+ 50+ $5", "5 c++ aa- canal 50 5"),
    "possessive": ("Obama's and Obama’s, the Obamas'", "obama and obama the obamas"),
    "apostrophes": ("O’Hara didn't", "o hara didn t"),
    "hyphens": ("e-mail, email and a no-fly zone", "email email and a no fly zone"),
    "line ends": ("inter-\nnational, well-\nknown", "international well known"),
    "our": ("Labour honours neighbours", "labor honors neighbors"),
    "hour": ("four hours, our tour, contour", "four hours our tour contour"),
    "ise": ("organised, recognises, realisation", "organized recognizes realization"),
    "not ise": ("promise, exercise, otherwise, revised, advertise", "promise exercise otherwise revised advertise"),
    "doubled l": ("travelled, cancelling, fuelled", "traveled canceling fueled"),
    "re": ("theatres, the centre, centred", "theaters the center centered"),
    "not re": ("there were acres of it", "there were acres of it"),
    "single": ("programme, Tyres, defence, sceptics", "program tires defense skeptics"),
    "wide letters": ("ＮＡＴＯ", "nato"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_words_as_they_are_searched(text: str, expected: str) -> None:
    assert " ".join(word.key for word in searched(text)) == expected


def test_a_name_stands_where_its_words_do() -> None:
    text = "in the World Health Organization now"
    assert [text[word.start : word.end] for word in searched(text)] == ["in", "the", "World Health Organization", "now"]
