"""The sentence or two of a passage that answer: what holds most of the question and a thing of the asked-for kind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus import Article
from corpus.sentences import Span, passage_sentences
from index.keywords import KeywordIndex
from qa.question import Question

# What a sentence that reports a number, a time or a reason has in it.
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?"
    r"|billions?|half|twice|third|quarter)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September"
    r"|October|November|December|(?:1[6-9]|20)\d\d|yesterday|today|tonight|tomorrow"
    r"|(?:last|next|this) (?:week|month|year|spring|summer|autumn|fall|winter))\b"
)
_REASON = re.compile(
    r"\b(?:because|due to|after|since|amid|in response|citing|cited|blam\w+|reasons?|owing|caus\w+|led to|results?"
    r"|so that|in order|fear\w*|concern\w*|accus\w+|argu\w+)\b",
    re.IGNORECASE,
)
# A name is told by its capital: inside the sentence, where every word may have one only if it is a name.
_NAME = re.compile(r"(?<=[\w,;:’'”\"] )(?:[“\"‘(]?)([A-Z][\w’'-]+)")
_PATTERNS = {"number": _NUMBER, "time": _TIME, "reason": _REASON}
# A neighbour is quoted as well when it adds so much of the question, or the kind of thing that the best one lacks.
_NEIGHBOUR_ADDS = 0.3
# What a thing of the asked-for kind is worth beside a full match of the words, which counts 1.
_KIND_BONUS = 0.15


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, as a span of the article's text, and how well it answers: 0 to 1, and more with the right kind."""

    span: Span
    strength: float


def best_sentence(
    article: Article, span: Span, question: Question, keywords: KeywordIndex, language: str
) -> Evidence | None:
    """The sentence of the passage that answers best; the first of equals.

    A sentence is as strong as the share of the question's weight it holds, the words of the sentence that asks
    counting double, with a bonus for a number where a number is asked for, and so on. None where no sentence holds
    any word of the question. A passage begins or ends inside a sentence only when that is longer than a chunk; then
    the part in the passage stands for it.
    """
    return _best(article.text, _sentences(article, span, language), question, keywords)


def answering_span(
    article: Article, span: Span, question: Question, keywords: KeywordIndex, language: str
) -> Span | None:
    """The sentence that answers best, with a neighbour in its paragraph where only both together answer.

    "The quake struck at dawn. It killed 1,000 people." is what tells how many a quake killed. Two sentences are one
    span. None as for `best_sentence`.
    """
    spans = _sentences(article, span, language)
    best = _best(article.text, spans, question, keywords)
    if best is None:
        return None
    place = spans.index(best.span)
    # What follows first: a sentence is more often explained by the next than by the one before.
    for neighbour in (*spans[place + 1 : place + 2], *spans[max(place - 1, 0) : place]):
        joined = min(best.span[0], neighbour[0]), max(best.span[1], neighbour[1])
        if (
            _completes(article.text, best.span, neighbour, question, keywords)
            and "\n" not in article.text[slice(*joined)]
        ):
            return joined
    return best.span


def _sentences(article: Article, span: Span, language: str) -> list[Span]:
    start, end = span
    return [(start + first, start + last) for first, last in passage_sentences(article.text[start:end], language)]


def _best(text: str, spans: Sequence[Span], question: Question, keywords: KeywordIndex) -> Evidence | None:
    best: Evidence | None = None
    for start, end in spans:
        strength = _strength(text[start:end], question, keywords)
        if strength > (best.strength if best else 0.0):
            best = Evidence((start, end), strength)
    return best


def _completes(text: str, best: Span, neighbour: Span, question: Question, keywords: KeywordIndex) -> bool:
    sentence, other = text[slice(*best)], text[slice(*neighbour)]
    if question.kind and not holds_kind(sentence, question, keywords):
        return holds_kind(other, question, keywords)
    alone = question.terms.held(keywords.terms(sentence))
    return question.terms.held(keywords.terms(f"{sentence} {other}")) - alone >= _NEIGHBOUR_ADDS


def holds_kind(sentence: str, question: Question, keywords: KeywordIndex) -> bool:
    """Whether the sentence holds a thing of the kind asked for: a number, a time, a reason, a name that is new."""
    if question.kind in _PATTERNS:
        return bool(_PATTERNS[question.kind].search(sentence))
    if question.kind == "name":
        known = set(question.terms.terms)
        return any(not known.issuperset(keywords.terms(name)) for name in _NAME.findall(sentence))
    return False


def _strength(sentence: str, question: Question, keywords: KeywordIndex) -> float:
    found = set(keywords.terms(sentence))
    held = (question.terms.held(found) + question.asked.held(found)) / 2
    return held + _KIND_BONUS * holds_kind(sentence, question, keywords) if held else 0.0
