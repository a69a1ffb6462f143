"""The words of a text as they are searched: one spelling for words that are written in several ways."""

import functools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from typing import Self

from corpus.languages import ENGLISH, language
from corpus.words import Word, in_capitals, is_one_word, words
from index.terms import TermText

# Raised with every change of this module and of `corpus.words`: words indexed in another way would not be found.
SPELLING_VERSION = 2
_ENGLISH = json.loads(files("corpus.languages").joinpath("spelling.json").read_text("utf-8"))
# Words that shape an English question to an archive and say nothing of its subject. In capitals they are names.
SMALL = language(ENGLISH).small
# By their capitals, so that "us" and "it" stay what they are.
_SHORT_NAMES = {tuple(name.split()): short for name, short in _ENGLISH["names"].items()}
_OPENINGS = {name[0] for name in _SHORT_NAMES}
# What the terms of names begin with.
NAME = "="
# Signs that tell grades and languages apart belong to short words only: "C++", "AA-"; "Disney+" is found by "Disney".
_SHORT = 3
# So many words of the text after a chunk are kept with those that it has as written: a phrase may go on there.
AFTERWORDS = 30
_DIVIDES = re.compile(r"[',]")  # O'Brien is found by Brien, 2016,17 by 17
# British spellings and what they become: whole families by their stems, the rest one by one.
_BRITISH = {re.compile(british): american for british, american in _ENGLISH["families"].items()}
_SINGLE: dict[str, str] = _ENGLISH["words"]


# A text is often looked at again at once, for its names.
@functools.lru_cache(maxsize=64)
def searched(text: str) -> tuple[Word, ...]:
    """The words of a text with the keys they are searched by: Obama's as obama, -12 as 12, the WHO as WHO."""
    said = _undivided(words(text))
    shouted = text.isupper() and not all(word.key in SMALL for word in said)
    found: list[Word] = []
    position = 0
    while position < len(said):
        word, length = said[position], 1
        key = word.key
        if key in _OPENINGS and (name := _short_name(text, said, position)):
            key, length = name
        elif key in SMALL and not shouted and in_capitals(text, word):
            key = key.upper()
        parts = _parts(key)
        if parts == word[:1] and length == 1:  # Most words are searched as they are.
            found.append(word)
        else:
            end = said[position + length - 1].end
            found += [Word(part, word.start, end) for part in parts]
        position += length
    return tuple(found)


def name_terms(text: str) -> list[str]:
    """What may be names in a text, as they are written: "=" and the key of each word with a capital, in order.

    No stem is the same as one of these: Browning, "=browning", is not Brown, nor brown.
    """
    return [NAME + word.key for word in searched(text) if text[word.start].isupper() and word.key not in SMALL]


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as it is indexed: its words as searched but for their endings, its names, its words in capitals."""

    keys: str
    names: tuple[str, ...]
    capitals: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a text once."""
        said = searched(text)
        capitals = () if text.isupper() else (word.key for word in said if in_capitals(text, word))
        return cls(" ".join(word.key for word in said), tuple(name_terms(text)), " ".join(capitals))

    def term_text(self, terms: Callable[[str], list[str]]) -> TermText:
        """Its terms and names."""
        return TermText.of(terms(self.keys), self.names)


def written_fields(title: ReadText, body: ReadText, after: Iterable[ReadText]) -> dict[str, str]:
    """What is indexed of a chunk as it is written, with the first words of the chunks after it."""
    going_on = islice((key for read in after for key in read.keys.split()), AFTERWORDS)
    return {
        "names_title": " ".join(title.names),
        "names_body": " ".join(body.names),
        "written_title": title.keys,
        "written_body": " ".join([body.keys, *going_on]),
        "capitals": f"{title.capitals} {body.capitals}",
    }


def _undivided(said: list[Word]) -> list[Word]:
    """The words, those that only a hyphen divides as one."""
    found: list[Word] = []
    for word in said:
        if found and found[-1].hyphen and is_one_word(found[-1].key, found[-1].hyphen, word.key):
            found[-1] = Word(found[-1].key + word.key, found[-1].start, word.end, word.hyphen)
        else:
            found.append(word)
    return found


def _short_name(text: str, said: list[Word], position: int) -> tuple[str, int] | None:
    """The short form of the name that begins at a position, and how many words it stands for."""
    for name, short in _SHORT_NAMES.items():
        parts = said[position : position + len(name)]
        if tuple(part.key for part in parts) == name and all(_is_capital(text, part) for part in (parts[0], parts[-1])):
            return short, len(name)
    return None


def _is_capital(text: str, word: Word) -> bool:
    return in_capitals(text, word) if word.key == "us" else text[word.start].isupper()


@functools.lru_cache(maxsize=100_000)
def _parts(key: str) -> tuple[str, ...]:
    """What a key is searched by: without its signs, and on both sides of an apostrophe, a possessive left out."""
    if len(key.rstrip("+-")) > _SHORT or any(map(str.isdigit, key)):
        key = key.strip("+-")
    if key.endswith("'s") and len(key) > len("'s"):
        key = key.removesuffix("'s")
    return tuple(_american(part) for part in _DIVIDES.split(key) if any(map(str.isalnum, part)))


def _american(word: str) -> str:
    """The word as Americans spell it; the word itself where they spell it the same."""
    for british, american in _BRITISH.items():
        if found := british.match(word):
            return found.expand(american) + word[found.end() :]
    single = word if word in _SINGLE else word.removesuffix("s")
    return _SINGLE[single] + word[len(single) :] if single in _SINGLE else word
