"""Where the sentences of a text begin and end; knows nothing of articles.

sentencex finds the ends inside a paragraph, abbreviations and 200 languages included; this module adds what it cannot
see: that headings, list items and paragraphs without a full stop end at their line's end.
"""

import functools
import itertools
import re
from collections.abc import Iterator

import sentencex

Span = tuple[int, int]

_PARAGRAPH = re.compile(r"(?:[^\n]|\n(?!\s*\n))+")
# Of lines without end sentencex is given so much at once: its time grows with their square.
_LONGEST_PIECE = 10_000
_ENDS = (". ", "! ", "? ", "。", "！", "？")
# Typewritten and mailed text breaks its lines near this width in the middle of sentences.
_WRAPPED_LINE = range(50, 101)
# "at 5 p.m. Monday", "at 5 a.m. ET": the full stop belongs to the time of day.
_TIME_OF_DAY = re.compile(r"\b[ap]\.m\.\s*$", re.IGNORECASE)
_GOES_ON = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Eastern|Pacific|Central|local|[ECMP][DS]?T|GMT|BST)\b"
)
# "1. Open the door.": the number is no sentence of its own.
_LIST_NUMBER = re.compile(r"\(?\d{1,3}[.)]")
# "€3.2 bn. in the quarter", "how to put it? — a mess": what goes on in small letters is no new sentence;
# an address, or iPhone, may begin one.
_FIRST_WORD = re.compile(r"(?:[—–-]\s*)?([^\W\d_]+)(?![\w:/]|\.\w)")
_ABBREVIATION = re.compile(r"\b(?:Amb|Messrs|approx)\.\s*$")
# "• Rent rose. Wages did not.": sentencex takes a line that begins so for one sentence.
_BULLET = re.compile(r"[•·▪◦]\s*")
# What sentencex goes on after: "(It declined to comment.) Shares fell.", "She said no. He left.", "104 F. It was hot."
_IN_BRACKETS = re.compile(r"\([^()]*[.!?][”\"’']?\)(?=\s)")
_ENDED = re.compile(r"\.(?:(?<=\bno\.)|(?<=\b[mk]\.p\.h\.)|(?<=\d\s[CF]\.))(?=\s+[^\W\d_a-z])")
# sentencex keeps a quotation whole only where its marks pair; people mix “ ” and ", and forget one.
_MARK = re.compile(r'[“”"]')
_PAIRED = re.compile(r'[^“”"]*(?:(?:“[^“”"]*”|"[^“”"]*")[^“”"]*)*')
_LOOSE = "*"  # Pairs with nothing, and may begin a sentence.
_CLOSING_ALONE = re.compile(r"[”\"’»]+")


def sentences(text: str, language: str = "en") -> list[Span]:
    """The (start, end) spans of the sentences, in order, without the white space around them.

    Every character that is not white space lies in exactly one span; offsets count code points. Blank text gives [].
    """
    return [
        sentence
        for block_start, block_end in _blocks(text)
        for sentence in _inside(text, block_start, block_end, language)
    ]


@functools.lru_cache(maxsize=64)
def passage_sentences(text: str, language: str = "en") -> tuple[Span, ...]:
    """`sentences`, kept for the last few texts: a passage is cut for its evidence and for its figures."""
    return tuple(sentences(text, language))


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the white space at its ends; empty (start == end) when there is nothing else."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return start + left, start + left + len(piece.strip())


def _blocks(text: str) -> Iterator[Span]:
    """Runs of text that no sentence crosses: paragraphs where lines are wrapped, single lines elsewhere."""
    for paragraph in _PARAGRAPH.finditer(text):
        lines = list(re.finditer(r"[^\n]+", paragraph.group()))
        if len(lines) > 1 and all(len(line.group().rstrip()) in _WRAPPED_LINE for line in lines[:-1]):
            yield paragraph.span()
        else:
            yield from ((paragraph.start() + line.start(), paragraph.start() + line.end()) for line in lines)


def _inside(text: str, start: int, end: int, language: str) -> list[Span]:
    found: list[Span] = []
    bullet = _BULLET.match(text, start, end)
    first = bullet.end() if bullet else start
    for whole in _bounded(text, first, end, language):
        for span in _divided(text, *whole):
            if found and _belong_together(text[slice(*found[-1])], text[slice(*span)]):
                found[-1] = (found[-1][0], span[1])
            else:
                found.append(span)
    if bullet:
        found[:1] = [(start, found[0][1] if found else first)]
    return [trimmed(text, *span) for span in found]


def _bounded(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    while start < end:
        last = _end_of_piece(text, start, end)
        for boundary in sentencex.get_sentence_boundaries(language, _with_paired_marks(text[start:last])):
            yield start + boundary["start_index"], start + boundary["end_index"]
        start = last


def _with_paired_marks(text: str) -> str:
    """The text, as long, with each quotation between “ and ”, and a loose mark for one that opens and never closes."""
    if _PAIRED.fullmatch(text):
        return text
    letters, opened = list(text), -1
    for place in (mark.start() for mark in _MARK.finditer(text)):
        if _opens(text, place, inside=opened >= 0):
            letters[place] = "“"
            if opened >= 0:
                letters[opened] = _LOOSE
            opened = place
        else:
            letters[place], opened = "”", -1
    if opened >= 0:
        letters[opened] = _LOOSE
    return "".join(letters)


def _opens(text: str, place: int, *, inside: bool) -> bool:
    """Whether a mark opens a quotation: by what stands around it, else by whether one is open."""
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    begins = not before or before.isspace() or before in "([—–‘"
    ends = not after or after.isspace() or after in ".,;:!?)]—–’"
    return not inside if begins == ends else begins


def _end_of_piece(text: str, start: int, end: int) -> int:
    """Where a block is cut that is too long, after a sentence if there is one, else after a word."""
    limit = start + _LONGEST_PIECE
    if end <= limit:
        return end
    for marks in (_ENDS, (" ",)):
        if (cut := max(text.rfind(mark, start, limit) + len(mark) for mark in marks)) > start + 1:
            return cut
    return limit


def _divided(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences in what sentencex takes for one, without the white space around them; none where all is blank."""
    start, end = trimmed(text, start, end)
    brackets = _IN_BRACKETS.match(text, start, end)
    ends = [match.end() for match in ([brackets] if brackets else []) + [*_ENDED.finditer(text, start, end)]]
    yield from (trimmed(text, *span) for span in itertools.pairwise([start, *ends, end]) if span[0] < span[1])


def _belong_together(before: str, after: str) -> bool:
    if _LIST_NUMBER.fullmatch(before) or _ABBREVIATION.search(before) or _CLOSING_ALONE.fullmatch(after):
        return True
    word = _FIRST_WORD.match(after)
    return bool((word and word[1].islower()) or (_TIME_OF_DAY.search(before) and _GOES_ON.match(after)))
