"""How near a headline comes to other articles by chance."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder

from corpus import Article
from index.building import chance
from index.building.chance import FEWEST_ARTICLES, exact_nearest_to_others
from index.models.embedder import Embedder, Vectors
from index.stores.articles import ArticleStore
from index.stores.chunks import StoredChunk


class Directions(HashingEmbedder):
    """Headline "n" points along axis n."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.eye(FEWEST_ARTICLES, dtype=np.float32)[[int(text) for text in texts]]


def store_of(tmp_path: Path, titles: list[str]) -> ArticleStore:
    store = ArticleStore.create(tmp_path / "articles.db")
    for number, title in enumerate(titles):
        store.add(Article(id=f"{number:04}", title=title, text=f"Text {number}."))
    store.settle()
    for row in range(len(titles)):
        store.add_chunks(row, [StoredChunk(row, f"{row}", 0, 5, b"")])
    return store


def nearness_by_chance(store: ArticleStore, vectors: Vectors, embedder: Embedder) -> float | None:
    writer = SimpleNamespace(
        sample=lambda: vectors,
        nearest_to_others=lambda *asked: exact_nearest_to_others(store, vectors, *asked),
    )
    return chance.nearness_by_chance(store, writer, embedder)  # type: ignore[arg-type]


TITLES = [str(number) for number in range(FEWEST_ARTICLES)]


@pytest.mark.parametrize(("cosine", "expected"), [(0.0, 0.0), (0.5, 0.5), (-0.25, -0.25)])
def test_a_headline_is_compared_with_other_articles_only(tmp_path: Path, cosine: float, expected: float) -> None:
    vectors = np.full((FEWEST_ARTICLES, FEWEST_ARTICLES), cosine, np.float32)
    np.fill_diagonal(vectors, 1.0)
    assert nearness_by_chance(store_of(tmp_path, TITLES), vectors, Directions()) == expected


def test_copies_of_a_story_do_not_count(tmp_path: Path) -> None:
    # Of two in three the next article tells the same; the lower quartile is that of the third.
    vectors = np.full((FEWEST_ARTICLES, FEWEST_ARTICLES), 0.1, np.float32)
    for number in range(FEWEST_ARTICLES):
        if number % 3:
            vectors[(number + 1) % FEWEST_ARTICLES, number] = 0.9
    assert nearness_by_chance(store_of(tmp_path, TITLES), vectors, Directions()) == 0.1


@pytest.mark.parametrize(("articles", "expected"), [(60, 0.8), (49, None)])
def test_where_all_vectors_point_one_way_fewer_articles_do(
    tmp_path: Path, articles: int, expected: float | None
) -> None:
    vectors = np.eye(articles, FEWEST_ARTICLES, dtype=np.float32) * np.float32(0.2**0.5)
    vectors[:, -1] = np.float32(0.8**0.5)
    store = store_of(tmp_path, TITLES[:articles])

    class Same(Directions):
        def encode(self, texts: Sequence[str]) -> Vectors:
            return vectors[[int(text) for text in texts]]

    found = nearness_by_chance(store, vectors, Same())
    assert found == (None if expected is None else pytest.approx(expected, abs=0.02))


def test_chance_needs_enough_articles_with_headlines(tmp_path: Path) -> None:
    few = store_of(tmp_path, TITLES[1:])
    assert nearness_by_chance(few, np.zeros((FEWEST_ARTICLES - 1, FEWEST_ARTICLES), np.float32), Directions()) is None
    (tmp_path / "untitled").mkdir()
    untitled = store_of(tmp_path / "untitled", [""] * FEWEST_ARTICLES)
    assert nearness_by_chance(untitled, np.zeros((FEWEST_ARTICLES,) * 2, np.float32), Directions()) is None
