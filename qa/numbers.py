"""The numbers of a sentence that count something, with their unit and how exactly they are meant; English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * tens for tens, word in enumerate(_TENS, start=2)},
    "dozen": 12,
}
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
_UNITS = {"percent": "%", "per cent": "%", "dollars": "$", "euros": "€", "pounds": "£"}
_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
# "One" is mostly no number, and a digit that touches a letter or another number is a name, a score or a range.
_SPELLED = rf"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(sorted(_ONES[2:], key=len)[::-1])}"
_NUMBER = re.compile(
    rf"(?<![\w.,:/'’–-])(?P<sign>[$€£])?(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)|(?P<spelled>{_SPELLED}|dozen))"
    rf"(?:\s?(?P<scale>(?:(?<=\d)(?:k|m|bn))|(?:(?<=[\s-])(?:hundred|thousand|million|billion|trillion))))?"
    rf"(?![\w/:'’–-])(?!\.\d)(?:\s?(?P<unit>%|percent|per cent|dollars|euros|pounds)(?!\w))?",
    re.IGNORECASE,
)
_NO_COUNT_BEFORE = re.compile(
    r"(?:\b(?:between|from|including|among them|another|a further|an additional|aged?|aged? of|compared (?:with|to)"
    r"|one in|or|no\.|number|article|chapter|flight|route|page|section|phase|versus|until|only|last|first|next|top"
    rf"|of whom|{_MONTHS})"
    r"|\b(?:people|those|adults|men|women|anyone|aged) (?:over|under|above|older than|younger than)"
    r"|\b(?:between|from) [\w.,$€£]+(?: \w+)? (?:and|to|-|–)|\d(?:,| to))\s+$",
    re.IGNORECASE,
)
_NO_COUNT_AFTER = re.compile(
    r"\s*(?:to \d|or \w+\b|and \w+ (?:years|percent)|years? old|of (?:them|the|those|whom|these)\b"
    r"|(?:more|others?|additional|further)\b|in \d|out of|(?:hours?|days?|weeks?|months?|years?|minutes?|seconds?"
    rf"|decades?|times|am|pm|a\.m|p\.m|o['’]clock)\b|(?:of )?{_MONTHS})",
    re.IGNORECASE,
)
_YEAR = range(1900, 2100)
_OVER = re.compile(r"\b(?:more than|over|exceeding|above|upwards of|in excess of)\s+$", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:less than|fewer than|under|below|nearly|almost|close to)\s+$", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|around|some|roughly|approximately|an estimated|or so)\s+$", re.IGNORECASE)
# A number that ends in so many noughts may be rounded.
_ROUND = 3
# How far from a number that is no more than near it another one may be.
_NEAR, _BEYOND = 0.1, 0.2

Bound = Literal["exact", "about", "over", "under"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as the sentence has it in `sentence[start:end]`; `step` is half a unit of its last stated digit."""

    words: str
    start: int
    end: int
    value: float
    step: float
    unit: str
    bound: Bound

    def contradicts(self, other: "Number") -> bool:
        """Whether the two cannot mean the same: not by rounding, nor by an "about" or "more than" that leaves room."""
        low, high = sorted((self.value, other.value))
        return high - low > max(self.step, other.step) and not (self.allows(other) or other.allows(self))

    def allows(self, other: "Number") -> bool:
        """Whether "about", "more than" or "nearly" leaves room for the other one."""
        change = (other.value - self.value) / self.value if self.value else 0.0
        return {
            "exact": False,
            "about": abs(change) <= _NEAR,
            "over": 0 <= change <= _BEYOND,
            "under": -_BEYOND <= change <= 0,
        }[self.bound]


def numbers_in(sentence: str) -> list[Number]:
    """The numbers that count something, in order; no dates, ages, scores, ranges, durations, ordinals and names."""
    return list(_numbers(sentence))


def _numbers(sentence: str) -> Iterator[Number]:
    for found in _NUMBER.finditer(sentence):
        before, after = sentence[: found.start()], sentence[found.end() :]
        if _NO_COUNT_BEFORE.search(before) or _NO_COUNT_AFTER.match(after) or _is_age(before, after):
            continue
        value, step = _value(found)
        is_year = value in _YEAR and "," not in found.group() and not found["scale"]
        if is_year and not found["sign"] and not found["unit"]:
            continue
        unit = found["sign"] or _UNITS.get((found["unit"] or "").lower(), found["unit"] or "")
        # 52 % may be 51.9; 52 people are no others.
        step = step or (0.5 if unit else 0.0)
        yield Number(found.group(), found.start(), found.end(), value, step, unit, _bound(before))


def _is_age(before: str, after: str) -> bool:
    """Whether it stands alone between commas: "Ann Berg, 17, was"."""
    return before.endswith(", ") and after[:1] in {",", ".", ")"}


def _value(found: re.Match[str]) -> tuple[float, float]:
    scale = _SCALES.get((found["scale"] or "").lower(), 1.0)
    if found["spelled"]:
        value = sum(_VALUES[word] for word in re.split(r"[- ]", found["spelled"].lower()))
        return value * scale, 0.5 * scale if scale > 1 else 0.0
    digits = found["digits"].replace(",", "")
    decimals = len(digits.partition(".")[2])
    zeros = len(digits) - len(digits.rstrip("0")) if not decimals else 0
    # 12,000 may be 12,345 rounded; 200 is taken for what it says.
    unit = 10.0 ** (zeros if zeros >= _ROUND else -decimals)
    return float(digits) * scale, unit * scale / 2 if zeros >= _ROUND or decimals or scale > 1 else 0.0


def _bound(before: str) -> Bound:
    if _OVER.search(before):
        return "over"
    return "under" if _UNDER.search(before) else "about" if _ABOUT.search(before) else "exact"
