"""A question, a headline and sentences into the word pieces that the reader sees, and back to places in the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from qa.reading.network import Pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# In word pieces. The model knows 512 places; a passage of 200 tokens takes 232 at most.
_LONGEST, _LONGEST_QUESTION, _LONGEST_HEADLINE = 352, 80, 48
_FIRST, _BETWEEN = 101, 102  # [CLS] and [SEP] of the bundled model.

Place = tuple[int, int, int]
"""Where a piece stands: number of the sentence, start and end in code points of that sentence."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Word pieces, with the way back.

    `sentences` are the numbers of those that were read; `places` says where each piece stands, (-1, 0, 0) for those of
    question and headline.
    """

    pieces: Pieces
    sentences: tuple[int, ...]
    places: tuple[Place, ...]


def encode(
    tokenizer: "Tokenizer", question: str, headline: str, published: date | None, sentences: Sequence[str]
) -> Encoded:
    """[CLS] question [SEP] headline, date [SEP] sentences; what does not fit is cut off at the end.

    Raises ValueError where no sentence has a piece.
    """
    above = f"{headline} {published.day} {published:%B %Y}" if published else headline
    asked, headed, *found = tokenizer.encode_batch([question, above, *sentences], add_special_tokens=False)
    ids: list[int] = [_FIRST, *asked.ids[:_LONGEST_QUESTION], _BETWEEN]
    length_of_question = len(ids)
    ids += [*headed.ids[:_LONGEST_HEADLINE], _BETWEEN]
    places: list[Place] = [(-1, 0, 0)] * len(ids)
    ranges: list[tuple[int, int]] = []
    numbers: list[int] = []
    for number, sentence in enumerate(found):
        began = len(ids)
        ids = (ids + sentence.ids)[:_LONGEST]
        places += [(number, *offsets) for offsets in sentence.offsets[: len(ids) - began]]
        if len(ids) > began:
            ranges.append((began, len(ids)))
            numbers.append(number)
    if not ranges:
        message = "there is no sentence to read"
        raise ValueError(message)
    return Encoded(Pieces(tuple(ids), length_of_question, tuple(ranges)), tuple(numbers), tuple(places))
