"""Misspelt words, put right from the archive's own vocabulary."""

import re
from collections.abc import Iterator

from index.keywords import KeywordIndex
from qa.question import telling

_WORD = re.compile(r"[^\W\d_]{4,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What a rare name is mistaken for must be no rarity itself.
_LEAST_CHUNKS = 2


def corrected(text: str, keywords: KeywordIndex) -> tuple[str, tuple[str, ...]]:
    """The text with words that the archive does not know replaced by ones that it does, and a notice for each.

    A word of four letters or more is replaced by the commonest known word that differs from it by one letter left
    out, put in, exchanged or swapped with its neighbour, the first letter kept, and that stands in some chunk together
    with the rarest other word of the question that the archive knows: a name that is merely unknown stays as it is.
    """
    known = [word for word in telling(text) if all(map(keywords.knows, keywords.terms(word)))]
    context = min((term for word in known for term in keywords.terms(word)), key=keywords.frequency, default=None)
    notices: list[str] = []

    def replaced(word: re.Match[str]) -> str:
        better = _better(word.group(), context, keywords)
        if better:
            notices.append(f"“{word.group()}” is not in the archive; searched for “{better}” instead.")
        return better or word.group()

    return _WORD.sub(replaced, text), tuple(notices)


def _better(word: str, context: str | None, keywords: KeywordIndex) -> str:
    """The likeliest word that was meant, in the case it was written in; empty where the word itself is known."""
    if all(map(keywords.knows, keywords.terms(word))):
        return ""
    frequencies: dict[str, int] = {}
    for variant in _variants(word.lower()):
        [term, *rest] = keywords.terms(variant) or [""]
        if term and not rest and keywords.frequency(term) >= _LEAST_CHUNKS:
            frequencies.setdefault(variant, keywords.frequency(term))
    for variant in sorted(frequencies, key=lambda variant: (-frequencies[variant], variant)):
        if context is None or keywords.together(keywords.terms(variant)[0], context):
            return variant.capitalize() if word[0].isupper() else variant
    return ""


def _variants(word: str) -> Iterator[str]:
    """All words one letter away, the first letter kept (Norvig, "How to Write a Spelling Corrector")."""
    for place in range(1, len(word) + 1):
        before, after = word[:place], word[place:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
