"""Articles in the XML of agencies and archives: NITF, both versions of NewsML, RCV1, ALTO and others.

Every word of a body is kept: paragraphs, lists, tables, subheads, and what stands behind marked names and links.
"""

import html
import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from corpus.readers.printed import alto_text
from corpus.readers.record import Record, UnreadableError

if TYPE_CHECKING:
    from lxml.etree import _Element

Fields = dict[str, object]
_Places = Mapping[str, tuple[str, ...]]
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
        yield Record(None if single else number, read(element))
        parent = element.getparent()
        element.clear()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


# Where each fact stands, at the first place that says anything; a place may end in the attribute to take. "body" is the
# text where it stands in paragraphs.
_NITF: _Places = {
    # The New York Times Annotated Corpus has its first paragraph twice, the text once. Notes above may have their own.
    "body": (".//{*}block[@class='full_text']", "{*}body/{*}body.content", ".//{*}body.content"),
    "title": (".//{*}hedline/{*}hl1", ".//{*}hl1", ".//{*}title"),
    "published": (".//{*}pubdata/@date.publication", ".//{*}date.issue/@norm", ".//{*}story.date/@norm",
                  ".//{*}date.release/@norm"),
    "authors": (".//{*}byline",),
    "source": (".//{*}pubdata/@name", ".//{*}distributor", ".//{*}doc.copyright/@holder"),
    "url": (".//{*}pubdata/@ex-ref",),
    "id": (".//{*}doc-id/@id-string",),
}  # fmt: skip
_NEWSML_G2: _Places = {
    "body": (".//{*}body.content", "{*}contentSet/{*}inlineXML", "{*}contentSet/{*}inlineData"),
    "title": ("{*}contentMeta/{*}headline", "{*}itemMeta/{*}title", ".//{*}inlineXML//{*}hl1",
              ".//{*}inlineXML//{*}h1", ".//{*}inlineXML//{*}title"),
    "published": ("{*}contentMeta/{*}contentCreated", "{*}itemMeta/{*}firstCreated", "{*}itemMeta/{*}versionCreated"),
    "authors": ("{*}contentMeta/{*}by", "{*}contentMeta/{*}creator/{*}name", ".//{*}byline"),
    "source": ("{*}contentMeta/{*}infoSource/{*}name", "{*}contentMeta/{*}infoSource/@literal",
               "{*}itemMeta/{*}provider/{*}name", "{*}itemMeta/{*}provider/@literal", "{*}contentMeta/{*}creditline"),
    "id": ("./@guid",),
}  # fmt: skip
_NEWSML_1: _Places = {
    "title": (".//{*}NewsLines/{*}HeadLine", ".//{*}hedline/{*}hl1", ".//{*}NewsLine/{*}HeadLine"),
    "published": (".//{*}NewsManagement/{*}FirstCreated", ".//{*}NewsLines/{*}DateLine/@norm",
                  ".//{*}NewsManagement/{*}ThisRevisionCreated", ".//{*}DateId",
                  "../{*}NewsEnvelope/{*}DateAndTime"),
    "authors": (".//{*}NewsLines/{*}ByLine", ".//{*}byline"),
    "source": (".//{*}Provider/{*}Party/@FormalName", ".//{*}NewsLines/{*}CreditLine", ".//{*}ProviderId"),
    "id": (".//{*}PublicIdentifier", ".//{*}NewsItemId"),
}  # fmt: skip
# The Reuters Corpus, volume 1, as NIST hands it out.
_RCV1: _Places = {"body": ("{*}text",), "title": ("{*}headline", "{*}title"), "published": ("./@date",),
                  "authors": ("{*}byline",), "id": ("./@itemid",)}  # fmt: skip
# Of Ritzau: the text in HTML within the XML.
_RITZAU: _Places = {"text": ("{*}content",), "title": ("{*}headline", "{*}strapline"), "published": ("{*}PublishDate",),
                    "authors": ("{*}byline",), "source": ("{*}origin",), "id": ("{*}NewsID",)}  # fmt: skip
