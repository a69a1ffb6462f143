"""Articles in the XML of agencies and archives: NITF, both versions of NewsML, RCV1, ALTO and others.

Every word of a body is kept: paragraphs, lists, tables, subheads, and what stands behind marked names and links.
"""

import html
import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from corpus.readers.ocr import alto_text
from corpus.readers.record import Record, UnreadableError

if TYPE_CHECKING:
    from lxml.etree import _Element

Fields = dict[str, object]
_BLOCKS = frozenset((
    "p", "hl1", "hl2", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "caption",
    "div", "section", "article", "block", "blockquote", "bq", "body", "body.content", "body.head", "body.end", "hr",
    "pre", "media", "media-caption", "note", "fn", "abstract", "figcaption", "lead", "text", "main", "quote",
    "headline", "title", "byline", "dateline", "tagline",
))  # fmt: skip
_BREAKS = {"br": "\n", "td": " ", "th": " "}
# Parts of the text that no reader sees.
_UNSEEN = ("script", "style", "head")


def items(content: bytes, root: str) -> Iterator[Record]:
    """The articles of XML whose outermost element is `root`; UnreadableError for XML of another kind."""
    from lxml import etree

    root = root if root in _READ_WITHIN else next((name for name in _WRAPPED if f"<{name}".encode() in content), root)
    if root not in _READ_WITHIN:
        known = "RSS, Atom, NITF, NewsML, RCV1 and ALTO are read"
        message = "METS, which names other files; put their text (ALTO) here" if root == "mets" else ""
        raise UnreadableError(message or f"XML of another kind (<{root}>); {known}")
    tag, read, single = _READ_WITHIN[root]
    stream = io.BytesIO(content)
    found = etree.iterparse(stream, tag=f"{{*}}{tag}", resolve_entities=False, no_network=True, huge_tree=True)
    for number, (_, element) in enumerate(found, start=1):
        fields = read(element)
        yield Record(None if single else number, fields)
        parent = element.getparent()
        element.clear()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _nitf(item: "_Element") -> Fields:
    """An article in NITF. The New York Times Annotated Corpus has its first paragraph twice, the whole one once."""
    blocks = item.xpath(".//*[local-name()='block'][@class='full_text']")
    return {
        "title": _first(item, ".//{*}hedline/{*}hl1", ".//{*}hl1", ".//{*}title"),
        "text": body_text(blocks[0] if blocks else _body_content(item)),
        "published": _first(
            item, ".//{*}pubdata/@date.publication", ".//{*}date.issue/@norm", ".//{*}story.date/@norm",
            ".//{*}date.release/@norm",
        ),
        "authors": _byline(item, ".//{*}byline"),
        "source": _first(item, ".//{*}pubdata/@name", ".//{*}distributor", ".//{*}doc.copyright/@holder"),
        "url": _first(item, ".//{*}pubdata/@ex-ref"),
        "id": _first(item, ".//{*}doc-id/@id-string"),
    }  # fmt: skip


def _news_item(item: "_Element") -> Fields:
    """An article in NewsML-G2, its text in NITF, in HTML or plain."""
    text = body_text(_found(item, ".//{*}body.content")) or body_text(_found(item, "{*}contentSet/{*}inlineXML"))
    return {
        "title": _first(item, "{*}contentMeta/{*}headline", "{*}itemMeta/{*}title", ".//{*}inlineXML//{*}hl1",
                        ".//{*}inlineXML//{*}h1", ".//{*}inlineXML//{*}title"),
        "text": text or body_text(_found(item, "{*}contentSet/{*}inlineData")),
        "published": _first(item, "{*}contentMeta/{*}contentCreated", "{*}itemMeta/{*}firstCreated",
                            "{*}itemMeta/{*}versionCreated"),
        "authors": _byline(item, "{*}contentMeta/{*}by", "{*}contentMeta/{*}creator/{*}name", ".//{*}byline"),
        "source": _first(item, "{*}contentMeta/{*}infoSource/{*}name", "{*}contentMeta/{*}infoSource/@literal",
                         "{*}itemMeta/{*}provider/{*}name", "{*}itemMeta/{*}provider/@literal",
                         "{*}contentMeta/{*}creditline"),
        "id": item.get("guid", ""),
    }  # fmt: skip


def _news_component(item: "_Element") -> Fields:
    """An article in NewsML 1: what stands in all its parts, in their order."""
    bodies = [body for body in item.iterfind(".//{*}DataContent") if body_text(body)]
    inner = [_found(body, ".//{*}body.content") for body in bodies]
    texts = [body_text(body if within is None else within) for body, within in zip(bodies, inner, strict=True)]
    return {
        "title": _first(item, ".//{*}NewsLines/{*}HeadLine", ".//{*}hedline/{*}hl1", ".//{*}NewsLine/{*}HeadLine"),
        "text": "\n\n".join(dict.fromkeys(texts)),
        "published": _first(item, ".//{*}NewsManagement/{*}FirstCreated", ".//{*}NewsLines/{*}DateLine/@norm",
                            ".//{*}NewsManagement/{*}ThisRevisionCreated", ".//{*}DateId")
        or _first(item.getroottree().getroot(), "{*}NewsEnvelope/{*}DateAndTime"),
        "authors": _first(item, ".//{*}NewsLines/{*}ByLine", ".//{*}byline"),
        "source": _first(item, ".//{*}Provider/{*}Party/@FormalName", ".//{*}NewsLines/{*}CreditLine",
                         ".//{*}ProviderId"),
        "id": _first(item, ".//{*}PublicIdentifier", ".//{*}NewsItemId"),
    }  # fmt: skip


