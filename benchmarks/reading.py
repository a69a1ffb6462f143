"""Time how fast a folder is read, cleaned, cut and grouped into stories, and count correct sentence boundaries.

    python -m benchmarks.reading FOLDER [--peers REPOSITORIES]

Uses one process and one thread. Seconds are processor seconds, so that other work on the machine does not count. With
a folder of other projects' repositories, their test material is read as well (page_suites.py).
"""

import argparse
import time
from pathlib import Path

from benchmarks.page_suites import all_suites
from corpus import Article, Settings, read_folder
from corpus.chunking import chunks, token_counter
from corpus.cleaning import Boilerplate
from corpus.sentences import sentences
from corpus.stories import Stories, signature

SENTENCES = Path(__file__).parents[1] / "tests/data/sentence_boundaries.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="a folder of articles, to measure speed")
    parser.add_argument(
        "--peers", type=Path, help="a folder with the repositories of htmldate, trafilatura, fundus, ..."
    )
    chosen = parser.parse_args()
    if chosen.folder:
        speed(chosen.folder)
    if chosen.peers:
        for line in all_suites(chosen.peers):
            print(line, flush=True)


def speed(folder: Path) -> None:
    settings = Settings()
    counter = token_counter(settings.encoding)
    boilerplate, stories = Boilerplate(), Stories()
    began = time.process_time()
    articles, problems = [], 0
    for found in read_folder(folder):
        if isinstance(found, Article):
            articles.append(found)
            boilerplate.count(found)
        else:
            problems += 1
    articles = [boilerplate.without(article) for article in articles]
    read = time.process_time()
    cut = sum(len(chunks(article, counter, settings.chunk_size)) for article in articles)
    chunked = time.process_time()
    for article in articles:
        stories.add(signature(article.text))
    ended = time.process_time()
    tied = sum(stories.first(number) != number for number in range(len(articles)))
    print(f"{len(articles)} articles, {problems} failures, {cut} chunks, {tied} copies of a story")
    for step, seconds in (("read and cleaned", read - began), ("cut", chunked - read), ("grouped", ended - chunked)):
        print(f"{step:20} {len(articles) / seconds:8.0f} articles/s")
    print(f"{'all':20} {len(articles) / (ended - began):8.0f} articles/s")
    right, all_of_both = boundaries()
    print(f"sentence boundaries  {right / all_of_both:8.1%} of {all_of_both}")


def boundaries() -> tuple[int, int]:
    """How many of the boundaries in the data file are found, and how many there are, those found wrongly included."""
    right = all_of_both = 0
    for line in SENTENCES.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, expected = "", set()
        for part in line.replace("\\n", "\n").split(" | "):
            if text:
                expected.add(len(text.rstrip()))
                text += "" if text.endswith(("\n", "。")) else " "
            text += part
        found = {end for _, end in sentences(text)} - {len(text)}
        right += len(found & expected)
        all_of_both += len(found | expected)
    return right, all_of_both


if __name__ == "__main__":
    main()
