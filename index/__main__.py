"""`python -m index`: bring the index to what the corpus folder holds, or say what it is."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus import Problem, Settings
from corpus.console import ConsoleProgress, run
from corpus.folder import same_files, take_snapshot
from index.build import sync
from index.generation import live_manifest, sync_command
from index.manifest import Manifest, SyncReport

_FAILED = 3
_MOST_PROBLEMS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 2 for what the user can mend, 3 where `--strict` and a file failed."""
    parser = argparse.ArgumentParser("python -m index", description="Bring the index to what the corpus folder holds.")
    parser.add_argument(
        "action", nargs="?", choices=("sync", "status"), default="sync", help="sync (default) or status"
    )
    parser.add_argument("--corpus", metavar="DIR", help="the folder of articles (default: corpus/articles)")
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: var/index)")
    parser.add_argument("--full", action="store_true", help="build everything anew, also with other settings")
    parser.add_argument("--strict", action="store_true", help="exit with status 3 when a file gave no article")
    parser.add_argument(
        "--field", metavar="FIELD=NAME", action="append", help="a field that has another name in your files, title=hl1"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return run(parser, _act, arguments)


def _act(options: argparse.Namespace) -> int:
    return _status(options) if options.action == "status" else _sync(options)


def _sync(options: argparse.Namespace) -> int:
    settings = Settings.from_environment(options.corpus, options.index)
    progress = ConsoleProgress()
    names = ",".join(options.field) if options.field else None
    try:
        report = sync(settings.corpus, settings.index, full=options.full, progress=progress, fields=names)
    finally:
        progress.end()
    _show(report.as_json(), _report_words(report), as_json=options.json)
    return _FAILED if options.strict and report.failed else 0


def _status(options: argparse.Namespace) -> int:
    settings = Settings.from_environment(options.corpus, options.index)
    manifest = live_manifest(settings.index)
    corpus = settings.corpus if options.corpus else Path(manifest.corpus)
    current = corpus.is_dir() and same_files(manifest.snapshot, take_snapshot(corpus, manifest.snapshot))
    content = {
        "generation": manifest.name,
        "corpus": manifest.corpus,
        "articles": manifest.report.articles,
        "chunks": manifest.report.chunks,
        "built": manifest.built.isoformat(),
        "model": manifest.fingerprint.model,
        "up_to_date": current,
        "failed": manifest.report.as_json()["failed"],
    }
    cure = sync_command(settings.index, str(corpus))
    _show(content, _status_words(manifest, "" if current else cure), as_json=options.json)
    return 0


def _show(content: dict[str, Any], words: str, *, as_json: bool) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=1) if as_json else words)


def _report_words(report: SyncReport) -> str:
    changes = ", ".join(f"{getattr(report, name)} {name}" for name in ("added", "updated", "removed", "unchanged"))
    return "\n".join(
        [
            f"{report.articles} articles in {report.chunks} chunks: {changes}; {report.embedded} chunks embedded"
            f" in {report.seconds:.1f} s.",
            *report.notices,
            *_problem_lines(report.failed),
        ]
    )


def _status_words(manifest: Manifest, cure: str) -> str:
    state = f"The folder has changed since; run: {cure}" if cure else "The index equals the folder."
    return "\n".join(
        [
            f"{manifest.report.articles} articles in {manifest.report.chunks} chunks from {manifest.corpus},"
            f" built {manifest.built:%Y-%m-%d %H:%M} UTC with {manifest.fingerprint.model}.",
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
        lines.append(f"  and {len(failed) - _MOST_PROBLEMS} more, all of them in --json")
    return [f"{len(failed)} gave no article:", *lines] if failed else []


if __name__ == "__main__":
    raise SystemExit(main())
