"""Text that was set for paper: divided words, running heads, broken lines; and what programs for OCR write of it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.readers.record import Element

_SENTENCE_END = re.compile(r"[.!?:][”\"’')]*$")
# A line that ends a sentence and is shorter than this share of the longest ends its paragraph.
_SHORT_LINE = 0.8
# Both begin where letters begin, so that a long run of letters is looked at once, not from each of its letters on.
_DIVIDED = re.compile(
    r"(?<![^\W\d_])(?P<begins>[^\W\d_]{2,})[-¬\u00ad\u2010]\n[ \t]*(?P<goes_on>[^\W\d_]+)(?P<rest>\S*)[ \t]?"
)
_WITH_HYPHEN = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-(?=([^\W\d_]+))")
_PAGE_NUMBER = re.compile(
    r"\W*+(?:(?:page|seite|p\.)\W*+)?\d{1,4}(?:\s*(?:of|/|von|de|sur)\s*\d{1,4})?\W*", re.IGNORECASE
)
# A line at the top or foot of so many pages, digits aside, and of this share of them, is a running head.
_FEWEST_PAGES = 3
_MOST_PAGES_SHARE = 0.5
_EDGE_LINES = 3
_LONGEST_HEAD = 120


def joined_words(text: str) -> str:
    r"""The text with words whole that a line's end divides: "the coun-\ncil said" gives "the council\nsaid".

    "long-\nterm" keeps its hyphen where "long-term" stands elsewhere in the text.
    """
    if not _DIVIDED.search(text):
        return text
    with_hyphen = set(_WITH_HYPHEN.findall(text))

    def joined(found: re.Match[str]) -> str:
        begins, goes_on = found["begins"], found["goes_on"]
        hyphen = "-" if (begins, goes_on) in with_hyphen else ""
        return f"{begins}{hyphen}{goes_on}{found['rest']}\n" if goes_on[0].islower() else found[0]

    return _DIVIDED.sub(joined, text)


def without_running_heads(pages: Sequence[str]) -> list[str]:
    """The pages without page numbers, and without the lines that stand at the top or foot of page after page."""
    divided = [page.strip().split("\n") for page in pages]
    edges = Counter(head for page in divided for head in {*map(_head, page[:_EDGE_LINES] + page[-_EDGE_LINES:])})
    often = max(_FEWEST_PAGES, len(pages) * _MOST_PAGES_SHARE)

    def is_left_out(line: str) -> bool:
        is_number = len(pages) > 1 and _PAGE_NUMBER.fullmatch(line.strip())
        return bool(is_number or (_head(line) and edges[_head(line)] >= often))

    kept = []
    for page in divided:
        middle = range(_EDGE_LINES, len(page) - _EDGE_LINES)
        kept.append("\n".join(line for place, line in enumerate(page) if place in middle or not is_left_out(line)))
    return kept


def _head(line: str) -> str:
    """A line without digits, which differ from page to page; "" for one too long to be a running head."""
    return re.sub(r"\d+", "#", " ".join(line.split())) if len(line) <= _LONGEST_HEAD else ""


def unwrapped(text: str) -> str:
    """The text with a line for each paragraph."""
    lines = [line.strip() for line in joined_words(text).split("\n")]
    longest = max(map(len, lines))
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        if not line or (_SENTENCE_END.search(line[-8:]) and len(line) < longest * _SHORT_LINE):
            paragraphs.append([])
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs if paragraph)


# What programs for OCR write


def hocr_text(page: Element) -> str:
    """The text of a page in hOCR; empty for HTML of any other kind."""
    if not page.xpath("//*[contains(@class,'ocr_page')]"):
        return ""
    paragraphs = page.xpath("//*[contains(@class,'ocr_par')]")
    return _as_paragraphs(
        [line.itertext() for line in one.xpath(".//*[contains(@class,'ocr_line')]")] for one in paragraphs
    )


def alto_text(page: Element) -> str:
    """The text of a page in ALTO, a paragraph a block."""
    return _as_paragraphs(
        [[word.get("CONTENT", "") for word in line.iterfind("{*}String")] for line in block.iterfind(".//{*}TextLine")]
        for block in page.iterfind(".//{*}TextBlock")
    )


def _as_paragraphs(paragraphs: Iterable[Iterable[Iterable[str]]]) -> str:
    texts = ("\n".join(" ".join(" ".join(line).split()) for line in lines) for lines in paragraphs)
    return "\n\n".join(words for text in texts if (words := " ".join(joined_words(text).split())))
