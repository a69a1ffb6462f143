"""What news databases export: many articles in one text. Each is divided into its stories, or refused.

Nexis writes "1 of 3 DOCUMENTS" before each story, Nexis Uni "End of Document" after it, Factiva "Document PORTH0...",
ProQuest a rule and "Document 1 of 3" before it. Files of HTML, RTF, Word and PDF hold the same lines.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from corpus.readers.nexis import MOST_HEAD_LINES, RIGHTS, Fields, field_of, is_date, labelled, read_nexis
from corpus.readers.record import Record

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
# Stories of Factiva whose lines begin with codes have their headline first.
_FACTIVA_CODED = re.compile(r"^(?=HD[\t ]+\S)", re.MULTILINE)
# What Europresse prints under each article; its lines have no order that can be relied on outside HTML.
_EUROPRESSE = re.compile(r"^[^\S\n]*(?:[\w-]+)·(?:19|20)\d{6}·\w+·[\w-]+[^\S\n]*$", re.MULTILINE)
# Factiva: how lines begin that have codes, the line "355 words", and languages.
_CODES = [re.compile(rf"^{code}[\t ]+\S", re.MULTILINE) for code in ("HD", "WC", "(?:PD|SN)")]
_COUNT = re.compile(
    r"[\d,. ]{1,9}\s?(?:words|mots|Wörter|palabras|parole|palavras|woorden|ord|слов\w*|字)", re.IGNORECASE
)
_BY = re.compile(r"(?:by|von|par|por|di|door|av)\s+(?=\S)", re.IGNORECASE)
_CODE = re.compile(r"(?P<code>[A-Z]{2,3})[\t ]+(?P<value>\S.*)|(?P<alone>[A-Z]{2,3})")
_LANGUAGES = re.compile(
    r"English|Deutsch|German|Français|French|Español|Spanish|Italiano|Italian|Português|Portuguese|Nederlands|Dutch|"
    r"Русский|Russian|Svenska|Dansk|Norsk|Polski|Chinese\b.*|Japanese|日本語|中文.*",
    re.IGNORECASE,
)


_Blocks = list[tuple[str, list[str]]]


class _Export(NamedTuple):
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
        return _stories(_Export("Factiva", _FACTIVA_CODED, False, _read_coded), text)
    if _EUROPRESSE.search(text):
        return iter([Record(reason="an export of Europresse that cannot be divided into articles; export it as HTML")])
    return None


def _stories(export: _Export, text: str) -> Iterator[Record]:
    pieces = export.divides.split(text)
    step = 1 + export.divides.groups  # The story's own id may stand in the line that divides.
    ids = [*pieces[1::2], ""] if step > 1 else [""] * len(pieces)
    # Before the first dividing line stands what was searched for, after the last end at most a story that is cut off.
    numbered = list(zip(pieces[::step], ids, strict=True))[0 if export.at_end else 1 :]
    for number, (piece, own_id) in enumerate(numbered, start=1):
        fields = export.read(piece)
        if fields.get("title") and fields.get("text"):
            yield Record(number, fields | ({"id": own_id} if own_id else {}))
        elif number < len(numbered) or not export.at_end:
            missing = "text" if fields.get("title") else "headline"
            yield Record(number, reason=f"a story of an export of {export.name} whose {missing} is not found")


# Factiva: headline, byline, "355 words", day, outlet, rights, text; or each of these behind a code.


def _read_factiva(story: str) -> Fields:
    if _is_coded(story):
        return _read_coded(story)
    lines = [line.strip() for line in story.split("\n")]
    count = next((place for place, line in enumerate(lines) if _COUNT.fullmatch(line)), None)
    if count is None:
        return {}
    above = [line for line in lines[:count] if line]
    by = next((line for line in reversed(above) if _BY.match(line)), "")
    headline = max((line for line in above if line != by), key=len, default="")
    facts = [line for line in lines[count + 1 :] if line][:MOST_HEAD_LINES]
    rights = next((place for place, line in enumerate(facts) if RIGHTS.match(line)), None)
    if rights is None:
        rights = next((place for place, line in enumerate(facts[:12]) if _LANGUAGES.fullmatch(line)), None)
    day = next((place for place, line in enumerate(facts[:rights]) if is_date(line)), None)
    if rights is None or day is None:
        return {}
    outlet = next((line for line in facts[day + 1 : rights] if not re.match(r"\d", line)), "")
    body = lines[lines.index(facts[rights], count) + 1 :]
    while body and (not body[-1] or body[-1] == outlet or body[-1].endswith("(Full Text)")):
        body.pop()
    return {"title": headline, "authors": by, "published": facts[day], "source": outlet,
            "text": "\n".join(body).strip()}  # fmt: skip


def _is_coded(text: str) -> bool:
    return all(code.search(text) for code in _CODES)


def _read_coded(story: str) -> Fields:
    """A story whose lines begin with codes of two letters; a line without one goes on with the code before."""
    seen: set[str] = set()

    def code(line: str, _: _Blocks) -> tuple[str, str] | None:
        found = _CODE.fullmatch(line)
        name = (found["code"] or found["alone"]).lower() if found else ""
        field = field_of(name, "factiva")
        if not found or not field or name in seen:
            return None
        seen.add(name)
        return field, found["value"] or ""

    said = _by_block("\n".join(map(str.strip, story.split("\n"))), code)
    text = "\n\n".join(filter(None, (said.get("lead"), said.get("text"))))
    own_id = said.get("id", "").removeprefix("Document ")
    return {**said, "title": " ".join(said.get("title", "").split()), "text": text, "id": own_id}


def _read_proquest(story: str) -> Fields:
    """The headline, then labels, one of which holds the text."""

    def label(line: str, blocks: _Blocks) -> tuple[str, str] | None:
        name, lines = blocks[-1]
        # A paragraph may begin as a label does, but no line in it counts as one.
        return None if name == "text" and lines[-1].strip() else labelled(line, "proquest")

    said = _by_block(re.sub(r"^_{20,}[^\S\n]*\n", "", story, flags=re.MULTILINE), label)
    outlet, _, day = said.get("info", "").partition(";")
    return {
        **said,
        "title": " ".join((said.get("title") or said["first"]).split()),
        "authors": said.get("authors", "").split(";"),
        "published": said.get("published") or day.partition("]")[2] or day,
        "source": said.get("source") or outlet.strip(),
    }


def _by_block(story: str, label: Callable[[str, _Blocks], tuple[str, str] | None]) -> dict[str, str]:
    """The words of each block of lines by its name, "first" for the first; a line with a label begins a new one."""
    blocks: _Blocks = [("first", [])]
    for line in story.split("\n"):
        if found := label(line.strip(), blocks):
            blocks.append((found[0], [found[1]]))
        else:
            blocks[-1][1].append(line)
    return {name: "\n".join(lines).strip() for name, lines in reversed(blocks)}


_EXPORTS = (
    _Export("ProQuest", _PROQUEST, at_end=False, read=_read_proquest),
    _Export("Nexis", _NEXIS, at_end=False, read=read_nexis),
    _Export("Nexis", _NEXIS_UNI, at_end=True, read=read_nexis),
    _Export("Factiva", _FACTIVA, at_end=True, read=_read_factiva),
)
