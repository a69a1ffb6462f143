"""A story of Factiva: headline, byline, "355 words", day, outlet, rights, text; or each of these behind a code."""

import re

from corpus.readers.export_lines import BY, RIGHTS, Fields, is_date, without_by

_CODES = [re.compile(rf"^{code}[\t ]+\S", re.MULTILINE) for code in ("HD", "WC", "(?:PD|SN)")]
_COUNT = re.compile(
    r"[\d,. ]{1,9}\s?(?:words|mots|Wörter|palabras|parole|palavras|woorden|ord|слов\w*|字)", re.IGNORECASE
)
_CODE = re.compile(r"(?P<code>[A-Z]{2,3})[\t ]+(?P<value>\S.*)|(?P<alone>[A-Z]{2,3})")
_KNOWN = frozenset((
    "SE", "HD", "BY", "CR", "WC", "PD", "ET", "SN", "SC", "ED", "PG", "VOL", "LA", "CY", "LP", "TD", "CT", "RF", "CO",
    "IN", "NS", "RE", "IPC", "IPD", "PUB", "AN", "ART", "CLM", "DLN", "ATC",
))  # fmt: skip
_LANGUAGES = re.compile(
    r"English|Deutsch|German|Français|French|Español|Spanish|Italiano|Italian|Português|Portuguese|Nederlands|Dutch|"
    r"Русский|Russian|Svenska|Dansk|Norsk|Polski|Chinese\b.*|Japanese|日本語|中文.*",
    re.IGNORECASE,
)


def read_factiva(story: str) -> Fields:
    """The fields of a story; empty where it has not the form of one."""
    if is_coded(story):
        return read_coded(story)
    lines = [line.strip() for line in story.split("\n")]
    count = next((place for place, line in enumerate(lines) if _COUNT.fullmatch(line)), None)
    if count is None:
        return {}
    above = [line for line in lines[:count] if line]
    by = next((line for line in reversed(above) if BY.match(line)), "")
    headline = max((line for line in above if line != by), key=len, default="")
    facts = [line for line in lines[count + 1 :] if line]
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
    return {"title": headline, "authors": without_by(by), "published": facts[day], "source": outlet,
            "text": "\n".join(body).strip()}  # fmt: skip


def is_coded(text: str) -> bool:
    """Whether a text has lines that begin with the codes of Factiva."""
    return all(code.search(text) for code in _CODES)


def read_coded(story: str) -> Fields:
    """A story whose lines begin with codes of two letters; a line without one goes on with the code before."""
    values: dict[str, list[str]] = {}
    code = ""
    for line in story.split("\n"):
        found = _CODE.fullmatch(line.strip())
        name = (found["code"] or found["alone"]) if found else ""
        if name in _KNOWN and name not in values:
            code = name
            values[code] = [(found["value"] or "").strip() if found else ""]
        else:
            values.setdefault(code, []).append(line.strip())
    said = {name: "\n".join(lines).strip() for name, lines in values.items()}
    return {
        "title": " ".join(said.get("HD", "").split()),
        "authors": without_by(" ".join(said.get("BY", "").split())),
        "published": said.get("PD", ""),
        "source": said.get("SN", ""),
        "text": "\n\n".join(filter(None, (said.get("LP", ""), said.get("TD", "")))),
        "id": said.get("AN", "").removeprefix("Document "),
    }
