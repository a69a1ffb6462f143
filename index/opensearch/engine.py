"""Talking to OpenSearch; the home of opensearchpy. An answer is whole, or there is an error that says what to do."""

import json
import logging
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from corpus import UserError

SCHEMES = {"opensearch": False, "opensearchs": True}
_OLDEST = (2, 19)
_LOOPBACK = ("127.", "localhost", "[::1]")
# What passes by itself: the engine is short of memory, or a shard is just moving to another machine.
_PASSING = (429, 502, 503, 504)
_SECONDS_OF_PATIENCE, _SECONDS_BETWEEN_TRIES = 120.0, (0.1, 0.3, 1.0, 2.0)
_TIMEOUT = 60.0
_MOST_SHARDS = 1000
_OK, _MISSING, _CONFLICT, _REFUSED = range(200, 300), 404, 409, (401, 403)
# A request of so many bytes at most: the engine refuses those of 100 MB.
_BULK_BYTES = 5_000_000

Body = Mapping[str, Any] | Sequence[Mapping[str, Any]]


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
        parts = urlsplit(text)
        credentials, _, hosts = parts.netloc.rpartition("@")
        user, _, password = credentials.partition(":")
        name, query = parts.path.strip("/"), parts.query.removeprefix("shards=") or "3"
        plain = name.replace("-", "").replace("_", "")
        if (
            parts.scheme not in SCHEMES
            or not hosts
            or not (plain.isalnum() and name == name.lower() and name[0] not in "-_")
        ):
            message = (
                "DATELINE_STORE is no address of a store; write it as opensearch://host:9200/NAME, in small letters."
            )
            raise UserError(message)
        if not query.isdecimal() or not 1 <= int(query) <= _MOST_SHARDS:
            message = "DATELINE_STORE may end in ?shards=N only, with N from 1 to 1,000."
            raise UserError(message)
        found = cls(
            tuple(host if ":" in host.rpartition("]")[2] else f"{host}:9200" for host in hosts.split(",")),
            name,
            SCHEMES[parts.scheme],
            unquote(user) or os.environ.get("DATELINE_STORE_USER", ""),
            unquote(password) or os.environ.get("DATELINE_STORE_PASSWORD", ""),
            int(query),
        )
        if found.password and not found.tls and not all(host.startswith(_LOOPBACK) for host in found.hosts):
            message = "The password of DATELINE_STORE would be sent unencrypted; begin the address with opensearchs://."
            raise UserError(message)
        return found

    @property
    def shown(self) -> str:
        """The address without credentials."""
        return f"{'opensearchs' if self.tls else 'opensearch'}://{','.join(self.hosts)}/{self.name}"


