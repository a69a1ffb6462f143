"""From a question that was understood to passages and a verdict: find, rank, read, judge."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.languages import name_of
from corpus.message import Message
from index.archive import Archive
from qa.answer import UNREAD
from qa.findings.premise import Premise, false_premise
from qa.loading import Models
from qa.question.understand import Search
from qa.reading.close import LANGUAGE, READ, Close, read_closely
from qa.reading.evidence import marked, near
from qa.reading.reader import Read
from qa.reading.verdict import NOTHING_ASKED, Judgement, Near, Signals, judge, judge_stories
from qa.search.passages import best_passages, stories_of
from qa.search.quotation import Passage
from qa.search.ranking import Ranking, rank

# The best chunks by keywords, and the nearest, that are ranked. The right article is among them for 99 % of questions.
POOL = 200
# Beyond this many passages nobody reads; it bounds the work of one query.
MOST_PASSAGES = 60


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


def find(
    archive: Archive, models: Models, search: Search, k: int, *, ranking: Ranking = rank, closely: bool = True
) -> Found:
    """The best `k` passages; `closely` the first are read, where reader, question and archive have one language."""
    if not search.asks:
        return Found([])
    if search.browses:
        return Found(stories_of(archive, replace(search.where, undated=False), min(k, MOST_PASSAGES)))
    question, dated_first = search.question, search.where.undated
    vector = models.vector(question.text)
    reads = closely and vector is not None and models.reads(archive) and question.language == LANGUAGE
    reader = models.reader if reads else None
    found = archive.candidates(question.terms.terms, vector, search.where, POOL)
    pieces = [piece for piece in found if piece.article not in search.without]
    ranked = ranking(archive, question, pieces, search.clock)
    count = min(max(k, READ if reader else 0), MOST_PASSAGES)
    passages = best_passages(archive, ranked, count, dated_first=dated_first)
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


def doubted(search: Search, found: Found) -> Premise | None:
    """What the question takes for granted and the archive does not, as far as passages were read."""
    return None if search.hopeless else false_premise(search.question, found.close)


def notices_of_languages(archive: Archive, models: Models, search: Search, found: Found) -> list[str]:
    """That the question is in another language than the articles, or that nothing was read for want of theirs."""
    asked, told = search.question.language, archive.summary.language
    if found.near and not archive.summary.speaks(asked):
        form = "Asked in %(asked)s of articles in %(told)s: passages are found by meaning."
        return [Message(form, asked=name_of(asked), told=name_of(told))]
    return [UNREAD] if models.reader and found.near and not models.reads(archive) else []
