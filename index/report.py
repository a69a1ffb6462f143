"""What a sync did and what an index holds, in words for a terminal."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus import Problem
from index.generations.manifest import Manifest, SyncReport

_MOST_LINES = 20
_MOST_NAMED = 3
_MOST_FILES = 5
# What each count of a file's report says, and the field that holds it.
_LACKING = {
    "undated": ("no date", "published"),
    "untitled": ("no headline", "title"),
    "unsourced": ("no outlet", "source"),
}


def counted(report: SyncReport) -> str:
    """How much there is: "7 articles in 9 chunks"."""
    articles, chunks = report.articles, report.chunks
    return f"{articles} article{'s' * (articles != 1)} in {chunks} chunk{'s' * (chunks != 1)}"


def report_words(report: SyncReport) -> str:
    """What a sync did, with its notices and problems, over several lines."""
    changes = ", ".join(f"{getattr(report, name)} {name}" for name in ("added", "updated", "removed", "unchanged"))
    embedded = f"{report.embedded} chunks embedded in {report.seconds:.1f} s"
    summary = f"{counted(report)}: {changes}; {embedded}."
    return "\n".join([summary, *_remarks(report)])


def status_words(manifest: Manifest, state: str, kept: Sequence[str]) -> str:
    """What an index holds, whether it is up to date (`state`), other generations kept, notices and problems; lines."""
    made = f"built {manifest.built:%Y-%m-%d %H:%M} UTC with {manifest.fingerprint.model}"
    others = [f"Other generations kept: {', '.join(kept)}."] if kept else []
    report = manifest.report
    return "\n".join([f"{counted(report)} from {manifest.corpus}, {made}.", state, *others, *_remarks(report)])


def _remarks(report: SyncReport) -> list[str]:
    return [*report.notices, *file_lines(report), *problem_lines(report.failed)]


def file_lines(report: SyncReport) -> Iterator[str]:
    """Which files gave the most articles, where any gave several, and what articles lack, with the cure."""
    if report.files and report.files[0].articles > 1:
        yield f"Articles by file: {_some([f'{file.path} {file.articles:,}' for file in report.files], _MOST_FILES)}."
    if month_first := [file.path for file in report.files if file.month_first]:
        yield f"Dates read month-first, as others in the same file prove: {_some(month_first, _MOST_NAMED, ' files')}."
    if guessed := [file.path for file in report.files if "guess" in file.dated_by]:
        yield f"Dates guessed from the markup of pages: {_some(guessed, _MOST_NAMED, ' files')}; check them."
    counts = {name: sum(getattr(file, name) for file in report.files) for name in _LACKING}
    if lacking := {_LACKING[name]: count for name, count in counts.items() if count}:
        lacks = ", ".join(f"{count:,} with {words}" for (words, _), count in lacking.items())
        fields = " ".join(f"--field {field}=NAME" for _, field in lacking)
        yield f"Articles {lacks}; where a field of your files holds it: {fields}"


def problem_lines(failed: Sequence[Problem]) -> list[str]:
    """The problems in groups of the same reason; none without any."""
    groups: dict[str, list[Problem]] = defaultdict(list)
    for problem in dict.fromkeys(failed):
        # Without what differs from file to file: numbers, names in quotes, details in brackets.
        groups[re.sub(r"\d[\d,]*|“[^”]*”|'[^']*'|\([^)]*\)", "#", problem.reason)].append(problem)
    lines = [f"  {_where(problems)}: {problems[0].reason}" for problems in groups.values()]
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [f"  and {len(lines) - _MOST_LINES:,} other reasons; --json lists them all"]
    number = len({*failed})
    return [f"{number:,} item{'s' * (number != 1)} could not be read:", *lines] if failed else []


def _where(problems: Sequence[Problem]) -> str:
    paths = list(dict.fromkeys(problem.path for problem in problems))
    if len(paths) > 1:
        return _some(paths, _MOST_NAMED, " files")
    records = [f"{problem.record:,}" for problem in problems if problem.record is not None]
    if not records:
        return paths[0]
    return f"{paths[0]}, record{'s' * (len(records) > 1)} {_some(records, _MOST_NAMED, ' records')}"


def _some(names: Sequence[str], most: int, kind: str = "") -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more{kind}" if rest > 0 else "")
