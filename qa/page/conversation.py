"""The conversation: answers as a newspaper would print them, the newest first, one of them open."""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from corpus import Article, UserError
from qa.answer import LOADING, Answer, Passage
from qa.page import findings
from qa.page.markup import byline, count, dateline, escape, headline, marked, own_marks, paragraphs, quote, source_link
from qa.page.understood import over_time, refining, understood
from qa.web.inquiry import Inquiry

BROKEN = "Dateline failed to answer this question; the terminal it runs in says why."
NOTED = "Noted in feedback.jsonl, beside the index."
LONG_QUOTATION = 180
VERY_LONG_QUOTATION = 420


@dataclass(frozen=True, slots=True)
class Turn:
    """An inquiry of a conversation with its answer, and the articles that its passages name as copies, by id."""

    inquiry: Inquiry
    answer: Answer
    copies: Mapping[str, Article] = field(default_factory=dict)

    @classmethod
    def of(cls, inquiry: Inquiry, answer: Answer, article: Callable[[str], Article]) -> Self:
        """The turn of an answer; `article` gives the article of an id. A copy it raises UserError for is left out."""
        copies: dict[str, Article] = {}
        for identity in {identity for passage in answer.passages for identity in passage.copies}:
            with contextlib.suppress(UserError):  # a newer generation may no longer have it
                copies[identity] = article(identity)
        return cls(inquiry, answer, copies)

    @property
    def lead(self) -> int:
        """The place of the passage to quote first: the best that has a marked sentence, or of all where none has."""
        passages = self.answer.passages
        return max(range(len(passages)), key=lambda place: (bool(passages[place].highlights), passages[place].score))


def conversation(turns: Sequence[Turn], shown: int) -> str:
    """All turns, newest first: number `shown` in full, the others as their question and best quotation."""
    articles = [
        _open_turn(turn, number) if number == shown else _folded_turn(turn, number) for number, turn in enumerate(turns)
    ]
    return (
        f'<div class="conversation-bar"><span>{count(len(turns), "question")}</span>'
        '<button type="button" data-send="restart">New conversation</button></div>' + "".join(reversed(articles))
    )


def message(words: str = "", kind: Literal["unseen", "done", "trouble"] = "unseen") -> str:
    """The line below the question box: what was done or went wrong; or, for screen readers alone, what was found."""
    return f'<p class="{kind}" role="{"alert" if kind == "trouble" else "status"}">{escape(words)}</p>'


def found(answer: Answer) -> str:
    """What was found, in a sentence."""
    passages = count(len(answer.passages), "passage")
    return f"Answered with {passages}." if answer.answered else f"Not in this archive. Nearest: {passages}."


def _open_turn(turn: Turn, number: int) -> str:
    answer = turn.answer
    cards = "".join(_card(turn, number, place) for place in range(len(answer.passages)))
    notices = [notice for notice in answer.notices if notice not in answer.corrections]
    again = f'<button type="button" class="retell" {refining(number, turn.inquiry)}>Ask again</button>'
    return (
        f'<article class="turn {answer.verdict}" data-number="{number}" {_asked(turn)}>'
        f'<h2 class="asked" dir="auto">{escape(answer.question)}</h2>'
        f"{understood(answer, turn.inquiry, number)}{_list('notices', notices)}"
        f"{again if LOADING in notices else ''}"
        f"{_lead(turn, number) if answer.answered else _refusal(turn, number)}"
        f"{findings.disagreements(answer)}{findings.timeline(answer.timeline)}"
        f'<ol class="passages">{cards}</ol>{_more(turn, number)}{_retold(turn, number)}'
        f"{over_time(answer.coverage, turn.inquiry, number)}"
        f"{_reasons_folded(answer) if answer.answered else ''}{_take_along(turn)}"
        "</article>"
    )


def _folded_turn(turn: Turn, number: int) -> str:
    answer = turn.answer
    if answer.answered and answer.passages:
        best = answer.passages[turn.lead]
        gist = f"{quote(best.quotation)} {dateline(best.article)}"
    else:
        gist = "Not in this archive."
    question = escape(answer.question)
    opening = f'data-send="show" data-turn="{number}"'
    return (
        f'<article class="turn folded" {_asked(turn)}>'
        f'<h2 class="asked"><button type="button" {opening} dir="auto">{question}</button></h2>'
        f'<p class="gist" dir="auto">{gist}</p></article>'
    )


def _asked(turn: Turn) -> str:
    return f'data-question="{escape(turn.answer.question)}" data-query="{escape(turn.inquiry.query)}"'


def _more(turn: Turn, number: int) -> str:
    """A control for further passages, where there may be some."""
    if turn.inquiry.longer is None or len(turn.answer.passages) < turn.inquiry.passages:
        return ""
    return f'<button type="button" class="more" {refining(number, turn.inquiry.longer)}>Show more passages</button>'


