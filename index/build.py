"""The road through this room: `sync` brings an index to exactly what a corpus folder holds."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus import Article, Chunk, Problem, Settings, read_folder
from corpus.boilerplate import Boilerplate
from corpus.chunking import chunks, embedded_text, halves, header
from corpus.folder import Snapshot, same_files, take_snapshot
from corpus.stories import Stories
from corpus.tokens import token_counter
from index.articles import ArticleStore
from index.chance import nearness_by_chance
from index.embedder import Embedder, SentenceTransformerEmbedder, Vectors
from index.generation import Generation, current, live_manifest, refuse_other_settings
from index.keywords import KeywordIndex, write_keywords
from index.manifest import Fingerprint, Manifest, SyncReport
from index.publishing import building, publish, remove_old, unpublished
from index.remarks import Remarks
from index.vectors import VectorStore, write_vectors

Progress = Callable[[float, str], object]

# Texts are encoded in blocks: large enough to sort by length, small enough to report on and stop between.
_BLOCK = 256
# Where each step after reading begins on the bar from 0 to 1; embedding takes nearly all of the time.
_CUT, _EMBED, _STORE = 0.05, 0.1, 0.92


def sync(
    corpus: str | Path,
    index: str | Path,
    *,
    full: bool = False,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
    fields: str | None = None,
) -> SyncReport:
    """Bring the index to what the corpus folder holds, and say what that took.

    Nothing is written when no file changed. Otherwise a new generation is written beside the live one, with the
    vectors of unchanged texts taken over, and made live at once when it is complete. `full` takes nothing over.
    `progress` gets the share done, from 0 to 1, and words; an exception that it raises stops the build and reaches
    the caller, and the live generation stays. `embedder` stands in for the model, `fields` for the names of fields
    ("title=hl1,text=blob"), in the settings.

    Raises UserError for a corpus folder that is not there, an index made with other settings (unless `full`), and
    another build in progress.
    """
    began = time.monotonic()
    settings = Settings.from_environment(corpus, index, fields)
    fingerprint = Fingerprint.of(settings, embedder)
    before, snapshot = _before_and_now(settings, fingerprint, full=full)
    same_corpus = before and before.corpus == str(settings.corpus.resolve()) and same_files(before.snapshot, snapshot)
    if before and same_corpus and fingerprint == before.fingerprint:
        return _unchanged(before, began)
    with building(settings.index):
        # Once more under the lock: another builder may have just ended.
        before, snapshot = _before_and_now(settings, fingerprint, full=full)
        with unpublished(settings.index) as folder, _opened(settings.index if before else None) as previous:
            build = _Build(settings, folder, fingerprint, embedder, previous, progress or _silent)
            report = build.run(snapshot, began)
            replaced = publish(settings.index, report.generation)
        # The one before stays too, to go back to.
        remove_old(settings.index, keep={report.generation, replaced})
    return report


class _Build:
    """The making of one generation in its folder; each step reads what the steps before it wrote."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        fingerprint: Fingerprint,
        embedder: Embedder | None,
        previous: Generation | None,
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._fingerprint = fingerprint
        self._embedder = embedder
        self._progress = progress
        self._counter = token_counter(settings.encoding)
        self._previous = previous
        self._remarks = Remarks()
        # What was read with another language or version is cut anew; its vectors serve wherever the text is the same.
        same_reading = previous and previous.manifest.fingerprint == fingerprint
        self._versions = previous.articles.places() if previous else {}
        self._places = self._versions if same_reading else {}
        self._vector_rows = dict(previous.articles.embedded()) if previous else {}

    def run(self, snapshot: Snapshot, began: float) -> SyncReport:
        """Write all files of the generation, the manifest last."""
        with closing(ArticleStore.create(self._folder / "articles.db")) as store:
            problems = self._read(store)
            self._cut(store)
            vectors, encoded = self._embed(store)
            self._store(store, vectors)
            self._check(store, vectors)
            by_chance = self._nearness_by_chance(store, vectors)
            report = self._report(store, problems, encoded, began)
        manifest = Manifest(
            name=self._folder.name,
            corpus=str(self._settings.corpus.resolve()),
            snapshot=snapshot,
            fingerprint=self._fingerprint,
            built=datetime.now(UTC),
            report=report,
            nearness_by_chance=by_chance,
        )
        manifest.write(self._folder)
        self._progress(1.0, "Done")
        return report

    def _read(self, store: ArticleStore) -> list[Problem]:
        problems = []
        boilerplate = Boilerplate()

        def progress(done: int, size: int) -> None:
            self._progress(_CUT * done / max(size, 1), "Reading")

        for found in read_folder(self._settings.corpus, progress, self._settings.reading):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                store.add(found)
                boilerplate.count(found)
        store.settle()
        self._clean_and_tie(store, boilerplate)
        return problems

    def _clean_and_tie(self, store: ArticleStore, boilerplate: Boilerplate) -> None:
        """Do to the articles what can only be done once all are read."""
        stories = Stories()
        numbers: dict[str, int] = {}
        for number, article in enumerate(store.articles()):
            cleaned = boilerplate.without(article)
            if cleaned is not article:
                store.replace_text(cleaned)
            stories.add(cleaned)
            self._remarks.note(cleaned)
            numbers[article.id] = number
        told = store.stories()
        for number, story in enumerate(told):
            stories.tie(number, numbers[story])
        ids = list(numbers)
        for number, story in enumerate(told):
            if (first := ids[stories.first(number)]) != story:
                store.tie(ids[number], first)

    def _cut(self, store: ArticleStore) -> None:
        articles, _ = store.counts()
        row = 0
        for place, article in enumerate(store.articles()):
            rows = [
                (row + number, chunk_id(article, start, end), place, start, end, digest)
                for number, (start, end, digest) in enumerate(self._chunks(article))
            ]
            store.add_chunks(rows)
            row += len(rows)
            if place % _BLOCK == 0:
                self._progress(_CUT + (_EMBED - _CUT) * place / articles, "Cutting into chunks")

    def _chunks(self, article: Article) -> list[tuple[int, int, bytes]]:
        """Start, end and digest of what is embedded, taken over where the article is the same as before."""
        place = self._places.get((article.id, article.digest))
        if place is not None and self._previous:
            return self._previous.articles.chunks_at(place)
        size, language = self._settings.chunk_size, self._settings.language
        found = self._within_window(article, chunks(article, self._counter, size, language))
        return [(chunk.start, chunk.end, _digest(self._text(article, chunk.start, chunk.end))) for chunk in found]

    def _within_window(self, article: Article, found: list[Chunk]) -> list[Chunk]:
        """The chunks, those divided that the model does not see whole; a single character is as small as it gets."""
        fitting: list[Chunk] = []
        texts = [self._text(article, chunk.start, chunk.end) for chunk in found]
        # What was embedded before fits, and needs no model.
        new = [text for text in texts if _digest(text) not in self._vector_rows]
        seen_whole = dict(zip(new, self._model.fits(new), strict=True)) if new else {}
        for chunk, text in zip(found, texts, strict=True):
            if seen_whole.get(text, True) or chunk.end - chunk.start == 1:
                fitting.append(chunk)
            else:
                parts = halves(article, chunk, self._settings.language)
                fitting += self._within_window(article, list(parts))
        return fitting

    def _embed(self, store: ArticleStore) -> tuple[Vectors, int]:
        """The vectors of all chunks in row order, on disk, and how many were newly encoded."""
        _, count = store.counts()
        vectors = _vector_file(self._folder / "vectors.npy", count, self._dimension())
        first_rows: dict[bytes, int] = {}
        waiting: list[tuple[int, str]] = []
        twins: list[tuple[int, int]] = []
        encoded = 0
        for row, digest, text in self._texts(store):
            before = self._vector_rows.get(digest)
            if before is not None and self._previous:
                vectors[row] = self._previous.vectors[before]
            elif digest in first_rows:
                twins.append((row, first_rows[digest]))
            else:
                first_rows[digest] = row
                waiting.append((row, text))
            if len(waiting) == _BLOCK:
                encoded += self._encode(waiting, vectors)
                self._progress(_EMBED + (_STORE - _EMBED) * row / count, f"Embedding, {row} of {count} chunks")
        encoded += self._encode(waiting, vectors)
        for row, twin in twins:
            vectors[row] = vectors[twin]
        return vectors, encoded

    def _encode(self, waiting: list[tuple[int, str]], vectors: Vectors) -> int:
        """Encode what waits into its rows, and leave nothing waiting; the number encoded."""
        if not waiting:
            return 0
        vectors[[row for row, _ in waiting]] = self._model.encode([text for _, text in waiting])
        count = len(waiting)
        waiting.clear()
        return count

    def _store(self, store: ArticleStore, vectors: Vectors) -> None:
        def progress(share: float) -> None:
            self._progress(_STORE + (1 - _STORE) * share, "Writing the index")

        progress(0.0)
        for name in ("keywords", "chroma"):
            (self._folder / name).mkdir()
        entries = ((row, article, article.text[start:end]) for row, article, start, end, _ in self._rows(store))
        write_keywords(self._folder / "keywords", self._fingerprint.language, entries)
        ids = [chunk_id(article, start, end) for _, article, start, end, _ in self._rows(store)]
        write_vectors(self._folder / "chroma", ids, vectors, progress)

    def _check(self, store: ArticleStore, vectors: Vectors) -> None:
        """Every store holds every chunk; RuntimeError, and nothing is published, where one does not."""
        _, count = store.counts()
        with closing(VectorStore(self._folder / "chroma")) as chroma:
            nearest = chroma.nearest(vectors[0], 1) if count else []
            held = {"vectors.npy": len(vectors), "chroma": chroma.count}
        held["keywords"] = KeywordIndex(self._folder / "keywords", self._fingerprint.language).count
        if set(held.values()) != {count} or len(nearest) != min(count, 1):
            message = f"the stores of {self._folder} disagree: {count} chunks, but {held}"
            raise RuntimeError(message)

    def _nearness_by_chance(self, store: ArticleStore, vectors: Vectors) -> float | None:
        """Measured anew where the model is at hand; it hardly changes with what needs no model."""
        if self._embedder is None:
            return self._previous.manifest.nearness_by_chance if self._previous else None
        return nearness_by_chance(store, vectors, self._embedder)

    def _report(self, store: ArticleStore, problems: list[Problem], encoded: int, began: float) -> SyncReport:
        articles, count = store.counts()
        old, new = dict(self._versions.keys()), dict(store.places().keys())
        kept = [article_id for article_id in new if article_id in old]
        unchanged = sum(old[article_id] == new[article_id] for article_id in kept)
        return SyncReport(
            generation=self._folder.name,
            articles=articles,
            chunks=count,
            added=len(new) - len(kept),
            updated=len(kept) - unchanged,
            removed=len(old) - len(kept),
            unchanged=unchanged,
            failed=tuple(problems),
            embedded=encoded,
            seconds=round(time.monotonic() - began, 3),
            notices=self._remarks.words(self._fingerprint.language, self._fingerprint.model),
        )

    def _rows(self, store: ArticleStore) -> Iterator[tuple[int, Article, int, int, bytes]]:
        """Row, article, start, end and digest of every chunk, in row order."""
        row = 0
        for place, article in enumerate(store.articles()):
            for start, end, digest in store.chunks_at(place):
                yield row, article, start, end, digest
                row += 1

    def _texts(self, store: ArticleStore) -> Iterator[tuple[int, bytes, str]]:
        for row, article, start, end, digest in self._rows(store):
            yield row, digest, self._text(article, start, end)

    def _text(self, article: Article, start: int, end: int) -> str:
        title = header(article, self._counter, self._settings.chunk_size)
        return embedded_text(title, article.text[start:end])

    def _dimension(self) -> int:
        return int(self._previous.vectors.shape[1]) if self._previous else self._model.dimension

    @property
    def _model(self) -> Embedder:
        """The model, loaded when the first text needs it."""
        if self._embedder is None:
            self._progress(_CUT, "Loading the model")
            self._embedder = SentenceTransformerEmbedder(self._settings.model)
        return self._embedder


