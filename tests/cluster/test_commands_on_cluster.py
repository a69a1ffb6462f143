"""What people call, with DATELINE_STORE set to a true cluster."""

import json
from pathlib import Path

from archives import write
from running import Command


def test_index_ask_and_go_back(corpus: Path, index: Path, store: str, tiny_model: str, command: Command) -> None:
    settings = {"DATELINE_STORE": store, "DATELINE_MODEL": tiny_model, "DATELINE_INDEX": str(index)}
    here = ("--corpus", str(write(corpus)))
    report = json.loads(command("-m", "index", *here, "--json", **settings).stdout)
    answer = json.loads(command("-m", "qa", "Who signed the memo?", "--json", **settings).stdout)
    check = json.loads(command("-m", "qa", "--quote", "signed the memo on Syria", "--json", **settings).stdout)
    write(corpus, {"juno.txt": "Juno lands\n\nThe probe Juno landed.\n"})
    stale = json.loads(command("-m", "index", "status", *here, "--json", **settings).stdout)
    edited = json.loads(command("-m", "index", *here, "--json", **settings).stdout)
    status = json.loads(command("-m", "index", "status", *here, "--json", **settings).stdout)
    back = command("-m", "index", "rollback", **settings)
    verified = command("-m", "index", "verify", **settings)
    forgotten = command("-m", "index", "forget", "juno.txt", *here, **settings)
    left = json.loads(command("-m", "index", "status", *here, "--json", **settings).stdout)
    nowhere = command("-m", "index", "rollback", **settings)
    refused = command("-m", "index", "backup", "kept.tar", **settings)

    assert (report["articles"], report["embedded"]) == (6, 5)
    assert answer["passages"][0]["path"] == "memo.txt"
    assert check["verdict"] == "verbatim"
    assert (stale["up_to_date"], edited["updated"], status["up_to_date"]) == (False, 1, True)
    assert "6 articles" in back.stdout
    assert "The index is sound: 6 articles" in verified.stdout
    assert "Taken down: “Juno" in forgotten.stdout
    assert (left["articles"], left["up_to_date"]) == (5, True)
    assert "no earlier state" in nowhere.stderr
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "“backup” is for an index folder; a cluster has snapshots" in refused.stderr
