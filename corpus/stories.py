"""Which articles tell one story: copies of a text, whole or nearly. The home of datasketch.

Two texts are near copies when they share both their wording and their facts. Wording is the set of runs of three
words, facts are the names and numbers; both are compared by MinHash (Broder 1997), candidates are found by locality
sensitive hashing. Wording alone would tie all reports made from one template, facts alone all reports of one event.
"""

import functools
import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Article
from corpus.datelines import dateline

if TYPE_CHECKING:
    import datasketch
    from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
# A name or number in the middle of a sentence: what follows a full stop is capitalised anyway.
_FACT = re.compile(r"(?<=[\w,;:’'“\"(] )[\"“(]?([^\W\d_a-z]\w+)|(\d[\d.,:]*\d|\d)")
# How a later version of a story says that it is one.
_CORRECTS = re.compile(
    r"^\W*(?:correct(?:ion|ed)|updated?|clarification|editor[’']s note)\s*[:\])—–-]"
    r"|\b(?:story|article|report|headline) (?:has been|was) (?:updated|corrected)\b",
    re.IGNORECASE | re.MULTILINE,
)
_RUN = 3
_HASHES = 128
# 42 bands of 3: a pair that shares 0.4 of its wording is looked at with a probability of 0.94, one of 0.1 with 0.04.
_BANDS = (42, 3)
# Estimates of Jaccard similarity, with a standard error of 0.04.
_SAME_WORDING = 0.45
_SAME_FACTS = 0.5
# What is compared with one article at most, the likeliest first: a template can have thousands of reports.
_MOST_LOOKED_AT = 500
# Shorter texts are copies only when they are the same.
_FEWEST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text is compared by: the digest of its words, and the hashes of its wording and of its facts.

    A text too short to be a near copy has no hashes.
    """

    words: bytes
    wording: bytes = b""
    facts: bytes = b""


def signature(text: str) -> Signature:
    """The signature of a text, without its dateline."""
    text = text[dateline(text).end :]
    words = _WORD.findall(text.casefold())
    digest = hashlib.sha256(" ".join(words).encode()).digest()[:16]
    if len(words) < _FEWEST_WORDS:
        return Signature(digest)
    runs = {" ".join(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)}
    return Signature(digest, _hashed(runs), _hashed("".join(fact).casefold() for fact in _FACT.findall(text)))


class Stories:
    """Ties articles as they come; each is known by the number of its coming, from 0."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        import datasketch

        self._buckets = datasketch.MinHashLSH(num_perm=_HASHES, params=_BANDS)
        self._compared: dict[int, tuple[NDArray[np.generic], NDArray[np.generic]]] = {}
        self._first: list[int] = []
        self._texts: dict[bytes, int] = {}

    def add(self, found: Signature) -> None:
        """Take the signature of the next article, and tie it to those that tell its story."""
        number = len(self._first)
        self._first.append(number)
        twin = self._texts.setdefault(found.words, number)
        if twin != number:
            self.tie(twin, number)
        elif found.wording:
            wording, facts = _minhash(found.wording), _minhash(found.facts)
            self._compared[number] = wording.hashvalues, facts.hashvalues
            for other in self._near(number, wording):
                self.tie(other, number)
            self._buckets.insert(number, wording)

    def first(self, number: int) -> int:
        """The number of the article that came first of all that tell the story of this one."""
        while self._first[number] != number:
            number = self._first[number]
        return number

    def tie(self, one: int, other: int) -> None:
        """Say of two articles that they tell one story."""
        first, later = sorted((self.first(one), self.first(other)))
        self._first[later] = first

    def _near(self, number: int, wording: "datasketch.MinHash") -> list[int]:
        candidates = self._buckets.query(wording)[:_MOST_LOOKED_AT]
        if not candidates:
            return []
        wordings, facts = zip(*(self._compared[place] for place in (number, *candidates)), strict=True)
        shared_wording = np.mean(np.stack(wordings[1:]) == wordings[0], axis=1)
        shared_facts = np.mean(np.stack(facts[1:]) == facts[0], axis=1)
        same = (shared_wording >= _SAME_WORDING) & (shared_facts >= _SAME_FACTS)
        return [other for other, near in zip(candidates, same, strict=True) if near]


def _hashed(things: Iterable[str]) -> bytes:
    hashed = _empty().copy()
    hashed.update_batch([thing.encode() for thing in sorted(things)])
    return bytes(hashed.hashvalues.tobytes())


def _minhash(hashed: bytes) -> "datasketch.MinHash":
    found = _empty().copy()
    found.hashvalues = np.frombuffer(hashed, found.hashvalues.dtype)
    return found


@functools.cache
def _empty() -> "datasketch.MinHash":
    import datasketch

    return datasketch.MinHash(_HASHES, hashfunc=zlib.crc32)


def later_version(article: Article, story: Iterable[Article]) -> Article | None:
    """The last of the articles of its story, earliest first, that replaces this one: None where none does.

    That is one under the same address with a newer text, or one of a later day that says it corrects or updates.
    """
    later = [other for other in story if _replaces(other, article)]
    return later[-1] if later else None


def _replaces(other: Article, article: Article) -> bool:
    if article.id.startswith(f"{other.id}#"):
        return True
    return bool(article.published and other.published and other.published > article.published and corrects(other))


def corrects(article: Article) -> bool:
    """Whether an article says that it corrects or updates an earlier version of its story."""
    return bool(_CORRECTS.search(article.title) or _CORRECTS.search(article.text))
