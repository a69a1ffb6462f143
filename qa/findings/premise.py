"""False premises: a question that the archive answers only without one of its names, numbers or days."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from corpus.message import Message
from corpus.months import MONTHS, WEEKDAYS
from corpus.words import is_word, keys
from index.stores.spelling import SMALL
from qa.question.english import names
from qa.question.words import Question, telling
from qa.reading.close import Close, unread
from qa.reading.evidence import Sentences
from qa.reading.reader import Read, Reader
from qa.search.quotation import Passage, Quotation

# In logits, fitted on questions with one name, number or day exchanged. Without a mention a passage answers with some
# margin, and some gain on the best with it, which has this weight. From _SURE on there is nothing to gain.
_ANSWERS, _GAIN, _WEIGHT, _SURE = 2.25, 0.5, 1.0, 2.0
# Where no article that was found has the mention: the least margin without it, with the least gain.
_STRANGE = ((-2.0, -0.3), (-3.0, 1.0))
# "Texan", "Chinese": articles name the place instead.
_OF_A_PEOPLE = re.compile(r"(?:[a-z](?:ian|ean|can|ese|ish)|Texan|German|Swiss|Dutch|French|Greek)s?(?:-\w+)?$")
# So many mentions are left out, one after another, in so many passages; each takes a core some 30 to 45 ms.
_MOST_MENTIONS, _MOST_PASSAGES = 4, 3
# Without a mention a question asks something when so many of its words are left that say something.
_LEAST_LEFT = 2
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


def false_premise(reader: Reader, question: Question, close: Sequence[Close]) -> Premise | None:
    """The mention of a question that the archive reports something without; None where none is.

    Of the passages that were read, those whose article lacks a mention are read again without it. It is doubted where
    the reader then finds the answer more surely than with it, and where no article that was found has it, also where it
    finds it no more surely.
    """
    best = max((each.said.margin for each in close if each.said), default=0.0)
    doubtful = list(_doubtful(question.text))
    known = [_words_of(each.passage) for each in close] if doubtful else []
    trials: list[_Trial] = []
    for mention, rest in doubtful:
        lacking = [each for each, words in zip(close, known, strict=True) if not words.issuperset(keys(mention.words))]
        strange = len(lacking) == len(close) and not _OF_A_PEOPLE.search(mention.words)
        for passage, _, words in lacking[:_MOST_PASSAGES] if strange or best < _SURE else []:
            trials.append(_Trial(mention, strange, passage, words, reader.begin(unread(rest, passage, words))))
    doubts = [(read, trial) for trial in trials if (read := trial.reading.result()) and trial.doubts(read.margin, best)]
    read, trial = max(doubts, key=lambda each: each[0].margin, default=(None, None))
    if read is None or trial is None:
        return None
    article, (start, end) = trial.passage.article, trial.words.sentences[read.best]
    instead = _instead(question.text, trial.mention, trial.passage, article.text[start:end])
    return Premise(trial.mention.words, instead, Quotation(article, start, end, copies=trial.passage.copies))


@dataclass(frozen=True, slots=True)
class _Trial:
    """A passage that is read without a mention, which is `strange` where no article that was found has it."""

    mention: Mention
    strange: bool
    passage: Passage
    words: Sentences
    reading: Future[Read | None]

    def doubts(self, margin: float, best: float) -> bool:
        """Whether the mention is doubted, by the margin without it and the best one with it."""
        gain = margin - best
        if self.strange and any(margin >= least and gain >= least_gain for least, least_gain in _STRANGE):
            return True
        return gain >= _GAIN and margin + _WEIGHT * gain >= _ANSWERS


def _doubtful(question: str) -> Iterator[tuple[Mention, str]]:
    for mention in mentions(question)[:_MOST_MENTIONS]:
        rest = re.sub(r"^['’]s\b", "", question[mention.end :]).lstrip()
        without = f"{question[: mention.start].rstrip()} {rest}".strip()
        if len(telling(without)) >= _LEAST_LEFT:
            yield mention, without


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
