"""Names of months in the languages that news is written in, by babel's tables (CLDR), which have their home here."""

import functools
import itertools
import re
import unicodedata

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ENGLISH = {short: number for number, name in enumerate(MONTHS, start=1) for short in (name, name[:3])} | {"sept": 9}
_LANGUAGES = (
    "fr", "de", "es", "es_MX", "it", "pt", "nl", "sv", "da", "nb", "nn", "fi", "is", "et", "lv", "lt", "pl", "cs", "sk",
    "sl", "hr", "bs", "sr", "sr_Latn", "mk", "bg", "ru", "uk", "be", "el", "tr", "az", "hu", "ro", "sq", "ca", "eu",
    "gl", "cy", "ga", "ar", "ar_LB", "ar_MA", "he", "fa", "ur", "hi", "bn", "mr", "ne", "gu", "pa", "ta", "te", "kn",
    "ml", "si", "th", "lo", "my", "ka", "hy", "kk", "uz", "id", "ms", "fil", "sw", "af", "so", "mt", "lb", "de_AT",
)  # fmt: skip
_ACCENT = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[^\s\d.,;:/()\-'’]+")
# "17 de marzo del 2011", "17th of June", "2016 m. birželio 17 d.": what stands beside a month is short.
_LONGEST_PARTICLE = 4
# Hebrew writes "in June" as one word.
_IN_HEBREW = "ב"


def month_among(words: str) -> int:
    """The month that words name in any language, "de marzo de"; 0 for others, also names of two ("listopada")."""
    found = [_folded(word) for word in _WORD.findall(words)]
    pairs = [" ".join(pair) for pair in itertools.pairwise(found)]
    known = _all_names() if _ENGLISH.keys().isdisjoint(found) else _ENGLISH
    numbers = ((word, known.get(word) or known.get(word.removeprefix(_IN_HEBREW))) for word in pairs + found)
    named = {word: month for word, month in numbers if month}
    others = [word for word in found if not any(word in name.split() for name in named)]
    months = set(named.values())
    return months.pop() if len(months) == 1 and all(len(word) <= _LONGEST_PARTICLE for word in others) else 0


@functools.cache
def _all_names() -> dict[str, int]:
    from babel.dates import get_month_names

    names: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, language).items():
                    names.setdefault(_folded(name).removeprefix("de "), set()).add(int(number))
    return {name: numbers.pop() for name, numbers in names.items() if len(numbers) == 1} | _ENGLISH


def _folded(word: str) -> str:
    return _ACCENT.sub("", unicodedata.normalize("NFKD", word.casefold())).strip(". ")


@functools.cache
def calendar_names(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """The months of a language, from 1, and its weekdays, from 0 for Monday, by their names in small letters."""
    from babel.dates import get_day_names, get_month_names

    return (
        {name.casefold(): number for number, name in get_month_names("wide", "format", language).items()},
        {name.casefold(): number for number, name in get_day_names("wide", "format", language).items()},
    )
