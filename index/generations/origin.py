"""Which corpus folder an index is of: the one named, else the one it was made of."""

import os
from dataclasses import replace
from pathlib import Path

from corpus import Settings, UserError
from index.generations.generation import live_manifest, sync_command
from index.generations.manifest import Manifest


def settings_for(corpus: str | Path | None, index: str | Path | None) -> Settings:
    """The settings in force; where neither flag nor variable names a corpus, it is the one the index was made of.

    Where that is gone, and the default folder shares a file with it, the whole was moved: then it is the default one.
    """
    settings = Settings.from_environment(corpus, index)
    if corpus or os.environ.get("DATELINE_CORPUS"):
        return settings
    made = _made(settings.index)
    if not made or _is_of(made, settings):
        return settings
    moved = not Path(made.corpus).is_dir() and _shares_a_file(made, settings)
    return settings if moved else replace(settings, corpus=Path(made.corpus))


def other_origin(settings: Settings) -> str:
    """That the index will become one of another folder, and how to go back, in a sentence; empty where it will not.

    Where the folder of before is gone, or the other shares a file with it, it was moved or copied: the same archive.
    """
    made = _made(settings.index)
    if not made or not made.report.articles or _is_of(made, settings) or not Path(made.corpus).is_dir():
        return ""
    if _shares_a_file(made, settings):
        return ""
    return (
        f"The index in “{settings.index}” is of “{made.corpus}” and will be replaced by one of “{settings.corpus}”;"
        " to keep both, stop and name another with --index; to go back afterwards, run:"
        f" {sync_command(settings.index, action='rollback')}"
    )


def _made(index: Path) -> Manifest | None:
    try:
        return live_manifest(index)
    except UserError:  # There is none to be read: whoever opens it says why.
        return None


def _shares_a_file(made: Manifest, settings: Settings) -> bool:
    return any(_size(settings.corpus / path) == state.size for path, state in made.snapshot.items())


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None


def _is_of(made: Manifest, settings: Settings) -> bool:
    return made.corpus == str(settings.corpus.resolve())
