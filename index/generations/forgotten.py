"""Articles that were taken down: they are left out of every build, whatever the corpus folder holds."""

from pathlib import Path

from corpus import Article, UserError
from corpus.urls import canonical_url
from index.stores.chunks import base_of

_FORGOTTEN = "forgotten.txt"


def forgotten(index: Path) -> tuple[str, ...]:
    """The ids and paths that were taken down, sorted; one a line of <index>/forgotten.txt. UserError if not UTF-8."""
    try:
        lines = (index / _FORGOTTEN).read_text("utf-8-sig").split("\n")  # Names may hold other separators of lines.
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except UnicodeDecodeError as error:
        message = f"“{index / _FORGOTTEN}” is not in UTF-8; save it as UTF-8."
        raise UserError(message) from error
    return tuple(sorted({*lines} - {""}))


def add_forgotten(index: Path, names: set[str]) -> None:
    """Take down what has these ids or paths, from the next build on; UserError for a name of several lines."""
    if any({"\n", "\r"} & {*name} for name in names):
        message = "The name of that file has a line break; rename the file, update the index, and try again."
        raise UserError(message)
    index.mkdir(parents=True, exist_ok=True)
    with (index / _FORGOTTEN).open("a", encoding="utf-8") as file:  # What is there stays, also where the disk is full.
        file.write("\n".join(["", *sorted(names - {*forgotten(index)}), ""]))


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
