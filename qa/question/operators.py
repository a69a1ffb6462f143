"""What is written for the machine in a question: "exact phrase", -word, source:, author:, date: and title:."""

import re
from dataclasses import dataclass, field
from datetime import date

from qa.question.days import Days, months, span

_OPERATOR = re.compile(
    r"""(?<!\S)
    (?: (?P<name>source|author|date|title):(?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"]+))
      | -(?:"(?P<excluded_phrase>[^"]+)"|(?P<excluded>[^\W\d_][\w’'.-]*))
      | "(?P<phrase>[^"]*\w[^"]*)"(?=[\s?!.,;:]|$)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_DAY = re.compile(r"(\d{4})(?:-(0?[1-9]|1[0-2])(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Operators:
    """A question's words without its operators, and what the operators say.

    Quoted phrases stay among the words, without their quotes, since they say what is asked for. `notices` are
    sentences on operators that could not be read; `written` are those that are no words of the question, as they stood.
    """

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    notices: tuple[str, ...] = ()
    written: tuple[str, ...] = field(default=(), compare=False)

    def put_back(self, text: str) -> str:
        """The question with other words for `text`, its operators with them: what can be asked as it stands."""
        for phrase in self.phrases:
            text, found = re.subn(rf"(?<!\w){re.escape(phrase)}(?!\w)", lambda said: f'"{said.group()}"', text, count=1)
            text += "" if found else f' "{phrase}"'
        return " ".join((text, *self.written))


def read_operators(question: str) -> Operators:
    """Take the operators out of a question; what is none, like a lone quote or colon, stays as text."""
    found: dict[str, list[str]] = {name: [] for name in ("phrase", "excluded", "title", "source", "author", "date")}
    written: list[str] = []

    def take(operator: re.Match[str]) -> str:
        if operator["phrase"]:
            found["phrase"].append(operator["phrase"])
            return operator["phrase"]
        written.append(operator.group())
        excluded = operator["excluded_phrase"] or operator["excluded"]
        value = operator["quoted"] or operator["value"]
        found["excluded" if excluded else operator["name"].lower()].append((excluded or value).rstrip("?!,;"))
        # What the headline must say tells what is asked for, too.
        return value if operator["name"] and operator["name"].lower() == "title" else ""

    text = " ".join(_OPERATOR.sub(take, question).split())
    windows = [read_window(words) for words in found["date"]]
    return Operators(
        text=text,
        phrases=tuple(found["phrase"]),
        excluded=tuple(found["excluded"]),
        title=tuple(found["title"]),
        sources=tuple(found["source"]),
        authors=tuple(found["author"]),
        since=max((since for window in windows if window and (since := window[0])), default=None),
        until=min((until for window in windows if window and (until := window[1])), default=None),
        notices=tuple(
            f"“date:{words}” is no date and was left out; write date:2016-06-17, date:2016-06 or date:2016-06..2016-07."
            for words, window in zip(found["date"], windows, strict=True)
            if window is None
        ),
        written=tuple(written),
    )


def read_window(words: str) -> tuple[date | None, date | None] | None:
    """The first and the last day of "2016", "2016-06", "2016-06-17" or a range "2016-06..2016-07", open ends None.

    None for other words, and for a range that ends before it begins.
    """
    first, dots, last = words.partition("..")
    last = last if dots else first
    try:
        since = _days(first).first if first else None
        until = _days(last).last if last else None
    except ValueError:
        return None
    wrong_way_round = since and until and since > until
    return (since, until) if (since or until) and not wrong_way_round else None


def _days(words: str) -> Days:
    """The days of a year, a month or a day in digits; ValueError for other words."""
    found = _DAY.fullmatch(words)
    if not found:
        raise ValueError(words)
    year, month, day = (int(part or 0) for part in found.groups())
    return span(date(year, month, day)) if day else months(year, month or 1, 1 if month else 12)
