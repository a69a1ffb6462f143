"""Who is who when records share a url, an id or a text: every article has an id of its own, the same at every sync."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from archives import held, write
from hashing_embedder import HashingEmbedder

from corpus import Article
from index import sync
from index.generations.generation import Generation, current
from index.stores.articles import ArticleStore

URL = "https://example.org/memo"
ID = "example.org/memo"


def rows(*records: Mapping[str, object]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def others_remembered(index: Path) -> list[tuple[str, str]]:
    """The article ids and paths of the records that are not kept as articles of their own."""
    with closing(sqlite3.connect(index / "generations" / current(index) / "articles.db")) as database:
        return database.execute("SELECT article_id, path FROM same_records ORDER BY 1, 2").fetchall()


def indexed(corpus: Path, index: Path, files: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The text and the path of every article, by id, in order."""
    sync(write(corpus, files), index, embedder=HashingEmbedder())
    return {article.id: (article.text, article.path) for article in held(index).articles}


def test_one_url_and_one_text_is_one_article_under_the_first_path(corpus: Path, index: Path) -> None:
    record = {"title": "Memo", "text": "It leaked.", "url": URL}
    files = {
        "b.jsonl": rows(record),
        "a/late.jsonl": rows({**record, "url": "http://www.example.org/memo/?utm_source=x#top"}),
        "c.jsonl": rows({**record, "title": "Memo, again", "published": "2016-06-17"}),
    }
    assert indexed(corpus, index, files) == {ID: ("It leaked.", "a/late.jsonl")}
    assert others_remembered(index) == [(ID, "b.jsonl"), (ID, "c.jsonl")]


def test_one_url_and_other_texts_are_versions_and_the_later_is_current(corpus: Path, index: Path) -> None:
    files = {
        "a.jsonl": rows({"text": "Third.", "url": URL, "published": "2016-06-19"}),
        "b.jsonl": rows(
            {"text": "First.", "url": URL, "published": "2016-06-17"},
            {"text": "Undated, early in the folder.", "url": URL},
            {"text": "Second.", "url": URL, "published": "2016-06-18"},
            {"text": "Undated, late in the folder.", "url": URL},
        ),
    }
    assert indexed(corpus, index, files) == {
        ID: ("Third.", "a.jsonl"),
        f"{ID}#2": ("Second.", "b.jsonl"),
        f"{ID}#3": ("First.", "b.jsonl"),
        f"{ID}#4": ("Undated, late in the folder.", "b.jsonl"),
        f"{ID}#5": ("Undated, early in the folder.", "b.jsonl"),
    }
    assert others_remembered(index) == []


def test_of_versions_of_one_day_the_last_read_is_current(corpus: Path, index: Path) -> None:
    day = {"url": URL, "published": "2016-06-17"}
    files = {"a.jsonl": rows({**day, "text": "Morning."}, {**day, "text": "Evening."}, {**day, "text": "Morning."})}
    assert indexed(corpus, index, files) == {ID: ("Evening.", "a.jsonl"), f"{ID}#2": ("Morning.", "a.jsonl")}
    assert others_remembered(index) == [(ID, "a.jsonl")]


@pytest.mark.parametrize(
    ("records", "settled"),
    [
        (["x old", "x new"], {"x": "new", "x#2": "old"}),
        (["x old", "x new", "x#2 own"], {"x": "new", "x#3": "old", "x#2": "own"}),
        (["x#2 own", "x#3 own", "x 1", "x 2", "x 3"],
         {"x": "3", "x#4": "2", "x#5": "1", "x#2": "own", "x#3": "own"}),
        (["x old", "x new", "x#2 own", "x#2 own2"], {"x": "new", "x#3": "old", "x#2": "own2", "x#2#2": "own"}),
        (["x same", "x same", "x#2 own"], {"x": "same", "x#2": "own"}),
    ],
    ids=["free", "taken", "two taken", "taken twice", "no versions"],
)  # fmt: skip
def test_ids_are_unique_when_a_number_is_taken(tmp_path: Path, records: list[str], settled: dict[str, str]) -> None:
    """Straight into the store, since a record's own id may be "x#2"."""
    with closing(ArticleStore.create(tmp_path / "articles.db")) as store:
        for article_id, text in map(str.split, records):
            store.add(Article(id=article_id, title="", text=text))
        store.settle()
        assert {article.id: article.text for article in store.articles()} == settled
        assert store.counts() == (len(settled), 0)


