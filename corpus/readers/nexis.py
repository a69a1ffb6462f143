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
    fields: Fields = {}
    head: list[str] = []
    for line in lines[:first]:
        labelled = label(line.strip(), _LABELS)
        if labelled and labelled[0]:
            fields.setdefault(labelled[0], labelled[1].strip())
        elif not labelled and not RIGHTS.match(line.strip()) and line.strip().casefold() not in _BODY:
            head.append(line)
    day = next((line for line in head if is_date(line.strip())), "")
    if day:
        place = head.index(day)
        before, after = blocks(head[:place]), blocks(head[place + 1 :])
        own = list(after.pop(0)) if after and head[place + 1].strip() else []
        fields |= {"published": day.strip()} | _outlet_and_headline(before, own, after)
    for line in lines[last:]:
        if (labelled := label(line.strip(), _LABELS)) and labelled[0] == "url":
            fields["url"] = labelled[1].strip()
    return fields | {
        "text": "\n".join(lines[first:last]).strip(),
        "authors": without_by(str(fields.get("authors", ""))),
    }


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
    alone = next((place for place, line in enumerate(lines) if line.strip().casefold() in _BODY), None)
    first = alone + 1 if alone is not None else _after_labels(lines)
    ends = (place for place in range(first, len(lines)) if _TAIL.fullmatch(lines[place].strip()))
    return first, next(ends, len(lines))


def _after_labels(lines: list[str]) -> int:
    """The place after the labels at the head, each of which goes on to the next blank line where there are any.

    Without labels it is the one after the headline, the first block below that of the day.
    """
    spaced = any(not line.strip() for line in "\n".join(lines).strip().split("\n"))
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


def _after_headline(lines: list[str]) -> int:
    day = next((place for place, line in enumerate(lines) if is_date(line.strip())), len(lines))
    ends = [
        place for place in range(day, len(lines)) if lines[place].strip() and not "".join(lines[place + 1 : place + 2])
    ]
    return ends[1] + 1 if len(ends) > 1 else len(lines)
