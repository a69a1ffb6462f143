"""Articles put into a corpus folder: under names that are safe there, and never over another file."""

import contextlib
import json
import re
import unicodedata
from pathlib import Path, PurePosixPath
from typing import IO

from corpus.article import UserError
from corpus.message import Message
from corpus.readers import endings, is_read

_LONGEST_NAME = 80
# Names that are left out of reading, and those that Windows keeps for devices, whatever their ending.
_NO_NAME = re.compile(r"README|(?:CON|PRN|AUX|NUL|COM\d|LPT\d) *(?:\.|$)", re.IGNORECASE)


def add_article(folder: Path, title: str, text: str, published: str = "", source: str = "") -> str:
    """Write one article as a JSON file named after its headline; its path below the folder. UserError as `add_file`."""
    if not text.strip():
        raise UserError(Message("The article has no text; paste it below its headline."))
    fields = {"title": title.strip(), "published": published, "source": source.strip(), "text": text}
    content = {name: value for name, value in fields.items() if value}
    name = re.sub(r"[/\\]", "-", title.strip()[:_LONGEST_NAME]) or "article"
    return add_file(folder, f"{name}.json", json.dumps(content, ensure_ascii=False, indent=1).encode())


def add_file(folder: Path, name: str, content: bytes) -> str:
    """Write a file of articles under a safe form of its name, with a number where that is taken; its path below.

    UserError for a name without an ending that is read, for a file that the folder has already, and where the folder
    cannot be written.
    """
    stem, ending = _safe(name)
    path, number = f"{stem}{ending}", 1
    while True:
        try:
            with (folder / path).open("xb") as stream:
                _write_whole(stream, content, folder / path)
        except FileExistsError:
            if (folder / path).read_bytes() == content:
                message = Message("“%(path)s” is in the folder already, with the same content.", path=path)
                raise UserError(message) from None
            number += 1
            path = f"{stem}-{number}{ending}"
        except OSError as error:
            form = "The corpus folder “%(folder)s” cannot be written (%(why)s); free disk space or fix its permissions."
            raise UserError(Message(form, folder=str(folder), why=error.strerror)) from error
        else:
            return path


def _write_whole(stream: IO[bytes], content: bytes, file: Path) -> None:
    """Write the content of a new file; where there is no room for all of it, the file goes again."""
    try:
        stream.write(content)
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError):
            file.unlink()
        raise


def _safe(name: str) -> tuple[str, str]:
    """Stem and ending of a name, of letters, digits, blanks, "." and "-" alone, that is not left out of reading."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    packed = ".gz" if plain.lower().endswith(".gz") else ""
    path = PurePosixPath(plain[: len(plain) - len(packed)])
    if not is_read(path.name):
        message = Message("“%(path)s” cannot be read; files end in %(endings)s.", path=plain, endings=endings())
        raise UserError(message)
    stem = re.sub(r"[^\w .-]+", "-", path.stem).strip(" .-_")[:_LONGEST_NAME].strip(" .-_") or "article"
    stem = f"article {stem}" if _NO_NAME.match(stem) else stem
    return stem, path.suffix.lower() + packed
