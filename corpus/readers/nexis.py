"""Stories of Nexis, and what lines of all exports have in common.

The older form: outlet, day, headline, labels, text, labels. Nexis Uni: headline, outlet, day, labels, "Body", text,
labels.
"""

import re
from collections.abc import Mapping, Sequence

from corpus.dates import parse_date

Fields = dict[str, object]

RIGHTS = re.compile(r"(?:copyright|©|\(c\))|all rights reserved|alle rechte vorbehalten|tous droits", re.IGNORECASE)
_LABEL = re.compile(r"(?P<name>[^\W\d_][\w /&-]{1,40}?)\s*:\s*(?P<value>.*)", re.DOTALL)
_LONGEST_DATE = 60
# How labels are called, in the languages that Nexis speaks.
_NEXIS = {
    "title": ("headline", "titre", "titel"),
    "authors": ("byline", "author", "autor", "auteur", "autore", "von"),
    "url": ("url",),
    "": ("section", "length", "dateline", "highlight", "series", "type", "column", "rubrik", "ressort", "rubrique",
         "länge", "longueur", "longitud", "lengte", "lunghezza", "sección", "sectie", "sezione", "body", "text"),
}  # fmt: skip
_BODY = ("body", "text", "volltext", "corps", "texte", "cuerpo")
_TAIL = re.compile(
    r"(?:LOAD-DATE|Load-Date|UPDATE|LANGUAGE|Language|SPRACHE|Sprache|LANGUE|Langue|IDIOMA|TAAL|LINGUA|PUBLICATION-TYPE"
    r"|Publication-Type|PUBLIKATIONSTYP|JOURNAL-CODE|Journal Code|GRAPHIC|Graphic|ACC-NO|SUBJECT|Subject|CLASSIFICATION"
    r"|Classification|CORRECTION-DATE|NOTES?|URL|TICKER|COMPANY|GEOGRAPHIC|PERSON|INDUSTRY|ORGANI[SZ]ATION|COUNTRY"
    r"|STATE|CITY|ZEITUNGS-CODE)(?::.*)?|(?:Copyright|COPYRIGHT) (?:\d{4}|©).*"
)
_EDITION = re.compile(r"\bedition\b|\bausgabe\b|^(?:final|late|early|first|main|national)\b", re.IGNORECASE)


def is_date(line: str) -> bool:
    """Whether a line is a day, and neither a sentence nor a label that names one."""
    labelled = re.match(r"[^\W\d_][^\d:]*:", line)
    return not labelled and len(line) <= _LONGEST_DATE and parse_date(line) is not None


def labelled(line: str, labels: Mapping[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """Which of our fields the label at a line's head stands for, "" for none of them, and what stands behind it."""
    found = _LABEL.fullmatch(line)
    name = found["name"].strip().casefold() if found else ""
    return next(((ours, found["value"]) for ours, names in labels.items() if found and name in names), None)


def read_nexis(story: str) -> Fields:
    """The fields of a story; without a headline or a text where these are not found."""
    lines = [line.replace("\xa0", " ") for line in story.split("\n")]
    spaced = any(not line.strip() for line in story.strip().split("\n"))  # In PDF blank lines are lost.
    alone = next((place for place, line in enumerate(lines) if line.strip().casefold().rstrip(":") in _BODY), None)
    first = alone + 1 if alone is not None else _after_labels(lines, spaced=spaced)
    last = next((place for place in range(first, len(lines)) if _TAIL.fullmatch(lines[place].strip())), len(lines))
    said, head = _labelled(lines[:first], spaced=spaced)
    fields: Fields = {"text": "\n".join(lines[first:last]).strip()}
    day = next((line for line in head if is_date(line.strip())), "")
    if day:
        place = head.index(day)
        before, after = _blocks(head[:place]), _blocks(head[place + 1 :])
        own = list(after.pop(0)) if after and head[place + 1].strip() else []
        fields |= {"published": day.strip()} | _outlet_and_headline(before, own, after)
    for line in lines[last:]:
        if (found := labelled(line.strip(), _NEXIS)) and found[0] == "url":
            fields["url"] = found[1].strip()
    return fields | said


def _labelled(lines: list[str], *, spaced: bool) -> tuple[dict[str, str], list[str]]:
    """What the labels at the head say, and the lines there that have none; a label may go on to the next blank line."""
    said: dict[str, str] = {}
    head: list[str] = []
    name: str | None = None
    for line in map(str.strip, lines):
        if found := labelled(line, _NEXIS):
            name, said[found[0]] = found[0], found[1]
        elif line.casefold().rstrip(":") in _BODY or RIGHTS.match(line):
            name = None
        elif line and name is not None and spaced:
            said[name] = f"{said[name]} {line}"
        else:
            name = None
            head.append(line)
    said.pop("", None)
    return said, head


def _outlet_and_headline(before: list[list[str]], own: list[str], after: list[list[str]]) -> Fields:
    """Of the lines before the day, those under it, and the blocks below: the headline is last, or before the outlet."""
    own = [line for line in own if not _EDITION.search(line)]
    headline = " ".join(after[-1]) if after else " ".join(own)
    if headline:
        return {"source": " ".join(before[-1]) if before else "", "title": headline}
    lines = before[-1] if before and len(before[-1]) > 1 else [line for block in before[-2:] for line in block]
    return {"source": lines[-1] if lines else "", "title": " ".join(lines[:-1])}


def _after_labels(lines: list[str], *, spaced: bool) -> int:
    """The place after the labels at the head, each of which goes on to the next blank line where there are any.

    Without labels it is the one after the headline, the first block below that of the day.
    """
    first, inside = 0, False
    for place, line in enumerate(lines):
        if labelled(line.strip(), _NEXIS):
            first, inside = place + 1, spaced
        elif not line.strip():
            inside = False
        elif inside:
            first = place + 1
        elif first:
            return first
    if first:
        return first
    day = next((place for place, line in enumerate(lines) if is_date(line.strip())), len(lines))
    ends = [place for place in range(day, len(lines)) if lines[place].strip() and not "".join(lines[place + 1 :][:1])]
    return ends[1] + 1 if len(ends) > 1 else len(lines)


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]
