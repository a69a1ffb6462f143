"""Ranked pieces into passages: each story once, with its copies named."""

from corpus.stories import later_version
from index.archive import Archive
from qa.question.words import Question
from qa.search.quotation import Passage
from qa.search.ranking import Ranked


def best_passages(archive: Archive, ranked: Ranked, question: Question, count: int) -> list[Passage]:
    """The passages in the order to show, nothing marked; `count` at most, fewer where there are fewer.

    An article that tells a story already shown takes no place of its own: it is among the copies there. Where the
    question asks several outlets, the best passage of each comes before the rest.
    """
    order = _order(ranked, question)
    articles = list(dict.fromkeys(ranked.pieces[position].article for position in order))
    stories = archive.stories(articles[:count])
    passages: list[Passage] = []
    shown_elsewhere: set[str] = set()
    for position in order:
        piece = ranked.pieces[position]
        if len(passages) == count:
            break
        if piece.article in shown_elsewhere:
            continue
        if piece.article not in stories:
            stories |= archive.stories([piece.article])
        story = stories[piece.article]
        article = next(one for one in story if one.id == piece.article)
        copies = tuple(other.id for other in story if other.id != article.id)
        later = later_version(article, story)
        shown_elsewhere.update(copies)
        passages.append(
            Passage(
                article=article,
                start=piece.start,
                end=piece.end,
                score=float(ranked.scores[position]),
                parts={name: float(shares[position]) for name, shares in ranked.parts.items()},
                copies=copies,
                later=later.id if later else "",
            )
        )
    return passages


def _order(ranked: Ranked, question: Question) -> list[int]:
    """The positions in the ranking in the order to show: as they are, but for the first of each outlet asked for."""
    positions = list(range(len(ranked.pieces)))
    if len(question.outlets) <= 1:
        return positions
    names = [piece.source for piece in ranked.pieces]
    firsts = sorted(names.index(outlet) for outlet in question.outlets if outlet in names)
    return firsts + [position for position in positions if position not in firsts]
