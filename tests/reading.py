"""What reading a corpus folder gives."""

from collections.abc import Mapping
from pathlib import Path

from archives import write

from corpus import Article, Problem, read_folder


def read(corpus: Path, files: Mapping[str, str | bytes] | None = None) -> tuple[list[Article], list[Problem]]:
    """Write the files, read the whole folder, and tell the articles from the problems."""
    found = list(read_folder(write(corpus, files or {})))
    articles = [one for one in found if isinstance(one, Article)]
    return articles, [one for one in found if isinstance(one, Problem)]


def one_article(corpus: Path, name: str, content: str | bytes) -> Article:
    """The only article of a corpus of one file."""
    articles, problems = read(corpus, {name: content})
    assert problems == []
    (article,) = articles
    return article


def one_problem(corpus: Path, name: str, content: str | bytes) -> Problem:
    """The only problem of a corpus of one file that gives no article."""
    articles, problems = read(corpus, {name: content})
    assert articles == []
    (problem,) = problems
    return problem
