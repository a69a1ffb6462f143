"""Saved questions and what is new for each: `python -m qa.watch`."""

import argparse
import json
import sys
from collections.abc import Sequence

from corpus import Settings
from corpus.console import run
from qa.question.request import Request
from qa.retriever import Retriever
from qa.web.inquiry import Inquiry
from qa.web.watched import Watched, Watchlist


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0, or 2 for what the user can mend."""
    parser = argparse.ArgumentParser("python -m qa.watch", description="Say what is new for each saved question.")
    parser.add_argument("--add", metavar="QUESTION", help="save a question")
    parser.add_argument("--delete", metavar="NAME", help="delete the saved question of this name")
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: var/index)")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each question")
    return run(parser, _watch, arguments)


def _watch(options: argparse.Namespace) -> int:
    if options.add is not None:
        Request(options.add).read()  # refused at once, not after the model is loaded
    with Retriever.open(options.index) as retriever:
        watchlist = Watchlist(retriever, Settings.from_environment(index=options.index).index)
        if options.delete is not None:
            watchlist.delete(options.delete)
        if options.add is not None:
            watchlist.save(Inquiry(Request(options.add)))
        told = [
            json.dumps(one.as_json(), ensure_ascii=False) if options.json else _words(one) for one in watchlist.look()
        ]
    nothing = [] if options.json else ["No question is saved; save one with --add QUESTION."]
    sys.stdout.write("".join(f"{line}\n" for line in told or nothing))
    return 0


def _words(watched: Watched) -> str:
    fresh = f"{watched.fresh} new" if watched.fresh else "nothing new"
    news = [f"  {one.seen:%Y-%m-%d}  “{one.quotation.text}”\n    {one.quotation.origin}" for one in watched.news]
    return "\n".join([f"{watched.name}: {watched.question} ({fresh})", *news])


if __name__ == "__main__":
    raise SystemExit(main())
