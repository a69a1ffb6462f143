"""How well an index answers questions whose answers are known: `python -m qa.evaluate`."""

import argparse
import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from corpus import Settings, UserError
from corpus.chunking import TokenCounter, token_counter
from corpus.console import run
from qa.evaluation.known import HEADLINE, Hits, KnownQuestion, read_questions, selfmade_questions
from qa.evaluation.measures import DEPTH, Comparison, Measure, Outcome, by_type, comparisons, measures, ranking_measures
from qa.evaluation.rankings import SHIPPED, ranking_named
from qa.question.request import Request
from qa.retriever import Retriever

logger = logging.getLogger(__name__)

_CANNOT_BE_ASKED = "“%s” cannot be asked and counts as not answered: %s"


def ask_questions(retriever: Retriever, questions: Iterable[KnownQuestion], counter: TokenCounter) -> list[Outcome]:
    """Ask each question as of its day, and judge what comes back; what cannot be asked counts as refused."""
    outcomes = []
    for question in questions:
        began = time.perf_counter()
        try:
            answer = retriever.ask(question.text, k=DEPTH, now=question.asked)
        except UserError as error:
            logger.warning(_CANNOT_BE_ASKED, question.text, error)
            outcomes.append(Outcome(Hits.of(question, []), 0.0, answered=False, passage_tokens=(), milliseconds=0.0))
            continue
        milliseconds = (time.perf_counter() - began) * 1000
        found, tokens = answer.passages, tuple(counter.count(passage.text) for passage in answer.passages)
        outcomes.append(Outcome(Hits.of(question, found), answer.confidence, answer.answered, tokens, milliseconds))
    return outcomes


def try_rankings(retriever: Retriever, questions: Iterable[KnownQuestion], names: Sequence[str]) -> list[list[Hits]]:
    """What each ranking finds for each question; those made of headlines are ranked without the headlines' words."""
    found: list[list[Hits]] = [[] for _ in names]
    for question in questions:
        request = Request(question.text, k=DEPTH, now=question.asked)
        for hits, name in zip(found, names, strict=True):
            ranking = ranking_named(name, headline=question.kind != HEADLINE)
            try:
                passages = retriever.passages(request, ranking)
            except UserError as error:
                logger.warning(_CANNOT_BE_ASKED, question.text, error)
                passages = []
            hits.append(Hits.of(question, passages))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m qa.evaluate`: print the measures; 0, or 2 for what the user can mend."""
    parser = argparse.ArgumentParser("python -m qa.evaluate", description="Measure an index with known questions.")
    rows = "questions, one JSON object a line: question, asked, answers, gold"
    parser.add_argument("questions", type=Path, nargs="?", metavar="QUESTIONS.jsonl", help=rows)
    rows = "the same for questions that the archive cannot answer"
    parser.add_argument("--unanswerable", type=Path, metavar="FILE", help=rows)
    made = "make the questions from the archive itself: headlines, and sentences without their most telling name"
    parser.add_argument("--self", action="store_true", help=made)
    other = "compare the ranking with dense, keywords, rrf or convex, or as in --compare=-recency with ours without it"
    parser.add_argument("--compare", metavar="NAME", help=other)
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: var/index)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return run(parser, _evaluate, arguments)


def _evaluate(options: argparse.Namespace) -> int:
    if options.self == bool(options.questions):
        message = "Name a file of questions, or have them made from the archive with --self."
        raise UserError(message)
    of_rankings = options.self or options.compare
    if options.unanswerable and of_rankings:
        message = "With --self or --compare only rankings are measured; leave out --unanswerable."
        raise UserError(message)
    print("\n".join(_of_rankings(options) if of_rankings else _of_answers(options)))  # noqa: T201
    return 0


def _of_answers(options: argparse.Namespace) -> Iterator[str]:
    questions = [row for file in (options.questions, options.unanswerable) if file for row in read_questions(file)]
    with Retriever.open(options.index) as retriever:
        outcomes = ask_questions(retriever, questions, token_counter(Settings.from_environment().encoding))
        status = retriever.status()
    answerable = [outcome for outcome in outcomes if outcome.hits.question.answerable]
    refused = [outcome for outcome in outcomes if not outcome.hits.question.answerable]
    found = measures(answerable, refused)
    found += [Measure("articles", status.articles), Measure("chunks", status.chunks)]
    hits, refusals = [each.hits for each in answerable], [not each.answered for each in answerable]
    return _report(found, by_type(hits, refusals), as_json=options.json)


def _of_rankings(options: argparse.Namespace) -> Iterator[str]:
    names = [SHIPPED, *([options.compare] if options.compare else [])]
    for name in names:
        ranking_named(name)  # refused at once
    questions = read_questions(options.questions) if options.questions else []
    with Retriever.open(options.index) as retriever, retriever.use() as archive:
        known = [question for question in questions or selfmade_questions(archive) if question.answerable]
        found = try_rankings(retriever, known, names)
    if options.compare:
        return _comparison(comparisons(*found), options.compare, as_json=options.json)
    measured = [*ranking_measures(found[0]), Measure("questions", len(known))]
    return _report(measured, by_type(found[0]), as_json=options.json)


def _report(found: Sequence[Measure], types: Mapping[str, Sequence[Measure]], *, as_json: bool) -> Iterator[str]:
    if as_json:
        yield _json([*found, *(replace(row, name=f"{row.name}.{name}") for name in types for row in types[name])])
        return
    yield f"{'measure':<30}{'value':>10}   95 % interval"
    for measure in found:
        yield f"{measure.name:<30}{_number(measure.value):>10}{_interval(measure)}"
    columns = list(dict.fromkeys(measure.name for rows in types.values() for measure in rows))
    yield ""
    yield f"{'type of question':<18}" + "".join(f"{column.removeprefix('false_'):>15}" for column in columns)
    for name, rows in types.items():
        values = {measure.name: _number(measure.value) for measure in rows}
        yield f"{name:<18}" + "".join(f"{values.get(column, ''):>15}" for column in columns)


def _comparison(found: Sequence[Comparison], name: str, *, as_json: bool) -> Iterator[str]:
    if as_json:
        values = [Measure(row.name, row.first) for row in found]
        values += [Measure(f"{row.name}.{name}", row.second) for row in found]
        yield _json([*values, *(replace(row.difference, name=f"{row.name}.difference") for row in found)])
        return
    yield f"{'measure':<18}{SHIPPED:>12}{name:>16}{'difference':>14}   95 % interval"
    for row in found:
        chance = "" if row.difference.excludes_zero else "   (may be chance)"
        numbers = f"{_number(row.first):>12}{_number(row.second):>16}{row.difference.value:>+14.3f}"
        yield f"{row.name:<18}{numbers}{_interval(row.difference)}{chance}"


def _json(found: Iterable[Measure]) -> str:
    numbers: dict[str, float | None] = {}
    for measure in found:
        bounds = {f"{measure.name}.low": measure.low, f"{measure.name}.high": measure.high}
        numbers |= {measure.name: measure.value} | {name: bound for name, bound in bounds.items() if bound is not None}
    return json.dumps(numbers, indent=1)


def _number(value: float) -> str:
    return f"{value:.0f}" if isinstance(value, int) else f"{value:.3f}"


def _interval(measure: Measure) -> str:
    return "" if measure.low is None or measure.high is None else f"   {measure.low:.3f} to {measure.high:.3f}"


if __name__ == "__main__":
    raise SystemExit(main())
