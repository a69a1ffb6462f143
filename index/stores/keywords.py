"""The keyword index of a generation in tantivy; its only import. Scores are BM25 with the usual k1 1.2, b 0.75."""

import errno
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from corpus.words import in_capitals
from index.archive import UNDATED, Filter, Words
from index.stores.spelling import AFTERWORDS, NAME, ReadText, searched, written_fields
from index.terms import Field, TermStore, term_writer

if TYPE_CHECKING:
    import tantivy

_ANALYZER, _UNSTEMMED = "news", "written"
_STEMMERS = {
    "ar": "Arabic", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fi": "Finnish",
    "fr": "French", "hu": "Hungarian", "it": "Italian", "nl": "Dutch", "no": "Norwegian", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish",
}  # fmt: skip
_WRITER_HEAP_BYTES = 128_000_000
_LONGEST_TERM = 60
# Where words are looked for: those of text and headline, less their endings; the same as written; names.
FIELDS: tuple[Field, ...] = ("title", "body")
_WRITTEN = ("written_title", "written_body")
_LAST_DAY = date.max.toordinal()
# Terms, remembered by their field.
_MOST_FREQUENCIES = 100_000

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class KeywordIndex:
    """Chunks by the words in them, and the `Statistics` of these. Rows are those of vectors.npy."""

    def __init__(self, folder: Path, language: str) -> None:
        """Open the index that `write_keywords` made in the folder; ValueError where it is missing or damaged."""
        import tantivy

        self.terms = analysis(language)
        index = tantivy.Index.open(str(folder))
        self._schema = index.schema
        _register(index, language)
        self._searcher = index.searcher()
        self._query, self._in_days = tantivy.Query, tantivy.FieldType.Unsigned
        self._must, self._may, self._never = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
        texts = TermStore(folder)
        self.texts = texts.of
        self.chunks = int(self._searcher.num_docs)
        self.mean_length: Mapping[Field, float] = texts.mean_length
        self._frequency = functools.lru_cache(_MOST_FREQUENCIES)(self._searcher.doc_freq)

    def frequencies(self, terms: Iterable[str], field: Field = "body") -> dict[str, int]:
        """The number of chunks that have each of some terms in a field."""
        return {term: int(self._frequency(_field(field, term), term)) for term in terms}

    def search(self, terms: Sequence[str], count: int, where: Filter) -> tuple[Rows, Scores]:
        """The `count` best chunks with one of the terms that `where` lets through: rows and BM25 scores, best first."""
        if not terms or count < 1 or self.chunks == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        query = self._all_of([(self._must, self._any_of(terms, FIELDS)), *self._clauses(where)])
        hits = self._searcher.search(query, count, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return np.array(rows, np.int64), np.array([score for score, _ in hits], np.float32)

    def rows_of(self, term: str) -> Rows:
        """The rows of all chunks that have a term in the text or the headline; ascending."""
        return self._fast_values("row", self._any_of([term], FIELDS))

    def rows_with(self, words: Words) -> Rows:
        """The rows of all chunks that have the words, or have them not, as they must; ascending."""
        everything = (self._must, self._query.all_query())
        return self._fast_values("row", self._all_of([everything, *self._word_clauses(words)]))

    def _all_of(self, clauses: Sequence[tuple[Any, Any]]) -> Any:
        return self._query.boolean_query(list(clauses))

    def _any_of(self, terms: Sequence[str], fields: Sequence[str]) -> Any:
        """Any of the terms in any of the fields; a term that is asked twice counts twice."""
        pairs = ((_field(field, term), term) for term in terms for field in fields)
        return self._all_of([(self._may, self._query.term_query(self._schema, *pair, "freq")) for pair in pairs])

    def _clauses(self, where: Filter) -> list[tuple[Any, Any]]:
        """What a chunk must meet besides, each worth nothing in its score."""
        clauses = [self._days(where)] if where.by_day else []
        for field, names in (("source", where.sources), ("author", where.authors)):
            if names is not None:
                clauses.append(self._query.term_set_query(self._schema, field, sorted(names)))
        return [*self._musts(clauses), *self._word_clauses(where.words)]

    def _musts(self, queries: Iterable[Any]) -> list[tuple[Any, Any]]:
        return [(self._must, self._query.const_score_query(query, 0.0)) for query in queries]

    def _word_clauses(self, words: Words) -> list[tuple[Any, Any]]:
        musts = [self._written(phrase) for phrase in words.phrases]
        musts += [self._side_by_side(self.terms(phrase), ["title"]) for phrase in words.title]
        # All chunks of the articles that have what is excluded.
        found = (np.unique(self._fast_values("article", self._written(phrase))).tolist() for phrase in words.excluded)
        nevers = (self._query.term_set_query(self._schema, "article", articles) for articles in found)
        return [*self._musts(musts), *((self._never, query) for query in nevers)]

    def _fast_values(self, field: str, query: Any) -> Rows:
        """The values of a field of all chunks that a query finds; ascending."""
        hits = self._searcher.search(query, max(1, self.chunks), count=False).hits
        values = self._searcher.fast_field_values(field, [address for _, address in hits])
        return np.sort(np.array(values, np.int64))

    def _written(self, phrase: str) -> Any:
        """The words of a phrase side by side, as they are written; an acronym in its capitals."""
        words = searched(phrase)
        keys = [word.key for word in words]
        if len(keys) == 1 and in_capitals(phrase, words[0]) and self._searcher.doc_freq("capitals", keys[0]):
            return self._any_of(keys, ["capitals"])
        return self._side_by_side(keys[:AFTERWORDS], _WRITTEN)

    def _side_by_side(self, terms: Sequence[str], fields: Sequence[str]) -> Any:
        """The terms side by side in one of the fields; nothing has no terms."""
        if len(terms) < 2:  # noqa: PLR2004 (a phrase is two words at least)
            return self._any_of(terms, fields)
        queries = (self._query.phrase_query(self._schema, field, list(terms)) for field in fields)
        return self._all_of([(self._may, query) for query in queries])

    def _days(self, where: Filter) -> Any:
        first = max(where.since or 0, UNDATED + 1)
        last = _LAST_DAY if where.until is None else max(where.until, 0)
        within = (self._schema, "day", self._in_days, first, last)
        days = self._query.range_query(*within) if first <= last else self._query.empty_query()
        if not where.undated:
            return days
        return self._all_of([(self._may, days), (self._may, self._query.term_query(self._schema, "day", UNDATED))])


def analysis(language: str) -> Callable[[str], list[str]]:
    """What makes the terms of a text: its words in order, in one spelling, folded and stemmed."""
    analyzer = _analyzer(language)
    return lambda text: list(analyzer.analyze(" ".join(word.key for word in searched(text))))


def stemming(language: str) -> Callable[[str], list[str]]:
    """What takes the endings off the keys of words with a blank between each two."""
    analyze: Callable[[str], list[str]] = _analyzer(language).analyze
    return analyze


def write_keywords(folder: Path, language: str, entries: Iterable[tuple[int, Article, int, int]]) -> None:
    """Make an index in an empty folder of chunks (row, article, start, end), in ascending rows, article by article.

    One thread: the same entries always give the same scores. OSError where the folder cannot be written.
    """
    import tantivy

    try:
        index = tantivy.Index(_schema(), str(folder))
        _register(index, language)
        writer = index.writer(_WRITER_HEAP_BYTES, 1)
        terms = _analyzer(language).analyze
        with term_writer(folder) as keep:
            for number, (_, group) in enumerate(groupby(entries, key=lambda entry: entry[1].id)):
                chunks = list(group)
                article = chunks[0][1]
                day = article.published.toordinal() if article.published else UNDATED
                title = ReadText.of(article.title)
                bodies = [ReadText.of(article.text[start:end]) for _, _, start, end in chunks]
                for place, ((row, *_), body) in enumerate(zip(chunks, bodies, strict=True), 1):
                    keep(title.term_text(terms), body.term_text(terms))
                    fields = {
                        "row": row, "article": number, "day": day, "source": article.source, "title": title.keys,
                        "body": body.keys, **written_fields(title, body, bodies[place:]),
                    }  # fmt: skip
                    document = tantivy.Document.from_dict(fields, index.schema)
                    for author in article.authors:
                        document.add_text("author", author)
                    writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        for file in folder.iterdir():  # Some are for their owner's eyes only, whoever may read the rest.
            file.chmod(folder.stat().st_mode & 0o666)
    except ValueError as error:  # Whatever goes wrong in tantivy is one.
        raise OSError(errno.EIO, str(error), str(folder)) from error


def _field(field: str, term: str) -> str:
    """Where a term is looked for: a name among the names of the field."""
    return f"names_{field}" if term.startswith(NAME) else field


def _schema() -> "tantivy.Schema":
    import tantivy

    builder = tantivy.SchemaBuilder()
    for field in ("row", "article", "day"):
        builder.add_unsigned_field(field, indexed=True, fast=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=_ANALYZER)
    for kind, option in (("written", "position"), ("names", "freq")):
        for field in FIELDS:
            builder.add_text_field(f"{kind}_{field}", tokenizer_name=_UNSTEMMED, index_option=option)
    builder.add_text_field("capitals", tokenizer_name=_UNSTEMMED, index_option="basic")
    for field in ("source", "author"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _register(index: "tantivy.Index", language: str) -> None:
    index.register_tokenizer(_ANALYZER, _analyzer(language))
    index.register_tokenizer(_UNSTEMMED, _analyzer(""))


def _analyzer(language: str) -> "tantivy.TextAnalyzer":
    """What divides keys at their blanks, and takes the endings of a language off."""
    from tantivy import Filter as TokenFilter
    from tantivy import TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(TokenFilter.remove_long(_LONGEST_TERM))
    if language in _STEMMERS:
        builder = builder.filter(TokenFilter.stemmer(_STEMMERS[language]))
    return builder.build()
