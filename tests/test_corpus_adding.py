"""Adding articles: what is written is read back, names are safe, nothing is written over."""

from datetime import date
from pathlib import Path
from typing import IO

import pytest
from reading import read

from corpus import UserError
from corpus.adding import add_article, add_file


def test_a_pasted_article_is_read_back(corpus: Path) -> None:
    text = "Date: the text begins with this.\n\nAnd goes on — “so”."
    path = add_article(corpus, "Fed raises rates: “why”?", text, "2016-06-17", "Sky & Co")
    [article], problems = read(corpus)
    assert (path, problems) == ("Fed raises rates- -why.json", [])
    assert (article.title, article.text, article.source) == ("Fed raises rates: “why”?", text, "Sky & Co")
    assert article.published == date(2016, 6, 17)


def test_an_article_needs_a_text_but_no_headline(corpus: Path) -> None:
    with pytest.raises(UserError, match="no text"):
        add_article(corpus, "Headline", " \n")
    assert add_article(corpus, "", "Only a text.") == "article.json"


def test_files_are_never_overwritten(corpus: Path) -> None:
    assert [add_file(corpus, "memo.txt", content) for content in (b"1", b"2", b"3")] == [
        "memo.txt",
        "memo-2.txt",
        "memo-3.txt",
    ]
    assert [file.read_bytes() for file in sorted(corpus.iterdir())] == [b"2", b"3", b"1"]


def test_the_same_file_is_not_added_twice(corpus: Path) -> None:
    add_file(corpus, "memo.txt", b"1")
    with pytest.raises(UserError, match=r"“memo\.txt” is in the folder already"):
        add_file(corpus, "memo.txt", b"1")
    add_file(corpus, "memo.txt", b"2")
    with pytest.raises(UserError, match=r"“memo-2\.txt” is in the folder already"):
        add_file(corpus, "memo.txt", b"2")
    assert len(list(corpus.iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../etc/memo.txt", "memo.txt"),
        ("C:\\news\\memo.TXT", "memo.txt"),
        (".hidden.json", "hidden.json"),
        ("README.md", "article README.md"),
        ("nul.txt", "article nul.txt"),
        ("a<b>|?*\x00.jsonl.gz", "a-b.jsonl.gz"),
        ("Ärzte 2016.txt", "Ärzte 2016.txt"),
        ("...txt.txt", "txt.txt"),
        ("?.txt", "article.txt"),
        ("x" * 300 + ".txt", "x" * 80 + ".txt"),
    ],
)
def test_names_are_made_safe(corpus: Path, name: str, path: str) -> None:
    assert add_file(corpus, name, b"x") == path
    assert [file.name for file in corpus.iterdir()] == [path]


@pytest.mark.parametrize("name", ["page.exe", "memo", "", ".txt", "memo.txt.bak"])
def test_a_file_without_a_reader_is_refused(corpus: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be read; files end in"):
        add_file(corpus, name, b"x")


@pytest.mark.parametrize(
    ("title", "path"),
    [("AC/DC on tour", "AC-DC on tour.json"), ("Talks/", "Talks.json"), ("Congress votes", "Congress votes.json")],
)
def test_headlines_that_look_like_other_names(corpus: Path, title: str, path: str) -> None:
    assert add_article(corpus, title, "Only a text.") == path


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_no_part_of_a_file_stays_where_the_disk_is_full(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, full = Path.open, Path("/dev/full")

    def opened(file: Path, mode: str) -> IO[bytes]:
        make(file, mode).close()
        return make(full, "wb")

    monkeypatch.setattr(Path, "open", opened)

    with pytest.raises(UserError, match=r"No space left on device\); free disk space"):
        add_file(corpus, "memo.txt", b"x")
    assert list(corpus.iterdir()) == []


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        add_file(tmp_path / "gone", "memo.txt", b"x")
