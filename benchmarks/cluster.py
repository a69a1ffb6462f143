"""A local index beside the same archive on OpenSearch: equal answers, times, a machine lost, the cost of an edit.

    python -m benchmarks.cluster INDEX QUESTIONS [--store opensearch://...] [--count 100] [--edit 1000 10000]

INDEX may be one of benchmarks.enlarged; with `--edit-own` five articles of its own corpus are edited as well. Without
`--store` it starts three nodes on this machine (tests/cluster); with it, the archive is used as it is if it is there.
Prints JSON lines as it goes. Times are in milliseconds, p50 and p95; both stores are asked in turns, so that other work
on the machine meets both alike.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from corpus import UserError
from index import sync
from index.generations.generation import Generation, NoIndexError
from index.models.embedder import Embedder, Vectors
from index.opensearch.beside import building
from index.opensearch.editions import live_edition
from index.opensearch.engine import Address, Engine
from index.opensearch.writer import OpenSearchWriter
from index.writer import Prepared
from qa import Passage, Retriever
from qa.evaluation.known import KnownQuestion, read_questions
from qa.question.request import Request
from tests.cluster.nodes import Cluster

_AT_ONCE = 300  # articles
_KINDS: dict[str, dict[str, Any]] = {"plain": {}, "window": {"since": "2022-03-01", "until": "2022-09-30"}}
_ASKING = 8
# Scores that differ by no more are the same.
_ALIKE = 1e-3
_Found = TypeVar("_Found")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--store", default="")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--edit", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--edit-own", action="store_true")
    options = parser.parse_args()
    if options.store:
        measure(options, options.store, None)
    else:
        with closing(Cluster(heap="1g", lives=7200)) as cluster:
            cluster.start()
            measure(options, cluster.address("bench"), cluster)


def measure(options: argparse.Namespace, address: str, cluster: Cluster | None) -> None:
    engine = Engine(Address.parse(address))
    with closing(Generation.open(options.index)) as generation:
        tell("archive", articles=generation.manifest.report.articles, chunks=generation.manifest.report.chunks)
        try:
            live = live_edition(engine)
        except NoIndexError:
            began = time.monotonic()
            chunks = copy_index(generation, engine)
            tell("load", chunks_a_second=round(chunks / (time.monotonic() - began)))
            live = live_edition(engine)
        outlets = generation.articles.sources()
    kinds = {**_KINDS, "outlet": {"sources": [next(name for name in outlets if name)]}}
    [stored] = engine.ask("GET", f"/_cat/indices/{live.index}", format="json", bytes="b")["found"]
    sizes = {"bytes": int(stored["store.size"]), "of_which_first_copies": int(stored["pri.store.size"])}
    tell("disk", **sizes, local=sum(file.stat().st_size for file in generation.folder.rglob("*")))
    every = list(read_questions(options.questions))
    questions = every[:: max(1, len(every) // options.count)][: options.count]
    with Retriever.open(options.index) as local:
        os.environ["DATELINE_STORE"] = address
        with Retriever.open(options.index, embedder=local.models.embedder, reader=local.models.reader) as stored_too:
            for kind, limits in kinds.items():
                compare(kind, local, stored_too, questions, limits)
            phrases = [replaced for known in questions if (replaced := quoted(known))]
            compare("phrase", local, stored_too, phrases, {})
            ask(local, stored_too, questions[: options.count // 4])
            if cluster:
                tell("memory", bytes=cluster.memory())
                lose(cluster, stored_too, questions[:_ASKING])
    if options.edit_own:
        own = Hashed(generation.manifest.fingerprint.model, int(generation.vectors.shape[1]))
        tell("edit of its own", articles=generation.manifest.report.articles, **edits(generation.manifest.corpus, own))
    for count in options.edit:
        edit(address, count)


def copy_index(generation: Generation, engine: Engine) -> int:
    """Put all that a generation holds into a new archive, with its vectors; the number of chunks."""
    made = generation.manifest
    with building(engine), OpenSearchWriter(engine, None, generation.articles, whole=True, copied=False) as writer:
        writer.begin(int(generation.vectors.shape[1]), made.fingerprint.language)
        articles = _prepared(generation)
        while part := list(islice(articles, _AT_ONCE)):
            writer.put(part)
        writer.verify(lambda: None)
        writer.publish(made)
    return generation.manifest.report.chunks


def compare(
    kind: str, local: Retriever, stored: Retriever, questions: Sequence[KnownQuestion], limits: Mapping[str, Any]
) -> None:
    """The first ten passages by both, and how long each takes."""
    apart: list[float] = []
    times: dict[str, list[float]] = {"local": [], "store": []}
    for known in questions:
        request = Request(known.text, known.asked, k=10, **limits)
        ours = timed(times["local"], local.passages, request)
        theirs = timed(times["store"], stored.passages, request)
        if [_place(one) for one in ours] == [_place(one) for one in theirs]:
            apart.append(
                max((abs(one.score - other.score) for one, other in zip(ours, theirs, strict=True)), default=0)
            )
    scores = {"scores_apart": max(apart, default=0.0), "by_more": sum(each > _ALIKE for each in apart)}
    tell(kind, same=len(apart), of=len(questions), **scores, **{name: spread(each) for name, each in times.items()})


def ask(local: Retriever, stored: Retriever, questions: Sequence[KnownQuestion]) -> None:
    """Whole answers, with coverage."""
    times: dict[str, list[float]] = {"local": [], "store": []}
    for known in questions:
        for name, by in (("local", local), ("store", stored)):
            timed(times[name], counted, by, Request(known.text, known.asked))
    tell("ask", **{name: spread(each) for name, each in times.items()})


def lose(cluster: Cluster, stored: Retriever, questions: Sequence[KnownQuestion]) -> None:
    """Eight people ask while a node is killed: errors, other answers, and the longest time."""
    before = [[_place(one) for one in stored.search(known.text, 10, now=known.asked)] for known in questions]
    ended, times, wrong = threading.Event(), [], []

    def asking(number: int) -> None:
        while not ended.is_set():
            began = time.monotonic()
            try:
                found = stored.search(questions[number].text, 10, now=questions[number].asked)
                wrong.extend([] if [_place(one) for one in found] == before[number] else ["another answer"])
            except UserError as error:
                wrong.append(str(error))
            times.append(time.monotonic() - began)

    with ThreadPoolExecutor(len(questions)) as threads:
        asked = threads.map(asking, range(len(questions)))
        time.sleep(10)
        cluster.kill(1)
        time.sleep(30)
        ended.set()
        list(asked)
    cluster.start()
    tell("node lost", asked=len(times), wrong=wrong, longest_ms=round(1000 * max(times)))


def edit(address: str, count: int) -> None:
    """One edited article in an archive of so many short ones, in files of a hundred: seconds of the build."""
    os.environ["DATELINE_STORE"] = f"{address.partition('?')[0]}-edit-{count}"
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for first in range(0, count, 100):
            rows = [
                {"id": number, "title": f"Report {number}", "text": made_up(number)}
                for number in range(first, first + 100)
            ]
            (corpus / f"{first:07}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        whole = sync(corpus, Path(folder, "index"), embedder=Hashed(), full=True)
        tell("edit", articles=count, built_in_s=whole.seconds, **edits(corpus, Hashed()))


def edits(corpus: str | Path, embedder: Embedder) -> dict[str, list[float]]:
    """The seconds of five builds, each after an edit of the first article of a file."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for number, file in enumerate(sorted(Path(corpus).iterdir())[:5]):
            content = file.read_text("utf-8")
            file.write_text(content.replace('"text": "', f'"text": "It was edited {number} times. ', 1), "utf-8")
            report = sync(corpus, folder, embedder=embedder)
            assert report.updated == 1
            seconds.append(report.seconds)
    return {"one_edit_s": sorted(seconds)}


