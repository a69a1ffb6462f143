"""False premises: a question that the archive answers only without one of its names, numbers, days or other words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from corpus import Article
from corpus.message import Message
from corpus.months import MONTHS, WEEKDAYS
from corpus.sentences import Span
from corpus.words import keys
from index.stores.spelling import SMALL
from qa.findings.composed import shared
from qa.findings.mentions import Mention, deniable, denial, mentions, roles
from qa.question.words import Question
from qa.reading.close import Close
from qa.reading.evidence import Sentences
from qa.reading.reader import Read
from qa.search.quotation import Passage, Quotation

# In logits, fitted on questions with one name, number or day exchanged. From how sure the reader is that a mention was
# exchanged go a share of the margin of the best passage that has it, no less than the least, a share of how far this
# passage is behind the best one, and something where only the passage lacks it and its article does not.
_DOUBTED, _OF_THE_MARGIN, _LEAST_MARGIN, _BEHIND, _ELSEWHERE = -1.0, 0.5, -3.0, 0.6, 3.0
# An opposite counts in the sentence that answers, and more in the one that has most words of the question, where it has
# such a share of them.
_OPPOSED, _OPPOSED_NEAR, _NEAR = 3.0, 5.0, 0.5
# A passage that doubts a mention holds this share of the other telling words, by their beginnings.
_LEAST_SHARED = 0.4
# What stands around a word, and what titles and months are in full.
_MARKS = '.,;:!?()"“”‘’'
_TITLES = {"gov": "governor", "sen": "senator", "rep": "representative", "gen": "general", "lt": "lieutenant"}
_IN_FULL = _TITLES | {month[:3]: month for month in MONTHS} | {"sept": "september"}
# The words of a people ("Japanese") begin like those of its country.
_OF_A_PEOPLE, _BEGINNING = ("an", "ese", "ish", "ic"), 5


@dataclass(frozen=True, slots=True)
class Premise:
    """What a question takes for granted and the archive does not: `asked`, where it reports the rest.

    `archived` stands in its stead in the archive, "" where that is not certain; `quotation` is the sentence that would
    answer. `elsewhere`: its article has the words that are asked, in another passage.
    """

    asked: str
    archived: str
    quotation: Quotation
    elsewhere: bool = False

    @property
    def sentence(self) -> str:
        """What is doubted, in a sentence."""
        if self.archived.endswith(f" {self.asked}"):  # "not approve"
            return Message("The archive says “%(archived)s”.", archived=self.archived)
        if self.archived:
            return Message("The archive says %(archived)s, not %(asked)s.", archived=self.archived, asked=self.asked)
        if self.elsewhere:
            return Message("The nearest passage does not mention “%(asked)s”.", asked=self.asked)
        return Message("The nearest report does not mention “%(asked)s”.", asked=self.asked)

    def as_json(self) -> dict[str, Any]:
        """The premise as every JSON output of Dateline shows it."""
        return {
            "asked": self.asked,
            "archived": self.archived or None,
            "sentence": self.sentence,
            "quotation": self.quotation.as_json(),
        }


def false_premise(question: Question, close: Sequence[Close]) -> Premise | None:
    """The mention of a question that the archive reports something without; None where none is.

    The reader doubts a mention where a passage answers but for it. That counts where the article lacks it, less where
    only the passage does, and the less the better another passage answers, most of all one that has it. A word is
    doubted also where the sentence that would answer, or the nearest one in words, denies it.
    """
    asked = question.for_reader
    read = [_Known(one.passage, said, one.words, one.words.sentences[said.best]) for one in close if (said := one.said)]
    doubts = [doubt for doubt in _doubts(asked, read) if doubt.odds >= _DOUBTED]
    doubt = max((doubt for doubt in doubts if _on_this(asked, doubt)), key=lambda each: each.odds, default=None)
    if doubt is None:
        return None
    mention, known = doubt.mention, doubt.known
    instead = doubt.instead or _instead(asked, mention, known.passage, known.text)
    quotation = Quotation(known.passage.article, *known.sentence, copies=known.passage.copies)
    return Premise(mention.words, instead, quotation, known.has(mention))


@dataclass(frozen=True)
class _Known:
    """A passage that was read, and its best sentence, or another; its words are looked at only where needed."""

    passage: Passage
    said: Read
    words: Sentences
    sentence: Span

    def has(self, mention: Mention) -> bool:
        """Whether the article has a mention."""
        return _among(mention, self._whole)

    def has_near(self, mention: Mention) -> bool:
        """Whether the passage or its headline has a mention."""
        return _among(mention, self._near)

    def odds(self, mention: Mention, best: float) -> float:
        """How surely the passage reports of something else, in logits, less what it is behind the best margin."""
        return self.said.doubt(mention.start, mention.end) + _BEHIND * (self.said.margin - best)

    @property
    def text(self) -> str:
        """The sentence."""
        return self.passage.article.text[slice(*self.sentence)]

    @cached_property
    def _whole(self) -> set[str]:
        return _words_of(self.passage.article, self.passage.article.text)

    @cached_property
    def _near(self) -> set[str]:
        return _words_of(self.passage.article, self.passage.text)


class _Doubt(NamedTuple):
    """How much a mention is doubted, in logits, by a passage, and what its sentence has instead, "" where unknown."""

    odds: float
    mention: Mention
    known: _Known
    instead: str = ""


def _doubts(question: str, read: Sequence[_Known]) -> Iterator[_Doubt]:
    best = max((known.said.margin for known in read), default=0.0)
    for mention in (*mentions(question), *roles(question)):
        yield from _lacking(mention, [(known, known.has(mention)) for known in read], best, 0.0)
        yield from _lacking(mention, [(known, known.has_near(mention)) for known in read], best, _ELSEWHERE)
    asked = deniable(question)
    nearest = _nearest(question, read) if asked else []
    for mention in asked:
        for known in read:
            if denied := denial(mention.words, known.text):
                yield _Doubt(known.odds(mention, best) + _OPPOSED, mention, known, denied)
        for known in nearest:
            if denied := denial(mention.words, known.text):
                yield _Doubt(known.odds(mention, known.said.margin) + _OPPOSED_NEAR, mention, known, denied)
            if denied or mention.words.lower() in keys(known.text):
                break


def _nearest(question: str, read: Sequence[_Known]) -> list[_Known]:
    """The passages with each of their sentences that have enough of a question's words, those with most first."""
    each = (replace(known, sentence=sentence) for known in read for sentence in known.words.sentences)
    shares = [(shared(question, keys(known.text)), known) for known in each]
    best_first = sorted(shares, key=lambda pair: -pair[0])
    return [known for share, known in best_first if share >= _NEAR]


