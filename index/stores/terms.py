"""The terms of every chunk in order: the keyword index finds chunks by them, but cannot give them back."""

import contextlib
import mmap
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.archive import Field, TermText

# The numbers of all terms and names, and a row a chunk: where those of its headline and of its text end, in bytes, and
# how many terms each has.
_CODES, _TABLE = "terms.bin", "terms.npy"
_COLUMNS = 4


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
