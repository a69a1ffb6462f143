"""What is written for the machine in a question: "exact phrase", -word, NOT, source:, author:, date: and title:."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from corpus.message import Message
from corpus.words import keys
from qa.question.days import Days, months, span

_QUOTES = '"“”„‟«»'
_QUOTED = rf"[{_QUOTES}]({{}}[^\w{_QUOTES}]*+\w[^{_QUOTES}]*+)[{_QUOTES}]"
# A dash before a word is a minus, but for one of two round a remark: "the ship –or barge– sank".
_MINUS = r"(?:-(?!-)|[–—−‐‑](?!.*\w[–—−‐‑](?:\s|$)))"
_OPERATOR = re.compile(
    rf"""(?<!\S)
    (?: (?P<name>(?i:source|author|date|title)):(?:{_QUOTED.format("?P<quoted>")}|(?P<value>[^\s{_QUOTES}]+))
      | (?:{_MINUS}|(?P<not>NOT\ -?))(?:{_QUOTED.format("?P<excluded_phrase>")}|(?P<excluded>[^\W\d_][\w’'.+\#-]*))
      | {_QUOTED.format("?P<phrase>")}(?=[\s?!.,;:]|$)
      | (?P<joining>(?<=\w\ )(?:AND|OR)(?=\ \w))
    )""",
    re.VERBOSE,
)
# What makes an operator of the words after it.
_MARKS = re.compile(rf"[{_QUOTES}:]|(?<![^\s{_QUOTES}:])(?:[-–—−‐‑]|NOT\b)+")
# What ends a sentence is no part of an operator; the stop of initials is.
_END = re.compile(r"(?:[?!,;\s]|(?<![A-Z.])\.)+$")
_NO_DATE = (
    "“date:%(words)s” is not a date and was ignored; write date:2016-06-17, date:2016-06 or date:2016-06..2016-07."
)
_LEFT_OUT = "Articles with “%(words)s” were left out."
_JOINED = "“%(words)s” was ignored: passages may match any of the words."
_DAY = re.compile(r"(\d{4})(?:-(0?[1-9]|1[0-2])(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Operators:
    """A question's words without its operators (quoted phrases without their quotes), and what the operators say.

    `notices` tell what was left out or could not be read; `written` are the operators that are no words, as they stood.
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
    found = defaultdict[str, list[str]](list)
    written: list[str] = []

    def take(operator: re.Match[str]) -> str:
        if operator["phrase"]:
            found["phrase"].append(operator["phrase"].strip())
            return operator["phrase"].strip()
        if question.isupper() and (operator["joining"] or operator["not"]):
            return operator.group()
        if operator["joining"]:
            found["joining"].append(operator["joining"])
            return ""
        name = (operator["name"] or "excluded").lower()
        value = operator["excluded_phrase"] or operator["excluded"] or operator["quoted"] or operator["value"]
        if not keys(value):
            return operator.group()
        written.append(operator.group())
        found[name].append(_END.sub("", value))
        return value if name == "title" else ""  # which tells what is asked for, too

    text = " ".join(_OPERATOR.sub(take, question).split())
    windows = {words: read_window(words) for words in found["date"]}
    days = [window for window in windows.values() if window]
    return Operators(
        text=text,
        phrases=tuple(found["phrase"]),
        excluded=tuple(found["excluded"]),
        title=tuple(found["title"]),
        sources=tuple(found["source"]),
        authors=tuple(found["author"]),
        since=max((first for first, _ in days if first), default=None),
        until=min((last for _, last in days if last), default=None),
        notices=(
            *(Message(_NO_DATE, words=one) for one, window in windows.items() if window is None),
            *(Message(_LEFT_OUT, words=one) for one in found["excluded"]),
            *(Message(_JOINED, words=one) for one in dict.fromkeys(found["joining"])),
        ),
        written=tuple(written),
    )


def plain(text: str) -> str:
    """The words of a text that is no question, such as a headline, with nothing in it that is read as an operator."""
    return " ".join(_MARKS.sub(" ", text).split())


def read_window(words: str) -> tuple[date | None, date | None] | None:
    """The days of "2016", "2016-06", "2016-06-17" or "2016-06..2016-07", with None at an open end; else None."""
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
    found = _DAY.fullmatch(words)
    if not found:
        raise ValueError(words)
    year, month, day = (int(part or 0) for part in found.groups())
    return span(date(year, month, day)) if day else months(year, month or 1, 1 if month else 12)
