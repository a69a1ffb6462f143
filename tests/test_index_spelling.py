import pytest

from index.stores.spelling import normalised

CASES = {
    "acronym": ("the U.S. and the U.N.", "the USA and the UN"),
    "long names": ("United States, United Nations and European Union", "USA, UN and EU"),
    "capitals": ("US troops with us", "USA troops with us"),
    "a.m.": ("at 5 a.m. sharp", "at 5 am sharp"),
    "thousands": ("10,000 or 1,234,567", "10000 or 1234567"),
    "a list of numbers": ("1, 2, 3", "1, 2, 3"),
    "possessive": ("Obama's and Obama’s, the Obamas'", "Obama and Obama, the Obamas'"),
    "our": ("Labour honours neighbours", "labor honors neighbors"),
    "hour": ("four hours, our tour, contour", "four hours, our tour, contour"),
    "ise": ("organised, recognises, realisation", "organized, recognizes, realization"),
    "not ise": ("promise, exercise, otherwise, revised, advertise", "promise, exercise, otherwise, revised, advertise"),
    "doubled l": ("travelled, cancelling, fuelled", "traveled, canceling, fueled"),
    "re": ("theatres, the centre, centred", "theaters, the center, centered"),
    "not re": ("there were acres of it", "there were acres of it"),
    "single": ("programme, Tyres, defence, sceptics", "program, tires, defense, skeptics"),
    "wide letters": ("ＮＡＴＯ", "NATO"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_words_in_one_spelling(text: str, expected: str) -> None:
    assert normalised(text) == expected


@pytest.mark.parametrize("text", [text for text, _ in CASES.values()], ids=CASES)
def test_what_is_normalised_stays(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
