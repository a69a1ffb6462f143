"""What news databases export: many articles in one text. Each is divided into its stories, or refused.

Nexis writes "1 of 3 DOCUMENTS" before each story, Nexis Uni "End of Document" after it, Factiva "Document PORTH0...",
ProQuest a rule and "Document 1 of 3" before it. Files of HTML, RTF, Word and PDF hold the same lines.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus.readers.export_lines import Fields
from corpus.readers.factiva import is_coded, read_coded, read_factiva
from corpus.readers.nexis import read_nexis
from corpus.readers.proquest import read_proquest
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
    if is_coded(text):
        return _stories(_Export("Factiva", _FACTIVA_CODED, False, read_coded), text)
    if _EUROPRESSE.search(text):
        return iter([Record(reason="an export of Europresse that cannot be divided into articles; export it as HTML")])
    return None


def _stories(export: _Export, text: str) -> Iterator[Record]:
    pieces = export.divides.split(text)
    if export.divides.groups:  # The story's own id stands in the line that divides.
        pieces, ids = pieces[::2], [*pieces[1::2], ""]
    else:
        ids = [""] * len(pieces)
    # Before the first dividing line stands what was searched for, after the last end at most a story that is cut off.
    numbered = list(zip(pieces, ids, strict=True))[0 if export.at_end else 1 :]
    for number, (piece, own_id) in enumerate(numbered, start=1):
        fields = export.read(piece)
        if fields.get("title") and fields.get("text"):
            yield Record(number, fields | ({"id": own_id} if own_id else {}))
        elif number < len(numbered) or not export.at_end:
            missing = "text" if fields.get("title") else "headline"
            yield Record(number, reason=f"a story of an export of {export.name} whose {missing} is not found")


_EXPORTS = (
    _Export("ProQuest", _PROQUEST, at_end=False, read=read_proquest),
    _Export("Nexis", _NEXIS, at_end=False, read=read_nexis),
    _Export("Nexis", _NEXIS_UNI, at_end=True, read=read_nexis),
    _Export("Factiva", _FACTIVA, at_end=True, read=read_factiva),
)
