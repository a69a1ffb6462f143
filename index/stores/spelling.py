"""One spelling for words that are written in several ways; applied alike to what is indexed and what is asked."""

import functools
import re
import unicodedata

# Raised with every change of this module: words indexed in another spelling would not be found.
SPELLING_VERSION = 1
# What is rare comes first, and is looked behind from: that is five times as fast.
_POSSESSIVE = re.compile(r"['’](?<=\w.)s\b", re.IGNORECASE)
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_THOUSANDS = re.compile(r",(?<=\d.)(?=\d{3}\b)")
# By their capitals, so that "us" and "it" stay what they are.
_SHORT_NAMES = {
    "United States of America": "USA",
    "United States": "USA",
    "US": "USA",
    "United Kingdom": "UK",
    "United Nations": "UN",
    "European Union": "EU",
    "World Health Organization": "WHO",
    "World Health Organisation": "WHO",
}
_LONG_NAME = re.compile(rf"\b(?:{'|'.join(_SHORT_NAMES)})\b")
# British spellings and what they become: whole families by their stems, the rest one by one.
_FAMILIES = {
    r"(arm|behavi|cand|clam|col|endeav|fav|flav|harb|hon|hum|lab|neighb|od|parl|rig|rum|sav|splend|tum|val|vap"
    r"|vig)our": r"\1or",
    r"(agon|apolog|author|categor|civil|critic|econom|emphas|final|global|immun|item|jeopard|legal|maxim|memor|minim|mobil"
    r"|modern|national|neutral|organ|penal|polar|privat|real|recogn|scrutin|special|stabil|standard|steril|summar|symbol"
    r"|sympath|terror|util|victim)is(e[drs]?|ing|ations?|ational)": r"\1iz\2",
    r"(anal|paral|catal)ys(e[drs]?|ing)": r"\1yz\2",
    r"(cancel|counsel|dial|fuel|jewel|label|level|marvel|model|quarrel|signal|total|travel|tunnel)l(ed|ing|ers?)":
    r"\1\2",
    r"(cent|fib|lit|lust|met|kilomet|centimet|millimet|sab|spect|theat)re(s?)$": r"\1er\2",
    r"(def|off|lic|pret)ence(s?)$": r"\1ense\2",
}  # fmt: skip
_SINGLE = {
    "aeroplane": "airplane", "ageing": "aging", "aluminium": "aluminum", "catalogue": "catalog",
    "centred": "centered", "cheque": "check", "defence": "defense", "dialogue": "dialog", "enrol": "enroll",
    "foetus": "fetus", "fulfil": "fulfill", "grey": "gray", "jewellery": "jewelry", "judgement": "judgment",
    "kerb": "curb", "manoeuvre": "maneuver", "mould": "mold", "moustache": "mustache", "paediatric": "pediatric",
    "plough": "plow", "practise": "practice", "programme": "program", "pyjamas": "pajamas", "sceptic": "skeptic",
    "sulphur": "sulfur", "tonne": "ton", "tyre": "tire", "whisky": "whiskey",
}  # fmt: skip
_LONG_WORD = re.compile(r"\w{4,}")
_BRITISH = {re.compile(british): american for british, american in _FAMILIES.items()}


def normalised(text: str) -> str:
    """The text in the one spelling: U.S. as USA, 10,000 as 10000, Obama's as Obama."""
    text = unicodedata.normalize("NFKC", text)
    text = _ACRONYM.sub(lambda dotted: dotted.group().replace(".", ""), text)
    text = _LONG_NAME.sub(lambda name: _SHORT_NAMES[name.group()], text)
    text = _THOUSANDS.sub("", _POSSESSIVE.sub("", text))
    return _LONG_WORD.sub(lambda word: _american(word.group()), text)


@functools.lru_cache(maxsize=100_000)
def _american(word: str) -> str:
    """The word as Americans spell it, in lower case; the word itself where they spell it the same."""
    lower = word.lower()
    for british, american in _BRITISH.items():
        if found := british.match(lower):
            return found.expand(american) + lower[found.end() :]
    single = lower if lower in _SINGLE else lower.removesuffix("s")
    return _SINGLE[single] + lower[len(single) :] if single in _SINGLE else word
