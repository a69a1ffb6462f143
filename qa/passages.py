"""Ranked chunks into passages: each story once, its copies named, the answering sentence marked."""

from index.generation import Generation
from qa.answer import Passage
from qa.evidence import best_sentence
from qa.question import Question
from qa.ranking import Ranked


def best_passages(generation: Generation, ranked: Ranked, question: Question, count: int) -> list[Passage]:
    """The best `count` passages, best first; fewer where there are fewer.

    An article whose text is that of one already shown takes no place of its own: it is among the copies there.
    """
    passages: list[Passage] = []
    shown_elsewhere: set[str] = set()
    table = generation.table
    language = generation.manifest.fingerprint.language
    for place, row in enumerate(ranked.rows.tolist()):
        if len(passages) == count:
            break
        [article] = generation.articles.articles_at([int(table.numbers[table.article[row]])])
        if article.id in shown_elsewhere:
            continue
        copies = tuple(other for other in generation.articles.same_text(article) if other != article.id)
        shown_elsewhere.update(copies)
        start, end = int(table.start[row]), int(table.end[row])
        evidence = best_sentence(article, (start, end), question, generation.keywords, language)
        passages.append(
            Passage(
                article=article,
                start=start,
                end=end,
                score=float(ranked.scores[place]),
                parts={name: float(shares[place]) for name, shares in ranked.parts.items()},
                highlights=(evidence.span,) if evidence else (),
                copies=copies,
            )
        )
    return passages
