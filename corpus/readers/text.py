"""Plain text: one article a file, its headline first; the exports of news databases hold many."""

import itertools
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from corpus.dates import parse_date
from corpus.names import FIELD_NAMES
from corpus.readers.exports import exported
from corpus.readers.printed import joined_words
from corpus.readers.record import Record, Source

# The lines that may stand above or under the headline, "Date: 2016-06-17".
_HEADER_LINE = re.compile(r"(?P<name>[^\W\d_][\w -]{1,30}?)[ \t]*:[ \t]*(?P<value>\S.{0,300})")
_KNOWN = frozenset(name for names in FIELD_NAMES.values() for name in names) - frozenset(FIELD_NAMES["text"])
_MOST_HEADER_LINES = 20
_BYLINE = re.compile(r"by[ \t]+(?P<names>[^\W\d_][^.!?:]{1,60})", re.IGNORECASE)
# In other languages such words begin sentences and subheads as well: only before whole names.
_NAME = r"(?:[^\W\d_a-zß-ÿ][\w.'’-]*(?:[ \t]+|$)){2,4}"
_BYLINE_ELSEWHERE = re.compile(rf"(?:Von|Por|Par|Di)[ \t]+(?P<names>{_NAME}(?:(?:und|y|et|e)[ \t]+{_NAME})?)")
_DAY_LINE = re.compile(
    r"(?:(?:first )?published|posted|updated)?[ \t:]*(?:on|at)?[ \t]*(?P<day>.*\d.*)(?<![.!?])", re.I
)
_LONGEST_DAY = 40
# What a page says round its article, where it was copied as text.
_MENU_LINE = re.compile(
    r"(?:skip|jump) to (?:main )?(?:content|navigation)|menu|home|search|share(?: this)?|sign in|log ?in|subscribe"
    r"|facebook|twitter|email|print|advertisement",
    re.IGNORECASE,
)
# The line of "=" or "-" under a headline.
_UNDERLINE = re.compile(r"={3,}|-{3,}")
# A headline goes on over so many lines.
_MOST_HEADLINES = 4
# A first line beyond this is a paragraph, not a headline.
_LONGEST_HEADLINE = 200


def read_text(source: Source) -> Iterator[Record]:
    """A plain text: the headline, header lines if there are any, then the article; or the stories of an export."""
    yield from text_records(source.text(), source.path)


def read_story(source: Source) -> Iterator[Record]:
    """A story of the CNN and Daily Mail collection, which has no headline, without the highlights below it."""
    yield Record(fields={"text": source.text().partition("\n@highlight")[0]})


def text_records(text: str, path: str) -> Iterator[Record]:
    """The stories of an export, else the one article that a plain text is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    stories = exported(text)
    yield from [Record(fields=plain_fields(joined_words(text), path))] if stories is None else stories


def plain_fields(text: str, path: str) -> dict[str, object]:
    """Headline, header lines and text of a plain text; the headline is the file's name where none stands there."""
    menu = itertools.dropwhile(lambda line: not line.strip() or _MENU_LINE.fullmatch(line.strip()), text.splitlines())
    lines = "\n".join(menu).strip().split("\n")
    fields, lines = _header(lines)
    if "title" not in fields and "headline" not in fields:
        if not lines or len(lines[0]) > _LONGEST_HEADLINE or len(lines) == 1:
            name = re.sub(r"[-_\s]+", " ", PurePosixPath(path).name.split(".")[0]).strip().capitalize()
            return {"title": name, **fields, "text": "\n".join(lines)}
        underlined = len(lines) > 1 and _UNDERLINE.fullmatch(lines[1].strip())
        fields["title"], lines = _whole_headline(lines[0], lines[2 if underlined else 1 :])
    said, text = under_headline("\n".join(lines))
    return {**said, **fields, "text": text}


def under_headline(text: str) -> tuple[dict[str, object], str]:
    """What the lines below a headline say of the article, and the text below them.

    They are header lines, "Date: 2016-06-17", a byline, "By Ann Lee", a day, "Published 17 June 2016", or these in one,
    "By Ann Lee | The Port Herald | June 17, 2016".
    """
    fields: dict[str, object] = {}
    lines = text.strip().split("\n")
    while True:
        header, below = _header(lines, fewest=1)
        said = header or (_said(lines[0]) if len(lines) > 1 else None)
        if said is None or said.keys() & fields.keys():
            return fields, "\n".join(lines)
        fields |= said
        lines = below if header else _below(lines[1:])


def _whole_headline(first: str, lines: list[str]) -> tuple[str, list[str]]:
    """The headline, and the lines below it: above a byline or a day it goes on where lines begin in small letters."""
    goes_on = next((place for place, line in enumerate(lines[:_MOST_HEADLINES]) if not line[:1].islower()), 0)
    if goes_on and _said(lines[goes_on]):
        return " ".join([first, *lines[:goes_on]]), lines[goes_on:]
    return first, lines


def _header(lines: list[str], fewest: int = 2) -> tuple[dict[str, object], list[str]]:
    """The fields of header lines that stand together at the top, and the lines below.

    At least `fewest`, or a title, are needed for a header, and one name at least that is known; the others go with it.
    """
    headers = itertools.takewhile(bool, (_HEADER_LINE.fullmatch(line.strip()) for line in lines[:_MOST_HEADER_LINES]))
    found = [(header["name"].lower().replace(" ", "_"), header["value"]) for header in headers if header]
    while found and found[-1][0] not in _KNOWN:
        found.pop()  # A first sentence may hold a colon as well.
    titled = any(name in ("title", "headline") for name, _ in found)
    # "Correction: A memo" is a headline, though header lines stand under it.
    headline_first = fewest > 1 and bool(found) and found[0][0] not in _KNOWN
    if not found or (not titled and (headline_first or len(found) < fewest)):
        return {}, lines
    return dict(reversed(found)), _below(lines[len(found) :])


def _said(line: str) -> dict[str, object] | None:
    """The fields of a line with a byline, a day, or both and an outlet between bars; None for any other line."""
    parts = [part.strip() for part in line.strip().split(" | ")]
    fields: dict[str, object] = {}
    for part in parts:
        if found := _BYLINE.fullmatch(part) or _BYLINE_ELSEWHERE.fullmatch(part):
            fields["authors"] = found["names"]
        elif len(part) <= _LONGEST_DAY and (day := _DAY_LINE.fullmatch(part)) and parse_date(day["day"]):
            # "Published 17 June | Updated 19 June": the day of an update only where there is no other.
            is_update = part.casefold().startswith("updated")
            fields = {"published": part, **fields} if is_update else {**fields, "published": part}
        elif len(parts) > 1 and "source" not in fields:
            fields["source"] = part
        elif not _MENU_LINE.fullmatch(part):
            return None
    return None if len(parts) > 1 and fields.keys() == {"source"} else fields


def _below(lines: list[str]) -> list[str]:
    return lines[next((place for place, line in enumerate(lines) if line.strip()), len(lines)) :]
