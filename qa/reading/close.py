"""The first passages of a search, read closely: which sentence of each answers, in which words, and in what order."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from corpus.sentences import Span
from index.archive import Archive
from qa.question.english import names
from qa.question.words import Question
from qa.reading.evidence import Sentences, by_words, marked_by, reply
from qa.reading.reader import Read, Reader, Unread
from qa.search.quotation import Passage

# So many passages are read at most, each of which takes a core some 30 to 45 ms. More than the first are read only
# while none answers with a margin, in logits, above that of its stage; where a number is asked for, some are compared.
READ, _COMPARED = 8, 4
_STAGES = (2, -0.25), (4, -1.0), (READ, -math.inf)
# "Who is the mayor of London?"
_WHO_HOLDS = re.compile(r"\bwho(?:\s+is|\s+was|['’]s)\s+(?:the\s+)?([^,?]{4,}?)[\s?]*$", re.IGNORECASE)
# The one language of the questions that the reader was fitted on.
LANGUAGE = "en"
# What a passage that surely answers gains in the ranking, where a full match of the question's words gains some 13.
_GAIN = 12.0
# In logits: margins that tell nothing more, how near a neighbour comes to the best sentence where both are needed, and
# what a full match of words adds to a sentence: the reader knows little of numbers and kinds.
_LEAST, _MOST, _NEEDED, _WORDS = -8.0, 2.0, 1.5, 2.0
# So much of a passage is read, in code points, where one of its sentences holds this share of the question's words: the
# sentence that answers is then seldom among those that hold least of them.
_MOST_READ, _WORDS_LEAD = 700, 0.6
# The margin, in logits, from which on the reader's words are shown as the answer.
ANSWERS = -1.5


class Close(NamedTuple):
    """A passage, what the reader says of it, None where it was not read, and its sentences."""

    passage: Passage
    said: Read | None
    words: Sentences


def read_closely(
    reader: Reader, question: Question, passages: Sequence[Passage], archive: Archive, *, dated_first: bool = False
) -> list[Close]:
    """The passages, marked where they answer, those first that answer best by rank and reading together.

    The first two are read, the next two where neither surely answers or a number is asked for, and at most eight while
    none answers. With `dated_first`, undated articles stay after all others; an order of days stays as it is.
    """
    readings: list[Close] = []
    for count, enough in _STAGES:
        readings += _read(reader, question, passages[len(readings) : count], archive)
        answered = any(each.said and each.said.margin > enough for each in readings)
        if answered and (question.kind != "number" or count >= _COMPARED):
            break
    for passage in passages[len(readings) :]:
        words = by_words(passage, question, archive)
        readings.append(Close(marked_by(passage, words, question, archive), None, words))
    if any("in_order" in passage.parts for passage in passages):
        return readings
    return sorted(readings, key=lambda each: (dated_first and not each.passage.article.published, -each.passage.score))


def _read(reader: Reader, question: Question, passages: Sequence[Passage], archive: Archive) -> list[Close]:
    # A passage is read in another thread while the next one is looked at word by word.
    begun = [
        (passage, words, reader.begin(Unread(question.for_reader, passage.article, _worth_reading(words))))
        for passage in passages
        for words in [by_words(passage, question, archive)]
    ]
    return [_close(question, passage, reading.result(), words) for passage, words, reading in begun]


def _worth_reading(words: Sentences) -> tuple[Span, ...]:
    """The sentences, the weakest ones emptied where there are more than are read and words lead to the answer."""
    spans = list(words.sentences)
    if max(words.strengths, default=0.0) < _WORDS_LEAD:
        return tuple(spans)
    weakest_first = sorted(range(len(spans)), key=lambda place: (words.strengths[place], -_length(spans[place])))
    for place in weakest_first[:-1]:
        if sum(map(_length, spans)) <= _MOST_READ:
            break
        spans[place] = spans[place][0], spans[place][0]
    return tuple(spans)


def _length(span: Span) -> int:
    return span[1] - span[0]


def _close(question: Question, passage: Passage, said: Read | None, words: Sentences) -> Close:
    """The passage, marked where it answers, with what the reader adds to its score."""
    margin = min(max(said.margin, _LEAST), _MOST) if said else _LEAST
    gain = _GAIN * (margin - _LEAST) / (_MOST - _LEAST)
    passage = replace(passage, score=passage.score + gain, parts=passage.parts | {"reader": gain})
    if said:
        place, span = _quoted(words, said)
        read = _holder(question, words, words.sentences[place]) or said.answers.get(place)
        answer = read if said.margin > ANSWERS else None
        passage = replace(passage, highlights=(span,), answer=answer)
    return Close(passage, said, words)


def _holder(question: Question, words: Sentences, sentence: Span) -> Span | None:
    """The name right before what a question asks who it is: "Sadiq Khan, the mayor of London"; None where none is."""
    asked, (start, end) = _WHO_HOLDS.search(question.for_reader), sentence
    if asked is None:
        return None
    role = re.compile(rf",\s+(?:the\s+)?{re.escape(asked[1])}\b", re.IGNORECASE)
    named = ((start + name.start, start + name.end) for name in names(words.text[start:end]))
    return next((span for span in named if role.match(words.text, span[1], end)), None)


def _quoted(words: Sentences, said: Read) -> tuple[int, Span]:
    """The best sentence: its number, and as one span with the better neighbour in its paragraph if nearly as good."""
    spans = words.sentences
    weighed = [
        logit + _WORDS * min(strength, 1.0) for logit, strength in zip(said.sentences, words.strengths, strict=True)
    ]
    place = weighed.index(max(weighed))
    best = spans[place]
    beside = [other for other in (place + 1, place - 1) if 0 <= other < len(spans)]
    neighbour = max(beside, key=weighed.__getitem__, default=None)
    if neighbour is not None and weighed[neighbour] >= weighed[place] - _NEEDED:
        joined = min(best[0], spans[neighbour][0]), max(best[1], spans[neighbour][1])
        if "\n" not in words.text[slice(*joined)]:
            return place, joined
    place = reply(words.text, spans, place)
    return place, spans[place]
