"""Failed attempts to log in, slowed: by client, each costs more, and after some the door is closed for a minute."""

import time
from collections import OrderedDict

_MOST_FAILURES = 10
_MINUTE = 60.0
_FIRST_DELAY, _LONGEST_DELAY = 0.25, 4.0
_MOST_CLIENTS = 10_000


class Throttle:
    """Counts the failures of each client in the last minute; belongs to one event loop."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def closed(self, client: str) -> bool:
        """Whether a client has failed so often that it has to wait."""
        return len(self._recent(client)) >= _MOST_FAILURES

    def failed(self, client: str) -> float:
        """Note a failure; the seconds its answer is to be delayed by."""
        failures = [*self._recent(client), time.monotonic()]
        self._failures[client] = failures
        self._failures.move_to_end(client)
        if len(self._failures) > _MOST_CLIENTS:
            self._failures.popitem(last=False)
        return float(min(_FIRST_DELAY * 2 ** (len(failures) - 1), _LONGEST_DELAY))

    def _recent(self, client: str) -> list[float]:
        since = time.monotonic() - _MINUTE
        return [moment for moment in self._failures.get(client, ()) if moment > since]
