"""Articles in the XML of agencies and archives: NITF, both versions of NewsML, RCV1, ALTO and others.

Every word of a body is kept: paragraphs, lists, tables, subheads, and what stands behind marked names and links.
"""

import html
import io
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from typing import Any

from corpus.readers.printed import alto_text
from corpus.readers.record import Element, Record, UnreadableError

Fields = dict[str, object]
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


def _fields(form: dict[str, Any], item: Element) -> Fields:
    """What the places of a form say; see agencies.toml."""
    facts = [fact for fact in form if fact not in ("items", "parts", "body")]
    said: Fields = {fact: _said(item, fact, form[fact]) for fact in facts}
    parts = item.iterfind(form["parts"]) if "parts" in form else [item]
    texts = dict.fromkeys(_text(part, *form.get("body", ())) for part in parts)
    return {"text": "\n\n".join(filter(None, texts))} | said


def _own(item: Element) -> Fields:
    """An article in XML of somebody's own, whose elements are called as fields usually are."""
    return {_name(child): _text(child, ".") for child in item if isinstance(child.tag, str)}


_FORMS = tomllib.loads(files("corpus.readers").joinpath("agencies.toml").read_text("utf-8"))
_BLOCKS = frozenset(_FORMS.pop("blocks"))
# By the outermost element: what an article is called, and how it is read.
_READ_WITHIN: dict[str, tuple[str, Callable[[Element], Fields]]] = {
    root: (item, partial(_fields, form)) for form in _FORMS.values() for root, item in form["items"].items()
}
_READ_WITHIN |= {"alto": ("alto", lambda page: {"text": alto_text(page)}), "articles": ("article", _own)}
# What other XML wraps, the queue of a newsroom's system or a package of files.
_WRAPPED = ("RBNews", "newsItem", "nitf", "alto")


def _said(item: Element, fact: str, places: list[str]) -> str:
    """What the first place says that says anything; of bylines there all names, without the work of those people."""
    for place in places:
        if place.startswith("="):
            return place.removeprefix("=")
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
        lines = "\n".join(" ".join(line.split()) for line in _inline(element).split("\n"))
        if text := re.sub(r"\n{2,}", "\n\n", lines).strip():
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
