"""Misspelt words, put right from the archive's own vocabulary."""

import functools
import gzip
import re
from collections.abc import Collection, Iterator
from importlib.resources import files

from index.generations.generation import Generation
from index.stores.filter import Words
from index.stores.keywords import KeywordIndex
from qa.question.words import telling

# A word that may be put right, unless it stands in printed quotation marks.
_WORD = re.compile(r"“[^”]*”|(?P<word>[^\W\d_]{4,})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What a rare name is mistaken for must be no rarity itself.
_LEAST_CHUNKS = 2
# So many words are tried, the commonest first.
_MOST_TRIED = 8
# In so many chunks with the other words of the question a correction is looked for as it is written there.
_MOST_READ = 3


def corrected(text: str, generation: Generation, kept: Collection[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The text with its misspelt words put right, and a notice for each; words in `kept` or in “…” stay.

    A misspelt word is one of four letters or more that neither the archive nor a dictionary knows. It becomes the
    commonest word of the archive that differs from it by one letter left out, put in, exchanged or swapped with its
    neighbour, the first letter kept. What may be a name must stand in some chunk beside the rarest other word of the
    question that the archive knows; where there is none, no letter may be exchanged: a name that is merely unknown
    stays as it is.
    """
    keywords = generation.keywords
    known = [word for word in telling(text) if keywords.terms(word) and _knows(keywords, word)]
    context = min(known, key=lambda word: min(map(keywords.frequency, keywords.terms(word))), default="")
    stay = {word for phrase in kept for word in _words(phrase)}
    notices: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        word = found["word"]
        if not word or word in stay or _knows(keywords, word):
            return found.group()
        opens = not found.string[: found.start()].strip()
        better = _better(word, context, generation, is_name=word[0].isupper() and not opens)
        if not better or _is_word(word, generation.manifest.fingerprint.language):
            return word
        notices.append(f'“{word}” is not in the archive; searched for “{better}” instead. Write "{word}" to keep it.')
        return better

    return _WORD.sub(replaced, text), tuple(notices)


def _better(word: str, context: str, generation: Generation, *, is_name: bool) -> str:
    """The likeliest word that was meant, as the archive writes it; empty where there is none."""
    keywords = generation.keywords
    variants = list(_variants(word.lower()))
    terms = keywords.terms(" ".join(variants))
    # Rare letters fall into several words; nobody mistypes those.
    counted = zip(variants, map(keywords.frequency, terms), strict=True) if len(terms) == len(variants) else ()
    frequencies = {variant: frequency for variant, frequency in counted if frequency >= _LEAST_CHUNKS}
    likely = sorted(frequencies, key=lambda variant: (-frequencies[variant], variant))[:_MOST_TRIED]
    for beside in dict.fromkeys((context, "")):
        for written in (written for variant in likely for written in _written(variant, beside, generation)):
            no_name = word.islower() and written.islower()
            sure = beside or no_name or not (context or _is_exchanged(word, written))
            if sure and (written[0].isupper() or not is_name):
                return written[0].upper() + written[1:] if word[0].isupper() else written
    return ""


def _is_exchanged(word: str, other: str) -> bool:
    """Whether one of two neighbouring words has a letter in another's place."""
    return len(word) == len(other) and sorted(word.lower()) != sorted(other.lower())


def _written(word: str, context: str, generation: Generation) -> Iterator[str]:
    """How the archive writes a word, of which the index knows but the stem, in the text beside another word."""
    beside = Words((word, context) if context else (word,))
    for row in generation.keywords.rows_with(beside)[:_MOST_READ].tolist():
        table = generation.table
        [article] = generation.articles.articles_at([int(table.numbers[table.article[row]])])
        yield from re.findall(rf"\b{word}\b", article.text[table.start[row] : table.end[row]], re.IGNORECASE)


def _knows(keywords: KeywordIndex, word: str) -> bool:
    return all(map(keywords.knows, keywords.terms(word)))


def _words(text: str) -> list[str]:
    return [found["word"] for found in _WORD.finditer(text) if found["word"]]


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


def _is_word(word: str, language: str) -> bool:
    """Whether the dictionary of a language has the word; never for a language that has none."""
    return f'"{word.lower()}":' in _dictionary(language)


@functools.cache
def _dictionary(language: str) -> str:
    """The word list of pyspellchecker as the JSON text it comes in: to parse it takes 0.1 s, to search it 2 ms."""
    file = files("spellchecker") / "resources" / f"{language}.json.gz"
    return gzip.decompress(file.read_bytes()).decode() if file.is_file() else ""
