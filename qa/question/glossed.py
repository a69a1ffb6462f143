"""Time in the words of other languages than English: put into English, for `timeframe` to read."""

import functools
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import regex

from corpus.languages import Language, language
from corpus.months import MONTHS, WEEKDAYS, calendar_names
from corpus.words import keys
from qa.question.timeframe import Timeframe, read_timeframe

_OTHER = "x"  # Stands for words that name no time.
_A_DAY = regex.compile(rf"(?i)\d{{1,2}} |(?:{'|'.join(WEEKDAYS)})\b")


class _Part(NamedTuple):
    start: int
    end: int
    english: str


def read_timeframe_in(code: str, question: str, now: date) -> Timeframe | None:
    """As `read_timeframe`, of a question in the language of that code."""
    spoken = language(code)
    gloss, places = _gloss(spoken, code, question) if spoken.periods else (question, [])
    found = read_timeframe(gloss, now)
    if found is None or not spoken.periods:
        return found
    parts = [part for start, end, part in places if start < found.end and found.start < end]
    start, end = parts[0].start, parts[-1].end
    return replace(found, phrase=question[start:end], start=start, end=end)


def _gloss(spoken: Language, code: str, question: str) -> tuple[str, list[tuple[int, int, _Part]]]:
    gloss, last, places = "", 0, []
    parts = _with_prepositions(spoken, question, _periods(spoken, code, question))
    for place, part in enumerate(parts):
        between = question[last : part.start]
        joined = place and _english(spoken.between, between.strip())
        if joined:
            gloss += f" {joined} "
        elif keys(between):
            is_news = keys(between)[-1] in spoken.news
            gloss += f"{', ' if gloss else ''}{'news' if is_news else _OTHER} "
        places.append((len(gloss), len(gloss) + len(part.english), part))
        gloss, last = gloss + part.english, part.end
    rest = question[last:]
    return gloss + (f", {_OTHER}" if keys(rest) else rest.strip()), places


def _with_prepositions(spoken: Language, question: str, periods: list[_Part]) -> list[_Part]:
    """The periods, each with the longest preposition before it that there is."""
    before = regex.compile(rf"(?<![\w-])(?P<words>{'|'.join(spoken.before)})\s*$", regex.IGNORECASE)
    found, last = [], 0
    for period in periods:
        match = before.search(question, last, period.start)
        preposition = _english(spoken.before, match["words"]) if match else ""
        english = period.english.removeprefix("in ") if preposition else period.english
        if preposition == "in" and _A_DAY.match(english):
            preposition = "on"
        start = match.start("words") if match else period.start
        found.append(_Part(start, period.end, f"{preposition} {english}".strip()))
        last = period.end
    return found


def _periods(spoken: Language, code: str, question: str) -> list[_Part]:
    found: list[_Part] = []
    for pattern, english in _compiled(code):
        for match in pattern.finditer(question):
            if all(match.end() <= part.start or part.end <= match.start() for part in found):
                words = {name: _in_english(spoken, code, name, text) for name, text in match.groupdict("").items()}
                found.append(_Part(*match.span(), " ".join(english.format_map(words).split())))
    return sorted(found, key=lambda part: part.start)


def _in_english(spoken: Language, code: str, name: str, text: str) -> str:
    """A month, weekday, number or unit in English; days and years are what they are."""
    months, weekdays = calendar_names(code)
    if text and name in ("month", "weekday"):
        key = text.casefold()
        return (MONTHS[months[key] - 1] if name == "month" else WEEKDAYS[weekdays[key]]).capitalize()
    if name == "unit":
        return _english(spoken.units, text)
    if name == "number" and not text.isdigit():
        numbers = {number: str(value) for value, number in enumerate(spoken.numbers, 1)}
        return _english(numbers | {spoken.few: "few"}, text)
    return text


@functools.cache
def _compiled(code: str) -> list[tuple["regex.Pattern[str]", str]]:
    spoken = language(code)
    months, weekdays = ("|".join(map(regex.escape, names)) for names in calendar_names(code))
    groups = {
        "day": r"\d{1,2}",
        "year": r"(?:1[6-9]|20)\d\d",
        "month": months,
        "weekday": weekdays,
        "unit": "|".join(spoken.units),
        "number": "|".join((r"\d{1,3}", *spoken.numbers, spoken.few)),
    }
    names = regex.compile(rf"\{{({'|'.join(groups)})\}}")
    fill = functools.partial(names.sub, lambda name: f"(?P<{name[1]}>{groups[name[1]]})")
    return [
        (regex.compile(rf"(?i)(?<![\w-])(?:{fill(pattern)})(?![\w-])"), english)
        for pattern, english in spoken.periods.items()
    ]


def _english(table: Mapping[str, str], words: str) -> str:
    return next((english for it, english in table.items() if regex.fullmatch(it, words, regex.IGNORECASE)), "")
