"""What counts as the same word: the one place that says so, for search, filters, quotations and marks alike.

Capitals, accents, ligatures, points of Hebrew and Arabic, the form of a figure, dash or apostrophe, stops of initials
and marks of thousands do not count ("Øberg" is "oberg", "CO₂" "CO2", "U.S." "US", "1.250" "1250"), nor does a hyphen
that only joins. What makes another number, grade or name does ("-12", ".412", "AA+", "C#"), and so does inflection.
In scripts without blanks between words (Chinese, Japanese, Thai, ...) a letter with its marks is a word.
"""

import functools
import gzip
import json
import re
import unicodedata
from collections.abc import Sequence
from importlib.resources import files
from itertools import groupby, pairwise
from typing import NamedTuple

import regex

GAP = ""
# Characters. What has more without a blank, a paragraph in Chinese or an address, is not kept: it hardly comes again.
_LONGEST_KEPT = 20

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_DASHES = "-‐‑‒–—−"
_DASH = regex.escape(_DASHES)
_OPENS = r"(?<![^\s(\[{\"“„«‘'/$€£¥₹])"  # at the beginning, or after a blank, bracket, quotation mark or currency
_LETTER = r"[\p{L}\p{N}\p{M}\u200c\u200d]"
# What belongs to the letter before it: marks, the vowels of Thai and Lao, small and repeated kana.
_BELONGS = r"[\p{M}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3ーｰ々ゝゞヽヾぁぃぅぇぉゃゅょゎァィゥェォャュョヮﾞﾟ]"
_WORD = regex.compile(
    rf"""
      (?P<gap>\[\s*(?:…|\.\s?\.\s?\.)\s*\]|…|\.(?:\s?\.){{2,}})
    | (?P<initials>(?<!{_LETTER})(?:\p{{L}}\.(?:\p{{L}}\.)+|\p{{Lu}}\.(?:\ \p{{Lu}}\.)+)(?:['’]\p{{L}}+)?)
    | (?P<thousands>{_OPENS}[{_DASH}+]?[1-9]\d{{0,2}}(?:(?P<mark>[.,'’])\d{{3}})(?:(?P=mark)\d{{3}})*(?![\d]|[.,]\d))
    | (?P<number>(?:{_OPENS}[{_DASH}+])?(?:(?<![\p{{L}}\p{{N}}.])\.)?\d+(?:[.,]\d+)*[\p{{L}}\p{{N}}\p{{M}}]*\+?)
    | (?P<letter>[\u0e40-\u0e44\u0ec0-\u0ec4]?[{_UNSPACED}](?:{_BELONGS}|[\u17d2\u1039]\p{{L}})*)
    | (?P<grade>(?<!{_LETTER})[A-DO]{{1,3}}[{_DASH}](?![\w{_DASH}]|\s*\n))
    | (?P<word>(?:(?![{_UNSPACED}]){_LETTER})+(?:['’ʼ‘`´′](?:(?![{_UNSPACED}]){_LETTER})+)*(?:\#(?!\w)|\++(?!\w))?)
    | (?P<sign>[%$€£¥₹&])
    """,
    regex.VERBOSE,
)
_LINE_END = regex.compile(r"\S[ \t]*\n\s*")
# What is looked at for itself: all up to the next blank, but for the blanks in " . . . " and "J. R. Smith".
_RUN = re.compile(r"\[\s*(?:…|\.\s?\.\s?\.)\s*\]|\.(?:\s\.){2,}|[^\W\d_a-z]\.(?: [^\W\d_a-z]\.)+(?!\w)|\S+")
# Before these "2.375" is no number of thousands.
_SCALES = frozenset({"%", "percent", "per", "million", "billion", "trillion", "mn", "bn", "m", "point", "points"})
_THREE_DECIMALS = re.compile(r"[^.]*\d\.\d{3}")
# A hyphen after these only joins, whatever word follows.
_PREFIXES = {
    "anti", "bi", "bio", "co", "counter", "cyber", "de", "e", "eco", "extra", "geo", "hyper", "inter", "intra", "macro",
    "mega", "micro", "mid", "mini", "multi", "neo", "non", "out", "over", "para", "post", "pre", "pro", "pseudo", "re",
    "semi", "socio", "sub", "super", "trans", "tri", "ultra", "un", "under",
}  # fmt: skip
# Marks that say how a letter sounds and that most people leave out, of Latin, Greek, Cyrillic, Hebrew and Arabic.
_POINTS = regex.compile(
    r"(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    r"\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u200c\u200d]"
)
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n"}
    | {"ə": "a", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƒ": "f", "ĸ": "k"}
    | dict.fromkeys("’ʼ‘`´′", "'")
    | dict.fromkeys("‐‑‒–—−", "-")
)
_RAISED = regex.compile(r"(?<=\d)(?=[⁰¹²³⁴-⁹])")