def made_up(number: int) -> str:
    chance = np.random.default_rng(number)
    return f"{' '.join(f'word{each}' for each in chance.zipf(1.3, 60) % 50_000)} said."


class Hashed:
    """A stand-in for a model that costs next to nothing."""

    def __init__(self, name: str = "hashed", dimension: int = 32) -> None:
        self.name, self.dimension = name, dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A vector by chance for each text."""
        vectors = np.stack([np.random.default_rng(hash(text) % 2**32).normal(size=self.dimension) for text in texts])
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
        return vectors.astype(np.float32) / lengths

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Any text does."""
        return [True] * len(texts)


def quoted(known: KnownQuestion) -> KnownQuestion | None:
    """The question with its answer in quotation marks."""
    answer = next((answer for answer in known.answers if " " in answer), "")
    return replace(known, text=f'{known.text} "{answer}"') if answer else None


def counted(retriever: Retriever, request: Request) -> None:
    if count := retriever.answer(request).counted:
        count()


def timed(times: list[float], work: Callable[..., _Found], *given: object) -> _Found:
    began = time.perf_counter()
    found = work(*given)
    times.append(time.perf_counter() - began)
    return found


def spread(times: Sequence[float]) -> list[int]:
    return [round(1000 * float(each)) for each in np.quantile(times, [0.5, 0.95])] if times else []


def tell(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}), flush=True)


def _place(passage: Passage) -> tuple[str, int, int, tuple[str, ...]]:
    return passage.article.id, passage.start, passage.end, passage.copies


def _prepared(generation: Generation) -> Iterator[Prepared]:
    store = generation.articles
    for place, (article, story) in enumerate(zip(store.articles(), store.stories(), strict=True)):
        chunks = store.chunks_at(place)
        spans = tuple((chunk.start, chunk.end) for chunk in chunks)
        vectors = generation.vectors[chunks[0].row : chunks[-1].row + 1]
        yield Prepared(article, story, spans, vectors)


if __name__ == "__main__":
    main()
