"""Ranked pieces into passages: each story once, with its copies named."""

from dataclasses import replace

from corpus import Article
from corpus.sentences import passage_sentences
from corpus.stories import later_version
from index.archive import UNDATED, Archive, Filter, Piece
from qa.search.quotation import Passage
from qa.search.ranking import Ranked

# So many passages are shown, however little they are about the question.
_LEAST = 3


def best_passages(archive: Archive, ranked: Ranked, count: int, *, dated_first: bool = False) -> list[Passage]:
    """At most `count` passages, each story once, undated ones last if `dated_first`; nothing is marked."""
    undated = [dated_first and piece.day == UNDATED for piece in ranked.pieces]
    order = sorted(range(len(ranked.pieces)), key=undated.__getitem__)
    articles = list(dict.fromkeys(ranked.pieces[position].article for position in order))
    stories = archive.stories(articles[:count])
    passages: list[Passage] = []
    shown_elsewhere: set[str] = set()
    for position in order:
        piece = ranked.pieces[position]
        if len(passages) == count:
            break
        if piece.article in shown_elsewhere or (len(passages) >= _LEAST and not ranked.relevant[position]):
            continue
        if piece.article not in stories:
            stories |= archive.stories([piece.article])
        story = stories[piece.article]
        parts = {name: float(shares[position]) for name, shares in ranked.parts.items()}
        passages.append(_passage(piece, story, float(ranked.scores[position]), parts))
        shown_elsewhere.update(passages[-1].copies)
    return passages


def stories_of(archive: Archive, where: Filter, count: int) -> list[Passage]:
    """The weightiest stories that may be found, each with its opening marked, scored by how many tell them."""
    pieces = archive.top_stories(where, count)
    stories = archive.stories([piece.article for piece in pieces])
    passages: list[Passage] = []
    for piece in pieces:
        articles = float(len(stories[piece.article]))
        passage = _passage(piece, stories[piece.article], articles, {"articles": articles})
        opening = [(passage.start, passage.start + end) for _, end in passage_sentences(passage.text)[:1]]
        passages.append(replace(passage, highlights=tuple(opening)))
    return passages


def _passage(piece: Piece, story: list[Article], score: float, parts: dict[str, float]) -> Passage:
    article = next(one for one in story if one.id == piece.article)
    copies, later = tuple(other.id for other in story if other.id != article.id), later_version(article, story)
    place = (article, piece.start, piece.end)
    return Passage(*place, score, parts, copies=copies, later=later.id if later else "")
