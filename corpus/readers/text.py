"""Plain text and Markdown: one article a file, its headline first."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import yaml

from corpus.names import by_field
from corpus.readers.record import Record, Source

# The lines that may stand under the headline of a plain text, "Date: 2016-06-17".
_HEADER_LINE = re.compile(r"(?P<name>date|published|source|by|author|authors|url)\s*:\s*(?P<value>\S.*)", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# The line of "=" or "-" under a headline.
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_HEADING = re.compile(r"\A\s*#{1,6}\s+(?P<title>[^\n]+?)\s*#*\s*(?:\n|\Z)")
# How YAML says that there is nothing.
_NOTHING = ("", "~", "null", "Null", "NULL")
# A first line beyond this is a paragraph, not a headline.
_LONGEST_HEADLINE = 200


def read_text(source: Source) -> Iterator[Record]:
    """A plain text: the headline, header lines if there are any, then the article."""
    yield Record(fields=plain_fields(source.text(), source.path))


def read_markdown(source: Source) -> Iterator[Record]:
    """Markdown: front matter in YAML if there is some, else a heading, else the first line as the headline."""
    text = source.text().replace("\r\n", "\n")
    try:
        fields, text = _front_matter(text)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        reason = f"the front matter is not YAML ({_first_line(error)}); put quotes round values with a colon"
        yield Record(reason=reason)
        return
    if by_field(fields).get("title"):
        fields |= {"text": text}
    elif heading := _HEADING.match(text):
        fields |= {"title": heading["title"], "text": text[heading.end() :]}
    else:
        fields |= plain_fields(text, source.path)
    yield Record(fields=fields)


def plain_fields(text: str, path: str) -> dict[str, object]:
    """Headline, header lines and text of a plain text; the headline is the file's name where none stands there."""
    lines = text.strip().splitlines()
    if not lines:
        return {"text": ""}
    if len(lines[0]) > _LONGEST_HEADLINE or len(lines) == 1:
        return {"title": _title_of_path(path), "text": text}
    fields: dict[str, object] = {"title": lines[0]}
    first = 2 if _UNDERLINE.fullmatch(lines[1].strip()) else 1
    while first < len(lines) and not lines[first].strip():
        first += 1
    while first < len(lines) and (header := _HEADER_LINE.fullmatch(lines[first].strip())):
        fields[header["name"].lower()] = header["value"]
        first += 1
    return {**fields, "text": "\n".join(lines[first:])}


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    """The fields of the front matter, and the text below it; no fields where there is none.

    Values stay words as they are written, "No", "007" and dates too. Raises yaml.YAMLError, or what a scalar or a
    nesting beyond all bounds makes of it.
    """
    matter = _FRONT_MATTER.match(text)
    if not matter:
        return {}, text
    loaded = yaml.load(matter["yaml"], Loader=yaml.BaseLoader) or {}
    if not isinstance(loaded, dict):
        # Two rules, with anything between them.
        return {}, text
    return {str(name): value for name, value in loaded.items() if value not in _NOTHING}, text[matter.end() :]


def _title_of_path(path: str) -> str:
    return re.sub(r"[-_\s]+", " ", PurePosixPath(path).name.split(".")[0]).strip().capitalize()


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]
