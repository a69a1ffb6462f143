"""What happened, report by report: one dated sentence a story, from the first to the latest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.message import Message
from corpus.sentences import sentences
from corpus.words import keys
from index.archive import Archive
from qa.question.words import Question, terms_in
from qa.search.quotation import Passage, Quotation

_ASKED = re.compile(
    r"\bwhat(?:['’]s)? (?:has |had |have |all |is |was )*(?:been )?happen(?:ed|ing|s)"
    r" (?:with|to|in|at|on|between|around|since|after)\b"
    r"|\bhow (?:did|has|have|is|does) .+\b(?:develop|unfold|evolve|progress|escalate|play out|go on)(?:ed|d|ing)?\b"
    r"|\b(?:timeline|chronology|course|history) of\b|\bsequence of events\b",
    re.IGNORECASE,
)
# Quotations that are less about the question than this share of the best one are about something else.
_ABOUT_IT = 0.6
# An article is on the subject when it holds this share of the weight of the question's words.
_ON_SUBJECT = 0.5
_MOST_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Timeline:
    """One sentence a story, word for word, earliest first; `undated` stories on the subject could not be placed."""

    entries: tuple[Quotation, ...]
    undated: int = 0

    def mark(self, place: int) -> str:
        """What the entry is called: "first report", "latest report", or "" between them; a single one is the first."""
        if place == 0:
            return Message("first report")
        return Message("latest report") if place == len(self.entries) - 1 else ""

    def as_json(self) -> dict[str, Any]:
        """The timeline as every JSON output of Dateline shows it."""
        entries = [{"mark": self.mark(place), **entry.as_json()} for place, entry in enumerate(self.entries)]
        return {"entries": entries, "undated": self.undated}


def asks_for_timeline(question: str) -> bool:
    """Whether the question asks for what happened over time: "what happened with ...", "how did ... develop"."""
    return bool(_ASKED.search(question))


def timeline_of(archive: Archive, question: Question, passages: Sequence[Passage]) -> Timeline:
    """The stories most about the question, 20 at most, each with its first sentence there as first published."""
    best_first = sorted(passages, key=lambda passage: passage.relevance, reverse=True)
    least = _ABOUT_IT * best_first[0].relevance if best_first else 0.0
    best: dict[str, Quotation] = {}
    for passage in best_first:
        if passage.relevance < least or len(best) == _MOST_ENTRIES:
            break
        article = passage.article
        if question.terms.held(terms_in(f"{article.title}\n{article.text}", archive)) >= _ON_SUBJECT:
            best.setdefault(article.id, passage.cited)
    told_by, firsts = archive.stories(best), []
    for name, quotation in best.items():
        start, end = sentences(quotation.text, archive.summary.language)[0]
        words = quotation.text[start:end]
        places = ((article, article.text.find(words)) for article in told_by[name])
        firsts.append(next(Quotation(article, at, at + len(words)) for article, at in places if at >= 0))
    # Of several that say the same the earliest.
    told = {tuple(keys(story.text)): story for story in reversed(Quotation.one_a_story(archive, firsts))}
    dated = tuple(sorted((story for story in told.values() if story.published), key=lambda story: story.age))
    return Timeline(dated, len(told) - len(dated))
