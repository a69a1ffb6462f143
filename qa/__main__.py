"""`python -m qa "question"`: the answer from the archive, on the terminal."""

import argparse
import json
from collections.abc import Sequence

from corpus.console import run
from qa.answer import Answer, Passage
from qa.retriever import Retriever
from qa.understanding import Request


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 whether answered or not, 2 for what the user can mend."""
    parser = argparse.ArgumentParser("python -m qa", description="Ask the archive a question.")
    parser.add_argument("question")
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: var/index)")
    parser.add_argument("-k", type=int, default=5, metavar="N", help="how many passages (default: 5)")
    parser.add_argument("--now", metavar="DATE", help="the day the question is asked on, YYYY-MM-DD (default: today)")
    parser.add_argument("--since", metavar="DATE", help="only articles published on this day or later")
    parser.add_argument("--until", metavar="DATE", help="only articles published on this day or earlier")
    parser.add_argument(
        "--source", action="append", default=[], metavar="NAME", help="only this outlet; may be repeated"
    )
    parser.add_argument(
        "--author", action="append", default=[], metavar="NAME", help="only this author; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return run(parser, _ask, arguments)


def _ask(options: argparse.Namespace) -> int:
    request = Request(
        options.question, options.now, options.since, options.until, options.source, options.author, options.k
    )
    request.read()  # refused at once, not after the model is loaded
    with Retriever.open(options.index) as retriever:
        answer = retriever.answer(request)
    print(json.dumps(answer.as_json(), ensure_ascii=False, indent=1) if options.json else _words(answer))
    return 0


def _words(answer: Answer) -> str:
    heading = "" if answer.answered else "The archive does not seem to hold the answer. The nearest passages:\n\n"
    passages = "\n\n".join(f"[{number}] {_passage(passage)}" for number, passage in enumerate(answer.passages, start=1))
    remarks = "\n".join([*answer.reasons, *answer.notices])
    return f"{heading}{passages}\n\n{remarks}".strip()


def _passage(passage: Passage) -> str:
    article = passage.article
    published = article.published.isoformat() if article.published else "undated"
    origin = ", ".join(words for words in (article.source, published, article.url or article.path) if words)
    return f"“{passage.quotation}”\n    {article.title} ({origin})"


if __name__ == "__main__":
    raise SystemExit(main())
