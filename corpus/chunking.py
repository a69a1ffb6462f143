"""An article into chunks: whole sentences, evenly filled, at most so many tokens by tiktoken with the headline."""

import functools
import itertools
from collections.abc import Iterator, Sequence

from corpus.article import Article, Chunk, UserError
from corpus.sentences import Span, sentences, trimmed

# The headline stands over every chunk; a longer one than this share of a chunk is cut there, so that text has room.
_HEADER_SHARE = 0.25
# Few tokens can be many characters ("=====", 3,000 word pieces of it), and a model's window ends somewhere.
_LONGEST_HEADER = 400


class TokenCounter:
    """Counts tokens of an encoding; UserError when tiktoken has none of that name or cannot get its file."""

    def __init__(self, encoding: str) -> None:
        import tiktoken

        try:
            self._encoding = tiktoken.get_encoding(encoding)
        except ValueError as error:
            names = ", ".join(tiktoken.list_encoding_names())
            message = f"There is no token encoding “{encoding}”; set DATELINE_ENCODING to one of: {names}."
            raise UserError(message) from error
        except OSError as error:
            message = (
                f"The token encoding “{encoding}” could not be downloaded; go online once,"
                " or unset DATELINE_ENCODING to use the one that is installed."
            )
            raise UserError(message) from error

    def count(self, text: str) -> int:
        """The number of tokens; markup that looks like a special token counts as ordinary text."""
        return len(self._encoding.encode_ordinary(text))


# The counter of an encoding, loaded once a process.
token_counter = functools.cache(TokenCounter)


def header(article: Article, counter: TokenCounter, size: int) -> str:
    """The headline as it stands over every chunk of the article, cut to a quarter of `size` tokens at most."""
    words = article.title[:_LONGEST_HEADER].split()
    while words and counter.count(" ".join(words)) > max(1, int(size * _HEADER_SHARE)):
        # Chinese and Japanese headlines are one word.
        words = words[: len(words) * 3 // 4] or [words[0][: len(words[0]) * 3 // 4]]
    return " ".join(words)


def embedded_text(article_header: str, text: str) -> str:
    """What is embedded, and counted, for a chunk: the header on a line of its own, then the text."""
    return f"{article_header}\n{text}" if article_header else text


def chunks(article: Article, counter: TokenCounter, size: int = 200, language: str = "en") -> list[Chunk]:
    """Split an article into chunks of at most `size` tokens each, header included, in order.

    A chunk is a run of whole sentences; only a sentence that is longer than a chunk is itself divided, at white space
    where there is some. The chunks together hold every character of the text but the white space between them, and
    are as few as can be, the most even of these (least sum of squared fills), so that an article hardly ever ends in a
    chunk of three words. A text of white space gives no chunk.
    """
    text = article.text
    room = max(1, size - counter.count(embedded_text(header(article, counter, size), "")))
    pieces = [piece for span in sentences(text, language) for piece in _fitting(text, span, counter, room)]
    return [Chunk(article.id, start, end) for start, end in _filled(text, pieces, counter, room)]


def halves(article: Article, chunk: Chunk, language: str = "en") -> tuple[Chunk, Chunk]:
    """Divide a chunk of two characters or more near its middle: between sentences, else words, else anywhere."""
    spans = sentences(article.text[chunk.start : chunk.end], language)
    middle = (chunk.end - chunk.start) / 2
    if len(spans) > 1:
        cut = chunk.start + min((start for start, _ in spans[1:]), key=lambda start: abs(start - middle))
        left, right = trimmed(article.text, chunk.start, cut), (cut, chunk.end)
    else:
        left, right = _halved(article.text, (chunk.start, chunk.end))
    return Chunk(article.id, *left), Chunk(article.id, *right)


def _fitting(text: str, span: Span, counter: TokenCounter, room: int) -> Iterator[Span]:
    """The span itself when it has at most `room` tokens, else parts of it that have."""
    if span[1] - span[0] <= 1 or counter.count(text[slice(*span)]) <= room:
        yield span
        return
    for half in _halved(text, span):
        yield from _fitting(text, half, counter, room)


def _halved(text: str, span: Span) -> tuple[Span, Span]:
    start, end = span
    middle = (start + end) // 2
    blanks = [place for place in range(start + 1, end - 1) if text[place].isspace()]
    if blanks:
        middle = min(blanks, key=lambda place: abs(place - middle))
    return trimmed(text, start, middle), trimmed(text, middle, end)


def _filled(text: str, pieces: Sequence[Span], counter: TokenCounter, room: int) -> list[Span]:
    """Join consecutive pieces into as few spans as hold `room` tokens each, filled as evenly as that allows."""
    # Counted with the white space that follows: a sum that the joined text hardly ever exceeds.
    ends = [start for start, _ in pieces[1:]] + [end for _, end in pieces[-1:]]
    tokens = [counter.count(text[start:end]) for (start, _), end in zip(pieces, ends, strict=True)]
    limit = room
    while True:
        spans = [(pieces[first][0], pieces[after - 1][1]) for first, after in _even_runs(tokens, limit)]
        if all(counter.count(text[slice(*span)]) <= room or span in pieces for span in spans):
            return spans
        limit -= 1


def _even_runs(tokens: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Divide pieces into the fewest runs of at most `limit` tokens, then with the least sum of squares.

    Runs are (first piece, piece after the last); a piece above the limit is a run of its own.
    """
    # For the pieces before each place: the number of runs, their sum of squares, and where the last of them begins.
    best = [(0, 0, 0)]
    for after in range(1, len(tokens) + 1):
        total = 0
        ways: list[tuple[int, int, int]] = []
        for first in range(after - 1, -1, -1):
            total += tokens[first]
            if ways and total > limit:
                break
            runs, squares, _ = best[first]
            ways.append((runs + 1, squares + total**2, first))
        best.append(min(ways))
    cuts = [len(tokens)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][2])
    return list(itertools.pairwise(reversed(cuts)))
