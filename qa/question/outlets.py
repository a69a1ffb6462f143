"""Outlets that a question names as its source: "according to CNN", "the Guardian's report on ..."."""

import re
from collections.abc import Iterable

# What stands before or after an outlet's name when it is asked for as a source.
_BEFORE = (
    r"(?:according to|reported by|published (?:by|in)|written in|coverage (?:by|in|of)"
    r"|what (?:did|does|do|has))(?: the)?"
)
_AND = r"(?: and(?: the)?| or(?: the)?|,(?: the)?| versus| vs\.?)"
_AFTER = (
    r"(?:['’]s?)? (?:report(?:s|ed|ing)?|say|says|said|wr[io]tes?|stor(?:y|ies)|articles?|coverage|account|tell|told)\b"
)


def outlets_in(question: str, sources: Iterable[str]) -> frozenset[str]:
    """The outlets of the archive that the question names as sources; a name alone, as of a company, is none.

    Names count with their capitals, with or without a leading "The"; of "CNN and the Guardian" both are named.
    """
    names = {source.removeprefix("The "): source for source in sources if source}
    if not names:
        return frozenset()
    name = "|".join(re.escape(short) for short in sorted(names, key=len, reverse=True))
    listed = rf"(?P<listed>(?:the )?(?:{name})\b(?:{_AND} (?:{name})\b)*)"
    found = re.finditer(rf"(?i:\b{_BEFORE} ){listed}|\b{listed.replace('listed', 'told')}(?i:{_AFTER})", question)
    named = [short for match in found for short in re.findall(name, match["listed"] or match["told"])]
    return frozenset(names[short] for short in named)
