"""From a record's fields, whatever they are called, to an Article."""

import ast
import contextlib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from corpus.article import Article
from corpus.bylines import people
from corpus.cleaning import clean_line, clean_text, without_repeated_headline
from corpus.datelines import Dateline, dateline
from corpus.dates import day_in_address, day_in_path, order_of, parse_date
from corpus.message import Message
from corpus.names import FIELD_NAMES, says_nothing, values_of
from corpus.readers.record import Dated, Record, UnreadableError, not_published
from corpus.urls import canonical_url

# Longer than any article: the longest novels have three million characters.
_LONGEST_TEXT = 5_000_000
_LONGEST_NAME, _NAMES_SHOWN = 40, 5
# What an object calls the words that it is there for: WordPress, the New York Times, XML made JSON, and others.
_WORDS_OF = ("rendered", "name", "title", "text", "content", "main", "original", "value", "html", "plain", "paragraphs",
             "body", "#text", "$t", "_")  # fmt: skip
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2})?")
# What pieces of a list of paragraphs are not the text.
_NO_TEXT = frozenset(
    ("title", "headline", "kicker", "image", "img", "video", "byline", "author_info", "date", "gallery")
)
# Where content systems and agencies say what did not appear or was withdrawn ("stat:canceled"), and how.
_STATUS = frozenset(("status", "post_status", "pubstatus", "pub_status", "management_status"))
_NOT_PUBLISHED = frozenset(("draft", "auto-draft", "pending", "private", "trash", "withheld", "canceled", "cancelled"))
# A list that some program wrote as words: "['Ann Lee', 'Bo Ray']".
_LIST = re.compile(r"\s*\[\s*['\"].*['\"]\s*(?:,\s*)?\]\s*", re.DOTALL)
_LONGEST_LIST = 1_000_000
# The end of a text that NewsAPI cuts off.
_STUB = re.compile(r"\s*\[\+\d+ chars\]\s*\Z")
# Fragments that lead to a place on the page of one article; others may be articles of their own.
_SAME_PAGE = re.compile(r"#(?:top|content|main\w*|comments?\w*|respond|:~:.*)?", re.IGNORECASE)
_LONGEST_ADDRESS = 2048
_FIRST_PAGE = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?")
_OUTLET_BEHIND = re.compile(r"\s+[-–—|·]\s+")


class UnknownFieldsError(UnreadableError):
    """A record in which no field is known to hold the text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are to be understood: the names that some fields have here, whether 6/7/2016 is 7 June, the encoding.

    `charset` is the label of the encoding of files that are no UTF-8 and do not say what they are.
    """

    own_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    month_first: bool = False
    charset: str = ""


def article_from(record: Record, path: str, reading: Reading) -> Article:
    """The article that a record of the file at `path` gives; UnreadableError when it has no text.

    An agency's dateline, "PARIS, June 17, 2016 (AP) —", names outlet and day where no field does; the last places for a
    day are the address and, of a file of one article, the path. Identity is the content's: the canonical url where
    there is one, else the path, in a file of several records with the record's own id, or without one the first 12
    digits of the digest of its title and text.
    """
    if record.reason:
        raise UnreadableError(record.reason)
    said = values_of(record.fields, reading.own_names)
    if status := _unpublished(record.fields):
        raise UnreadableError(not_published(status))
    if not said["text"]:
        here = ", ".join(sorted(clean_line(str(name))[:_LONGEST_NAME] for name in record.fields)) or "none"
        known = ", ".join(FIELD_NAMES["text"][:_NAMES_SHOWN])
        cure = f"call it one of: {known}; or say which it is: --field text=NAME"
        message = f"no field holds the text (fields here: {here}); {cure}"
        raise UnknownFieldsError(message)
    values = {field: found[0] for field, found in said.items() if found}
    title, source, url, given_id = (clean_line(_words(values.get(name))) for name in ("title", "source", "url", "id"))
    title = _without_outlet(title, source)
    written = _words(values["text"])
    if len(written) > _LONGEST_TEXT:
        message = f"a text of {len(written):,} characters, more than any article has; divide it"
        raise UnreadableError(message)
    text = clean_text(written)
    text = without_repeated_headline(title, _STUB.sub("", text) if text.endswith("chars]") else text)
    if not text:
        raise UnreadableError(Message("no text"))
    opening = dateline(text)
    filed = path if record.number is None else ""
    published, dated_by = _dated(said["published"], reading, opening, url, filed)
    own_id = given_id or hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:12]
    return Article(
        id=_id_of_url(url, record) or (path if record.number is None else f"{path}#{own_id}"),
        title=title,
        text=text,
        source=source or opening.agency,
        published=published,
        authors=_names(values.get("authors")),
        url=url,
        path=path,
        dated_by=dated_by,
    )


