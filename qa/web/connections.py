"""The server's connections: bounded in number, and closed when they say nothing for long."""

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn import Config

_SECONDS_IDLE = 15.0  # until the request of a connection is complete, and between two requests
_MOST_CONNECTIONS = 400


def bound(config: "Config") -> None:
    """Have a running server close idle connections, and refuse more than 400 at a time with status 503."""
    config.limit_concurrency = _MOST_CONNECTIONS
    config.http_protocol_class = _impatient(config.http_protocol_class)


def _impatient(protocol: Any) -> Any:  # noqa: ANN401 (uvicorn has two, without a common type)

    class Impatient(protocol):  # type: ignore[misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._look_again()

        def _look_again(self) -> None:
            self._waiting = self.loop.call_later(_SECONDS_IDLE, self._close_idle, self.cycle)

        def _close_idle(self, before: object) -> None:
            if self.transport.is_closing():
                return
            busy = self.cycle is not None and not self.cycle.response_complete
            if busy or self.cycle is not before:
                self._look_again()
            else:
                self.transport.close()

    return Impatient
