"""Shared by all commands: errors as one sentence, progress on a terminal or in a log."""

import argparse
import contextlib
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from corpus.article import UserError

_BAR_WIDTH = 30
_SECONDS_BETWEEN_BARS, _SECONDS_BETWEEN_LINES = 0.1, 5.0
USER_ERROR, INTERRUPTED, _TERMINATED = 2, 130, 143


def run(
    parser: argparse.ArgumentParser,
    action: Callable[[argparse.Namespace], int],
    arguments: Sequence[str] | None,
) -> int:
    """Parse the arguments, do the action, return its exit status: 2 with one sentence for what the user can fix.

    Characters that the output's encoding lacks are replaced. SIGTERM ends the action as Ctrl-C does: files are tidied.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        with _ended_by_sigterm():
            try:
                return action(parser.parse_args(arguments))
            finally:
                sys.stdout.flush()  # A closed pipe shows here, not at exit; also where `--help` was asked for.
    except UserError as error:
        print(printable(str(error)), file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The pipe is closed: nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends what is done in this block with SystemExit; only the main thread may ask for it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def printable(text: str) -> str:
    """The text with its control characters, but for line ends, written out: a file's name cannot steer a terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else f"\\x{ord(letter):02x}" for letter in text)


class ConsoleProgress(contextlib.AbstractContextManager["ConsoleProgress"]):
    """Progress on stderr: on a terminal a bar a step, which redraws itself; elsewhere a line every few seconds.

    Called with the share done, from 0 to 1, and what is being done. A quick step shows nothing. A `with` block ends it.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._pause = _SECONDS_BETWEEN_BARS if self._terminal else _SECONDS_BETWEEN_LINES
        self._shown = time.monotonic()
        self._step = ""  # Of the bar that is drawn.

    def __exit__(self, *_: object) -> None:
        self.end()

    def __call__(self, share: float, words: str) -> None:
        """Show it, where the last was shown some time ago."""
        now = time.monotonic()
        if now - self._shown < self._pause and share < 1:
            return
        self._shown = now
        if self._terminal:
            step = words.partition(",")[0]
            before = "\n" if self._step not in ("", step) else ""  # The bar of the step before stays.
            self._step = step
            bar = f"{'█' * round(share * _BAR_WIDTH):░<{_BAR_WIDTH}}"
            print(f"{before}\r\033[K{bar} {share:4.0%} {words}", end="", file=sys.stderr, flush=True)
        elif share < 1:
            print(f"{share:4.0%} {words}", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the terminal on a fresh line."""
        if self._step:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
