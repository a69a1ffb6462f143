"""What an agency's dateline says, and what is none."""

from datetime import date
from pathlib import Path

import pytest
from reading import one_article

from corpus.datelines import Dateline, dateline

LINES = {
    "place and agency": ("WASHINGTON (AP) — ", "AP", None),
    "day without a year": ("LONDON, June 17 (Reuters) - ", "Reuters", None),
    "whole day": ("BEIRUT, Lebanon, June 17, 2016 (AP) — ", "AP", date(2016, 6, 17)),
    "full name": ("Paris (Associated Press) -- ", "AP", None),
    "agency alone": ("(CNN) — ", "CNN", None),
    "agency without a dash": ("(CNN)", "CNN", None),
    "station": ("New York CNN Business — ", "CNN", None),
    "place alone": ("PARIS — ", "", None),
    "place and state": ("SAN JOSE, Calif. — ", "", None),
    "place and country": ("SAINT-DENIS, France - ", "", None),
}


@pytest.mark.parametrize(("line", "agency", "day"), LINES.values(), ids=LINES)
def test_datelines(line: str, agency: str, day: date | None) -> None:
    assert dateline(f"{line}Fifty-one diplomats signed.") == Dateline(len(line), agency, day)


DAY_LINES = {
    "French": ("9 novembre 2012. - Le pont est fermé.", date(2012, 11, 9)),
    "French with a place": ("1er août 2012, Lyon. - Le pont est fermé.", date(2012, 8, 1)),
    "Spanish": ("Puerto Ellis, 3 de marzo de 2011. El puente fue cerrado.", date(2011, 3, 3)),
    "German": ("Ellis, 17. Juni 2016 - Die Brücke ist gesperrt.", date(2016, 6, 17)),
    "in brackets": ("(18.01.2018) Die Brücke ist gesperrt.", date(2018, 1, 18)),
    "below a summary": ("Le pont est fermé.\n\n17 juin 2016, Lyon. - Les travaux durent.", date(2016, 6, 17)),
    "within a sentence": ("Le pont est fermé depuis le 18 octobre 2012. Les travaux durent.", None),
    "a sentence that goes on": ("17 June 2016 - the day of the storm - is not forgotten.", None),
    "in the fourth paragraph": ("Un.\n\nDeux.\n\nTrois.\n\n17 juin 2016. - Quatre.", None),
}


@pytest.mark.parametrize(("text", "day"), DAY_LINES.values(), ids=DAY_LINES)
def test_days_that_open_a_paragraph(text: str, day: date | None) -> None:
    assert dateline(text).published == day


@pytest.mark.parametrize(
    "text",
    ["", "Fifty-one diplomats signed.", "The World Health Organization (WHO) — the U.N.'s arm — agreed.",
     "Sen. Ted Cruz (R) — who ran — left.", "The AP — an agency — said so.", "He waited — then left.",
     "Nobody\nLONDON (Reuters) - came."],
)  # fmt: skip
def test_texts_without_a_dateline(text: str) -> None:
    assert dateline(text) == Dateline()


def test_a_dateline_stays_in_the_text_and_fills_missing_fields(corpus: Path) -> None:
    text = "PARIS, June 17, 2016 (AP) — Talks began."
    article = one_article(corpus, "a.txt", f"Talks\n\n{text}")

    assert (article.text, article.source, article.published) == (text, "AP", date(2016, 6, 17))


def test_fields_win_over_datelines(corpus: Path) -> None:
    article = one_article(
        corpus, "a.txt", "Talks\nSource: Le Jour\nDate: 2016-06-18\n\nPARIS, June 17, 2016 (AP) — Now."
    )

    assert (article.source, article.published) == ("Le Jour", date(2016, 6, 18))