def _unpublished(fields: Mapping[str, object]) -> str:
    """The status of what did not appear; empty for all else."""
    said = (str(value).rpartition(":")[2].casefold() for name, value in fields.items() if name.casefold() in _STATUS)
    return next((status for status in said if status in _NOT_PUBLISHED), "")


def orders_of(record: Record, reading: Reading) -> set[str]:
    """How the numbers of its dates must be read, as `order_of` says; empty where no date has an order."""
    values = values_of(record.fields, reading.own_names)["published"]
    return {order_of(value.value if isinstance(value, Dated) else value) for value in values} - {""}


def _dated(values: list[object], reading: Reading, opening: Dateline, url: str, path: str) -> tuple[date | None, str]:
    """The day that an article was published, and what says so: the first of some values that is one, or its text."""
    for value in values:
        dated = value if isinstance(value, Dated) else Dated(value, "field")
        said = _words(dated.value) if isinstance(dated.value, Mapping | list) else dated.value
        if day := parse_date(said, month_first=reading.month_first):
            return day, dated.how
    if opening.published:
        return opening.published, "dateline"
    if day := day_in_address(url):
        return day, "address"
    day = day_in_path(path)
    return day, "path" if day else ""


def _words(value: object) -> str:
    """A field's words: a list of paragraphs is joined, an object gives its name, nothing gives an empty string."""
    if says_nothing(value):
        return ""
    if isinstance(value, Mapping):
        # One text in several languages: the first.
        by_language = value.keys() != {"id"} and all(_LANGUAGE.fullmatch(str(name)) for name in value)
        names = (*_WORDS_OF, *(list(value)[:1] if by_language else ()))
        return next(filter(None, (_words(value.get(name)) for name in names)), "")
    if isinstance(value, list | tuple):
        pieces = (item for item in value if not (isinstance(item, Mapping) and str(item.get("type")) in _NO_TEXT))
        return "\n\n".join(words for item in pieces if (words := _words(item)))
    listed = _listed(value)
    return str(value) if listed is None else _words(listed)


def _listed(value: object) -> list[object] | None:
    if isinstance(value, str) and len(value) <= _LONGEST_LIST and _LIST.fullmatch(value):
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            listed = ast.literal_eval(value.strip())
            return listed if isinstance(listed, list) else None
    return None


def _names(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list | tuple) else _listed(value)
    bylines = [clean_line(_words(item)) for item in ([value] if listed is None else listed)]
    return tuple(dict.fromkeys(name for byline in bylines for name in people(byline)))


def _without_outlet(title: str, source: str) -> str:
    """The headline without its outlet, which pages and exports put behind it: "Strikes urged - The Port Herald"."""
    *headline, last = _OUTLET_BEHIND.split(title)
    behind = headline and source and last.casefold() == source.casefold()
    return title[: -len(last)].rstrip(" -–—|·") if behind else title


def _id_of_url(url: str, record: Record) -> str:
    """The canonical address, as far as it is that of one article.

    Empty for words that stand where there is none, "N/A", for an outlet's first page, and where an article among others
    is a part of a page, "/live#story3".
    """
    canonical = canonical_url(url) if "." in url or ":" in url else ""
    part = url[url.find("#") :] if "#" in url else ""
    if record.number is not None and not _SAME_PAGE.fullmatch(part or "#"):
        return ""
    return "" if _FIRST_PAGE.fullmatch(canonical) or len(canonical) > _LONGEST_ADDRESS else canonical
