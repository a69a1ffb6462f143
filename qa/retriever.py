"""The road from a question to an answer: `Retriever` understands, finds, ranks, reads and judges."""

import contextlib
import functools
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Self

from corpus import Article, Settings, UserError
from corpus.message import Message, without_folders
from corpus.words import keys
from index.archive import Archive
from index.models.choice import embedder_of
from index.models.embedder import Embedder
from index.opening import Live, live_archive
from qa.answer import LOADING, Answer, ArchiveStatus
from qa.finding import MOST_PASSAGES, POOL, Found, Talks, doubted, find, judged, notices_of_languages
from qa.findings.coverage import Coverage, Listing, coverage, listing
from qa.findings.figures import differing
from qa.findings.quotes import QuoteCheck, check_quote
from qa.findings.timeline import Timeline, asks_for_timeline, timeline_of
from qa.findings.versions import corrected
from qa.loading import Models
from qa.question.operators import plain, read_operators
from qa.question.request import Day, Request, limits
from qa.question.understand import Search, understand
from qa.reading.reader import Reader
from qa.reading.verdict import LOOKED_AT, Judgement
from qa.search.quotation import Passage
from qa.search.ranking import Ranking, rank

# Articles related to one are among the best passages for its headline, and score this share of the best.
_RELATED_POOL, _RELATED, _MOST_RELATED = 30, 0.6, 8


