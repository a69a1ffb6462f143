"""What came over agencies' wires before XML: IPTC 7901 and ANPA 1312, and the Reuters-21578 collection in SGML."""

import html
import re
from collections.abc import Iterator

from corpus.readers.printed import unwrapped
from corpus.readers.record import Record, Source, UnreadableError, decoded

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# 131137 GMT Nov 13 | 171215 JAN 14: day, time, month, year.
_IPTC_DAY = re.compile(r"(?:\A|\n)\x03?(?P<day>\d\d)\d{4}\s+(?:GMT\s+)?(?P<month>[A-Za-z]{3})\s+(?P<year>\d\d)\b")
_IPTC_HEADER = re.compile(
    r"\A\s*\x01?\s*(?P<agency>[a-z]{3})\d+\s+\d\s+[a-z]+\s+\d+[^\n]*\n+(?P<slug>[^\n]*)\n+\x02?(?P<head>.*?)=\s*\n",
    re.DOTALL,
)
_OUTLET = re.compile(r"\b(?:dpa|AFP|AP|ANSA|EFE|TASS)\b")
_NOT_FOR_PRINT = re.compile(r"\n#+ ?dpa NOTEBOOK.*", re.DOTALL | re.IGNORECASE)
_BYLINE = re.compile(r"^by\s+(?P<names>.{3,80}?)(?:,\s*[^,]*)?$", re.IGNORECASE)
# AP-WF-11-13-13 1509GMT
_ANPA_DAY = re.compile(
    r"^\s*\x03?(?P<agency>[A-Z]+)-[A-Z]{2}-(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d\d)\s+\d{4}[A-Z]*", re.M
)
# Keys and notes among the headlines: "BC-US--Ethanol,1140", "Eds: With AP Photos."
_ANPA_LABEL = re.compile(r"^(?:BC-|\*\d)|,\d{2,4}$|\s\d\d-\d\d\s+\d{3,4}$|^(?:Eds|AP Photo|EDITOR|END$)", re.IGNORECASE)
_REUTERS = re.compile(r"<REUTERS\b[^>]*?\bNEWID=\"(?P<id>\d+)\"[^>]*>(?P<story>.*?)</REUTERS>", re.DOTALL)


def read_iptc(source: Source) -> Iterator[Record]:
    """An article in IPTC 7901; the notes behind it, which are not for publication, are left out."""
    text = decoded(source.content(), source.charset).replace("\r\n", "\n")
    header = _IPTC_HEADER.match(text)
    if not header:
        message = "not IPTC 7901 as agencies send it; save it as text"
        raise UnreadableError(message)
    lines = [line.strip(" \x02") for line in header["head"].split("\n") if line.strip(" \x02")]
    bylines = [found["names"] for line in lines if (found := _BYLINE.match(line))]
    body, end, _ = text[header.end() :].partition("\x03")
    day = _IPTC_DAY.search(text, header.end())
    body = _NOT_FOR_PRINT.sub("", body if end else _IPTC_DAY.sub("", body))
    outlet = _OUTLET.search(header[0])
    yield Record(
        fields={
            "title": next((line for line in reversed(lines) if not _BYLINE.match(line)), header["slug"].strip(" /")),
            "text": unwrapped(_CONTROLS.sub("", body)),
            "published": f"{day['day']}-{day['month']}-{day['year']}" if day else "",
            "authors": bylines,
            "source": outlet[0] if outlet else "",
        }
    )


def read_anpa(source: Source) -> Iterator[Record]:
    """An article in ANPA 1312: its headline, byline and notes are marked, and its paragraphs indented."""
    text = decoded(source.content(), source.charset).replace("\r\n", "\n")
    day = _ANPA_DAY.search(text)
    plain = _CONTROLS.sub("", text[: day.start() if day else len(text)].replace("\x1f", "\n"))
    lines = [line for line in plain.split("\n") if line.strip()]
    above = [line for line in lines[1:] if not line[0].isspace()]
    marked = [line for line in above if line.startswith("^")] or above
    heads = [line.strip(" ^<=\t") for line in marked if not _ANPA_LABEL.search(line.strip(" ^<=\t"))]
    bylines = [found["names"] for line in heads if (found := _BYLINE.match(line))]
    slug = next((line.split("^")[-1].strip(" <") for line in above if _ANPA_LABEL.search(line.strip(" ^<"))), "")
    paragraphs = [line.strip() for line in lines if line[0].isspace()]
    yield Record(
        fields={
            "title": next((line for line in heads if not _BYLINE.match(line)), re.sub(r"^.*?BC-+|,\d+$", "", slug)),
            "text": "\n\n".join(paragraph for paragraph in paragraphs or heads[1:] if paragraph),
            "published": f"20{day['year']}-{day['month']}-{day['day']}" if day else "",
            "authors": bylines,
            "source": day["agency"] if day else "",
        }
    )


def read_sgml(source: Source) -> Iterator[Record]:
    """The articles of a file of Reuters-21578; UnreadableError for SGML of another kind."""
    number = 0
    for number, story in enumerate(_REUTERS.finditer(source.text()), start=1):
        said = {
            name: _element(story["story"], name) for name in ("DATE", "TITLE", "AUTHOR", "DATELINE", "BODY", "TEXT")
        }
        body = re.sub(r"\n\s*Reuter\s*\Z", "", said["BODY"].rstrip(), flags=re.IGNORECASE)
        text = f"{said['DATELINE'].strip()} {body.strip()}" if body else re.sub(r"<[^>]+>", "\n", said["TEXT"])
        yield Record(
            number,
            {
                "title": said["TITLE"].strip(),
                "text": unwrapped(text.strip()),
                "published": said["DATE"].strip(),
                "authors": " ".join(said["AUTHOR"].split()),
                "source": "Reuters",
                "id": story["id"],
            },
        )
    if not number:
        message = "SGML of another kind; that of Reuters-21578 is read"
        raise UnreadableError(message)


def _element(story: str, name: str) -> str:
    found = re.search(rf"<{name}\b[^>]*>(.*?)</{name}>", story, re.DOTALL)
    return _CONTROLS.sub("", html.unescape(found[1])) if found else ""
