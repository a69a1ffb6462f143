"""What may be found: the caller's limits and the question's operators, in the names of one archive."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date

from index.archive import Archive, Filter, Words
from qa.question.operators import Operators
from qa.question.words import named


def limits(
    archive: Archive,
    sources: Sequence[str],
    authors: Sequence[str],
    operators: Operators,
    since: date | None,
    until: date | None,
) -> tuple[Filter, list[str]]:
    """What the caller and the operators let be found, and notices of what the archive does not have."""
    outlets, notices = _meant("outlet", sources, operators.sources, lambda _: archive.outlets())
    people, more = _meant("author", authors, operators.authors, archive.authors_like)
    words, unsaid = _words(archive, operators)
    first, last = (day.toordinal() if day else None for day in (since, until))
    where = Filter(first, last, outlets, people, words=words)
    narrower = narrowed(where, operators.since, operators.until, undated=False)
    if narrower is None:
        unsaid.append("The dates after “date:” lie outside those that were set, and were ignored.")
    return narrower or where, notices + more + unsaid


def narrowed(where: Filter, since: date | None, until: date | None, *, undated: bool) -> Filter | None:
    """The limits within a window as well, open where it has no end; None where nothing would be left."""
    if since is None and until is None:
        return where
    lower = max((day for day in (since and since.toordinal(), where.since) if day), default=None)
    upper = min((day for day in (until and until.toordinal(), where.until) if day), default=None)
    if lower is not None and upper is not None and lower > upper:
        return None
    return replace(where, since=lower, until=upper, undated=undated)


def _words(archive: Archive, operators: Operators) -> tuple[Words, list[str]]:
    """The words that passages must and must not have; a phrase that stands nowhere is dropped, with a notice."""
    said = [phrase for phrase in operators.phrases if archive.pieces_with([phrase], 1)]
    notices = [
        f"“{phrase}” was found nowhere as an exact phrase; its words were searched separately."
        for phrase in operators.phrases
        if phrase not in said
    ]
    return Words(tuple(said), operators.excluded, operators.title), notices


def _meant(
    kind: str, given: Sequence[str], written: Sequence[str], known: Callable[[str], Collection[str]]
) -> tuple[frozenset[str] | None, list[str]]:
    """The names of the archive that both the caller and the question's operators mean; a notice of each unknown one.

    `known` gives the names of the archive that may be meant by one. A name that stands alone, not in a list, is one
    name: a string is a sequence of letters as well.
    """
    lists = [names for names in ([given] if isinstance(given, str) else given, written) if names]
    meant = [[named([name], known(name)) for name in names] for names in lists]
    notices = [
        f"The archive has no {kind} “{name}”."
        for names, found in zip(lists, meant, strict=True)
        for name, one in zip(names, found, strict=True)
        if not one
    ]
    return frozenset.intersection(*(frozenset().union(*found) for found in meant)) if lists else None, notices
