"""The editions of an archive on OpenSearch: which one readers see, going on and going back.

NAME is an alias of the live index, NAME.<time>. Its document "state" names the live edition, and "edition-<number>"
says what that is.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus import UserError
from index.generations.generation import NoIndexError
from index.generations.manifest import Manifest
from index.opensearch.beside import BESIDE, beside, building
from index.opensearch.documents import FOREVER, STORE_FORMAT
from index.opensearch.engine import Engine
from index.opensearch.queries import all_of
from index.terms import Field

_STATE = "state"


@dataclass(frozen=True, slots=True)
class Edition:
    """What readers see of an index: the documents that are valid in the edition of that number.

    `last` is the highest number that was ever published in the index, `before` the index that was live before it.
    """

    index: str
    number: int
    last: int
    before: str
    mean_length: Mapping[Field, float]
    manifest: Manifest


def live_edition(engine: Engine, known: Edition | None = None) -> Edition:
    """The edition that readers see; the known one where it is that still.

    NoIndexError where there is none, UserError where it is none that this version reads.
    """
    name = engine.address.name
    index, state = _state(engine, name)
    if state.get("format") == STORE_FORMAT:
        same = known and (known.index, known.number) == (index, state["edition"])
        return known if known and same else _edition(engine, index, state)
    if not state and not engine.ask("GET", f"/{name}"):
        message = f"There is no archive “{name}” in {engine.address.shown}; make it with: python -m index"
        raise NoIndexError(message)
    other = "has another format" if state else "was not made by Dateline"
    message = f"The archive “{name}” {other}; name another in DATELINE_STORE, or delete that one."
    raise UserError(message)


def keep_edition(engine: Engine, new: Edition) -> None:
    """Keep what an edition is."""
    content = json.dumps({"mean_length": dict(new.mean_length), "manifest": new.manifest.dumped().decode()})
    stored = base64.b64encode(zlib.compress(content.encode())).decode()
    document = {"kind": "edition", "since": new.number, "until": FOREVER, "stored": {"packed": stored}}
    engine.ask("PUT", f"/{new.index}/_doc/edition-{new.number}", document)
    engine.ask("POST", f"/{new.index}/_refresh")


def make_live(engine: Engine, edition: Edition) -> None:
    """Show readers that edition, at once."""
    stored = {"format": STORE_FORMAT, "edition": edition.number, "last": edition.last, "before": edition.before}
    engine.ask("PUT", f"/{edition.index}/_doc/{_STATE}", {"kind": _STATE, "stored": stored})
    name = engine.address.name
    held = [*engine.ask("GET", f"/_alias/{name}")]
    if held != [edition.index]:
        others = [{"remove": {"index": index, "alias": name}} for index in held if index != edition.index]
        engine.ask("POST", "/_aliases", {"actions": [*others, {"add": {"index": edition.index, "alias": name}}]})


def roll_back(engine: Engine) -> Edition:
    """Make the edition before the live one live again; UserError where there is none."""
    with building(engine):
        live = live_edition(engine)
        if earlier := [number for number in _numbers(engine, live.index) if number < live.number]:
            index, state = live.index, {"edition": max(earlier), "last": live.last, "before": live.before}
        else:
            index, state = _state(engine, live.before) if live.before else ("", {})
        if not state:
            message = (
                f"There is no earlier state of the archive “{engine.address.name}”; the next build keeps this one."
            )
            raise UserError(message)
        edition = _edition(engine, index, state)
        make_live(engine, edition)
    return edition


def clean(engine: Engine, live: Edition, keep: int) -> None:
    """Take out what no reader sees and nobody goes back to: what stopped builds left, and old editions and indices."""
    path, number = f"/{live.index}", live.number
    first = min(sorted(each for each in _numbers(engine, live.index) if each <= number)[-1 - keep :])
    restored = {"source": "ctx._source.until = params.forever", "params": {"forever": FOREVER}}
    change(engine, f"{path}/_delete_by_query", {"range": {"since": {"gt": number}}})
    change(engine, f"{path}/_update_by_query", {"range": {"until": {"gt": number, "lt": FOREVER}}}, script=restored)
    change(engine, f"{path}/_delete_by_query", {"range": {"until": {"lte": first}}})
    old = all_of([{"term": {"kind": "edition"}}, {"range": {"since": {"lt": first}}}])
    change(engine, f"{path}/_delete_by_query", old)
    engine.ask("POST", f"{path}/_refresh")
    drop_indices(engine, {live.index, live.before} if keep else {live.index})


def drop_indices(engine: Engine, kept: set[str]) -> None:
    """Delete the indices of this archive but those."""
    found = engine.ask("GET", f"/{engine.address.name}.*/_alias")
    for name in sorted({*found} - kept - {beside(engine, what) for what in BESIDE}):
        engine.ask("DELETE", f"/{name}")


def _state(engine: Engine, index: str) -> tuple[str, dict[str, Any]]:
    """The index of that name or alias, and its state; "" and {} where it has none."""
    document = engine.ask("GET", f"/{index}/_doc/{_STATE}")
    return document.get("_index", ""), document.get("_source", {}).get("stored", {})


def _edition(engine: Engine, index: str, state: Mapping[str, Any]) -> Edition:
    number = state["edition"]
    stored = engine.ask("GET", f"/{index}/_doc/edition-{number}")["_source"]["stored"]["packed"]
    found = json.loads(zlib.decompress(base64.b64decode(stored)))
    manifest = Manifest.loaded(found["manifest"])
    return Edition(index, number, state["last"], state["before"], found["mean_length"], manifest)


def _numbers(engine: Engine, index: str) -> list[int]:
    """The editions of an index that were kept."""
    engine.ask("POST", f"/{index}/_refresh")
    body = {"query": {"term": {"kind": "edition"}}, "size": 1000, "_source": False, "docvalue_fields": ["since"]}
    [hits] = engine.search(index, body)
    return [hit["fields"]["since"][0] for hit in hits]


def change(engine: Engine, path: str, query: dict[str, Any], **body: Any) -> None:
    """Change or delete what a query finds."""
    engine.ask("POST", path, {"query": query, **body}, conflicts="proceed")
