"""From a question, as a conversation means it, to passages and a verdict: find, rank, read, judge."""

import contextlib
import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus import UserError
from corpus.languages import name_of
from corpus.message import Message
from index.archive import Archive
from qa.answer import UNREAD
from qa.findings.premise import Premise, false_premise
from qa.loading import Models
from qa.question.followup import Turn, continued, readings
from qa.question.request import Request
from qa.question.understand import Search, understand
from qa.reading.close import LANGUAGE, READ, Close, read_closely
from qa.reading.evidence import marked, near
from qa.reading.reader import Read
from qa.reading.verdict import NOTHING_ASKED, Judgement, Near, Signals, judge, judge_stories
from qa.remembered import Remembered
from qa.search.passages import best_passages, stories_of
from qa.search.quotation import Passage
from qa.search.ranking import Ranking, rank

# The best chunks by keywords, and the nearest, that are ranked. The right article is among them for 99 % of questions.
POOL = 200
# Beyond this many passages nobody reads; it bounds the work of one query.
MOST_PASSAGES = 60
# A follow-up leans on what was said just before it: so many questions, each with so many sentences.
_MOST_TURNS, _EVIDENCE = 4, 3
# Questions whose evidence is remembered, of all conversations together.
_MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first; how near the archive comes in meaning; the first ones as they were read, if they were."""

    passages: list[Passage]
    near: Near | None = None
    close: Sequence[Close] = ()

    @property
    def said(self) -> list[Read | None]:
        """What the reader says of the first passages."""
        return [each.said for each in self.close]

    @property
    def margin(self) -> float:
        """The best margin of the passages that were read, in logits; minus infinity where none was."""
        return max((said.margin for said in self.said if said), default=-math.inf)


def find(
    archive: Archive, models: Models, search: Search, k: int, *, ranking: Ranking = rank, closely: bool = True
) -> Found:
    """The best `k` passages; `closely` the first are read, where reader, question and archive have one language."""
    if not search.asks:
        return Found([])
    if search.browses:
        return Found(stories_of(archive, replace(search.where, undated=False), min(k, MOST_PASSAGES)))
    question, dated_first = search.question, search.where.undated
    vector = models.vector(question.text, archive)
    reads = closely and vector is not None and models.reads(archive) and question.language == LANGUAGE
    reader = models.reader if reads else None
    found = archive.candidates(question.terms.terms, vector, search.where, POOL)
    pieces = [piece for piece in found if piece.article not in search.without]
    ranked = ranking(archive, question, pieces, search.clock)
    passages = best_passages(archive, ranked, min(max(k, READ if reads else 0), MOST_PASSAGES), dated_first=dated_first)
    if vector is None:
        return Found(marked(passages, question, archive))
    nearest = max((piece.cosine for piece in pieces if piece.day or not dated_first), default=0.0)
    apart = not archive.summary.speaks(question.language)
    nearness = Near.read(archive, vector, max(nearest, 0.0), apart=apart)
    if reader is None:
        return Found(marked(passages, question, archive, near(models.embedder, vector, archive, apart=apart)), nearness)
    close = read_closely(reader, question, passages[:READ], archive, dated_first=dated_first)
    rest = marked(passages[READ:], question, archive)
    return Found([*(each.passage for each in close), *rest], nearness, close)


def judged(archive: Archive, search: Search, found: Found) -> Judgement:
    """Whether the archive answers; where the question names a time, what is undated never does."""
    if not search.asks:
        return NOTHING_ASKED
    if search.browses:
        return judge_stories(found.passages)
    kept = [n for n, passage in enumerate(found.passages) if passage.article.published or not search.where.undated]
    passages, said = [found.passages[n] for n in kept], [found.close[n].said for n in kept if n < len(found.close)]
    signals = Signals.read(archive, search.question, passages, found.near, said)
    return judge(signals, archive.summary.articles, search.hopeless)


def doubted(archive: Archive, models: Models, search: Search, found: Found, judgement: Judgement) -> Premise | None:
    """What the question wrongly takes for granted.

    Where nothing answers within the window that it names, a day of it may be wrong: what other times have is read too.
    Which day is right is not said then: what happens each year would be told of another year.
    """
    if search.timeframe and search.anytime and not search.browses and judgement.verdict != "answered":
        everywhere = search.where == search.anytime  # where the window lies outside the archive's period
        anytime = found if everywhere else find(archive, models, replace(search, where=search.anytime), READ)
        premise = false_premise(search.question, anytime.close)
        if premise and premise.asked in search.timeframe.phrase:
            return replace(premise, archived="")
    return None if search.hopeless else false_premise(search.question, found.close)


def notices_of_languages(archive: Archive, models: Models, search: Search, found: Found) -> list[str]:
    """That the question is in another language than the articles, or that nothing was read for want of theirs."""
    asked, told = search.question.language, archive.summary.language
    if found.near and not archive.summary.speaks(asked):
        form = "Asked in %(asked)s of articles in %(told)s: passages are found by meaning."
        return [Message(form, asked=name_of(asked), told=name_of(told))]
    return [UNREAD] if models.reader and found.near and not models.reads(archive) else []


class Talks:
    """The conversations with one retriever, and the sentences that answered their questions."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._remembered = Remembered[Hashable, tuple[str, ...]](_MOST_REMEMBERED)

    def readings(self, archive: Archive, request: Request) -> Iterator[Search]:
        """The ways in which a request may be meant, the likeliest first; one where it follows up nothing.

        A question that names nothing is meant as it stands, or goes on with the one before.
        """
        turns = self._turns(archive, request)
        search = understand(archive, request, turns)
        yield search
        if search.searched != search.asked and turns:
            for question in readings(search.asked, turns):
                yield replace(understand(archive, replace(request, question=question)), asked=search.asked)
        elif longer := continued(search.asked, turns) if search.asks and not search.browses else "":
            yield replace(understand(archive, replace(request, question=longer), turns), asked=search.asked)

    def remember(self, archive: Archive, search: Search, found: Found) -> tuple[str, ...]:
        """Keep the sentences that answer, and return them: the next question may lean on them."""
        evidence = tuple(passage.quotation for passage in found.passages[:_EVIDENCE])
        self._remembered.put(_identity(archive, search, with_model=found.near is not None), evidence)
        return evidence

    def _turns(self, archive: Archive, request: Request) -> list[Turn]:
        turns: list[Turn] = []
        for earlier in [question for question in request.history if question.strip()][-_MOST_TURNS:]:
            with contextlib.suppress(UserError):  # It asked nothing; other errors are those of the request as well.
                search = understand(archive, replace(request, question=earlier), turns)
                if search.question.text:  # which a list of an outlet or a month has not
                    evidence = self._remembered.get(_identity(archive, search, with_model=self._models.ready))
                    if evidence is None:
                        evidence = self.remember(archive, search, find(archive, self._models, search, _EVIDENCE))
                    turns.append(Turn(search.question.text, evidence))
        return turns


def _identity(archive: Archive, search: Search, *, with_model: bool) -> Hashable:
    phrase = search.timeframe.phrase if search.timeframe else ""
    return archive.summary.name, with_model, search.question.text, phrase, search.where, search.clock
