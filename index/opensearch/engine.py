"""Talking to OpenSearch; the home of opensearchpy. An answer is whole, or there is an error that says what to do."""

import logging
import os
import re
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, Self
from urllib.parse import unquote

from corpus import UserError

_ADDRESS = re.compile(
    r"opensearch(?P<tls>s?)://((?P<user>[^:/]*)(:(?P<password>[^/]*))?@)?(?P<hosts>[^/?@,]+(,[^/?@,]+)*)"
    r"/(?P<name>[a-z0-9][a-z0-9_-]*)/?(\?(?P<query>.*))?"
)
_SHARDS = re.compile(r"(?:shards=([1-9]\d{0,2}|1000))?")
_OLDEST = (2, 19)
_LOOPBACK = ("127.", "localhost", "[::1]")
_MISSING, _CONFLICT, _REFUSED = 404, 409, (401, 403)
# What passes by itself: the engine is short of memory, a machine went while it answered, or a part of the archive is
# just moving to another one.
_PASSING = (429, 500, 502, 503, 504)
_SECONDS_OF_PATIENCE, _SECONDS_BETWEEN_TRIES, _SECONDS_FOR_AN_ANSWER = 120.0, (0.1, 0.3, 1.0, 2.0), 60.0
# Of one request to write: the engine refuses 100 MB. So many are under way at once.
_MOST_BYTES, _SENT_AT_ONCE = 5_000_000, 3
# Documents a page of all that a search finds.
_PAGE = 1000

Body = Mapping[str, Any] | list[dict[str, Any]] | str | bytes | None


class EngineError(UserError):
    """The engine does not answer, or not in full."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an archive is: opensearch://[user:password@]host:port[,host:port ...]/NAME, with TLS opensearchs://.

    `shards` is how many parts a new archive gets (`?shards=6`). Whoever prints an address prints no password.
    """

    hosts: tuple[str, ...]
    name: str
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    shards: int = 3

    @classmethod
    def parse(cls, text: str) -> Self:
        """The address that DATELINE_STORE gives; UserError for another form, or a password that would go unencrypted.

        DATELINE_STORE_USER and DATELINE_STORE_PASSWORD stand in for credentials in the address.
        """
        found = _ADDRESS.fullmatch(text)
        if not found:
            message = "DATELINE_STORE is no address of a store; write opensearch://host:9200/NAME, in small letters."
            raise UserError(message)
        if not (shards := _SHARDS.fullmatch(found["query"] or "")):
            message = "DATELINE_STORE may end in ?shards=N only, with N from 1 to 1,000."
            raise UserError(message)
        named = found["hosts"].split(",")
        hosts = tuple(host if ":" in host.rpartition("]")[2] else f"{host}:9200" for host in named)
        user = unquote(found["user"] or "") or os.environ.get("DATELINE_STORE_USER", "")
        password = unquote(found["password"] or "") or os.environ.get("DATELINE_STORE_PASSWORD", "")
        if password and not found["tls"] and not all(host.startswith(_LOOPBACK) for host in hosts):
            message = "The password of DATELINE_STORE would be sent unencrypted; begin the address with opensearchs://."
            raise UserError(message)
        return cls(hosts, found["name"], bool(found["tls"]), user, password, int(shards[1] or 3))

    @property
    def shown(self) -> str:
        """The address without credentials."""
        return f"{'opensearchs' if self.tls else 'opensearch'}://{','.join(self.hosts)}/{self.name}"


