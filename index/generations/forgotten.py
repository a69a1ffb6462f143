"""Articles that were taken down: they are left out of every build, whatever the corpus folder holds."""

from pathlib import Path

from corpus import Article
from corpus.urls import canonical_url
from index.stores.chunks import base_of

_FORGOTTEN = "forgotten.txt"


def forgotten(index: Path) -> tuple[str, ...]:
    """The ids and paths that were taken down, sorted; one a line of <index>/forgotten.txt."""
    try:
        return tuple(sorted({*(index / _FORGOTTEN).read_text("utf-8").splitlines()} - {""}))
    except (FileNotFoundError, NotADirectoryError):
        return ()


def add_forgotten(index: Path, names: set[str]) -> None:
    """Take down what has these ids or paths, from the next build on."""
    lines = sorted(names | {*forgotten(index)})
    (index / _FORGOTTEN).write_text("".join(f"{line}\n" for line in lines), "utf-8")


def names_of(article: Article, given: str) -> set[str]:
    """The ids and paths to take down, if `given` is the address, id or path of an article; empty if it is not.

    Other versions of an address or a record go with it.
    """
    first_version = base_of(article.id)
    address = canonical_url(article.url)
    if given == article.path:
        return {article.id, article.path}
    if given in (article.id, first_version) or (address and canonical_url(given) == address):
        return {article.id, address or article.id, article.id if first_version == article.path else first_version}
    return set()
