"""What the sentences of a passage report in numbers: how many of what, and what befell them; English."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from corpus.sentences import passage_sentences
from qa.findings.quotation import Quotation
from qa.numbers import Number, numbers_in
from qa.question.words import telling

# What befalls people and things, under the word that names it.
_EVENTS = {
    "killed": r"kill(?:s|ed|ing)?|dead|died|die|dies|deaths?|fatalities|death toll|toll|lost their lives|drown(?:s|ed)?"
    r"|shot dead|perished",
    "injured": r"injur(?:es?|ed|ies)|wound(?:s|ed)?|hurt|casualties",
    "missing": r"missing|unaccounted for",
    "arrested": r"arrest(?:s|ed)?|detain(?:s|ed)?",
    "evacuated": r"evacuat(?:es?|ed)",
    "displaced": r"displac(?:es?|ed)",
    "hospitalised": r"hospitali[sz]ed|in hospital",
    "rescued": r"rescu(?:es?|ed)",
    "infected": r"infect(?:s|ed|ions)|cases",
    "destroyed": r"destroy(?:s|ed)?",
}
_EVENT = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _EVENTS.items()), re.IGNORECASE)
_PLURAL = re.compile(r"people|men|women|children|police|\w\w+[^s\W]s", re.IGNORECASE)
_CALENDAR = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December"
)
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_CLAUSE_END = re.compile(r"[,;:()]|\b(?:and|but|while|after|when|who|which|because|(?<!many )as(?! many as))\b")
# Words are the same by so many letters: cancel, cancelled.
_STEM = 5


@dataclass(frozen=True, slots=True)
class Report:
    """A number in a sentence with what it counts: noun (lower case, "" for none), what befell it, and where.

    `rivals` is how many other numbers of its unit the sentence has.
    """

    number: Number
    quotation: Quotation
    noun: str
    event: str
    rivals: int

    @property
    def sentence(self) -> str:
        """The sentence, word for word."""
        return self.quotation.text

    @property
    def stems(self) -> set[str]:
        """The telling words of the sentence, besides numbers and what is counted."""
        words = {word.lower() for word in telling(self.sentence) if not word[0].isdecimal()}
        return {word[:_STEM] for word in words - {self.noun, *self.number.words.lower().split()}}

    def names(self, *, headline: bool) -> set[str]:
        """The names in the sentence, and of the headline where wanted; its first word is one if the headline has it."""
        first, *others = _WORD.findall(self.sentence)
        title = {word for word in _WORD.findall(self.quotation.article.title) if word[0].isupper()}
        found = {word for word in others if word[0].isupper() and not _CALENDAR.fullmatch(word)}
        return found | ({first} & title) | (title if headline else set())


def reports_in(passage: Quotation, language: str) -> Iterator[Report]:
    """The numbers in the sentences of a passage that count something that is named."""
    for first, last in passage_sentences(passage.text, language):
        quotation = replace(passage, start=passage.start + first, end=passage.start + last)
        sentence = quotation.text
        found = numbers_in(sentence)
        for number in found:
            before = _clause(sentence[: number.start], found, backwards=True)
            after = _clause(sentence[number.end :], found)
            noun = next((word.lower() for word in _WORD.findall(after)[:3] if _PLURAL.fullmatch(word)), "")
            event = _event(_EVENT.finditer(after)) or _event(reversed(list(_EVENT.finditer(before))))
            if noun or event or number.unit:
                rivals = sum(other.unit == number.unit for other in found) - 1
                yield Report(number, quotation, noun, event, rivals)


def _clause(text: str, numbers: Iterable[Number], *, backwards: bool = False) -> str:
    """The text up to where another thing is told, from its start or, backwards, from its end."""
    breaks = [*_CLAUSE_END.finditer(text), *re.finditer("|".join(re.escape(number.words) for number in numbers), text)]
    if backwards:
        return text[max((found.end() for found in breaks), default=0) :]
    return text[: min((found.start() for found in breaks), default=len(text))]


def _event(found: Iterable[re.Match[str]]) -> str:
    return next((match.lastgroup or "" for match in found), "")
