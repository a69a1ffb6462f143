"""The fast model: the vectors of word pieces, and texts as their means."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus import UserError
from corpus.settings import FAST_MODEL
from index.models import loading
from index.models.embedder import SentenceTransformerEmbedder
from index.models.loading import distilled, rarity
from index.models.model_files import model_fingerprint

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "memo", "juno", "[MASK]"]


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A real transformer of eight word pieces and eight dimensions, with random weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("teacher")
    (folder / "vocab.txt").write_text("\n".join(PIECES), "utf-8")
    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    BertModel(BertConfig(vocab_size=len(PIECES), **sizes)).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return SentenceTransformer(modules=[Transformer(str(folder)), Pooling(8)], device="cpu")


def test_a_piece_counts_less_the_more_frequent_it_is() -> None:
    # Of two pieces, by Zipf 1/2 and 1/3, the frequencies are 0.6 and 0.4.
    np.testing.assert_allclose(rarity(2), [1e-4 / 0.6001, 1e-4 / 0.4001])
    assert (np.diff(rarity(30_522)) > 0).all()
    assert 0 < rarity(30_522)[0] < 0.01
    assert 0.9 < rarity(30_522)[-1] < 1


def test_a_piece_is_what_the_model_makes_of_it_alone(teacher: Any) -> None:
    alone = np.array([teacher.encode(piece) for piece in ("the", "memo", "juno")])
    vectors = distilled(teacher) / rarity(len(PIECES))[:, None]

    assert (vectors.shape, distilled(teacher).dtype) == ((8, 8), np.float32)
    # The mean of all pieces is taken away, and nothing else but what the piece counts.
    np.testing.assert_allclose(vectors.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(vectors[5] - vectors[4], alone[1] - alone[0], atol=1e-5)
    np.testing.assert_allclose(vectors[6] - vectors[4], alone[2] - alone[0], atol=1e-5)


def test_a_text_is_the_mean_of_its_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    vectors = np.random.default_rng(0).normal(size=(30_522, 384)).astype(np.float16).astype(np.float32)
    monkeypatch.setattr(loading, "distilled", lambda _: vectors)
    memo, juno, signed = SentenceTransformerEmbedder(FAST_MODEL).encode(["memo", "juno", "signed"])

    monkeypatch.setattr(loading, "distilled", None)  # It was made, and is not made again.
    fast = SentenceTransformerEmbedder(FAST_MODEL)
    lengths = {word: np.linalg.norm(vectors[fast._model.tokenizer.token_to_id(word)]) for word in ("memo", "juno")}
    both = 2 * lengths["memo"] * memo + lengths["juno"] * juno
    np.testing.assert_allclose(fast.encode(["memo memo juno"])[0], both / np.linalg.norm(both), atol=1e-5)
    assert abs(memo @ signed) < 0.3
    # It sees every word of a text, however long.
    assert fast.fits(["memo " * 10_000]) == [True]
    np.testing.assert_allclose(fast.encode(["memo " * 10_000])[0], memo, atol=1e-4)
    assert (fast.dimension, fast.name) == (384, model_fingerprint(FAST_MODEL))
    assert [folder.name for folder in (tmp_path / "cache").iterdir()] == [fast.name]


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "modules.json"])
def test_a_damaged_model_is_to_be_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    vectors = np.zeros((30_522, 384), np.float32)
    monkeypatch.setattr(loading, "distilled", lambda _: vectors)
    SentenceTransformerEmbedder(FAST_MODEL).encode(["memo"])
    [folder] = (tmp_path / "cache").iterdir()
    [found] = folder.rglob(file)
    found.write_bytes(b"")
    with pytest.raises(UserError, match=rf"“{re.escape(str(folder))}” is damaged; delete"):
        SentenceTransformerEmbedder(FAST_MODEL).encode(["memo"])


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    with pytest.raises(UserError, match="50 MB"):
        SentenceTransformerEmbedder(FAST_MODEL).encode(["memo"])


def test_the_fast_model_is_known_by_the_one_it_is_made_of() -> None:
    assert model_fingerprint(FAST_MODEL) == "fast-1@53aa51172d14"
