"""Misspelt words, put right from the archive's own vocabulary."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from corpus.message import Message
from corpus.words import is_word
from index.archive import Archive
from qa.question.words import telling

# A word that may be put right, unless it stands in printed quotation marks.
_WORD = re.compile(r"“[^”]*”|(?P<word>[^\W\d_]{4,})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What a word with another letter is mistaken for must be no rarity itself. So many words are tried.
_LEAST_CHUNKS, _MOST_TRIED = 2, 8
# A question with more unknown words is in another language, or a pasted text; to try each word takes some 0.1 s.
_MOST_MISSPELT = 12
# Of so many chunks with a correction, so many with the other words of the question show how it is written there.
_MOST_LOOKED_AT, _MOST_READ = 200, 3


def corrected(text: str, archive: Archive, kept: Collection[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The text with its misspelt words put right, and a notice for each; words in `kept` or in “…” stay.

    A word of four letters or more that the archive does not know is taken as misspelt. It becomes a word of the archive
    that is one letter away and begins with the same letter: one that stands beside its neighbour in the question, else
    the commonest. What may be a name must stand in a chunk with the rarest other word, or with what another misspelt
    word may be; else no letter may be exchanged. A word of the dictionary yields only to a name beside its neighbour.
    Where more than twelve words are unknown, none is misspelt.
    """
    stay = {"", *(word for phrase in kept for word in _WORD.findall(phrase))}
    unknown = [word for word in _WORD.findall(text) if word not in stay and not _knows(archive, word)]
    if len(set(unknown)) > _MOST_MISSPELT:
        return text, ()
    likely = {word: _likely(word, archive) for word in unknown}
    told = telling(text) if likely else []
    known = [word for word in told if archive.terms(word) and _knows(archive, word)]
    rarest = min(known, key=lambda word: min(_frequencies(archive, word)), default="")
    notices: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        word = found["word"]
        if not likely.get(word):
            return found.group()
        contexts = [rarest, *(meant for other, words in likely.items() if other != word for meant in words)]
        tries = _tries(word, told, likely[word], [context for context in contexts if context])
        better = _better(word, tries, archive, opens=not text[: found.start()].strip())
        if not better:
            return word
        form = '“%(word)s” is not in the archive; searched for “%(better)s” instead. Write "%(word)s" to keep it.'
        notices.append(Message(form, word=word, better=better))
        return better

    return _WORD.sub(replaced, text), tuple(notices)


class _Try(NamedTuple):
    """A word that may have been meant, in what phrase it must stand, and with which word in the chunk."""

    word: str
    phrase: str
    beside: str = ""


def _likely(word: str, archive: Archive) -> list[str]:
    variants = list(dict.fromkeys(_variants(word.lower())))
    found = _frequencies(archive, " ".join(variants))
    # Rare letters fall into several words; nobody mistypes those.
    counted = zip(variants, found, strict=True) if len(found) == len(variants) else ()
    known = [(-count, one) for one, count in counted if count >= (_LEAST_CHUNKS if _is_exchanged(word, one) else 1)]
    return [variant for _, variant in sorted(known)[:_MOST_TRIED]]


def _tries(word: str, told: Sequence[str], likely: Sequence[str], contexts: Sequence[str]) -> Iterator[_Try]:
    """What may have been meant, the surest first: beside the neighbours in the question, in a context, anywhere."""
    place = told.index(word) if word in told else len(told)
    for variant in likely:
        yield from (_Try(variant, f"{before} {variant}") for before in told[max(0, place - 1) : place])
        yield from (_Try(variant, f"{variant} {after}") for after in told[place + 1 : place + 2])
    yield from (_Try(variant, variant, beside) for beside in contexts for variant in likely)
    yield from (_Try(variant, variant) for variant in likely)


def _better(word: str, tries: Iterable[_Try], archive: Archive, *, opens: bool) -> str:
    is_name, exists = word[0].isupper() and not opens, is_word(word.lower(), archive.summary.language)
    context = ""
    for each in tries:
        context = context or each.beside
        side_by_side = each.phrase != each.word
        for written in _written(each, archive):
            capital = written[0].isupper()
            no_name = word.islower() and not capital
            sure = side_by_side or each.beside or no_name or not (context or _is_exchanged(word, written))
            if sure and (capital or not is_name) and (not exists or (side_by_side and capital)):
                return written[0].upper() + written[1:] if word[0].isupper() else written
    return ""


def _is_exchanged(word: str, other: str) -> bool:
    return len(word) == len(other) and sorted(word.lower()) != sorted(other.lower())


def _written(tried: _Try, archive: Archive) -> Iterator[str]:
    """How the archive writes a word, of which the index knows but the stem, where it is tried."""
    beside = archive.terms(tried.beside)
    found = archive.pieces_with([tried.phrase], _MOST_LOOKED_AT)
    pieces = [p for p in found if all(p.terms.count(t) or p.title_terms.count(t) for t in beside)][:_MOST_READ]
    for piece, article in zip(pieces, archive.articles([piece.article for piece in pieces]), strict=True):
        text = f"{article.text[piece.start : piece.end]}\n{article.title}"
        yield from re.findall(rf"\b{tried.word}\b", text, re.IGNORECASE)


def _frequencies(archive: Archive, words: str) -> list[int]:
    terms = archive.terms(words)
    found = archive.statistics.frequencies(terms)
    return [found[term] for term in terms]


def _knows(archive: Archive, word: str) -> bool:
    terms, statistics = archive.terms(word), archive.statistics
    texts, titles = statistics.frequencies(terms), statistics.frequencies(terms, "title")
    return all(texts[term] or titles[term] for term in terms)


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
