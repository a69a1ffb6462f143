"""Questions made from an archive's own articles, so that anyone can measure theirs without labels.

`headline`: a headline as the question; its article is right, and the words of its headline are left out of the ranking.
`sentence`: a sentence from anywhere in an article without its most telling name or number; the passage it stands in is
right. Both favour keywords over meaning: compare such numbers with one another, not with those of readers' questions.
Time does not count in them, and texts that name a time are left out.
"""

import hashlib
import heapq
import re
from collections.abc import Iterator
from datetime import date

from corpus import Article
from corpus.sentences import sentences
from index.archive import Archive
from qa.evaluation.known import KnownQuestion
from qa.question.timeframe import read_timeframe
from qa.question.words import telling_terms

HEADLINE, SENTENCE = "headline", "sentence"
_MOST = 300
_LEAST_TERMS = 4
_SENTENCE_WORDS = range(8, 41)
# A number, or words with capitals; the first word of a sentence has one in any case.
_TELLING = re.compile(r"(?<!\w)\d(?:[\d.,]*\d)?(?!\w)|(?<=\s)[^\W\d_a-z][\w’'-]*(?: [^\W\d_a-z][\w’'-]*)*")
# What the question box would take for an operator.
_OPERATORS = re.compile(r"[\"“”:]|(?<!\S)-")
# Any day will do, to see whether a text names a time.
_SOME_DAY = date(2020, 6, 15)


def selfmade_questions(archive: Archive, most: int = _MOST) -> list[KnownQuestion]:
    """At most so many questions, half of each kind; an archive that has not changed always gives the same."""
    chosen = heapq.nsmallest(most, archive.every_article(), key=lambda article: _digest(article.id))
    made: dict[str, dict[str, KnownQuestion]] = {HEADLINE: {}, SENTENCE: {}}
    for article in chosen:
        for question in (*_from_headline(article, archive), *_from_sentence(article, archive)):
            made[question.kind].setdefault(question.text, question)
    return [question for questions in made.values() for question in list(questions.values())[: most // 2]]


def _from_headline(article: Article, archive: Archive) -> Iterator[KnownQuestion]:
    question = _plain(article.title)
    if _can_be_asked(question, article.title, archive):
        yield KnownQuestion(question, gold=(article.id,), kind=HEADLINE)


def _from_sentence(article: Article, archive: Archive) -> Iterator[KnownQuestion]:
    """A question from one of the article's sentences that will do, which one by the article's id."""
    spans = sentences(article.text, archive.summary.language)
    first = _digest(article.id) % max(1, len(spans))
    for start, end in spans[first:] + spans[:first]:
        sentence = article.text[start:end]
        name = _most_telling(sentence, archive)
        question = _plain(sentence.replace(name, " "))
        if name and len(sentence.split()) in _SENTENCE_WORDS and _can_be_asked(question, sentence, archive):
            yield KnownQuestion(question, answers=(name,), gold=(article.id,), kind=SENTENCE, span=(start, end))
            return


def _most_telling(sentence: str, archive: Archive) -> str:
    return max(_TELLING.findall(sentence), key=lambda name: max(telling_terms(name, archive).weights), default="")


def _can_be_asked(question: str, origin: str, archive: Archive) -> bool:
    return len(telling_terms(question, archive).terms) >= _LEAST_TERMS and read_timeframe(origin, _SOME_DAY) is None


def _plain(text: str) -> str:
    return " ".join(_OPERATORS.sub(" ", text).split())


def _digest(article_id: str) -> int:
    return int.from_bytes(hashlib.sha256(article_id.encode()).digest()[:8])
