"""The page in other languages: every text is in every file, filled with the same values, and English stays as it is."""

import re
from datetime import date
from typing import Any

import pytest
from said import all_texts, values
from test_page_handlers import handlers

from corpus import UserError
from corpus.languages import ENGLISH
from corpus.message import Message, without_folders
from qa.page.languages import (
    LANGUAGES,
    catalogue,
    day,
    known,
    number,
    period,
    say,
    say_in_html,
    say_number,
    speaking,
    translated,
)
from qa.reading.verdict import Signals, judge

CODES = tuple(code for code in LANGUAGES if code != ENGLISH)
TEXTS = all_texts()
_TAG = re.compile(r"<[^>]*>")


def said_in(code: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """The texts of a language, by the English ones; one that goes with a number has several."""
    return {
        message.id: message.string if isinstance(message.string, tuple) else (str(message.string),)
        for message in catalogue(code)
        if message.id
    }


@pytest.mark.parametrize("code", CODES)
def test_a_language_has_every_text_and_no_other(code: str) -> None:
    wanted = {text[0] if len(text) == 1 else text for text in TEXTS if isinstance(text, tuple)}
    wanted |= {text for text in TEXTS if isinstance(text, str)}

    assert set(said_in(code)) == wanted


@pytest.mark.parametrize("code", CODES)
def test_a_text_keeps_its_values_and_its_marks(code: str) -> None:
    for english, told in said_in(code).items():
        forms = (english,) if isinstance(english, str) else english
        assert len(told) == len(forms), english
        for text in told:
            assert text.strip(), english
            assert values(text) == values(forms[-1]), english
            assert _TAG.findall(text) == _TAG.findall(forms[-1]), english
            assert text.count('"') == forms[-1].count('"'), english  # some stand in attributes
            assert text.startswith(" ") == forms[-1].startswith(" "), english


def test_english_is_what_is_asked_for() -> None:
    assert say("Not in this archive.") == "Not in this archive."
    assert say_number("%(num)s article", "%(num)s articles", 1) == "1 article"
    assert say_number("%(num)s article", "%(num)s articles", 2739) == "2,739 articles"
    assert say("100 % of it") == "100 % of it"


@pytest.mark.parametrize(
    ("code", "none", "one", "many"),
    [
        ("de", "0 Artikel", "1 Artikel", "12.345 Artikel"),
        ("es", "0 artículos", "1 artículo", "12.345 artículos"),
        ("fr", "0 article", "1 article", "12\u202f345 articles"),
        ("it", "0 articoli", "1 articolo", "12.345 articoli"),
        ("pt", "0 artigos", "1 artigo", "12.345 artigos"),
    ],
)
def test_a_number_has_the_form_that_goes_with_it(code: str, none: str, one: str, many: str) -> None:
    with speaking(code):
        told = [say_number("%(num)s article", "%(num)s articles", value) for value in (0, 1, 12_345)]

    assert told == [none, one, many]


@pytest.mark.parametrize(
    ("code", "first", "month", "year", "open_end"),
    [
        ("en", "1 June 2016", "1 to 19 June 2016", "28 May to 1 June 2016", "since 1 June 2016"),
        ("de", "1. Juni 2016", "1. bis 19. Juni 2016", "28. Mai bis 1. Juni 2016", "seit 1. Juni 2016"),
        (
            "es", "1 de junio de 2016", "del 1 al 19 de junio de 2016", "del 28 de mayo al 1 de junio de 2016",
            "desde el 1 de junio de 2016",
        ),
        ("fr", "1er juin 2016", "du 1er au 19 juin 2016", "du 28 mai au 1er juin 2016", "depuis le 1er juin 2016"),
        ("it", "1 giugno 2016", "1–19 giugno 2016", "28 maggio – 1 giugno 2016", "1 giugno 2016 e dopo"),
        (
            "pt", "1º de junho de 2016", "1º a 19 de junho de 2016", "28 de maio a 1º de junho de 2016",
            "desde 1º de junho de 2016",
        ),
    ],
)  # fmt: skip
def test_days_are_written_as_in_a_newspaper(code: str, first: str, month: str, year: str, open_end: str) -> None:
    june, later = date(2016, 6, 1), date(2016, 6, 19)
    with speaking(code):
        assert day(june) == first
        assert period((june, later)) == month
        assert period((date(2016, 5, 28), june)) == year
        assert period((june, None)) == open_end


def test_values_in_html_are_escaped_and_written_as_the_language_does() -> None:
    with speaking("de"):
        assert say_in_html("Articles come from <code>%(folder)s</code>.", folder="<b>") == (
            "Die Artikel kommen aus <code>&lt;b&gt;</code>."
        )
        assert number(0.5, "0.00") == "0,50"


def test_a_message_is_english_text_that_can_be_said_otherwise() -> None:
    message = Message("“%(word)s” occurs in none of the %(articles)s articles.", word="Kett", articles=2739)

    assert message == "“Kett” occurs in none of the 2,739 articles."
    assert translated(message) == message
    with speaking("fr"):
        assert translated(message) == "«\u00a0Kett\u00a0» n’apparaît dans aucun des 2\u202f739 articles."
        assert translated("An article’s own words") == "An article’s own words"


def test_reasons_are_said_in_the_language_of_the_page() -> None:
    signals = Signals(0.1, 0.0, None, held=("Obama", "Syrie", "mémo"), missing=("veto", "loi"))
    [reason] = judge(signals, 7).reasons

    assert reason == "The nearest passage speaks of “Obama”, “Syrie” and “mémo”, not of “veto” or “loi”."
    with speaking("es"):
        assert (
            translated(reason) == "El pasaje más cercano menciona «Obama», «Syrie» y «mémo», pero no «veto» ni «loi»."
        )


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("no text", "kein Text"),
        ("an entry of another kind", "an entry of another kind"),
        ("this one and that one", "this one and that one"),
        (
            "a.txt (1066-10-14) and 1 more are dated before 1500 or after today; questions ignore such dates."
            " Correct them in the files.",
            "a.txt (1066-10-14) und 1 weitere sind auf vor 1500 oder nach heute datiert; für Fragen zählen solche Daten"
            " nicht. Berichtigen Sie sie in den Dateien.",
        ),
    ],
)
def test_what_the_index_keeps_as_text_is_known_again(kept: str, told: str) -> None:
    assert known(kept) == kept
    with speaking("de"):
        assert known(kept) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The index in “/srv/my news/index” is damaged", "The index in “…/index” is damaged"),
        ("[Errno 2] No such file or directory: '/srv/my news/a.db'", "[Errno 2] No such file or directory: '…/a.db'"),
        ("python -m index --corpus /srv/news --index /srv/x/i", "python -m index --corpus …/news --index …/i"),
        ("and/or, 6/7/2016, https://a.example/b, /", "and/or, 6/7/2016, https://a.example/b, /"),
        ("It was damaged.", "It was damaged."),
    ],
)
def test_readers_are_told_no_folders(text: str, told: str) -> None:
    assert without_folders(text) == told
    assert without_folders(Message("So: %(why)s (%(count)s)", why=text, count=1000)) == f"So: {told} (1,000)"


