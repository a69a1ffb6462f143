"""Make archives with questions to put to them, whole and with the answers cut out, from questions on passages.

    python -m benchmarks.archives --reading DIR --articles FILE --out DIR [--split validation|train|all]

`DIR` of `--reading` holds `passages.jsonl.gz`, `questions.jsonl.gz` and an archive of its own, `reuters-1987.jsonl.gz`;
`--articles` is the archive that the other passages come from. For each of the two archives four things are written:

    <name>/articles.jsonl.gz          as it is; an article without an address gets one
    <name>-cut/articles.jsonl.gz      without the sentences that answer half of the questions (by whole passages)
    <name>-questions.jsonl.gz         all answerable questions, with their right articles; asked on no day
    <name>-questions-now.jsonl.gz     the same, asked on the archive's last day
    <name>-cut-questions.jsonl.gz     those whose answers are still there
    <name>-cut-unanswerable.jsonl.gz  those whose answers were cut out, of the kind "cut"

A question counts as cut only where its answer stands nowhere else in the article. Then `python -m qa.evaluate`
measures each archive; the cut one tells whether the verdict reads, since both halves are the same kind of question.
"""

import argparse
import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]

_WIRE = "reuters-"
_LEAST_LEFT = 200  # characters that an article must keep


def read_rows(file: Path) -> Iterator[Row]:
    """The rows of a .jsonl.gz file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write_rows(file: Path, rows: Iterable[Row]) -> int:
    """Write rows as .jsonl.gz, and give their number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def address(article: str) -> str:
    """The address of an article: its own, or one made of its number."""
    return f"https://wire.example/{article}" if article.startswith(_WIRE) else article


def without(text: str, sentences: Iterable[str]) -> str:
    """The text without some sentences, whose white space may be another."""
    for sentence in sentences:
        pattern = r"\s+".join(map(re.escape, sentence.split()))
        text = re.sub(pattern, " ", text)
    return text


def drawn(passage: int) -> bool:
    """Whether the answers of a passage are cut: a fixed half of the passages."""
    return hashlib.sha256(f"cut {passage}".encode()).digest()[0] % 2 == 0


def cut_articles(
    articles: Iterable[Row], passages: Mapping[int, Row], questions: Iterable[Row]
) -> tuple[list[Row], set[int]]:
    """The articles without the sentences that answer the drawn questions, and the passages that were really cut.

    The sentences leave every article that has them, since copies of a story would answer as well.
    """
    sentences: dict[int, set[str]] = defaultdict(set)
    for question in questions:
        if drawn(question["passage"]):
            told = passages[question["passage"]]["sentences"]
            sentences[question["passage"]].update(told[place] for place in question["sentences"])
    by_words = {" ".join(sentence.split()): sentence for found in sentences.values() for sentence in found}
    cut: set[int] = set()
    rows: list[Row] = []
    for row in articles:
        folded = " ".join(row["text"].split())
        here = [sentence for words, sentence in by_words.items() if words in folded]
        text = without(row["text"], here)
        if here and len(text) >= _LEAST_LEFT:
            cut.update(place for place, found in sentences.items() if passages[place]["article"] == row["id"])
            rows.append({**row, "text": text})
        else:
            rows.append(row)
    return rows, cut


def known(question: Row, article: str, number: int, **more: str | None) -> Row:
    """A row of a file of known questions."""
    return {
        "id": f"{question['passage']}-{number}",
        "question": question["question"],
        "asked": None,
        "answers": [question["answer"]],
        "gold": [address(article)],
        "kind": question["kind"],
        **more,
    }


def make(name: str, articles: list[Row], passages: Mapping[int, Row], questions: list[Row], out: Path) -> None:
    """Write the archive of that name, whole and cut, with its questions."""
    rows = [{**row, "id": row.get("id") or row["url"], "url": address(row.get("id") or row["url"])} for row in articles]
    write_rows(out / name / "articles.jsonl.gz", rows)
    last = max(str(row["published"])[:10] for row in rows if row["published"])
    asked = [known(one, passages[one["passage"]]["article"], number) for number, one in enumerate(questions)]
    write_rows(out / f"{name}-questions.jsonl.gz", asked)
    write_rows(out / f"{name}-questions-now.jsonl.gz", ({**row, "asked": last} for row in asked))
    left, cut = cut_articles(rows, passages, questions)
    write_rows(out / f"{name}-cut" / "articles.jsonl.gz", left)
    text_of = {row["id"]: " ".join(row["text"].split()).lower() for row in left}
    kept, gone = [], []
    for question, row in zip(questions, asked, strict=True):
        passage = passages[question["passage"]]
        still_there = question["answer"].lower() in text_of.get(passage["article"], "")
        if not drawn(question["passage"]):
            kept.append(row)
        elif question["passage"] in cut and not still_there:
            gone.append({**row, "answers": [], "gold": [], "kind": "cut"})
    write_rows(out / f"{name}-cut-questions.jsonl.gz", kept)
    write_rows(out / f"{name}-cut-unanswerable.jsonl.gz", gone)
    print(f"{name}: {len(rows)} articles, {len(asked)} questions; cut: {len(kept)} answerable, {len(gone)} not")


def main() -> None:
    """Make both archives."""
    parser = argparse.ArgumentParser("python -m benchmarks.archives", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reading", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=["train", "validation", "all"], default="validation")
    options = parser.parse_args()
    passages = {row["passage"]: row for row in read_rows(options.reading / "passages.jsonl.gz")}
    questions = [
        row
        for row in read_rows(options.reading / "questions.jsonl.gz")
        if row["sentences"] and row["answer"] and options.split in ("all", row["split"])
    ]
    wire = [row for row in questions if passages[row["passage"]]["article"].startswith(_WIRE)]
    news = [row for row in questions if not passages[row["passage"]]["article"].startswith(_WIRE)]
    make("news", list(read_rows(options.articles)), passages, news, options.out)
    make("wire", list(read_rows(options.reading / "reuters-1987.jsonl.gz")), passages, wire, options.out)


if __name__ == "__main__":
    main()
