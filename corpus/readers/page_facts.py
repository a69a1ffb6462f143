"""What a page says of its article beside the text: headline, people, outlet, address and day; JSON-LD among it."""

import json
import re
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from corpus.readers.page_dates import published
from corpus.readers.record import Dated, Element
from corpus.urls import canonical_url

Thing = Mapping[str, Any]

_ARTICLE = re.compile(r"Article$|^BlogPosting$|^LiveBlogPosting$|^Report$")
_OUTLET = re.compile(r"Organi[sz]ation$|^Corporation$|^Newspaper$")
# Where a thing holds others that are the page's own; "mentions" and "hasPart" lead to other pages.
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed")
# Scripts wrap what they hold in comments that JSON knows nothing of.
_WRAPPING = re.compile(
    r"^\s*+(?:/[/*])?\s*+(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?:/[/*]\s*+)?(?:\]\]>|-->)\s*+(?:\*/)?\s*$|;\s*$"
)
_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
PAGES = tomllib.loads(files("corpus.readers").joinpath("pages.toml").read_text("utf-8"))
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
_LONGEST_BYLINE, _MOST_BYLINES = 100, 5
# What divides a headline from the outlet behind it.
_DIVIDER = re.compile(r"\s+[|\-–—·•»:]+\s+|\s*\|\s*")


def facts(tree: Element, address: str = "") -> tuple[dict[str, object], str, str]:
    """The fields of a page's article but its text, and what JSON-LD has of that: whole, or a live blog's entries."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if content := _one_line(element.get("content") or ""):
            meta.setdefault(name.strip().lower(), content)
    here = _own_address(tree, meta) or address
    titles = [*_said(meta, PAGES["titles"]), *_shown_titles(tree)]
    things = list(_things(tree))
    article = _article_among(things, here, " ".join(titles))
    by_id = {str(thing["@id"]): thing["name"] for thing in reversed(things) if thing.get("@id") and thing.get("name")}
    named = [*_names(article.get("publisher"), by_id), *_said(meta, PAGES["outlets"])]
    named += [name for thing in things if _is(thing, _OUTLET) for name in _names(thing.get("name"), by_id)]
    outlet = next((name.lstrip("@") for name in named if not name.startswith("http")), "")
    dates = [Dated(said, "meta element") for name, said in meta.items()
             if _DATES.search(name) and not _NO_DATES.search(name)]  # fmt: skip
    stated, *others = (Dated(thing.get("datePublished"), "JSON-LD") for thing in (article, *things))
    fields: dict[str, object] = {
        "title": _without_outlet([str(article.get("headline") or ""), *titles], outlet),
        "authors": _people(tree, article, by_id, meta, outlet),
        "source": outlet,
        "url": here or next(_addresses(article), ""),
        "published": published(tree, here, [*dates, stated], others),
    }
    body = article.get("articleBody")
    said = {name: value for name, value in fields.items() if value}
    return said, body if isinstance(body, str) else "", _updates(article)


def _said(meta: dict[str, str], names: Iterable[str]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _shown_titles(tree: Element) -> list[str]:
    """The first-level heading that shares most words with the page's title, as others name a menu; and that title."""
    titles, headings = ([_one_line(element.text_content()) for element in tree.iter(tag)] for tag in ("title", "h1"))
    words = set(" ".join(titles).casefold().split())
    heading = max(filter(None, headings), key=lambda heading: len(words & {*heading.casefold().split()}), default="")
    return list(filter(None, (heading, *titles)))


def _own_address(tree: Element, meta: dict[str, str]) -> str:
    """The address that the page calls its own, of the site itself where the Wayback Machine kept it; not a homepage."""
    stated = [*tree.xpath("//link[@rel='canonical']/@href"), meta.get("og:url", "")]
    own = [_ARCHIVED.sub("", address.strip()) for address in stated if address.strip()]
    return next((address for address in own if re.search(r"//[^/]+/.", address)), own[0] if own else "")


