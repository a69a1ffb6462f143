"""Which articles tell one story: copies of a text, whole or nearly. The home of datasketch.

Near copies share their wording, the runs of three words, compared by MinHash (Broder 1997) after locality sensitive
hashing. And only one of them has names or numbers that the other lacks, as a text has beside its shortened copy; of two
reports made from one template each has.
"""

import functools
import hashlib
import itertools
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from corpus.datelines import dateline

_Numbers = NDArray[np.uint32]
_WORD = re.compile(r"\w+")
# A number, or a name in the middle of a sentence: what follows a full stop is capitalised anyway.
_FACT = re.compile(r"(?<=[\w,;:’'“\"(] )[\"“(]?([^\W\d_a-z]\w+)|(\d[\d.,:]*\d|\d)")
_NUMBERS = frozenset(
    "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty hundred".split()  # noqa: SIM905
)
# How a later version of a story says that it is one.
_CORRECTS = re.compile(
    r"^[^\w\n]*(?:correct(?:ion|ed)|updated?|clarification|editor[’']s note)\s*[:\])—–-]"
    r"|\b(?:story|article|report|headline) (?:has been|was) (?:updated|corrected)\b",
    re.IGNORECASE | re.MULTILINE,
)
_RUN = 3
_HASHES = 128
# A pair that shares 0.4 of its wording shares a band of 3 hashes with a probability of 0.94, one of 0.1 with 0.04.
_BANDS, _HASHES_OF_BAND = 42, 3
# An estimate of Jaccard similarity, with a standard error of 0.04.
_SAME_WORDING = 0.45
# What is compared with one article at most, those that share most bands: a template can have thousands of reports.
_MOST_LOOKED_AT = 500
# A later version of a long report loses a name or number here and there, this share of those beyond the first few;
# short notices, of which many are made from one template, lose none.
_FEW_FACTS, _LOST_SHARE = 20, 0.05
# Shorter texts are copies only when they are the same.
_FEWEST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text is compared by: the digest of its words, the hashes of its wording, and one number for each word.

    The numbers are sorted 32-bit hashes, odd for names and numbers. A text too short to be a near copy has neither.
    """

    words: bytes
    wording: bytes = b""
    facts: bytes = b""

    @property
    def bands(self) -> list[bytes]:
        """Parts of the wording, in order, of which near copies share at least one; none of a text that is too short."""
        size = _HASHES_OF_BAND * len(self.wording) // _HASHES
        return [self.wording[place * size : (place + 1) * size] for place in range(_BANDS) if size]


def signature(text: str) -> Signature:
    """The signature of a text, without its dateline."""
    text = text[dateline(text).end :]
    words = _WORD.findall(text.casefold())
    digest = hashlib.sha256(" ".join(words).encode()).digest()[:16]
    if len(words) < _FEWEST_WORDS:
        return Signature(digest)
    runs = {" ".join(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)}
    facts = {"".join(fact).casefold().replace(",", "") for fact in _FACT.findall(text)} | _NUMBERS.intersection(words)
    wording = _empty_wording().copy()
    wording.update_batch([run.encode() for run in sorted(runs)])
    numbers = {zlib.crc32(word.encode()) & ~1 | (word in facts) for word in {*words, *facts}}
    return Signature(digest, wording.hashvalues.tobytes(), np.array(sorted(numbers), np.uint32).tobytes())


class Stories:
    """Ties articles as they come; each is known by the number of its coming, from 0."""

    def __init__(self) -> None:
        self._sharing: dict[tuple[int, bytes], list[int]] = defaultdict(list)
        self._wordings: dict[int, NDArray[np.generic]] = {}
        self._facts: dict[int, _Numbers] = {}
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
            self._wordings[number] = np.frombuffer(found.wording, f"u{len(found.wording) // _HASHES}")
            self._facts[number] = np.frombuffer(found.facts, np.uint32)
            sharing = [self._sharing[band] for band in enumerate(found.bands)]
            for other in self._near(number, sharing):
                self.tie(other, number)
            for numbers in sharing:
                numbers.append(number)

    def first(self, number: int) -> int:
        """The number of the article that came first of all that tell the story of this one."""
        while self._first[number] != number:
            number = self._first[number]
        return number

    def tie(self, one: int, other: int) -> None:
        """Say of two articles that they tell one story."""
        first, later = sorted((self.first(one), self.first(other)))
        self._first[later] = first

    def _near(self, number: int, sharing: Sequence[list[int]]) -> list[int]:
        shared_bands = Counter(itertools.chain.from_iterable(sharing))
        candidates = [other for other, _ in shared_bands.most_common(_MOST_LOOKED_AT)]
        if not candidates:
            return []
        wordings = np.stack([self._wordings[place] for place in candidates])
        shared = np.mean(wordings == self._wordings[number], axis=1)
        near = (other for other, share in zip(candidates, shared, strict=True) if share >= _SAME_WORDING)
        own = self._facts[number]
        return [other for other in near if _within(own, self._facts[other]) or _within(self._facts[other], own)]


def _within(one: _Numbers, other: _Numbers) -> bool:
    """Whether a text has the names and numbers of `one`, of a long text nearly all."""
    facts, words = one[one % 2 == 1] - 1, other - other % 2
    places = np.searchsorted(words, facts)
    missing = np.count_nonzero(words.take(places, mode="clip") != facts)
    return bool(missing <= max(0, len(facts) - _FEW_FACTS) * _LOST_SHARE)


@functools.cache
def _empty_wording() -> Any:  # noqa: ANN401 (datasketch's, whose types are not followed)
    import datasketch

    return datasketch.MinHash(_HASHES, hashfunc=zlib.crc32)


def later_version(article: Article, story: Iterable[Article]) -> Article | None:
    """The last of the articles of its story, earliest first, that replaces this one: None where none does.

    That is one under the same address with a newer text, or one of a later day that says it corrects or updates.
    """
    later = None
    for other in story:
        newer = article.published and other.published and other.published > article.published
        if article.id.startswith(f"{other.id}#") or (newer and corrects(other)):
            later = other
    return later


def corrects(article: Article) -> bool:
    """Whether an article says that it corrects or updates an earlier version of its story."""
    return bool(_CORRECTS.search(article.title) or _CORRECTS.search(article.text))
