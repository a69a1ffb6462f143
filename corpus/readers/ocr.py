"""What programs for OCR write: hOCR and ALTO. Their lines become paragraphs, with divided words put together."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_DIVIDED = re.compile(r"(?<=\w)[-¬\u00ad]$")


def hocr_text(page: "HtmlElement") -> str:
    """The text of a page in hOCR; empty for HTML of any other kind."""
    if not page.xpath("//*[contains(@class,'ocr_page')]"):
        return ""
    paragraphs = page.xpath("//*[contains(@class,'ocr_par')]")
    lines = ([_words(line.itertext()) for line in one.xpath(".//*[contains(@class,'ocr_line')]")] for one in paragraphs)
    return "\n\n".join(filter(None, map(joined, lines)))


def alto_text(page: "_Element") -> str:
    """The text of a page in ALTO, a paragraph a block."""
    blocks = []
    for block in page.iterfind(".//{*}TextBlock"):
        lines = block.iterfind(".//{*}TextLine")
        blocks.append([_words(word.get("CONTENT", "") for word in line.iterfind("{*}String")) for line in lines])
    return "\n\n".join(filter(None, map(joined, blocks)))


def joined(lines: Iterable[str]) -> str:
    """One paragraph of some lines: "the har-" and "bour bridge" give "the harbour bridge"."""
    text = ""
    for line in lines:
        if _DIVIDED.search(text) and line[:1].islower():
            text = _DIVIDED.sub("", text) + line
        else:
            text = f"{text} {line}".strip()
    return text


def _words(parts: Iterable[str]) -> str:
    return " ".join(" ".join(parts).split())
