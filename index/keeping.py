"""Looking after an index: takedowns, for good, and one generation as one file and back."""

import errno
import json
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from corpus import Article, Settings, UserError
from index.audit import FEEDBACK, note
from index.build import sync
from index.building.embedding import Progress
from index.building.publishing import building, cannot_be_written, publish, remove_old, unpublished
from index.generations.forgotten import add_forgotten, forgotten, names_of
from index.generations.generation import Generation, complete_generations, current, damaged
from index.generations.holding import MANIFEST, check_files
from index.generations.manifest import FORMAT, Manifest, SyncReport
from index.models.embedder import Embedder
from index.opening import live_archive
from index.opensearch import beside
from index.opensearch.live import engine_of

_NOT_A_BACKUP = (tarfile.TarError, OSError, EOFError, ValueError, zlib.error)


def forget(
    corpus: str | Path,
    index: str | Path,
    given: str,
    *,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
) -> tuple[list[Article], SyncReport, int]:
    """Take down the articles of an address, or of a path below the corpus folder.

    The index is built without them, all earlier states are deleted, and what readers noted of them goes, too. Returned
    are the articles, the report of the build, and how many earlier states could not be deleted, as a reader has them
    open.
    Raises UserError if there are none, and as `sync`, also for a folder without articles; those that are meant then
    leave with the next build.
    """
    settings = Settings.from_environment(corpus, index)
    with closing(live_archive(settings, any_model=True)) as live, live.use() as archive:
        found = list(_meant(archive.every_article(), settings.corpus.absolute(), given))
        all_of_them = len(found) == archive.summary.articles
    if not found:
        message = f"No article has the address or path “{given}”; `python -m qa --json` prints both for every passage."
        raise UserError(message)
    try:
        names = set.union(*(names for _, names in found))
        if settings.store:
            beside.forget(engine_of(settings), names)
        else:
            add_forgotten(settings.index, names)
        note(settings.index, "forget", name=given)
        _forget_feedback(settings.index, {name for article, _ in found for name in (article.url, article.path) if name})
    except OSError as error:
        raise cannot_be_written(settings.index, error) from error
    # Where the folder is empty otherwise, its disk may not be mounted, and no earlier state would be left.
    report = sync(corpus, index, progress=progress, embedder=embedder, keep=0, may_empty=all_of_them)
    in_use = 0 if settings.store else len(complete_generations(settings.index)) - 1
    return [article for article, _ in found], report, in_use


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
        rows = (index / FEEDBACK).read_text("utf-8").split("\n")  # A quotation may hold other separators of lines.
    except FileNotFoundError:
        return
    quoted = [json.dumps(name, ensure_ascii=False) for name in names]
    temporary = index / f"{FEEDBACK}.new"
    temporary.touch(mode=0o600)
    temporary.write_text("\n".join(row for row in rows if not any(name in row for name in quoted)), "utf-8")
    temporary.replace(index / FEEDBACK)


def back_up(index: Path, file: Path) -> Manifest:
    """Write the live generation to a file, whole or not at all, compressed unless it ends in .tar; its manifest.

    UserError if the file cannot be written, or if the generation is damaged.
    """
    with closing(Generation.open(index)) as generation:
        try:
            check_files(generation.folder, generation.manifest.files, whole=True)
        except (OSError, ValueError) as error:
            raise damaged(index, error, generation.manifest.corpus) from error
        try:
            with tempfile.TemporaryDirectory(dir=file.parent) as folder:
                temporary = Path(folder, file.name)
                with tarfile.open(temporary, "w" if file.suffix == ".tar" else "w:gz") as archive:
                    for name in (MANIFEST, *generation.manifest.files):
                        archive.add(generation.folder / name, name)
                temporary.replace(file)
        except OSError as error:
            message = f"The backup “{file}” cannot be written ({error.strerror}); name another file."
            raise UserError(message) from error
    return generation.manifest


def restore(index: Path, file: Path, keep: int = 1) -> Manifest:
    """Make a generation from a backup the live one; the manifest. `keep` other generations stay.

    Raises UserError if the file is not a whole backup, if another version of Dateline wrote it, or if it holds articles
    that were taken down since; the index then stays as it is.
    """
    with building(index), unpublished(index) as folder:
        try:
            manifest = _unpacked(file, folder)
        except _NOT_A_BACKUP as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            why = str(getattr(error, "strerror", None) or error).partition("\n")[0]
            message = f"“{file}” is not a whole backup ({why}); write one with: python -m index backup FILE"
            raise UserError(message) from error
        if not {*forgotten(index)} <= {*manifest.forgotten}:
            message = f"“{file}” holds articles that were taken down since; build the index anew with: python -m index"
            raise UserError(message)
        if manifest.format != FORMAT:
            message = f"“{file}” was written by another version of Dateline; build the index anew with: python -m index"
            raise UserError(message)
        report = replace(manifest.report, generation=folder.name)
        manifest = replace(manifest, report=report, forgotten=forgotten(index), replaced=current(index))
        manifest.write(folder)
        publish(index, folder.name)
        note(index, "restore", generation=folder.name, replaced=manifest.replaced, file=str(file))
        remove_old(index, keep)
    return manifest


def _unpacked(file: Path, folder: Path) -> Manifest:
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    manifest = Manifest.read(folder)
    check_files(folder, manifest.files, whole=True)
    return manifest
