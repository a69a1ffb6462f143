"""A composed answer: what a language model wrote from numbered passages, each sentence checked against them by us.

A sentence that holds cites passages that have its names, numbers, addresses, quotations and most of its words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpus.message import Message
from corpus.sentences import sentences
from corpus.words import GAP, is_word, keys, words
from qa.findings.wording import find
from qa.question.english import NUMBERS, names
from qa.question.words import telling
from qa.search.quotation import Passage, shown

# A sentence holds when it shares this part of its telling words, by their beginnings, with what it cites.
_SHARED, _BEGINNING = 0.6, 5
_NOT_THERE = "“%(words)s” does not stand in %(passages)s."
_CITED = re.compile(r"\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]")
_CITED_AFTERWARDS = re.compile(r"(?<![.!?])([.!?]+[\"”’]?)((?:\s*\[\s*\d+(?:\s*,\s*\d+)*\s*\])+)")
_QUOTED = re.compile(r"“([^“”]*)”|\"([^\"]*)\"|«([^«»]*)»|(?<!\w)[‘']([^‘’']+(?:['’]\w[^‘’']*)*)['’](?!\w)")
_LOOSE_MARK = re.compile(r"[“”\"«»]")
_ADDRESS = re.compile(r"\S*(?:://|www\.|@\w)\S*")
_LIST_MARK = re.compile(r"^\s*(?:[-*•#>]+|\d+[.)])\s+")
NUMBER_WORDS = NUMBERS.keys() - {"one"} | {
    "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "billion",
    "trillion", "dozen", "half", "third", "quarter", "twice",
}  # fmt: skip
# What speaks to a model instead of telling news: it is not sent to one, and nothing in it counts as told.
_TO_A_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,60}\b(?:above|previous|prior|earlier|instructions?|prompts?)\b"
    r"|\b(?:system|hidden|new) (?:prompts?|instructions?)\b"
    r"|\b(?:language model|chatbot|AI assistant)s?\b.{0,60}\b(?:must|should|shall|answer|say|reply|respond|write)\b"
    r"|\byou (?:are|must|should) (?:now )?(?:an? )?(?:AI|assistant|answer|reply|respond|say)\b"
    r"|<\|?/?(?:im_start|im_end|start_of_turn|end_of_turn|system|inst)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was written, the numbers of the passages that it cites, and why it is refused ("": it holds)."""

    text: str
    passages: tuple[int, ...]
    refused: str = ""

    @property
    def claim(self) -> str:
        """The sentence without the numbers that it cites."""
        return " ".join(_CITED.sub(" ", self.text).split())

    @property
    def cites(self) -> str:
        """The passages in words, "[1], [2]"."""
        return ", ".join(f"[{number}]" for number in self.passages)


@dataclass(frozen=True, slots=True)
class Composed:
    """What the model of that name wrote; `trouble` says why it wrote nothing, or not to the end."""

    model: str
    sentences: tuple[Sentence, ...] = ()
    trouble: str = ""

    @property
    def text(self) -> str:
        """The sentences that hold."""
        return " ".join(sentence.text for sentence in self.sentences if not sentence.refused)

    def as_json(self) -> dict[str, Any]:
        """The composed answer as every JSON output of Dateline shows it."""
        told = [{**shown(one, "text", "passages"), "refused": one.refused or None} for one in self.sentences]
        return {"model": self.model, "text": self.text, "sentences": told, "trouble": self.trouble or None}


def numbered(passages: Sequence[Passage]) -> list[str]:
    """The passages as a model gets them: headline, outlet and day, and the text, without what speaks to a model."""
    given = []
    for passage in passages:
        day = passage.article.published
        origin = (_news(passage.article.source), f"{day.day} {day:%B} {day.year}" if day else "")
        parts = (_news(passage.article.title), ", ".join(filter(None, origin)), _news(passage.text))
        given.append("\n".join(filter(None, parts)))
    return given


def checked(written: str, given: Sequence[str]) -> tuple[Sentence, ...]:
    """The sentences of what a model wrote from `given` passages, numbered from 1, each with why it is refused."""
    lines = (_LIST_MARK.sub("", line) for line in written.splitlines())
    moved = (_CITED_AFTERWARDS.sub(lambda found: f"{found[2]}{found[1]}", line) for line in lines)
    told = (line[start:end] for line in moved for start, end in sentences(line))
    return tuple(_checked(sentence, given) for sentence in told if re.search(r"\w", sentence))


def shared(claim: str, told: Iterable[str]) -> float:
    """The share of a claim's telling words that begin like one of some keys; 1 where it has none."""
    said = {word.casefold()[:_BEGINNING] for word in telling(claim)}
    return len(said & {key[:_BEGINNING] for key in told}) / len(said) if said else 1.0


def _checked(sentence: str, given: Sequence[str]) -> Sentence:
    numbers = tuple(dict.fromkeys(int(number) for found in _CITED.findall(sentence) for number in found.split(",")))
    if not numbers:
        return Sentence(sentence, numbers, Message("It cites no passage."))
    for number in numbers:
        if not 1 <= number <= len(given):
            return Sentence(sentence, numbers, Message("There is no passage [%(number)s].", number=str(number)))
    cited, one = [given[number - 1] for number in numbers], Sentence(sentence, numbers)
    return replace(one, refused=_misquoted(one.claim, cited, one.cites) or _untold(one.claim, cited, one.cites))


def _misquoted(claim: str, cited: Sequence[str], cites: str) -> str:
    printed = [keys(passage) for passage in cited]
    for quoted in ("".join(found) for found in _QUOTED.findall(claim)):
        wanted = [word.key for word in words(quoted)]
        if GAP in wanted or not any(find(wanted, one) for one in printed):
            return Message(_NOT_THERE, words=quoted, passages=cites)
    return Message("A quotation does not end.") if _LOOSE_MARK.search(_QUOTED.sub(" ", claim)) else ""


def _untold(claim: str, cited: Sequence[str], cites: str) -> str:
    told = {part for passage in cited for key in keys(passage) for part in (key, key.removesuffix("'s"))}
    for address in _ADDRESS.findall(claim):
        if not any(address.strip(".,;:()") in passage for passage in cited):
            return Message(_NOT_THERE, words=address, passages=cites)
    for place, word in enumerate(words(claim)):
        spelled = claim[word.start : word.end]
        is_name = any(map(str.isupper, spelled)) and not (place == 0 and is_word(word.key))
        is_number = any(map(str.isdigit, spelled)) or word.key.rpartition("-")[2] in NUMBER_WORDS
        if (is_name or is_number) and word.key.removesuffix("'s") not in told:
            return Message(_NOT_THERE, words=spelled, passages=cites)
    if len(telling(claim)) > 1 and shared(claim, told) >= _SHARED:
        return ""
    if strange := next((name.text for name in names(claim) if told.isdisjoint(keys(name.text))), ""):
        return Message(_NOT_THERE, words=strange, passages=cites)
    return Message("Too few of its words stand in %(passages)s.", passages=cites)


def _news(text: str) -> str:
    if not _TO_A_MODEL.search(text):
        return text
    return " ".join(text[start:end] for start, end in sentences(text) if not _TO_A_MODEL.search(text[start:end]))
