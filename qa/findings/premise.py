"""False premises: a question that the archive answers only without one of its names, numbers or days."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from corpus.message import Message
from corpus.months import MONTHS, WEEKDAYS
from corpus.sentences import Span
from corpus.words import is_word, keys
from index.stores.spelling import SMALL
from qa.question.english import names
from qa.question.words import Question
from qa.reading.close import Close
from qa.search.quotation import Passage, Quotation

# In logits, fitted on questions with one name, number or day exchanged. From how sure the reader is that a mention was
# exchanged go a share of the margin of the best passage that has it, no less than the least, and a share of how far
# this passage is behind the best one.
_DOUBTED, _OF_THE_MARGIN, _LEAST_MARGIN, _BEHIND = -1.0, 0.5, -3.0, 0.6
_MONTHS, _WEEKDAYS = ("|".join(map(str.capitalize, names)) for names in (MONTHS, WEEKDAYS))
_DAY = (
    rf"(?:{_MONTHS})(?:\s+\d{{1,2}})?(?:,?\s+\d{{4}})?|\d{{1,2}}\s+(?:{_MONTHS})(?:\s+\d{{4}})?"
    rf"|{_WEEKDAYS}|(?:19|20)\d\d"
)
# What stands around a word.
_MARKS = '.,;:!?()"“”‘’'
_DAY_OR_NUMBER = re.compile(rf"(?P<day>\b(?:{_DAY})\b)|(?P<number>[$€£]?\d(?:[\d,.]*\d)?)")
_BEGINS = re.compile(r"(?:^|[.?!:“\"\n])\s*$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, number or day in a text, `text[start:end]`."""

    words: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Premise:
    """What a question takes for granted and the archive does not: `asked`, where it reports the rest.

    `archived` stands in its stead in the archive, "" where that is not certain; `quotation` is the sentence that would
    answer.
    """

    asked: str
    archived: str
    quotation: Quotation

    @property
    def sentence(self) -> str:
        """What is doubted, in a sentence."""
        if self.archived:
            return Message("The archive says %(archived)s, not %(asked)s.", archived=self.archived, asked=self.asked)
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

    The reader doubts a mention where a passage answers but for it. That counts where the article lacks it, and the less
    the better another passage answers, most of all one that has it.
    """
    asked = mentions(question.for_reader) if close else []
    known = [_words_of(each.passage) for each in close] if asked else []
    doubts = [doubt for mention in asked for doubt in _doubts(mention, close, known)]
    doubt = max(doubts, key=lambda each: each.odds, default=None)
    if doubt is None or doubt.odds < _DOUBTED:
        return None
    article, (start, end) = doubt.passage.article, doubt.sentence
    instead = _instead(question.for_reader, doubt.mention, doubt.passage, article.text[start:end])
    return Premise(doubt.mention.words, instead, Quotation(article, start, end, copies=doubt.passage.copies))


class _Doubt(NamedTuple):
    """How much a mention is doubted, in logits, by a passage and the sentence that answers but for it."""

    odds: float
    mention: Mention
    passage: Passage
    sentence: Span


def _doubts(mention: Mention, close: Sequence[Close], known: Sequence[set[str]]) -> Iterator[_Doubt]:
    has = [words.issuperset(keys(mention.words)) for words in known]
    margins = [each.said.margin if each.said else _LEAST_MARGIN for each in close]
    best_with_it = max(margin if it_has else _LEAST_MARGIN for margin, it_has in zip(margins, has, strict=True))
    against = _OF_THE_MARGIN * max(best_with_it, _LEAST_MARGIN) + _BEHIND * max(margins)
    for (passage, said, words), it_has in zip(close, has, strict=True):
        if said and not it_has:
            odds = said.doubt(mention.start, mention.end) + _BEHIND * said.margin - against
            yield _Doubt(odds, mention, passage, words.sentences[said.best])


def _words_of(passage: Passage) -> set[str]:
    """The keys of all words of an article, its headline, outlet and day, also without 's; plain words are their own."""
    article = passage.article
    day = f"{article.published:%A %d %B %Y}" if article.published else ""
    plain, others = set[str](), list[str]()
    for run in set(f"{article.title}\n{article.source}\n{day}\n{article.text}".split()):
        word = run.strip(_MARKS)
        if word.isascii() and word.isalpha():
            plain.add(word.lower())
        else:
            others.append(run)
    return plain.union(*((key, key.removesuffix("'s")) for key in keys("\n".join(others))))


def mentions(text: str) -> list[Mention]:
    """The names, numbers and days of a text, in order; of a sentence's first word, only what is no word but a place."""
    named = [
        Mention(name.text, "name", name.start, name.end)
        for name in names(text)
        if not (is_word(name.text.casefold()) and name.kind != "place" and _BEGINS.search(text[: name.start]))
    ]
    inside = {place for each in named for place in range(each.start, each.end)}
    others = [
        Mention(match.group(), match.lastgroup or "", *match.span())
        for match in _DAY_OR_NUMBER.finditer(text)
        if inside.isdisjoint(range(*match.span()))
    ]
    return sorted(named + others, key=lambda each: each.start)


def _instead(question: str, asked: Mention, passage: Passage, sentence: str) -> str:
    """What the passage has in a mention's stead: a name that shares a word with it.

    For a number or a day, what stands beside the same word, else the only one in the sentence.
    """
    text, is_name = f"{passage.article.title}\n{passage.text}", asked.kind == "name"
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
    """The mentions of the same kind; for a year only years, for another day no year."""
    alike = [each for each in mentions(text) if each.kind == asked.kind]
    return [each for each in alike if asked.kind != "day" or each.words.isdigit() == asked.words.isdigit()]


def _neighbours(text: str, mention: Mention) -> set[str]:
    before, after = keys(text[max(0, mention.start - 40) : mention.start])[-1:], keys(text[mention.end :][:40])[:1]
    return {key for key in (*before, *after) if key not in SMALL}
