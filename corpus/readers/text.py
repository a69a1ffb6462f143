"""Plain text and Markdown: one article a file, its headline first."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import yaml

from corpus.readers.record import Record, Source

# The lines that may stand under the headline of a plain text, "Date: 2016-06-17".
_HEADER_LINE = re.compile(r"(?P<name>date|published|source|by|author|authors|url)\s*:\s*(?P<value>\S.*)", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"\A\s*#{1,6}\s+(?P<title>[^\n]+?)\s*#*\s*(?:\n|\Z)")
# A first line beyond this is a paragraph, not a headline.
_LONGEST_HEADLINE = 200


def read_text(source: Source) -> Iterator[Record]:
    """A plain text: the headline, header lines if there are any, then the article."""
    yield Record(fields=_plain_fields(source.text(), source.path))


def read_markdown(source: Source) -> Iterator[Record]:
    """Markdown: front matter in YAML if there is some, else a heading, else the first line as the headline."""
    text = source.text().replace("\r\n", "\n")
    fields: dict[str, object] = {}
    if matter := _FRONT_MATTER.match(text):
        try:
            loaded = yaml.safe_load(matter["yaml"])
        except (yaml.YAMLError, ValueError) as error:
            yield Record(
                reason=f"the front matter is not YAML ({_first_line(error)}); put quotes round values with a colon"
            )
            return
        fields = {str(name): value for name, value in loaded.items()} if isinstance(loaded, dict) else {}
        text = text[matter.end() :]
    if heading := _HEADING.match(text):
        fields.setdefault("title", heading["title"])
        text = text[heading.end() :]
    yield Record(
        fields={**fields, "text": text} if "title" in fields else {**fields, **_plain_fields(text, source.path)}
    )


def _plain_fields(text: str, path: str) -> dict[str, object]:
    lines = text.strip().splitlines()
    if not lines:
        return {"text": ""}
    if len(lines[0]) > _LONGEST_HEADLINE or len(lines) == 1:
        return {"title": _title_of_path(path), "text": text}
    fields: dict[str, object] = {"title": lines[0]}
    rest = lines[1:]
    while rest and not rest[0].strip():
        rest = rest[1:]
    while rest and (header := _HEADER_LINE.fullmatch(rest[0].strip())):
        fields[header["name"].lower()] = header["value"]
        rest = rest[1:]
    return {**fields, "text": "\n".join(rest)}


def _title_of_path(path: str) -> str:
    return re.sub(r"[-_\s]+", " ", PurePosixPath(path).name.split(".")[0]).strip().capitalize()


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]