def _retold(turn: Turn, number: int) -> str:
    """A control that tells the answer as a timeline, where it is not told so."""
    if turn.answer.timeline or not turn.answer.passages:
        return ""
    told = replace(turn.inquiry, timeline=True)
    return f'<button type="button" class="retell" {refining(number, told)}>Show as a timeline</button>'


def _take_along(turn: Turn) -> str:
    """The answer's link, and its exports."""
    buttons = "".join(
        f'<button type="button" data-export="{form}" data-does="{does}">{words}</button>'
        for form, does, words in (
            ("markdown", "copy", "Copy as Markdown"),
            ("markdown", "save", "Download Markdown"),
            ("csv", "save", "CSV"),
            ("json", "save", "JSON"),
        )
    )
    return (
        '<p class="along" role="group" aria-label="Take this answer along">'
        f'<a href="?{escape(turn.inquiry.query)}" data-export="link" data-does="copy">Copy link</a>{buttons}</p>'
    )


def _list(name: str, sentences: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="{name}">{items}</ul>' if items else ""


def _lead(turn: Turn, number: int) -> str:
    if not turn.answer.passages:
        return ""
    best = turn.answer.passages[turn.lead]
    return (
        f'<figure class="lead{_size(best.quotation)}">'
        f'<blockquote><p{own_marks(best.quotation)} dir="auto">{escape(best.quotation)}</p></blockquote>'
        f"<figcaption>{_marker(number, turn.lead)}{dateline(best.article)}</figcaption></figure>"
    )


def _size(quotation: str) -> str:
    if len(quotation) > VERY_LONG_QUOTATION:
        return " very-long"
    return " long" if len(quotation) > LONG_QUOTATION else ""


def _marker(turn: int, place: int) -> str:
    return (
        f'<button type="button" class="marker" data-send="read" data-turn="{turn}" data-passage="{place}" '
        f'aria-label="Passage {place + 1}: read the article">[{place + 1}]</button>'
    )


def _refusal(turn: Turn, number: int) -> str:
    answer, inquiry = turn.answer, turn.inquiry
    anytime = replace(inquiry, since="", until="", timeframe=False)
    limited = inquiry.since or inquiry.until or (answer.timeframe and answer.timeframe.kind == "window")
    open_it = f'<button type="button" {refining(number, anytime)}>Search at any time</button>' if limited else ""
    nearest = (
        '<h3 class="nearest">The nearest passages <span>none of them answers the question</span></h3>'
        if answer.passages
        else ""
    )
    return (
        '<section class="refusal"><p class="verdict">Not in this archive</p>'
        f"{_list('reasons', answer.reasons)}{open_it}</section>{nearest}"
    )


def _reasons_folded(answer: Answer) -> str:
    reasons = _list("reasons", answer.reasons)
    return f'<details class="why"><summary>Why this counts as an answer</summary>{reasons}</details>' if reasons else ""


def _card(turn: Turn, number: int, place: int) -> str:
    passages = turn.answer.passages
    passage, article = passages[place], passages[place].article
    again = " again" if article.id in {earlier.article.id for earlier in passages[:place]} else ""
    opening = f'data-send="read" data-turn="{number}" data-passage="{place}"'
    return (
        f'<li class="card{again}" data-place="{place}">'
        f'<h3><button type="button" class="headline" {opening} dir="auto">{headline(article)}</button></h3>'
        f'<p class="signature"><span class="number">[{place + 1}]</span>{dateline(article)}{byline(article)}</p>'
        f'<div class="quotation">{_quotation(passage)}</div>'
        f'<div class="foot"><button type="button" {opening}>Read the article</button>{source_link(article)}'
        f"{_copies(passage, turn.copies)}{_parts(passage)}"
        f'<button type="button" class="approve" {opening.replace("read", "approve", 1)}>'
        "This passage answers it</button></div></li>"
    )


def _quotation(passage: Passage) -> str:
    text, highlights = passage.article.text, passage.highlights
    return paragraphs(
        text, passage.start, passage.end, highlights, lambda start, end: marked(text, start, end, highlights)
    )


def _copies(passage: Passage, articles: Mapping[str, Article]) -> str:
    known = [articles[identity] for identity in passage.copies if identity in articles]
    if not known:
        return ""
    items = "".join(
        f"<li>{'Later version: ' * (article.id == passage.later)}{dateline(article)} {source_link(article)}</li>"
        for article in known
    )
    word = "1 copy" if len(known) == 1 else f"{len(known)} copies"
    if passage.later in articles:
        word += ", one of them a later version"
    return f'<details class="copies"><summary>and {word}</summary><ul>{items}</ul></details>'


def _parts(passage: Passage) -> str:
    rows = "".join(
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{share:.2f}</dd>"
        for name, share in {**passage.parts, "score": passage.score}.items()
    )
    return f'<details class="why"><summary>Why this passage</summary><dl>{rows}</dl></details>'
