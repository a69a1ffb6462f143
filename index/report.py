"""What a sync did and what an index holds, in words for a terminal."""

from collections.abc import Sequence

from corpus import Problem
from index.generations.manifest import Manifest, SyncReport

_MOST_PROBLEMS = 20


def counted(report: SyncReport) -> str:
    """How much there is: "7 articles in 9 chunks"."""
    articles, chunks = (
        f"{number} {noun}{'s' * (number != 1)}"
        for number, noun in ((report.articles, "article"), (report.chunks, "chunk"))
    )
    return f"{articles} in {chunks}"


def report_words(report: SyncReport) -> str:
    """What a sync did, with its notices and problems, over several lines."""
    changes = ", ".join(f"{getattr(report, name)} {name}" for name in ("added", "updated", "removed", "unchanged"))
    embedded = f"{report.embedded} chunks embedded in {report.seconds:.1f} s"
    return "\n".join([f"{counted(report)}: {changes}; {embedded}.", *report.notices, *_problem_lines(report.failed)])


def status_words(manifest: Manifest, state: str) -> str:
    """What an index holds, whether it is up to date (`state`), and its notices and problems, over several lines."""
    made = f"built {manifest.built:%Y-%m-%d %H:%M} UTC with {manifest.fingerprint.model}"
    return "\n".join(
        [
            f"{counted(manifest.report)} from {manifest.corpus}, {made}.",
            state,
            *manifest.report.notices,
            *_problem_lines(manifest.report.failed),
        ]
    )


def _problem_lines(failed: Sequence[Problem]) -> list[str]:
    lines = [
        f"  {problem.path}{'' if problem.record is None else f', record {problem.record}'}: {problem.reason}"
        for problem in failed[:_MOST_PROBLEMS]
    ]
    if len(failed) > _MOST_PROBLEMS:
        lines.append(f"  and {len(failed) - _MOST_PROBLEMS} more; --json lists them all")
    count = "1 item" if len(failed) == 1 else f"{len(failed):,} items"
    return [f"{count} could not be read:", *lines] if failed else []