def _rcv1(item: "_Element") -> Fields:
    """An article of the Reuters Corpus, volume 1, as NIST hands it out."""
    return {
        "title": _first(item, "{*}headline", "{*}title"),
        "text": body_text(_found(item, "{*}text")),
        "published": item.get("date", ""),
        "authors": _first(item, "{*}byline"),
        "source": "Reuters",
        "id": item.get("itemid", ""),
    }


def _ritzau(item: "_Element") -> Fields:
    """An article of Ritzau, its text in HTML within the XML."""
    names = {"title": "headline", "text": "content", "published": "PublishDate", "authors": "byline", "id": "NewsID"}
    said: Fields = {field: _first(item, f"{{*}}{name}") for field, name in names.items()}
    return said | {
        "title": said["title"] or _first(item, "{*}strapline"),
        "source": _first(item, "{*}origin").strip("/"),
    }


def _trafilatura(item: "_Element") -> Fields:
    """A page as trafilatura writes it."""
    names = {"title": "title", "published": "date", "authors": "author", "source": "sitename", "url": "url"}
    return {field: item.get(name, "") for field, name in names.items()} | {"text": body_text(_found(item, "{*}main"))}


def _alto(page: "_Element") -> Fields:
    return {"text": alto_text(page)}


def _own(item: "_Element") -> Fields:
    """An article in XML of somebody's own, whose elements are called as fields usually are."""
    from lxml import etree

    return {etree.QName(child).localname: body_text(child) for child in item if isinstance(child.tag, str)}


# By the outermost element: what an article is called, how it is read, and whether it is alone in its file.
_READ_WITHIN: dict[str, tuple[str, Callable[["_Element"], Fields], bool]] = {
    "nitf": ("nitf", _nitf, True),
    "newsItem": ("newsItem", _news_item, True),
    "newsMessage": ("newsItem", _news_item, False),
    "NewsML": ("NewsItem", _news_component, False),
    "newsitem": ("newsitem", _rcv1, True),
    "RBNews": ("RBNews", _ritzau, True),
    "ArrayOfRBNews": ("RBNews", _ritzau, False),
    "doc": ("doc", _trafilatura, True),
    "alto": ("alto", _alto, True),
    "articles": ("article", _own, False),
}


# What other XML wraps, the queue of a newsroom's system or a package of files.
_WRAPPED = ("RBNews", "newsItem", "nitf", "alto")


def _found(item: "_Element", path: str) -> "_Element | None":
    element: _Element | None = item.find(path)
    return element


def _body_content(item: "_Element") -> "_Element | None":
    """The text of an article; notes above it may have a text of their own."""
    own = _found(item, "{*}body/{*}body.content")
    return _found(item, ".//{*}body.content") if own is None else own


def _byline(item: "_Element", *places: str) -> str:
    """The names of a byline, each apart, without the work of those people."""
    for place in places:
        names = []
        for byline in item.iterfind(place):
            for work in byline.iterfind(".//{*}byttl"):
                work.text = None
            names.append(" ".join(" ".join(byline.itertext()).split()))
        if any(names):
            return ", ".join(filter(None, dict.fromkeys(names)))
    return ""


def _first(item: "_Element", *places: str) -> str:
    """The words at the first of some places that has any; a place may end in the attribute to take."""
    for place in places:
        path, _, attribute = place.partition("/@")
        for element in item.iterfind(path):
            words = element.get(attribute, "") if attribute else " ".join(_inline(element).split())
            if words:
                return str(words)
    return ""


def body_text(element: "_Element | None") -> str:
    """All words of an element, a paragraph for each block in it; empty where there is none."""
    if element is None:
        return ""
    paragraphs = re.split(r"\n\s*\n", _inline(element))
    lines = ("\n".join(" ".join(line.split()) for line in paragraph.split("\n")) for paragraph in paragraphs)
    return "\n\n".join(paragraph.strip() for paragraph in lines if paragraph.strip())


def _inline(element: "_Element") -> str:
    """The words of an element and of all in it, tails included, with blank lines round blocks."""
    from lxml import etree

    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, part in walk:
        name = etree.QName(part).localname if isinstance(part.tag, str) else ""
        if event in ("start", "end"):
            pieces.append("\n\n" if name in _BLOCKS else _BREAKS.get(name, "") if event == "start" else "")
        if event == "start" and name in _UNSEEN:
            walk.skip_subtree()
        elif event == "start":
            pieces.append(part.text or "")
        if event != "start" and part is not element:
            pieces.append(part.tail or "")
    return html.unescape("".join(pieces))
