"""The people of a byline, however it is written."""

import re

_BY = re.compile(
    r"^(?:(?:written|words|reported|story|text|texto|texte)\s+)?(?:by|von|par|por|di|af|av|door)[\s:]+|^text:\s*", re.I
)
_AND = re.compile(r"\s*[,;|•·/]\s*|\s+(?:and|&|with|und|et|og|och|en|ja|ve|и|та|και)\s+", re.IGNORECASE)
# Single letters are as often initials: only between two whole names.
_SINGLE_AND = re.compile(r"(?<=\w\w)\s+[yei]\s+(?=[A-ZÁÉÍÓÚÑ]\w+\s)")
_SURNAME_FIRST = re.compile(r"([^\W\d_][\w'’-]+),\s+([^\W\d_][\w'’.-]+(?:\s+[^\W\d_][\w'’.-]*){0,2})")
# What stands behind a name in a byline and is no other: the work, and who sent it.
_ROLE = re.compile(
    r"\b(?:correspondents?|reporters?|editors?|writers?|staff|columnists?|contributors?|redakt(?:eur|ion)\w*|journalist\w*"
    r"|news|bureau|chief|producer|photographer)\b"
    r"|^(?:AAP|AFP|AP|ANSA|BBC|CNN|dpa|EFE|PA|PTI|Reuters|TASS|UPI|Xinhua|(?:The )?Associated Press)$",
    re.IGNORECASE,
)
# "Ann Lee (al)", "(Reuters)".
_INITIALS = re.compile(r"\s*\([^()]{1,20}\)")


def people(byline: str) -> list[str]:
    """Their names in order: "By Ann Lee and Bo Ray, CNN" gives two, "Lee, Ann" one. Roles count alone."""
    words = _BY.sub("", _INITIALS.sub("", " ".join(byline.split())))
    surname_first = _SURNAME_FIRST.fullmatch(words)
    if surname_first and not any(_ROLE.search(part) or part.isupper() for part in surname_first.groups()):
        return [f"{surname_first[2]} {surname_first[1]}"]
    parts = [_BY.sub("", part).strip(" .") for whole in _AND.split(words) for part in _SINGLE_AND.split(whole)]
    names = [part for part in parts if any(map(str.isalpha, part))]
    return [name for name in names if not _ROLE.search(name)] or names
