"""What a page says in JSON-LD: which of the things it describes is its article, and what is said of that."""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from corpus.urls import canonical_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Thing = Mapping[str, Any]

_ARTICLE = re.compile(r"Article$|^BlogPosting$|^LiveBlogPosting$|^Report$")
_OUTLET = re.compile(r"Organi[sz]ation$|^Corporation$|^Newspaper$")
# Where a thing holds others that are the page's own; "mentions" and "hasPart" lead to other pages.
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed")
# Scripts wrap what they hold in comments that JSON knows nothing of.
_WRAPPING = re.compile(
    r"^\s*(?:/[/*])?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?:/[/*])?\s*(?:\]\]>|-->)\s*(?:\*/)?\s*$|;\s*$"
)
_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')


def things(tree: "HtmlElement") -> list[Thing]:
    """All that the page describes in JSON-LD, in its order; of JSON that is broken, what it says of a date."""
    found: list[Thing] = []
    for script in tree.iter("script"):
        if not (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            continue
        text = _WRAPPING.sub("", script.text or "")
        try:
            found += _within(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            found += [{"datePublished": day} for day in _DATE.findall(text)[:1]]
    return found


def article_among(found: list[Thing], address: str, title: str) -> Thing:
    """The article that the page is about: of its own address, else of its own title, else the first; or nothing."""
    articles = [thing for thing in found if _is(thing, _ARTICLE)]
    here = canonical_url(address)
    own = next((thing for thing in articles if here and here in map(canonical_url, addresses(thing))), None)
    named = next((thing for thing in articles if len(str(thing.get("headline", ""))) > 1
                  and str(thing["headline"]).casefold() in title.casefold()), None)  # fmt: skip
    return own or named or (articles[0] if articles else {})


def names_of(value: object, found: list[Thing]) -> list[str]:
    """The names of people or outlets, which may stand elsewhere on the page under their `@id`."""
    if isinstance(value, list):
        return [name for item in value for name in names_of(item, found)]
    if isinstance(value, str):
        return [value] if value.strip() else []
    if not isinstance(value, dict):
        return []
    whole = " ".join(str(value[part]) for part in ("givenName", "familyName") if value.get(part))
    if name := value.get("name") or whole:
        return names_of(name, found)
    same = (
        thing for thing in found if thing is not value and thing.get("@id") == value.get("@id") and thing.get("name")
    )
    return next((names_of(thing["name"], found) for thing in same if "@id" in value), [])


def outlets(found: list[Thing]) -> list[str]:
    """The names of all organisations that the page describes."""
    return [name for thing in found if _is(thing, _OUTLET) for name in names_of(thing.get("name"), found)]


def updates_of(thing: Thing) -> str:
    """The text of all entries of a live blog, the oldest first."""
    entries = [entry for entry in _listed(thing.get("liveBlogUpdate")) if isinstance(entry, dict)]
    entries.sort(key=lambda entry: str(entry.get("datePublished", "")))
    texts = [str(entry.get(name) or "").strip() for entry in entries for name in ("headline", "articleBody")]
    return "\n\n".join(filter(None, texts))


def _within(content: object) -> Iterator[Thing]:
    waiting = deque([content])
    while waiting:
        thing = waiting.popleft()
        if isinstance(thing, list):
            waiting.extend(thing)
        elif isinstance(thing, dict):
            yield thing
            waiting.extend(thing.get(name) for name in _HOLDERS)
            # Described in place, and named elsewhere by its `@id`.
            waiting.extend(
                value for value in thing.values() if isinstance(value, dict) and len(value) > 1 and "@id" in value
            )


def _is(thing: Thing, kind: re.Pattern[str]) -> bool:
    return any(kind.search(str(name)) for name in _listed(thing.get("@type")))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def addresses(thing: Thing) -> Iterator[str]:
    """Those that are said to be a thing's own."""
    for name in ("url", "mainEntityOfPage", "@id"):
        value = thing.get(name)
        value = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(value, str) and value.startswith("http"):
            yield value
