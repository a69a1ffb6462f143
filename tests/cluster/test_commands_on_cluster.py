"""What people call, with DATELINE_STORE set to a true cluster."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from archives import write
from running import Command
from test_commands import Run, here  # noqa: F401 (a fixture)

from index.__main__ import main as index_main
from qa.__main__ import main as qa_main


def test_index_ask_and_go_back(
    corpus: Path,
    index: Path,
    store: str,
    tiny_model: str,
    command: Command,
    here: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first as a process, so that what one has written another reads; the others in this one."""
    settings = {"DATELINE_STORE": store, "DATELINE_MODEL": tiny_model, "DATELINE_INDEX": str(index)}
    monkeypatch.setenv("DATELINE_INDEX", str(index))
    folder = ("--corpus", str(write(corpus)))

    def told(run: Run, *arguments: str) -> Any:
        status, out, _ = run(*arguments)
        assert status == 0
        return json.loads(out)

    do, ask = partial(here, index_main), partial(here, qa_main)
    report = json.loads(command("-m", "index", *folder, "--json", **settings).stdout)
    answer = told(ask, "Who signed the memo?", "--json")
    check = told(ask, "--quote", "signed the memo on Syria", "--json")
    write(corpus, {"juno.txt": "Juno lands\n\nThe probe Juno landed.\n"})
    stale = told(do, "status", *folder, "--json")
    edited = told(do, *folder, "--json")
    status = told(do, "status", *folder, "--json")
    _, back, _ = do("rollback")
    _, verified, _ = do("verify")
    _, forgotten, _ = do("forget", "juno.txt", *folder)
    left = told(do, "status", *folder, "--json")
    _, _, nowhere = do("rollback")
    refused = do("backup", "kept.tar")

    assert (report["articles"], report["embedded"]) == (6, 5)
    assert answer["passages"][0]["path"] == "memo.txt"
    assert check["verdict"] == "verbatim"
    assert (stale["up_to_date"], edited["updated"], status["up_to_date"]) == (False, 1, True)
    assert "6 articles" in back
    assert "The index is sound: 6 articles" in verified
    assert "Taken down: “Juno" in forgotten
    assert (left["articles"], left["up_to_date"]) == (5, True)
    assert "no earlier state" in nowhere
    assert refused[:2] == (2, "")
    assert "“backup” is for an index folder; a cluster has snapshots" in refused[2]
