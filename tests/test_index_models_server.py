"""Vectors from a server that speaks the OpenAI embeddings API."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from embedding_server import EmbeddingServer, embedding_server
from hashing_embedder import HashingEmbedder

from corpus import UserError
from index import sync
from index.models import server as module
from index.models.choice import embedder_of
from index.models.embedder import GoneError, question_vectors
from index.models.model_files import model_fingerprint
from qa import Retriever

NOWHERE = "http://127.0.0.1:9/v1#hashed"
PROBE = module._PROBE


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingServer]:
    monkeypatch.setattr(module, "_PAUSES", (0.0, 0.0))
    with embedding_server() as running:
        yield running


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(300):
        text = f"Bridge {number}\nDate: 2016-06-17\n\nThe mayor of town {number} opened bridge {number}."
        (folder / f"{number}.txt").write_text(text)
    return folder


def test_vectors_come_in_the_order_of_the_texts(server: EmbeddingServer) -> None:
    embedder = embedder_of(f"{server.address}/#hashed")
    texts = [f"text {number}" for number in range(70)]

    assert np.allclose(embedder.encode(texts), HashingEmbedder().encode(texts), atol=1e-6)
    assert sorted(server.asked) == sorted(texts)
    assert max(len(body["input"]) for body in server.bodies) == 32
    assert (embedder.name, embedder.dimension) == ("hashed@server", 32)
    assert embedder.name == model_fingerprint(f"{server.address}#hashed")


def test_no_texts_no_vectors(server: EmbeddingServer) -> None:
    assert embedder_of(f"{server.address}#hashed").encode([]).shape == (0, 32)


@pytest.mark.parametrize(
    ("model", "question", "passage"),
    [
        ("hashed", ("query", "who?"), ("passage", "news")),
        ("intfloat/multilingual-e5-small", (None, "query: who?"), (None, "passage: news")),
        (
            "BAAI/bge-small-en-v1.5",
            (None, "Represent this sentence for searching relevant passages: who?"),
            (None, "news"),
        ),
    ],
)
def test_questions_and_passages_are_told_apart(
    server: EmbeddingServer, model: str, question: tuple[str | None, str], passage: tuple[str | None, str]
) -> None:
    embedder = embedder_of(f"{server.address}#{model}")
    question_vectors(embedder, ["who?"])
    embedder.encode(["news"])

    assert [(body.get("input_type"), *body["input"]) for body in server.bodies] == [question, passage]


def test_a_server_that_knows_no_kinds_is_asked_without(server: EmbeddingServer) -> None:
    server.knows_kinds = False
    embedder = embedder_of(f"{server.address}#hashed")
    embedder.encode(["one"])
    embedder.encode(["two"])

    assert [body.get("input_type") for body in server.bodies] == ["passage", None, None]


def test_a_busy_server_is_asked_again(server: EmbeddingServer) -> None:
    server.failures = [503, 429]

    assert embedder_of(f"{server.address}#hashed").encode(["one"]).shape == (1, 32)


def test_a_server_that_is_busy_when_a_build_begins_is_asked_again(server: EmbeddingServer) -> None:
    server.failures = [503]

    assert embedder_of(f"{server.address}#hashed").dimension == 32


@pytest.mark.parametrize(
    ("failures", "words"), [([500] * 3, r"does not answer \(model is loading\); start it"), ([422], "refused .*422")]
)
def test_a_server_that_fails_is_named(server: EmbeddingServer, failures: list[int], words: str) -> None:
    server.failures = failures
    with pytest.raises(UserError, match=words):
        embedder_of(f"{server.address}#hashed").encode(["one"])


@pytest.mark.parametrize("failures", [[500] * 3, [422]])
def test_what_went_wrong_tells_neither_address_nor_password(server: EmbeddingServer, failures: list[int]) -> None:
    server.failures = failures
    host = server.address.removeprefix("http://")
    with pytest.raises(UserError, match="DATELINE_MODEL") as error:
        embedder_of(f"http://user:secret@{host}#hashed").encode(["one"])
    assert "secret" not in str(error.value)
    assert host not in str(error.value)


@pytest.mark.parametrize(
    "rows",
    [[[1, 0, 0, 0]], [[1, 0], [0, 1], [1, 1]], [[None, 1], [1, 0]], [[], []], [["a"], ["b"]], [1, 2], [[1, 2], [3]]],
    ids=["too few", "too many", "no number", "empty", "words", "numbers", "ragged"],
)
def test_what_is_not_a_vector_for_each_text_is_refused(server: EmbeddingServer, rows: list[Any]) -> None:
    data = [{"index": number, "embedding": row} for number, row in enumerate(rows)]
    server.answer = lambda _: (200, {"data": data})  # type: ignore[method-assign]
    with pytest.raises(UserError, match="are no embeddings; check DATELINE_MODEL"):
        embedder_of(f"{server.address}#hashed").encode(["one", "two"])


@pytest.mark.parametrize("key", ["“secret”", "sec\nret"])
def test_a_key_that_cannot_be_sent_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("DATELINE_MODEL_KEY", key)
    with pytest.raises(UserError, match="copy it again") as error:
        embedder_of(NOWHERE)
    assert "ret" not in str(error.value)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("http://localhost:8000/v1", "add the model’s name"),
        ("http://localhost:port/v1#m", "is no address .*correct it"),
        ("http://[::1/v1#m", "is no address .*correct it"),
        ("http://ann:secret@localhost/v1", "add the model’s name"),
        ("HTTP://ann:secret@localhost:port/v1#m", "is no address .*correct it"),
        ("http://ann:secret/1@localhost/v1#m", "is no address .*correct it"),
        ("htp://ann:secret@localhost/v1#m", "correct its address"),
        (NOWHERE, "start"),
    ],
)
def test_an_address_that_is_no_use_is_told_without_its_password(
    model: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAUSES", ())
    with pytest.raises(UserError, match=words) as error:
        embedder_of(model).encode(["one"])
    assert "secret" not in str(error.value)


def test_another_page_of_the_server_is_refused(server: EmbeddingServer) -> None:
    with pytest.raises(UserError, match="404"):
        embedder_of(f"{server.address}/v2#hashed").encode(["one"])


@pytest.mark.parametrize(("model", "most"), [("small", 60), ("hashed", 1536)])
def test_how_much_the_model_takes(server: EmbeddingServer, model: str, most: int) -> None:
    assert embedder_of(f"{server.address}#{model}").fits(["-" * most, "-" * (most + 1)]) == [True, False]


def test_a_build_that_stopped_embeds_nothing_twice(server: EmbeddingServer, corpus: Path, index: Path) -> None:
    server.limit = 280
    with pytest.raises(GoneError, match="out of memory"):
        sync(corpus, index, embedder=embedder_of(f"{server.address}#hashed"))
    server.limit = 10**6
    report = sync(corpus, index, embedder=embedder_of(f"{server.address}#hashed"))
    counted = Counter(text for text in server.asked if text.startswith("Bridge") and "\n" in text)

    assert (report.chunks, len(counted), max(counted.values())) == (300, 300, 1)
    assert 0 < report.embedded < 300


def test_another_model_under_the_same_name(server: EmbeddingServer, corpus: Path, index: Path) -> None:
    name = f"{server.address}#hashed"
    sync(corpus, index, embedder=embedder_of(name))
    server.model._place = len  # type: ignore[method-assign]
    (corpus / "new.txt").write_text("New\n\nA new bridge.")
    with pytest.raises(UserError, match=r"another model .* --full"):
        sync(corpus, index, embedder=embedder_of(name))

    assert sync(corpus, index, full=True, embedder=embedder_of(name)).chunks == 301


def test_a_server_that_was_away_at_the_start_is_checked_when_it_is_back(
    server: EmbeddingServer, corpus: Path, index: Path
) -> None:
    name = f"{server.address}#hashed"
    sync(corpus, index, embedder=embedder_of(name))
    server.failures = [503]
    with Retriever.open(index, embedder=embedder_of(name), wait=False) as retriever:
        until = time.monotonic() + 60
        while not retriever.models.ready and time.monotonic() < until:
            time.sleep(0.01)
        server.model._place = len  # type: ignore[method-assign]
        answer = retriever.ask("Who opened bridge 7?")

    [notice] = answer.notices
    assert "another model under the name “hashed”" in notice
    assert notice.endswith("Passages are found by words and dates alone.")
    assert answer.passages[0].article.title == "Bridge 7"


def test_a_server_that_starts_is_waited_for(
    server: EmbeddingServer, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_MODEL", f"{server.address}#hashed")
    sync(corpus, index)
    server.failures = [503, 503]
    with Retriever.open(index) as retriever:
        assert retriever.ask("Who opened bridge 7?").notices == ()
    server.failures = [503] * 3
    with pytest.raises(GoneError, match="start it and try again"):
        Retriever.open(index)


def test_vectors_of_another_model_that_a_stopped_build_left_are_made_anew(
    server: EmbeddingServer, corpus: Path, index: Path
) -> None:
    server.limit = 280
    with pytest.raises(GoneError):
        sync(corpus, index, embedder=embedder_of(f"{server.address}#hashed"))
    server.limit = 10**6
    server.model._place = len  # type: ignore[method-assign]

    assert sync(corpus, index, embedder=embedder_of(f"{server.address}#hashed")).embedded == 300


def test_questions_while_the_server_is_gone(server: EmbeddingServer, corpus: Path, index: Path) -> None:
    embedder = embedder_of(f"{server.address}#hashed")
    sync(corpus, index, embedder=embedder)
    with Retriever.open(index, embedder=embedder) as retriever:
        server.failures = [503]
        gone, back = retriever.ask("Who opened bridge 7?"), retriever.ask("Who opened bridge 7?")

    assert [words for words in gone.notices if "does not answer" in words and "words and dates alone" in words]
    assert gone.passages[0].article.title == back.passages[0].article.title == "Bridge 7"
    assert not [words for words in back.notices if "does not answer" in words]
