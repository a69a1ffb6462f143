"""Takedowns: an article leaves the index, every generation that is kept, and all future builds."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus import Article, Settings, UserError
from index.audit import FEEDBACK, note
from index.build import sync
from index.building.embedding import Progress
from index.generations.forgotten import add_forgotten, names_of
from index.generations.generation import complete_generations, last_sound
from index.generations.manifest import SyncReport
from index.models.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Takedown:
    """What was forgotten. `in_use` counts the generations that a reader had open, so that they could not be deleted."""

    articles: tuple[Article, ...]
    report: SyncReport
    in_use: int


def forget(
    corpus: str | Path,
    index: str | Path,
    given: str,
    *,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
) -> Takedown:
    """Take down the articles of an address, or of a path below the corpus folder.

    The index is built without them, all earlier generations are deleted, and what readers noted of them goes, too.
    Raises UserError if there are none, and as `sync`; the articles then leave with the next build.
    """
    settings = Settings.from_environment(corpus, index)
    with closing(last_sound(settings.index)[0]) as generation:
        _ = generation.keywords  # Refused if they are of an earlier version, which may lack columns.
        found = list(_meant(generation.articles.articles(), settings.corpus.absolute(), given))
    if not found:
        message = f"No article has the address or path “{given}”; `python -m qa --json` prints both for every passage."
        raise UserError(message)
    add_forgotten(settings.index, set.union(*(names for _, names in found)))
    note(settings.index, "forget", name=given)
    _forget_feedback(settings.index, {name for article, _ in found for name in (article.url, article.path) if name})
    report = sync(corpus, index, progress=progress, embedder=embedder, keep=0)
    in_use = len(complete_generations(settings.index)) - 1
    return Takedown(tuple(article for article, _ in found), report, in_use)


def _meant(articles: Iterable[Article], corpus: Path, given: str) -> Iterator[tuple[Article, set[str]]]:
    """The articles that are meant, each with the names to take down."""
    path = Path(given).absolute()
    below = path.relative_to(corpus).as_posix() if path.is_relative_to(corpus) else given
    for article in articles:
        if names := names_of(article, given) or names_of(article, below):
            yield article, names


def _forget_feedback(index: Path, names: set[str]) -> None:
    """Delete the rows that name one of these addresses or paths: they quote the article."""
    try:
        rows = (index / FEEDBACK).read_text("utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return
    quoted = [json.dumps(name, ensure_ascii=False) for name in names]
    temporary = index / f"{FEEDBACK}.new"
    temporary.touch(mode=0o600)
    temporary.write_text("".join(row for row in rows if not any(name in row for name in quoted)), "utf-8")
    temporary.replace(index / FEEDBACK)
