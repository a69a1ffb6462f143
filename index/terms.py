"""The terms of texts as numbers: counted, and kept for every chunk, since the keyword index cannot give them back."""

import contextlib
import mmap
import zlib
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Field = Literal["title", "body"]
# The numbers of all terms and names, and a row a chunk: where those of its headline and of its text end, in bytes, and
# how many terms each has.
_CODES, _TABLE = "terms.bin", "terms.npy"
_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class TermText:
    """The indexed words (terms) of a text in order, and after them its names as written.

    Each is a number of four bytes, the CRC-32 of its UTF-8, which is the same in every store: ranking counts the terms
    of some hundred texts at once, ten times as fast as strings. In an archive of 200,000 different words a term shares
    its number with another one time in 20,000. `length` is how many terms there are, without the names.
    """

    codes: bytes = b""
    length: int = 0

    @classmethod
    def of(cls, terms: Collection[str], names: Collection[str] = ()) -> Self:
        """The text of some terms and names."""
        return cls(np.array([term_code(term) for term in (*terms, *names)], np.uint32).tobytes(), len(terms))

    def count(self, *terms: str) -> int:
        """How often the terms stand side by side, in this order."""
        return int(TermTexts([self]).count(*terms)[0])


class TermTexts:
    """Many texts, in which terms are counted at once, and only once."""

    def __init__(self, texts: Sequence[TermText]) -> None:
        self._counts: dict[tuple[str, ...], NDArray[np.float64]] = {}
        self.lengths = [text.length for text in texts]
        self._codes = np.frombuffer(b"".join(text.codes for text in texts), np.uint32)
        self._owners = np.repeat(np.arange(len(texts)), [len(text.codes) // self._codes.itemsize for text in texts])

    def count(self, *terms: str) -> NDArray[np.float64]:
        """How often the terms stand side by side, in this order, in each of the texts."""
        if terms not in self._counts:
            self._counts[terms] = self._counted(*terms)
        return self._counts[terms]

    def _counted(self, *terms: str) -> NDArray[np.float64]:
        starts = self._codes[: max(0, len(self._codes) - len(terms) + 1)]
        found = np.flatnonzero(starts == term_code(terms[0]))
        for distance, term in enumerate(terms[1:], start=1):
            found = found[self._codes[found + distance] == term_code(term)]
            found = found[self._owners[found + distance] == self._owners[found]]
        return np.bincount(self._owners[found], minlength=len(self.lengths)).astype(np.float64)


def term_code(term: str) -> int:
    """The number of a term."""
    return zlib.crc32(term.encode())


class TermStore:
    """The terms of chunks, by row."""

    def __init__(self, folder: Path) -> None:
        """Open what `term_writer` wrote into the folder; OSError or ValueError where it is missing or damaged."""
        self._table = np.load(folder / _TABLE)
        with (folder / _CODES).open("rb") as file:
            # An empty file cannot be mapped.
            self._codes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self._table[-1:, 1].any() else b""
        title, body = self._table[:, 2:].mean(axis=0).tolist() if len(self._table) else (0.0, 0.0)
        self.mean_length: dict[Field, float] = {"title": title, "body": body}

    def of(self, rows: NDArray[np.int64]) -> list[tuple[TermText, TermText]]:
        """The terms of the headline and of the text of some chunks."""
        starts = np.where(rows > 0, self._table[rows - 1, 1], 0) if len(rows) else rows
        return [
            (TermText(self._codes[start:title_end], title_length), TermText(self._codes[title_end:end], length))
            for start, (title_end, end, title_length, length) in zip(
                starts.tolist(), self._table[rows].tolist(), strict=True
            )
        ]


@contextlib.contextmanager
def term_writer(folder: Path) -> Iterator[Callable[[TermText, TermText], None]]:
    """What it yields keeps the terms of the next chunk, those of its headline first."""
    columns = array("q")
    with (folder / _CODES).open("wb") as file:

        def add(title: TermText, body: TermText) -> None:
            file.write(title.codes)
            title_end = file.tell()
            file.write(body.codes)
            columns.extend((title_end, file.tell(), title.length, body.length))

        yield add
    np.save(folder / _TABLE, np.array(columns, np.int64).reshape(-1, _COLUMNS))
