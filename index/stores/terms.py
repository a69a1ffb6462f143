"""The terms of every chunk in order: the keyword index finds chunks by them, but cannot give them back."""

import contextlib
import mmap
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.archive import Field, TermText

_TEXT, _TABLE = "terms.txt", "terms.npy"
# Of each chunk: where its headline, its text and the next chunk begin in the file, in bytes; their numbers of terms.
_COLUMNS = 5


class TermStore:
    """The terms of chunks, by row."""

    def __init__(self, folder: Path) -> None:
        """Open what `term_writer` wrote into the folder; OSError or ValueError where it is missing or damaged."""
        self._table = np.load(folder / _TABLE)
        with (folder / _TEXT).open("rb") as file:
            # An empty file cannot be mapped.
            self._text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self._table[-1:, 2].any() else b""
        title, body = self._table[:, 3:].mean(axis=0).tolist() if len(self._table) else (0.0, 0.0)
        self.mean_length: dict[Field, float] = {"title": title, "body": body}

    def of(self, rows: NDArray[np.int64]) -> list[tuple[TermText, TermText]]:
        """The terms of the headline and of the text of some chunks."""
        return [
            (TermText(self._read(title, body), words_in_title), TermText(self._read(body, end), words))
            for title, body, end, words_in_title, words in self._table[rows].tolist()
        ]

    def _read(self, start: int, end: int) -> str:
        return self._text[start:end].decode()


@contextlib.contextmanager
def term_writer(folder: Path) -> Iterator[Callable[[TermText, TermText], None]]:
    """What it yields keeps the terms of the next chunk, those of its headline first."""
    columns = array("q")
    with (folder / _TEXT).open("wb") as file:

        def add(title: TermText, body: TermText) -> None:
            start = file.tell()
            middle = start + file.write(title.text.encode())
            end = middle + file.write(body.text.encode())
            columns.extend((start, middle, end, title.length, body.length))

        yield add
    np.save(folder / _TABLE, np.array(columns, np.int64).reshape(-1, _COLUMNS))
