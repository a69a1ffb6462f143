"""Misspelt words, put right from the archive's own vocabulary."""

import functools
import gzip
import re
from collections.abc import Collection, Iterator
from importlib.resources import files

from index.archive import Archive
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
_MOST_LOOKED_AT = 200


def corrected(text: str, archive: Archive, kept: Collection[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The text with its misspelt words put right, and a notice for each; words in `kept` or in “…” stay.

    A misspelt word is one of four letters or more that neither the archive nor a dictionary knows. It becomes the
    commonest word of the archive that differs from it by one letter left out, put in, exchanged or swapped with its
    neighbour, the first letter kept. What may be a name must stand in some chunk beside the rarest other word of the
    question that the archive knows; where there is none, no letter may be exchanged: a name that is merely unknown
    stays as it is.
    """
    known = [word for word in telling(text) if archive.terms(word) and _knows(archive, word)]
    context = min(known, key=lambda word: min(_frequencies(archive, word)), default="")
    stay = {word for phrase in kept for word in _words(phrase)}
    notices: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        word = found["word"]
        if not word or word in stay or _knows(archive, word):
            return found.group()
        opens = not found.string[: found.start()].strip()
        better = _better(word, context, archive, is_name=word[0].isupper() and not opens)
        if not better or _is_word(word, archive.summary.language):
            return word
        notices.append(f'“{word}” is not in the archive; searched for “{better}” instead. Write "{word}" to keep it.')
        return better

    return _WORD.sub(replaced, text), tuple(notices)


def _better(word: str, context: str, archive: Archive, *, is_name: bool) -> str:
    """The likeliest word that was meant, as the archive writes it; empty where there is none."""
    variants = list(_variants(word.lower()))
    found = _frequencies(archive, " ".join(variants))
    # Rare letters fall into several words; nobody mistypes those.
    counted = zip(variants, found, strict=True) if len(found) == len(variants) else ()
    frequencies = {variant: frequency for variant, frequency in counted if frequency >= _LEAST_CHUNKS}
    likely = sorted(frequencies, key=lambda variant: (-frequencies[variant], variant))[:_MOST_TRIED]
    for beside in dict.fromkeys((context, "")):
        for written in (written for variant in likely for written in _written(variant, beside, archive)):
            no_name = word.islower() and written.islower()
            sure = beside or no_name or not (context or _is_exchanged(word, written))
            if sure and (written[0].isupper() or not is_name):
                return written[0].upper() + written[1:] if word[0].isupper() else written
    return ""


def _is_exchanged(word: str, other: str) -> bool:
    """Whether one of two neighbouring words has a letter in another's place."""
    return len(word) == len(other) and sorted(word.lower()) != sorted(other.lower())


def _written(word: str, context: str, archive: Archive) -> Iterator[str]:
    """How the archive writes a word, of which the index knows but the stem, in the text beside another word."""
    beside = archive.terms(context)
    found = archive.pieces_with([word], _MOST_LOOKED_AT)
    pieces = [piece for piece in found if all(piece.terms.count(t) or piece.title_terms.count(t) for t in beside)]
    pieces = pieces[:_MOST_READ]
    for piece, article in zip(pieces, archive.articles([piece.article for piece in pieces]), strict=True):
        yield from re.findall(rf"\b{word}\b", article.text[piece.start : piece.end], re.IGNORECASE)


def _frequencies(archive: Archive, words: str) -> list[int]:
    """In how many texts each term of some words occurs."""
    terms = archive.terms(words)
    found = archive.statistics.frequencies(terms)
    return [found[term] for term in terms]


def _knows(archive: Archive, word: str) -> bool:
    """Whether each term of the word occurs in some text or headline."""
    terms, statistics = archive.terms(word), archive.statistics
    texts, titles = statistics.frequencies(terms), statistics.frequencies(terms, "title")
    return all(texts[term] or titles[term] for term in terms)


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
