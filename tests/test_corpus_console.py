"""The commands' common behaviour: output in any encoding, and files tidied when a command is stopped."""

import argparse
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from running import REPOSITORY, Command

from corpus.console import printable, run


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", b"??? Dvo??k caf?"),
        ("cp1252", "“?” Dvo?ák caf?".encode("cp1252")),
        ("utf-8", "“🎺” Dvořák caf?".encode()),
    ],
)
def test_letters_that_the_output_lacks_are_replaced(
    encoding: str, shown: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding))
    run(argparse.ArgumentParser(), lambda _: sys.stdout.write("“🎺” Dvořák caf\udce9"), [])
    assert written.getvalue() == shown


WAITS = """
import argparse, sys, tempfile, time
from corpus.console import run
def wait(_):
    with tempfile.TemporaryDirectory(dir=sys.argv[1]):
        print("ready", flush=True)
        time.sleep(60)
sys.exit(run(argparse.ArgumentParser(), wait, []))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_a_terminated_command_tidies_its_files(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITS, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as waiting:
        assert waiting.stdout.readline() == "ready\n"
        assert len([*tmp_path.iterdir()]) == 1
        waiting.send_signal(signal.SIGTERM)
        assert waiting.wait(600) == 143
    assert [*tmp_path.iterdir()] == []


def test_a_command_within_a_program_leaves_its_signals_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert run(argparse.ArgumentParser(), lambda _: int(signal.getsignal(signal.SIGTERM) is before), []) == 0
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_command_prints_in_an_encoding_without_its_quotation_marks(built: Path, command: Command) -> None:
    result = command(
        "-m", "qa", "--quote", "Fifty-one officials signed", "--index", str(built), PYTHONIOENCODING="ascii"
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "Fifty-one officials" in result.stdout


def test_control_characters_are_written_out() -> None:
    assert printable("a\x1b[2Jb\r\n\u202ec é“") == r"a\x1b[2Jb\x0d" + "\n" + r"\x202ec é“"