class Engine:
    """A cluster, by whichever of its machines answers. Safe from many threads."""

    def __init__(self, address: Address, patience: float = _SECONDS_OF_PATIENCE) -> None:
        """Find the cluster and check its version; UserError where it cannot be reached or used.

        With TLS the certificate is verified, against the authorities in the file DATELINE_STORE_CA or the usual ones.
        What passes by itself is waited for, as many seconds as the patience lasts.
        """
        try:
            import opensearchpy
        except ImportError as error:
            message = "An archive on OpenSearch needs opensearch-py; run: pip install 'dateline-qa[opensearch]'"
            raise UserError(message) from error
        logging.getLogger("opensearch").setLevel(logging.ERROR)  # It would log what is asked.
        self.address = address
        self._errors, self._patience = opensearchpy.exceptions, patience
        self._client = opensearchpy.OpenSearch(
            [f"{'https' if address.tls else 'http'}://{host}" for host in address.hosts],
            http_auth=(address.user, address.password) if address.user else None,
            verify_certs=True,
            ca_certs=os.environ.get("DATELINE_STORE_CA") or None,
            timeout=_SECONDS_FOR_AN_ANSWER,
            max_retries=2 * len(address.hosts),
            retry_on_timeout=True,
            pool_maxsize=32,
        )
        version = self.ask("GET", "/")["version"]
        number = tuple(int(part) for part in version["number"].split(".")[:2])
        if version.get("distribution") != "opensearch" or number < _OLDEST:
            message = f"{address.shown} is not OpenSearch 2.19 or newer ({version['number']}); upgrade it."
            raise UserError(message)

    def ask(self, method: str, path: str, body: Body = None, **parameters: object) -> dict[str, Any]:
        """The answer to a request, in full; {} where there is no such thing, {"conflict": True} where it has changed.

        Raises EngineError.
        """
        if isinstance(body, list):
            body = _json_lines(body)
        end = time.monotonic() + self._patience
        pauses = chain(_SECONDS_BETWEEN_TRIES, repeat(_SECONDS_BETWEEN_TRIES[-1]))
        while True:
            try:
                found = self._client.transport.perform_request(method, path, params=parameters or None, body=body)
                answer: dict[str, Any] = found if isinstance(found, dict) else {"found": found}
                if _is_whole(answer):
                    return answer
                problem, passes = self._of_a_part(answer)
            except self._errors.OpenSearchException as error:
                status = getattr(error, "status_code", None)
                if status in (_MISSING, _CONFLICT):
                    return {} if status == _MISSING else {"conflict": True}
                problem, passes = self._problem(error, status)
            pause = next(pauses)
            if not passes or time.monotonic() + pause > end:
                raise EngineError(problem)
            time.sleep(pause)

    def search(
        self, index: str, *bodies: Mapping[str, Any], exact: bool = False, preference: str = ""
    ) -> list[list[dict[str, Any]]]:
        """What each of some searches finds, in one round trip; `exact` scores with the counts of all parts together."""
        header: dict[str, Any] = {"allow_partial_search_results": False}
        if exact:
            header |= {"search_type": "dfs_query_then_fetch", "preference": preference}
        lines = [dict(line) for body in bodies for line in (header, body)]
        answers = self.ask("POST", f"/{index}/_msearch", lines)["responses"] if lines else []
        return [answer["hits"]["hits"] for answer in answers]

    def every(self, index: str, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """All that a search for documents of articles finds, a page after the other, in order of article."""
        page: dict[str, Any] = {"sort": ["article"], "size": _PAGE}
        full = True
        while full:
            [hits] = self.search(index, {**body, **page})
            yield from hits
            if full := len(hits) == _PAGE:
                page["search_after"] = hits[-1]["sort"]

    def counted(
        self, index: str, query: Mapping[str, Any], what: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """How many documents a query finds, and what an aggregation says of them."""
        body = {"size": 0, "track_total_hits": True, "query": query, **({"aggs": {"of": what}} if what else {})}
        answer = self.ask("POST", f"/{index}/_search", body, allow_partial_search_results="false")
        return answer["hits"]["total"]["value"], answer.get("aggregations", {}).get("of", {})

    def write(self, index: str, documents: Iterable[Mapping[str, Any]]) -> None:
        """Write documents, each by its "_id"; while the engine works on some, the next are made."""
        sent: deque[Future[dict[str, Any]]] = deque()
        with ThreadPoolExecutor(_SENT_AT_ONCE) as senders:
            for lines in _requests(documents):
                if len(sent) == _SENT_AT_ONCE:
                    sent.popleft().result()
                sent.append(senders.submit(self.ask, "POST", f"/{index}/_bulk", lines, timeout="20s"))
            for each in sent:
                each.result()

    def _of_a_part(self, answer: Mapping[str, Any]) -> tuple[str, bool]:
        """Why an answer is not whole, in words, and whether that may pass by itself."""
        why = ""
        for status, error in ((part["status"], part["error"]) for part in _parts(answer) if part.get("error")):
            if status not in _PASSING:
                return self._refusal(status, error.get("type")), False
            why = f" ({error.get('reason')})"
        return f"A part of “{self.address.name}” does not answer{why}; mend the cluster, then try again.", True

    def _refusal(self, status: object, reason: object) -> str:
        return f"{self.address.shown} refuses a request ({status}, {reason}); did Dateline make it?"

    def _problem(self, error: Exception, status: object) -> tuple[str, bool]:
        """An error in words, and whether it may pass by itself."""
        errors, name = self._errors, self.address.shown
        if isinstance(error, errors.SSLError):
            return f"The certificate of {name} cannot be verified; name its authority in DATELINE_STORE_CA.", False
        if isinstance(error, errors.ConnectionError):
            passes = not isinstance(error, errors.ConnectionTimeout)
            return f"{name} does not answer; start it, or correct DATELINE_STORE.", passes
        if status in _REFUSED:
            cure = "correct DATELINE_STORE_USER and DATELINE_STORE_PASSWORD"
            return f"{name} refuses these credentials; {cure}.", False
        if status in _PASSING:
            return f"{name} is too busy or lacks a part of the archive; look after the cluster, then try again.", True
        return self._refusal(status, getattr(error, "error", error)), False


def _requests(documents: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Bulk requests of about 5 MB that write some documents."""
    lines = bytearray()
    for document in documents:
        content = {name: value for name, value in document.items() if name != "_id"}
        lines += _json_lines([{"index": {"_id": document["_id"]}}, content])
        if len(lines) > _MOST_BYTES:
            yield bytes(lines)
            lines.clear()
    if lines:
        yield bytes(lines)


def _json_lines(lines: Iterable[Mapping[str, Any]]) -> bytes:
    from pydantic_core import to_json  # In a fifth of the time of json.

    return b"".join(to_json(line) + b"\n" for line in lines)


def _parts(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was answered to each of several searches, or for each of several documents."""
    return answer.get("responses") or [item["index"] for item in answer.get("items", ())] or [dict(answer)]


def _is_whole(answer: Mapping[str, Any]) -> bool:
    """Whether every part of the archive has answered in time."""
    return not any(
        part.get("timed_out") or part.get("failures") or part.get("_shards", {}).get("failed") or part.get("error")
        for part in _parts(answer)
    )
