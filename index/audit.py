"""The log of what was written to an index: when, what, and from where. Questions are never logged."""

import json
import os
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

AUDIT = "audit.jsonl"
# Which passages readers found to answer, as `qa.evaluate` reads it; it quotes them.
FEEDBACK = "feedback.jsonl"
# Where the writes of this thread or task come from: "command line", or "page" with the visitor's address.
SOURCE = ContextVar("SOURCE", default="python")


def note(index: Path, what: str, **details: object) -> None:
    """Append one line to <index>/audit.jsonl. OSError if it cannot be written."""
    row = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "what": what, "from": SOURCE.get(), **details}
    append_row(index / AUDIT, row)


def append_row(file: Path, row: Mapping[str, object]) -> None:
    """Append a line of JSON to a file that only its owner may read, in one write. OSError if it cannot be written."""
    line = (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
