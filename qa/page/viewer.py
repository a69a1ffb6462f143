"""The article viewer: one whole article, with a passage of it and the passage's evidence marked where they stand."""

from qa.answer import Answer, Passage
from qa.page.markup import byline, dateline, escape, headline, marked, paragraphs, source_link


def viewer(answer: Answer, turn: int, number: int) -> str:
    """The article of the answer's passage `number`, from 0; `turn` is the answer's place in the conversation.

    The text content of the body is `article.text`, that of its `.passage` elements together is
    `article.text[start:end]`, and each highlight is one `<mark>`.
    """
    passage = answer.passages[number]
    article = passage.article
    return (
        f'<article class="reading" aria-label="Article" data-passage="{number}">'
        f"{_controls(turn, number, len(answer.passages))}"
        f'<h2 class="headline" dir="auto" tabindex="-1">{headline(article)}</h2>'
        f'<p class="signature">{dateline(article)}{byline(article)}</p>'
        f'<div class="body">{_body(passage)}</div>'
        f'<p class="origin">{source_link(article)}<span class="path"><bdi>{escape(article.path)}</bdi></span></p>'
        "</article>"
    )


def _controls(turn: int, number: int, total: int) -> str:
    return (
        '<nav class="controls" aria-label="Passages of this answer">'
        f"{_step('Previous', turn, number - 1, total)}"
        f'<span class="place">Passage {number + 1} of {total}</span>'
        f"{_step('Next', turn, number + 1, total)}"
        '<button type="button" class="close" data-send="close">Close <kbd>Esc</kbd></button>'
        "</nav>"
    )


def _step(word: str, turn: int, number: int, total: int) -> str:
    disabled = "" if 0 <= number < total else " disabled"
    return (
        f'<button type="button" data-send="read" data-turn="{turn}" data-passage="{number}"{disabled}>'
        f'{word}<span class="unseen"> passage</span></button>'
    )


def _body(passage: Passage) -> str:
    text = passage.article.text

    def inline(start: int, end: int) -> str:
        opening, closing = max(start, passage.start), min(end, passage.end)
        if opening >= closing:
            return escape(text[start:end])
        inside = marked(text, opening, closing, passage.highlights)
        return f'{escape(text[start:opening])}<span class="passage">{inside}</span>{escape(text[closing:end])}'

    return paragraphs(text, 0, len(text), passage.highlights, inline)
