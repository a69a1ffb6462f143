"""Texts into vectors with a server that speaks the OpenAI embeddings API, such as vLLM, Ollama and llama.cpp."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property
from typing import Any

import httpx
import numpy as np

from corpus import UserError
from corpus.message import Message
from index.models.embedder import GoneError, Vectors, of_length_one
from index.models.model_files import model_fingerprint, prompts_of

# Texts a request, which is the most that text-embeddings-inference takes unless told otherwise, and requests at a time
# where one takes fewer seconds than the last: a slow server is not faster with several, and a killed build loses them.
_BATCH, _TOGETHER, _QUICK = 32, 4, 0.5
# In seconds: to connect; for the answer to a question, and to a batch of a build.
_CONNECT, _QUESTION, _PASSAGES = 5.0, 20.0, 600.0
# In seconds, the pauses before a build's batch is sent again.
_PAUSES = (1.0, 2.0, 5.0, 15.0)
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
# In tokens, where the server does not tell how many its model takes; a token has three characters or more.
_WINDOW, _CHARACTERS_A_TOKEN = 512, 3
_ADDRESS = re.compile(r"(?P<server>(?i:https?)://[^#]+?)/*#(?P<model>.+)")
# The least cosine of one text's vectors by the same model, on other machines and in other precisions.
_SAME_MODEL = 0.98
_PROBE = "A sentence by which Dateline knows a model again."


class ServerEmbedder:
    """A model on a server, named http://host:8000/v1#MODEL. Safe from many threads.

    All use of it raises GoneError where the server does not answer, and UserError where it refuses.
    DATELINE_MODEL_KEY, where it is set, is sent along as a bearer token.
    """

    workers = _TOGETHER

    def __init__(self, address: str) -> None:
        """UserError for what is no address, or names no model, and for a key that cannot be sent."""
        found = _ADDRESS.fullmatch(address)
        if not found:  # Nothing of an address is shown: it may hold a password.
            message = (
                "DATELINE_MODEL names no model on a server; correct its address, or add the model’s name, as in"
                " http://127.0.0.1:8000/v1#bge-m3."
            )
            raise UserError(message)
        try:
            httpx.URL(found["server"])
        except httpx.InvalidURL as error:
            message = "The server in DATELINE_MODEL is no address of one; correct it."
            raise UserError(message) from error
        key = os.environ.get("DATELINE_MODEL_KEY", "").strip()
        if not (key.isascii() and key.isprintable()):
            message = "DATELINE_MODEL_KEY has characters that no key has, such as curly quotation marks; copy it again."
            raise UserError(message)
        self._server, self._model = found["server"], found["model"]
        self.name = model_fingerprint(f"{self._server}#{self._model}")
        self._prompts = prompts_of(self._model)
        # Servers that put such words before texts by themselves learn from this field which ones.
        self._tells_kind = not any(self._prompts)
        self._client = httpx.Client(headers={"Authorization": f"Bearer {key}"} if key else {}, follow_redirects=True)

    @cached_property
    def _probe(self) -> Vectors:
        # A server may still be at work for a build that was killed.
        probe: Vectors = self._asked([_PROBE], "passage", _PASSAGES, _PAUSES)[0]
        return probe

    @property
    def dimension(self) -> int:
        return len(self._probe)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Batches that fail for a while are sent again."""
        found = [vectors for _, vectors in self.batches(texts)]
        return np.concatenate(found) if found else np.zeros((0, self.dimension), np.float32)

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[slice, Vectors]]:
        """After an error no more are sent, and those on their way come before it."""
        waiting = [slice(first, first + _BATCH) for first in range(0, len(texts), _BATCH)]
        together = 1
        with ThreadPoolExecutor(_TOGETHER) as threads:
            while waiting:
                parts, waiting = waiting[:together], waiting[together:]
                began = time.monotonic()
                tasks = [threads.submit(self._asked, texts[part], "passage", _PASSAGES, _PAUSES) for part in parts]
                wait(tasks)
                yield from (
                    (part, task.result()) for part, task in zip(parts, tasks, strict=True) if not task.exception()
                )
                _ = [task.result() for task in tasks]  # Raises what the first that failed did.
                together = _TOGETHER if time.monotonic() - began < _QUICK else together

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """The same for questions; who asks does not wait for a server that is gone."""
        return self._asked(questions, "query", _QUESTION, ())

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Whether the length of each text allows it: the model's tokenizer is not known here."""
        most = self._window * _CHARACTERS_A_TOKEN
        return [len(text) <= most for text in texts]

    def probe(self) -> Vectors:
        return self._probe

    def same(self, before: Sequence[float]) -> bool:
        """Other machines and precisions change a vector a little."""
        return len(before) == self.dimension and float(self._probe @ np.asarray(before, np.float32)) >= _SAME_MODEL

    @cached_property
    def _window(self) -> int:
        """In tokens: what the server says of its model, as vLLM does, else that of most."""
        try:
            told = self._client.get(f"{self._server}/models", timeout=_CONNECT).json()["data"]
            return min(int(each.get("max_model_len") or _WINDOW) for each in told if each.get("id") == self._model)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
            return _WINDOW

    def _asked(self, texts: Sequence[str], kind: str, seconds: float, pauses: Sequence[float]) -> Vectors:
        prompt = self._prompts[kind == "passage"]
        body: dict[str, Any] = {"model": self._model, "input": [prompt + text for text in texts]}
        answer = self._sent(body | ({"input_type": kind} if self._tells_kind else {}), seconds, pauses)
        if answer.is_client_error and "input_type" in answer.text:
            self._tells_kind = False
            answer = self._sent(body, seconds, pauses)
        if not answer.is_success:
            form = "The server of DATELINE_MODEL refused to embed (%(status)s): %(why)s"
            raise UserError(Message(form, status=str(answer.status_code), why=_reason(answer)))
        return self._read(answer, len(texts))

    def _sent(self, body: dict[str, Any], seconds: float, pauses: Sequence[float]) -> httpx.Response:
        """What the server answers; after each pause a busy or silent one is asked again."""
        timeout = httpx.Timeout(seconds, connect=_CONNECT)
        for pause in (*pauses, None):
            try:
                answer = self._client.post(f"{self._server}/embeddings", json=body, timeout=timeout)
                reason = _reason(answer)
                if answer.status_code not in _BUSY:
                    return answer
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
            if pause is not None:
                time.sleep(pause)
        # Its address is none of a reader's business, and may hold a password.
        form = "The server of DATELINE_MODEL does not answer (%(why)s); start it and try again."
        raise GoneError(Message(form, why=reason))

    def _read(self, answer: httpx.Response, count: int) -> Vectors:
        try:
            rows = sorted(answer.json()["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], np.float32)
            if vectors.shape[:-1] != (count,) or not (vectors.size and np.isfinite(vectors).all()):
                raise ValueError
        except (ValueError, KeyError, TypeError) as error:
            why = "What its server sent are no embeddings; check DATELINE_MODEL, with /v1 at the end of the address."
            raise UserError(why) from error
        return of_length_one(vectors)


def _reason(answer: httpx.Response) -> str:
    try:
        error = answer.json().get("error") or answer.json()
        return str(error.get("message", error) if isinstance(error, dict) else error)[:200]
    except (ValueError, AttributeError):
        return answer.text[:200] or answer.reason_phrase