class Retriever(contextlib.AbstractContextManager["Retriever"]):
    """Answers questions from an index; safe from many threads; follows the index to newer generations by itself."""

    def __init__(self, live: Live, models: Models) -> None:
        self.models = models
        self._live = live
        self._talks = Talks(models)

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

        Without `wait` models load in the background; until then answers come from keywords and time, and say so; with
        it a model's server has half a minute to start. With an `embedder` of its own only a given `reader` reads.
        UserError where there is no index, other settings made it, or a model cannot be loaded.
        """
        settings = Settings.from_environment(index=index)
        live = live_archive(settings, embedder)
        if embedder and wait:
            return cls(live, Models(embedder, reader, ready=True))
        reader = reader or (None if embedder else Reader())
        models = Models(embedder or embedder_of(settings.model), reader, ready=False)
        with contextlib.ExitStack() as failed:
            failed.callback(live.close)
            (models.load if wait else models.load_in_background)(live)
            failed.pop_all()
        return cls(live, models)

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
        Equal scores are ordered by article id, then place. UserError for an empty question or an invalid date.
        """
        return self.passages(Request(question, now, since, until, sources, authors, k))

    def passages(self, request: Request, ranking: Ranking = rank) -> list[Passage]:
        """The same as `search` for a request made beforehand; `ranking` stands in for ours, for measuring."""
        with self.use() as archive:
            search = understand(archive, request)
            found = find(archive, self.models, search, request.k, ranking=ranking, closely=False)
            return corrected(archive, found.passages, search.until)

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

        A follow-up is completed from earlier questions, `history`, and what answers them now. UserError as `search`.
        """
        return self.answer(Request(question, now, since, until, sources, authors, k, history))

    def answer(self, request: Request, *, closely: bool = True) -> Answer:
        """As `ask`, for a request made beforehand; not `closely` it is a guess, in a quarter of the time."""
        with self.use() as archive:
            # Told before the search, which the model may become ready for: never words alone without saying so.
            loading = [LOADING] if self.models.notice == LOADING else []
            search, found, judgement = self._best(archive, request, closely=closely)
            if closely:
                self._talks.remember(archive, search, found)
            of_languages = notices_of_languages(archive, self.models, search, found)
            notices = [*search.notices, *loading, *self._notices(), *of_languages]
            return Answer(
                question=search.asked,
                searched=search.searched,
                now=search.now,
                verdict=judgement.verdict,
                confidence=judgement.confidence,
                reasons=judgement.reasons,
                timeframe=search.timeframe,
                notices=tuple(dict.fromkeys(notices)),
                corrections=search.corrections,
                passages=tuple(corrected(archive, found.passages[: request.k], search.until)),
                disagreements=differing(archive, search.question, found.passages[: request.k], found.said),
                premise=doubted(archive, self.models, search, found, judgement) if closely else None,
                timeline=timeline_of(archive, search.question, found.passages) if _in_time(request, search) else None,
                counted=functools.cache(functools.partial(self._coverage, search)),
            )

    def candidates(self, request: Request) -> frozenset[str]:
        """The ids of all articles that may come to answer a request: some hundred. UserError as `search`."""
        with self.use() as archive:
            search = understand(archive, request)
            terms, vector = search.question.terms.terms, self.models.vector(search.question.text, archive)
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
            found = find(archive, self.models, search, MOST_PASSAGES, closely=False)
            return timeline_of(archive, search.question, found.passages)

    @property
    def reads(self) -> bool:
        """Whether the passages of answers are read."""
        with self.use() as archive:
            return self.models.ready and self.models.reads(archive)

    def related(self, article: Article, shown: Collection[str] = ()) -> list[Article]:
        """At most eight other articles near to one in words, meaning and time, best first, without those `shown`."""
        headline = plain(article.title)
        if not keys(headline):
            return []
        found = self.passages(Request(headline, k=_RELATED_POOL, spelling=False, timeframe=False))
        least = _RELATED * max((passage.relevance for passage in found), default=0.0)
        others: dict[str, Article] = {}
        for other in [passage.article for passage in found if passage.relevance >= least]:
            if other.title and other.id not in (article.id, *shown):
                others.setdefault(other.title, other)
        return list(others.values())[:_MOST_RELATED]

    def listing(self, request: Request, page: int = 0) -> Listing:
        """The articles inside the limits of a request, operators in its question included: 50 a page, newest first.

        Its other words do not count; `page` counts from 0. UserError for an invalid date.
        """
        operators = read_operators(request.question)
        with self.use() as archive:
            where, _ = limits(archive, request, operators)
            return listing(archive, where, page)

    def article(self, article_id: str) -> Article:
        """The whole article of that id; UserError when the archive has none."""
        with self.use() as archive:
            for article in archive.articles([article_id]):
                return article
        message = Message("There is no article “%(id)s” in the archive; take an id from a search.", id=article_id)
        raise UserError(message)

    def check_quote(self, text: str) -> QuoteCheck:
        """Whether the archive holds a quotation: "verbatim", "altered" or "not_in_corpus", and where it was first.

        Case, accents, punctuation and white space do not count; "..." stands for words left out. Needs no model.
        UserError for one without words or of more than 2,000 characters.
        """
        with self.use() as archive:
            return check_quote(archive, text)

    def status(self) -> ArchiveStatus:
        """What the archive holds, and in what state it is."""
        with self.use() as archive:
            return ArchiveStatus.of(archive, self._notices(), model_ready=self.models.ready)

    def examples(self, count: int = 4) -> list[str]:
        """Different headlines, as questions are asked of news: spread over the archive, the newest first."""
        with self.use() as archive:
            return list(dict.fromkeys(article.title for article in archive.spread(count) if article.title))[:count]

    def use(self) -> contextlib.AbstractContextManager[Archive]:
        """The archive as it is now, kept open until the block ends, for what has no verb here."""
        return self._live.use()

    def close(self) -> None:
        """Let go of the index."""
        self._live.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _best(self, archive: Archive, request: Request, *, closely: bool) -> tuple[Search, Found, Judgement]:
        """The first reading of a follow-up that the archive answers, else the first of all, with what was found.

        A question that stands alone goes on with the one before where passages answer that, and better.
        """
        tried: list[tuple[Search, Found, Judgement]] = []
        for search in self._talks.readings(archive, request):
            wanted = MOST_PASSAGES if _in_time(request, search) else max(request.k, LOOKED_AT)
            found = find(archive, self.models, search, wanted, closely=closely)
            tried.append((search, found, judged(archive, search, found)))
            stands_alone = tried[0][0].searched == tried[0][0].asked
            if not closely or (tried[-1][2].verdict == "answered" and not stands_alone):
                return tried[-1]
        first, last = tried[0], tried[-1]
        return last if stands_alone and last[1].margin > max(first[1].margin, 0.0) else first

    def _coverage(self, search: Search) -> Coverage:
        with self.use() as archive:
            return coverage(archive, search.question, search.where)

    def _notices(self) -> list[str]:
        return [without_folders(notice) for notice in (self.models.notice, self._live.notice) if notice]


def _in_time(request: Request, search: Search) -> bool:
    return request.timeline or asks_for_timeline(search.searched)
