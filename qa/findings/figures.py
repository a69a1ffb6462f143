"""Figures that disagree: different numbers for one thing, each in the sentence that reports it."""

from dataclasses import dataclass
from typing import Any

from qa.search.quotation import Quotation


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
    """Different figures for one thing, such as "killed" or "homes destroyed", newest first and undated ones last."""

    thing: str
    figures: tuple[Figure, ...]

    @property
    def sentence(self) -> str:
        """What disagrees, in a sentence."""
        figures = (f"{figure.words} ({figure.quotation.published or 'undated'})" for figure in self.figures)
        return f"The archive has different figures ({self.thing}): {', '.join(figures)}."

    def as_json(self) -> dict[str, Any]:
        """The disagreement as every JSON output of Dateline shows it."""
        return {"thing": self.thing, "figures": [figure.as_json() for figure in self.figures]}
