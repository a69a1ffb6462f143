"""BM25 (Robertson and Zaragoza 2009) of texts of which the terms are known, as the keyword index computes it.

A score is the sum over terms of idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length)), with idf =
ln(1 + (n - f + 0.5) / (f + 0.5)), f of n chunks holding the term.
"""

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.archive import Statistics
from index.terms import Field, TermTexts

_K1, _B = 1.2, 0.75
# The best possible score of one term is its idf times this.
SATURATION = _K1 + 1
# Lengths are kept in a byte as Lucene and tantivy do: those below 24 beside the rounding.
_FREE_LENGTHS, _EXACT_LENGTHS = 24, 40


def bm25(terms: Sequence[str], texts: TermTexts, statistics: Statistics, field: Field = "body") -> NDArray[np.float64]:
    """The score of each text for some terms, 0 without any of them; a term that is given twice counts twice.

    Equal texts have equal scores, to the last bit.
    """
    mean = statistics.mean_length[field] or 1.0
    lengths = np.array([kept_length(length) for length in texts.lengths], np.float64)
    norms = _K1 * (1 - _B + _B * lengths / mean)
    scores = np.zeros(len(lengths))
    frequencies = statistics.frequencies(terms, field)
    for term in terms:
        if frequency := frequencies[term]:
            idf = math.log(1 + (statistics.chunks - frequency + 0.5) / (frequency + 0.5))
            counts = texts.count(term)
            scores += idf * SATURATION * counts / (counts + norms)
    return scores


@functools.cache
def kept_length(length: int) -> int:
    """A length in terms, rounded down to four binary digits beyond 24: exact to 40, at most a ninth less further up."""
    if length <= _EXACT_LENGTHS:
        return length
    free = _FREE_LENGTHS
    step = int(2 ** max(0, (length - free).bit_length() - 4))
    return free + (length - free) // step * step
