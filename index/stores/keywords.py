"""The keyword index of a generation in tantivy; its only import. Scores are BM25 with the usual k1 1.2, b 0.75."""

import errno
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from index.archive import UNDATED, Field, Filter, TermText, Words
from index.stores.spelling import normalised
from index.stores.terms import TermStore, term_writer

if TYPE_CHECKING:
    import tantivy

_ANALYZER = "news"
_STEMMERS = {
    "ar": "Arabic", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fi": "Finnish",
    "fr": "French", "hu": "Hungarian", "it": "Italian", "nl": "Dutch", "no": "Norwegian", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish",
}  # fmt: skip
_WRITER_HEAP_BYTES = 128_000_000
_LONGEST_TERM = 60
# Where words are looked for.
FIELDS: tuple[Field, ...] = ("title", "body")
_LAST_DAY = date.max.toordinal()

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class KeywordIndex:
    """Chunks by the words in them. Rows are those of vectors.npy."""

    def __init__(self, folder: Path, language: str) -> None:
        """Open the index that `write_keywords` made in the folder; ValueError where it is missing or damaged."""
        import tantivy

        self.terms = analysis(language)
        self._texts = TermStore(folder)
        self._schema = _schema()
        index = tantivy.Index.open(str(folder))
        index.register_tokenizer(_ANALYZER, _analyzer(language))
        self._searcher = index.searcher()

    @property
    def count(self) -> int:
        """The number of chunks in the index."""
        return int(self._searcher.num_docs)

    @property
    def mean_length(self) -> Mapping[Field, float]:
        """How many terms a chunk has in each field on average."""
        return self._texts.mean_length

    def frequency(self, term: str, field: Field = "body") -> int:
        """The number of chunks that have the term in a field."""
        return int(self._searcher.doc_freq(field, term))

    def texts(self, rows: Rows) -> list[tuple[TermText, TermText]]:
        """The terms of the headline and of the text of some chunks."""
        return self._texts.of(rows)

    def search(self, terms: Sequence[str], count: int, where: Filter) -> tuple[Rows, Scores]:
        """The `count` best chunks among those that `where` lets through: rows and BM25 scores, best first.

        Both are of the same length, at most `count`, and hold only chunks with at least one of the terms.
        """
        if not terms or count < 1 or self.count == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        import tantivy

        wanted = [(tantivy.Occur.Must, self._any_of(terms, FIELDS)), *self._clauses(where)]
        hits = self._searcher.search(tantivy.Query.boolean_query(wanted), count, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return np.array(rows, np.int64), np.array([score for score, _ in hits], np.float32)

    def holds(self, row: int, term: str) -> bool:
        """Whether the index finds a chunk by a term of its text."""
        import tantivy

        queries = [self._any_of([term], ["body"]), tantivy.Query.term_query(self._schema, "row", row, "basic")]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])
        return bool(self._searcher.search(query, 1, count=False).hits)

    def _any_of(self, terms: Sequence[str], fields: Sequence[str]) -> Any:
        """Any of the terms in any of the fields; a term that is asked twice counts twice."""
        import tantivy

        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, field, term, "freq"))
                for term in terms
                for field in fields
            ]
        )

    def rows_with(self, words: Words) -> Rows:
        """The rows of all chunks that have the words, or have them not, as they must; ascending."""
        import tantivy

        everything = (tantivy.Occur.Must, tantivy.Query.all_query())
        query = tantivy.Query.boolean_query([everything, *self._word_clauses(words)])
        hits = self._searcher.search(query, max(1, self.count), count=False).hits
        return np.sort(np.array(self._searcher.fast_field_values("row", [place for _, place in hits]), np.int64))

    def _clauses(self, where: Filter) -> list[tuple[Any, Any]]:
        """What a chunk must meet besides, each worth nothing in its score."""
        import tantivy

        clauses = [self._days(where)] if where.by_day else []
        for field, names in (("source", where.sources), ("author", where.authors)):
            if names is not None:
                clauses.append(tantivy.Query.term_set_query(self._schema, field, sorted(names)))
        return [
            *((tantivy.Occur.Must, tantivy.Query.const_score_query(clause, 0.0)) for clause in clauses),
            *self._word_clauses(where.words),
        ]

    def _word_clauses(self, words: Words) -> list[tuple[Any, Any]]:
        import tantivy

        musts = [self._phrase(phrase, FIELDS) for phrase in words.phrases]
        musts += [self._phrase(phrase, ["title"]) for phrase in words.title]
        return [
            *((tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in musts),
            *((tantivy.Occur.MustNot, self._phrase(phrase, FIELDS)) for phrase in words.excluded),
        ]

    def _phrase(self, phrase: str, fields: Sequence[str]) -> Any:
        """The words of a phrase side by side in one of the fields."""
        import tantivy

        terms = self.terms(phrase)
        if len(terms) == 1:
            return self._any_of(terms, fields)
        queries = [self._side_by_side(terms, field) for field in fields if terms]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

    def _side_by_side(self, terms: Sequence[str], field: str) -> Any:
        import tantivy

        return tantivy.Query.phrase_query(self._schema, field, list(terms))

    def _days(self, where: Filter) -> Any:
        import tantivy

        first = max(where.since or 0, UNDATED + 1)
        last = _LAST_DAY if where.until is None else max(where.until, 0)
        within = (self._schema, "day", tantivy.FieldType.Unsigned, first, last)
        days = tantivy.Query.range_query(*within) if first <= last else tantivy.Query.empty_query()
        if not where.undated:
            return days
        undated = tantivy.Query.term_query(self._schema, "day", UNDATED)
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, days), (tantivy.Occur.Should, undated)])


