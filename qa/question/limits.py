"""What may be found: the caller's limits and the question's operators, in the names of one archive."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date

from corpus.message import Message
from index.archive import Archive, Filter, Words
from qa.question.operators import Operators
from qa.question.request import Request
from qa.question.words import named

_NO_OUTLET, _NO_AUTHOR = "The archive has no outlet “%(name)s”.", "The archive has no author “%(name)s”."


def limits(archive: Archive, request: Request, operators: Operators) -> tuple[Filter, list[str]]:
    """What the caller and the operators let be found, and notices of what the archive does not have."""
    outlets, notices = _meant(_NO_OUTLET, request.sources, operators.sources, lambda _: archive.outlets())
    people, more = _meant(_NO_AUTHOR, request.authors, operators.authors, archive.authors_like)
    words, unsaid = _words(archive, operators)
    first, last = (day.toordinal() if day else None for day in request.days[1:])
    where = Filter(first, last, outlets, people, words=words)
    narrower = narrowed(where, operators.since, operators.until, undated=False)
    if narrower is None:
        unsaid.append(Message("The dates after “date:” lie outside those that were set, and were ignored."))
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
    said = tuple(phrase for phrase in operators.phrases if archive.pieces_with([phrase], 1))
    form = "“%(phrase)s” was found nowhere as an exact phrase; its words were searched separately."
    notices: list[str] = [Message(form, phrase=phrase) for phrase in operators.phrases if phrase not in said]
    return Words(said, operators.excluded, operators.title), notices


def _meant(
    lacking: str, given: Sequence[str], written: Sequence[str], known: Callable[[str], Collection[str]]
) -> tuple[frozenset[str] | None, list[str]]:
    """The names of the archive that both the caller and the question's operators mean; a notice of each unknown one.

    `known` gives the names of the archive that may be meant by one; `lacking` is the form of a notice.
    """
    lists = [names for names in ([given] if isinstance(given, str) else given, written) if names]
    meant = [{name: named([name], known(name)) for name in names} for names in lists]
    notices: list[str] = [Message(lacking, name=name) for names in meant for name in names if not names[name]]
    return frozenset.intersection(*(frozenset().union(*names.values()) for names in meant)) if lists else None, notices