class Word(NamedTuple):
    r"""A word where it stands, `text[start:end]`, and what it is compared by; the key of an ellipsis is GAP.

    `hyphen` is what lies between it and the word after it, where that is a hyphen: "-", or "-\n" at a line end.
    """

    key: str
    start: int
    end: int
    hyphen: str = ""


def words(text: str) -> list[Word]:
    """The words of a text in order, ellipses and the signs % $ € £ ¥ ₹ & among them."""
    found: list[Word] = []
    last = 0
    for run in _RUN.finditer(text):
        begins = run.start()
        told = _words_of if run.end() - begins <= _LONGEST_KEPT else _words_of.__wrapped__
        for key, start, end in told(run.group()):
            word = Word(key, begins + start, begins + end)
            if found and last < word.start and text[last] in _DASHES:
                found[-1] = found[-1]._replace(hyphen=_hyphen(text[last : word.start], text[word.start]))
            elif key in _SCALES and found and _THREE_DECIMALS.fullmatch(number := text[found[-1].start : last]):
                found[-1] = found[-1]._replace(key=_key(number, "number"))
            found.append(word)
            last = word.end
    return found


@functools.lru_cache(maxsize=200_000)
def _words_of(run: str) -> tuple[tuple[str, int, int], ...]:
    return tuple((_key(word.group(), word.lastgroup or ""), *word.span()) for word in _WORD.finditer(run))


def keys(text: str) -> list[str]:
    """What the words of a text are compared by, in order, without ellipses."""
    return [word.key for word in words(text) if word.key != GAP]


def in_terms_of(said: Sequence[Word], others: Sequence[Word]) -> list[Word]:
    """The words, "anti-war" as one where the others say "antiwar", and "antiwar" as two where they say "anti-war"."""
    whole = {word.key for word in others}
    halves = {one.key + two.key: (one.key, two.key) for one, two in pairwise(others) if one.hyphen}
    found: list[Word] = []
    for word in said:
        if found and found[-1].hyphen and found[-1].key + word.key in whole:
            found[-1] = Word(found[-1].key + word.key, found[-1].start, word.end, word.hyphen)
        elif word.key in halves:
            one, two = halves[word.key]
            middle = min(word.start + len(one), word.end)
            found += [Word(one, word.start, middle), Word(two, middle, word.end, word.hyphen)]
        else:
            found.append(word)
    return found


@functools.lru_cache(maxsize=100_000)
def is_one_word(before: str, hyphen: str, after: str) -> bool:
    """Whether two keys with a hyphen between them are one word: as a dictionary has it, or as a line end cut it."""
    if not (hyphen and before.isalpha() and after.isalpha()):
        return False
    if is_word(before + after) or before in _PREFIXES:
        return True
    return hyphen != "-" and not (is_word(before) and is_word(after))


def in_capitals(text: str, word: Word) -> bool:
    """Whether a word is written in capitals, two at least, as an acronym in a text that is not."""
    letters = text[word.start : word.end]
    return letters.isupper() and sum(map(str.isalpha, letters)) > 1


def name_key(name: str) -> str:
    """A name as names are compared: without hyphens, apostrophes and a leading The, initials together ("jr smith")."""
    parts = [part for key in keys(name) for part in key.replace("'", "").split("-") if part]
    runs = [list(run) for _, run in groupby(parts, lambda part: len(part) == 1 and part.isalpha())]
    together = ["".join(run) if len(run[0]) == 1 else " ".join(run) for run in runs]
    return " ".join(together).removeprefix("the ")


def _hyphen(between: str, letter: str) -> str:
    """The hyphen, if what lies between two words is one; one at a line end goes on in a small letter."""
    if len(between) == 1:
        return "-"
    return "-\n" if _LINE_END.fullmatch(between) and letter.islower() else ""


def is_word(word: str, language: str = "en") -> bool:
    """Whether the dictionary of a language has a word, given in small letters; never where there is none."""
    return word in _dictionary(language)


@functools.cache
def _dictionary(language: str) -> frozenset[str]:
    file = files("spellchecker") / "resources" / f"{language}.json.gz"
    return frozenset(json.loads(gzip.decompress(file.read_bytes()))) if file.is_file() else frozenset()


def _key(word: str, kind: str) -> str:
    if kind == "gap":
        return GAP
    if word == "&":
        return "and"
    if kind in ("initials", "thousands"):
        word = re.sub(r"[\s.]" if kind == "initials" else r"[.,'’]", "", word)
    plain = unicodedata.normalize("NFKD", _RAISED.sub("^", word.casefold()))
    plain = unicodedata.normalize("NFC", _POINTS.sub("", plain)).translate(_PLAIN)
    return plain.replace(".", "0.", 1) if kind == "number" and plain.lstrip("-+").startswith(".") else plain
