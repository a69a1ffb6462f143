"""What a question says about time."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Timeframe:
    """What the question says about time; since and until are inclusive, None is open."""

    since: date | None
    until: date | None
    kind: Literal["window", "preference"]
    phrase: str
    order: Literal["newest", "oldest"] | None = None

    def as_json(self) -> dict[str, Any]:
        """The timeframe as every JSON output of Dateline shows it."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "kind": self.kind,
            "phrase": self.phrase,
        }
