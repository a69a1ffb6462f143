"""Composed sentences that the cited passages contradict: they say another name, number or day in its place.

Each of them is asked for ("who scored the goal?"), and the reader finds what the passages say, in English only.
"""

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from corpus.dates import parse_date
from corpus.languages import ENGLISH
from corpus.message import Message
from corpus.months import WEEKDAYS
from corpus.sentences import sentences
from corpus.words import keys
from qa.findings.composed import NUMBER_WORDS, Sentence, shared
from qa.findings.mentions import Mention, deniable, denial, mentions
from qa.question.english import names
from qa.question.words import spoken_in
from qa.reading.reader import Read, Reader, Unread
from qa.search.quotation import Passage

_ASKS = {"name": "who", "number": "how many", "day": "when"}
# The margin, in logits, from which on the reader is believed.
_SURE = 1.5
# A sentence with this share of a claim's words tells of the same.
_NEAR = 0.5
_OTHER = "%(passages)s says “%(said)s”, not “%(words)s”."
# So many of a sentence, each of which takes a core some 30 to 45 ms a passage.
_MOST_MENTIONS = 4
_SCORE = re.compile(r"\d[-–:]\d")  # "2-1": its numbers are not asked for one by one
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")


def contradicted(told: Sequence[Sentence], passages: Sequence[Passage], reader: Reader) -> tuple[Sentence, ...]:
    """The sentences, of which those that held are refused where the passages that they cite say otherwise."""
    return tuple(
        one if one.refused else replace(one, refused=_otherwise(one, [passages[n - 1] for n in one.passages], reader))
        for one in told
    )


def _otherwise(sentence: Sentence, cited: Sequence[Passage], reader: Reader) -> str:
    claim = sentence.claim
    if spoken_in(claim, ENGLISH) != ENGLISH:
        return ""
    texts = [passage.text[slice(*span)] for passage in cited for span in sentences(passage.text)]
    nearest = max(texts, key=lambda text: shared(claim, keys(text)), default="")
    said, words = _denied(claim, nearest)
    if said and shared(claim, keys(nearest)) >= _NEAR:
        return Message(_OTHER, passages=sentence.cites, said=said, words=words)
    known = {key for passage in cited for key in keys(f"{passage.article.title}\n{passage.text}")}
    # What opens a claim, a name or a word ("Putin"), is asked for if no passage has it.
    opens = [Mention(name.text, "name", 0, name.end) for name in names(claim)[:1] if name.start == 0]
    asked = [*(one for one in opens if known.isdisjoint(keys(one.words))), *mentions(claim)][:_MOST_MENTIONS]
    begun = [
        (mention, [(one, reader.begin(one)) for one in (_unread(claim, mention, passage) for passage in cited)])
        for mention in asked
        if not (_SCORE.match(claim, max(mention.start - 2, 0)) or _SCORE.match(claim, mention.end - 1))
    ]
    for mention, readings in begun:
        if said := _instead(claim, mention, readings):
            return Message(_OTHER, passages=sentence.cites, said=said, words=mention.words)
    return ""


def _denied(claim: str, told: str) -> tuple[str, str]:
    """What a sentence says that a claim denies, or of which it says the opposite, and what the claim says; "" else."""
    for mention in deniable(claim):
        if said := denial(mention.words, told):
            return said, mention.words
    return next(((each.words, words) for each in deniable(told) if (words := denial(each.words, claim))), ("", ""))


def _unread(claim: str, mention: Mention, passage: Passage) -> Unread:
    question = f"{claim[: mention.start]}{_ASKS[mention.kind]}{claim[mention.end :].rstrip(' .!')}?"
    spans = tuple((passage.start + start, passage.start + end) for start, end in sentences(passage.text))
    return Unread(question, passage.article, spans)


def _instead(claim: str, mention: Mention, readings: Sequence[tuple[Unread, Future[Read | None]]]) -> str:
    """What the passages surely say in a mention's place; "" where it is the same or stands elsewhere."""
    read = [(said, passage) for passage, reading in readings if (said := reading.result())]
    said, passage = max(read, key=lambda each: each[0].margin, default=(None, None))
    if said is None or passage is None or said.margin < _SURE:
        return ""
    found, *others = (passage.article.text[slice(*span)] for span in (passage.sentences[said.best], *passage.sentences))
    having = [other for other in others if set(keys(mention.words)).issubset(keys(other))]
    if any(shared(claim, keys(other)) > shared(claim, keys(found)) for other in having):
        return ""
    return _other(mention, passage.article.text[slice(*said.answers[said.best])])


def _other(mention: Mention, answer: str) -> str:
    """What an answer says of the kind of a mention: a number, name or day; "" where it may be the same one."""
    if mention.kind == "number":
        numbers = _numbers(answer)
        return answer if numbers and numbers.isdisjoint(_numbers(mention.words)) else ""
    asked, said = set(keys(mention.words)), set(keys(answer))
    alike = [each.words for each in mentions(answer) if each.kind == mention.kind]
    if mention.kind == "day":
        return "" if asked <= said else next((day for day in alike if _other_day(mention.words, day)), "")
    one_kind = alike and _is_place(mention.words) == _is_place(alike[0])
    return alike[0] if one_kind and asked.isdisjoint(said) else ""


def _is_place(name: str) -> bool:
    return any(each.kind == "place" for each in names(name))


def _numbers(text: str) -> set[str]:
    return {_ORDINAL.sub("", key) for key in keys(text) if key[0].isdigit() or key in NUMBER_WORDS}


def _other_day(day: str, other: str) -> bool:
    """Whether two days differ in what both give: the weekday, the month, the year or the number."""
    first, second = (_parts(text) for text in (day, other))
    return any(first[part] != second[part] for part in first.keys() & second.keys())


def _parts(day: str) -> dict[str, str]:
    found, parts = parse_date(day), {_part(key): key for key in keys(day)}
    return {"weekday": WEEKDAYS[found.weekday()], **parts} if found else parts


def _part(key: str) -> str:
    if key.isdigit():
        return "year" if len(key) == len("2016") else "number"
    return "weekday" if key in WEEKDAYS else "month"
