"""The road from a question to an answer: `Retriever`."""

import contextlib
import threading
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from corpus import Article, Settings, UserError
from index.generations.generation import Generation
from index.generations.live import LiveGeneration
from index.generations.manifest import Fingerprint
from index.models.embedder import Embedder, SentenceTransformerEmbedder, Vectors
from index.stores.keywords import Scores
from qa.answer import LOADING, Answer, ArchiveStatus, Passage
from qa.figures import disagreements
from qa.findings.coverage import coverage as articles_over_time
from qa.findings.quotation import Quotation
from qa.findings.quotes import QuoteCheck, check_quote
from qa.findings.timeline import Timeline, asks_for_timeline, timeline_of
from qa.question.followup import Turn
from qa.question.understand import Day, Request, Search, archive_period, default_now, understand
from qa.reading.evidence import near
from qa.reading.verdict import LOOKED_AT, Near, Signals, judge
from qa.remembered import Remembered
from qa.search.candidates import find_candidates
from qa.search.passages import best_passages
from qa.search.ranking import rank

# Beyond this many passages nobody reads; it bounds the work of one query.
_MOST_PASSAGES = 60
# A follow-up leans on what was said just before it.
_MOST_TURNS = 4
_EVIDENCE_OF_A_TURN = 3
# Questions whose evidence is remembered, of all conversations together.
_MOST_REMEMBERED = 1000


