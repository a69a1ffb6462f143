"""What a page says of its article round the text: headline, people, outlet, address and day."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.readers import json_ld
from corpus.readers.page_dates import published
from corpus.readers.record import Dated

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What pages call the facts of an article in meta elements, the most telling first.
_TITLES = ("og:title", "twitter:title", "dc.title", "headline")
_AUTHORS = ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "article:author",
            "citation_author", "cxenseparse:author")  # fmt: skip
_OUTLETS = ("og:site_name", "dc.publisher", "application-name", "apple-mobile-web-app-title", "twitter:site")
# So many spellings that they are told by their words: "article:published_time", "vr:published-time", "pubdate", ...
_DATES = re.compile(
    r"publi(?:shed|sh|cation)|pub_?date|issued|date_?(?:created|posted)|\bdc\W(?:date|created)|dcterms\W(?:created|date)"
    r"|sailthru\.date|release_?date|^(?:display)?date$"
)
_NO_DATES = re.compile(r"modif|updat|expir|revis|publisher|unpublish")
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\d+\w*/(?=http)")
_NO_NAME = re.compile(
    r"https?:|www\.|@|\d|^\W*$|^(?:by|admin|editor|staff|author|unknown|none|null)$|twitter|facebook|follow|newsletter",
    re.IGNORECASE,
)
_BYLINES = (
    "//*[@itemprop='author']//*[@itemprop='name']|//*[@itemprop='author'][not(.//*[@itemprop='name'])]",
    "//*[@rel='author']|//*[contains(concat(' ',normalize-space(@class),' '),' author-name ')]",
    "//*[contains(@class,'byline') or contains(@class,'Byline')]",
    "//a[contains(@href,'/author/') or contains(@href,'/auteur/') or contains(@href,'/autor')]",
    "//*[self::span or self::p or self::div or self::li][contains(@class,'author') or contains(@class,'Author')]",
)
_LONGEST_BYLINE, _MOST_BYLINES = 100, 5
# What divides a headline from the outlet behind it.
_DIVIDER = re.compile(r"\s+[|\-–—·•»:]+\s+|\s*\|\s*")


def facts(tree: "HtmlElement", address: str = "") -> tuple[dict[str, object], str, str]:
    """The fields of a page's article but its text, and what JSON-LD has of that: whole, or a live blog's entries."""
    meta = _meta(tree)
    found = json_ld.things(tree)
    here = _address(tree, meta) or address
    shown = _heading(tree)
    article = json_ld.article_among(found, here, " ".join([shown, *_texts(tree, "title"), *_said(meta, _TITLES)]))
    outlet = _outlet(article, found, meta)
    fields: dict[str, object] = {
        "title": _title(
            [str(article.get("headline") or ""), *_said(meta, _TITLES), shown, *_texts(tree, "title")], outlet
        ),
        "authors": _people(tree, article, found, meta, outlet),
        "source": outlet,
        "url": here or next(json_ld.addresses(article), ""),
        "published": published(tree, here, list(_dates(meta, article)), [_stated(thing) for thing in found]),
    }
    body = article.get("articleBody")
    said = {name: value for name, value in fields.items() if value}
    return said, body if isinstance(body, str) else "", json_ld.updates_of(article)


def _meta(tree: "HtmlElement") -> dict[str, str]:
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if content := " ".join((element.get("content") or "").split()):
            said.setdefault(name.strip().lower(), content)
    return said


def _said(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _texts(tree: "HtmlElement", *tags: str) -> list[str]:
    return [words for element in tree.iter(*tags) if (words := " ".join(element.text_content().split()))]


def _heading(tree: "HtmlElement") -> str:
    """The first-level heading that shares most words with the page's title; others name the outlet or a menu."""
    title = set(" ".join(_texts(tree, "title")).casefold().split())
    headings = _texts(tree, "h1")
    return max(headings, key=lambda words: len(title & set(words.casefold().split())), default="")


def _address(tree: "HtmlElement", meta: dict[str, str]) -> str:
    """The address that the page calls its own, of the site itself where the Wayback Machine kept it; not a homepage."""
    stated = [*tree.xpath("//link[@rel='canonical']/@href"), meta.get("og:url", "")]
    own = [_ARCHIVED.sub("", address.strip()) for address in stated if address.strip()]
    return next((address for address in own if re.search(r"//[^/]+/.", address)), own[0] if own else "")


def _outlet(article: json_ld.Thing, found: list[json_ld.Thing], meta: dict[str, str]) -> str:
    named = [*json_ld.names_of(article.get("publisher"), found), *_said(meta, _OUTLETS), *json_ld.outlets(found)]
    return next((name.lstrip("@") for name in named if not name.startswith("http")), "")


def _title(titles: list[str], outlet: str) -> str:
    title = next(filter(str.strip, titles), "")
    parts = _DIVIDER.split(title)
    if len(parts) > 1:
        shorter = title[: title.rindex(parts[-1])].rstrip(" |-–—·•»:\u00a0")
        if parts[-1].casefold() == outlet.casefold() or any(shorter == other for other in titles[1:]):
            return _title([shorter, *titles[1:]], outlet)
    return title


def _people(
    tree: "HtmlElement", article: json_ld.Thing, found: list[json_ld.Thing], meta: dict[str, str], outlet: str
) -> list[str]:
    """Those who wrote the article, from the first place that names people and not the outlet alone."""
    places = [json_ld.names_of(article.get(role), found) for role in ("author", "creator")]
    places += [[name] for name in _said(meta, _AUTHORS)]
    places += [list(_bylines(tree, path))[:_MOST_BYLINES] for path in _BYLINES]
    named = [[name for name in names if not _NO_NAME.search(name)] for names in places]
    people = ([name for name in names if name.casefold() != outlet.casefold()] for names in named)
    # Many outlets sign for their own agency and desk reports.
    return next((names for names in (*people, *named[:2]) if names), [])


def _bylines(tree: "HtmlElement", path: str) -> Iterator[str]:
    for element in tree.xpath(path):
        words = " ".join(" ".join(element.itertext()).split()) or element.get("content") or ""
        if words and len(words) <= _LONGEST_BYLINE:
            yield words


def _dates(meta: dict[str, str], article: json_ld.Thing) -> Iterator[Dated]:
    for name, content in meta.items():
        if _DATES.search(name) and not _NO_DATES.search(name):
            yield Dated(content, "meta element")
    yield _stated(article)


def _stated(thing: json_ld.Thing) -> Dated:
    return Dated(thing.get("datePublished"), "JSON-LD")
