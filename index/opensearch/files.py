"""The table of files: what a build knows of the corpus folder without reading it again, in groups of files."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

from corpus import Problem
from corpus.folder import FileState, Snapshot
from index.generations.manifest import FileReport

HABITS = "habits"
# Files that a report names.
_MOST_NAMED = 1000


class FileTable:
    """For each file its state, its problems, and counts of what its articles lack; and the outlets' boilerplate."""

    def __init__(self, groups: Mapping[str, Any]) -> None:
        """Read the groups of an edition."""
        self.habits: dict[str, list[str]] | None = groups.get(HABITS)
        self._entries = {path: each for name, group in groups.items() if name != HABITS for path, each in group.items()}
        self.snapshot: Snapshot = {path: FileState(*entry["state"]) for path, entry in self._entries.items()}

    def changed(self, now: Snapshot) -> tuple[set[str], set[str]]:
        """The paths of new and changed files, and of those that are gone."""
        old = {path: state.digest for path, state in self.snapshot.items()}
        return {path for path, state in now.items() if old.get(path) != state.digest}, old.keys() - now.keys()

    def update(
        self, now: Snapshot, problems: Mapping[str, Sequence[Problem]], counts: Sequence[FileReport]
    ) -> dict[str, dict[str, Any]]:
        """Take note of what was read, and return the groups that are other than before."""
        changed, gone = self.changed(now)
        given = {report.path: report for report in counts}
        restated = {path for path, state in now.items() if state != self.snapshot.get(path)}
        for path in gone:
            del self._entries[path]
        for path in restated:
            entry = self._entries.setdefault(path, {})
            entry["state"] = astuple(now[path])
            if path in changed:
                entry["problems"] = [astuple(one) for one in problems.get(path, ())]
                entry["counts"] = astuple(given[path])[1:-1] if path in given else None
                entry["dated_by"] = given[path].dated_by if path in given else {}
        groups: dict[str, dict[str, Any]] = {_group(path): {} for path in restated | gone}
        for path, entry in self._entries.items():
            if (name := _group(path)) in groups:
                groups[name][path] = entry
        return groups

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The files and records that could not be read."""
        return tuple(Problem(*problem) for path in sorted(self._entries) for problem in self._entries[path]["problems"])

    @property
    def reports(self) -> tuple[FileReport, ...]:
        """What each file gave, those with the most articles first; after a thousand the rest as one."""
        found = [
            FileReport(path, *entry["counts"], dated_by=entry.get("dated_by", {}))
            for path, entry in self._entries.items()
            if entry["counts"]
        ]
        found.sort(key=lambda report: (-report.articles, report.path))
        rest = [astuple(report)[1:-1] for report in found[_MOST_NAMED:]]
        others = [FileReport("other files", *map(sum, zip(*rest, strict=True)))] if rest else []
        return (*found[:_MOST_NAMED], *others)


def _group(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:2]
