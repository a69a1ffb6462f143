"""The temporary folders in which stores are read."""

import os
from pathlib import Path

import pytest

from index.generations.holding import readable


def test_a_lock_written_while_the_folder_is_deleted_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store/meta.json").write_text("{}", "utf-8")
    rmdir = os.rmdir
    locks = [".tantivy-meta.lock"]

    def rmdir_of_another_thread(path: str, *, dir_fd: int | None = None) -> None:
        if locks and Path(path) == folder:
            (folder / locks.pop()).touch()
        rmdir(path, dir_fd=dir_fd)

    with readable(tmp_path / "store") as folder:
        assert (folder / "meta.json").read_text("utf-8") == "{}"
        monkeypatch.setattr(os, "rmdir", rmdir_of_another_thread)

    assert not locks
    assert not folder.exists()
