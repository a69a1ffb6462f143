"""An article into chunks: whole sentences, evenly filled, at most so many tokens with the headline."""

import itertools
from collections.abc import Iterator, Sequence

from corpus.article import Article, Chunk
from corpus.sentences import Span, sentences, trimmed
from corpus.tokens import TokenCounter

# The headline stands over every chunk; a longer one than this share of a chunk is cut there, so that text has room.
_HEADER_SHARE = 0.25


def header(article: Article, counter: TokenCounter, size: int) -> str:
    """The headline as it stands over every chunk of the article, cut to a quarter of `size` tokens at most."""
    words = article.title.split()
    while words and counter.count(" ".join(words)) > max(1, int(size * _HEADER_SHARE)):
        words = words[: len(words) * 3 // 4]
    return " ".join(words)


def embedded_text(article_header: str, text: str) -> str:
    """What is embedded, and counted, for a chunk: the header on a line of its own, then the text."""
    return f"{article_header}\n{text}" if article_header else text


def chunks(article: Article, counter: TokenCounter, size: int = 200, language: str = "en") -> list[Chunk]:
    """Split an article into chunks of at most `size` tokens each, header included, in order.

    A chunk is a run of whole sentences; only a sentence that is longer than a chunk is itself divided, at white space
    where there is some. The chunks together hold every character of the text but the white space between them, and
    are filled evenly, so that no article ends in a chunk of three words. A text of white space gives no chunk.
    """
    room = max(1, size - counter.count(embedded_text(header(article, counter, size), "")))
    pieces = [
        piece for span in sentences(article.text, language) for piece in _fitting(article.text, span, counter, room)
    ]
    return [Chunk(article.id, start, end) for start, end in _filled(article.text, pieces, counter, room)]


def halves(article: Article, chunk: Chunk, language: str = "en") -> tuple[Chunk, Chunk]:
    """Divide a chunk near its middle: between sentences, else at white space, else between two characters.

    Raises ValueError for a chunk of one character.
    """
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
    if end - start <= 1:
        message = f"a chunk of one character cannot be divided: {span}"
        raise ValueError(message)
    middle = (start + end) // 2
    blanks = [place for place in range(start + 1, end - 1) if text[place].isspace()]
    if blanks:
        middle = min(blanks, key=lambda place: abs(place - middle))
    return trimmed(text, start, middle), trimmed(text, middle, end)


def _filled(text: str, pieces: Sequence[Span], counter: TokenCounter, room: int) -> Iterator[Span]:
    """Join consecutive pieces into as few spans as hold `room` tokens each, all about equally full."""
    ends = [after for after, _ in pieces[1:]] + [pieces[-1][1]] if pieces else []
    # Counted with the white space that follows: a sum that the joined text hardly ever exceeds.
    tokens = [counter.count(text[start:end]) for (start, _), end in zip(pieces, ends, strict=True)]
    target = _even_target(tokens, room)
    first = 0
    while first < len(pieces):
        last = first
        for total in itertools.accumulate(tokens[first:]):
            if total > target and last > first:
                break
            last += 1
        while last - first > 1 and counter.count(text[pieces[first][0] : pieces[last - 1][1]]) > room:
            last -= 1
        yield pieces[first][0], pieces[last - 1][1]
        first = last


def _even_target(tokens: Sequence[int], room: int) -> int:
    """The lowest fill with which the pieces need no more spans than with `room`."""
    least = _spans_needed(tokens, room)
    low, high = 1, room
    while low < high:
        middle = (low + high) // 2
        if _spans_needed(tokens, middle) <= least:
            high = middle
        else:
            low = middle + 1
    return low


def _spans_needed(tokens: Sequence[int], target: int) -> int:
    needed, total = 0, target + 1
    for count in tokens:
        if total + count > target:
            needed, total = needed + 1, 0
        total += count
    return needed
