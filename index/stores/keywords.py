"""The keyword index of a generation in tantivy; its only import. Scores are BM25 with the usual k1 1.2, b 0.75."""

import errno
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from corpus.words import in_capitals
from index.stores.filter import Filter, Words
from index.stores.spelling import searched

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
UNDATED = 0
# Where words are looked for. The best possible BM25 score of one term in one field is its idf times k1 + 1.
FIELDS = ("title", "body")
WRITTEN = ("written_title", "written_body")
# So many words of the text after a chunk are kept with those that it has as written: a phrase may go on there.
_AFTERWORDS, _LONGEST_AFTERWORDS = 30, 400  # words, characters
SATURATION = 2.2
_LAST_DAY = date.max.toordinal()

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class KeywordIndex:
    """Chunks by the words in them. Rows are those of vectors.npy."""

    def __init__(self, folder: Path, language: str) -> None:
        """Open the index that `write_keywords` made in the folder; ValueError where it is missing or damaged."""
        import tantivy

        self._analyzer = _analyzer(language)
        self._schema = _schema()
        index = tantivy.Index.open(str(folder))
        _register(index, language)
        self._searcher = index.searcher()

    @property
    def count(self) -> int:
        """The number of chunks in the index."""
        return int(self._searcher.num_docs)

    def terms(self, text: str) -> list[str]:
        """The words of a text as they are indexed, folded and stemmed, in order."""
        return list(self._analyzer.analyze(_keys(text)))

    def frequency(self, term: str) -> int:
        """The number of chunks whose text has the term."""
        return int(self._searcher.doc_freq("body", term))

    def knows(self, term: str) -> bool:
        """Whether any chunk has the term, in its text or its headline."""
        return any(self._searcher.doc_freq(field, term) for field in FIELDS)

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

    def scores(self, terms: Sequence[str], rows: Rows, fields: Sequence[str] = FIELDS) -> Scores:
        """The BM25 scores of given chunks in some fields, in the order of the rows; 0 for a chunk without the terms."""
        return self._scores_among(rows, self._any_of(terms, fields) if terms else None)

    def pair_scores(self, pairs: Mapping[tuple[str, str], float], rows: Rows) -> Scores:
        """For each of some chunks the sum of the weights of the pairs of terms that stand side by side in its text."""
        import tantivy

        weighed = [
            (tantivy.Occur.Should, tantivy.Query.const_score_query(self._side_by_side(list(pair), "body"), weight))
            for pair, weight in pairs.items()
        ]
        return self._scores_among(rows, tantivy.Query.boolean_query(weighed) if weighed else None)

    def _scores_among(self, rows: Rows, query: Any) -> Scores:
        """The scores of given chunks for a query, 0 where it finds them not; in the order of the rows."""
        if query is None or not len(rows):
            return np.zeros(len(rows), np.float32)
        import tantivy

        # A term_set_query of the rows takes three times as long: it runs through every row there is.
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "row", row, "basic")) for row in rows.tolist()
        ]
        among = tantivy.Query.const_score_query(tantivy.Query.boolean_query(wanted), 0.0)
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, among)])
        hits = self._searcher.search(both, len(rows), count=False).hits
        found = self._searcher.fast_field_values("row", [address for _, address in hits])
        by_row = {row: score for row, (score, _) in zip(found, hits, strict=True)}
        return np.array([by_row.get(row, 0.0) for row in rows.tolist()], np.float32)

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

        musts = [self._phrase(phrase, WRITTEN) for phrase in words.phrases]
        musts += [self._stems(phrase, ["title"]) for phrase in words.title]
        return [
            *((tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in musts),
            *((tantivy.Occur.MustNot, self._articles_with(phrase)) for phrase in words.excluded),
        ]

    def _articles_with(self, phrase: str) -> Any:
        """All chunks of the articles that have a phrase as it is written."""
        import tantivy

        found = self._fast_values("article", self._phrase(phrase, WRITTEN))
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
        queries = [self._side_by_side(keys[:_AFTERWORDS], field) for field in fields if keys]
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


def write_keywords(folder: Path, language: str, entries: Iterable[tuple[int, Article, int, int]]) -> None:
    """Make an index in an empty folder of chunks (row, article, start, end), in ascending rows, article by article.

    One thread: the same entries always give the same scores. OSError where the folder cannot be written.
    """
    import tantivy

    try:
        index = tantivy.Index(_schema(), str(folder))
        _register(index, language)
        writer = index.writer(_WRITER_HEAP_BYTES, 1)
        number, previous = -1, None
        for row, article, start, end in entries:
            number += article.id != previous
            previous = article.id
            writer.add_document(_document(row, number, article, start, end))
        writer.commit()
        writer.wait_merging_threads()
        for file in folder.iterdir():  # Some are for their owner's eyes only, whoever may read the rest.
            file.chmod(folder.stat().st_mode & 0o666)
    except ValueError as error:  # Whatever goes wrong in tantivy is one.
        raise OSError(errno.EIO, str(error), str(folder)) from error


def _document(row: int, number: int, article: Article, start: int, end: int) -> "tantivy.Document":
    import tantivy

    text = article.text[start:end]
    title, body, after = (_keys(part) for part in (article.title, text, article.text[end : end + _LONGEST_AFTERWORDS]))
    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_unsigned("article", number)
    document.add_unsigned("day", article.published.toordinal() if article.published else UNDATED)
    document.add_text("title", title)
    document.add_text("body", body)
    document.add_text("written_title", title)
    document.add_text("written_body", " ".join([body, *after.split()[:_AFTERWORDS]]))
    document.add_text("capitals", f"{_capitals(article.title)} {_capitals(text)}")
    document.add_text("source", article.source)
    for author in article.authors:
        document.add_text("author", author)
    return document


def _keys(text: str) -> str:
    """The words of a text as they are searched, but for their endings, with a blank between each two."""
    return " ".join(word.key for word in searched(text))


def _capitals(text: str) -> str:
    """Those of them that are written in capitals."""
    return "" if text.isupper() else " ".join(word.key for word in searched(text) if in_capitals(text, word))


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
