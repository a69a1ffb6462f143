"""Reading in a process of its own, so that a file that takes too much time or memory costs itself alone."""

import contextlib
import faulthandler
import logging
import logging.handlers
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import IO, cast

from corpus.article import Article, Problem
from corpus.fields import Reading
from corpus.folder import read_file

_log = logging.getLogger(__name__)
_MEGABYTE = 1 << 20
# The process gets the paths of this one and no others, so that it imports what this one would.
_COMMAND = """import os, sys
sys.path[:] = sys.argv[1:]
sys.excepthook = lambda *error: (sys.__excepthook__(*error), os._exit(2))
from corpus.apart import serve
serve()"""
# How the process ends: by its own watch (status 1, by faulthandler), and by signals that Windows has not.
_WATCHED, _OUT_OF_TIME, _KILLED = 1, getattr(signal, "SIGPROF", 0), getattr(signal, "SIGKILL", 0)
_PROCESSOR = getattr(signal, "ITIMER_PROF", 0)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one file may take: seconds of the processor, seconds of waiting, bytes of memory.

    `seconds` is for one article, and for all of a small file; a large one has `seconds_a_megabyte` more for an article,
    and `file_seconds_a_megabyte` for all. `waiting` is for what computes nothing, as a disk that does not answer.
    """

    seconds: float = 30.0
    seconds_a_megabyte: float = 3.0
    file_seconds_a_megabyte: float = 60.0
    waiting: float = 600.0
    memory: int = 3 << 30


class Apart(contextlib.AbstractContextManager["Apart"]):
    """Reads files in another process, which is ended and begun anew where a file does not keep to its budget."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget or Budget()
        self._process: subprocess.Popen[bytes] | None = None
        self._room: tempfile.TemporaryDirectory[str] | None = None

    def read(self, file: Path, path: str, folder: Path, reading: Reading) -> Iterator[Article | Problem]:
        """As `read_file`, and the reason where the file took more than it may."""
        process = self._process = self._process or self._begun()
        with contextlib.suppress(BrokenPipeError):
            _write(process.stdin, (file, path, folder, reading))
        try:
            while (found := pickle.load(cast("IO[bytes]", process.stdout))) is not None:
                if isinstance(found, logging.LogRecord):
                    _log.handle(found)
                else:
                    yield found
        except (EOFError, OSError, pickle.UnpicklingError):
            process.wait()
            self._end()
            yield Problem(path, None, self._why_ended(process.returncode))

    def _begun(self) -> subprocess.Popen[bytes]:
        own = str(Path(__file__).parents[1])  # Not among the paths where a hook of an installer finds this package.
        command = [sys.executable, "-S", "-c", _COMMAND, *sys.path, own]
        environment = dict(os.environ)
        with contextlib.suppress(OSError):  # Only packed files need room.
            # What it unpacks goes with it, however it ends.
            self._room = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._room.name)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        _write(process.stdin, self._budget)
        return process

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if process := self._process:
            self._process = None
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                process.communicate()  # Closes the pipes.
        if room := self._room:
            self._room = None
            room.cleanup()

    def _why_ended(self, status: int) -> str:
        name = signal.Signals(-status).name if status < 0 else f"status {status}"
        return {
            _WATCHED: f"cannot be read: no answer for {self._budget.waiting:.0f} s",
            -_OUT_OF_TIME: "takes too long to read; is it damaged, or made to hang? Divide it, or leave it out",
            -_KILLED: "needs more memory than there is; divide it",
        }.get(status, f"ended the process that reads it ({name}); is it damaged?")


def _write(stream: IO[bytes] | None, thing: object) -> None:
    pickle.dump(thing, cast("IO[bytes]", stream))
    cast("IO[bytes]", stream).flush()


# In the other process


def serve() -> None:
    """Read the files that stdin names, and write to stdout what they hold, until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = sys.stdin.buffer
    budget: Budget = pickle.load(requests)
    _limit_memory(budget.memory)
    for printed in (1, 2):  # Whatever a library prints is no answer, and no news.
        os.dup2(os.open(os.devnull, os.O_WRONLY), printed)
    told = SimpleNamespace(put_nowait=lambda record: _write(answers, record))
    logging.getLogger("corpus").addHandler(logging.handlers.QueueHandler(told))
    logging.getLogger("corpus").propagate = False
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            file, path, folder, reading = pickle.load(requests)
            found = read_file(file, path, folder, reading)
            size = file.stat().st_size / _MEGABYTE if os.access(file, os.R_OK) else 0
            piece = budget.seconds + budget.seconds_a_megabyte * size
            end = time.process_time() + budget.seconds + budget.file_seconds_a_megabyte * size
            one: Article | Problem | None = Problem("", None, "")
            while one is not None:
                with _timed(min(piece, end - time.process_time()), budget.waiting):
                    one = next(found, None)
                _write(answers, one)
    os._exit(0)  # Nothing is left to be tidied up, and a broken pipe is no news.


@contextlib.contextmanager
def _timed(seconds: float, waiting: float) -> Iterator[None]:
    """End this process after so many seconds of the processor (where the system counts them), or of waiting."""
    limit = getattr(signal, "setitimer", lambda *_: None)
    limit(_PROCESSOR, max(seconds, 0.001))
    faulthandler.dump_traceback_later(waiting, exit=True)
    yield
    limit(_PROCESSOR, 0)
    faulthandler.cancel_dump_traceback_later()


def _limit_memory(most: int) -> None:
    """Let the system refuse more, and let it end this process before others when memory runs out, where it can."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
