"""Which corpus folder an index is of: the one named, else the one it was made from."""

import os
from dataclasses import replace
from pathlib import Path

from corpus import Settings, UserError
from corpus.message import Message
from index.generations.generation import live_manifest, sync_command
from index.generations.manifest import Manifest


def settings_for(corpus: str | Path | None, index: str | Path | None) -> Settings:
    """The settings in force; without a corpus named, that of the index, also where both were moved together."""
    settings = Settings.from_environment(corpus, index)
    if corpus or os.environ.get("DATELINE_CORPUS"):
        return settings
    made = _made(settings.index)
    if not made or settings.corpus.absolute() == Path(made.corpus):
        return settings
    moved = _moved(made, settings)
    gone = not Path(made.corpus).exists()
    return replace(settings, corpus=moved if gone and moved.is_dir() else Path(made.corpus))


def other_origin(settings: Settings) -> str:
    """A warning that the index was made from another folder, which is still there; empty if it was not."""
    made = _made(settings.index)
    if not made or not made.report.articles or not Path(made.corpus).is_dir():
        return ""
    if settings.corpus.absolute() in (Path(made.corpus), _moved(made, settings)):
        return ""
    return (
        f"The index in “{settings.index}” was made from “{made.corpus}” and will now be replaced by one made from"
        f" “{settings.corpus}”. To keep both, stop and name another index with --index. To undo it afterwards, run:"
        f" {sync_command(settings.index, action='rollback')}"
    )


def refuse_to_empty(settings: Settings, articles: int) -> None:
    """UserError if the index has articles; its folder has none now, as where a disk is not mounted."""
    if articles:
        command = sync_command(settings.index, str(settings.corpus))
        form = (
            "The folder “%(folder)s” holds no articles any more, so the index keeps its %(articles)s; put them back,"
            " or empty the index with: %(command)s"
        )
        raise UserError(Message(form, folder=str(settings.corpus), articles=articles, command=command))


def _moved(made: Manifest, settings: Settings) -> Path:
    """The corpus folder, if it was moved or copied together with the index."""
    try:
        way = os.path.relpath(made.corpus, made.index) if made.index else made.corpus
    except ValueError:  # On Windows, from one disk to another.
        way = made.corpus
    return Path(os.path.normpath(settings.index.absolute() / way))


def _made(index: Path) -> Manifest | None:
    try:
        return live_manifest(index)
    except UserError:  # Whoever opens it says why.
        return None
