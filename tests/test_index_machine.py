"""Faults of disks, folders and links: each is named for what it is, and the index stays sound."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import FILES, generations, watch, write
from hashing_embedder import HashingEmbedder
from running import Command

from corpus import UserError
from corpus.snapshot import same_files, take_snapshot
from index import sync
from index.__main__ import main
from index.generations.generation import Generation, current, live_manifest


def test_an_index_inside_its_corpus(corpus: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read, the folder has not changed after a build, and following it stays quiet."""
    index = write(corpus) / "index"
    first = sync(corpus, index, embedder=embedder)
    assert (first.articles, first.failed) == (6, ())
    assert same_files(live_manifest(index).snapshot, take_snapshot(corpus))
    monkeypatch.setattr("index.watch._SECONDS_BETWEEN_LOOKS", 0.02)
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    reports = list(watch(corpus, index, stop, embedder=embedder))
    assert [report.generation for report in reports] == [first.generation]


def test_an_index_that_is_its_corpus_is_refused(corpus: Path, embedder: HashingEmbedder) -> None:
    with pytest.raises(UserError, match="cannot be the corpus folder itself; name another with --index"):
        sync(write(corpus), corpus, embedder=embedder)
    assert sorted(path.name for path in corpus.iterdir()) == sorted({name.partition("/")[0] for name in FILES})


def test_without_temporary_files_nothing_is_called_damaged(
    corpus: Path, built: Path, embedder: HashingEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current(built)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    write(corpus, {"new.txt": "New\n\nText."})
    for action in (lambda: Generation.open(built).keywords, lambda: sync(corpus, built, embedder=embedder)):
        with pytest.raises(UserError, match=r"Temporary files cannot be written \(.*\); set TMPDIR"):
            action()
    assert generations(built) == [before]
    monkeypatch.setattr(tempfile, "tempdir", None)
    report = sync(corpus, built, embedder=embedder)
    assert (report.added, report.unchanged) == (1, 6)
    assert report.embedded <= 1  # none where the build that failed had come so far, whose work is kept


READ_ONLY = """mount --make-rprivate / && for folder in /tmp /var/tmp "$PWD"; do
mount --bind "$folder" "$folder" && mount -o remount,ro,bind "$folder"; done
cd "$PWD" && unset TMPDIR && exec "$@"
"""


@pytest.fixture
def namespace() -> list[str]:
    """The start of a command that may mount what it likes, unseen by all others."""
    command = ["unshare", "-m", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("only root can mount, on Linux, with unshare")
    return command


def test_a_system_without_any_temporary_folder(built: Path, namespace: list[str]) -> None:
    arguments = [sys.executable, "-m", "qa", "--index", str(built), "--quote", "Fifty-one officials signed"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        [*namespace, READ_ONLY, "sh", *arguments], check=False, capture_output=True, text=True, env=environment
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Temporary files cannot be written (No usable temporary directory")
    assert result.stderr.count("\n") == 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Where a small disk may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=False, capture_output=True)


@pytest.mark.parametrize("size", ["100k", "300k", "600k"])
def test_a_disk_that_is_too_small_is_called_full(
    corpus: Path, disk: Path, embedder: HashingEmbedder, size: str
) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk, on Linux")
    rows = "".join(f'{{"title": "Item {number}", "text": "Report {number} on Syria."}}\n' for number in range(300))
    write(corpus, {"rows300.jsonl": rows})
    with pytest.raises(UserError, match=r"cannot be written \(the disk is full\); free disk space"):
        sync(corpus, disk / "index", embedder=embedder)


def test_a_corpus_that_is_gone_is_called_missing(corpus: Path, built: Path, command: Command) -> None:
    shutil.rmtree(corpus)
    result = command("-m", "index", "status", "--index", str(built), "--corpus", str(corpus))
    assert result.returncode == 0
    assert f"The corpus folder “{corpus}” is missing" in result.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="file names are Unicode elsewhere")
def test_folders_whose_names_are_not_utf_8_are_refused(tmp_path: Path, command: Command) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    write(Path(odd))
    for arguments in (("--corpus", odd), ("--corpus", str(tmp_path), "--index", odd)):
        result = command("-m", "index", *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == f"The name of the folder “{tmp_path}/caf\\xe9” is not UTF-8; rename it.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_names_of_files_do_not_steer_the_terminal(
    corpus: Path, index: Path, embedder: HashingEmbedder, capsys: pytest.CaptureFixture[str]
) -> None:
    sync(write(corpus, {**FILES, "\x1b[2Jempty.txt": ""}), index, embedder=embedder)
    assert main(["status", "--corpus", str(corpus), "--index", str(index)]) == 0
    printed = capsys.readouterr().out
    assert r"\x1b[2Jempty.txt: no text" in printed
    assert "\x1b" not in printed


def test_a_generation_that_was_renamed(corpus: Path, built: Path, embedder: HashingEmbedder) -> None:
    folder = built / "generations" / current(built)
    folder.rename(folder.with_name("renamed"))
    with pytest.raises(UserError, match=r"is damaged .*; rebuild it with: python -m index --full"):
        live_manifest(built)
    (built / "CURRENT").write_text("renamed\n", "utf-8")
    assert live_manifest(built).name == "renamed"
    assert sync(corpus, built, embedder=embedder).unchanged == 6


def test_current_is_a_folder(corpus: Path, built: Path, embedder: HashingEmbedder) -> None:
    (built / "CURRENT").unlink()
    (built / "CURRENT").mkdir()
    with pytest.raises(UserError, match=r"is damaged .*; rebuild it with: python -m index --full"):
        live_manifest(built)
    assert sync(corpus, built, embedder=embedder).added == 6
    assert current(built) == live_manifest(built).name


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, "[]", "null", '{"format": 3}'])
def test_a_manifest_that_is_none(built: Path, content: str) -> None:
    (built / "generations" / current(built) / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(UserError, match=r"is damaged \(manifest.json is not as it was written\); rebuild it with"):
        live_manifest(built)
