"""Markdown: one article a file; front matter in YAML or TOML says what the article is."""

import re
import tomllib
from collections.abc import Iterator

import yaml

from corpus.names import by_field
from corpus.readers.record import Record, Source
from corpus.readers.text import plain_fields, under_headline

_MATTER = re.compile(
    r"\A(?P<fence>---|\+\+\+)[ \t]*\n(?P<matter>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
# What people write who do not know that a colon needs quotes: "title: Bridge closed: cracks found".
_PAIR = re.compile(r"(?P<name>[\w-]+)[ \t]*:[ \t]+(?P<value>[^\s\[{&*!|>'\"%@`].*)")
_HEADING = re.compile(r"\A\s*#{1,6}[ \t]+(?P<title>[^\n]+)")
# How YAML says that there is nothing.
_NOTHING = ("", "~", "null", "Null", "NULL")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]*)\]\]")
_MARKS = [
    (re.compile(pattern, re.MULTILINE | re.IGNORECASE), instead)
    for pattern, instead in (
        (r"!\[[^\[\]\n]*\]\([^()\n]*\)|!\[\[[^\[\]\n]*\]\]", ""),
        (r"^\[(?:read|continue|see also|more)\b[^\[\]\n]*\]\([^()\n]*\)[ \t]*$", ""),
        (r"^[ \t]{0,3}(?:```|~~~).*$", ""),
        (r"^[ \t]{0,3}#{1,6}[ \t]+", ""),
        (r"^[ \t]{0,3}>(?:[ \t]?>)*[ \t]?", ""),
        (r"^[ \t]{0,3}(?:[-*_][ \t]*){3,}$", ""),
        (r"^([ \t]*)[*+-][ \t]+(?=\S)", r"\1• "),
        (r"^[ \t]{0,3}\[[^\[\]\n]+\]:[ \t].*$", ""),
        (r"\[\^[^\[\]\n]+\]", ""),
        (_WIKI_LINK.pattern, r"\1"),
        (r"\[([^\[\]\n]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|\[[^\[\]\n]*\])", r"\1"),
        (r"(?<![\w*\\])(\*{1,3})(?=[^\s*])([^*\n]*[^\s*\\])\1(?![\w*])", r"\2"),
        (r"(?<![\w\\])(_{1,3})(?=[^\s_])([^_\n]*[^\s_\\])\1(?!\w)", r"\2"),
        (r"`([^`\n]+)`", r"\1"),
        (r"~~([^~\n]+)~~", r"\1"),
        (r"\\([\\`*_{}\[\]()#+.!>~|-])", r"\1"),
    )
]


def read_markdown(source: Source) -> Iterator[Record]:
    """The fields of the front matter, else a heading, else the first line as the headline; the text without marks."""
    text = source.text().replace("\r\n", "\n")
    try:
        fields, text = _front_matter(text)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        words = " ".join(str(error).split())[:120]
        kind = "TOML" if isinstance(error, tomllib.TOMLDecodeError) else "YAML"
        reason = f"the front matter is not {kind} ({words}); put quotes round values with a colon"
        yield Record(reason=reason)
        return
    heading = _HEADING.match(text)
    if by_field(fields).get("title"):
        fields |= {"text": _unmarked(text)}
    elif heading:
        said, text = under_headline(_unmarked(text[heading.end() :]))
        fields = said | fields | {"title": _unmarked(heading["title"].rstrip(" \t#")), "text": text}
    else:
        fields |= plain_fields(_unmarked(text), source.path)
    yield Record(fields=fields)


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    """The fields of the front matter, with values as they are written ("007"), and the text below it."""
    found = _MATTER.match(text)
    matter = found["matter"] if found else ""
    loaded = tomllib.loads(matter) if found and found["fence"] == "+++" else _loaded(_WIKI_LINK.sub(r"\1", matter))
    if not found or not isinstance(loaded, dict):  # Without, or two rules with anything between them.
        return {}, text
    fields = {str(name): value for name, value in loaded.items() if str(value) not in _NOTHING}
    return fields, text[found.end() :]


def _loaded(matter: str) -> object:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(matter)):
            message = "it has aliases, which are not read"  # Some hundred bytes of them unfold to gigabytes.
            raise yaml.YAMLError(message)
        return yaml.load(matter, Loader=yaml.BaseLoader) or {}
    except yaml.YAMLError:
        pairs = [_PAIR.fullmatch(line.strip()) for line in matter.split("\n") if line.strip()]
        if not pairs or not all(pairs):
            raise
        return {pair["name"]: pair["value"].strip() for pair in pairs if pair}


def _unmarked(text: str) -> str:
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return text
