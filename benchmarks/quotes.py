"""Measure how well quotations are checked, and how fast.

    python -m benchmarks.quotes --corpus DIR [--count 500]

Every tenth article is left out; the rest is indexed without a model, which the check does not need. Sentences of 8 to
60 words are drawn with a fixed seed: some verbatim, some with one to three content words replaced by words of other
articles, some from the articles left out. A changed sentence is right when the diff names exactly the changed words;
one from an article left out is right when it is not found. Those that share ten words in a row with another article
(agency texts, what an outlet writes below each article) are counted separately. Prints Markdown.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from corpus import Article, Settings, read_folder
from corpus.sentences import sentences
from corpus.words import keys, words
from index import sync
from index.archive import Archive
from index.models.embedder import Vectors
from index.opening import live_archive
from qa.findings.quotes import QuoteCheck, check_quote
from qa.findings.wording import Change
from qa.question.words import telling

_LENGTHS = range(8, 61)
_RUN = 10
_CHANGES = (1, 2, 3)
_KINDS = ("as it is", *(f"{count} changed" for count in _CHANGES), "left out", "left out, ten words elsewhere")


class NoModel:
    """Stands in for the model: every text has the same vector."""

    name, dimension = "none", 2

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Rows of length 1."""
        return np.tile(np.array([1.0, 0.0], np.float32), (len(texts), 1))

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Everything fits."""
        return [True] * len(texts)


class Tally:
    """The verdicts by kind of sentence, whether each is right, and the milliseconds it took."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.right: dict[str, list[bool]] = {kind: [] for kind in _KINDS}
        self.took: dict[str, list[float]] = {kind: [] for kind in _KINDS}

    def check(self, archive: Archive, quote: str, kind: str) -> QuoteCheck:
        """Check a quotation and keep the time."""
        began = time.perf_counter()
        result = check_quote(archive, quote)
        self.took[kind].append((time.perf_counter() - began) * 1000)
        return result

    def table(self) -> list[str]:
        """The figures as Markdown."""
        lines = ["| sentences | number | right | p50 ms | p95 ms |", "|---|---|---|---|---|"]
        for kind in filter(self.right.get, _KINDS):
            p50, p95 = np.percentile(self.took[kind], (50, 95))
            share = np.mean(self.right[kind])
            lines.append(f"| {kind} | {len(self.right[kind])} | {share:.1%} | {p50:.0f} | {p95:.0f} |")
        return lines


def drawn(articles: Sequence[Article], chance: random.Random) -> Iterator[tuple[Article, str]]:
    """A sentence of each article, in any order; articles without a fitting one are passed over."""
    for article in chance.sample(articles, len(articles)):
        spans = [article.text[start:end] for start, end in sentences(article.text)]
        if fitting := [sentence for sentence in spans if len(keys(sentence)) in _LENGTHS]:
            yield article, chance.choice(fitting)


def altered(
    sentence: str, others: Sequence[str], count: int, chance: random.Random
) -> tuple[str, list[str], list[str]]:
    """The sentence with some of its content words exchanged, those words, and what stands in their place."""
    content = [word for word in words(sentence) if len(word.key) > 2 and word.key.isalpha() and telling(word.key)]
    chosen = sorted(chance.sample(content, min(count, len(content))), key=lambda word: word.start)
    new = [chance.choice([other for other in others if other != word.key]) for word in chosen]
    for word, other in zip(reversed(chosen), reversed(new), strict=True):
        sentence = sentence[: word.start] + other + sentence[word.end :]
    return sentence, [word.key for word in chosen], new


def measure(archive: Archive, kept: Sequence[Article], left: Sequence[Article], count: int) -> Tally:
    chance, tally = random.Random(7), Tally()
    others = sorted({key for article in kept[:200] for key in keys(article.text) if key.isalpha() and telling(key)})
    pool = list(drawn(kept, chance)) + list(drawn(kept, chance))
    for article, sentence in pool[:count]:
        result = tally.check(archive, sentence, _KINDS[0])
        places = [(found.article.id, found.copies) for found in result.found]
        here = any(article.id == found or article.id in copies for found, copies in places)
        tally.right[_KINDS[0]].append(result.verdict == "verbatim" and here)
    for place, (_, sentence) in enumerate(pool[-count:]):
        changed = _CHANGES[place % len(_CHANGES)]
        quote, old, new = altered(sentence, others, changed, chance)
        result = tally.check(archive, quote, f"{changed} changed")
        runs = [run for run in result.diff if run.kind != "same"]
        quoted, archived = map(keys, _sides(runs))
        tally.right[f"{changed} changed"].append((result.verdict, quoted, archived) == ("altered", new, old))
    held = {run for article in kept for run in _runs(article.text)}
    for _, sentence in list(drawn(left, chance))[:count]:
        kind = _KINDS[-1] if held.intersection(_runs(sentence)) else _KINDS[-2]
        tally.right[kind].append(tally.check(archive, sentence, kind).verdict == "not_in_corpus")
    return tally


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.quotes", description="Check quotations of known origin.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--count", type=int, default=500)
    options = parser.parse_args(arguments)
    articles = sorted((one for one in read_folder(options.corpus) if isinstance(one, Article)), key=lambda one: one.id)
    random.Random(5).shuffle(articles)
    left, kept = articles[::10], [article for place, article in enumerate(articles) if place % 10]
    with tempfile.TemporaryDirectory() as folder:
        index = _indexed(Path(folder), kept)
        with closing(live_archive(Settings(index=index), any_model=True)) as live, live.use() as archive:
            read = list(archive.every_article())
            tally = measure(archive, read, left, options.count)
            chunks = archive.statistics.chunks
    sys.stdout.write("\n".join([*tally.table(), "", f"{len(read):,} articles, {chunks:,} chunks."]) + "\n")


def _indexed(folder: Path, articles: Sequence[Article]) -> Path:
    """An index of these articles."""
    (folder / "corpus").mkdir()
    rows = ({"id": str(place), "title": one.title, "text": one.text} for place, one in enumerate(articles))
    (folder / "corpus" / "kept.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    sync(folder / "corpus", folder / "index", embedder=NoModel())
    return folder / "index"


def _sides(runs: Sequence[Change]) -> tuple[str, str]:
    """What the quotation has in some runs, and what the archive has."""
    return " ".join(run.quoted for run in runs), " ".join(run.archived for run in runs)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every ten words in a row."""
    printed = keys(text)
    return zip(*(printed[place:] for place in range(_RUN)), strict=False)


if __name__ == "__main__":
    main()
