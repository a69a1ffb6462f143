"""Whether the archive holds a quotation: word for word, in other words, or not at all; needs no model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise
from typing import Any, Literal

from corpus import UserError
from corpus.cleaning import clean_text
from corpus.message import Message
from corpus.words import GAP, Word, in_terms_of, keys, words
from index.archive import Archive, Filter, Piece
from qa.findings.speakers import attribution, claimed, is_of
from qa.findings.wording import Change, align, changes, find
from qa.question.words import telling, telling_terms
from qa.search.quotation import Quotation, shown

Verdict = Literal["verbatim", "altered", "not_in_corpus"]

# A quotation, no article: so much is compared in well under a second.
_LONGEST_QUOTE = 2000
_MOST_TERMS = 32
# The chunks nearest by keywords, of which those that share most pairs of words are compared word by word.
_NEAREST, _COMPARED = 100, 8
# Characters before and after a chunk that are looked at beside the length of the quotation, for what it elides.
_REACH = 100
# A phrase that stands in more chunks than these ("he said") is looked up in the earliest of them.
_MOST_CHUNKS = 1000
# Another wording is that of the quotation, altered, where so much of it is the same, or where no more than a few words
# stand in another's place; and where the words they share weigh so much that they are not together by chance.
_SIMILAR, _WEIGHT = 0.8, 20.0
_FEW_WORDS, _SIMILAR_BUT_FEW, _WEIGHT_BUT_FEW = 3, 0.5, 10.0


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """What an archive knows of a quotation.

    `found` are the places of it, or of the wording that it alters, one a story, earliest first and undated ones last.
    `nearest` is the first of them, or the most similar wording, if any; `diff` tells the quotation from it, word by
    word. `similarity`, in [0, 1], is the share of words not changed, added or left out. Where verbatim words were said
    to be a `speaker`'s, `attributed` is whom the archive names instead.
    """

    quote: str
    verdict: Verdict
    similarity: float
    found: tuple[Quotation, ...]
    nearest: Quotation | None
    diff: tuple[Change, ...]
    speaker: str = ""
    attributed: str = ""

    @property
    def first(self) -> Quotation | None:
        """The earliest dated publication; None where all are undated, or there is none."""
        return next((quotation for quotation in self.found if quotation.published), None)

    @property
    def shown(self) -> tuple[Quotation, ...]:
        """The places to show: where it was found, else the nearest wording, if any."""
        return self.found or ((self.nearest,) if self.nearest else ())

    @property
    def stories(self) -> int:
        """In how many stories it stands; copies of one story count once."""
        return len(self.found)

    def as_json(self) -> dict[str, Any]:
        """The check as every JSON output of Dateline shows it."""
        return {
            **shown(self, "quote", "verdict", "similarity", "stories", "speaker", "attributed"),
            **shown(self, "first", "found", "nearest"),
            "similarity": round(self.similarity, 4),
            "speaker": self.speaker or None,
            "attributed": self.attributed or None,
            "diff": [shown(change, "kind", "quoted", "archived") for change in self.diff],
        }


class _Window:
    """A stretch of an article, or its headline, in which a quotation may stand, its words, and what they compare by.

    Where a hyphen divides a word in one of them only, the words are the quotation's. An archived ellipsis is no gap.
    """

    def __init__(self, place: Quotation, said: Sequence[Word]) -> None:
        self.place = place
        self.words = in_terms_of([word for word in words(place.text) if word.key != GAP], said)
        self.keys = [word.key for word in self.words]

    def quotation(self, first: int, last: int) -> Quotation:
        """From one word to another, the last one included."""
        start = self.place.start
        return replace(self.place, start=start + self.words[first].start, end=start + self.words[last].end)


def check_quote(archive: Archive, text: str) -> QuoteCheck:
    """Look for a quotation in an archive, as `Retriever.check_quote` does."""
    check = _compared(archive, text)
    words, speaker = claimed(check.quote) if check.verdict != "verbatim" else ("", "")
    if keys(words) and keys(speaker) and (inside := _compared(archive, words)).verdict == "verbatim":
        named = [(place, whom) for place in inside.found if (whom := attribution(place))]
        if named and not any(is_of(place, whom, speaker) for place, whom in named):
            return replace(inside, quote=check.quote, speaker=speaker, attributed=named[0][1])
    return check


def _compared(archive: Archive, text: str) -> QuoteCheck:
    quote, said = _checked(text)
    frequencies = archive.statistics.frequencies(archive.terms(quote))
    rarest = sorted(frequencies, key=frequencies.__getitem__)[:_MOST_TERMS]
    # What holds the quotation across the borders of its chunks is among those nearest by the rarest words.
    near = list(_windows(archive, archive.candidates(rarest, None, Filter(), _NEAREST), quote, said))
    found = _verbatim(archive, quote, said, near)
    if found:
        return QuoteCheck(quote, "verbatim", 1.0, found, found[0], _diff(quote, said, found[0]))
    nearest, similarity = _nearest(said, near)
    diff = _diff(quote, said, nearest) if nearest else ()
    if nearest is None or not _altered(archive, diff, similarity):
        return QuoteCheck(quote, "not_in_corpus", similarity, (), nearest, diff)
    found = _verbatim(archive, nearest.text, _Window(nearest, said).words, near)
    return QuoteCheck(quote, "altered", similarity, found, found[0], _diff(quote, said, found[0]))


def _altered(archive: Archive, diff: Sequence[Change], similarity: float) -> bool:
    """Whether the quotation is the wording that it was told from, altered; else that is another sentence."""
    same = " ".join(change.quoted for change in diff if change.kind == "same")
    weight = telling_terms(same, archive).total if telling(same) else 0.0
    if similarity >= _SIMILAR and weight >= _WEIGHT:
        return True
    numbers = [(len(keys(run.quoted)), len(keys(run.archived))) for run in diff if run.differs]
    in_place = all(quoted == archived for quoted, archived in numbers)
    few = sum(quoted for quoted, _ in numbers) <= _FEW_WORDS
    return in_place and few and similarity >= _SIMILAR_BUT_FEW and weight >= _WEIGHT_BUT_FEW


def _checked(text: str) -> tuple[str, list[Word]]:
    quote = clean_text(text)
    if len(quote) > _LONGEST_QUOTE:
        form = "The quotation has %(characters)s characters; check %(most)s at most at a time."
        raise UserError(Message(form, characters=len(quote), most=_LONGEST_QUOTE))
    said = words(quote)
    places = [place for place, word in enumerate(said) if word.key != GAP]
    if not places:
        raise UserError(
            Message("The quotation is empty; give the words to look for, like: “the memo was signed by 51 officials”")
        )
    return quote, said[places[0] : places[-1] + 1]


def _verbatim(archive: Archive, quote: str, said: Sequence[Word], near: Sequence[_Window]) -> tuple[Quotation, ...]:
    """Where it stands word for word: near by, and in the earliest chunks that hold its longest run without a gap."""
    runs = [list(run) for is_gap, run in groupby(said, lambda word: word.key == GAP) if not is_gap]
    longest, wanted = max(runs, key=len), [word.key for word in said]
    holding = archive.pieces_with([quote[longest[0].start : longest[-1].end]], _MOST_CHUNKS)
    found: dict[str, Quotation] = {}
    for window in chain(near, _windows(archive, holding, quote, said)):
        article_id = window.place.article.id
        if article_id not in found and (place := find(wanted, window.keys)):
            found[article_id] = window.quotation(place[0], place[1] - 1)
    return tuple(Quotation.one_a_story(archive, found.values()))


def _nearest(said: Sequence[Word], near: Sequence[_Window]) -> tuple[Quotation | None, float]:
    wanted = [word.key for word in said]
    alike = {*wanted, *pairwise(wanted)}
    shared = {window: len(alike.intersection([*window.keys, *pairwise(window.keys)])) for window in near}
    windows = sorted(near, key=shared.__getitem__, reverse=True)[:_COMPARED]
    aligned = [(align(wanted, window.keys), window) for window in windows]
    if not aligned:
        return None, 0.0
    best, window = min(aligned, key=lambda each: each[0].cost)
    places = [place for _, place in best.pairs if place is not None]
    similarity = max(0.0, 1 - best.cost / sum(key != GAP for key in wanted))
    return (window.quotation(places[0], places[-1]) if places else None), similarity


def _diff(quote: str, said: Sequence[Word], found: Quotation) -> tuple[Change, ...]:
    printed = _Window(found, said)
    alignment = align([word.key for word in said], printed.keys)
    return tuple(changes(quote, said, found.text, printed.words, alignment))


def _windows(archive: Archive, pieces: Sequence[Piece], quote: str, said: Sequence[Word]) -> Iterator[_Window]:
    """Each chunk with so much before and after it that the quotation may stand across its borders, and headlines."""
    reach = len(quote) + _REACH
    articles = {article.id: article for article in archive.articles(list({piece.article for piece in pieces}))}
    seen: set[str] = set()
    for piece in pieces:
        article = articles[piece.article]
        if article.id not in seen:
            yield _Window(Quotation(article, 0, len(article.title), headline=True), said)
        seen.add(article.id)
        start = article.text.rfind(" ", 0, max(0, piece.start - reach)) + 1
        end = article.text.find(" ", piece.end + reach)
        yield _Window(Quotation(article, start, len(article.text) if end < 0 else end), said)
