"""What is known of a language by rules, one data file each; the home of py3langid."""

import functools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from corpus.message import Message
from corpus.words import keys

ENGLISH = "en"
# Shorter texts do not tell their language, and longer ones tell no more.
_FEWEST, _MOST = 200, 600
# Of fewer of the texts a language is a guest, or a mistake.
_LEAST_SHARE = 0.1
NAMES = {
    ENGLISH: Message("English"), "de": Message("German"), "es": Message("Spanish"), "fr": Message("French"),
    "it": Message("Italian"), "pt": Message("Portuguese"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """Small words and words for news, by their keys; patterns of what asks, of what is asked for, and of what tells it.

    `kinds` and `evidence` are by kind: "time", "number", "name", "reason". The rest is for putting time into English:
    what stands `before` and `between` periods, `units`, `periods`; `numbers` are those from 1 on.
    """

    small: frozenset[str]
    news: frozenset[str]
    asks: re.Pattern[str]
    kinds: Mapping[str, re.Pattern[str]]
    evidence: Mapping[str, re.Pattern[str]]
    before: Mapping[str, str] = field(default_factory=dict)
    between: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    few: str = ""
    periods: Mapping[str, str] = field(default_factory=dict)


@functools.cache
def language(code: str) -> Language:
    """What is known of the language of that code; what is known of English, of all others without a file."""
    told = json.loads(
        files("corpus.languages").joinpath(f"{code if code in NAMES else ENGLISH}.json").read_text("utf-8")
    )
    for name in ("small", "news"):
        told[name] = frozenset(keys(told[name]))
    for name in ("kinds", "evidence"):
        told[name] = {kind: _whole(pattern) for kind, pattern in told[name].items()}
    return Language(**told | {"asks": _whole(told["asks"])})


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


def language_of(text: str) -> str:
    """The language of a text, as two letters; empty for a short one."""
    import py3langid

    return str(py3langid.classify(text[:_MOST])[0]) if len(text) >= _FEWEST else ""


def languages_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The languages of at least a tenth of the texts, as two letters, that of most first; none where all are short."""
    found = Counter(filter(None, map(language_of, texts)))
    return tuple(code for code, count in found.most_common() if count >= _LEAST_SHARE * found.total())


def name_of(code: str) -> str:
    """The English name of a language, as far as it is known; else its code, in quotation marks."""
    return NAMES.get(code, f"“{code}”")
