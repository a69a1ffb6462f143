"""What programs for OCR write: hOCR and ALTO. Their lines become paragraphs, with divided words put together."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from corpus.readers.printed import joined_words

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement


def hocr_text(page: "HtmlElement") -> str:
    """The text of a page in hOCR; empty for HTML of any other kind."""
    if not page.xpath("//*[contains(@class,'ocr_page')]"):
        return ""
    paragraphs = page.xpath("//*[contains(@class,'ocr_par')]")
    lines = ([line.itertext() for line in one.xpath(".//*[contains(@class,'ocr_line')]")] for one in paragraphs)
    return _as_paragraphs(lines)


def alto_text(page: "_Element") -> str:
    """The text of a page in ALTO, a paragraph a block."""
    lines = (block.iterfind(".//{*}TextLine") for block in page.iterfind(".//{*}TextBlock"))
    return _as_paragraphs(
        [[word.get("CONTENT", "") for word in line.iterfind("{*}String")] for line in block] for block in lines
    )


def _as_paragraphs(paragraphs: Iterable[Iterable[Iterable[str]]]) -> str:
    """The text of paragraphs of lines of words."""
    texts = ("\n".join(" ".join(" ".join(line).split()) for line in lines) for lines in paragraphs)
    return "\n\n".join(words for text in texts if (words := " ".join(joined_words(text).split())))
