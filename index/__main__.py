"""`python -m index`: bring the index to what the corpus folder holds, or say what it is."""

import argparse
import json
import sys
import threading
from collections.abc import Sequence
from typing import Any

from corpus import Problem, Settings, UserError
from corpus.console import ConsoleProgress, run
from corpus.folder import same_files, take_snapshot
from index.build import sync
from index.building.publishing import roll_back
from index.generations.generation import live_manifest, sync_command
from index.generations.manifest import Manifest, SyncReport
from index.generations.origin import other_origin, settings_for
from index.watch import watch

_FAILED = 3
_MOST_PROBLEMS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 2 for what the user can mend, 3 where `--strict` and a file failed."""
    parser = argparse.ArgumentParser("python -m index", description="Bring the index to what the corpus folder holds.")
    parser.add_argument(
        "action",
        nargs="?",
        choices=_ACTIONS,
        default="sync",
        help="sync (default), status, or rollback to the generation before the live one",
    )
    parser.add_argument(
        "--corpus", metavar="DIR", help="the folder of articles (default: the one the index was made of)"
    )
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: var/index)")
    parser.add_argument("--full", action="store_true", help="build everything anew, also with other settings")
    parser.add_argument("--watch", action="store_true", help="stay, and sync again whenever the folder has changed")
    parser.add_argument("--strict", action="store_true", help="exit with status 3 when a file gave no article")
    parser.add_argument(
        "--field", metavar="FIELD=NAME", action="append", help="a field that has another name in your files, title=hl1"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return run(parser, _act, arguments)


def _act(options: argparse.Namespace) -> int:
    settings = settings_for(options.corpus, options.index)
    return _watch(options, settings) if options.watch else _ACTIONS[options.action](options, settings)


def _sync(options: argparse.Namespace, settings: Settings) -> int:
    _say_other_origin(settings)
    progress = ConsoleProgress()
    try:
        report = sync(settings.corpus, settings.index, full=options.full, progress=progress, fields=_fields(options))
    finally:
        progress.end()
    _show(report.as_json(), _report_words(report), as_json=options.json)
    if report.removed and not report.articles:
        back = sync_command(settings.index, action="rollback")
        print(f"The folder holds no articles any more; to have them back, run: {back}", file=sys.stderr)
    return _FAILED if options.strict and report.failed else 0


def _say_other_origin(settings: Settings) -> None:
    if words := other_origin(settings):
        print(words, file=sys.stderr, flush=True)


def _fields(options: argparse.Namespace) -> str | None:
    return ",".join(options.field) if options.field else None


def _watch(options: argparse.Namespace, settings: Settings) -> int:
    _say_other_origin(settings)
    progress = ConsoleProgress()
    for found in watch(settings.corpus, settings.index, threading.Event(), progress=progress, fields=_fields(options)):
        progress.end()
        if isinstance(found, UserError):
            print(found, file=sys.stderr, flush=True)
        else:
            _show(found.as_json(), _report_words(found), as_json=options.json)
    return 0


def _roll_back(options: argparse.Namespace, settings: Settings) -> int:
    manifest = roll_back(settings.index)
    words = (
        f"Back to the state of {manifest.built:%Y-%m-%d %H:%M} UTC: {manifest.report.articles} articles in"
        f" {manifest.report.chunks} chunks. The next sync brings the index to the folder again."
    )
    _show(manifest.report.as_json(), words, as_json=options.json)
    return 0


def _status(options: argparse.Namespace, settings: Settings) -> int:
    manifest = live_manifest(settings.index)
    corpus = settings.corpus
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
    print(json.dumps(content, ensure_ascii=False, indent=1) if as_json else words, flush=True)


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


_ACTIONS = {"sync": _sync, "status": _status, "rollback": _roll_back}

if __name__ == "__main__":
    raise SystemExit(main())
