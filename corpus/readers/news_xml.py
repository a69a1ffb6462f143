"""XML of newsrooms: RSS and Atom by feedparser, which has its home here; NITF and NewsML-G2, one item at a time."""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus.readers.record import Record, Source, UnreadableError
from corpus.readers.wordpress import is_post, why_hidden, without_shortcodes

if TYPE_CHECKING:
    from lxml.etree import _Element

_FEEDS = ("rss", "feed", "RDF")
_ITEMS = ("{*}nitf", "{*}newsItem")
# Entities of a file's own can unfold to gigabytes, or name other files; newsrooms send none.
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def read_xml(source: Source) -> Iterator[Record]:
    """The entries of a feed, the items of NITF or NewsML-G2; UnreadableError for XML of another kind."""
    from lxml import etree

    if _ENTITY.search(source.head()):
        message = "declares XML entities of its own, which are not read"
        raise UnreadableError(message)
    try:
        root = _root(source)
        yield from _feed(source) if root in _FEEDS else _items(source, root)
    except etree.XMLSyntaxError as error:
        message = f"not well-formed XML ({error.msg})"
        raise UnreadableError(message) from error


def _root(source: Source) -> str:
    from lxml import etree

    with source.open() as stream:
        for _, element in etree.iterparse(stream, events=("start",), resolve_entities=False, no_network=True):
            return str(etree.QName(element).localname)
    return ""


# Feeds


def _feed(source: Source) -> Iterator[Record]:
    import feedparser

    feed = feedparser.parse(io.BytesIO(source.content()), resolve_relative_uris=False, sanitize_html=False)
    for number, entry in enumerate(feed.entries, start=1):
        if is_post(entry):
            hidden = why_hidden(entry)
            fields = {} if hidden else _entry(entry, feed.feed.get("title", ""))
            yield Record(number, fields, f"left out, as it was not published ({hidden})" if hidden else "")


def _entry(entry: Any, feed_title: str) -> dict[str, object]:  # noqa: ANN401 (feedparser's own kind of dict)
    """What one entry says; its text is the longest that it carries, the summary where it carries no other."""
    authors = [author.get("name", "") for author in entry.get("authors", [])]
    texts = [content.get("value", "") for content in entry.get("content", [])] + [entry.get("summary", "")]
    return {
        "title": entry.get("title", ""),
        "text": without_shortcodes(max(texts, key=len)),
        "published": entry.get("published") or entry.get("created") or entry.get("updated"),
        "authors": authors if len(authors) > 1 else "".join(authors),
        "source": entry.get("source", {}).get("title") or feed_title,
        "url": entry.get("link", ""),
        "id": entry.get("id", ""),
    }


# Items


def _items(source: Source, root: str) -> Iterator[Record]:
    from lxml import etree

    number = 0
    with source.open() as stream:
        for _, element in etree.iterparse(stream, tag=_ITEMS, resolve_entities=False, no_network=True):
            if etree.QName(element).localname == "nitf":
                if root != "nitf":
                    continue  # The text of a NewsML item, which is yet to end.
                yield Record(fields=_nitf(element))
            else:
                number += 1
                yield Record(None if root == "newsItem" else number, _news_item(element))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    if root not in ("nitf", "newsItem", "newsMessage"):
        message = f"XML of another kind (<{root}>); RSS, Atom, NITF and NewsML-G2 are read"
        raise UnreadableError(message)


def _nitf(item: "_Element") -> dict[str, object]:
    """An article in NITF. The New York Times Annotated Corpus has its first paragraph twice, the whole one once."""
    blocks = item.xpath(".//*[local-name()='block'][@class='full_text']")
    return {
        "title": _first(item, ".//{*}hedline/{*}hl1", ".//{*}hl1", ".//{*}title"),
        "text": _paragraphs(blocks[0] if blocks else item.find(".//{*}body.content")),
        "published": _first(
            item, ".//{*}pubdata/@date.publication", ".//{*}date.issue/@norm", ".//{*}story.date/@norm"
        ),
        "authors": _first(item, ".//{*}byline"),
        "source": _first(item, ".//{*}pubdata/@name", ".//{*}doc.copyright/@holder"),
        "url": _first(item, ".//{*}pubdata/@ex-ref"),
        "id": _first(item, ".//{*}doc-id/@id-string"),
    }


def _news_item(item: "_Element") -> dict[str, object]:
    """An article in NewsML-G2, its text in NITF, in HTML or plain."""
    return {
        "title": _first(item, "{*}contentMeta/{*}headline", "{*}itemMeta/{*}title", ".//{*}inlineXML//{*}hl1"),
        "text": _paragraphs(item.find(".//{*}body.content"))
        or _paragraphs(item.find("{*}contentSet/{*}inlineXML"))
        or _first(item, "{*}contentSet/{*}inlineData"),
        "published": _first(item, "{*}contentMeta/{*}contentCreated", "{*}itemMeta/{*}firstCreated",
                            "{*}itemMeta/{*}versionCreated"),
        "authors": _first(item, "{*}contentMeta/{*}by", "{*}contentMeta/{*}creator/{*}name"),
        "source": _first(item, "{*}contentMeta/{*}infoSource/{*}name", "{*}itemMeta/{*}provider/{*}name",
                         "{*}itemMeta/{*}provider/@literal"),
        "id": item.get("guid", ""),
    }  # fmt: skip


def _first(item: "_Element", *places: str) -> str:
    """The words at the first of some places that has any; a place may end in the attribute to take."""
    for place in places:
        path, _, attribute = place.partition("/@")
        for element in item.iterfind(path):
            words = element.get(attribute, "") if attribute else " ".join(_words(element).split())
            if words:
                return str(words)
    return ""


def _paragraphs(element: "_Element | None") -> str:
    if element is None:
        return ""
    paragraphs = [" ".join(_words(paragraph).split()) for paragraph in element.iterfind(".//{*}p")]
    return "\n\n".join(paragraphs) or _words(element).strip()


def _words(element: "_Element") -> str:
    return "".join(element.itertext(with_tail=False))
