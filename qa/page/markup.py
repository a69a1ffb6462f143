"""The bricks of the page: corpus text made into HTML. Every string is escaped, every quotation is a slice."""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from urllib.parse import urlsplit

from corpus import Article
from corpus.sentences import Span

BLANK_LINES = re.compile(r"\n\s*\n\s*")
OPENING, CLOSING = tuple('"“„«‘'), tuple('"”“»')
Inline = Callable[[int, int], str]


def escape(words: str) -> str:
    """The words as HTML text, fit for attributes too. A carriage return survives: parsers turn a bare one into LF."""
    return html.escape(words).replace("\r", "&#13;")


def marked(text: str, start: int, end: int, highlights: Iterable[Span]) -> str:
    """`text[start:end]` as HTML, each highlight's part of it in one `<mark>`; overlapping ones are cut, not nested."""
    pieces: list[str] = []
    here = start
    for first, last in sorted(highlights):
        opening, closing = max(first, here), min(last, end)
        if opening < closing:
            pieces += [escape(text[here:opening]), f"<mark>{escape(text[opening:closing])}</mark>"]
            here = closing
    return "".join(pieces) + escape(text[here:end])


def quote(words: str) -> str:
    """A quotation as `<q>`, which gets quotation marks from the style sheet unless it has its own at either end."""
    return f'<q{own_marks(words)} dir="auto">{escape(words)}</q>'


def own_marks(words: str) -> str:
    """The class of a quotation that begins or ends with quotation marks of its own, as an attribute; else empty."""
    words = words.strip()
    return ' class="marked"' if words[:1] in OPENING or words[-1:] in CLOSING else ""


def paragraphs(text: str, start: int, end: int, highlights: Sequence[Span], inline: Inline) -> str:
    """`text[start:end]` as `<p>` elements, cut at blank lines outside highlights, with `inline` making what is in them.

    Blank lines stay between the elements, so that the text content of the whole is still `text[start:end]`.
    """
    pieces: list[str] = []
    here = start
    for blank in BLANK_LINES.finditer(text, start, end):
        if not any(first < blank.end() and blank.start() < last for first, last in highlights):
            pieces += [_paragraph(here, blank.start(), inline), inline(*blank.span())]
            here = blank.end()
    return "".join([*pieces, _paragraph(here, end, inline)])


def _paragraph(start: int, end: int, inline: Inline) -> str:
    return f'<p dir="auto">{inline(start, end)}</p>' if start < end else ""


def day(value: date) -> str:
    """The day as a newspaper writes it: 17 June 2016."""
    return f"{value.day} {value:%B} {value.year}"


def period(since: date | None, until: date | None) -> str:
    """Two inclusive days in words: "13 to 19 June 2016", "since 2 May 2016"; "at any time" where both are open."""
    if not (since and until):
        return f"since {day(since)}" if since else f"until {day(until)}" if until else "at any time"
    if since == until:
        return day(since)
    shared = 2 if (since.year, since.month) == (until.year, until.month) else int(since.year == until.year)
    return f"{' '.join(day(since).split()[: 3 - shared])} to {day(until)}"


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 article", "2,739 articles"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def dateline(article: Article) -> str:
    """Outlet and day, the signature of every card and quotation; an unknown outlet is left out, an unknown day said."""
    outlet = f'<span class="outlet"><bdi>{escape(article.source)}</bdi></span>' if article.source else ""
    when = (
        f'<time datetime="{article.published.isoformat()}">{day(article.published)}</time>'
        if article.published
        else "undated"
    )
    return f'<span class="dateline">{", ".join(filter(None, [outlet, when]))}</span>'


def byline(article: Article) -> str:
    """Who wrote it, as a span; empty where nobody is named."""
    if not article.authors:
        return ""
    return f'<span class="byline">By <bdi>{escape(", ".join(article.authors))}</bdi></span>'


def headline(article: Article) -> str:
    """The headline, escaped; a plain word where there is none."""
    return escape(article.title.strip()) or "Without a headline"


def source_link(article: Article) -> str:
    """A link to the article where it was published; empty unless its url is http or https with a host."""
    if not article.url.lower().startswith(("http://", "https://")):
        return ""
    try:
        host = urlsplit(article.url).hostname
    except ValueError:  # what looks like an address and is none, as in "http://[half"
        return ""
    if not host:
        return ""
    return (
        f'<a class="source" href="{escape(article.url)}" target="_blank" rel="noopener noreferrer nofollow">'
        f'Read at {escape(host.removeprefix("www."))}<span class="unseen"> (in a new tab)</span></a>'
    )
