"""Corpus text as HTML, for the templates. Every string is escaped, and every quotation is a slice of its article."""

import itertools
import re
from collections.abc import Collection, Sequence
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
_BOLD = Markup("<b>{}</b>")
Layer = tuple[Markup, Collection[Span]]  # an element, and what is put into one each


def escape(words: object) -> Markup:
    """The words as HTML text, fit for attributes too. A carriage return survives: parsers turn a bare one into LF."""
    return markupsafe.escape(words).replace("\r", Markup("&#13;"))


def marked(text: str, start: int, end: int, highlights: Collection[Span], answer: Span | None = None) -> Markup:
    """`text[start:end]` as HTML, each highlight in one `<mark>`, never nested, and the answer in a `<b>` inside."""
    return _tagged(text, start, end, _marks(highlights, answer))


def _marks(highlights: Collection[Span], answer: Span | None) -> list[Layer]:
    first, last = answer or (0, 0)
    bold = [(max(first, start), min(last, end)) for start, end in highlights]
    return [(Markup("<mark>{}</mark>"), highlights), (_BOLD, bold)]


def _tagged(text: str, start: int, end: int, layers: Sequence[Layer]) -> Markup:
    """`text[start:end]` as HTML, each span of the first layer in an element, and so on with the other layers inside."""
    if not layers or start == end:
        return escape(text[start:end])
    (element, spans), *inner = layers
    html, here = list[Markup](), start
    for first, last in sorted(spans):
        opening, closing = max(first, here), min(last, end)
        if opening < closing:
            html += [_tagged(text, here, opening, inner), element.format(_tagged(text, opening, closing, inner))]
            here = closing
    return Markup().join([*html, _tagged(text, here, end, inner)])


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


def quoted(passage: Passage) -> Markup:
    """The quotation of a passage, the words that answer in a `<b>`."""
    return _tagged(passage.article.text, *passage.quoted, [(_BOLD, [passage.answer] if passage.answer else [])])


def quotation(passage: Passage, *, whole: bool = False) -> Markup:
    """The passage in paragraphs, its evidence marked; or the `whole` article, with the passage marked as such.

    Paragraphs are cut at blank lines, which stay between them, but not inside evidence.
    """
    text, highlights = passage.article.text, passage.highlights
    start, end = (0, len(text)) if whole else (passage.start, passage.end)
    blank = [found.span() for found in _BLANK_LINES.finditer(text, start, end)]
    cuts = [one for one in blank if not any(first < one[1] and one[0] < last for first, last in highlights)]
    edges = [start, *itertools.chain.from_iterable(cuts), end]
    layers: list[Layer] = [(Markup('<p dir="auto">{}</p>'), [*zip(edges[::2], edges[1::2], strict=True)])]
    layers += [(Markup('<span class="passage">{}</span>'), [(passage.start, passage.end)])] if whole else []
    return _tagged(text, start, end, [*layers, *_marks(highlights, passage.answer)])


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
