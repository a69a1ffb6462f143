"""Who said a quotation: whom a text attributes it to, by its own words."""

import re

from corpus.words import keys
from qa.search.quotation import Quotation

_MARKS = re.compile(r"[“\"«„]([^“”\"«»„]+)[”\"»]")
_SAYS = r"(?:said|says|told|tells|added|adds|wrote|writes|tweeted|posted|asked|warned|insisted|argued|declared|replied)"
_BEFORE = re.compile(rf"(?:^|[,;:.—–]\s*)([^,;:.—–]+?)\s+(?:had\s+|has\s+|then\s+|also\s+)?{_SAYS}\b")
_AFTER = re.compile(
    rf"(?:\b{_SAYS}|\baccording to)\s+((?:(?!\b(?:in|on|at|during|after|before|who|that|of)\b)[^,;:.—–(])+)"
)
_NAMED = re.compile(r"\s*([^,;:.]{2,80}):\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_PRONOUNS = frozenset({"he", "she", "they", "it", "i", "we"})
# Characters before a quotation in which a pronoun's person was named.
_NAMED_BEFORE = 600
_MOST_WORDS = 12


def claimed(text: str) -> tuple[str, str]:
    """The words in quotation marks and who is said to have said them; "" and "" where a text does not say both."""
    parts = _MARKS.findall(text)
    outside = _MARKS.sub("\n", text).split("\n")
    speaker = next(filter(None, map(_speaker, outside)), "")
    return (" … ".join(part.strip(" ,.") for part in parts), speaker) if parts and speaker else ("", "")


def attribution(quotation: Quotation) -> str:
    """Whom the article attributes a quotation to, in its own words; "" where it stands in no quotation marks there."""
    text, (start, end) = quotation.article.text, (quotation.start, quotation.end)
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end) if "\n" in text[end:] else len(text)
    around = next((found for found in _MARKS.finditer(text, first, last) if found.start() <= start < found.end()), None)
    if around is None or quotation.headline:
        return ""
    after = _MARKS.split(_SENTENCE_END.split(text[around.end() : last])[0])[0]
    before = _SENTENCE_END.split(text[first : around.start()])[-1]
    return _speaker(after) or _speaker(before)


def is_of(quotation: Quotation, attributed: str, speaker: str) -> bool:
    """Whether an attribution may name the speaker: by the last word of the name, for a pronoun somewhere before it."""
    before = quotation.article.text[max(0, quotation.start - _NAMED_BEFORE) : quotation.start]
    return keys(speaker)[-1] in keys(before if _PRONOUNS.issuperset(keys(attributed)) else attributed)


def _speaker(words: str) -> str:
    for pattern in (_NAMED.fullmatch, _BEFORE.search, _AFTER.search):
        found = pattern(words.strip(" ,"))
        if found and 0 < len(keys(found[1])) <= _MOST_WORDS:
            return found[1].strip()
    return ""
