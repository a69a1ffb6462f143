"""What is known of a language by rules: one data file each, of one form. English has its own modules."""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from corpus.words import keys

CODES = ("de", "es", "fr", "it", "pt")
NAMES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "pt": "Portuguese"}


@dataclass(frozen=True, slots=True)
class Language:
    """Small words and words for news, by their keys; patterns of what is asked for, and of what tells it.

    `kinds` and `evidence` are by kind: "time", "number", "name", "reason". The rest is for reading time: what stands
    `before` and `between` periods, `units`, `periods` and their English; `numbers` are those from 1 on.
    """

    small: frozenset[str]
    news: frozenset[str]
    kinds: Mapping[str, re.Pattern[str]]
    evidence: Mapping[str, re.Pattern[str]]
    before: Mapping[str, str]
    between: Mapping[str, str]
    units: Mapping[str, str]
    numbers: tuple[str, ...]
    few: str
    periods: Mapping[str, str]


@functools.cache
def language(code: str) -> Language | None:
    """What is known of the language of that code; None for English and for all others without a file."""
    if code not in CODES:
        return None
    told = json.loads(files("corpus.languages").joinpath(f"{code}.json").read_text("utf-8"))
    kinds, evidence = (
        {kind: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for kind, pattern in told[name].items()}
        for name in ("kinds", "evidence")
    )
    return Language(
        small=frozenset(keys(told["small"])),
        news=frozenset(keys(told["news"])),
        kinds=kinds,
        evidence=evidence,
        before=told["before"],
        between=told["between"],
        units=told["units"],
        numbers=tuple(told["numbers"]),
        few=told["few"],
        periods=told["periods"],
    )


def name_of(code: str) -> str:
    """The English name of a language, as far as it is known; else its code, in quotation marks."""
    return NAMES.get(code, f"“{code}”")