class Engine:
    """A cluster, by whichever of its machines answers. Safe from many threads."""

    def __init__(self, address: Address, patience: float = _SECONDS_OF_PATIENCE) -> None:
        """Find the cluster and check its version; UserError where it cannot be reached or used.

        With TLS the certificate is verified: against the authorities of DATELINE_STORE_CA, a file, or the usual ones.
        """
        try:
            import opensearchpy
        except ImportError as error:
            message = (
                "An archive on OpenSearch needs opensearch-py; install it with: pip install 'dateline-qa[opensearch]'"
            )
            raise UserError(message) from error
        logging.getLogger("opensearch").setLevel(logging.ERROR)  # It would log what is asked.
        self.address = address
        self._errors = opensearchpy.exceptions
        self._patience = patience
        scheme = "https" if address.tls else "http"
        self._client = opensearchpy.OpenSearch(
            [f"{scheme}://{host}" for host in address.hosts],
            http_auth=(address.user, address.password) if address.user else None,
            verify_certs=True,
            ca_certs=os.environ.get("DATELINE_STORE_CA") or None,
            timeout=_TIMEOUT,
            max_retries=2 * len(address.hosts),
            retry_on_timeout=True,
            pool_maxsize=32,
        )
        version = self.ask("GET", "/")["version"]
        number = tuple(int(part) for part in version["number"].split(".")[:2])
        if version.get("distribution") != "opensearch" or number < _OLDEST:
            message = (
                f"{address.shown} is not OpenSearch 2.19 or newer ({version['number']}); upgrade it, or name another."
            )
            raise UserError(message)

    def ask(self, method: str, path: str, body: Body | None = None, **parameters: Any) -> dict[str, Any]:
        """The answer to a request, in full; {} where there is no such thing, {"conflict": True} where it has changed.

        What passes by itself is waited for, as long as the patience lasts (seconds). EngineError otherwise.
        """
        lines = body if isinstance(body, Mapping) or body is None else "".join(json.dumps(line) + "\n" for line in body)
        asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()}
        end = time.monotonic() + self._patience
        for pause in (*_SECONDS_BETWEEN_TRIES, *[_SECONDS_BETWEEN_TRIES[-1]] * 1000):
            last = time.monotonic() + pause > end
            try:
                found = self._client.transport.perform_request(method, path, params=asked or None, body=lines)
                answer: dict[str, Any] = found if isinstance(found, dict) else {"found": found}
            except self._errors.OpenSearchException as error:
                answer = self._passing(error, last=last)
            else:
                if _whole(answer):
                    return answer
                if last:
                    message = f"A part of “{self.address.name}” does not answer; mend the cluster, then try again."
                    raise EngineError(message)
            if "conflict" in answer or answer == {}:
                return answer
            time.sleep(pause)
        return {}

    def search(
        self, index: str, *bodies: Mapping[str, Any], exact: bool = False, preference: str = ""
    ) -> list[dict[str, Any]]:
        """The answers to some searches in one round trip; `exact` scores with the counts of all parts together."""
        kind = {"search_type": "dfs_query_then_fetch"} if exact else {}
        header = {"allow_partial_search_results": False, **kind, **({"preference": preference} if preference else {})}
        lines = [line for body in bodies for line in (header, body)]
        answers: list[dict[str, Any]] = self.ask("POST", f"/{index}/_msearch", lines)["responses"]
        return answers

    def write(self, index: str, lines: Iterable[Mapping[str, Any]]) -> None:
        """Write documents, each by its "_id"; those that the engine has no room for at the moment once more."""
        waiting: list[tuple[dict[str, Any], Mapping[str, Any]]] = []
        size = 0
        for line in lines:
            document = {name: value for name, value in line.items() if name != "_id"}
            waiting.append(({"index": {"_id": line["_id"]}}, document))
            size += len(json.dumps(document))
            if size > _BULK_BYTES:
                self._send(index, waiting)
                waiting, size = [], 0
        self._send(index, waiting)

    def _send(self, index: str, waiting: list[tuple[dict[str, Any], Mapping[str, Any]]]) -> None:
        end = time.monotonic() + self._patience
        while waiting:
            answers = self.ask("POST", f"/{index}/_bulk", [line for pair in waiting for line in pair])["items"]
            states = [answer["index"] for answer in answers]
            for state in states:
                if state["status"] not in _OK and (state["status"] not in _PASSING or time.monotonic() > end):
                    reason = state.get("error", {}).get("reason", state["status"])
                    message = f"“{self.address.name}” takes in no more ({reason}); mend the cluster, then try again."
                    raise EngineError(message)
            waiting = [pair for pair, state in zip(waiting, states, strict=True) if state["status"] not in _OK]
            if waiting:
                time.sleep(_SECONDS_BETWEEN_TRIES[-2])

    def _passing(self, error: Exception, *, last: bool) -> dict[str, Any]:
        """What an error stands for where it is an answer; EngineError where it does not pass."""
        errors, name = self._errors, self.address.shown
        status = getattr(error, "status_code", None)
        if status in (_MISSING, _CONFLICT):
            return {} if status == _MISSING else {"conflict": True}
        message = f"{name} does not answer; start it, or correct DATELINE_STORE."
        if isinstance(error, errors.SSLError):
            message = f"The certificate of {name} cannot be verified; name its authority in DATELINE_STORE_CA."
        elif status in _REFUSED:
            message = f"{name} refuses these credentials; correct DATELINE_STORE_USER and DATELINE_STORE_PASSWORD."
        elif isinstance(error, errors.ConnectionError):
            if not last and not isinstance(error, errors.ConnectionTimeout):
                return {"again": True}
        elif status in _PASSING:
            message = f"{name} is too busy or lacks a part of the archive; look after the cluster, then try again."
            if not last:
                return {"again": True}
        else:
            reason = getattr(error, "error", error)
            message = f"{name} refuses a request ({status}, {reason}); is it the cluster that Dateline made?"
        raise EngineError(message) from error


def _whole(answer: Mapping[str, Any]) -> bool:
    """Whether every part of the archive has answered in time."""
    answers = answer.get("responses", [answer])
    return not any(
        one.get("timed_out") or one.get("failures") or one.get("_shards", {}).get("failed") or one.get("error")
        for one in answers
    )
