"""Earlier and later versions of a story: what a correction or update made of a sentence."""

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import SequenceMatcher

from corpus import Article
from corpus.sentences import Span, passage_sentences
from corpus.stories import later_version
from index.archive import Archive
from qa.search.quotation import Passage, Quotation

# Sentences that share this part of their words, in order, say the same of perhaps another figure.
_SAME_SENTENCE = 0.6


def corrected(archive: Archive, passages: Iterable[Passage], until: date | None = None) -> list[Passage]:
    """The passages, each as the later version of its article has it, unless that came after the day `until`."""
    passages = list(passages)
    stories = archive.stories({passage.later for passage in passages if passage.later})
    return [latest(passage, stories.get(passage.later, ()), until) for passage in passages]


def latest(passage: Passage, story: Sequence[Article], until: date | None = None) -> Passage:
    """The passage as the later version of its story has it; unchanged if that lacks it or came after `until`."""
    later = next((article for article in story if article.id == passage.later), None)
    in_time = later and not (until and later.published and later.published > until)
    span = counterpart(later, passage.quotation) if later and in_time else None
    if later is None or span is None:
        return passage
    start = span[0] - len(later.text[: span[0]].rpartition("\n\n")[2])
    end = span[1] + len(later.text[span[1] :].rstrip().partition("\n\n")[0])
    copies = tuple(article.id for article in story if article is not later)
    return Passage(later, start, end, passage.score, passage.parts, highlights=(span,), copies=copies)


def earlier_versions(passage: Passage, story: Iterable[Article]) -> list[Quotation]:
    """What the versions that the passage's article replaces said in its place, earliest first."""
    told = [*story, passage.article]
    replaced = [one for one in told if one is not passage.article and later_version(one, told) is passage.article]
    spans = [(one, counterpart(one, passage.quotation)) for one in replaced]
    return [Quotation(one, *(span or (0, 0))) for one, span in spans]


def counterpart(article: Article, words: str) -> Span | None:
    """The sentences of an article that say nearly the same as some words; None where none do."""
    spans = passage_sentences(article.text)
    length = max(1, len(passage_sentences(words)))
    windows = [(spans[first][0], spans[first + length - 1][1]) for first in range(len(spans) - length + 1)]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(words.split())
    best, found = _SAME_SENTENCE, None
    for start, end in windows:
        matcher.set_seq1(article.text[start:end].split())
        if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best and matcher.ratio() >= best:
            best, found = matcher.ratio(), (start, end)
    return found
