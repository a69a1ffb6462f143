"""What was measured of Dateline and its peers, judged and as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.peers.peer import PeerArticle
from corpus import Article, Settings
from corpus.chunking import token_counter
from qa.answer import Passage
from qa.evaluation.known import Hits, KnownQuestion
from qa.evaluation.measures import ranking_measures

_NAMED = {
    "dateline": ("Dateline", ""),
    "llamaindex": ("LlamaIndex + Chroma", "llama-index-core"),
    "langchain": ("LangChain + Chroma", "langchain-classic"),
    "haystack": ("Haystack", "haystack-ai"),
    "txtai": ("txtai", "txtai"),
    "chroma": ("plain Chroma loop", "chromadb"),
    "bm25s": ("bm25s", "bm25s"),
}
_SHOWN = 5
_BUILDING = (
    "| | install: s, MB | 100 articles built, s | nothing changed, s | one article changed, s |"
    " peak memory, all articles, MB | disk, all articles, MB |"
)
_ASKING = (
    "| | process start to first answer, s | a question p50 / p95, ms | questions a second, 8 clients |"
    " answer in 1 / 5, % | right article in 1 / 5, % | tokens of the first 5 |"
)


class Judge:
    """Judges what peers found as `qa.evaluate` judges passages; an article's copies are as right as itself."""

    def __init__(self, questions: Sequence[KnownQuestion], articles: Sequence[PeerArticle]) -> None:
        """Know the questions, in the order they were asked in, and which articles are copies."""
        self._questions = questions
        texts = {article.url: article.content.partition("\n\n")[2] for article in articles}
        urls: dict[str, list[str]] = {}
        for url, text in texts.items():
            urls.setdefault(text, []).append(url)
        self._copies = {url: tuple(urls[text]) for url, text in texts.items()}
        self._counter = token_counter(Settings().encoding)

    def hits(self, found: Sequence[Sequence[tuple[str, str]]]) -> dict[str, float]:
        """The measures by name, from the (url, text) pairs found for each question."""
        passages = [[self._passage(url, text) for url, text in of_one] for of_one in found]
        pairs = zip(self._questions, passages, strict=True)
        return {measure.name: measure.value for measure in ranking_measures([Hits.of(*pair) for pair in pairs])}

    def tokens(self, found: Sequence[Sequence[tuple[str, str]]]) -> float:
        """The mean number of tokens in the first five passages together."""
        return float(np.mean([sum(self._counter.count(text) for _, text in of_one[:_SHOWN]) for of_one in found]))

    def _passage(self, url: str, text: str) -> Passage:
        article = Article(id=url, title="", text=text, url=url)
        return Passage(article, 0, len(text), score=0.0, parts={}, copies=self._copies.get(url, ()))


def tables(results: Mapping[str, Mapping[str, Any]], judge: Judge) -> list[str]:
    """Two tables: building, a row a peer, and asking, a row a way of asking."""
    lines = [_BUILDING, "|" + "---|" * 7]
    lines += [_building(peer, numbers) for peer, numbers in results.items()]
    lines += ["", _ASKING, "|" + "---|" * 7]
    for peer, numbers in results.items():
        lines += [_asking(_NAMED[peer][0], way, numbers, judge) for way in numbers["ask"]["ways"]]
    return lines


def _building(peer: str, numbers: Mapping[str, Any]) -> str:
    name, package = _NAMED[peer]
    install = numbers["install"]
    version = f" {install['versions'][package]}" if package else ""
    steps = " | ".join(f"{numbers[step]['seconds']:.1f}" for step in ("build", "again", "edited"))
    sizes = f"{numbers['whole']['peak_mb']:.0f} | {numbers['disk_mb']:.0f}"
    return f"| {name}{version} | {install['seconds']:.0f}, {install['mb']:.0f} | {steps} | {sizes} |"


def _asking(name: str, way: str, numbers: Mapping[str, Any], judge: Judge) -> str:
    asked = numbers["ask"]
    measured = asked["ways"][way]
    hits = judge.hits(measured["found"])
    p50, p95 = np.percentile(measured["milliseconds"], (50, 95))
    many = f"ended with {asked['ended']}" if "ended" in asked else f"{measured['questions_a_second']:.0f}"
    shares = [
        " / ".join(f"{100 * hits[f'{kind}_hit@{count}']:.1f}" for count in (1, _SHOWN)) for kind in ("answer", "gold")
    ]
    return (
        f"| {name}, {way} | {asked['cold_seconds']:.1f} | {p50:.1f} / {p95:.1f} | {many} | {' | '.join(shares)} |"
        f" {judge.tokens(measured['found']):.0f} |"
    )
