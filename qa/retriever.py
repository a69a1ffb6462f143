"""The road from a question to an answer: `Retriever`."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from corpus import Article, Settings, UserError
from corpus.dates import FIRST_NEWS, today
from index.embedder import Embedder, SentenceTransformerEmbedder, Vectors
from index.generation import Generation
from index.keywords import Filter
from index.live import LiveGeneration
from index.manifest import Fingerprint
from qa.answer import Answer, ArchiveStatus, Passage
from qa.candidates import Candidates, find_candidates
from qa.evidence import best_sentence
from qa.question import Question, day, named, window
from qa.ranking import Ranked, rank
from qa.verdict import Signals, judge

_log = logging.getLogger(__name__)
# An archive whose newest article is older than this is a historical one: its own last day is its "today".
_CURRENT_ARCHIVE = timedelta(days=31)
# Beyond this many passages nobody reads; it bounds the work of one query.
_MOST_PASSAGES = 100
_LOADING = "The language model is still loading: until it is there, passages are found by words and dates alone."

Day = date | str | None


@dataclass(frozen=True, slots=True)
class _Search:
    """One question as it is searched: its words, its filter and the days it is asked by.

    `clock` is `now`, or None where nobody said so and the archive is of the past: then newer is not better.
    """

    question: Question
    where: Filter
    now: date
    clock: date | None
    notices: tuple[str, ...]


class Retriever:
    """Answers questions from an index. Safe from many threads; follows the index to newer generations by itself."""

    def __init__(self, live: LiveGeneration, settings: Settings, embedder: Embedder | None) -> None:
        """Use `open`."""
        self._live = live
        self._settings = settings
        self._embedder = embedder
        self._model_error = ""

    @classmethod
    def open(cls, index: str | Path | None = None, *, wait: bool = True, embedder: Embedder | None = None) -> Self:
        """Open an index, by default the one that DATELINE_INDEX or `var/index` names.

        With `wait=False` the model loads in the background; until it is there, answers come from keywords and time
        alone and say so. `embedder` stands in for the model in the settings.

        Raises UserError where there is no index, where it was made with other settings, and, waiting, where the model
        cannot be loaded.
        """
        settings = Settings.from_environment(index=index)
        retriever = cls(LiveGeneration(settings.index, Fingerprint.of(settings, embedder)), settings, embedder)
        if embedder is None and wait:
            retriever._load_model()
        elif embedder is None:
            threading.Thread(target=retriever._load_model_in_background, name="dateline-model", daemon=True).start()
        return retriever

    def search(
        self,
        question: str,
        k: int = 5,
        now: Day = None,
        since: Day = None,
        until: Day = None,
        sources: Sequence[str] = (),
        authors: Sequence[str] = (),
    ) -> list[Passage]:
        """The `k` passages that answer best, best first; fewer where the archive has fewer.

        `now` is the day the question is asked on, `since` and `until` bound the days of publication (inclusive; days
        as `date` or "YYYY-MM-DD"), `sources` and `authors` name outlets and people, in any case, in full or by a word.
        Equal scores are ordered by article id, then place. UserError for an empty question or a day that is none.
        """
        with self._live.use() as generation:
            search = self._understood(generation, question, now, since, until, sources, authors)
            passages, _ = self._found(generation, search, k)
            return passages

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        k: int = 5,
        now: Day = None,
        since: Day = None,
        until: Day = None,
        sources: Sequence[str] = (),
        authors: Sequence[str] = (),
    ) -> Answer:
        """The answer to a question: its passages as `search` gives them, and whether the archive holds the answer.

        `history` are earlier questions of the conversation, oldest first. UserError as `search`.
        """
        with self._live.use() as generation:
            search = self._understood(generation, question, now, since, until, sources, authors)
            passages, signals = self._found(generation, search, k)
            judgement = judge(signals, generation.manifest.report.articles)
            return Answer(
                question=question.strip(),
                searched=search.question.text,
                now=search.now,
                verdict=judgement.verdict,
                confidence=judgement.confidence,
                reasons=judgement.reasons,
                timeframe=None,
                notices=(*search.notices, *self._notices()),
                passages=tuple(passages),
            )

    def article(self, article_id: str) -> Article:
        """The whole article of that id; UserError when the archive has none."""
        with self._live.use() as generation:
            article = generation.articles.article(article_id)
        if article is None:
            message = f"There is no article “{article_id}” in the archive; take an id from a search."
            raise UserError(message)
        return article

    def status(self) -> ArchiveStatus:
        """What the archive holds, and in what state it is."""
        with self._live.use() as generation:
            manifest = generation.manifest
            days = _plausible_days(generation)
            return ArchiveStatus(
                generation=manifest.name,
                corpus=manifest.corpus,
                articles=manifest.report.articles,
                chunks=manifest.report.chunks,
                oldest=date.fromordinal(int(days.min())) if len(days) else None,
                newest=date.fromordinal(int(days.max())) if len(days) else None,
                sources=generation.articles.sources(),
                built=manifest.built,
                now=_default_now(generation),
                model=manifest.fingerprint.model,
                model_ready=self._embedder is not None,
                failed=len(manifest.report.failed),
                notices=self._notices(),
            )

    def examples(self, count: int = 4) -> list[str]:
        """Headlines to begin with, as questions are asked of news: spread over the archive, the newest first."""
        with self._live.use() as generation:
            table = generation.table
            newest_first = np.lexsort((np.arange(len(table.days)), -table.days))
            step = max(1, len(newest_first) // max(1, count))
            chosen = table.numbers[newest_first[::step]][:count]
            return [article.title for article in generation.articles.articles_at(chosen.tolist()) if article.title]

    def close(self) -> None:
        """Let go of the index."""
        self._live.close()

    def __enter__(self) -> Self:
        """The retriever itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _understood(
        self,
        generation: Generation,
        question: str,
        now: Day,
        since: Day,
        until: Day,
        sources: Sequence[str],
        authors: Sequence[str],
    ) -> _Search:
        """The question as it is searched; names that the archive does not have become notices."""
        read = Question.read(question, generation.keywords)
        known_sources = generation.table.source_names
        named_sources = named(sources, known_sources)
        named_authors = named(authors, generation.articles.authors()) if authors else None
        notices = [
            f"The archive has no {kind} “{', '.join(wanted)}”."
            for kind, wanted, meant in (("outlet", sources, named_sources), ("author", authors, named_authors))
            if meant is not None and not meant
        ]
        asked_on = day(now, "now")
        default_now = _default_now(generation)
        return _Search(
            question=read,
            where=window(day(since, "since"), day(until, "until"), named_sources, named_authors),
            now=asked_on or default_now,
            clock=asked_on or (default_now if default_now == today() else None),
            notices=tuple(notices),
        )

    def _found(self, generation: Generation, search: _Search, k: int) -> tuple[list[Passage], Signals]:
        if k < 1:
            message = f"The number of passages is {k}; ask for 1 or more."
            raise UserError(message)
        question = search.question
        candidates = find_candidates(generation, question, self._vector(question.text), search.where)
        ranked = rank(generation, question, candidates, search.clock)
        passages = _passages(generation, ranked, question, min(k, _MOST_PASSAGES))
        return passages, self._signals(generation, question, candidates, passages)

    def _signals(
        self, generation: Generation, question: Question, candidates: Candidates, passages: Sequence[Passage]
    ) -> Signals:
        keywords = generation.keywords
        covered = [question.terms.held(keywords.terms(f"{found.article.title}\n{found.text}")) for found in passages]
        spelled = zip(question.terms.words, question.terms.terms, strict=True)
        return Signals(
            coverage=max(covered, default=0.0),
            cosine=float(candidates.cosine.max(initial=0.0)) if self._embedder else None,
            unknown=tuple(word for word, term in spelled if not keywords.frequency(term)),
        )

    def _vector(self, question: str) -> Vectors | None:
        return self._embedder.encode([question])[0] if self._embedder else None

    def _notices(self) -> tuple[str, ...]:
        loading = "" if self._embedder or self._model_error else _LOADING
        return tuple(notice for notice in (loading, self._model_error, self._live.notice) if notice)

    def _load_model(self) -> None:
        embedder = SentenceTransformerEmbedder(self._settings.model)
        embedder.encode(["warm"])
        with self._live.use() as generation:
            _ = generation.vector_store
        self._embedder = embedder

    def _load_model_in_background(self) -> None:
        try:
            self._load_model()
        except UserError as error:
            self._model_error = f"{error} Until then passages are found by words and dates alone."


