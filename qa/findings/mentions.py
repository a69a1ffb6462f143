"""What may be exchanged in a question: names, numbers and days, who somebody is, and words that have an opposite."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from corpus.months import MONTHS, WEEKDAYS
from corpus.words import Word, is_word, words
from index.stores.spelling import SMALL
from qa.question.english import LISTS, names

_MONTHS, _WEEKDAYS = ("|".join(map(str.capitalize, names)) for names in (MONTHS, WEEKDAYS))
# Shortened ("Aug. 12") a month counts beside its day only: Jan is also a name.
_SHORT = rf"(?:{_MONTHS}|(?:Sept|{'|'.join(name[:3].capitalize() for name in MONTHS)})\.?)"
_DAY = (
    rf"{_SHORT}\s+\d{{1,2}}(?:,?\s+\d{{4}})?|\d{{1,2}}\s+{_SHORT}(?:\s+\d{{4}})?|(?:{_MONTHS})(?:,?\s+\d{{4}})?"
    rf"|{_WEEKDAYS}|(?:19|20)\d\d"
)
_DAY_OR_NUMBER = re.compile(rf"(?P<day>\b(?:{_DAY})\b)|(?P<number>[$€£]?\d(?:[\d,.]*\d)?)(?!\d|s\b)")
_BEGINS = re.compile(r"(?:^|[.?!:“\"\n])\s*$")
_SIDE_BY_SIDE = re.compile(r"[\w’'-]+ [\w’'-]+")
# "Did not vote to leave" is no opposite of staying.
_BEFORE = 3
_NOT = frozenset({"not", "no", "never", "without", "cannot"})
# What comes before a role and says of what: "its head coach", "LSU's football coach".
_OF_WHAT = re.compile(r"(?:\b(?:the|an?|its|his|her|their)|['’]s|s['’]) ([a-z]{4,}) $")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, number or day in a text, `text[start:end]`."""

    words: str
    kind: str
    start: int
    end: int


def mentions(text: str) -> list[Mention]:
    """The names, numbers and days of a text, in order; of a sentence's first word, only what is no word but a place."""
    calendar = list(_DAY_OR_NUMBER.finditer(text))
    dated = {place for match in calendar if match["day"] and " " in match["day"] for place in range(*match.span())}
    named = [
        Mention(name.text, "name", name.start, name.end)
        for name in names(text)
        if not (is_word(name.text.casefold()) and name.kind != "place" and _BEGINS.search(text[: name.start]))
        and name.start not in dated
    ]
    inside = {place for each in named for place in range(each.start, each.end)}
    others = [
        Mention(match.group(), match.lastgroup or "", *match.span())
        for match in calendar
        if inside.isdisjoint(range(*match.span()))
    ]
    return sorted(named + others, key=lambda each: each.start)


def roles(text: str) -> list[Mention]:
    """The words of a text that say who somebody is, "chairman", each with the word before it that says of what."""
    found = list[Mention]()
    for word in words(text):
        if word.key in _lists().roles:
            of_what = _OF_WHAT.search(text[: word.start])
            spans = [*([of_what.span(1)] if of_what else []), (word.start, word.end)]
            found += [Mention(text[slice(*span)], "role", *span) for span in spans]
    return found


def deniable(text: str) -> list[Mention]:
    """The words of a text that may be denied, but in longer names; none where it asks for yes or no, or denies."""
    found = words(text)
    if not found or found[0].key in LISTS["auxiliary"] or any(_denies(word) for word in found):
        return []
    inside = {place for name in names(text) if " " in name.text for place in range(name.start, name.end)}
    return [
        Mention(text[word.start : word.end], "opposed", word.start, word.end)
        for word in found
        if (word.key in _lists().sides or word.key not in SMALL) and word.start not in inside
    ]


def denial(word: str, text: str) -> str:
    """The first word of a text that is the opposite of a word, or the word with "not"; "" where it is not denied."""
    sides, told, forms = _lists().sides, _told(text), {*_forms(word.lower())}
    own = sides.get(word.lower(), frozenset())
    other = {(pair, 1 - side) for pair, side in own}
    same = [n for n, each in enumerate(told) if each.key in forms or own & sides.get(each.key, frozenset())]
    if same:
        denied = [text[told[n - 1].start : told[n].end] for n in same if n and _denies(told[n - 1])]
        return denied[0] if len(denied) == len(same) and _SIDE_BY_SIDE.fullmatch(denied[0]) else ""
    opposite = next((n for n, each in enumerate(told) if other & sides.get(each.key, frozenset())), None)
    if opposite is None or any(map(_denies, told[max(0, opposite - _BEFORE) : opposite])):
        return ""
    return text[told[opposite].start : told[opposite].end]


@lru_cache(maxsize=500)
def _told(text: str) -> list[Word]:
    """The words of a sentence, which is looked at once for each word of a question."""
    return words(text)


def _denies(word: Word) -> bool:
    return word.key in _NOT or word.key.endswith("n't")


@dataclass(frozen=True, slots=True)
class _Lists:
    """Roles in the singular and plural, and the pairs of opposites that each word is in, with its side, 0 or 1."""

    roles: frozenset[str]
    sides: dict[str, frozenset[tuple[int, int]]]


@cache
def _lists() -> _Lists:
    listed = json.loads(files("qa.findings").joinpath("exchanged.json").read_text("utf-8"))
    sides: dict[str, frozenset[tuple[int, int]]] = {}
    for number, pair in enumerate(listed["opposites"]):
        for side, said in enumerate(pair):
            for form in (form for word in said.split() for form in _forms(word)):
                sides[form] = sides.get(form, frozenset()) | {(number, side)}
    roles_listed = [role for line in listed["roles"] for role in line.split()]
    return _Lists(frozenset([*roles_listed, *(f"{role}s" for role in roles_listed)]), sides)


def _forms(word: str) -> Iterator[str]:
    """A word, and what its regular forms would be."""
    stem = word.removesuffix("e")
    yield from (word, f"{word}s", f"{word}es", f"{stem}ed", f"{stem}ing", f"{word}{word[-1]}ed", f"{word}{word[-1]}ing")
    if word.endswith("y"):
        yield from (f"{word[:-1]}ies", f"{word[:-1]}ied")
