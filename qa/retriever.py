"""The road from a question to an answer: `Retriever`."""

import contextlib
import functools
import re
import threading
from collections.abc import Collection, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus import Article, Settings, UserError
from corpus.languages import name_of
from corpus.words import keys
from index.archive import Archive
from index.models.choice import embedder_of
from index.models.embedder import Embedder, GoneError, Vectors, check_same, question_vectors
from index.opening import Live, live_archive
from qa.answer import LOADING, UNREAD, Answer, ArchiveStatus
from qa.findings.coverage import Coverage, coverage
from qa.findings.figures import differing
from qa.findings.listing import Listing, listing
from qa.findings.premise import Premise, false_premise
from qa.findings.quotes import QuoteCheck, check_quote
from qa.findings.timeline import Timeline, asks_for_timeline, timeline_of
from qa.findings.versions import corrected
from qa.question.followup import Turn, readings
from qa.question.limits import limits
from qa.question.operators import read_operators
from qa.question.understand import Day, Request, Search, archive_period, default_now, understand
from qa.reading.close import LANGUAGE, READ, read_closely
from qa.reading.evidence import marked, near
from qa.reading.reader import Read, Reader
from qa.reading.verdict import LOOKED_AT, NOTHING_ASKED, Judgement, Near, Signals, judge, judge_stories
from qa.remembered import Remembered
from qa.search.passages import best_passages, stories_of
from qa.search.quotation import Passage
from qa.search.ranking import Ranking, rank

