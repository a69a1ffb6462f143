"""The keyword index of a generation in tantivy; its only import. Scores are BM25 with the usual k1 1.2, b 0.75."""

import errno
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from corpus.words import in_capitals
from index.archive import UNDATED, Field, Filter, TermText, Words
from index.stores.spelling import NAME, names_among, searched
from index.stores.terms import TermStore, term_writer

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
# So many words of the text after a chunk are kept with those that it has as written: a phrase may go on there.
AFTERWORDS, LONGEST_AFTERWORDS = 30, 400  # words, characters
_LAST_DAY = date.max.toordinal()

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class KeywordIndex:
    """Chunks by the words in them. Rows are those of vectors.npy."""

    def __init__(self, folder: Path, language: str) -> None:
        """Open the index that `write_keywords` made in the folder; ValueError where it is missing or damaged."""
        import tantivy

        self.terms = analysis(language)
        self._analyze = _analyzer(language).analyze
        self._texts = TermStore(folder)
        self._schema = _schema()
        index = tantivy.Index.open(str(folder))
        _register(index, language)
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
        return int(self._searcher.doc_freq(_field(field, term), term))

    def term_text(self, text: str) -> TermText:
        """The terms and names of a text, as a chunk of that text is indexed by them."""
        return ReadText.of(text).term_text(self._analyze)

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
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, _field(field, term), term, "freq"))
                for term in terms
                for field in fields
            ]
        )

    def rows_of(self, term: str) -> Rows:
        """The rows of all chunks that have a term in the text or the headline; ascending."""
        return np.sort(np.array(self._fast_values("row", self._any_of([term], FIELDS)), np.int64))

    def rows_with(self, words: Words) -> Rows:
        """The rows of all chunks that have the words, or have them not, as they must; ascending."""
        import tantivy

        everything = (tantivy.Occur.Must, tantivy.Query.all_query())
        query = tantivy.Query.boolean_query([everything, *self._word_clauses(words)])
        return np.sort(np.array(self._fast_values("row", query), np.int64))

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

        musts = [self._phrase(phrase, _WRITTEN) for phrase in words.phrases]
        musts += [self._stems(phrase, ["title"]) for phrase in words.title]
        return [
            *((tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in musts),
            *((tantivy.Occur.MustNot, self._articles_with(phrase)) for phrase in words.excluded),
        ]

    def _articles_with(self, phrase: str) -> Any:
        """All chunks of the articles that have a phrase as it is written."""
        import tantivy

        found = self._fast_values("article", self._phrase(phrase, _WRITTEN))
        return tantivy.Query.term_set_query(self._schema, "article", sorted(set(found)))

    def _fast_values(self, field: str, query: Any) -> list[int]:
        """The values of a field of all chunks that a query finds."""
        hits = self._searcher.search(query, max(1, self.count), count=False).hits
        return [int(value or 0) for value in self._searcher.fast_field_values(field, [place for _, place in hits])]

    def _phrase(self, phrase: str, fields: Sequence[str]) -> Any:
        """The words of a phrase side by side, as they are written, in one of the fields; an acronym in its capitals."""
        import tantivy

        words = searched(phrase)
        keys = [word.key for word in words]
        if len(keys) == 1 and in_capitals(phrase, words[0]) and self._searcher.doc_freq("capitals", keys[0]):
            return self._any_of(keys, ["capitals"])
        queries = [self._side_by_side(keys[:AFTERWORDS], field) for field in fields if keys]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

    def _stems(self, phrase: str, fields: Sequence[str]) -> Any:
        """The words of a phrase side by side, with whatever endings."""
        import tantivy

        terms = self.terms(phrase)
        queries = [self._side_by_side(terms, field) for field in fields if terms]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

    def _side_by_side(self, terms: Sequence[str], field: str) -> Any:
        import tantivy

        if len(terms) == 1:
            return self._any_of(terms, [field])
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
    return lambda text: list(analyzer.analyze(_keys(text)))


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
        number, previous = -1, None
        with term_writer(folder) as keep:
            for row, article, start, end in entries:
                if article.id != previous:
                    number, previous, title = number + 1, article.id, ReadText.of(article.title)
                body, after = ReadText.of(article.text[start:end]), _keys(article.text[end : end + LONGEST_AFTERWORDS])
                keep(title.term_text(terms), body.term_text(terms))
                writer.add_document(_document(row, number, article, title, body, after))
        writer.commit()
        writer.wait_merging_threads()
        for file in folder.iterdir():  # Some are for their owner's eyes only, whoever may read the rest.
            file.chmod(folder.stat().st_mode & 0o666)
    except ValueError as error:  # Whatever goes wrong in tantivy is one.
        raise OSError(errno.EIO, str(error), str(folder)) from error


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as it is indexed: its words as searched but for their endings, its names, its words in capitals."""

    keys: str
    names: tuple[str, ...]
    capitals: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a text once."""
        words = searched(text)
        capitals = () if text.isupper() else (word.key for word in words if in_capitals(text, word))
        return cls(" ".join(word.key for word in words), tuple(names_among(text, words)), " ".join(capitals))

    def term_text(self, terms: Callable[[str], list[str]]) -> TermText:
        """Its terms and names."""
        return TermText.of(terms(self.keys), self.names)


def _document(
    row: int, number: int, article: Article, title: ReadText, body: ReadText, after: str
) -> "tantivy.Document":
    """The chunk at a row, of the article of that number; `after` are the words that follow it in the article."""
    import tantivy

    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_unsigned("article", number)
    document.add_unsigned("day", article.published.toordinal() if article.published else UNDATED)
    for field, read in (("title", title), ("body", body)):
        document.add_text(field, read.keys)
        document.add_text(f"names_{field}", " ".join(read.names))
    document.add_text("written_title", title.keys)
    document.add_text("written_body", " ".join([body.keys, *after.split()[:AFTERWORDS]]))
    document.add_text("capitals", f"{title.capitals} {body.capitals}")
    document.add_text("source", article.source)
    for author in article.authors:
        document.add_text("author", author)
    return document


def _field(field: str, term: str) -> str:
    """Where a term is looked for: a name among the names of the field."""
    return f"names_{field}" if term.startswith(NAME) else field


def _keys(text: str) -> str:
    """The words of a text as they are searched, but for their endings, with a blank between each two."""
    return " ".join(word.key for word in searched(text))


def _schema() -> "tantivy.Schema":
    import tantivy

    return (
        tantivy.SchemaBuilder()
        .add_unsigned_field("row", indexed=True, fast=True)
        .add_unsigned_field("article", indexed=True, fast=True)
        .add_unsigned_field("day", indexed=True, fast=True)
        .add_text_field("title", tokenizer_name=_ANALYZER)
        .add_text_field("body", tokenizer_name=_ANALYZER)
        .add_text_field("written_title", tokenizer_name=_UNSTEMMED)
        .add_text_field("written_body", tokenizer_name=_UNSTEMMED)
        .add_text_field("names_title", tokenizer_name=_UNSTEMMED, index_option="freq")
        .add_text_field("names_body", tokenizer_name=_UNSTEMMED, index_option="freq")
        .add_text_field("capitals", tokenizer_name=_UNSTEMMED, index_option="basic")
        .add_text_field("source", tokenizer_name="raw", index_option="basic")
        .add_text_field("author", tokenizer_name="raw", index_option="basic")
        .build()
    )


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
