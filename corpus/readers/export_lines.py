"""What the exports of all databases are read with: blocks of lines, labels, days, bylines."""

import re
from collections.abc import Mapping, Sequence

from corpus.dates import parse_date

Fields = dict[str, object]
Labels = Mapping[str, tuple[str, ...]]

RIGHTS = re.compile(r"(?:copyright|©|\(c\))|all rights reserved|alle rechte vorbehalten|tous droits", re.IGNORECASE)
_LABEL = re.compile(r"(?P<name>[^\W\d_][\w /&-]{1,40}?)\s*:\s*(?P<value>.*)", re.DOTALL)
BY = re.compile(r"(?:by|von|par|por|di|door|av)\s+(?=\S)", re.IGNORECASE)
_LONGEST_DATE = 60


def blocks(lines: Sequence[str]) -> list[list[str]]:
    """Lines by the blank ones between them."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def is_date(line: str) -> bool:
    """Whether a line is a day, and neither a sentence nor a label that names one."""
    labelled = re.match(r"[^\W\d_][^\d:]*:", line)
    return not labelled and len(line) <= _LONGEST_DATE and parse_date(line) is not None


def label(line: str, labels: Labels) -> tuple[str, str] | None:
    """Our name for a label that a line begins with, "" where we have none, and its value; None without a label."""
    found = _LABEL.fullmatch(line)
    name = found["name"].strip().casefold() if found else ""
    return next(((ours, found["value"]) for ours, names in labels.items() if found and name in names), None)


def without_by(words: str) -> str:
    """A byline without "By" in front."""
    words = words.strip()
    by = BY.match(words)
    return words[by.end() :] if by else words
