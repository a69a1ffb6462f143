"""One name for one web address."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.urls import canonical_url

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "data/corpus_urls.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
BITS = ["http:", "//", "https://", "www.", "m.", "amp.", "bbc", ".com", "/", ".", "?", "&", "=", "utm_x", "#", " ",
        "amp", ":80", ":", ":8080", "@", "%41", "%", "+", ";", "é", "İ", "[", "]", "1", "\t", "\ud800",
        "ref", "ref="]  # fmt: skip


@pytest.mark.parametrize(("url", "canonical"), ROWS, ids=[url for url, _ in ROWS])
def test_canonical_form(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("url", "canonical"),
    [("", ""), (" \n", ""), ("  https://bbc.com/a \n", "bbc.com/a"), ("  no address ", "no address")],
    ids=["empty", "blank", "white space round it", "white space round words"],
)
def test_surrounding_white_space_is_removed(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_different_articles_stay_different() -> None:
    urls = ["bbc.com/a", "bbc.com/A", "bbc.com/a?id=1", "bbc.com/a?id=2", "bbc.com/a?1", "bbc.com/a?2", "cnn.com/a"]

    assert len({canonical_url(url) for url in urls}) == len(urls)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.lists(st.sampled_from(BITS), max_size=14).map("".join))
def test_canonical_forms_are_stable(url: str) -> None:
    canonical = canonical_url(url)

    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize("end", ["/" * 8000, "/amp" * 2000, "/ " * 4000, "/" * 8_000_000])
def test_addresses_without_end_take_no_time(end: str) -> None:
    began = time.process_time()

    canonical_url(f"https://orbit.example/juno{end}x")
    canonical_url(f"https://orbit.example/juno{end}")

    assert time.process_time() - began < 1
