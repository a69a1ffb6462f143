"""HTML files: those that a news database exports hold many articles, all others are pages."""

import copy
import re
from collections.abc import Iterator

from corpus.readers.exports import exported
from corpus.readers.html import LARGEST_PAGE, page_records, parsed
from corpus.readers.record import Element, Record, Source

# What tells that a page is an export, before it is parsed.
_EXPORT = re.compile(
    rb"class=[\"'][^\"']*\b(?:[a-z]{2}Article|DocPublicationName)\b|\d{1,9} (?:of|von|de|sur|van) \d{1,9} DO[CK]UMENT"
    rb"|>\s*(?:End of Document|Document \d{1,9} of \d{1,9})\s*<",
)
_LINES = ("div", "br", "tr", "li", "dt", "dd", "hr")
_PARAGRAPHS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "article", "section")


def read_page(source: Source) -> Iterator[Record]:
    """The articles of an export in HTML, or the one article that a page is."""
    content = source.content(LARGEST_PAGE)
    tree = parsed(content, otherwise=source.charset)
    stories = _exported(copy.deepcopy(tree)) if _EXPORT.search(content) else None
    yield from page_records(tree) if stories is None else stories


def _exported(tree: Element) -> Iterator[Record] | None:
    from lxml import etree

    etree.strip_elements(tree, "script", "style", with_tail=False)
    stories = tree.xpath("//article[.//*[contains(@class, 'DocPublicationName')]]")
    if stories:
        return (Record(number, _europresse(story)) for number, story in enumerate(stories, start=1))
    return exported(_as_lines(tree))


def _europresse(story: Element) -> dict[str, object]:
    document = _words(story, "publiC-lblNodoc")
    day = re.search(r"·(\d{8})·", document)
    text = _first(story, "docOcurrContainer", "DocText")
    return {
        "title": _words(story, "titreArticle", "titreArticleVisu", "rdp__articletitle"),
        "text": _as_lines(text) if text is not None else "",
        "published": day[1] if day else _words(story, "DocHeader"),
        "authors": _words(story, "sm-margin-bottomNews", "docAuthors"),
        "source": re.split(r",| {2,}| - ", _words(story, "DocPublicationName"))[0],
        "id": document,
    }


def _first(story: Element, *classes: str) -> Element | None:
    found = (story.find_class(name) for name in classes)
    return next((elements[0] for elements in found if elements), None)


def _words(story: Element, *classes: str) -> str:
    found = _first(story, *classes)
    return " ".join(found.text_content().split()) if found is not None else ""


def _as_lines(tree: Element) -> str:
    from lxml import etree

    pieces: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        begins = event == "start"
        ends = "\n\n" if element.tag in _PARAGRAPHS else "\n" if element.tag in _LINES else ""
        words = element.text if begins else element.tail
        pieces += ("" if begins and element.tag == "br" else ends, re.sub(r"\s+", " ", words or ""))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(pieces))).strip()
