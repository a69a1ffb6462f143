"""Models that are made of others once, and kept in the user's cache folder."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from corpus import UserError


def kept_model(name: str, make: Callable[[Path], object], megabytes: int) -> str:
    """The folder of the model of that name; where it is missing, `make` writes it into an empty folder.

    It is there whole or not at all. UserError where the cache folder cannot be written.
    """
    from platformdirs import user_cache_path

    folder = user_cache_path("dateline", appauthor=False) / name
    if folder.is_dir():
        return str(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as unfinished:
            made = Path(unfinished, "model")
            made.mkdir()
            make(made)
            if not folder.is_dir():
                made.rename(folder)
    except OSError as error:
        where = f"“{folder.parent}” ({error.strerror})"
        message = f"The model {name} cannot be stored in {where}; it needs {megabytes} MB there."
        raise UserError(message) from error
    return str(folder)
