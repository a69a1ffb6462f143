"""The line that agencies open with, "WASHINGTON, June 17 (AP) —": what it says, while it stays in the text."""

import re
from dataclasses import dataclass, replace
from datetime import date

from corpus.dates import parse_date

_AGENCIES = (
    "AAP|AFP|AP|Anadolu|ANI|ANSA|Associated Press|Bloomberg|CNN|CP|dpa|DPA|EFE|IANS|Interfax|Kyodo|PA|PTI|Reuters|TASS|"
    "UPI|Xinhua|Yonhap"
)
_PLACE = r"[^\W\d_a-z][^()\n]{1,60}?"
_LINE = re.compile(
    # WASHINGTON, June 17, 2016 (AP) — | (CNN) — | LONDON — | NICE, France - | London CNN —
    rf"(?:(?:(?P<place>{_PLACE}),?\s+)?\((?P<agency>{_AGENCIES})\)\s*(?:--|[-–—:])?"
    rf"|(?P<city>{_PLACE})\s(?P<station>CNN)(?:\sBusiness)?\s[–—]"
    r"|[A-Z][A-Z .,'’-]{2,40}(?:,\s[A-Z][\w. ]{1,20})?\s(?:--|[–—]|-\s))\s*"
)
_DAY = (
    r"(?:\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}(?:er|[.ºª])?\s+(?:de\s+|d['’])?[^\W\d_]{3,12}\.?,?\s+(?:del?\s+)?\d{4}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2},?\s+\d{4})"
)
# 9 novembre 2012. - | 1er août 2012, Tarn. - | Lyon, 17. Juni 2016 - | Puerto Ellis, 3 de marzo de 2011. | (18.01.2018)
_DAY_LINE = re.compile(
    rf"(?:(?:(?P<place>[^\W\d_][^()\n\d.]{{1,40}}),\s+(?:den |le |am )?)?"
    rf"(?P<day>{_DAY})(?:,\s+[^\W\d_][^()\n\d]{{1,40}}?)?"
    rf"(?:\.?\s*(?:--|[-–—])|(?(place)[.:]|:))|\((?P<bare>{_DAY})\)[.:]?)\s+(?=\W?(?P<next>\w))"
)
# A summary may stand above it.
_PARAGRAPHS = 3
_LOOKED_AT = 3000


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where the text proper begins, in code points; the agency, "" where none is named; the day, if a whole one is."""

    end: int = 0
    agency: str = ""
    published: date | None = None


def dateline(text: str) -> Dateline:
    """What stands before the first sentence; the day may also open one of the next two paragraphs, below a summary."""
    opening = _with_day(text)
    if found := _LINE.match(text):
        agency = (found["agency"] or found["station"] or "").replace("Associated Press", "AP")
        opening = Dateline(found.end(), agency, parse_date(found["place"]))
    paragraphs = [line for line in text[:_LOOKED_AT].split("\n") if line.strip()][1:_PARAGRAPHS]
    days = (opening.published, *(line.published for line in map(_with_day, paragraphs)))
    return replace(opening, published=next(filter(None, days), None))


def _with_day(text: str) -> Dateline:
    """The line that opens a paragraph with a whole day; a sentence goes on in a small letter behind one."""
    found = _DAY_LINE.match(text)
    day = parse_date(found["day"] or found["bare"]) if found else None
    return Dateline(found.end(), "", day) if found and day and not found["next"].islower() else Dateline()
