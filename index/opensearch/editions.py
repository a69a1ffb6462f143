"""The editions of an archive on OpenSearch: which one readers see, one builder at a time, going on and going back.

NAME is an alias of the live index, NAME.<time>. Its document "state" names the live edition, and "edition-<number>"
says what that is. NAME.lock holds who builds.
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus import UserError
from index.archive import Field
from index.generations.generation import NoIndexError
from index.generations.manifest import Manifest
from index.opensearch.documents import FOREVER, STATE, STORE_FORMAT, packed, unpacked
from index.opensearch.engine import Engine
from index.opensearch.queries import all_of, valid

# A builder that gives no sign of life for so long is dead.
_SECONDS_OF_SILENCE, _SECONDS_BETWEEN_SIGNS, _SECONDS_BETWEEN_LOOKS = 45.0, 5.0, 1.0


@dataclass(frozen=True, slots=True)
class Edition:
    """What readers see of an index: the documents that are valid in the edition of that number."""

    index: str
    number: int
    mean_length: Mapping[Field, float]
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class State:
    """The index that is live, its live edition, the highest number that was ever published, and the index before."""

    index: str
    edition: int
    last: int
    before: str = ""


def live_state(engine: Engine) -> State | None:
    """What is live; None where there is no archive. UserError where it is none that this version reads."""
    name = engine.address.name
    document = engine.ask("GET", f"/{name}/_doc/{STATE}")
    stored = document.get("_source", {}).get("stored", {})
    if stored.get("format") == STORE_FORMAT:
        return State(document["_index"], stored["edition"], stored["last"], stored["before"])
    if not stored and not engine.ask("GET", f"/{name}"):
        return None
    other = "has another format" if stored else "was not made by Dateline"
    message = f"The archive “{name}” {other}; name another in DATELINE_STORE, or delete that one."
    raise UserError(message)


def live_edition(engine: Engine, known: Edition | None = None) -> Edition:
    """The edition that readers see; the known one where it is that still. NoIndexError where there is none."""
    state = live_state(engine)
    if state is None:
        shown = engine.address.shown
        message = f"There is no archive “{engine.address.name}” in {shown}; make it with: python -m index"
        raise NoIndexError(message)
    if known and (known.index, known.number) == (state.index, state.edition):
        return known
    return edition(engine, state.index, state.edition)


def edition(engine: Engine, index: str, number: int) -> Edition:
    """An edition that was published."""
    found = unpacked(engine.ask("GET", f"/{index}/_doc/edition-{number}")["_source"]["stored"])
    return Edition(index, number, found["mean_length"], Manifest.loaded(found["manifest"]))


def file_groups(engine: Engine, known: Edition) -> dict[str, Any]:
    """What an edition was made of: for each group of files, by a name, what is known of them."""
    body = {"query": all_of(valid("files", known.number)), "size": 1000, "_source": ["base", "stored"]}
    [hits] = engine.search(known.index, body)
    return {hit["_source"]["base"]: unpacked(hit["_source"]["stored"]) for hit in hits}


def make_live(engine: Engine, state: State) -> None:
    """Show readers that edition of that index, at once."""
    stored = {"format": STORE_FORMAT, "edition": state.edition, "last": state.last, "before": state.before}
    engine.ask("PUT", f"/{state.index}/_doc/{STATE}", {"kind": "state", "stored": stored})
    name = engine.address.name
    held = [*engine.ask("GET", f"/_alias/{name}")]
    if held != [state.index]:
        others = [{"remove": {"index": index, "alias": name}} for index in held if index != state.index]
        engine.ask("POST", "/_aliases", {"actions": [*others, {"add": {"index": state.index, "alias": name}}]})


def keep_edition(engine: Engine, new: Edition) -> None:
    """Keep what an edition is."""
    stored = packed({"mean_length": dict(new.mean_length), "manifest": new.manifest.dumped()})
    document = {"kind": "edition", "since": new.number, "until": FOREVER, "stored": stored}
    engine.ask("PUT", f"/{new.index}/_doc/edition-{new.number}", document)


def roll_back(engine: Engine) -> Edition:
    """Make the edition before the live one live again; UserError where there is none."""
    with building(engine):
        state = live_state(engine)
        earlier = [number for number in _numbers(engine, state.index) if number < state.edition] if state else []
        if state and earlier:
            state = State(state.index, max(earlier), state.last, state.before)
        elif state and (document := state.before and engine.ask("GET", f"/{state.before}/_doc/{STATE}")):
            stored = document["_source"]["stored"]
            state = State(state.before, stored["edition"], stored["last"], stored["before"])
        else:
            message = (
                f"There is no earlier state of the archive “{engine.address.name}”; the next build keeps this one."
            )
            raise UserError(message)
        make_live(engine, state)
        return edition(engine, state.index, state.edition)


def clean(engine: Engine, state: State, keep: int) -> None:
    """Take out what no reader sees and nobody goes back to: what stopped builds left, and old editions."""
    index, live = state.index, state.edition
    kept = sorted(number for number in _numbers(engine, index) if number <= live)[-1 - keep :]
    engine.ask("POST", f"/{index}/_refresh")
    _change(engine, f"/{index}/_delete_by_query", {"range": {"since": {"gt": live}}})
    restored = {"source": "ctx._source.until = params.forever", "params": {"forever": FOREVER}}
    beyond = {"range": {"until": {"gt": live, "lt": FOREVER}}}
    _change(engine, f"/{index}/_update_by_query", beyond, script=restored)
    _change(engine, f"/{index}/_delete_by_query", {"range": {"until": {"lte": min(kept)}}})
    old = all_of([{"term": {"kind": "edition"}}, {"range": {"since": {"lt": min(kept)}}}])
    _change(engine, f"/{index}/_delete_by_query", old)
    engine.ask("POST", f"/{index}/_refresh")


def drop_other_indices(engine: Engine, kept: set[str]) -> None:
    """Delete the indices of this archive but those."""
    names = {*engine.ask("GET", f"/{engine.address.name}.*/_alias")} - kept - {_lock(engine)}
    for name in sorted(names):
        engine.ask("DELETE", f"/{name}")


def withdraw(engine: Engine, index: str, number: int, query: dict[str, Any]) -> None:
    """Make documents invalid from the edition of that number on."""
    ending = {"source": "ctx._source.until = params.until", "params": {"until": number}}
    valid = all_of([query, {"term": {"until": FOREVER}}, {"range": {"since": {"lt": number}}}])
    _change(engine, f"/{index}/_update_by_query", valid, script=ending)


@contextlib.contextmanager
def building(engine: Engine, waiting: Callable[[], object] = lambda: None) -> Iterator[Callable[[], None]]:
    """Reserve the archive for one builder; another one waits, calling `waiting` again and again.

    What it yields raises EngineError when the reservation was lost, which takes a silence of 45 seconds.
    """
    path, owner = f"/{_lock(engine)}/_doc/builder", secrets.token_hex(8)
    sign = {"owner": owner, "sign": 0}
    seen, since = None, time.monotonic()
    while engine.ask("PUT", f"{path}?op_type=create", sign).get("conflict"):
        held = engine.ask("GET", path)
        found = (held.get("_seq_no"), held.get("_primary_term"))
        if found != seen:
            seen, since = found, time.monotonic()
        elif time.monotonic() - since > _SECONDS_OF_SILENCE:
            engine.ask("DELETE", path, if_seq_no=found[0], if_primary_term=found[1])
        waiting()
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    ended = threading.Event()
    thread = threading.Thread(target=_give_signs, args=(engine, path, owner, ended), daemon=True)
    thread.start()

    def check() -> None:
        if engine.ask("GET", path).get("_source", {}).get("owner") != owner:
            message = f"Another build of the archive “{engine.address.name}” took over; try again when it has ended."
            raise UserError(message)

    try:
        yield check
    finally:
        ended.set()
        thread.join()
        with contextlib.suppress(UserError):
            check()
            engine.ask("DELETE", path)


def _give_signs(engine: Engine, path: str, owner: str, ended: threading.Event) -> None:
    number = 0
    while not ended.wait(_SECONDS_BETWEEN_SIGNS):
        number += 1
        with contextlib.suppress(UserError):  # The build itself meets what is wrong.
            held = engine.ask("GET", path)
            if held.get("_source", {}).get("owner") == owner:
                place = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
                engine.ask("PUT", path, {"owner": owner, "sign": number}, **place)


def _numbers(engine: Engine, index: str) -> list[int]:
    """The editions of an index that were kept."""
    engine.ask("POST", f"/{index}/_refresh")
    body = {"query": {"term": {"kind": "edition"}}, "size": 1000, "_source": False, "docvalue_fields": ["since"]}
    [hits] = engine.search(index, body)
    return [hit["fields"]["since"][0] for hit in hits]


def _change(engine: Engine, path: str, query: dict[str, Any], **body: Any) -> None:
    engine.ask("POST", path, {"query": query, **body}, conflicts="proceed")


def _lock(engine: Engine) -> str:
    return f"{engine.address.name}.lock"
