"""Ranked chunks into passages: each story once, its copies named, the sentence or two that answer marked."""

from dataclasses import replace

from corpus.stories import later_version
from index.generations.generation import Generation
from qa.answer import Passage
from qa.question.words import Question
from qa.reading.evidence import Meaning, answering_spans
from qa.search.ranking import Ranked


def best_passages(
    generation: Generation, ranked: Ranked, question: Question, count: int, meaning: Meaning | None = None
) -> list[Passage]:
    """The best `count` passages, best first, with the sentences that answer; fewer where there are fewer.

    `meaning` helps to find these, where there is a model.
    """
    passages = _shown(generation, ranked, question, count)
    language = generation.manifest.fingerprint.language
    found = [(passage.article, (passage.start, passage.end)) for passage in passages]
    spans = answering_spans(found, question, generation.keywords, language, meaning)
    return [
        replace(passage, highlights=(span,)) if span else passage for passage, span in zip(passages, spans, strict=True)
    ]


def _shown(generation: Generation, ranked: Ranked, question: Question, count: int) -> list[Passage]:
    """The passages in the order to show, nothing marked.

    An article that tells a story already shown takes no place of its own: it is among the copies there. Where the
    question asks several outlets, the best passage of each comes before the rest.
    """
    passages: list[Passage] = []
    shown_elsewhere: set[str] = set()
    table = generation.table
    for place in _places(generation, ranked, question):
        row = int(ranked.rows[place])
        if len(passages) == count:
            break
        [article] = generation.articles.articles_at([int(table.numbers[table.article[row]])])
        if article.id in shown_elsewhere:
            continue
        story = generation.articles.same_story(article)
        copies = tuple(other.id for other in story if other.id != article.id)
        later = later_version(article, story)
        shown_elsewhere.update(copies)
        start, end = int(table.start[row]), int(table.end[row])
        passages.append(
            Passage(
                article=article,
                start=start,
                end=end,
                score=float(ranked.scores[place]),
                parts={name: float(shares[place]) for name, shares in ranked.parts.items()},
                copies=copies,
                later=later.id if later else "",
            )
        )
    return passages


def _places(generation: Generation, ranked: Ranked, question: Question) -> list[int]:
    """The places of the ranking in the order to show: as they are, but for the first of each outlet asked for."""
    places = list(range(len(ranked.rows)))
    if len(question.outlets) <= 1:
        return places
    table = generation.table
    names = [table.source_names[source] for source in table.sources[table.article[ranked.rows]].tolist()]
    firsts = sorted(names.index(outlet) for outlet in question.outlets if outlet in names)
    return firsts + [place for place in places if place not in firsts]
