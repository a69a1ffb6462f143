"""What news databases export: many articles in one text. Each is divided into its stories, or refused.

Nexis, older: "1 of 3 DOCUMENTS", outlet, day, headline, labels, text, labels. Nexis Uni: headline, outlet, day, labels,
"Body", text, "End of Document". Factiva: headline, byline, "355 words", day, outlet, text, "Document PORTH0002010...",
or each of these behind a code of two letters. ProQuest: a rule, "Document 1 of 3", headline, labels, one of them the
text's. Files of HTML, RTF, Word and PDF hold the same lines.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.dates import parse_date
from corpus.readers.record import Record

Fields = dict[str, object]

_MULTIPLE = r"\d+[ \t]+(?:of|von|de|sur|van|di|av|af)[ \t]+\d+"
_NEXIS = re.compile(rf"^[^\S\n]*{_MULTIPLE}[ \t]+(?:DO[CK]UMENT[A-Z]*)[^\S\n]*$", re.MULTILINE | re.IGNORECASE)
_NEXIS_UNI = re.compile(
    r"^[^\S\n]*(?:End of Document|Ende des Dokuments?|Fin du document|Fin del documento)[^\S\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_PROQUEST = re.compile(
    rf"^_{{20,}}\s*^[^\S\n]*(?:Document|Dokument|Documento)[ \t]+{_MULTIPLE}[^\S\n]*$", re.MULTILINE | re.IGNORECASE
)
_FACTIVA = re.compile(
    r"^(?:AN[ \t]+)?(?:Document|Dokument|Documento)[ \t]+(?P<id>[A-Z\d]{4,}\d{8}e[a-z\d]{6,})[^\S\n]*$", re.MULTILINE
)
_FACTIVA_CODES = [re.compile(rf"^{code}[\t ]+\S", re.MULTILINE) for code in ("HD", "WC", "(?:PD|SN)")]
# What Europresse prints under each article; its lines have no order that can be relied on outside HTML.
_EUROPRESSE = re.compile(r"^[^\S\n]*(?:[\w-]+)·(?:19|20)\d{6}·\w+·[\w-]+[^\S\n]*$", re.MULTILINE)

_LABEL = re.compile(r"(?P<name>[^\W\d_][\w /&-]{1,40}?)\s*:\s*(?P<value>.*)", re.DOTALL)
# How the labels of Nexis are called, in the languages that it speaks.
_NEXIS_LABELS = {
    "title": ("headline", "titre", "titel"),
    "authors": ("byline", "author", "autor", "auteur", "autore", "von"),
    "url": ("url",),
    "": ("section", "length", "dateline", "highlight", "series", "type", "column", "rubrik", "ressort", "rubrique",
         "länge", "longueur", "longitud", "lengte", "lunghezza", "sección", "sectie", "sezione", "body", "text"),
}  # fmt: skip
_NEXIS_BODY = ("body", "text", "volltext", "corps", "texte", "cuerpo")
_NEXIS_TAIL = re.compile(
    r"(?:LOAD-DATE|Load-Date|UPDATE|LANGUAGE|Language|SPRACHE|Sprache|LANGUE|Langue|IDIOMA|TAAL|LINGUA|PUBLICATION-TYPE"
    r"|Publication-Type|PUBLIKATIONSTYP|JOURNAL-CODE|Journal Code|GRAPHIC|Graphic|ACC-NO|SUBJECT|Subject|CLASSIFICATION"
    r"|Classification|CORRECTION-DATE|NOTES?|URL|TICKER|COMPANY|GEOGRAPHIC|PERSON|INDUSTRY|ORGANI[SZ]ATION|COUNTRY"
    r"|STATE|CITY|ZEITUNGS-CODE)(?::.*)?|(?:Copyright|COPYRIGHT) (?:\d{4}|©).*"
)
_RIGHTS = re.compile(r"(?:copyright|©|\(c\))|all rights reserved|alle rechte vorbehalten|tous droits", re.IGNORECASE)
_EDITION = re.compile(r"\bedition\b|\bausgabe\b|^(?:final|late|early|first|main|national)\b", re.IGNORECASE)
_COUNT = re.compile(
    r"[\d,. ]{1,9}\s?(?:words|mots|Wörter|palabras|parole|palavras|woorden|ord|слов\w*|字)", re.IGNORECASE
)
_BY = re.compile(r"(?:by|von|par|por|di|door|av)\s+(?=\S)", re.IGNORECASE)
_CODE = re.compile(r"(?P<code>[A-Z]{2,3})[\t ]+(?P<value>\S.*)|(?P<alone>[A-Z]{2,3})")
_FACTIVA_KNOWN = frozenset((
    "SE", "HD", "BY", "CR", "WC", "PD", "ET", "SN", "SC", "ED", "PG", "VOL", "LA", "CY", "LP", "TD", "CT", "RF", "CO",
    "IN", "NS", "RE", "IPC", "IPD", "PUB", "AN", "ART", "CLM", "DLN", "ATC",
))  # fmt: skip
_LANGUAGES = re.compile(
    r"English|Deutsch|German|Français|French|Español|Spanish|Italiano|Italian|Português|Portuguese|Nederlands|Dutch|"
    r"Русский|Russian|Svenska|Dansk|Norsk|Polski|Chinese\b.*|Japanese|日本語|中文.*",
    re.IGNORECASE,
)
_PROQUEST_LABELS = {
    "title": ("title", "titel", "titre", "título"),
    "authors": ("author", "authors", "autor", "auteur", "byline"),
    "info": ("publication info", "publication information"),
    "text": ("full text", "volltext", "texte intégral", "texto completo"),
    "source": ("publication title", "titel der publikation", "titre de la publication", "título de publicación"),
    "published": ("publication date", "erscheinungsdatum", "date de publication", "fecha de publicación"),
    "url": ("document url",),
    "id": ("proquest document id",),
    "": ("abstract", "links", "subject", "business indexing term", "location", "people", "company / organization",
         "classification", "identifier / keyword", "pages", "first page", "publication year", "publisher",
         "place of publication", "country of publication", "section", "issn", "source type", "language of publication",
         "document type", "copyright", "full text availability", "last updated", "database", "credit", "dateline",
         "illustration", "volume", "issue", "column", "publication subject", "document feature", "e-issn", "duration"),
}  # fmt: skip
_LONGEST_DATE = 60


@dataclass(frozen=True, slots=True)
class _Export:
    """A database: where its stories are divided, whether by a line at their end, and how one is read."""

    name: str
    divides: re.Pattern[str]
    at_end: bool
    read: Callable[[str], Fields]


def exported(text: str) -> Iterator[Record] | None:
    """The stories of an export, or the reason why one cannot be divided; None for a text that is no export."""
    found = next((export for export in _EXPORTS if export.divides.search(text)), None)
    if found:
        return _stories(found, text)
    if _is_coded(text):
        return _stories(_Export("Factiva", re.compile(r"^(?=HD[\t ]+\S)", re.MULTILINE), False, _coded), text)
    if _EUROPRESSE.search(text):
        return iter([Record(reason="an export of Europresse that cannot be divided into articles; export it as HTML")])
    return None


def _stories(export: _Export, text: str) -> Iterator[Record]:
    pieces = export.divides.split(text)
    if export.divides.groups:  # The story's own id stands in the line that divides.
        pieces, ids = pieces[::2], [*pieces[1::2], ""]
    else:
        ids = [""] * len(pieces)
    # Before the first dividing line stands what was searched for, after the last of the ends nothing.
    numbered = list(zip(pieces, ids, strict=True))[: -1 if export.at_end else None][0 if export.at_end else 1 :]
    for number, (piece, own_id) in enumerate(numbered, start=1):
        fields = export.read(piece)
        if fields.get("title") and fields.get("text"):
            yield Record(number, fields | ({"id": own_id} if own_id else {}))
        else:
            missing = "text" if fields.get("title") else "headline"
            yield Record(number, reason=f"a story of an export of {export.name} whose {missing} is not found")


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    """Lines by the blank ones between them."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _is_date(line: str) -> bool:
    labelled = re.match(r"[^\W\d_][^\d:]*:", line)
    return not labelled and len(line) <= _LONGEST_DATE and parse_date(line) is not None


