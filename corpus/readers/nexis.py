"""Stories of Nexis, and what lines of all exports have in common.

The older form: outlet, day, headline, labels, text, labels. Nexis Uni: headline, outlet, day, labels, "Body", text,
labels.
"""

import itertools
import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from corpus.dates import parse_date

Fields = dict[str, object]

RIGHTS = re.compile(r"(?:copyright|©|\(c\))|all rights reserved|alle rechte vorbehalten|tous droits", re.IGNORECASE)
_LABELS = tomllib.loads(files("corpus.readers").joinpath("exports.toml").read_text("utf-8"))
_LABEL = re.compile(r"(?P<name>[^\W\d_][\w /&-]{1,40}?)\s*:\s*(?P<value>.*)", re.DOTALL)
_LONGEST_DATE = 60
# In so many lines at the top stands what a story says of itself; a day further down is one that its text names.
MOST_HEAD_LINES = 100
_BODY, _TAIL = ("|".join(_LABELS["nexis lines"][name]) for name in ("body", "tail"))
_IS_BODY = re.compile(rf"(?:{_BODY}):*", re.IGNORECASE)
_IS_TAIL = re.compile(rf"(?:{_TAIL})(?::.*)?|(?:Copyright|COPYRIGHT) (?:\d{{4}}|©).*")
_EDITION = re.compile(r"\bedition\b|\bausgabe\b|^(?:final|late|early|first|main|national)\b", re.IGNORECASE)


def is_date(line: str) -> bool:
    """Whether a line is a day, and neither a sentence nor a label that names one."""
    labelled = re.match(r"[^\W\d_][^\d:]*:", line)
    return not labelled and len(line) <= _LONGEST_DATE and parse_date(line) is not None


def labelled(line: str, database: str) -> tuple[str, str] | None:
    """Which field the label at a line's head stands for, as exports.toml says, and what stands behind it."""
    found = _LABEL.fullmatch(line) if ":" in line else None
    field = field_of(found["name"].strip().casefold(), database) if found else ""
    return (field, found["value"]) if found and field else None


def field_of(label: str, database: str) -> str:
    """The field that a label of a database stands for, "other" for none of ours; empty for what is no label."""
    return next((field for field, labels in _LABELS[database].items() if label in labels), "")


def read_nexis(story: str) -> Fields:
    """The fields of a story; without a headline or a text where these are not found."""
    lines = [line.replace("\xa0", " ") for line in story.split("\n")]
    spaced = any(not line.strip() for line in story.strip().split("\n"))  # In PDF blank lines are lost.
    alone = next((place for place, line in enumerate(lines) if _IS_BODY.fullmatch(line.strip())), None)
    said, head, first = _head(lines[:alone], spaced=spaced, whole=alone is not None)
    if alone is not None:
        first = alone + 1
    elif not first:
        first = _below_headline(lines)
        head = head[:first]
    last = next((place for place in range(first, len(lines)) if _IS_TAIL.fullmatch(lines[place].strip())), len(lines))
    fields: Fields = {"text": "\n".join(lines[first:last]).strip()}
    day = next((line for line in head[:MOST_HEAD_LINES] if is_date(line)), "")
    if day:
        place = head.index(day)
        before, after = _blocks(head[:place]), _blocks(head[place + 1 :])
        own = list(after.pop(0)) if after and head[place + 1] else []
        fields |= {"published": day} | _outlet_and_headline(before, own, after)
    for line in lines[last:]:
        if (found := labelled(line.strip(), "nexis")) and found[0] == "url":
            fields["url"] = found[1].strip()
    return fields | said


def _head(lines: list[str], *, spaced: bool, whole: bool) -> tuple[dict[str, str], list[str], int]:
    """What the labels at the head say, the lines there that have none, and the place below the last label.

    A label goes on to the next blank line where there are any. The first line behind one ends the head, but where it is
    known to be `whole`.
    """
    said: dict[str, list[str]] = {}
    head: list[str] = []
    name, end = None, 0
    for place, line in enumerate(map(str.strip, lines)):
        if found := labelled(line, "nexis"):
            said[found[0]] = [found[1]]
            name, end = found[0] if spaced else None, place + 1
        elif end and line and name is None and not whole:
            break
        elif line and name is not None and not RIGHTS.match(line):
            said[name].append(line)
            end = place + 1
        else:
            name = None
            head.append("" if RIGHTS.match(line) else line)
    said.pop("other", None)
    return {name: " ".join(words) for name, words in said.items()}, head, end


def _outlet_and_headline(before: list[list[str]], own: list[str], after: list[list[str]]) -> Fields:
    """Of the lines before the day, those under it, and the blocks below: the headline is last, or before the outlet."""
    own = [line for line in own if not _EDITION.search(line)]
    headline = " ".join(after[-1]) if after else " ".join(own)
    if headline:
        return {"source": " ".join(before[-1]) if before else "", "title": headline}
    lines = before[-1] if before and len(before[-1]) > 1 else [line for block in before[-2:] for line in block]
    return {"source": lines[-1] if lines else "", "title": " ".join(lines[:-1])}


def _below_headline(lines: list[str]) -> int:
    """The place below the headline, the first block below that of the day, in a story without labels."""
    top = enumerate(lines[:MOST_HEAD_LINES])
    day = next((place for place, line in top if is_date(line.strip())), len(lines))
    ends = [
        place for place in range(day, len(lines)) if lines[place].strip() and not "".join(lines[place + 1 : place + 2])
    ]
    return ends[1] + 1 if len(ends) > 1 else len(lines)


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    """The runs of lines that are not blank."""
    return [list(run) for said, run in itertools.groupby(map(str.strip, lines), bool) if said]
