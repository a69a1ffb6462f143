"""Beside an archive on OpenSearch: NAME.lock, who builds it, and NAME.forgotten, what was taken down from it."""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from corpus import UserError
from index.opensearch.documents import COPIED
from index.opensearch.engine import Engine

BESIDE = _LOCK, _FORGOTTEN = "lock", "forgotten"
# A builder that gives no sign of life for so long is dead.
_SECONDS_OF_SILENCE, _SECONDS_BETWEEN_SIGNS, _SECONDS_BETWEEN_LOOKS = 45.0, 5.0, 1.0
# How often a change of the list is tried when others change it at the same time.
_TRIES = 20


def beside(engine: Engine, what: str) -> str:
    """The name of an index beside the archive."""
    return f"{engine.address.name}.{what}"


def forgotten(engine: Engine) -> tuple[str, ...]:
    """The ids and paths that were taken down, sorted."""
    found = engine.ask("GET", f"/{beside(engine, _FORGOTTEN)}/_doc/names")
    return tuple(sorted({*found.get("_source", {}).get("names", ())}))


def forget(engine: Engine, names: Iterable[str]) -> tuple[str, ...]:
    """Take down what has these ids or paths, from the next build on, whoever makes it; all that is taken down."""
    if new := {*names} - {*forgotten(engine)}:
        path = f"/{_made(engine, _FORGOTTEN)}/_update/names"
        script = {"source": "ctx._source.names.addAll(params.names)", "params": {"names": sorted(new)}}
        body = {"script": script, "upsert": {"names": sorted(new)}}
        if engine.ask("POST", path, body, retry_on_conflict=_TRIES).get("conflict"):
            message = f"Others are changing what is taken down from “{engine.address.name}”; try again."
            raise UserError(message)
    return forgotten(engine)


@contextlib.contextmanager
def building(engine: Engine, waiting: Callable[[], object] = lambda: None) -> Iterator[Callable[[], None]]:
    """Reserve the archive for one builder; another one waits, calling `waiting` again and again.

    What it yields raises UserError when the reservation was lost, which takes a silence of 45 seconds.
    """
    path, owner = f"/{_made(engine, _LOCK)}/_doc/builder", secrets.token_hex(8)
    seen: dict[str, Any] = {}
    since = time.monotonic()
    while engine.ask("PUT", f"{path}?op_type=create", {"owner": owner}).get("conflict"):
        found = _place(engine.ask("GET", path))
        if found != seen:
            seen, since = found, time.monotonic()
        elif time.monotonic() - since > _SECONDS_OF_SILENCE:
            engine.ask("DELETE", path, **seen)
        waiting()
        time.sleep(_SECONDS_BETWEEN_LOOKS)

    def sign() -> None:
        """Give a sign of life; UserError where another builder took over."""
        held = engine.ask("GET", path)
        if held.get("_source", {}).get("owner") != owner:
            message = f"Another build of the archive “{engine.address.name}” took over; try again when it has ended."
            raise UserError(message)
        engine.ask("PUT", path, {"owner": owner}, **_place(held))

    def keep_signing() -> None:
        while not ended.wait(_SECONDS_BETWEEN_SIGNS):
            with contextlib.suppress(UserError):  # The build itself meets what is wrong.
                sign()

    ended = threading.Event()
    thread = threading.Thread(target=keep_signing, daemon=True)
    thread.start()
    try:
        yield sign
    finally:
        ended.set()
        thread.join()
        with contextlib.suppress(UserError):
            sign()
            engine.ask("DELETE", path)


def _place(document: Mapping[str, Any]) -> dict[str, Any]:
    """By what a document is changed only as long as it is this one."""
    return {f"if{name}": document[name] for name in ("_seq_no", "_primary_term") if name in document}


def _made(engine: Engine, what: str) -> str:
    """An index beside the archive, with a copy that is left if a machine is lost; its content is not searched."""
    name = beside(engine, what)
    if not engine.ask("GET", f"/{name}"):
        with contextlib.suppress(UserError):  # Another builder may have made it in between.
            made = {"settings": COPIED, "mappings": {"enabled": False}}
            engine.ask("PUT", f"/{name}", made, wait_for_active_shards="all")
    return name