def test_a_folder_is_left_out_in_every_language() -> None:
    inner = Message("The model in “%(folder)s” is damaged; delete that folder, and it is made again.", folder="/a b/c")
    told = without_folders(Message("%(trouble)s Passages are found by words and dates alone.", trouble=inner))
    with speaking("it"):
        assert translated(told) != told
        assert "“…/c”" in translated(told).replace("«", "“").replace("»", "”")


def test_an_error_keeps_what_it_was_made_of() -> None:
    error = UserError(Message("%(rest)s more could not be read.", rest=3))

    assert str(error) == "3 more could not be read."
    with speaking("it"):
        assert translated(error.message) == "Altri elementi non leggibili: 3."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Posez une question aux archives"),
        ("de", "Fragen Sie das Archiv"),
        ("en", "Ask the archive a question"),
        ("tlh", "Ask the archive a question"),
        (["fr"], "Ask the archive a question"),
        (None, "Ask the archive a question"),
    ],
)
def test_the_page_is_in_the_language_that_is_sent(language: Any, said: str) -> None:
    page = handlers()

    assert f'placeholder="{said}"' in page.call("whole", {"language": language})["html"]


def test_answers_and_errors_are_in_the_language_that_is_sent() -> None:
    page = handlers()

    answered = page.call("ask", {"question": "Why is Obama wary of intervention?", "language": "fr"})
    assert answered["said"].startswith("Réponse avec")
    assert "17 juin 2016" in answered["conversation"]
    assert page.call("read", {"turn": 3, "language": "de"})["error"].startswith("Diese Antwort steht nicht mehr")
    assert page.call("refine", {"query": "q=", "language": "pt"})["error"].startswith("A pergunta está vazia")
    assert page.call("read", {"turn": 3})["error"].startswith("That answer is no longer")
