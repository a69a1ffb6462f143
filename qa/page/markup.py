"""Corpus text as HTML, for the templates. Every string is escaped, and every quotation is a slice of its article."""

import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

import markupsafe
from markupsafe import Markup

from corpus import Article
from corpus.languages import language_of
from corpus.sentences import Span
from qa.page.languages import spoken
from qa.question.words import spoken_in
from qa.search.quotation import Passage

_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_BEGINNING = 600  # characters, by which the language of a text is known
_OPENING, _CLOSING = tuple('"“„«‘'), tuple('"”“»')
Inline = Callable[[int, int], Markup]


def escape(words: object) -> Markup:
    """The words as HTML text, fit for attributes too. A carriage return survives: parsers turn a bare one into LF."""
    return markupsafe.escape(words).replace("\r", Markup("&#13;"))


def marked(text: str, start: int, end: int, highlights: Iterable[Span], answer: Span | None = None) -> Markup:
    """`text[start:end]` as HTML, each highlight in one `<mark>`, never nested, and the answer in a `<b>` inside."""
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


def foreign(article: Article) -> Markup:
    """The language of an article that is not in the page's, as an attribute; else empty."""
    # The words of the six languages of the page are counted first: the recogniser of all others takes 80 MB.
    if spoken_in(article.text[:_BEGINNING], "") == spoken() or (code := language_of(article.text)) in ("", spoken()):
        return Markup()
    return Markup(' lang="{}"').format(code)


def paragraphs(text: str, start: int, end: int, highlights: Sequence[Span], inline: Inline) -> Markup:
    """`text[start:end]` as `<p>` elements, cut at blank lines, which stay between them, but not inside highlights."""
    html: list[Markup] = []
    paragraph, here = Markup('<p dir="auto">{}</p>'), start
    for blank in _BLANK_LINES.finditer(text, start, end):
        if not any(first < blank.end() and blank.start() < last for first, last in highlights):
            html += [paragraph.format(inline(here, blank.start()))] if here < blank.start() else []
            html.append(inline(*blank.span()))
            here = blank.end()
    html += [paragraph.format(inline(here, end))] if here < end else []
    return Markup().join(html)


def quoted(passage: Passage) -> Markup:
    """The quotation of a passage, the words that answer in a `<b>`."""
    return _with_answer(passage.article.text, *passage.quoted, passage.answer)


def quotation(passage: Passage, *, whole: bool = False) -> Markup:
    """The passage in paragraphs, its evidence marked; or the `whole` article, with the passage marked as such."""
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