def test_a_generation_is_opened_without_reading_its_texts(tmp_path: Path) -> None:
    file = tmp_path / "articles.db"
    with closing(ArticleStore.create(file)) as store:
        store.add(Article(id="b", title="", text="", source="BBC"))
        store.add(Article(id="a", title="", text="x" * 100_000, source="CNN", published=date(2016, 6, 17)))
        store.commit()
    pages = bytearray(file.read_bytes())
    end = pages.rindex(b"x" * 1000)
    pages[end - 50_000 : end] = b"\xff" * 50_000
    file.write_bytes(pages)
    with closing(ArticleStore.open(file)) as store:
        table = store.table()
        assert [table.source_names[place] for place in table.sources] == ["CNN", "BBC"]
        assert table.days.tolist() == [date(2016, 6, 17).toordinal(), 0]
        assert store.sources() == {"BBC": 1, "CNN": 1}
        with pytest.raises(sqlite3.DatabaseError):
            list(store.articles())


def test_the_same_records_have_the_same_ids_at_every_sync(corpus: Path, index: Path) -> None:
    versions = [{"text": text, "url": URL} for text in ("One.", "Two.", "Three.")]
    first = indexed(corpus, index, {"rows.jsonl": rows(*versions)})
    before = held(index)

    report = sync(write(corpus, {"other.txt": "Other\n\nA story beside it."}), index, embedder=HashingEmbedder())

    assert (report.added, report.updated, report.removed, report.unchanged) == (1, 0, 0, 3)
    after = held(index)
    assert [article for article in after.articles if article.id != "other.txt"] == before.articles
    assert [chunk for chunk in after.texts if not chunk.startswith("other.txt")] == list(before.texts)
    assert first == {ID: ("Three.", "rows.jsonl"), f"{ID}#2": ("Two.", "rows.jsonl"), f"{ID}#3": ("One.", "rows.jsonl")}


def test_a_newer_version_takes_the_id_over(corpus: Path, index: Path) -> None:
    indexed(corpus, index, {"a.jsonl": rows({"text": "First.", "url": URL, "published": "2016-06-17"})})
    files = {"b.jsonl": rows({"text": "Corrected.", "url": URL, "published": "2016-06-18"})}

    report = sync(write(corpus, files), index, embedder=HashingEmbedder())

    assert (report.added, report.updated, report.removed, report.unchanged) == (1, 1, 0, 0)
    assert {article.id: article.text for article in held(index).articles} == {
        ID: "Corrected.",
        f"{ID}#2": "First.",
    }


def test_one_text_under_two_ids_is_two_articles_that_know_each_other(corpus: Path, index: Path) -> None:
    text = "Fifty-one officials signed."
    files = {
        "undated.jsonl": rows({"text": text, "url": "https://a.org/x"}),
        "wire.jsonl": rows({"text": text, "url": "https://b.org/y", "published": "2016-06-18"}),
        "first.jsonl": rows({"text": text, "url": "https://c.org/z", "published": "2016-06-17"}),
    }
    indexed(corpus, index, files)
    with closing(Generation.open(index)) as generation:
        for article in generation.articles.articles():
            story = generation.articles.same_story(article.id)
            assert [other.id for other in story] == ["c.org/z", "b.org/y", "a.org/x"]


def test_one_bare_name_in_two_folders_is_two_articles(corpus: Path, index: Path) -> None:
    found = indexed(corpus, index, {"a/story.txt": "One\n\nFirst.", "b/story.txt": "Two\n\nSecond."})
    assert list(found) == ["a/story.txt", "b/story.txt"]