class Retriever:
    """Answers questions from an index. Safe from many threads; follows the index to newer generations by itself.

    `embedder` may be lent to a build in the same program, which then loads no model of its own.
    """

    def __init__(self, live: LiveGeneration, embedder: Embedder, *, ready: bool) -> None:
        """Use `open`."""
        self.embedder = embedder
        self._live = live
        self._model_ready = ready
        self._remembered = Remembered[Hashable, tuple[str, ...]](_MOST_REMEMBERED)
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
        live = LiveGeneration(settings.index, Fingerprint.of(settings, embedder))
        retriever = cls(live, embedder or SentenceTransformerEmbedder(settings.model), ready=embedder is not None)
        if embedder is None and wait:
            with contextlib.ExitStack() as failed:
                failed.callback(retriever.close)
                retriever._load_model()
                failed.pop_all()
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
            search = understand(generation, Request(question, now, since, until, sources, authors, k))
            return self._found(generation, search, k)[0]

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

        `history` are earlier questions of the conversation, oldest first: a follow-up is completed from them and from
        what answers them now. UserError as `search`.
        """
        return self.answer(Request(question, now, since, until, sources, authors, k), history)

    def answer(
        self, request: Request, history: Sequence[str] = (), *, coverage: bool = False, timeline: bool = False
    ) -> Answer:
        """The same as `ask` for a request made beforehand.

        With `coverage`, how the articles on it lie over time; with `timeline`, one also where it is not asked for.
        """
        with self._live.use() as generation:
            # Told before the search, which the model may become ready for: never words alone without saying so.
            notices = self._notices()
            search = understand(generation, request, self._turns(generation, request, history))
            told_in_time = timeline or asks_for_timeline(search.searched)
            wanted = _MOST_PASSAGES if told_in_time else max(request.k, LOOKED_AT)
            found, cosines, vector = self._found(generation, search, wanted)
            passages = found[: request.k]
            near = None if vector is None else Near.read(generation, vector, float(cosines.max(initial=0.0)))
            signals = Signals.read(generation.keywords, search.question, found, near)
            judgement = judge(signals, generation.manifest.report.articles, search.hopeless)
            return Answer(
                question=search.asked,
                searched=search.searched,
                now=search.now,
                verdict=judgement.verdict,
                confidence=judgement.confidence,
                reasons=judgement.reasons,
                timeframe=search.timeframe,
                notices=(*search.notices, *notices),
                corrections=search.corrections,
                passages=tuple(passages),
                coverage=articles_over_time(generation, search.question, search.where) if coverage else None,
                disagreements=disagreements(
                    [Quotation(one.article, one.start, one.end, copies=one.copies) for one in passages],
                    generation.manifest.fingerprint.language,
                ),
                timeline=_timeline(generation, found) if told_in_time else None,
            )

    def timeline(
        self,
        question: str,
        now: Day = None,
        since: Day = None,
        until: Day = None,
        sources: Sequence[str] = (),
        authors: Sequence[str] = (),
    ) -> Timeline:
        """What happened, whatever the question's form: one sentence a story, earliest first. UserError as `search`."""
        with self._live.use() as generation:
            search = understand(generation, Request(question, now, since, until, sources, authors))
            return _timeline(generation, self._found(generation, search, _MOST_PASSAGES)[0])

    def article(self, article_id: str) -> Article:
        """The whole article of that id; UserError when the archive has none."""
        with self._live.use() as generation:
            article = generation.articles.article(article_id)
        if article is None:
            message = f"There is no article “{article_id}” in the archive; take an id from a search."
            raise UserError(message)
        return article

    def check_quote(self, text: str) -> QuoteCheck:
        """Whether the archive holds a quotation: "verbatim", "altered" or "not_in_corpus", and where it was first.

        Case, accents, punctuation and white space do not count; "..." stands for words left out. Needs no model.
        UserError for a quotation without words, or of more than 2,000 characters.
        """
        with self._live.use() as generation:
            return check_quote(generation, text)

    def status(self) -> ArchiveStatus:
        """What the archive holds, and in what state it is."""
        with self._live.use() as generation:
            manifest = generation.manifest
            period = archive_period(generation)
            return ArchiveStatus(
                generation=manifest.name,
                corpus=manifest.corpus,
                articles=manifest.report.articles,
                chunks=manifest.report.chunks,
                oldest=period.oldest if period else None,
                newest=period.newest if period else None,
                sources=generation.articles.sources(),
                built=manifest.built,
                now=default_now(period),
                model=manifest.fingerprint.model,
                model_ready=self._model_ready,
                failed=len(manifest.report.failed),
                notices=(*self._notices(), *manifest.report.notices),
            )

    def examples(self, count: int = 4) -> list[str]:
        """Different headlines, as questions are asked of news: spread over the archive, the newest first."""
        with self._live.use() as generation:
            table = generation.table
            newest_first = np.lexsort((np.arange(len(table.days)), -table.days))
            step = max(1, len(newest_first) // max(1, count))
            chosen = generation.articles.articles_at(table.numbers[newest_first[::step]].tolist())
            return list(dict.fromkeys(article.title for article in chosen if article.title))[:count]

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

    def _turns(self, generation: Generation, request: Request, history: Sequence[str]) -> list[Turn]:
        """The last questions of a conversation, each as it was searched, with the sentences that answer it."""
        turns: list[Turn] = []
        for earlier in [question for question in history if question.strip()][-_MOST_TURNS:]:
            with contextlib.suppress(UserError):  # It asked nothing; other errors are those of the request as well.
                search = understand(generation, replace(request, question=earlier), turns)
                evidence = self._remembered.get(_identity(generation, search, with_model=self._model_ready))
                if evidence is None:
                    evidence = _evidence(self._found(generation, search, _EVIDENCE_OF_A_TURN)[0])
                turns.append(Turn(search.question.text, evidence))
        return turns

    def _found(self, generation: Generation, search: Search, k: int) -> tuple[list[Passage], Scores, Vectors | None]:
        """The best passages, the cosines of all candidates, and the question's vector, None while there is no model.

        What answers is remembered: the next question of the conversation may lean on it.
        """
        vector = self._vector(search.question.text)
        candidates = find_candidates(generation, search.question, vector, search.where)
        ranked = rank(generation, search.question, candidates, search.clock)
        meaning = None if vector is None else near(self.embedder, vector)
        passages = best_passages(generation, ranked, search.question, min(k, _MOST_PASSAGES), meaning)
        if k >= _EVIDENCE_OF_A_TURN:
            self._remembered.put(_identity(generation, search, with_model=vector is not None), _evidence(passages))
        return passages, candidates.cosine, vector

    def _vector(self, question: str) -> Vectors | None:
        return self.embedder.encode([question])[0] if self._model_ready else None

    def _notices(self) -> tuple[str, ...]:
        loading = "" if self._model_ready or self._model_error else LOADING
        return tuple(notice for notice in (loading, self._model_error, self._live.notice) if notice)

    def _load_model(self) -> None:
        """Load the model, and open the vectors meanwhile."""
        with ThreadPoolExecutor(1, "dateline-vectors") as thread:
            opening = thread.submit(self._live.open_vectors)
            self.embedder.encode(["warm"])
        # Closed meanwhile: then nobody waits for the model.
        with contextlib.suppress(ValueError):
            opening.result()
        self._model_ready = True

    def _load_model_in_background(self) -> None:
        try:
            self._load_model()
        except (UserError, OSError, RuntimeError, ImportError) as error:
            self._model_error = f"{error} Passages are found by words and dates alone."


def _identity(generation: Generation, search: Search, *, with_model: bool) -> Hashable:
    """All that decides which passages are found."""
    phrase = search.timeframe.phrase if search.timeframe else ""
    return generation.manifest.name, with_model, search.question.text, phrase, search.where, search.clock


def _evidence(passages: Sequence[Passage]) -> tuple[str, ...]:
    return tuple(passage.quotation for passage in passages[:_EVIDENCE_OF_A_TURN])


def _timeline(generation: Generation, found: Sequence[Passage]) -> Timeline:
    return timeline_of(generation, [(passage.cited, passage.relevance) for passage in found])