def chunk_id(article: Article, start: int, end: int) -> str:
    """What the vector store calls a chunk: it changes when the article does."""
    return f"{article.id}@{article.digest[:12]}:{start}-{end}"


def _before_and_now(settings: Settings, fingerprint: Fingerprint, *, full: bool) -> tuple[Manifest | None, Snapshot]:
    """The manifest of the live generation, None where nothing is to be taken over, and what the folder holds."""
    name = current(settings.index)
    before = None
    if name and not full:
        before = live_manifest(settings.index)
        refuse_other_settings(settings.index, before, fingerprint)
    return before, take_snapshot(settings.corpus, before.snapshot if before else None)


@contextmanager
def _opened(index: Path | None) -> Iterator[Generation | None]:
    """The live generation of the index, to take vectors from."""
    generation = Generation.open(index) if index else None
    try:
        yield generation
    finally:
        if generation:
            generation.close()


def _unchanged(manifest: Manifest, began: float) -> SyncReport:
    report = manifest.report
    return replace(
        report,
        added=0,
        updated=0,
        removed=0,
        unchanged=report.articles,
        embedded=0,
        seconds=round(time.monotonic() - began, 3),
    )


def _vector_file(file: Path, count: int, dimension: int) -> Vectors:
    """A float32 array of that shape on disk, all zero."""
    np.save(file, np.zeros((count, dimension), np.float32))
    vectors: Vectors = np.load(file, mmap_mode="r+") if count else np.load(file)
    return vectors


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]


def _silent(_share: float, _words: str) -> None:
    pass
