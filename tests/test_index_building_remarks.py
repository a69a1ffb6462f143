"""What is remarked of an archive: the language of its articles, and days that cannot be."""

import re
from datetime import date

import pytest

from corpus import Article
from index.building.remarks import Remarks

ENGLISH = (
    "The president said on Friday that the talks would go on until an agreement is reached, as long as it takes. " * 3
)
GERMAN = "Der Präsident sagte am Freitag, die Gespräche würden so lange fortgesetzt, bis eine Einigung gelingt. " * 3
BUNDLED = "all-MiniLM-L6-v2@0123456789ab"
MANY = "paraphrase-multilingual-MiniLM-L12-v2"


def remarks(*texts: str, published: date | None = None, language: str = "en", model: str = BUNDLED) -> tuple[str, ...]:
    found = Remarks()
    for number, text in enumerate(texts):
        found.note(Article(str(number), "", text, published=published, path=f"{number}.txt"))
    return found.words(language, model)


def test_nothing_to_remark() -> None:
    assert remarks(ENGLISH, ENGLISH, GERMAN, published=date(2016, 6, 17)) == ()
    assert remarks() == ()
    assert remarks("Ja. Nein.") == ()
    assert remarks(GERMAN, language="de", model=MANY) == ()


@pytest.mark.parametrize("model", [BUNDLED, "/models/BAAI/bge-small-en-v1.5@0", "msmarco-distilbert-base-v4"])
def test_another_language_than_that_of_stems_and_model(model: str) -> None:
    stems, spoken = remarks(*[GERMAN] * 300, ENGLISH, model=model)

    assert re.search(r"“de”.*“en”; set DATELINE_LANGUAGE=de and run python -m index", stems)
    assert re.search(
        rf"{model.partition('@')[0].rpartition('/')[2]} supports only English.*“de”; set DATELINE_MODEL", spoken
    )
    assert remarks(GERMAN, language="de", model=model) == (spoken,)


def test_a_model_of_many_languages_is_not_remarked() -> None:
    assert len(remarks(GERMAN, model=MANY)) == 1


@pytest.mark.parametrize("day", [date(1689, 12, 31), date(9999, 1, 1)])
def test_impossible_days(day: date) -> None:
    assert remarks(ENGLISH, published=day)[0].startswith(f"0.txt ({day}) is dated before 1690 or after today")
    assert remarks(ENGLISH, ENGLISH, ENGLISH, published=day)[0].startswith(f"0.txt ({day}) and 2 more are dated")
