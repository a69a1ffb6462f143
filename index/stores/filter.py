"""What may be found, as the stores take it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """Words that a chunk or its headline must have side by side, must not have, and words its headline must have."""

    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    title: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is any such word."""
        return bool(self.phrases or self.excluded or self.title)


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be found: days as `date.toordinal()`, inclusive; outlets and authors as the archive spells them.

    None is no restriction; an empty set of outlets or authors lets nothing through. Undated articles are outside
    every window of days unless `undated`.
    """

    since: int | None = None
    until: int | None = None
    sources: frozenset[str] | None = None
    authors: frozenset[str] | None = None
    undated: bool = False
    words: Words = field(default_factory=Words)

    @property
    def by_day(self) -> bool:
        """Whether there is a window of days."""
        return self.since is not None or self.until is not None

    @property
    def open(self) -> bool:
        """Whether everything may be found."""
        return not self.by_day and self.sources is None and self.authors is None and not self.words.any