def analysis(language: str) -> Callable[[str], list[str]]:
    """What makes the terms of a text: its words in order, in one spelling, folded and stemmed."""
    analyzer = _analyzer(language)
    return lambda text: list(analyzer.analyze(normalised(text)))


def write_keywords(folder: Path, language: str, entries: Iterable[tuple[int, Article, str]]) -> None:
    """Make an index in an empty folder of (row, article, text of the chunk), in ascending rows.

    One thread: the same entries always give the same scores. OSError where the folder cannot be written.
    """
    import tantivy

    try:
        index = tantivy.Index(_schema(), str(folder))
        index.register_tokenizer(_ANALYZER, _analyzer(language))
        writer = index.writer(_WRITER_HEAP_BYTES, 1)
        title, terms = functools.lru_cache(1)(normalised), _analyzer(language).analyze
        title_terms = functools.lru_cache(1)(terms)
        with term_writer(folder) as keep:
            for row, article, text in entries:
                body = normalised(text)
                keep(title_terms(title(article.title)), terms(body))
                writer.add_document(_document(row, article, title(article.title), body))
        writer.commit()
        writer.wait_merging_threads()
        for file in folder.iterdir():  # Some are for their owner's eyes only, whoever may read the rest.
            file.chmod(folder.stat().st_mode & 0o666)
    except ValueError as error:  # Whatever goes wrong in tantivy is one.
        raise OSError(errno.EIO, str(error), str(folder)) from error


def _document(row: int, article: Article, title: str, body: str) -> "tantivy.Document":
    import tantivy

    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_unsigned("day", article.published.toordinal() if article.published else UNDATED)
    document.add_text("title", title)
    document.add_text("body", body)
    document.add_text("source", article.source)
    for author in article.authors:
        document.add_text("author", author)
    return document


def _schema() -> "tantivy.Schema":
    import tantivy

    return (
        tantivy.SchemaBuilder()
        .add_unsigned_field("row", indexed=True, fast=True)
        .add_unsigned_field("day", indexed=True, fast=True)
        .add_text_field("title", tokenizer_name=_ANALYZER)
        .add_text_field("body", tokenizer_name=_ANALYZER)
        .add_text_field("source", tokenizer_name="raw", index_option="basic")
        .add_text_field("author", tokenizer_name="raw", index_option="basic")
        .build()
    )


def _analyzer(language: str) -> "tantivy.TextAnalyzer":
    from tantivy import Filter as TokenFilter
    from tantivy import TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(TokenFilter.remove_long(_LONGEST_TERM))
    builder = builder.filter(TokenFilter.lowercase()).filter(TokenFilter.ascii_fold())
    if language in _STEMMERS:
        builder = builder.filter(TokenFilter.stemmer(_STEMMERS[language]))
    return builder.build()
