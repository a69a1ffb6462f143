"""An archive in memory, in the plainest way: what nearly all of qa is tested on, and what others are held against."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from corpus import Article
from corpus.words import name_key
from index.archive import Filter, Piece, Summary
from index.models.embedder import Embedder, Vectors
from index.stores.keywords import analysis
from index.stores.spelling import name_terms, searched
from index.terms import Field, TermText, TermTexts
from qa.search.ranking import bm25

Cut = Callable[[str], list[tuple[int, int]]]
BUILT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def whole(text: str) -> list[tuple[int, int]]:
    """One chunk."""
    return [(0, len(text))]


def story_of(path: str, content: str) -> Article:
    """The article of a file as `asking.story` writes it; its path is its id."""
    head, _, text = content.partition("\n\n")
    title, *lines = head.split("\n")
    header = dict(line.split(": ", 1) for line in lines if line)
    return Article(
        id=path,
        title=title,
        text=text.strip(),
        source=header.get("Source", ""),
        published=date.fromisoformat(header["Date"]) if "Date" in header else None,
        authors=(header["By"],) if "By" in header else (),
        path=path,
    )


@dataclass
class Counts:
    """The statistics of some pieces."""

    pieces: Sequence[Piece]

    @property
    def chunks(self) -> int:
        return len(self.pieces)

    @property
    def mean_length(self) -> Mapping[Field, float]:
        count = max(1, len(self.pieces))
        fields: tuple[Field, ...] = ("title", "body")
        return {field: sum(text_of(piece, field).length for piece in self.pieces) / count for field in fields}

    def frequencies(self, terms: Iterable[str], field: Field = "body") -> dict[str, int]:
        return {term: sum(text_of(piece, field).count(term) > 0 for piece in self.pieces) for term in terms}


class MemoryArchive:
    """Every verb of `index.archive.Archive` over a few articles; two tell one story where their texts are the same."""

    def __init__(
        self,
        articles: Iterable[Article] = (),
        embedder: Embedder | None = None,
        *,
        cut: Cut = whole,
        nearness_by_chance: float | None = None,
    ) -> None:
        self.terms = analysis("en")
        self._articles = {article.id: article for article in sorted(articles, key=lambda article: article.id)}
        self.pieces = [
            Piece(
                article.id,
                start,
                end,
                position,
                article.published.toordinal() if article.published else 0,
                article.source,
                TermText.of(self.terms(article.text[start:end]), name_terms(article.text[start:end])),
                TermText.of(self.terms(article.title), name_terms(article.title)),
            )
            for article in self._articles.values()
            for position, (start, end) in enumerate(cut(article.text))
        ]
        texts = [f"{self._articles[piece.article].title}\n{self._text(piece)}" for piece in self.pieces]
        self.sample = embedder.encode(texts) if embedder and texts else np.zeros((len(texts), 1), np.float32)
        self.statistics = Counts(self.pieces)
        self.summary = Summary(
            "g1", "corpus", "en", "none", BUILT, len(self._articles), len(texts), nearness_by_chance=nearness_by_chance
        )

    @classmethod
    def of(
        cls,
        files: Mapping[str, str],
        embedder: Embedder | None = None,
        *,
        cut: Cut = whole,
        nearness_by_chance: float | None = None,
    ) -> "MemoryArchive":
        """The archive of some files as `asking.story` writes them."""
        articles = (story_of(path, content) for path, content in files.items())
        return cls(articles, embedder, cut=cut, nearness_by_chance=nearness_by_chance)

    def candidates(self, terms: Sequence[str], vector: Vectors | None, where: Filter, pool: int) -> list[Piece]:
        allowed = [position for position, piece in enumerate(self.pieces) if self.lets_through(where, piece)]
        fields: tuple[Field, ...] = ("title", "body")
        scores = np.zeros(len(self.pieces))
        for field in fields:
            texts = TermTexts([text_of(piece, field) for piece in self.pieces])
            scores += bm25(terms, texts, self.statistics, field)
        chosen = sorted((position for position in allowed if scores[position] > 0), key=lambda it: -scores[it])[:pool]
        cosines = np.zeros(len(self.pieces))
        if vector is not None:
            cosines = (self.sample * vector).sum(axis=1)
            chosen += sorted(allowed, key=lambda position: -cosines[position])[:pool]
        return [with_cosine(self.pieces[position], float(cosines[position])) for position in sorted(set(chosen))]

    def leads(self, articles: Iterable[str]) -> dict[str, TermText]:
        leads = {piece.article: piece.terms for piece in self.pieces if piece.position == 0}
        return {article: leads[article] for article in articles if article in leads}

    def articles(self, ids: Sequence[str]) -> list[Article]:
        return [self._articles[name] for name in ids if name in self._articles]

    def every_article(self) -> Iterator[Article]:
        return iter(self._articles.values())

    def spread(self, count: int) -> list[Article]:
        newest_first = sorted(self._articles.values(), key=lambda it: it.published or date.min, reverse=True)
        return newest_first[:: max(1, len(newest_first) // max(1, count))]

    def newest(self, where: Filter, start: int, count: int) -> list[Article]:
        allowed = {piece.article for piece in self.pieces if self.lets_through(where, piece)}
        found = [self._articles[name] for name in sorted(allowed)]
        return sorted(found, key=lambda it: it.published or date.min, reverse=True)[start : start + count]

    def stories(self, ids: Iterable[str]) -> dict[str, list[Article]]:
        earliest_first = sorted(self._articles.values(), key=lambda it: (it.published or date.max, it.id))
        return {
            name: [other for other in earliest_first if other.text == self._articles[name].text]
            for name in ids
            if name in self._articles
        }

    def pieces_with(self, phrases: Sequence[str], limit: int) -> list[Piece]:
        found = [piece for piece in self.pieces if all(self._writes(piece, phrase) for phrase in phrases)]
        return sorted(found, key=lambda piece: (not piece.day, piece.day))[:limit]

    def days_on(self, weights: Mapping[str, float], share: float, where: Filter) -> Counter[int]:
        allowed = {piece.article for piece in self.pieces if self.lets_through(where, piece)}
        days = {piece.article: piece.day for piece in self.pieces if piece.article in allowed}
        held = dict.fromkeys(days, 0.0)
        for term, weight in weights.items():
            holding = {it.article for it in self.pieces if it.terms.count(term) or it.title_terms.count(term)}
            for article in holding & set(days):
                held[article] += weight
        least = share * sum(weights.values())
        return Counter(days[article] for article in days if not weights or (held[article] >= least and held[article]))

    def outlets(self) -> dict[str, int]:
        counted = Counter(article.source for article in self._articles.values())
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    def authors_like(self, name: str) -> list[str]:
        authors = {author for article in self._articles.values() for author in article.authors}
        words = name_key(name).split()
        return sorted(author for author in authors if all(word in name_key(author) for word in words))

    def top_stories(self, where: Filter, limit: int) -> list[Piece]:
        leads = [piece for piece in self.pieces if piece.position == 0 and self.lets_through(where, piece)]
        texts = {piece.article: self._articles[piece.article].text for piece in leads}
        told = Counter(texts.values())
        leads.sort(key=lambda it: (-told[texts[it.article]], -it.day, -len(texts[it.article])))
        first = {texts[piece.article]: piece for piece in reversed(leads)}
        return list(first.values())[::-1][:limit]

    def lets_through(self, where: Filter, piece: Piece) -> bool:
        """Whether a piece may be found."""
        within = (where.since or 1) <= piece.day <= (where.until if where.until is not None else date.max.toordinal())
        return (
            (not where.by_day or within or (not piece.day and where.undated))
            and (where.sources is None or piece.source in where.sources)
            and (where.authors is None or bool(where.authors & set(self._articles[piece.article].authors)))
            and all(self._writes(piece, phrase) for phrase in where.words.phrases)
            and all(piece.title_terms.count(*self.terms(phrase)) for phrase in where.words.title)
            and not any(
                self._writes(other, phrase)
                for phrase in where.words.excluded
                for other in self.pieces
                if other.article == piece.article
            )
        )

    def _writes(self, piece: Piece, phrase: str) -> bool:
        """Whether the words of a phrase stand side by side, as written, where a piece begins, or in its headline."""
        article = self._articles[piece.article]
        wanted = "".join(f" {word.key} " for word in searched(phrase))
        texts = (article.title, article.text[piece.start : piece.end])
        return bool(wanted) and any(wanted in "".join(f" {word.key} " for word in searched(text)) for text in texts)

    def _text(self, piece: Piece) -> str:
        return self._articles[piece.article].text[piece.start : piece.end]


def text_of(piece: Piece, field: Field) -> TermText:
    """The terms of a piece in a field."""
    return piece.title_terms if field == "title" else piece.terms


def with_cosine(piece: Piece, cosine: float) -> Piece:
    """The piece as near to a question as that."""
    return Piece(*(getattr(piece, name) for name in Piece.__slots__[:-1]), cosine)