def _without_outlet(titles: list[str], outlet: str) -> str:
    """The first title, without the outlet behind it, or whatever stands there that another title lacks."""
    title = next(filter(str.strip, titles), "")
    parts = _DIVIDER.split(title)
    if len(parts) > 1:
        shorter = title[: title.rindex(parts[-1])].rstrip(" |-–—·•»:\u00a0")
        if parts[-1].casefold() == outlet.casefold() or shorter in titles[1:]:
            return _without_outlet([shorter, *titles[1:]], outlet)
    return title


def _people(tree: Element, article: Thing, by_id: Thing, meta: dict[str, str], outlet: str) -> list[str]:
    """Those who wrote the article, from the first place that names people and not the outlet alone."""
    places = [_names(article.get(role), by_id) for role in ("author", "creator")]
    places += [[name] for name in _said(meta, PAGES["authors"])]
    for path in PAGES["bylines"]:
        shown = [_one_line(" ".join(found.itertext())) or found.get("content") or "" for found in tree.xpath(path)]
        places.append([words for words in shown if words and len(words) <= _LONGEST_BYLINE][:_MOST_BYLINES])
    named = [[name for name in names if not _NO_NAME.search(name)] for names in places]
    people = ([name for name in names if name.casefold() != outlet.casefold()] for names in named)
    # Many outlets sign for their own agency and desk reports.
    return next((names for names in (*people, *named[:2]) if names), [])


# JSON-LD


def _things(tree: Element) -> Iterator[Thing]:
    """All that the page describes in JSON-LD, in its order; of JSON that is broken, what it says of a date."""
    for script in tree.iter("script"):
        if not (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            continue
        text = _WRAPPING.sub("", script.text or "")
        try:
            waiting = deque([json.loads(text, strict=False)])
        except (ValueError, RecursionError):
            yield from ({"datePublished": day} for day in _DATE.findall(text)[:1])
            continue
        while waiting:
            thing = waiting.popleft()
            if isinstance(thing, list):
                waiting.extend(thing)
            elif isinstance(thing, dict):
                yield thing
                waiting.extend(inner for name, inner in thing.items() if name in _HOLDERS or _is_described(inner))


def _is_described(value: object) -> bool:
    """Whether a thing is described in place, and named elsewhere by its `@id`."""
    return isinstance(value, dict) and value.keys() > {"@id"}


def _article_among(things: list[Thing], address: str, title: str) -> Thing:
    """The article that the page is about: of its own address, else of its own title, else the first; or nothing."""
    articles = [thing for thing in things if _is(thing, _ARTICLE)]
    here = canonical_url(address)
    own = (thing for thing in articles if here and here in map(canonical_url, _addresses(thing)))
    headlines = ((str(thing.get("headline", "")).casefold(), thing) for thing in articles)
    named = (thing for headline, thing in headlines if len(headline) > 1 and headline in title.casefold())
    return next((thing for found in (own, named, articles) for thing in found), {})


def _names(value: object, by_id: Thing) -> list[str]:
    """The names of people or outlets; who is given by an `@id` alone has the name that stands under it on the page."""
    if isinstance(value, list):
        return [name for item in value for name in _names(item, by_id)]
    if isinstance(value, str):
        return [value] if value.strip() else []
    if not isinstance(value, dict):
        return []
    whole = " ".join(str(value[part]) for part in ("givenName", "familyName") if value.get(part))
    if name := value.get("name") or whole:
        return _names(name, by_id)
    # One step: names that lead to others may lead back.
    return _names(by_id.get(str(value.get("@id"))), {})


def _updates(thing: Thing) -> str:
    """The text of all entries of a live blog, the oldest first."""
    entries = [entry for entry in _listed(thing.get("liveBlogUpdate")) if isinstance(entry, dict)]
    entries.sort(key=lambda entry: str(entry.get("datePublished", "")))
    texts = [str(entry.get(name) or "").strip() for entry in entries for name in ("headline", "articleBody")]
    return "\n\n".join(filter(None, texts))


def _is(thing: Thing, kind: re.Pattern[str]) -> bool:
    return any(kind.search(str(name)) for name in _listed(thing.get("@type")))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _addresses(thing: Thing) -> Iterator[str]:
    """Those that are said to be a thing's own."""
    for name in ("url", "mainEntityOfPage", "@id"):
        value = thing.get(name)
        value = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(value, str) and value.startswith("http"):
            yield value
