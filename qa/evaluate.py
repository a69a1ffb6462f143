"""How well an index answers questions whose answers are known: the measures, and `python -m qa.evaluate`."""

import argparse
import gzip
import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from corpus import Settings, UserError
from corpus.console import run
from corpus.tokens import TokenCounter, token_counter
from corpus.urls import canonical_url
from qa.answer import Passage
from qa.retriever import Retriever

_CUTS = (1, 5, 10)
_DEPTH = max(_CUTS)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is known of it: strings that answer it, and the urls or paths of articles that do.

    Without answers it counts as one that the archive cannot answer, of some `kind`.
    """

    text: str
    asked: date | None
    answers: tuple[str, ...]
    gold: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for a question: the rank from 1 of the first right passage, 0 for none within the depth."""

    question: Question
    confidence: float
    answered: bool
    answer_rank: int
    gold_rank: int
    passage_tokens: tuple[int, ...]
    milliseconds: float


def read_questions(file: Path) -> list[Question]:
    """The rows of a JSON Lines file, `.gz` too; UserError with the line for what is none."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            return [_question(file, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    except OSError as error:
        message = f"The questions “{file}” cannot be read ({error.strerror or error}); name a JSON Lines file."
        raise UserError(message) from error


def try_questions(retriever: Retriever, questions: Iterable[Question], counter: TokenCounter) -> list[Outcome]:
    """Ask each question as of the day it was asked on, and judge what comes back."""
    return [_outcome(retriever, question, counter) for question in questions]


def measures(answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]) -> dict[str, float]:
    """The measures by name, as flat numbers; those that the rows do not allow are left out.

    `answer_hit@k`: share of answerable questions with an answer string, at word borders in any case, in the first k
    passages. `gold_hit@k` and `mrr@10`: the same, and the mean reciprocal rank, for passages from the right article or
    a copy of it, over the rows that name one. `abstention_auroc`: the probability that an answerable question has a
    higher confidence than an unanswerable one. `false_answer_rate` and `false_refusal_rate`: of the verdicts.
    """
    found: dict[str, float] = {}
    with_gold = [outcome for outcome in answerable if outcome.question.gold]
    for cut in _CUTS:
        found |= _mean(f"answer_hit@{cut}", [0 < outcome.answer_rank <= cut for outcome in answerable])
        found |= _mean(f"gold_hit@{cut}", [0 < outcome.gold_rank <= cut for outcome in with_gold])
    found |= _mean(f"mrr@{_DEPTH}", [1 / outcome.gold_rank if outcome.gold_rank else 0 for outcome in with_gold])
    found |= _abstention("", answerable, unanswerable)
    for kind in sorted({outcome.question.kind for outcome in unanswerable} - {""}):
        found |= _abstention(f".{kind}", answerable, [row for row in unanswerable if row.question.kind == kind])
    found |= _mean("false_refusal_rate", [not outcome.answered for outcome in answerable])
    everything = [*answerable, *unanswerable]
    found |= _mean("mean_passage_tokens", [tokens for outcome in everything for tokens in outcome.passage_tokens])
    if everything:
        times = [outcome.milliseconds for outcome in everything]
        found |= {f"latency_ms.p{share}": float(np.percentile(times, share)) for share in (50, 95, 99)}
    return found | {"questions": len(everything)}


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The probability that a positive score is above a negative one, ties counting half (Mann and Whitney's U)."""
    above = np.subtract.outer(np.asarray(positive), np.asarray(negative))
    return float((above > 0).mean() + (above == 0).mean() / 2)


def _outcome(retriever: Retriever, question: Question, counter: TokenCounter) -> Outcome:
    began = time.perf_counter()
    answer = retriever.ask(question.text, k=_DEPTH, now=question.asked)
    milliseconds = (time.perf_counter() - began) * 1000
    return Outcome(
        question=question,
        confidence=answer.confidence,
        answered=answer.answered,
        answer_rank=_first([_says(passage, question.answers) for passage in answer.passages]),
        gold_rank=_first([_is_from(passage, question.gold) for passage in answer.passages]),
        passage_tokens=tuple(counter.count(passage.text) for passage in answer.passages),
        milliseconds=milliseconds,
    )


def _says(passage: Passage, answers: Sequence[str]) -> bool:
    """Whether the passage contains one of the strings, in any case, not as a part of a longer word."""
    return any(
        re.search(rf"(?<!\w){re.escape(words)}(?!\w)", passage.text, re.IGNORECASE) for words in answers if words
    )


def _is_from(passage: Passage, gold: Sequence[str]) -> bool:
    names = {passage.article.id, passage.article.path, canonical_url(passage.article.url), *passage.copies}
    return any(name in names or canonical_url(name) in names for name in gold)


def _first(hits: Sequence[bool]) -> int:
    return hits.index(True) + 1 if True in hits else 0


def _mean(name: str, values: Sequence[float]) -> dict[str, float]:
    return {name: float(np.mean(values))} if values else {}


def _abstention(suffix: str, answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]) -> dict[str, float]:
    found = _mean(f"false_answer_rate{suffix}", [outcome.answered for outcome in unanswerable])
    if answerable and unanswerable:
        yes, no = ([outcome.confidence for outcome in rows] for rows in (answerable, unanswerable))
        found[f"abstention_auroc{suffix}"] = auroc(yes, no)
    return found


def _question(file: Path, number: int, line: str) -> Question:
    try:
        row = json.loads(line)
        return Question(
            text=row["question"],
            asked=date.fromisoformat(row["asked"]) if row.get("asked") else None,
            answers=tuple(row.get("answers") or ()),
            gold=tuple(row.get("gold") or ()),
            kind=row.get("kind") or "",
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f'{file}, line {number}: a row is a JSON object with a “question”, like {{"question": "Who won?"}}.'
        raise UserError(message) from error


def _table(found: dict[str, float]) -> str:
    return "\n".join(
        f"{name:<30}{value:>10.3f}" if value % 1 else f"{name:<30}{value:>10.0f}" for name, value in found.items()
    )


def _evaluate(options: argparse.Namespace) -> int:
    questions = read_questions(options.questions)
    unanswerable = read_questions(options.unanswerable) if options.unanswerable else []
    with Retriever.open(options.index) as retriever:
        counter = token_counter(Settings.from_environment().encoding)
        outcomes = try_questions(retriever, questions, counter)
        refused = try_questions(retriever, unanswerable, counter)
        status = retriever.status()
    answerable = [outcome for outcome in outcomes if outcome.question.answers or outcome.question.gold]
    refused += [outcome for outcome in outcomes if outcome not in answerable]
    found = measures(answerable, refused) | {"articles": status.articles, "chunks": status.chunks}
    print(json.dumps(found, indent=1) if options.json else _table(found))  # noqa: T201
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m qa.evaluate`: print the measures; 0, or 2 for what the user can mend."""
    parser = argparse.ArgumentParser(
        "python -m qa.evaluate", description="Measure an index with questions of known answers."
    )
    parser.add_argument(
        "questions", type=Path, metavar="QUESTIONS.jsonl", help="rows of question, asked, answers, gold"
    )
    parser.add_argument(
        "--unanswerable", type=Path, metavar="FILE", help="rows of questions that the archive cannot answer"
    )
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: var/index)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return run(parser, _evaluate, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