def _lacking(mention: Mention, read: Sequence[tuple[_Known, bool]], best: float, less: float) -> Iterator[_Doubt]:
    best_with_it = max((known.said.margin for known, it_has in read if it_has), default=_LEAST_MARGIN)
    against = _OF_THE_MARGIN * max(best_with_it, _LEAST_MARGIN) + less
    for known, it_has in read:
        if not it_has:
            yield _Doubt(known.odds(mention, best) - against, mention, known)


def _on_this(question: str, doubt: _Doubt) -> bool:
    """Whether a passage that doubts a mention is about the rest of the question at all."""
    rest = f"{question[: doubt.mention.start]} {question[doubt.mention.end :]}"
    passage = doubt.known.passage
    return shared(rest, keys(f"{passage.article.title}\n{passage.text}")) >= _LEAST_SHARED


def _among(mention: Mention, words: set[str]) -> bool:
    """Whether all words of a mention are among some, those of a people also by its country's."""
    return words.issuperset(asked := keys(mention.words)) or all(
        _IN_FULL.get(key, key) in words
        or (
            key.endswith(_OF_A_PEOPLE)
            and len(key) > _BEGINNING
            and any(word.startswith(key[:_BEGINNING]) for word in words)
        )
        for key in asked
    )


def _words_of(article: Article, text: str) -> set[str]:
    """The keys of all words of a text and its article's headline, outlet and day, also without 's, and with titles."""
    day = f"{article.published:%A %d %B %Y}" if article.published else ""
    plain, others = set[str](), list[str]()
    for run in set(f"{article.title}\n{article.source}\n{day}\n{text}".split()):
        word = run.strip(_MARKS)
        if word.isascii() and word.isalpha():
            plain.update((word.lower(), _IN_FULL.get(word.lower(), word.lower())))
        else:
            others.append(run)
    return plain.union(*((key, key.removesuffix("'s")) for key in keys("\n".join(others))))


def _instead(question: str, asked: Mention, passage: Passage, sentence: str) -> str:
    """What the passage has in a mention's stead: a name that shares a word with it.

    For a number or a day, what stands beside the same word, else the only one in the sentence.
    """
    # In a headline all in capitals every word looks like a name.
    headline = "" if passage.article.title.isupper() else passage.article.title
    text, is_name = f"{headline}\n\n{passage.text}", asked.kind == "name"
    known, parts, beside = set(keys(question)), set(keys(asked.words)), _neighbours(question, asked)

    def likeness(other: Mention) -> int:
        return (not parts.isdisjoint(keys(other.words))) + (not is_name and bool(_neighbours(text, other) & beside))

    others = [each for each in _alike(asked, text) if not known.issuperset(keys(each.words))]
    best = max(others, key=likeness, default=None)
    if best and likeness(best):
        return best.words
    only = {each.words for each in _alike(asked, sentence)}
    return only.pop() if len(only) == 1 and not is_name else ""


def _alike(asked: Mention, text: str) -> list[Mention]:
    """The mentions of the same kind; years for a year, weekdays for a weekday."""
    alike = [each for each in mentions(text) if each.kind == asked.kind]
    return [each for each in alike if asked.kind != "day" or _form(each.words) == _form(asked.words)]


def _form(day: str) -> tuple[bool, bool]:
    return day.isdigit(), day.lower() in WEEKDAYS


def _neighbours(text: str, mention: Mention) -> set[str]:
    before, after = keys(text[max(0, mention.start - 40) : mention.start])[-1:], keys(text[mention.end :][:40])[:1]
    return {key for key in (*before, *after) if key not in SMALL}
