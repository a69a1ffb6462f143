"""`python -m index`: update the index from its corpus folder, and look after it."""

import argparse
import json
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from corpus import Settings, UserError
from corpus.console import ConsoleProgress, printable, run
from corpus.snapshot import same_files, take_snapshot
from index.audit import SOURCE
from index.build import sync
from index.generations.generation import complete_generations, sync_command
from index.generations.origin import other_origin, settings_for
from index.keeping import back_up, forget, restore
from index.models.choice import embedder_of
from index.models.workers import WorkersEmbedder
from index.report import counted, report_words, status_words
from index.status import check, go_back, published, taken_down
from index.watch import follow

_FAILED = 3
_OF_FOLDERS = ("backup", "restore")
# What the second argument of some actions is.
_TARGETS = {"forget": "ADDRESS-OR-PATH", "backup": "FILE", "restore": "FILE"}

# What an action tells, as JSON and in words.
Told = tuple[dict[str, Any], str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 2 for what the user can fix, 3 if `--strict` and a file failed."""
    parser = argparse.ArgumentParser(
        "python -m index",
        description="Update the index from its corpus folder (sync, the default), or look after it.",
        epilog="status: what the index holds. rollback: back to the state before the last build. verify: check every"
        " file and store. forget ADDRESS-OR-PATH: take an article down, for good. backup FILE, restore FILE: the index"
        " as one file, and back.",
    )
    actions = ["sync", *_ACTIONS]
    parser.add_argument(
        "action", nargs="?", choices=actions, default="sync", metavar="ACTION", help="one of these: %(choices)s"
    )
    parser.add_argument("target", nargs="?", metavar="TARGET", help="the article to forget, or the file of the backup")
    parser.add_argument(
        "--corpus", metavar="DIR", help="the folder of articles (default: the one the index was made from)"
    )
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: var/index)")
    parser.add_argument("--keep", metavar="N", type=int, help="generations before the live one to keep (default: 1)")
    parser.add_argument(
        "--field", metavar="FIELD=NAME", action="append", help="a field that has another name in your files, title=hl1"
    )
    parser.add_argument(
        "--workers", metavar="WHERE", help="embed on the machines of a Ray cluster, ray://HOST:10001, or in N processes"
    )
    for name, words in (
        ("full", "rebuild everything, also with other settings"),
        ("watch", "keep running, and update the index whenever the folder changes"),
        ("strict", "exit with status 3 if a file could not be read"),
        ("json", "print one JSON object"),
    ):
        parser.add_argument(f"--{name}", action="store_true", help=words)
    return run(parser, _act, arguments)


def _act(options: argparse.Namespace) -> int:
    wanted = _TARGETS.get(options.action)
    if bool(options.target) != bool(wanted):
        message = f"Write: python -m index {' '.join(filter(None, [options.action, wanted]))}"
        raise UserError(message)
    if options.watch and options.action != "sync":
        message = f"“{options.action}” cannot be watched; leave out --watch."
        raise UserError(message)
    settings = settings_for(options.corpus, options.index)
    if settings.store and options.action in _OF_FOLDERS:
        message = f"“{options.action}” is for an index folder; a cluster has snapshots, see docs/scaling.md."
        raise UserError(message)
    source = SOURCE.set("command line")
    try:
        if options.action == "sync":
            return _sync(options, settings)
        _show(_ACTIONS[options.action](options, settings), as_json=options.json)
    finally:
        SOURCE.reset(source)
    return 0


def _sync(options: argparse.Namespace, settings: Settings) -> int:
    chosen: dict[str, Any] = {"fields": ",".join(options.field) if options.field else None, "keep": options.keep}
    if options.workers or options.watch:  # One for all builds.
        where = options.workers
        chosen["embedder"] = WorkersEmbedder(settings.model, where) if where else embedder_of(settings.model)
    if words := other_origin(settings):
        _warn(words)
    chosen["may_empty"] = not options.watch
    with ConsoleProgress() as progress:
        update = partial(sync, settings.corpus, settings.index, progress=progress, **chosen)
        if options.watch:
            if options.full:
                update(full=True)
            for found in follow(settings, update, threading.Event()):
                progress.end()
                if isinstance(found, UserError):
                    _warn(str(found))
                else:
                    _show((found.as_json(), report_words(found)), as_json=options.json)
            return 0
        report = update(full=options.full)
    _show((report.as_json(), report_words(report)), as_json=options.json)
    if report.removed and not report.articles:
        back = sync_command(settings.index, action="rollback")
        _warn(f"The folder holds no articles any more, so the index is empty now; to restore it, run: {back}")
    return _FAILED if options.strict and report.failed else 0


def _roll_back(_: argparse.Namespace, settings: Settings) -> Told:
    manifest = go_back(settings)
    words = (
        f"The index is that of {manifest.built:%Y-%m-%d %H:%M} UTC again: {counted(manifest.report)}."
        " The next sync updates it from the folder."
    )
    return manifest.report.as_json(), words


def _status(_: argparse.Namespace, settings: Settings) -> Told:
    manifest, corpus = published(settings), settings.corpus
    missing = not corpus.is_dir()
    same = not missing and same_files(manifest.snapshot, take_snapshot(corpus, manifest.snapshot))
    current = same and manifest.forgotten == taken_down(settings)
    kept = [name for name in complete_generations(settings.index) if name != manifest.name]
    report = manifest.report.as_json()
    content = {name: report[name] for name in ("articles", "chunks", "failed", "files")} | {
        "generation": manifest.name,
        "corpus": manifest.corpus,
        "built": manifest.built.isoformat(),
        "model": manifest.fingerprint.model,
        "up_to_date": current,
        "kept": kept,
    }
    state = "The index is up to date."
    if missing:
        state = f"The corpus folder “{corpus}” is missing; restore it, or name another with --corpus."
    elif not current:
        what = "What is taken down" if same else "The folder"
        state = f"{what} has changed since; run: {sync_command(settings.index, str(corpus))}"
    return content, status_words(manifest, state, kept)


def _verify(_: argparse.Namespace, settings: Settings) -> Told:
    manifest = check(settings)
    words = f"The index is sound: {counted(manifest.report)}, every file and store checked."
    return {"generation": manifest.name, "sound": True}, words


def _forget(options: argparse.Namespace, settings: Settings) -> Told:
    with ConsoleProgress() as progress:
        articles, report, in_use = forget(settings.corpus, settings.index, options.target, progress=progress)
    lines = [f"Taken down: “{article.title or article.id}” ({article.path})" for article in articles]
    lines += ["It is in no generation of the index any more, and no build will read it. Its file stays in the folder."]
    if in_use:
        lines[-1] = (
            f"{in_use} earlier generations are open in a running page or program; restart it, then run:"
            f" {sync_command(settings.index)} --keep 0"
        )
    forgotten = [{"article_id": article.id, "path": article.path} for article in articles]
    content = {"forgotten": forgotten, "generation": report.generation, "in_use": in_use}
    return content, "\n".join(lines)


def _back_up(options: argparse.Namespace, settings: Settings) -> Told:
    manifest = back_up(settings.index, Path(options.target))
    words = f"“{options.target}” holds the index of {manifest.built:%Y-%m-%d %H:%M} UTC: {counted(manifest.report)}."
    return {"generation": manifest.name, "file": options.target}, words


def _restore(options: argparse.Namespace, settings: Settings) -> Told:
    manifest = restore(settings.index, Path(options.target), settings.keep if options.keep is None else options.keep)
    words = f"The index is that of {manifest.built:%Y-%m-%d %H:%M} UTC again: {counted(manifest.report)}."
    return {"generation": manifest.report.generation, "file": options.target}, words


def _warn(words: str) -> None:
    print(printable(words), file=sys.stderr, flush=True)


def _show(told: Told, *, as_json: bool) -> None:
    content, words = told
    print(json.dumps(content, ensure_ascii=False, indent=1) if as_json else printable(words), flush=True)


_ACTIONS = {
    "status": _status,
    "rollback": _roll_back,
    "verify": _verify,
    "forget": _forget,
    "backup": _back_up,
    "restore": _restore,
}

if __name__ == "__main__":
    raise SystemExit(main())
