"""What happened, report by report: one dated sentence a story, from the first to the latest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.sentences import sentences
from index.generation import Generation
from qa.quotation import Quotation
from qa.wording import keys_of

if TYPE_CHECKING:
    from qa.answer import Passage

_ASKED = re.compile(
    r"\bwhat(?:['’]s)? (?:has |had |have |all |is |was )*(?:been )?happen(?:ed|ing|s)"
    r" (?:with|to|in|at|on|between|around|since|after)\b"
    r"|\bhow (?:did|has|have|is|does) .+\b(?:develop|unfold|evolve|progress|escalate|play out|go on)(?:ed|d|ing)?\b"
    r"|\b(?:timeline|chronology|course|history) of\b|\bsequence of events\b",
    re.IGNORECASE,
)
# What says how new an article is, not how much it is about the question.
_TIME_PARTS = frozenset({"recency", "fresh_lead"})
# Passages that are less about the question than this share of the best one are about something else.
_ABOUT_IT = 0.6
_MOST_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Timeline:
    """One sentence a story, word for word, earliest first; `undated` stories on the subject could not be placed."""

    entries: tuple[Quotation, ...]
    undated: int = 0

    def mark(self, place: int) -> str:
        """What the entry is called: "first report", "latest report", or "" between them; a single one is the first."""
        return "first report" if place == 0 else "latest report" if place == len(self.entries) - 1 else ""

    def as_json(self) -> dict[str, Any]:
        """The timeline as every JSON output of Dateline shows it."""
        entries = [{"mark": self.mark(place), **entry.as_json()} for place, entry in enumerate(self.entries)]
        return {"entries": entries, "undated": self.undated}


def asks_for_timeline(question: str) -> bool:
    """Whether the question asks for what happened over time: "what happened with ...", "how did ... develop"."""
    return bool(_ASKED.search(question))


def timeline(generation: Generation, passages: Sequence["Passage"]) -> Timeline:
    """The timeline of the stories of some passages: for each the sentence that answers, as first published.

    At most 20 stories, those that are most about the question; the same sentence counts once, where it was first.
    """
    language = generation.manifest.fingerprint.language
    best_first = sorted(passages, key=_about_it, reverse=True)
    least = _ABOUT_IT * max(map(_about_it, passages), default=0.0)
    best = {passage.article.id: passage for passage in reversed(best_first) if _about_it(passage) >= least}
    chosen = [passage for passage in best_first if best.get(passage.article.id) is passage][:_MOST_ENTRIES]
    stories = Quotation.one_a_story(generation, (_first_published(generation, one, language) for one in chosen))
    first = {tuple(keys_of(story.text)): story for story in reversed(stories)}
    told = [story for story in stories if first[tuple(keys_of(story.text))] is story]
    dated = tuple(story for story in told if story.published)
    return Timeline(dated, len(told) - len(dated))


def _about_it(passage: "Passage") -> float:
    """How much the passage is about the question, whenever it was published."""
    return sum(share for name, share in passage.parts.items() if name not in _TIME_PARTS)


def _first_published(generation: Generation, passage: "Passage", language: str) -> Quotation:
    """The sentence of the passage that answers, in the earliest copy of its article that has it in the same place."""
    start, end = passage.quoted
    if not passage.highlights:
        first, last = sentences(passage.text, language)[0]
        start, end = passage.start + first, passage.start + last
    found = Quotation(passage.article, start, end)
    earliest = generation.articles.article(generation.articles.same_text(passage.article)[0])
    same = earliest is not None and earliest.text[start:end] == found.text
    return replace(found, article=earliest) if earliest and same else found
