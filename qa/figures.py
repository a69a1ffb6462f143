"""Figures that disagree: different numbers for the same thing in the passages of one answer.

Whatever is in doubt is left out: a reader who is told of a contradiction looks it up. A number is read with what it
counts (a noun and what befell it), and two of them are compared only where both report the same thing of the same
event: of articles at most two months apart, whose sentences share their names.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, starmap
from typing import Any

from qa.findings.quotation import Quotation
from qa.reports import Report, reports_in

# People as such; others ("children", "soldiers") may be a part of them.
_ANYBODY = frozenset({"", "people", "persons", "victims", "deaths", "fatalities", "casualties"})
_PERIOD = re.compile(
    r"\b(?:since \w+|so far|(?:this|last|past|each|every|per|a) (?:day|week|month|year)|annual(?:ly)?|daily|in total)\b"
)
_NOT_YET = re.compile(
    r"\b(?:may|might|could|would|expect\w*|fear\w*|plan\w*|target|goal|up to|estimat\w*|predict\w*)\b"
)
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_MOST_DAYS_APART = 60
# "17 killed, 40 hurt and 3 missing" is read, a list of ten towns is not.
_MOST_RIVALS = 2
_SHARED_NAMES = 0.5
# Of the telling words of two sentences that say the same.
_FEWEST_SHARED, _SHARED_OF_SHORTER, _SHARED_OF_LONGER = 2, 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a sentence reports, with the sentence: `words` is the number as it is written there."""

    words: str
    value: float
    quotation: Quotation

    def as_json(self) -> dict[str, Any]:
        """The figure as every JSON output of Dateline shows it."""
        return {"words": self.words, "value": self.value, "quotation": self.quotation.as_json()}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Different figures for one thing, such as "killed" or "homes destroyed" ("$" or "%" where no noun is given).

    Newest first and undated ones last, the newest report of each figure.
    """

    thing: str
    figures: tuple[Figure, ...]

    @property
    def sentence(self) -> str:
        """What disagrees, in a sentence."""
        told = (f"{figure.words} ({figure.quotation.published or 'undated'})" for figure in self.figures)
        return f"The archive has different figures ({self.thing}): {', '.join(told)}."

    def as_json(self) -> dict[str, Any]:
        """The disagreement as every JSON output of Dateline shows it."""
        return {"thing": self.thing, "figures": [figure.as_json() for figure in self.figures]}


def disagreements(passages: Iterable[Quotation], language: str = "en") -> tuple[Disagreement, ...]:
    """The figures in some passages that disagree, in their order, each in its sentence."""
    reports = [report for passage in passages for report in reports_in(passage, language)]
    groups: list[list[Report]] = []
    for report in reports:
        # Of one thing with all in the group, not only with one of them: else a county's figure joins the country's.
        group = next((group for group in groups if all(_comparable(report, other) for other in group)), None)
        if group is None:
            groups.append([report])
        else:
            group.append(report)
    found = [_disagreement(group) for group in groups if any(starmap(_contradict, combinations(group, 2)))]
    # Articles that contradict one another often do so twice.
    different = {(one.thing, *(figure.value for figure in one.figures)): one for one in reversed(found)}
    return tuple(reversed(different.values()))


def _disagreement(group: Sequence[Report]) -> Disagreement:
    newest_first = sorted(group, key=_newest_first)
    told: list[Report] = []
    for report in newest_first:
        if all(_contradict(report, other) for other in told):
            told.append(report)
    figures = [Figure(report.number.words, report.number.value, report.quotation) for report in told]
    latest = newest_first[0]
    noun = "" if latest.event and latest.noun in _ANYBODY else latest.noun
    return Disagreement(" ".join(word for word in (noun, latest.event) if word) or latest.number.unit, tuple(figures))


def _newest_first(report: Report) -> tuple[bool, int, str]:
    published = report.quotation.published
    return published is None, -published.toordinal() if published else 0, report.quotation.article.id


def _contradict(one: Report, other: Report) -> bool:
    return one.number.contradicts(other.number)


def _comparable(one: Report, other: Report) -> bool:
    """Whether both report the same thing of the same event."""
    return _same_thing(one, other) and _same_event(one, other)


def _same_thing(one: Report, other: Report) -> bool:
    if one.number.unit != other.number.unit or one.event != other.event:
        return False
    rivals = max(one.rivals, other.rivals)
    if one.event and not one.number.unit and rivals <= _MOST_RIVALS:
        return one.noun == other.noun or {one.noun, other.noun} <= _ANYBODY
    return one.noun == other.noun and not rivals and _same_statement(one, other)


def _same_statement(one: Report, other: Report) -> bool:
    """Whether the sentences say nearly the same; nothing else tells a price from another price."""
    shared = len(one.stems & other.stems)
    few, many = sorted((len(one.stems), len(other.stems)))
    return shared >= max(_FEWEST_SHARED, _SHARED_OF_SHORTER * few, _SHARED_OF_LONGER * many)


def _same_event(one: Report, other: Report) -> bool:
    days = [report.quotation.published for report in (one, other)]
    if one.quotation.article.text == other.quotation.article.text:
        return False
    if days[0] and days[1] and abs((days[0] - days[1]).days) > _MOST_DAYS_APART:
        return False
    if any(_told(pattern, one) != _told(pattern, other) for pattern in (_PERIOD, _NOT_YET)):
        return False
    weekdays = [_told(_WEEKDAY, report) for report in (one, other)]
    return not (all(weekdays) and weekdays[0].isdisjoint(weekdays[1])) and _same_names(one, other)


def _same_names(one: Report, other: Report) -> bool:
    """Whether they share half of the names of one; where one has none, the headlines' if they say the same."""
    bare = bool(one.names(headline=False) and other.names(headline=False))
    names = [report.names(headline=not bare) for report in (one, other)]
    shared = len(names[0] & names[1])
    return shared >= max(1.0, _SHARED_NAMES * min(map(len, names))) and (bare or _same_statement(one, other))


def _told(pattern: re.Pattern[str], report: Report) -> set[str]:
    return set(pattern.findall(report.sentence))
