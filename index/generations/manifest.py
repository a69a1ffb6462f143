"""What a generation was made of, and what making it did; written last, beside its files."""

import functools
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from corpus import Problem, Settings
from corpus.dates import DAY_FIRST
from corpus.folder import READING_VERSION
from corpus.readers import extras
from corpus.snapshot import Snapshot, same_files
from index.archive import Summary
from index.generations.holding import MANIFEST, FileSum
from index.models.embedder import Embedder
from index.models.model_files import model_fingerprint
from index.stores.spelling import SPELLING_VERSION

if TYPE_CHECKING:
    from pydantic import TypeAdapter

# Raised with every change of the files of a generation.
FORMAT = 6
# Settings that are part of the fingerprint under their own names.
_CHOSEN = ("encoding", "chunk_size", "language", "fields", "dates", "charset")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What made an index. Vectors of another model, encoding or chunk size cannot be mixed with these."""

    model: str
    encoding: str
    chunk_size: int
    language: str
    fields: str = ""
    dates: str = DAY_FIRST
    charset: str = ""
    extras: str = ""
    reading: int = READING_VERSION
    spelling: int = SPELLING_VERSION

    @classmethod
    def of(cls, settings: Settings, embedder: Embedder | None = None) -> Self:
        """The fingerprint of the settings in force, without loading the model."""
        chosen = {name: getattr(settings, name) for name in _CHOSEN}
        return cls(embedder.name if embedder else model_fingerprint(settings.model), **chosen, extras=extras())

    def speaking(self, made: "Fingerprint") -> Self:
        """The same in the language of an earlier one, where no language is set."""
        return self if self.language else replace(self, language=made.language)

    def conflict(self, made: "Fingerprint") -> str:
        """In words, what was chosen otherwise when the index was made; empty when its vectors can be used."""
        differences = [
            f"{words} {getattr(made, name)} (now {getattr(self, name)})"
            for name, words in (("model", "model"), ("encoding", "encoding"), ("chunk_size", "chunk size"))
            if getattr(made, name) != getattr(self, name)
        ]
        return ", ".join(differences)


@dataclass(frozen=True, slots=True)
class FileReport:
    """How many articles a file gave, and how many of them have no date, no headline and no outlet.

    `month_first` of them have dates whose month was read first, since other dates in the file prove that order;
    `dated_by` counts where the dates stood ("field", "JSON-LD", "guess", ...).
    """

    path: str
    articles: int
    undated: int
    untitled: int
    unsourced: int
    month_first: int = 0
    dated_by: dict[str, int] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. Articles are counted; `failed` holds files and records; `embedded` chunks newly encoded.

    `notices` say what the keepers of the archive should know of its articles; `files` what each file gave; `languages`
    are those of at least a tenth of the articles, most first.
    """

    generation: str
    articles: int
    chunks: int
    added: int
    updated: int
    removed: int
    unchanged: int
    failed: tuple[Problem, ...]
    embedded: int
    seconds: float
    notices: tuple[str, ...] = ()
    files: tuple[FileReport, ...] = ()
    languages: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report as `python -m index --json` prints it."""
        return asdict(self)

    def unchanged_since(self, began: float) -> "SyncReport":
        """The report of a sync that found nothing to do; `began` is a time of `time.monotonic`."""
        seconds = round(time.monotonic() - began, 3)
        return replace(self, added=0, updated=0, removed=0, unchanged=self.articles, embedded=0, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made of: the last file written, so a generation without it is unfinished.

    `corpus` and `index` are absolute paths, as they were named: links stay. `nearness_by_chance` is None for a small
    archive; `unreached` are the rows that no search in Chroma finds; `forgotten` are the ids and paths left out;
    `probe` is the vector by which a model on a server is known again; `habits` are the lines that outlets repeat;
    `replaced` is the generation that was live before.
    """

    name: str
    corpus: str
    snapshot: Snapshot
    fingerprint: Fingerprint
    built: datetime
    report: SyncReport
    files: dict[str, FileSum] = field(default_factory=dict)
    nearness_by_chance: float | None = None
    unreached: tuple[int, ...] = ()
    format: int = FORMAT
    index: str = ""
    forgotten: tuple[str, ...] = ()
    probe: tuple[float, ...] = ()
    habits: dict[str, list[str]] = field(default_factory=dict)
    replaced: str = ""

    def describes(
        self, settings: Settings, fingerprint: Fingerprint, snapshot: Snapshot, forgotten: tuple[str, ...]
    ) -> bool:
        """Whether a generation made now, of this corpus folder with these files, would be the same."""
        same_corpus = self.corpus == str(settings.corpus.absolute()) and same_files(self.snapshot, snapshot)
        return same_corpus and self.fingerprint == fingerprint and self.forgotten == forgotten

    @property
    def summary(self) -> Summary:
        """What the archive is, for its readers."""
        made, report = self.fingerprint, self.report
        counts = (report.articles, report.chunks, len(report.failed))
        told = (report.notices, self.nearness_by_chance, self.probe)
        return Summary(self.name, self.corpus, made.language, made.model, self.built, *counts, *told, report.languages)

    def dumped(self) -> bytes:
        """The manifest as JSON."""
        return _form().dump_json(self, indent=1)

    @classmethod
    def loaded(cls, content: bytes | str) -> "Manifest":
        """The manifest that was dumped; ValueError if it is damaged."""
        return _form().validate_json(content)

    def write(self, folder: Path) -> None:
        """Write it into the generation's folder."""
        (folder / MANIFEST).write_bytes(self.dumped())

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read it back, by the name that its folder has now; OSError if there is none, and as `loaded`."""
        try:
            return replace(cls.loaded((folder / MANIFEST).read_bytes()), name=folder.name)
        except ValueError as error:  # Of pydantic, over many lines.
            message = f"{MANIFEST} is not as it was written"
            raise ValueError(message) from error


@functools.cache
def _form() -> "TypeAdapter[Manifest]":
    from pydantic import TypeAdapter

    return TypeAdapter(Manifest)
