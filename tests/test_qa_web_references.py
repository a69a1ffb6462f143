"""References: the articles of an answer as reference managers read them."""

import json
from dataclasses import replace
from datetime import date

from fake_archive import FakeRetriever

from corpus import Article
from qa import Passage
from qa.web.export import export

TEXT = "It rained.\nIt snowed."
ARTICLE = Article("a", "Cold\r\nER  - ", TEXT, "BBC", date(2016, 6, 7), ("Ann Lee", "Bob"), "https://e.org/a", "a.txt")
BARE = Article("b", "Bare", "So.", path="b.txt")
ANSWER = replace(
    FakeRetriever().ask("Why is Obama wary of intervention?"),
    passages=(
        Passage(ARTICLE, 0, 21, 1.0, {}, ((0, 10),)),
        Passage(BARE, 0, 3, 1.0, {}),
        Passage(ARTICLE, 0, 21, 0.5, {}, ((11, 21),)),
    ),
)


def test_ris_has_a_record_for_each_article_and_one_line_for_each_value() -> None:
    assert export(ANSWER, "ris").content.split("\r\n") == [
        "TY  - NEWS", "TI  - Cold ER -", "AU  - Ann Lee", "AU  - Bob", "T2  - BBC", "PY  - 2016", "DA  - 2016/06/07",
        "UR  - https://e.org/a", "ID  - a", "N1  - “It rained.”", "N1  - “It snowed.”", "ER  - ",
        "TY  - NEWS", "TI  - Bare", "ID  - b", "N1  - “So.”", "ER  - ", "",
    ]  # fmt: skip


def test_csl_has_an_item_for_each_article() -> None:
    assert json.loads(export(ANSWER, "csl").content) == [
        {
            "id": "a",
            "type": "article-newspaper",
            "title": "Cold\r\nER  - ",
            "author": [{"literal": "Ann Lee"}, {"literal": "Bob"}],
            "container-title": "BBC",
            "issued": {"date-parts": [[2016, 6, 7]]},
            "URL": "https://e.org/a",
            "note": "“It rained.”\n“It snowed.”",
        },
        {"id": "b", "type": "article-newspaper", "title": "Bare", "note": "“So.”"},
    ]


def test_both_are_files_to_save() -> None:
    assert [export(ANSWER, form).name for form in ("ris", "csl")] == [
        "why-is-obama-wary-of-intervention.ris",
        "why-is-obama-wary-of-intervention.csl.json",
    ]
