"""The words of a quotation and of an archived text compared: which are the same, and which differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.words import GAP, Word

# What a word costs that was changed, added or left out, and each further one of a run: clauses fall out as easily.
_WORD, _FURTHER = 10, 1

Kind = Literal["same", "changed", "added", "left_out", "elided"]


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words that a quotation and the archive share, or in which they differ, as slices of both texts.

    A quotation has words "added" or "left_out"; what it leaves out by an ellipsis is "elided".
    """

    kind: Kind
    quoted: str
    archived: str

    @property
    def differs(self) -> bool:
        """Whether the quotation says here something else than the archive, or hides what it says."""
        return self.kind not in ("same", "elided")

    @property
    def sentence(self) -> str:
        """What was done here, in words."""
        if self.kind == "changed":
            return f"“{self.quoted}” instead of “{self.archived}”"
        return f"“{self.quoted}” added" if self.kind == "added" else f"“{self.archived}” left out"


Pair = tuple[int | None, int | None]


class Alignment(NamedTuple):
    """The stretch of archived words nearest to a quotation: pairs of positions in both, None where one has none."""

    cost: float
    pairs: tuple[Pair, ...]


def find(wanted: Sequence[str], among: Sequence[str]) -> tuple[int, int] | None:
    """The first place (start, end) where the wanted keys stand side by side, with anything between them at a GAP."""
    text = f" {' '.join(among)} "
    first, after = -1, 0
    for is_gap, run in groupby(wanted, lambda key: key == GAP):
        if not is_gap:
            words = f" {' '.join(run)} "
            place = text.find(words, after)
            if place < 0:
                return None
            first = place if first < 0 else first
            after = place + len(words) - 1
    return (text.count(" ", 0, first), text.count(" ", 0, after)) if first >= 0 else None


def align(quoted: Sequence[str], archived: Sequence[str]) -> Alignment:
    """The stretch of archived keys that the fewest changed, added and left out words tell from the quoted ones.

    That is Sellers' dynamic programme (1980) with Gotoh's affine costs (1982); at a GAP archived words cost nothing.
    """
    numbers = {key: number for number, key in enumerate(dict.fromkeys(archived))}
    text = np.array([numbers[key] for key in archived], np.int32)
    costs = np.zeros((len(quoted) + 1, len(archived) + 1), np.int32)
    steps = _FURTHER * np.arange(len(archived) + 1, dtype=np.int32)
    for row, key in enumerate(quoted, start=1):
        above = costs[row - 1]
        if key == GAP:
            costs[row] = np.minimum.accumulate(above)
            continue
        best = above + _WORD
        best[1:] = np.minimum(best[1:], above[:-1] + _WORD * (text != numbers.get(key, -1)))
        costs[row] = best
        costs[row, 1:] = np.minimum(best[1:], (np.minimum.accumulate(best - steps) + steps)[:-1] + _WORD)
    end = int(np.argmin(costs[-1]))
    # A last word that has a counterpart was changed, not added.
    while end < len(archived) and costs[-1, end + 1] == costs[-1, end]:
        end += 1
    return Alignment(int(costs[-1, end]) / _WORD, tuple(_traced(quoted, archived, costs, end)))


def changes(quote: str, said: Sequence[Word], text: str, printed: Sequence[Word], found: Alignment) -> list[Change]:
    """An alignment of the words of a quotation and of an archived text, as runs, in order."""
    runs: list[Change] = []
    for shared, pairs in groupby(found.pairs, lambda pair: _kind(said, printed, pair)):
        run = list(pairs)
        quoted = _slice(quote, [said[place] for place, _ in run if place is not None])
        archived = _slice(text, [printed[place] for _, place in run if place is not None])
        one_sided: Kind = "added" if quoted else "left_out"
        kind = one_sided if shared == "changed" and not (quoted and archived) else shared
        runs.append(Change(kind, quoted, archived))
    return runs


def _traced(quoted: Sequence[str], archived: Sequence[str], costs: NDArray[np.int32], end: int) -> list[Pair]:
    """The way back through the costs, turned round; like words are paired where that costs no more."""
    row, column = len(quoted), end
    pairs: list[Pair] = []
    while row:
        cost, key = costs[row, column], quoted[row - 1]
        if key == GAP:
            if costs[row - 1, column] == cost:
                row -= 1
            else:
                column -= 1
                pairs.append((row - 1, column))
        elif column and costs[row - 1, column - 1] + _WORD * (key != archived[column - 1]) == cost:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif costs[row - 1, column] + _WORD == cost:
            row -= 1
            pairs.append((row, None))
        else:
            run = next(run for run in range(column) if costs[row, column - 1 - run] + _WORD + _FURTHER * run == cost)
            pairs += [(None, column - 1 - place) for place in range(run + 1)]
            column -= run + 1
    return pairs[::-1]


def _kind(said: Sequence[Word], printed: Sequence[Word], pair: Pair) -> Kind:
    quoted, archived = pair
    if quoted is not None and said[quoted].key == GAP:
        return "elided"
    if quoted is None or archived is None:
        return "changed"
    return "same" if said[quoted].key == printed[archived].key else "changed"


def _slice(text: str, words: Sequence[Word]) -> str:
    return text[words[0].start : words[-1].end] if words else ""
