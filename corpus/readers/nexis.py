"""A story of Nexis.

The older form: outlet, day, headline, labels, text, labels. Nexis Uni: headline, outlet, day, labels, "Body", text,
labels.
"""

import re

from corpus.readers.export_lines import RIGHTS, Fields, blocks, is_date, label, without_by

# How labels are called, in the languages that Nexis speaks.
_LABELS = {
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


def read_nexis(story: str) -> Fields:
    """The fields of a story; without a headline or a text where these are not found."""
    lines = [line.replace("\xa0", " ") for line in story.split("\n")]
    first, last = _nexis_body(lines)
    said, head = _labelled(lines[:first], spaced=_is_spaced(lines))
    fields: Fields = {"text": "\n".join(lines[first:last]).strip()}
    day = next((line for line in head if is_date(line.strip())), "")
    if day:
        place = head.index(day)
        before, after = blocks(head[:place]), blocks(head[place + 1 :])
        own = list(after.pop(0)) if after and head[place + 1].strip() else []
        fields |= {"published": day.strip()} | _outlet_and_headline(before, own, after)
    for line in lines[last:]:
        if (labelled := label(line.strip(), _LABELS)) and labelled[0] == "url":
            fields["url"] = labelled[1].strip()
    return fields | said | {"authors": without_by(said.get("authors", ""))}


def _labelled(lines: list[str], *, spaced: bool) -> tuple[dict[str, str], list[str]]:
    """What the labels at the head say, and the lines there that have none; a label may go on to the next blank line."""
    said: dict[str, str] = {}
    head: list[str] = []
    name: str | None = None
    for line in map(str.strip, lines):
        if found := label(line, _LABELS):
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


def _nexis_body(lines: list[str]) -> tuple[int, int]:
    """Where the text begins and ends: after "Body" or the last label at the head, before the first label after it."""
    alone = next((place for place, line in enumerate(lines) if line.strip().casefold().rstrip(":") in _BODY), None)
    first = alone + 1 if alone is not None else _after_labels(lines)
    ends = (place for place in range(first, len(lines)) if _TAIL.fullmatch(lines[place].strip()))
    return first, next(ends, len(lines))


def _after_labels(lines: list[str]) -> int:
    """The place after the labels at the head, each of which goes on to the next blank line where there are any.

    Without labels it is the one after the headline, the first block below that of the day.
    """
    spaced = _is_spaced(lines)
    first, inside = 0, False
    for place, line in enumerate(lines):
        if label(line.strip(), _LABELS):
            first, inside = place + 1, spaced
        elif not line.strip():
            inside = False
        elif inside:
            first = place + 1
        elif first:
            return first
    return first or _after_headline(lines)


def _is_spaced(lines: list[str]) -> bool:
    """Whether blank lines part the blocks of a story; in PDF they are lost."""
    return any(not line.strip() for line in "\n".join(lines).strip().split("\n"))


def _after_headline(lines: list[str]) -> int:
    day = next((place for place, line in enumerate(lines) if is_date(line.strip())), len(lines))
    ends = [
        place for place in range(day, len(lines)) if lines[place].strip() and not "".join(lines[place + 1 : place + 2])
    ]
    return ends[1] + 1 if len(ends) > 1 else len(lines)
