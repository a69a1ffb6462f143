"""The line that agencies open with, "WASHINGTON, June 17 (AP) —": what it says, while it stays in the text."""

import re
from dataclasses import dataclass
from datetime import date

from corpus.dates import parse_date

_AGENCIES = (
    "AAP|AFP|AP|Anadolu|ANI|ANSA|Associated Press|Bloomberg|CNN|CP|dpa|DPA|EFE|IANS|Interfax|Kyodo|PA|PTI|Reuters|TASS|"
    "UPI|Xinhua|Yonhap"
)
_PLACE = r"[^\W\d_a-z][^()\n]{1,60}?"
_LINE = re.compile(
    # WASHINGTON, June 17, 2016 (AP) — | (CNN) — | LONDON — | London CNN —
    rf"(?:(?:(?P<place>{_PLACE}),?\s+)?\((?P<agency>{_AGENCIES})\)\s*(?:--|[-–—:])?"
    rf"|(?P<city>{_PLACE})\s(?P<station>CNN)(?:\sBusiness)?\s[–—]"
    r"|[A-Z][A-Z .,'’-]{2,40}(?:,\s[A-Z][\w. ]{1,20})?\s(?:--|[–—]))\s*"
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where the text proper begins, in code points; the agency, "" where none is named; the day, if a whole one is."""

    end: int = 0
    agency: str = ""
    published: date | None = None


def dateline(text: str) -> Dateline:
    """What stands before the first sentence of an article; an empty one where it opens with none."""
    found = _LINE.match(text)
    if not found:
        return Dateline()
    agency = found["agency"] or found["station"] or ""
    return Dateline(found.end(), "AP" if agency == "Associated Press" else agency, parse_date(found["place"]))
