"""Texts into vectors on the machines of a Ray cluster, or in processes of this one; the home of ray."""

import functools
import logging
import os
import secrets
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus import UserError
from index.models.choice import embedder_of
from index.models.embedder import MANY, Embedder, Vectors, question_vectors
from index.models.model_files import is_server

# How often a text is given to another worker before the workers are to blame.
_LIVES = 10


class WorkersEmbedder:
    """A model whose passages are encoded by Ray's workers, each with a copy of the model; a builder's.

    What a worker had that died is encoded by another one.
    """

    def __init__(self, model: str, where: str) -> None:
        """`where` is ray://HOST:10001, or the number of processes; UserError where no workers can be had there."""
        if is_server(model):
            message = "The model of DATELINE_MODEL runs on a server already; leave out --workers."
            raise UserError(message)
        own = embedder_of(model)
        self.name, self.encode, self.fits = own.name, own.encode, own.fits
        self.encode_questions = functools.partial(question_vectors, own)
        self._own, self._ray, self._where = own, _started(where), where
        self._model = str(Path(model).absolute()) if Path(model).is_dir() else model
        if not self.workers:
            message = f"Ray at “{where}” has no workers; start some, or correct --workers."
            raise UserError(message)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._own.dimension

    @property
    def workers(self) -> int:
        """As many as there are graphics cards now, or processor cores where there is none."""
        there = self._ray.cluster_resources()
        return int(there.get("GPU", 0) or there.get("CPU", 0))

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[slice, Vectors]]:
        """Parts of the texts, each with its vectors, as soon as they are made; UserError where the workers are lost."""
        ray = self._ray
        parts = (slice(first, first + MANY) for first in range(0, len(texts), MANY))
        asked: dict[Any, slice] = {}
        try:
            graphics = int("GPU" in ray.cluster_resources())
            encode = ray.remote(num_gpus=graphics, max_retries=_LIVES)(_encoded)
            most = 2 * max(1, self.workers)  # So that no worker waits for this process.
            while True:
                while len(asked) < most and (part := next(parts, None)):
                    asked[encode.remote(self._model, self.name, texts[part])] = part
                if not asked:
                    return
                [done], _ = ray.wait(list(asked))
                yield asked.pop(done), ray.get(done)
        except (ray.exceptions.RayError, ConnectionError) as error:
            cause = getattr(error, "cause", None)
            why = cause if isinstance(cause, Exception) else type(error).__name__
            message = (
                f"The workers at “{self._where}” cannot go on ({why}). What they did is kept: see that each machine has"
                " this version of Dateline and the model, then run the same command again."
            )
            raise UserError(message) from error


def _started(where: str) -> Any:  # noqa: ANN401 (Ray has no types that matter here)
    """Ray, connected to its machines or begun here."""
    # Ray would report to its makers, and tell of each text that was under way when the first failed.
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_IGNORE_UNHANDLED_ERRORS": "1"}
    options: dict[str, Any] = {"address": where}
    if where.isdecimal():
        # Ray's ports are open to the network, and whoever may connect may run anything.
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        options = {"address": "local", "num_cpus": int(where), "include_dashboard": False}
    try:
        import ray

        with warnings.catch_warnings(action="ignore"):
            ray.init(**options, log_to_driver=False, logging_level=logging.ERROR)
    except ImportError as error:
        message = "--workers needs Ray; run: pip install 'dateline-qa[ray]'"
        raise UserError(message) from error
    except Exception as error:  # Ray raises plain ones, for one where its start takes too long.
        why = str(error).partition("\n")[0]
        message = f"There are no workers at “{where}”; start Ray there, or correct --workers ({why})."
        raise UserError(message) from error
    return ray


def _encoded(model: str, name: str, texts: Sequence[str]) -> Vectors:
    """In a worker: the vectors of some texts; UserError where its model is not that of the builder."""
    embedder = _loaded(model)
    if embedder.name != name:
        message = f"a worker has {embedder.name} in place of {name}"
        raise UserError(message)
    return embedder.encode(texts)


@functools.cache
def _loaded(model: str) -> Embedder:
    return embedder_of(model)