# A page as trafilatura writes it.
_TRAFILATURA: _Places = {"body": ("{*}main",), "title": ("./@title",), "published": ("./@date",), "url": ("./@url",),
                         "authors": ("./@author",), "source": ("./@sitename",)}  # fmt: skip


def _fields(places: _Places, item: "_Element") -> Fields:
    said: Fields = {fact: _first(item, *paths) for fact, paths in places.items() if fact != "body"}
    if body := places.get("body"):
        said["text"] = _text(item, *body)
    return said | {"authors": _byline(item, *places["authors"]) or said["authors"]}


def _news_component(item: "_Element") -> Fields:
    """An article in NewsML 1: what stands in all its parts, in their order."""
    parts = [_text(part, ".//{*}body.content", ".") for part in item.iterfind(".//{*}DataContent")]
    return _fields(_NEWSML_1, item) | {"text": "\n\n".join(dict.fromkeys(filter(None, parts)))}


def _own(item: "_Element") -> Fields:
    """An article in XML of somebody's own, whose elements are called as fields usually are."""
    return {_name(child): body_text(child) for child in item if isinstance(child.tag, str)}


# By the outermost element: what an article is called, how it is read, and whether it is alone in its file.
_READ_WITHIN: dict[str, tuple[str, Callable[["_Element"], Fields], bool]] = {
    "nitf": ("nitf", partial(_fields, _NITF), True),
    "newsItem": ("newsItem", partial(_fields, _NEWSML_G2), True),
    "newsMessage": ("newsItem", partial(_fields, _NEWSML_G2), False),
    "NewsML": ("NewsItem", _news_component, False),
    "newsitem": ("newsitem", lambda item: _fields(_RCV1, item) | {"source": "Reuters"}, True),
    "RBNews": ("RBNews", partial(_fields, _RITZAU), True),
    "ArrayOfRBNews": ("RBNews", partial(_fields, _RITZAU), False),
    "doc": ("doc", partial(_fields, _TRAFILATURA), True),
    "alto": ("alto", lambda item: {"text": alto_text(item)}, True),
    "articles": ("article", _own, False),
}
# What other XML wraps, the queue of a newsroom's system or a package of files.
_WRAPPED = ("RBNews", "newsItem", "nitf", "alto")


def _text(item: "_Element", *places: str) -> str:
    return next(filter(None, (body_text(item.find(place)) for place in places)), "")


def _byline(item: "_Element", *places: str) -> str:
    """The names of a byline, each apart, without the work of those people."""
    for place in (place for place in places if "/@" not in place):
        names = []
        for byline in item.iterfind(place):
            for work in byline.iterfind(".//{*}byttl"):
                work.text = None
            names.append(" ".join(" ".join(byline.itertext()).split()))
        if any(names):
            return ", ".join(filter(None, dict.fromkeys(names)))
    return ""


def _first(item: "_Element", *places: str) -> str:
    for place in places:
        path, _, attribute = place.partition("/@")
        for element in item.iterfind(path):
            words = element.get(attribute, "") if attribute else " ".join(_inline(element).split())
            if words:
                return str(words).strip("/")
    return ""


def _name(element: "_Element") -> str:
    return str(element.tag).rpartition("}")[2]


def body_text(element: "_Element | None") -> str:
    """All words of an element, a paragraph for each block in it; empty where there is none."""
    if element is None:
        return ""
    paragraphs = re.split(r"\n\s*\n", _inline(element))
    lines = ("\n".join(" ".join(line.split()) for line in paragraph.split("\n")) for paragraph in paragraphs)
    return "\n\n".join(paragraph.strip() for paragraph in lines if paragraph.strip())


def _inline(element: "_Element") -> str:
    from lxml import etree

    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, part in walk:
        name = _name(part) if isinstance(part.tag, str) else ""
        if event in ("start", "end"):
            pieces.append("\n\n" if name in _BLOCKS else _BREAKS.get(name, "") if event == "start" else "")
        if event == "start" and name in _UNSEEN:
            walk.skip_subtree()
        elif event == "start":
            pieces.append(part.text or "")
        if event != "start" and part is not element:
            pieces.append(part.tail or "")
    return html.unescape("".join(pieces))
