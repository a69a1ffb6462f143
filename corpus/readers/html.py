"""HTML pages, one article each; the home of trafilatura, which finds the text. What lies round it is read here."""

import functools
import json
import logging
import re
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from typing import TYPE_CHECKING, Any

from corpus.readers.record import Record, Source, decoded

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LARGEST_PAGE = 16 << 20
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
# What pages call the facts of an article, the most telling first.
_META = {
    "title": ("og:title", "twitter:title", "dc.title"),
    "published": ("article:published_time", "datepublished", "og:published_time", "publish-date", "publish_date",
                  "pubdate", "publication_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dc.date",
                  "dcterms.created", "date"),
    "authors": ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "article:author"),
    "source": ("og:site_name", "dc.publisher", "application-name"),
    "url": ("og:url",),
}  # fmt: skip
_ARTICLE_TYPE = re.compile(r"Article$|^BlogPosting$|^LiveBlogPosting$|^Report$")


def read_html(source: Source) -> Iterator[Record]:
    """The article of a page: its main text, and what JSON-LD, OpenGraph and meta elements say of it, in this order."""
    yield Record(fields=page_fields(source.content(LARGEST_PAGE)))


def page_fields(content: bytes) -> dict[str, object]:
    """The fields of one page; "text" is empty where there is no main text."""
    from lxml import etree, html

    page = _XML_DECLARATION.sub("", _decoded(content)).replace("\0", "")
    try:
        tree = html.document_fromstring(page, parser=html.HTMLParser(no_network=True, remove_comments=True))
    except (etree.ParserError, ValueError):
        return {"text": ""}
    structured = _json_ld(tree)
    text = _main_text(tree)
    body = structured.pop("text", "")
    # Pages that load their text later carry it in JSON-LD alone.
    return {**_from_meta(tree), **structured, "text": body if len(body) > 2 * len(text) else text}


def _decoded(content: bytes) -> str:
    """UTF-8 where it is, else as the page says itself, else as any file."""
    said = _CHARSET.search(content, 0, 4096)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if not said or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return decoded(content)
    try:
        return content.decode(said[1].decode(), errors="replace")
    except LookupError:
        return decoded(content)


def _main_text(tree: "HtmlElement") -> str:
    import trafilatura

    text = trafilatura.extract(tree, include_comments=False, config=_extraction()) or ""
    return "\n\n".join(line for line in text.split("\n") if line.strip())


@functools.cache
def _extraction() -> ConfigParser:
    """How trafilatura works: short articles are articles too, and pages without text are reported by us."""
    from trafilatura.settings import use_config

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    config = use_config()
    config.read_dict({"DEFAULT": {"MIN_EXTRACTED_SIZE": "0", "MIN_OUTPUT_SIZE": "1"}})
    return config


def _from_meta(tree: "HtmlElement") -> dict[str, object]:
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if content := (element.get("content") or "").strip():
            said.setdefault(name.lower(), content)
    fields: dict[str, object] = {
        field: value
        for field, names in _META.items()
        if (value := next((said[name] for name in names if name in said), ""))
    }
    if str(fields.get("authors", "")).startswith("http"):
        del fields["authors"]
    elsewhere = {
        "title": [" ".join(element.text_content().split()) for element in [*tree.iter("h1"), *tree.iter("title")]],
        "published": tree.xpath("//time[@pubdate or @itemprop='datePublished']/@datetime"),
        "url": tree.xpath("//link[@rel='canonical']/@href"),
    }
    return {field: found[0] for field, found in elsewhere.items() if found and found[0]} | fields


def _json_ld(tree: "HtmlElement") -> dict[str, Any]:
    """What the first article described in JSON-LD says of itself, under our names."""
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            content = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(content):
            kinds = thing.get("@type")
            if any(_ARTICLE_TYPE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])):
                return _said_of(thing)
    return {}


def _things(content: object) -> Iterator[Mapping[str, Any]]:
    waiting = [content]
    while waiting:
        thing = waiting.pop(0)
        if isinstance(thing, list):
            waiting += thing
        elif isinstance(thing, dict):
            yield thing
            waiting.append(thing.get("@graph"))


def _said_of(thing: Mapping[str, Any]) -> dict[str, Any]:
    words = {"title": "headline", "published": "datePublished", "url": "url", "text": "articleBody"}
    said = {field: thing[name] for field, name in words.items() if isinstance(thing.get(name), str)}
    names = {"authors": thing.get("author") or thing.get("creator"), "source": thing.get("publisher")}
    return said | {field: name for field, name in names.items() if name}
