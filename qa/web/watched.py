"""Saved questions, kept beside the index, and what newly indexed articles answer to each."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock
from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus import UserError
from corpus.message import Message
from qa.retriever import Retriever
from qa.search.quotation import Quotation, shown
from qa.web.inquiry import Inquiry

# Each is asked again after every build; of what was found for one, so much is kept.
_MOST_SAVED, _MOST_NEWS = 50, 100
_SECONDS_FOR_THE_LOCK = 60


@dataclass(frozen=True, slots=True)
class News:
    """A quotation that answers, and when its article was first seen in the index (UTC); `fresh` by the last build."""

    quotation: Quotation
    seen: datetime
    fresh: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A saved question by name, the query of its link, what came in since, newest first, and its archive."""

    name: str
    query: str
    news: tuple[News, ...] = ()
    archive: str = ""

    @property
    def question(self) -> str:
        """The question as it was put."""
        return Inquiry.read(self.query).request.question

    @property
    def fresh(self) -> int:
        """How many of the news the last build brought."""
        return sum(news.fresh for news in self.news)

    def as_json(self) -> dict[str, Any]:
        """The question as every JSON output of Dateline shows it."""
        news = [shown(one, "seen", "fresh", "quotation") for one in self.news]
        return {**shown(self, "name", "question", "query", "fresh"), "news": news}


class _Place(BaseModel):
    """Where a quotation stands, and by which build it came, seen when (UTC)."""

    article: str
    digest: str
    start: int
    end: int
    generation: str
    seen: datetime


class _Entry(BaseModel):
    """A saved question as it is kept: `known` articles are not new, the generation `checked` is not asked again.

    While the model loads not all candidates are known: what is then saved has no generation `checked`.
    """

    query: str
    checked: str
    known: list[str]
    news: list[_Place] = []


_KEPT = TypeAdapter(dict[str, _Entry])


class Watchlist:
    """The saved questions of one index, in `watched.json` in its folder; safe from many threads and programs.

    An article is new for a question if it was no candidate before. What was found is kept as places, never as text.
    """

    def __init__(self, retriever: Retriever, index: Path, archive: str = "") -> None:
        self.retriever = retriever
        self._archive = archive
        self._path = index / "watched.json"

    def save(self, inquiry: Inquiry) -> str:
        """Keep a question from now on; the name it got. UserError where it cannot be asked, or too many are kept."""
        inquiry = replace(inquiry, archive="")  # Another page may serve this index by another name.
        known, status = sorted(self.retriever.candidates(inquiry.request)), self.retriever.status()
        entry = _Entry(query=inquiry.query, checked=status.generation if status.model_ready else "", known=known)
        with self._kept() as kept:
            for name, saved in kept.items():
                if saved.query == inquiry.query:
                    return name
            if len(kept) >= _MOST_SAVED:
                message = Message("%(most)s questions are saved already; delete one of them first.", most=_MOST_SAVED)
                raise UserError(message)
            name = _name(inquiry.request.question, kept)
            kept[name] = entry
        return name

    def delete(self, name: str) -> None:
        """Keep a question no longer; UserError where there is none of that name."""
        with self._kept() as kept:
            if kept.pop(name, None) is None:
                message = f"No question is saved as “{name}”; take a name from: {', '.join(kept) or 'none is saved'}."
                raise UserError(message)

    def any(self) -> bool:
        """Whether a question was ever saved."""
        return self._path.exists()

    def look(self) -> list[Watched]:
        """All saved questions with what is new, by name; each is asked again where there is a newer index."""
        if not self.any():
            return []
        status = self.retriever.status()
        with self._kept() as kept:
            for entry in kept.values():
                if status.model_ready and entry.checked != status.generation:
                    self._ask(entry, status.generation, status.built)
            return [self._watched(name, entry, status.generation) for name, entry in sorted(kept.items())]

    def _ask(self, entry: _Entry, generation: str, built: datetime) -> None:
        """Note what newly answers: passages with an answer, or else the first, of articles not known, nor copies."""
        request, known = Inquiry.read(entry.query).request, frozenset(entry.known)
        candidates, seen = self.retriever.candidates(request), built.astimezone(UTC).replace(microsecond=0)
        found: list[_Place] = []
        if entry.checked:
            answer = self.retriever.answer(replace(request, without=known))
            fresh = [one for one in answer.passages if answer.answered and not known.intersection(one.copies)]
            for passage in [one for one in fresh if one.answer] or fresh[:1]:
                article, (start, end) = passage.article, passage.quoted
                place = {"article": article.id, "digest": article.digest, "start": start, "end": end}
                found.append(_Place.model_validate({**place, "generation": generation, "seen": seen}))
        entry.news = [*found, *entry.news][:_MOST_NEWS]
        entry.known = sorted(known | candidates | {one.article for one in found})
        entry.checked = generation

    def _watched(self, name: str, entry: _Entry, generation: str) -> Watched:
        news: list[News] = []
        for one in entry.news:
            with contextlib.suppress(UserError):  # The article has gone.
                article = self.retriever.article(one.article)
                if article.digest == one.digest:
                    news.append(News(Quotation(article, one.start, one.end), one.seen, one.generation == generation))
        query = replace(Inquiry.read(entry.query), archive=self._archive).query
        return Watched(name, query, tuple(news), self._archive)

    @contextlib.contextmanager
    def _kept(self) -> Iterator[dict[str, _Entry]]:
        """What is kept, by name, and written back where it was changed; only the owner may read it.

        UserError where it is damaged, or another keeps it for too long.
        """
        try:
            held = filelock.FileLock(self._path.with_suffix(".lock")).acquire(_SECONDS_FOR_THE_LOCK)
        except filelock.Timeout as error:
            raise UserError(Message("The saved questions are in use; try again in a minute.")) from error
        with held:
            before = self._path.read_bytes() if self._path.exists() else b"{}"
            try:
                kept = _KEPT.validate_json(before)
            except ValidationError as error:
                message = Message("The saved questions are damaged; mend or delete watched.json in the index folder.")
                raise UserError(message) from error
            yield kept
            after = _KEPT.dump_json(kept, indent=1)
            if after != before:
                beside = self._path.with_suffix(".new")
                beside.touch(mode=0o600)
                beside.write_bytes(after)
                beside.replace(self._path)


def _name(question: str, taken: Mapping[str, object]) -> str:
    """A name for a file or an address: the first words of the question, with a number where they are taken."""
    words = "-".join(re.findall(r"[a-z0-9]+", question.lower()))[:40].strip("-") or "question"
    names = [words, *(f"{words}-{number}" for number in range(2, _MOST_SAVED + 2))]
    return next(name for name in names if name not in taken)
