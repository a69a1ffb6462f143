"""Articles in the XML of agencies and archives: NITF, both versions of NewsML, RCV1, ALTO and others.

Every word of a body is kept: paragraphs, lists, tables, subheads, and what stands behind marked names and links.
"""

import html
import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from corpus.readers.printed import alto_text
from corpus.readers.record import Element, Record, UnreadableError

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
    tag, read = _READ_WITHIN[root]
    found = etree.iterparse(
        io.BytesIO(content), tag=f"{{*}}{tag}", resolve_entities=False, no_network=True, huge_tree=True
    )
    for number, (_, element) in enumerate(found, start=1):
        yield Record(None if tag == root else number, read(element))
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


def _fields(places: _Places, item: Element) -> Fields:
    said: Fields = {fact: _said(item, fact, paths) for fact, paths in places.items() if fact != "body"}
    return {"text": _text(item, *places.get("body", ()))} | said


def _news_item(item: Element) -> Fields:
    """An article in NewsML 1: what stands in all its parts, in their order."""
    parts = [_text(part, ".//{*}body.content", ".") for part in item.iterfind(".//{*}DataContent")]
    return _fields(_NEWSML_1, item) | {"text": "\n\n".join(dict.fromkeys(filter(None, parts)))}


def _own(item: Element) -> Fields:
    """An article in XML of somebody's own, whose elements are called as fields usually are."""
    return {_name(child): _text(child, ".") for child in item if isinstance(child.tag, str)}


# By the outermost element: what an article is called, and how it is read; where both are one, it is alone in its file.
_READ_WITHIN: dict[str, tuple[str, Callable[[Element], Fields]]] = {
    "nitf": ("nitf", partial(_fields, _NITF)),
    "newsItem": ("newsItem", partial(_fields, _NEWSML_G2)),
    "newsMessage": ("newsItem", partial(_fields, _NEWSML_G2)),
    "NewsML": ("NewsItem", _news_item),
    "newsitem": ("newsitem", lambda item: _fields(_RCV1, item) | {"source": "Reuters"}),
    "RBNews": ("RBNews", partial(_fields, _RITZAU)),
    "ArrayOfRBNews": ("RBNews", partial(_fields, _RITZAU)),
    "doc": ("doc", partial(_fields, _TRAFILATURA)),
    "alto": ("alto", lambda item: {"text": alto_text(item)}),
    "articles": ("article", _own),
}
# What other XML wraps, the queue of a newsroom's system or a package of files.
_WRAPPED = ("RBNews", "newsItem", "nitf", "alto")


def _said(item: Element, fact: str, places: tuple[str, ...]) -> str:
    """What the first place says that says anything; of bylines there all names, without the work of those people."""
    for place in places:
        path, _, attribute = place.partition("/@")
        elements = item.findall(path)
        if attribute:
            said = [element.get(attribute, "") for element in elements]
        elif fact == "authors":
            said = [" ".join(element.xpath(".//text()[not(parent::*[local-name()='byttl'])]")) for element in elements]
        else:
            said = [_inline(element) for element in elements]
        if words := list(dict.fromkeys(filter(None, (" ".join(one.split()) for one in said)))):
            return ", ".join(words) if fact == "authors" else words[0].strip("/")
    return ""


def _text(item: Element, *places: str) -> str:
    """All words of the element at the first place that holds any, a paragraph for each block in it."""
    for element in filter(lambda found: found is not None, map(item.find, places)):
        paragraphs = re.split(r"\n\s*\n", _inline(element))
        lines = ("\n".join(" ".join(line.split()) for line in paragraph.split("\n")) for paragraph in paragraphs)
        if text := "\n\n".join(paragraph.strip() for paragraph in lines if paragraph.strip()):
            return text
    return ""


def _inline(element: Element) -> str:
    from lxml import etree

    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, part in walk:
        name = _name(part)
        if event in ("start", "end"):
            pieces.append("\n\n" if name in _BLOCKS else _BREAKS.get(name, "") if event == "start" else "")
        if event == "start" and name in _UNSEEN:
            walk.skip_subtree()
        elif event == "start":
            pieces.append(part.text or "")
        if event != "start" and part is not element:
            pieces.append(part.tail or "")
    return html.unescape("".join(pieces))


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
