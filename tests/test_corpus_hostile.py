"""A folder of files as hostile as they come: all good articles beside them are indexed, each bad one has its reason."""

import json
from pathlib import Path

import pytest
from running import Command

# What a build may take, in bytes, the interpreter and its libraries included.
MOST_MEMORY = 600_000_000
INDEX = """
import functools, pathlib, re, sys
from hashing_embedder import HashingEmbedder
import index.__main__ as command
command.sync = functools.partial(command.sync, embedder=HashingEmbedder())
status = command.main(sys.argv[1:])
# Not getrusage: after a vfork it counts the parent's memory as well.
kept = pathlib.Path("/proc/self/status")  # On Linux; elsewhere nothing is measured.
peak = re.search(r"VmHWM:\\s+(\\d+)", kept.read_text() if kept.exists() else "VmHWM: 0")
print(int(peak[1]) * 1024, file=sys.stderr)
raise SystemExit(status)
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder, and how the reason begins for each bad file."""
    from hostile import write_hostile  # packs hundreds of MB when it is imported

    corpus = tmp_path_factory.mktemp("hostile")
    return corpus, write_hostile(corpus)


def test_the_hostile_folder(hostile: tuple[Path, dict[str, str]], index: Path, command: Command) -> None:
    from hostile import GOOD

    corpus, reasons = hostile
    arguments = ["--corpus", str(corpus), "--index", str(index), "--json", "--strict"]

    ended = command("-c", INDEX, *arguments)

    report = json.loads(ended.stdout)
    assert ended.returncode == 3
    assert int(ended.stderr.split()[-1]) < MOST_MEMORY
    assert len(reasons) >= 60
    given: dict[str, set[str]] = {}
    for failed in report["failed"]:
        given.setdefault(failed["path"].partition("!")[0], set()).add(failed["reason"])
    assert set(given) == set(reasons)
    missing = {
        path: given[path] for path, reason in reasons.items() if not any(r.startswith(reason) for r in given[path])
    }
    assert missing == {}
    assert sum(failed["path"] == "10,000 empty.jsonl" for failed in report["failed"]) == 10_000
    # Of the good files one holds two articles, and so does one zip; eight of the bad hold good records beside the bad.
    assert report["articles"] == len(GOOD) + 2 + 8
