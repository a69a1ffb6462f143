"""Whether anything is asked at all: greetings, remarks about oneself and rows of numbers are no questions."""

import re

from qa.question.english import LISTS, either, names

_GREETING = re.compile(rf"{either(LISTS['greeting'])}\b", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:[\d.,+-]+\s+){2,}[\d.,+-]+")
# "I had toast", but not "I want to know who won", nor anything with a question mark.
_OF_ONESELF = re.compile(r"(?:I|I['’](?:m|ve|d|ll)|[Ww]e|[Mm]y|i|i['’](?:m|ve|d|ll))\s")
_REQUEST = re.compile(
    r"\b(?:who|what|when|where|which|why|how|whether|if|about|tell|know|wonder\w*|find|look\w*|need|want|search\w*|ask\w*"
    r"|like|read\w*|hear\w*|remember|interested|curious|show|give|explain|mean|meant)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")


def asks_nothing(text: str) -> bool:
    """Whether a text, clean as `checked` leaves it, is no question and names nothing to look for."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    if _NUMBERS.fullmatch(text.strip(" .!?")):
        return True
    if _GREETING.match(text) and LISTS["small_talk"].issuperset(words):
        return True
    remark = _OF_ONESELF.match(text) and "?" not in text and not _REQUEST.search(text)
    return bool(remark) and not names(re.sub(r"\bI\b", "i", text))
