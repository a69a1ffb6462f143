"""Files whose dates have the month first, told by those that can be read in no other way."""

from datetime import date
from pathlib import Path

import pytest
from reading import read

ORDERS = {
    "proved below": (["6/7/2016", "04/25/2016"], [date(2016, 6, 7), date(2016, 4, 25)], "field, month first"),
    "proved above": (["04/25/2016", "6/7/2016"], [date(2016, 4, 25), date(2016, 6, 7)], "field, month first"),
    "two digits": (["04/25/2016", "6/7/16"], [date(2016, 4, 25), date(2016, 6, 7)], "field, month first"),
    "not proved": (["6/7/2016", "5/4/2016"], [date(2016, 7, 6), date(2016, 4, 5)], "field"),
    "day first": (["6/7/2016", "25/04/2016"], [date(2016, 7, 6), date(2016, 4, 25)], "field"),
    "both": (["6/7/2016", "25/04/2016", "04/25/2016"], [date(2016, 7, 6), date(2016, 4, 25), date(2016, 4, 25)],
             "field"),
}  # fmt: skip


@pytest.mark.parametrize(("written", "days", "how"), ORDERS.values(), ids=ORDERS)
def test_order_of_a_file(written: list[str], days: list[date], how: str, corpus: Path) -> None:
    rows = "".join(f"Bridge {number},The bridge is shut.,{day}\n" for number, day in enumerate(written))

    articles, problems = read(corpus, {"a.csv": f"title,text,date\n{rows}"})

    assert problems == []
    assert [article.published for article in articles] == days
    assert {article.dated_by for article in articles} >= {how}


def test_files_do_not_tell_of_each_other(corpus: Path) -> None:
    head = "title,text,date\nBridge,The bridge is shut.,"
    articles, _ = read(corpus, {"a.csv": head + "6/7/2016", "b.csv": head + "04/25/2016"})

    assert articles[0].published == date(2016, 7, 6)


def test_the_first_date_that_can_be_read_counts(corpus: Path) -> None:
    rows = (
        '{"title": "A", "text": "One.", "date": "n/a", "publishDate": "2016-06-17"}\n'
        '{"title": "B", "text": "Two.", "published": "soon", "Publication Date": "June 17, 2016"}\n'
        '{"title": "C", "text": "Three.", "published": {}, "timestamp": 1466150400000000000}\n'
        '{"title": "D", "text": "Four.", "url": "https://port.example/2016/06/17/four"}\n'
    )

    articles, _ = read(corpus, {"a.jsonl": rows})

    assert [(one.published, one.dated_by) for one in articles] == [
        (date(2016, 6, 17), how) for how in ("field", "field", "field", "address")
    ]
