"""The judge that all peers of `benchmarks/peers` stand before, and the archive that they share."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from benchmarks.peers.peer import PeerArticle, changed, read_articles, word_chunks
from benchmarks.peers.report import Judge
from qa.evaluation.known import KnownQuestion

ARTICLES = [
    PeerArticle("https://a.org/memo", "2016-06-17", "Memo\n\nFifty-one officials signed it."),
    PeerArticle("https://b.org/copy", "2016-06-18", "The same memo\n\nFifty-one officials signed it."),
    PeerArticle("https://c.org/juno", "2016-07-05", "Juno\n\nThe probe is in orbit."),
]
QUESTIONS = [KnownQuestion("Who signed?", date(2016, 6, 20), answers=("officials",), gold=("https://a.org/memo",))]


@pytest.mark.parametrize(
    ("found", "answer", "gold"),
    [
        ([("https://a.org/memo", "Fifty-one officials signed it.")], 1.0, 1.0),
        ([("https://b.org/copy", "Fifty-one officials signed it.")], 1.0, 1.0),
        ([("https://c.org/juno", "The probe."), ("https://a.org/memo", "Memo")], 0.0, 0.0),
        ([], 0.0, 0.0),
    ],
    ids=["right", "a copy", "second, without the answer", "nothing"],
)
def test_peers_are_judged_as_passages_are(found: list[tuple[str, str]], answer: float, gold: float) -> None:
    hits = Judge(QUESTIONS, ARTICLES).hits([found])
    assert (hits["answer_hit@1"], hits["gold_hit@1"]) == (answer, gold)
    assert hits["gold_hit@5"] == float(bool(found))


def test_only_the_first_five_passages_are_weighed() -> None:
    assert Judge(QUESTIONS, ARTICLES).tokens([[("", "memo")] * 9]) == 5


def test_articles_are_read_packed_and_plain(tmp_path: Path) -> None:
    rows = [{"url": article.url, "title": "T", "text": "x\u2028y", "published": None} for article in ARTICLES]
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "a.jsonl").write_text(content, "utf-8")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(content.encode()))

    expected = [PeerArticle(article.url, "", "T\n\nx\u2028y") for article in ARTICLES]
    assert read_articles(tmp_path / "a.jsonl", 0) == read_articles(tmp_path / "a.jsonl.gz", 0) == expected
    assert read_articles(tmp_path / "a.jsonl", 2) == expected[:2]


def test_what_has_changed() -> None:
    kept = {article.url: article.digest for article in ARTICLES[:2]} | {ARTICLES[1].url: "another"}
    assert changed(ARTICLES, kept) == ARTICLES[1:]


def test_chunks_of_words() -> None:
    assert list(word_chunks("one two\n\nthree", 2)) == ["one two", "three"]
    assert list(word_chunks("", 2)) == []
