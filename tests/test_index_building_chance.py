"""How near a headline comes to other articles by chance."""

from collections.abc import Sequence

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from memory_archive import MemoryArchive

from corpus import Article
from index.building.chance import FEWEST_ARTICLES, nearness_by_chance
from index.models.embedder import Vectors


class Directions(HashingEmbedder):
    """Headline "n" points along axis n."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.eye(FEWEST_ARTICLES, dtype=np.float32)[[int(text) for text in texts]]


def archive_of(titles: Sequence[str], vectors: Vectors) -> MemoryArchive:
    """An article of one chunk for each headline, with a row of the vectors."""
    archive = MemoryArchive(Article(f"{number:04}", title, f"Text {number}.") for number, title in enumerate(titles))
    archive.sample = vectors
    return archive


TITLES = [str(number) for number in range(FEWEST_ARTICLES)]


@pytest.mark.parametrize("cosine", [0.0, 0.5, -0.25])
def test_a_headline_is_compared_with_other_articles_only(cosine: float) -> None:
    vectors = np.full((FEWEST_ARTICLES, FEWEST_ARTICLES), cosine, np.float32)
    np.fill_diagonal(vectors, 1.0)
    assert nearness_by_chance(archive_of(TITLES, vectors), Directions()) == cosine


def test_copies_of_a_story_do_not_count() -> None:
    # Of two in three the next article tells the same; the lower quartile is that of the third.
    vectors = np.full((FEWEST_ARTICLES, FEWEST_ARTICLES), 0.1, np.float32)
    for number in range(FEWEST_ARTICLES):
        if number % 3:
            vectors[(number + 1) % FEWEST_ARTICLES, number] = 0.9
    assert nearness_by_chance(archive_of(TITLES, vectors), Directions()) == 0.1


@pytest.mark.parametrize(("articles", "expected"), [(60, 0.8), (49, None)])
def test_where_all_vectors_point_one_way_fewer_articles_do(articles: int, expected: float | None) -> None:
    vectors = np.eye(articles, FEWEST_ARTICLES, dtype=np.float32) * np.float32(0.2**0.5)
    vectors[:, -1] = np.float32(0.8**0.5)

    class Same(Directions):
        def encode(self, texts: Sequence[str]) -> Vectors:
            return vectors[[int(text) for text in texts]]

    found = nearness_by_chance(archive_of(TITLES[:articles], vectors), Same())
    assert found == (None if expected is None else pytest.approx(expected, abs=0.02))


def test_chance_needs_enough_articles_with_headlines() -> None:
    alike = np.zeros((FEWEST_ARTICLES,) * 2, np.float32)
    assert nearness_by_chance(archive_of(TITLES[1:], alike[1:]), Directions()) is None
    assert nearness_by_chance(archive_of([""] * FEWEST_ARTICLES, alike), Directions()) is None
