"""Corpus text as HTML, for the templates. Every string is escaped, and every quotation is a slice of its article."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from urllib.parse import urlsplit

import markupsafe
from markupsafe import Markup

from corpus.sentences import Span
from qa.search.quotation import Passage

_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_OPENING, _CLOSING = tuple('"“„«‘'), tuple('"”“»')
Inline = Callable[[int, int], Markup]


def escape(words: object) -> Markup:
    """The words as HTML text, fit for attributes too. A carriage return survives: parsers turn a bare one into LF."""
    return markupsafe.escape(words).replace("\r", Markup("&#13;"))


def marked(text: str, start: int, end: int, highlights: Iterable[Span], answer: Span | None = None) -> Markup:
    """`text[start:end]` as HTML, each highlight's part of it in one `<mark>`; overlapping ones are cut, not nested.

    The words that answer are in a `<b>` inside it.
    """
    html = Markup()
    here = start
    for first, last in sorted(highlights):
        opening, closing = max(first, here), min(last, end)
        if opening < closing:
            inside = _with_answer(text, opening, closing, answer)
            html += escape(text[here:opening]) + Markup("<mark>{}</mark>").format(inside)
            here = closing
    return html + escape(text[here:end])


def _with_answer(text: str, start: int, end: int, answer: Span | None) -> Markup:
    first, last = (max(answer[0], start), min(answer[1], end)) if answer else (start, start)
    if first >= last:
        return escape(text[start:end])
    bold = Markup("<b>{}</b>").format(escape(text[first:last]))
    return escape(text[start:first]) + bold + escape(text[last:end])


def own_marks(words: str) -> Markup:
    """The class of a quotation that begins or ends with quotation marks of its own, as an attribute; else empty."""
    words = words.strip()
    return Markup(' class="marked"' if words[:1] in _OPENING or words[-1:] in _CLOSING else "")


def paragraphs(text: str, start: int, end: int, highlights: Sequence[Span], inline: Inline) -> Markup:
    """`text[start:end]` as `<p>` elements, cut at blank lines outside highlights, with `inline` making what is in them.

    Blank lines stay between the elements, so that the text content of the whole is still `text[start:end]`.
    """
    html, paragraph, here = Markup(), Markup('<p dir="auto">{}</p>'), start
    for blank in _BLANK_LINES.finditer(text, start, end):
        if not any(first < blank.end() and blank.start() < last for first, last in highlights):
            html += paragraph.format(inline(here, blank.start())) if here < blank.start() else ""
            html += inline(*blank.span())
            here = blank.end()
    return html + (paragraph.format(inline(here, end)) if here < end else "")


def quoted(passage: Passage) -> Markup:
    """The quotation of a passage, the words that answer in a `<b>`."""
    return _with_answer(passage.article.text, *passage.quoted, passage.answer)


def quotation(passage: Passage, *, whole: bool = False) -> Markup:
    """The passage in paragraphs, its evidence marked; or the `whole` article, with the passage in `.passage` elements.

    The text content is that of the article, and each highlight is one `<mark>`.
    """
    text, highlights = passage.article.text, passage.highlights

    def inline(start: int, end: int) -> Markup:
        opening, closing = max(start, passage.start), min(end, passage.end)
        if opening >= closing:
            return escape(text[start:end])
        inside = marked(text, opening, closing, highlights, passage.answer)
        html = Markup('{}<span class="passage">{}</span>{}')
        return html.format(escape(text[start:opening]), inside, escape(text[closing:end])) if whole else inside

    start, end = (0, len(text)) if whole else (passage.start, passage.end)
    return paragraphs(text, start, end, highlights, inline)


def day(value: date) -> str:
    """The day as a newspaper writes it: 17 June 2016."""
    return f"{value.day} {value:%B} {value.year}"


def period(days: tuple[date | None, date | None]) -> str:
    """Two inclusive days in words: "13 to 19 June 2016", "since 2 May 2016"; "at any time" where both are open."""
    since, until = days
    if not (since and until):
        return f"since {day(since)}" if since else f"until {day(until)}" if until else "at any time"
    if since == until:
        return day(since)
    shared = 2 if (since.year, since.month) == (until.year, until.month) else int(since.year == until.year)
    return f"{' '.join(day(since).split()[: 3 - shared])} to {day(until)}"


def count(value: int, noun: str) -> str:
    """A number with its noun: "1 article", "2,739 articles"."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def host(url: str) -> str:
    """The host that a browser opens for a web address; empty for what is no plain http or https address.

    A backslash, a blank or a name before "@" makes browsers and people read different hosts: such an address is none.
    """
    if not url.lower().startswith(("http://", "https://")) or re.search(r"[\s\\\x00-\x20]", url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:  # what looks like an address and is none, as in "http://[half"
        return ""
    return "" if "@" in parts.netloc else (parts.hostname or "").removeprefix("www.")