# The best chunks by keywords, and the nearest, that are ranked. The right article is among them for 99 % of questions.
POOL = 200
# Beyond this many passages nobody reads; it bounds the work of one query.
_MOST_PASSAGES = 60
# Articles related to one are among the best passages for its headline, and score this share of the best.
_RELATED_POOL, _RELATED, _MOST_RELATED = 30, 0.6, 8
# A follow-up leans on what was said just before it.
_MOST_TURNS = 4
_EVIDENCE_OF_A_TURN = 3
# Questions whose evidence is remembered, of all conversations together.
_MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: passages, best first; how near the archive comes in meaning, None without a model.

    `said` is what the reader says of the first passages, empty where they were not read.
    """

    passages: list[Passage]
    near: Near | None
    said: tuple[Read | None, ...] = ()

    @property
    def dated(self) -> "Found":
        """The same without undated articles."""
        places = [place for place, passage in enumerate(self.passages) if passage.article.published]
        said = tuple(self.said[place] for place in places if place < len(self.said))
        return Found([self.passages[place] for place in places], self.near, said)


class Retriever:
    """Answers questions from an index. Safe from many threads; follows the index to newer generations by itself.

    `embedder` may be lent to a build in the same program, which then loads no model of its own. `reader` is None where
    another model stands in for that of the settings.
    """

    def __init__(self, live: Live, embedder: Embedder, reader: Reader | None, *, ready: bool) -> None:
        """Use `open`."""
        self.embedder = embedder
        self.reader = reader
        self._live = live
        self._model_ready = ready
        self._remembered = Remembered[Hashable, tuple[str, ...]](_MOST_REMEMBERED)
        self._model_error = ""

    @classmethod
    def open(
        cls,
        index: str | Path | None = None,
        *,
        wait: bool = True,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
    ) -> Self:
        """Open an index, by default the one that DATELINE_INDEX or `var/index` names.

        With `wait=False` the models load in the background; until they are there, answers come from keywords and time
        alone and say so. `embedder` stands in for the model in the settings; then passages are read only by the
        `reader` that is given.

        Raises UserError where there is no index, where it was made with other settings, and, waiting, where the model
        cannot be loaded.
        """
        settings = Settings.from_environment(index=index)
        live = live_archive(settings, embedder)
        if embedder is None:
            reader = reader or Reader()
        retriever = cls(live, embedder or embedder_of(settings.model), reader, ready=embedder is not None)
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
        """The `k` best passages by words, meaning and time, best first; fewer where the archive has fewer.

        They are not read, which takes several times as long: `ask` does that, and may order the first ones otherwise.
        `now` is the day the question is asked on, `since` and `until` bound the days of publication (inclusive; days
        as `date` or "YYYY-MM-DD"), `sources` and `authors` name outlets and people, in any case, in full or by a word.
        Equal scores are ordered by article id, then place. UserError for an empty question or a day that is none.
        """
        return self.passages(Request(question, now, since, until, sources, authors, k))

    def passages(self, request: Request, ranking: Ranking = rank) -> list[Passage]:
        """The same as `search` for a request made beforehand; `ranking` stands in for ours, for measuring."""
        with self.use() as archive:
            found = self._found(archive, understand(archive, request), request.k, ranking)
            return corrected(archive, found.passages, request.read().until)

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
        """The answer to a question: its passages, the first ones read, and whether the archive holds the answer.

        `history` are earlier questions of the conversation, oldest first: a follow-up is completed from them and from
        what answers them now. UserError as `search`.
        """
        return self.answer(Request(question, now, since, until, sources, authors, k), history)

    def answer(self, request: Request, history: Sequence[str] = (), *, closely: bool = True) -> Answer:
        """The same as `ask` for a request made beforehand.

        Not `closely` its passages are found and not read, in a quarter of the time; the verdict is then a guess.
        """
        with self.use() as archive:
            # Told before the search, which the model may become ready for: never words alone without saying so.
            loading = tuple(notice for notice in self._notices() if notice == LOADING)
            search, found, judgement = self._best(
                archive, self._readings(archive, request, history), request, closely=closely
            )
            if closely:
                self._remember(archive, search, found)
            return Answer(
                question=search.asked,
                searched=search.searched,
                now=search.now,
                verdict=judgement.verdict,
                confidence=judgement.confidence,
                reasons=judgement.reasons,
                timeframe=search.timeframe,
                notices=_once(*search.notices, *loading, *self._notices(), *self._of_languages(search, found, archive)),
                corrections=search.corrections,
                passages=tuple(corrected(archive, found.passages[: request.k], request.read().until)),
                disagreements=differing(archive, search.question, found.passages[: request.k], found.said),
                premise=self._premise(archive, search, found),
                timeline=timeline_of(archive, search.question, found.passages) if _in_time(request, search) else None,
                counted=functools.cache(functools.partial(self._coverage, search)),
            )

    def candidates(self, request: Request) -> frozenset[str]:
        """The ids of all articles that may come to answer a request: some hundred. UserError as `search`."""
        with self.use() as archive:
            search = understand(archive, request)
            terms, vector = search.question.terms.terms, self._vector(search.question.text)
            return frozenset(piece.article for piece in archive.candidates(terms, vector, search.where, POOL))

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
        with self.use() as archive:
            search = understand(archive, Request(question, now, since, until, sources, authors))
            return timeline_of(archive, search.question, self._found(archive, search, _MOST_PASSAGES).passages)

    @property
    def reads(self) -> bool:
        """Whether the passages of answers are read."""
        with self.use() as archive:
            return self._model_ready and self._reads(archive)

    def related(self, article: Article, shown: Collection[str] = ()) -> list[Article]:
        """At most eight other articles near to one in words, meaning and time, best first, without those `shown`."""
        if not keys(article.title):
            return []
        headline = re.sub(r"[“”„«»\"]|(?<!\w)-", "", article.title)  # without what would be an operator
        found = self.passages(Request(headline, k=_RELATED_POOL, spelling=False, timeframe=False))
        least = _RELATED * max((passage.relevance for passage in found), default=0.0)
        shown = {article.id, *shown}
        near = {passage.article.id: passage.article for passage in found if passage.relevance >= least}
        others = [one for one in near.values() if one.id not in shown and one.title]
        return list({one.title: one for one in reversed(others)}.values())[::-1][:_MOST_RELATED]

    def listing(self, request: Request, page: int = 0) -> Listing:
        """The articles inside the limits of a request, operators in its question included: 50 a page, newest first.

        Its other words do not count; `page` counts from 0. UserError for days that are none.
        """
        operators = read_operators(request.question)
        _, _, since, until = replace(request, question="all").read()
        with self.use() as archive:
            where, _ = limits(archive, request.sources, request.authors, operators, since, until)
            return listing(archive, where, page)

    def article(self, article_id: str) -> Article:
        """The whole article of that id; UserError when the archive has none."""
        with self.use() as archive:
            for article in archive.articles([article_id]):
                return article
        message = f"There is no article “{article_id}” in the archive; take an id from a search."
        raise UserError(message)

    def check_quote(self, text: str) -> QuoteCheck:
        """Whether the archive holds a quotation: "verbatim", "altered" or "not_in_corpus", and where it was first.

        Case, accents, punctuation and white space do not count; "..." stands for words left out. Needs no model.
        UserError for a quotation without words, or of more than 2,000 characters.
        """
        with self.use() as archive:
            return check_quote(archive, text)

    def status(self) -> ArchiveStatus:
        """What the archive holds, and in what state it is."""
        with self.use() as archive:
            summary, period = archive.summary, archive_period(archive)
            return ArchiveStatus(
                generation=summary.name,
                corpus=summary.corpus,
                articles=summary.articles,
                chunks=summary.chunks,
                oldest=period.oldest if period else None,
                newest=period.newest if period else None,
                sources=archive.outlets(),
                built=summary.built,
                now=default_now(period),
                model=summary.model,
                model_ready=self._model_ready,
                failed=summary.failed,
                notices=(*self._notices(), *summary.notices),
            )

    def examples(self, count: int = 4) -> list[str]:
        """Different headlines, as questions are asked of news: spread over the archive, the newest first."""
        with self.use() as archive:
            return list(dict.fromkeys(article.title for article in archive.spread(count) if article.title))[:count]

    @contextlib.contextmanager
    def use(self) -> Iterator[Archive]:
        """The archive as it is now, kept open until the block ends, for what has no verb here."""
        with self._live.use() as archive:
            yield archive

    def read(self, archive: Archive, search: Search, k: int) -> Found:
        """Find and rank, and read where question and archive are in the reader's language: what is read, or `k`."""
        reads = self._reads(archive) and search.question.language == LANGUAGE
        return self._found(archive, search, k, closely=READ if reads else 0)

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

    def _best(
        self, archive: Archive, readings: Iterator[Search], request: Request, *, closely: bool
    ) -> tuple[Search, Found, Judgement]:
        """The first reading of a request that the archive answers, else the first of all, with what was found."""
        tried: list[tuple[Search, Found, Judgement]] = []
        for search in readings:
            wanted = _MOST_PASSAGES if _in_time(request, search) else max(request.k, LOOKED_AT)
            found = self.read(archive, search, wanted) if closely else self._found(archive, search, wanted)
            tried.append((search, found, self._judged(archive, search, found)))
            if tried[-1][2].verdict == "answered" or not closely:
                return tried[-1]
        return tried[0]

    def _readings(self, archive: Archive, request: Request, history: Sequence[str]) -> Iterator[Search]:
        """The ways in which a request may be meant, the likeliest first; one where it follows up nothing."""
        turns = self._turns(archive, request, history)
        search = understand(archive, request, turns)
        yield search
        if search.searched == search.asked or not turns:
            return
        for question in readings(search.asked, turns):
            yield replace(understand(archive, replace(request, question=question)), asked=search.asked)

    def _turns(self, archive: Archive, request: Request, history: Sequence[str]) -> list[Turn]:
        """The last questions of a conversation, each with what answers it."""
        turns: list[Turn] = []
        for earlier in [question for question in history if question.strip()][-_MOST_TURNS:]:
            with contextlib.suppress(UserError):  # It asked nothing; other errors are those of the request as well.
                search = understand(archive, replace(request, question=earlier), turns)
                if search.question.text:  # which a list of an outlet or a month has not
                    turns.append(Turn(search.question.text, self._evidence(archive, search)))
        return turns

    def _evidence(self, archive: Archive, search: Search) -> tuple[str, ...]:
        """The sentences that answer an earlier question, looked for only where they are not remembered."""
        remembered = self._remembered.get(_identity(archive, search, with_model=self._model_ready))
        if remembered is not None:
            return remembered
        return self._remember(archive, search, self.read(archive, search, _EVIDENCE_OF_A_TURN))

    def _reads(self, archive: Archive) -> bool:
        return self.reader is not None and archive.summary.language == LANGUAGE

    def _remember(self, archive: Archive, search: Search, found: Found) -> tuple[str, ...]:
        """Keep the sentences that answer: the next question of the conversation may lean on them."""
        evidence = tuple(passage.quotation for passage in found.passages[:_EVIDENCE_OF_A_TURN])
        self._remembered.put(_identity(archive, search, with_model=found.near is not None), evidence)
        return evidence

    def _judged(self, archive: Archive, search: Search, found: Found) -> Judgement:
        """Whether the archive answers; where the question names a time, what is undated never does."""
        if not search.asks:
            return NOTHING_ASKED
        if search.browses:
            return judge_stories(found.passages)
        seen = found if not search.where.undated else found.dated
        signals = Signals.read(archive, search.question, seen.passages, seen.near, seen.said)
        return judge(signals, archive.summary.articles, search.hopeless)

    def _found(self, archive: Archive, search: Search, k: int, ranking: Ranking = rank, closely: int = 0) -> Found:
        """Find and rank: the best `k` passages with the sentences that answer, by words and meaning.

        The first `closely` of them, or more than `k`, are read, and come in the order that the reader gives them.
        """
        if not search.asks:
            return Found([], None)
        if search.browses:
            return Found(stories_of(archive, replace(search.where, undated=False), min(k, _MOST_PASSAGES)), None)
        question, vector, dated_first = search.question, self._vector(search.question.text), search.where.undated
        found = archive.candidates(question.terms.terms, vector, search.where, POOL)
        pieces = [piece for piece in found if piece.article not in search.without]
        ranked = ranking(archive, question, pieces, search.clock)
        passages = best_passages(archive, ranked, min(max(k, closely), _MOST_PASSAGES), dated_first=dated_first)
        if vector is None:
            return Found(marked(passages, question, archive), None)
        nearest = max((piece.cosine for piece in pieces if piece.day or not dated_first), default=0.0)
        apart = question.language != archive.summary.language
        nearness = Near.read(archive, vector, max(nearest, 0.0), apart=apart)
        if self.reader is None or not closely:
            return Found(marked(passages, question, archive, near(self.embedder, vector, archive)), nearness)
        readings = read_closely(self.reader, question, passages[:closely], archive, dated_first=dated_first)
        rest = marked(passages[closely:], question, archive)
        return Found([*(passage for passage, _ in readings), *rest], nearness, tuple(said for _, said in readings))

    def _coverage(self, search: Search) -> Coverage:
        with self.use() as archive:
            return coverage(archive, search.question, search.where)

    def _vector(self, question: str) -> Vectors | None:
        """None while there is no model, or its server does not answer, which is then among the notices."""
        if not self._model_ready:
            return None
        try:
            vector: Vectors = question_vectors(self.embedder, [question])[0]
        except GoneError as error:
            self._model_error = _without_model(error)
            return None
        self._model_error = ""
        return vector

    def _premise(self, archive: Archive, search: Search, found: Found) -> Premise | None:
        if self.reader is None or not found.said or search.hopeless:
            return None
        return false_premise(self.reader, search.question, found.passages, found.said, archive)

    def _of_languages(self, search: Search, found: Found, archive: Archive) -> tuple[str, ...]:
        """That the question is in another language than the articles, or that nothing was read for want of theirs."""
        asked, told = search.question.language, archive.summary.language
        if found.near and asked != told:
            return (f"Asked in {name_of(asked)} of articles in {name_of(told)}: passages are found by meaning.",)
        return (UNREAD,) if self.reader and found.near and not self._reads(archive) else ()

    def _notices(self) -> tuple[str, ...]:
        loading = "" if self._model_ready or self._model_error else LOADING
        return tuple(notice for notice in (loading, self._model_error, self._live.notice) if notice)

    def _load_model(self) -> None:
        """Load the model, and open the vectors meanwhile."""
        with ThreadPoolExecutor(1, "dateline-vectors") as thread:
            opening = thread.submit(self._live.open_vectors)
            question_vectors(self.embedder, ["warm"])
            with contextlib.suppress(ValueError), self.use() as archive:
                check_same(self.embedder, archive.summary.probe)
                if self.reader and self._reads(archive):
                    self.reader.load()
        # Closed meanwhile: then nobody waits for the model.
        with contextlib.suppress(ValueError):
            opening.result()
        self._model_ready = True

    def _load_model_in_background(self) -> None:
        try:
            self._load_model()
        except (UserError, OSError, RuntimeError, ImportError) as error:
            self._model_error = _without_model(error)
            self._model_ready = isinstance(error, GoneError)  # Each question tries anew.


def _once(*notices: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notices))


def _without_model(error: Exception) -> str:
    return f"{error} Passages are found by words and dates alone."


def _in_time(request: Request, search: Search) -> bool:
    """Whether a question is to be answered by a timeline as well."""
    return request.timeline or asks_for_timeline(search.searched)


def _identity(archive: Archive, search: Search, *, with_model: bool) -> Hashable:
    """All that decides which passages are found."""
    phrase = search.timeframe.phrase if search.timeframe else ""
    return archive.summary.name, with_model, search.question.text, phrase, search.where, search.clock
