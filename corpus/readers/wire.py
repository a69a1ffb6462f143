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
    r"\A\s*+\x01?\s*+(?P<agency>[a-z]{3})\d+\s+\d\s+[a-z]+\s+\d+[^\n]*\n++(?P<slug>[^\n]*)\n++\x02?(?P<head>.*?)=\s*\n",
    re.DOTALL,
)
_OUTLET = re.compile(r"\b(?:dpa|AFP|AP|ANSA|EFE|TASS)\b")
_NOT_FOR_PRINT = re.compile(r"\n#+ ?dpa NOTEBOOK.*", re.DOTALL | re.IGNORECASE)
_BYLINE = re.compile(r"^by\s+(?P<names>.{3,80}?)(?:,[^,]*)?$", re.IGNORECASE)
# AP-WF-11-13-13 1509GMT
_ANPA_DAY = re.compile(
    r"^[^\S\n]*+\x03?(?P<agency>[A-Z]++)-[A-Z]{2}-(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d\d)\s+\d{4}[A-Z]*", re.M
)
# Keys and notes among the headlines: "BC-US--Ethanol,1140", "Eds: With AP Photos."
_ANPA_LABEL = re.compile(r"^(?:BC-|\*\d)|,\d{2,4}$|\s\d\d-\d\d\s+\d{3,4}$|^(?:Eds|AP Photo|EDITOR|END$)", re.IGNORECASE)
_REUTERS = re.compile(r"<REUTERS\b[^<>]*?\bNEWID=\"(?P<id>\d+)\"[^<>]*>")


def read_iptc(source: Source) -> Iterator[Record]:
    """An article in IPTC 7901; the notes behind it, which are not for publication, are left out."""
    text = decoded(source.content(), source.charset).replace("\r\n", "\n")
    header = _IPTC_HEADER.match(text)
    if not header:
        message = "not IPTC 7901 as agencies send it; save it as text"
        raise UnreadableError(message)
    lines = [line.strip(" \x02") for line in header["head"].split("\n") if line.strip(" \x02")]
    body, end, _ = text[header.end() :].partition("\x03")
    day = _IPTC_DAY.search(text, header.end())
    body = _NOT_FOR_PRINT.sub("", body if end else _IPTC_DAY.sub("", body))
    outlet = _OUTLET.search(header[0])
    said = {
        "text": unwrapped(_CONTROLS.sub("", body)),
        "published": f"{day['day']}-{day['month']}-{day['year']}" if day else "",
        "source": outlet[0] if outlet else "",
    }
    yield Record(fields=said | _headline_and_people([*reversed(lines), header["slug"].strip(" /")]))


def read_anpa(source: Source) -> Iterator[Record]:
    """An article in ANPA 1312: its headline, byline and notes are marked, and its paragraphs indented."""
    text = decoded(source.content(), source.charset).replace("\r\n", "\n")
    day = _ANPA_DAY.search(text)
    plain = _CONTROLS.sub("", text[: day.start() if day else len(text)].replace("\x1f", "\n"))
    lines = [line for line in plain.split("\n") if line.strip()]
    above = [line for line in lines[1:] if not line[0].isspace()]
    marked = [line for line in above if line.startswith("^")] or above
    heads = [bare for line in marked if not _ANPA_LABEL.search(bare := line.strip(" ^<=\t"))]
    slug = next((line.split("^")[-1].strip(" <") for line in above if _ANPA_LABEL.search(line.strip(" ^<"))), "")
    paragraphs = [line.strip() for line in lines if line[0].isspace()]
    said = {
        "text": "\n\n".join(filter(None, paragraphs or heads[1:])),
        "published": f"20{day['year']}-{day['month']}-{day['day']}" if day else "",
        "source": day["agency"] if day else "",
    }
    yield Record(fields=said | _headline_and_people([*heads, re.sub(r"^.*?BC-+|,\d+$", "", slug)]))


def _headline_and_people(lines: list[str]) -> dict[str, object]:
    """The first line that is no byline, and the names of those that are."""
    bylines = [_BYLINE.match(line) for line in lines]
    title = next((line for line, byline in zip(lines, bylines, strict=True) if not byline), "")
    return {"title": title, "authors": [byline["names"] for byline in bylines if byline]}


def read_sgml(source: Source) -> Iterator[Record]:
    """The articles of a file of Reuters-21578; UnreadableError for SGML of another kind."""
    *ended, _ = source.text().split("</REUTERS>")
    stories = [(begins["id"], story[begins.end() :]) for story in ended if (begins := _REUTERS.search(story))]
    if not stories:
        message = "SGML of another kind; that of Reuters-21578 is read"
        raise UnreadableError(message)
    for number, (name, story) in enumerate(stories, start=1):
        said = {part: _inside(part, story) for part in ("DATE", "TITLE", "AUTHOR", "DATELINE", "BODY", "TEXT")}
        above, _, last = said["BODY"].rpartition("\n")
        body = above.strip() if last.strip().lower() == "reuter" else said["BODY"]
        text = f"{said['DATELINE']} {body}" if body else re.sub(r"<[^<>]+>", "\n", said["TEXT"])
        fields = {"title": said["TITLE"], "text": unwrapped(text.strip()), "published": said["DATE"]}
        yield Record(number, fields | {"authors": " ".join(said["AUTHOR"].split()), "source": "Reuters", "id": name})


def _inside(name: str, story: str) -> str:
    """What the first element of that name holds; empty where there is none, or it has no end."""
    begins = re.search(rf"<{name}\b[^<>]*>", story)
    inside, end, _ = story[begins.end() :].partition(f"</{name}>") if begins else ("", "", "")
    return _CONTROLS.sub("", html.unescape(inside)).strip() if end else ""
