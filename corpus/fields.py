"""From a record's fields, whatever they are called, to an Article."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.article import Article
from corpus.cleaning import clean_line, clean_text, without_repeated_headline
from corpus.datelines import dateline
from corpus.dates import parse_date
from corpus.names import FIELD_NAMES, by_field
from corpus.readers import Record
from corpus.urls import canonical_url

# Longer than any article: the longest novels have three million characters.
_LONGEST_TEXT = 5_000_000


class NoArticleError(ValueError):
    """A record that gives no article; the message says why, in words for the report."""


class UnknownFieldsError(NoArticleError):
    """A record in which no field is known to hold the text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are to be understood: the names that some fields have here, whether 6/7/2016 is 7 June, the encoding.

    `charset` is the label of the encoding of files that are no UTF-8 and do not say what they are.
    """

    own_names: Mapping[str, str] = field(default_factory=dict)
    month_first: bool = False
    charset: str = ""


def article_from(record: Record, path: str, reading: Reading) -> Article:
    """The article that a record of the file at `path` gives; NoArticleError when it has no text.

    An agency's dateline, "PARIS, June 17, 2016 (AP) —", names outlet and day where no field does. Identity is the
    content's: the canonical url where there is one, else the path, in a file of several records with the record's own
    id, or without one the first 12 digits of its title's digest.
    """
    values = by_field(record.fields, reading.own_names)
    if "text" not in values:
        names = ", ".join(sorted(clean_line(str(name)) for name in record.fields)) or "none"
        message = (
            f"no field holds the text (fields here: {names}); call it one of: {', '.join(FIELD_NAMES['text'])};"
            " or say which it is: --field text=NAME"
        )
        raise UnknownFieldsError(message)
    title = clean_line(_words(values.get("title")))
    written = _words(values["text"])
    if len(written) > _LONGEST_TEXT:
        message = f"a text of {len(written):,} characters, more than any article has; divide it"
        raise NoArticleError(message)
    text = without_repeated_headline(title, clean_text(written))
    if not text:
        message = "no text"
        raise NoArticleError(message)
    url = clean_line(_words(values.get("url")))
    opening = dateline(text)
    return Article(
        id=_id_of_url(url) or _id_in_file(record, path, clean_line(_words(values.get("id"))), title),
        title=title,
        text=text,
        source=clean_line(_words(values.get("source"))) or opening.agency,
        published=parse_date(values.get("published"), month_first=reading.month_first) or opening.published,
        authors=_names(values.get("authors")),
        url=url,
        path=path,
    )


def _words(value: object) -> str:
    """A field's words: a list of paragraphs is joined, an object gives its name, nothing gives an empty string."""
    if isinstance(value, Mapping):
        return _words(value.get("name") or value.get("title") or value.get("text"))
    if isinstance(value, list | tuple):
        return "\n\n".join(words for item in value if (words := _words(item)))
    return "" if value is None else str(value)


def _names(value: object) -> tuple[str, ...]:
    """The people of a byline: "By Ann Lee and Bo Ray" and ["Ann Lee", "Bo Ray"] both give two names."""
    if isinstance(value, list | tuple):
        return tuple(name for item in value if (name := clean_line(_words(item))))
    words = clean_line(_words(value))
    if words[:3].casefold() == "by ":
        words = words[3:]
    separated = words.replace(" and ", ",").replace(" & ", ",").replace(";", ",")
    return tuple(name for part in separated.split(",") if (name := part.strip()))


def _id_of_url(url: str) -> str:
    """The canonical address; empty for words that stand where there is none, "N/A" or "unknown"."""
    return canonical_url(url) if "." in url or ":" in url else ""


def _id_in_file(record: Record, path: str, own_id: str, title: str) -> str:
    if record.number is None:
        return path
    return f"{path}#{own_id or hashlib.sha256(title.encode()).hexdigest()[:12]}"