def _passages(generation: Generation, ranked: Ranked, question: Question, count: int) -> list[Passage]:
    """The best `count` passages, each text of an article once: copies of a story are named, not shown again."""
    passages: list[Passage] = []
    seen: set[str] = set()
    table = generation.table
    for place, row in enumerate(ranked.rows.tolist()):
        [article] = generation.articles.articles_at([int(table.numbers[table.article[row]])])
        if article.id in seen:
            continue
        same = [other for other in generation.articles.same_text(article) if other != article.id]
        seen.update(same)
        span = int(table.start[row]), int(table.end[row])
        evidence = best_sentence(
            article, span, question.terms, generation.keywords, generation.manifest.fingerprint.language
        )
        passages.append(
            Passage(
                article=article,
                start=span[0],
                end=span[1],
                score=float(ranked.scores[place]),
                parts={name: float(shares[place]) for name, shares in ranked.parts.items()},
                highlights=(evidence.span,) if evidence else (),
                copies=tuple(same),
            )
        )
        if len(passages) == count:
            break
    return passages


def _plausible_days(generation: Generation) -> np.ndarray:
    """The days of publication that can be true, as ordinals."""
    days = generation.table.days
    return days[(days >= FIRST_NEWS.toordinal()) & (days <= today().toordinal() + 1)]


def _default_now(generation: Generation) -> date:
    """Today, or the newest plausible day in the archive when that is more than a month ago."""
    days = _plausible_days(generation)
    newest = date.fromordinal(int(days.max())) if len(days) else today()
    return newest if today() - newest > _CURRENT_ARCHIVE else today()
