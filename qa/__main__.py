"""`python -m qa "question"`: the answer from the archive, on the terminal; with `--quote`, where a quotation stands."""

import argparse
import io
import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from corpus import Settings, UserError
from corpus.console import run
from index.opening import live_archive
from qa.answer import Answer, Passage
from qa.findings.composed import Composed
from qa.findings.quotes import QuoteCheck, check_quote
from qa.question.request import Request
from qa.retriever import Retriever
from qa.search.quotation import Quotation
from qa.web.batch import answered, checked, read_rows
from qa.web.export import FORMS, export, lines, sheet
from qa.web.model import LanguageModel

_BOLD, _PLAIN = "\x1b[1m", "\x1b[22m"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 whether answered or not, 2 for what the user can mend."""
    parser = argparse.ArgumentParser("python -m qa", description="Ask the archive a question.")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?")
    asked.add_argument("--quote", metavar="TEXT", help="say whether the archive holds this sentence, word for word")
    asked.add_argument("--batch", metavar="FILE", help="answer each row of a CSV with a column “question”")
    asked.add_argument("--quotes", metavar="FILE", help="check each row of a CSV with a column “quote”")
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: var/index)")
    parser.add_argument("-k", type=int, default=5, metavar="N", help="how many passages (default: 5)")
    parser.add_argument("--now", metavar="DATE", help="the day the question is asked on, YYYY-MM-DD (default: today)")
    parser.add_argument("--since", metavar="DATE", help="only articles published on this day or later")
    parser.add_argument("--until", metavar="DATE", help="only articles published on this day or earlier")
    for option, named in (("--source", "outlet"), ("--author", "author")):
        told = f"only this {named}; may be repeated"
        parser.add_argument(option, action="append", default=[], metavar="NAME", help=told)
    parser.add_argument("--json", action="store_true", help="print one JSON object; of a file one for each row")
    parser.add_argument("--export", choices=FORMS, help="print the answer as a file of this form")
    return run(parser, _run, arguments)


def _run(options: argparse.Namespace) -> int:
    if options.export and options.question is None:
        message = "--export saves the answer to one question; leave it out, or name a question."
        raise UserError(message)
    if options.quote is None and options.quotes is None:
        return _ask(options)
    if any((options.now, options.since, options.until, options.source, options.author)):
        message = "A quotation is looked for in the whole archive; leave out days, outlets and authors."
        raise UserError(message)
    return _check(options)


def _ask(options: argparse.Namespace) -> int:
    rows = None if options.batch is None else read_rows(_file(options.batch), "question")[1]
    limits = (options.now, options.since, options.until, options.source, options.author, options.k)
    request = Request(options.question if rows is None else "each question", *limits)
    request.read()  # refused at once, not after the model is loaded
    model = LanguageModel.from_environment() if rows is None else None
    written = lines if options.json else sheet
    with Retriever.open(options.index) as retriever:
        if rows is not None:
            _print_file(written(answered(rows, request, retriever.answer)))
            return 0
        answer = retriever.answer(request)
    if model:
        answer = model.compose(answer)
    if options.export:
        _print_file([export(answer, options.export).content])
    else:
        print(_json(answer.as_json()) if options.json else _words(answer))
    return 0


def _check(options: argparse.Namespace) -> int:
    rows = None if options.quotes is None else read_rows(_file(options.quotes), "quote")[1]
    written = lines if options.json else sheet
    live = live_archive(Settings.from_environment(index=options.index), any_model=True)
    with closing(live), live.use() as archive:
        if rows is not None:
            _print_file(written(checked(rows, partial(check_quote, archive))))
            return 0
        check = check_quote(archive, options.quote)
    print(_json(check.as_json()) if options.json else _verdict(check))
    return 0


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        message = f"“{path}” could not be read ({error.strerror}); name a CSV file."
        raise UserError(message) from error


def _print_file(parts: Iterable[str]) -> None:
    """Print each part of a file as soon as it is there, with its own line ends, whatever those of the system are."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="")
    for part in parts:
        print(part, end="", flush=True)


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)


def _verdict(check: QuoteCheck) -> str:
    stories = f"{check.stories} {'story' if check.stories == 1 else 'stories'}"
    heading = {
        "verbatim": f"Word for word in {stories}"
        + (f"; the archive attributes it to “{check.attributed}”:" if check.attributed else ":"),
        "altered": f"Altered; the archive has it in {stories}, worded otherwise:",
        "not_in_corpus": "The archive does not hold it." + (" The nearest wording:" if check.nearest else ""),
    }[check.verdict]
    differences = [f"    {change.sentence}" for change in check.diff if check.verdict == "altered" and change.differs]
    return "\n\n".join(filter(None, [heading, *map(_place, check.shown), "\n".join(differences)]))


def _place(quotation: Quotation) -> str:
    where = "in the headline" if quotation.headline else f"characters {quotation.start} to {quotation.end}"
    copies = f"; copies: {', '.join(quotation.copies)}" if quotation.copies else ""
    return f"“{quotation.text}”\n    {quotation.origin}, {where}{copies}"


def _words(answer: Answer) -> str:
    entries = answer.timeline.entries if answer.timeline else ()
    parts = [
        _composed(answer.composed) if answer.composed else "",
        f"{answer.premise.sentence}\n{_place(answer.premise.quotation)}" if answer.premise else "",
        "" if answer.answered else "The archive does not seem to hold the answer. The nearest passages:",
        *(
            f"[{number}] “{with_bold_answer(passage)}”\n    {passage.cited.origin}"
            for number, passage in enumerate(answer.passages, start=1)
        ),
        "\n".join(f"{entry.published}  “{entry.text}”\n    {entry.origin}" for entry in entries),
        "\n".join([*(one.sentence for one in answer.disagreements), *answer.reasons, *answer.notices]),
    ]
    return "\n\n".join(filter(None, parts))


def _composed(composed: Composed) -> str:
    told = [f"(left out: {one.text} – {one.refused})" if one.refused else one.text for one in composed.sentences]
    return "\n".join([f"Composed by {composed.model}:", *told, *filter(None, [composed.trouble])])


def with_bold_answer(passage: Passage) -> str:
    """The quotation, on a terminal with the words that answer in bold."""
    if not (passage.answer and sys.stdout.isatty()):
        return passage.quotation
    (start, end), (first, last), text = passage.quoted, passage.answer, passage.article.text
    return f"{text[start:first]}{_BOLD}{text[first:last]}{_PLAIN}{text[last:end]}"


if __name__ == "__main__":
    raise SystemExit(main())
