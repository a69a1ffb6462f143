"""HTML pages; the home of trafilatura, which finds the text. What lies round it is read in page_facts."""

import functools
import logging
import re
from collections.abc import Iterator
from configparser import ConfigParser

from corpus.readers.page_dates import is_date_alone
from corpus.readers.page_facts import PAGES, facts
from corpus.readers.printed import hocr_text
from corpus.readers.record import Dated, Element, Record, UnreadableError, codec, decoded

LARGEST_PAGE = 16 << 20
_CHARSET = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE
)
_CHARSET_WITHIN = 4096
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
# What no page may hold, written as such or as a reference: one is enough for trafilatura to find no text.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f]|&#(?:0*(?:[0-8]|1[1-2]|1[4-9]|2\d|3[01])|x0*(?:[0-8bc-f]|1[\da-f]));", re.I
)
# What is laid over the article: banners that ask for consent, and the toolbar of the Wayback Machine.
_LAID_OVER = re.compile(
    r"(?<![a-z])(?:cookie|consent|gdpr|onetrust|didomi|usercentrics|cybot|cmp(?:box|lz)?(?![a-z])|qc-cmp|sp_message|wm-ipp)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"cookie|consent|privacy|wayback|rgpd|gdpr|datenschutz|zustimm|einwillig|samtyk", re.IGNORECASE)
_ASIDE = re.compile("|".join(PAGES["asides"]), re.IGNORECASE)
_LONGEST_ASIDE = 150
# The day above a text is a field of the article, as the headline is.
_HEAD_LINES = 3
# Characters: below which a text is looked for a second time, and which an article on a page of several has at least.
_SHORT_TEXT, _SHORTEST_ARTICLE = 600, 150
_TRAFILATURAS_OWN = 250
# trafilatura takes a millisecond for a link; a page of more is an index where they are most of its text.
_MOST_LINKS = 5_000


def page_records(tree: Element) -> Iterator[Record]:
    """The article of a page, or each of a page of several: its main text, and what the page says of it."""
    if several := _several(tree):
        yield from (Record(number, _part_fields(part)) for number, part in enumerate(several, start=1))
    else:
        yield Record(fields=_fields(tree))


def page_fields(content: bytes, address: str = "", charset: str = "") -> dict[str, object]:
    """The fields of one page that came from an address, which may have named its encoding; "text" may be empty.

    UnreadableError for an endless list of links.
    """
    return _fields(parsed(content, charset), address)


def _fields(tree: Element, address: str = "") -> dict[str, object]:
    if text := hocr_text(tree):
        return {"text": text, "url": address}
    if _is_index(tree):
        message = "a page of links to articles, which is none itself"
        raise UnreadableError(message)
    found, body, updates = facts(tree, address)
    return {**found, "text": _main_text(tree, body, updates)}


def _is_index(tree: Element) -> bool:
    links = list(tree.iter("a"))
    return len(links) > _MOST_LINKS and 2 * sum(len(link.text_content()) for link in links) > len(tree.text_content())


def parsed(content: bytes, label: str = "", otherwise: str = "") -> Element:
    """The tree of a page without what is laid over it; an empty page where there is none.

    It is UTF-8 where it can be, else as the `label` of the answer or mail that brought it says, else as the page says,
    else as `otherwise`, else guessed.
    """
    from lxml import etree, html

    said = _CHARSET.search(content, 0, _CHARSET_WITHIN)
    own = codec((said[1] or said[2]).decode()) if said else ""
    # A page that calls itself UTF-16 in letters that can be read is none.
    labels = (label, "" if own.startswith("utf-16") else own, otherwise)
    text = decoded(content, next(filter(codec, labels), ""))
    text = _CONTROLS.sub(" ", _XML_DECLARATION.sub("", text))
    try:
        tree = html.document_fromstring(text, parser=html.HTMLParser(no_network=True, remove_comments=True))
    except (etree.ParserError, ValueError):
        return html.Element("html")
    for element in tree.xpath("//div[@id or @class]|//section[@id or @class]|//aside[@id or @class]|//dialog"):
        named = _LAID_OVER.search(f"{element.get('id')} {element.get('class')}")
        if named and _ASKS.search(element.text_content()) and not element.xpath(".//h1|.//article"):
            element.drop_tree()
    return tree


def _main_text(tree: Element, body: str, updates: str) -> str:
    """The text of the article, which pages that load it later have in JSON-LD alone, as `body` or as `updates`.

    trafilatura doubts short texts and takes far more of the page instead, in one piece; what it finds without that
    doubt counts where it is at least half as long.
    """
    text = _extracted(tree, shortest=_TRAFILATURAS_OWN)
    undoubted = _extracted(tree, shortest=0) if len(text) < _SHORT_TEXT else text
    stated = body or (updates if len(undoubted) < _SHORT_TEXT else "")
    text = next((other for other in (stated, text) if len(other) > 2 * len(undoubted)), undoubted)
    lines = [line for line in text.split("\n") if line.strip()]
    dropped = {line for line in lines[:_HEAD_LINES] if is_date_alone(line)}
    dropped |= {line for line in lines if len(line) <= _LONGEST_ASIDE and _ASIDE.fullmatch(line.strip("- "))}
    return "\n\n".join(line for line in lines if line not in dropped)


def _extracted(tree: Element, shortest: int) -> str:
    import trafilatura

    return trafilatura.extract(tree, include_comments=False, config=_extraction(shortest)) or ""


@functools.cache
def _extraction(shortest: int) -> ConfigParser:
    from trafilatura.settings import use_config

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    config = use_config()
    config.read_dict({"DEFAULT": {"MIN_EXTRACTED_SIZE": str(shortest), "MIN_OUTPUT_SIZE": "1"}})
    return config


# Pages of several articles


def _several(tree: Element) -> list[Element]:
    parts = tree.xpath("//article[not(ancestor::article)][.//h2 or .//h1 or .//h3]")
    whole = all(
        len(part.xpath(".//p")) > 1 and len(" ".join(part.itertext()).strip()) >= _SHORTEST_ARTICLE for part in parts
    )
    single = tree.xpath("//article//h1|//meta[@property='og:type'][@content='article']|//*[@itemprop='articleBody']")
    return parts if len(parts) > 1 and whole and not single else []


def _part_fields(part: Element) -> dict[str, object]:
    headings, times = part.xpath(".//h1|.//h2|.//h3"), part.xpath(".//time")
    paragraphs = [" ".join(paragraph.text_content().split()) for paragraph in part.xpath(".//p|.//li")]
    links = [link.get("href", "") for heading in headings[:1] for link in heading.xpath("./a|./parent::a")]
    day = [Dated(time.get("datetime") or time.text_content(), "time element") for time in times[:1]]
    return {
        "title": " ".join(headings[0].text_content().split()),
        "text": "\n\n".join(filter(None, paragraphs)),
        "published": next(iter(day), None),
        "url": next((link for link in links if link.startswith("http")), ""),
    }
