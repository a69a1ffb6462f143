"""What can happen to a file, or to a folder, of an index."""

import os
import shutil
from pathlib import Path


def halved(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def zeroed(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)


def removed(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