def _label(line: str, labels: dict[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """Our name for a label that a line begins with, "" where we have none, and its value; None without a label."""
    found = _LABEL.fullmatch(line)
    name = found["name"].strip().casefold() if found else ""
    return next(((ours, found["value"]) for ours, names in labels.items() if found and name in names), None)


def _names(words: str) -> str:
    words = words.strip()
    by = _BY.match(words)
    return words[by.end() :] if by else words


# Nexis


def _nexis(story: str) -> Fields:
    lines = [line.replace("\xa0", " ") for line in story.split("\n")]
    first, last = _nexis_body(lines)
    fields: Fields = {}
    head: list[str] = []
    for line in lines[:first]:
        labelled = _label(line.strip(), _NEXIS_LABELS)
        if labelled and labelled[0]:
            fields.setdefault(labelled[0], labelled[1].strip())
        elif not labelled and not _RIGHTS.match(line.strip()) and line.strip().casefold() not in _NEXIS_BODY:
            head.append(line)
    day = next((line for line in head if _is_date(line.strip())), "")
    if day:
        place = head.index(day)
        before, after = _blocks(head[:place]), _blocks(head[place + 1 :])
        own = list(after.pop(0)) if after and head[place + 1].strip() else []
        fields |= {"published": day.strip()} | _outlet_and_headline(before, own, after)
    for line in lines[last:]:
        if (labelled := _label(line.strip(), _NEXIS_LABELS)) and labelled[0] == "url":
            fields["url"] = labelled[1].strip()
    return fields | {"text": "\n".join(lines[first:last]).strip(), "authors": _names(str(fields.get("authors", "")))}


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
    alone = next((place for place, line in enumerate(lines) if line.strip().casefold() in _NEXIS_BODY), None)
    first = alone + 1 if alone is not None else _after_labels(lines)
    ends = (place for place in range(first, len(lines)) if _NEXIS_TAIL.fullmatch(lines[place].strip()))
    return first, next(ends, len(lines))


def _after_labels(lines: list[str]) -> int:
    """The place after the labels at the head, each of which goes on to the next blank line where there are any.

    Without labels it is the one after the headline, the first block below that of the day.
    """
    spaced = any(not line.strip() for line in "\n".join(lines).strip().split("\n"))
    first, inside = 0, False
    for place, line in enumerate(lines):
        if _label(line.strip(), _NEXIS_LABELS):
            first, inside = place + 1, spaced
        elif not line.strip():
            inside = False
        elif inside:
            first = place + 1
        elif first:
            return first
    return first or _after_headline(lines)


def _after_headline(lines: list[str]) -> int:
    day = next((place for place, line in enumerate(lines) if _is_date(line.strip())), len(lines))
    ends = [
        place for place in range(day, len(lines)) if lines[place].strip() and not "".join(lines[place + 1 : place + 2])
    ]
    return ends[1] + 1 if len(ends) > 1 else len(lines)


# Factiva


def _factiva(story: str) -> Fields:
    if _is_coded(story):
        return _coded(story)
    lines = [line.strip() for line in story.split("\n")]
    count = next((place for place, line in enumerate(lines) if _COUNT.fullmatch(line)), None)
    if count is None:
        return {}
    above = [line for line in lines[:count] if line]
    by = next((line for line in reversed(above) if _BY.match(line)), "")
    headline = max((line for line in above if line != by), key=len, default="")
    facts = [line for line in lines[count + 1 :] if line]
    rights = next((place for place, line in enumerate(facts) if _RIGHTS.match(line)), None)
    if rights is None:
        rights = next((place for place, line in enumerate(facts[:12]) if _LANGUAGES.fullmatch(line)), None)
    day = next((place for place, line in enumerate(facts[:rights]) if _is_date(line)), None)
    if rights is None or day is None:
        return {}
    outlet = next((line for line in facts[day + 1 : rights] if not re.match(r"\d", line)), "")
    body = lines[lines.index(facts[rights], count) + 1 :]
    while body and (not body[-1] or body[-1] == outlet or body[-1].endswith("(Full Text)")):
        body.pop()
    return {"title": headline, "authors": _names(by), "published": facts[day], "source": outlet,
            "text": "\n".join(body).strip()}  # fmt: skip


def _is_coded(text: str) -> bool:
    return all(code.search(text) for code in _FACTIVA_CODES)


def _coded(story: str) -> Fields:
    """A story whose lines begin with codes of two letters; a line without one goes on with the code before."""
    values: dict[str, list[str]] = {}
    code = ""
    for line in story.split("\n"):
        found = _CODE.fullmatch(line.strip())
        name = (found["code"] or found["alone"]) if found else ""
        if name in _FACTIVA_KNOWN and name not in values:
            code = name
            values[code] = [(found["value"] or "").strip() if found else ""]
        else:
            values.setdefault(code, []).append(line.strip())
    said = {name: "\n".join(lines).strip() for name, lines in values.items()}
    return {
        "title": " ".join(said.get("HD", "").split()),
        "authors": _names(" ".join(said.get("BY", "").split())),
        "published": said.get("PD", ""),
        "source": said.get("SN", ""),
        "text": "\n\n".join(filter(None, (said.get("LP", ""), said.get("TD", "")))),
        "id": said.get("AN", "").removeprefix("Document "),
    }


# ProQuest


def _proquest(story: str) -> Fields:
    blocks: list[tuple[str, list[str]]] = [("headline", [])]
    for line in story.split("\n"):
        name, lines = blocks[-1]
        # A paragraph may begin as a label does, but no line in it counts as one.
        labelled = None if name == "text" and lines[-1].strip() else _label(line.strip(), _PROQUEST_LABELS)
        if labelled:
            blocks.append((labelled[0], [labelled[1]]))
        elif not re.fullmatch(r"_{20,}\s*", line):
            blocks[-1][1].append(line)
    said: dict[str, str] = {}
    for name, lines in blocks:
        said.setdefault(name, "\n".join(lines).strip())
    outlet, _, day = said.get("info", "").partition(";")
    return {
        "title": " ".join((said.get("title") or said["headline"]).split()),
        "authors": [" ".join(reversed(name.split(", "))).strip() for name in said.get("authors", "").split(";")],
        "published": said.get("published") or day.partition("]")[2] or day,
        "source": said.get("source") or outlet.strip(),
        "text": said.get("text", ""),
        "url": said.get("url", ""),
        "id": said.get("id", ""),
    }


_EXPORTS = (
    _Export("ProQuest", _PROQUEST, at_end=False, read=_proquest),
    _Export("Nexis", _NEXIS, at_end=False, read=_nexis),
    _Export("Nexis", _NEXIS_UNI, at_end=True, read=_nexis),
    _Export("Factiva", _FACTIVA, at_end=True, read=_factiva),
)
