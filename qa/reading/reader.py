"""The reader: which sentence of a passage answers a question, in which words, and whether any does.

The bundled MiniLM reads question, headline and passage together, with fitted differences to its weights; what it was
fitted on, and what it can, is in docs/reader.md.
"""

import math
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Article
from corpus.sentences import Span
from corpus.settings import BUNDLED_MODEL
from index.models.differences import read_differences, with_differences
from index.models.embedder import thread_count
from index.models.model_files import model_location

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from qa.reading.network import Pieces, Scores, Weights

# In word pieces. The model knows 512 places; a passage of 200 tokens takes 232 at most.
_LONGEST, _LONGEST_QUESTION, _LONGEST_HEADLINE = 352, 80, 48
OF_QUESTION, _OF_NOTHING = -1, -2
_FIRST, _BETWEEN = 101, 102  # [CLS] and [SEP] of the bundled model.

_FILE = Path(__file__).with_name("reader.safetensors")
_LOADING = threading.Lock()
_SUM = "8fd54bdea6c66ab73ffcf073e7426a41a8e0c9eb699a7b337d2c16abd3634815"


@dataclass(frozen=True, slots=True)
class Unread:
    """Some sentences to be read for a question, (start, end) in the article's text; an empty one is not read."""

    question: str
    article: Article
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader says of a passage, in logits: differences between them are log-odds.

    `none` says that no sentence answers. `sentences` holds one number for each sentence, minus infinity for an empty
    one and for one that lies beyond what the reader sees (about 250 words). `answers` are where the words of the answer
    would stand in the article's text, (start, end) inside each sentence that was read, by its number. `doubts` holds a
    number for each piece of the question, (start, end) in its text: the passage reports of something else what the
    question asks of it.
    """

    none: float
    sentences: tuple[float, ...]
    answers: dict[int, Span]
    doubts: tuple[tuple[Span, float], ...] = ()

    @property
    def best(self) -> int:
        """The number of the sentence that answers best, the first of equals."""
        return self.sentences.index(max(self.sentences))

    @property
    def margin(self) -> float:
        """By how much the best sentence stands above "none"; above 0 where the passage rather answers than not."""
        return max(self.sentences) - self.none

    def doubt(self, start: int, end: int) -> float:
        """How surely the passage reports of something else what is asked of the question's [start, end)."""
        odds = [math.exp(each) for (first, after), each in self.doubts if first < end and after > start]
        return math.log(sum(odds)) if odds else -math.inf


class Reader:
    """Reads passages; loads when it first reads. Safe from many threads, which share its few.

    Whatever uses it raises UserError where its weights, or the bundled model, are missing or damaged.
    """

    def begin(self, passage: Unread) -> Future[Read | None]:
        """Begin to read a passage, in another thread; None where there is nothing to read."""
        model = self.load()
        return model.pool.submit(_read, model, passage)

    def load(self) -> "_Model":
        """What all readers of a program read with, loaded the first time."""
        with _LOADING:
            return _loaded(_FILE)


@dataclass(frozen=True, slots=True)
class _Model:
    tokenizer: "Tokenizer"
    weights: "Weights"
    pool: ThreadPoolExecutor


@dataclass(frozen=True, slots=True)
class Encoded:
    """Word pieces, with the way back.

    `sentences` are the numbers of those that were read; `places` says where each piece stands, as number, start and end
    in code points of a sentence; the number is OF_QUESTION for those of the question.
    """

    pieces: "Pieces"
    sentences: tuple[int, ...]
    places: tuple[tuple[int, int, int], ...]


def encode(
    tokenizer: "Tokenizer", question: str, headline: str, published: date | None, sentences: Sequence[str]
) -> Encoded:
    """[CLS] question [SEP] headline, date [SEP] sentences; what does not fit is cut off at the end.

    Raises ValueError where no sentence has a piece.
    """
    from qa.reading.network import Pieces

    above = f"{headline} {published.day} {published:%B %Y}" if published else headline
    asked, headed, *found = tokenizer.encode_batch([question, above, *sentences], add_special_tokens=False)
    ids: list[int] = [_FIRST, *asked.ids[:_LONGEST_QUESTION], _BETWEEN]
    length_of_question = len(ids)
    ids += [*headed.ids[:_LONGEST_HEADLINE], _BETWEEN]
    places = [(_OF_NOTHING, 0, 0)] * len(ids)
    places[1 : length_of_question - 1] = [(OF_QUESTION, *offsets) for offsets in asked.offsets[:_LONGEST_QUESTION]]
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


@cache
def _loaded(file: Path) -> _Model:
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    from qa.reading.network import WORD_PIECES, faster

    folder = Path(model_location(BUNDLED_MODEL))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    weights = faster(with_differences(load_file(folder / "model.safetensors"), read_differences(file, _SUM)))
    # The vectors of word pieces stay in the file, of which no more is held than what is looked up.
    pieces = load_file(folder / "model.safetensors")[WORD_PIECES]
    kept = {name: each.clone() for name, each in weights.items() if name != WORD_PIECES}
    return _Model(tokenizer, kept | {WORD_PIECES: pieces}, ThreadPoolExecutor(thread_count(), "reader"))


def _read(model: _Model, passage: Unread) -> Read | None:
    from qa.reading.network import scored

    article, sentences = passage.article, [passage.article.text[start:end] for start, end in passage.sentences]
    try:
        encoded = encode(model.tokenizer, passage.question, article.title, article.published, sentences)
    except ValueError:
        return None
    [scores] = scored(model.weights, [encoded.pieces])
    return _said(passage, encoded, scores)


def _said(passage: Unread, encoded: Encoded, scores: "Scores") -> Read:
    from qa.reading.network import best_words

    none, *said = scores.choices.tolist()
    sentences = [-math.inf] * len(passage.sentences)
    for number, score in zip(encoded.sentences, said, strict=True):
        sentences[number] = score
    answers = {
        number: _words(passage, encoded, number, *best_words(scores.words, pieces))
        for number, pieces in zip(encoded.sentences, encoded.pieces.sentences, strict=True)
    }
    nothing, *doubts = scores.doubts.tolist()
    asked = [(start, end) for number, start, end in encoded.places if number == OF_QUESTION]
    return Read(
        none,
        tuple(sentences),
        answers,
        tuple((span, each - nothing) for span, each in zip(asked, doubts, strict=True)),
    )


def _words(passage: Unread, encoded: Encoded, number: int, first: int, last: int) -> Span:
    """From the first piece to the last, in code points of the text, no word cut in two."""
    text, sentence = passage.article.text, passage.sentences[number]
    start, end = sentence[0] + encoded.places[first][1], sentence[0] + encoded.places[last][2]
    while start > sentence[0] and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < sentence[1] and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end
