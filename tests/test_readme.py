"""The README's Python and its `python -m ...` lines, executed over the sample archive with a tiny model.

And its tables of files beside the files that there are.
"""

import importlib
import re
import shlex
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from running import REPOSITORY

from index import sync

README = (REPOSITORY / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^    python -m ([^#\n]+)", README, re.MULTILINE)
FILES = re.findall(r"`([\w/.]+(?:\.py|/))`", README.partition("## Reading the code")[2])
PRODUCT = [
    REPOSITORY / "app.py",
    *(file for room in ("corpus", "index", "qa") for file in (REPOSITORY / room).rglob("*.py")),
]
PAGE = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, tiny_model: str) -> Path:
    """A folder like the repository's root, with an index in var/index."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("corpus", "tests"):
        (folder / name).symlink_to(REPOSITORY / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_MODEL", tiny_model)
        for full in (False, True):  # Two generations, to go back from one to the other.
            sync(folder / "corpus/articles", folder / "var/index", full=full)
    return folder


@pytest.fixture(autouse=True)
def _at_home(home: Path, tiny_model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("DATELINE_MODEL", tiny_model)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "code",
    [code for code in BLOCKS if PAGE not in code],  # test_app.py has a page
    ids=lambda code: code.splitlines()[1] or code.splitlines()[0],
)
def test_python(code: str) -> None:
    if "langchain" in code:
        pytest.importorskip("langchain_core", reason="langchain-core is not installed")
    exec(code, {})


@pytest.mark.parametrize("line", [line for line in COMMANDS if not line.startswith("venv")])
def test_command(line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = threading.Event()
    stopped.set()
    monkeypatch.setattr("index.__main__.threading", SimpleNamespace(Event=lambda: stopped))  # --watch ends at once
    module, *arguments = shlex.split(line)
    name = module if module in ("qa.evaluate", "qa.watch") else f"{module}.__main__"
    assert importlib.import_module(name).main(arguments) == 0
    assert capsys.readouterr().out


def test_the_line_that_checks_a_quotation_finds_what_was_altered(capsys: pytest.CaptureFixture[str]) -> None:
    [line] = [line for line in COMMANDS if "--quote " in line]
    importlib.import_module("qa.__main__").main(shlex.split(line)[1:])
    assert "“53” instead of “51”" in capsys.readouterr().out


def test_the_files_it_names_exist() -> None:
    assert [name for name in FILES if not (REPOSITORY / name).exists()] == []


def test_it_names_every_file_or_its_folder() -> None:
    paths = [file.relative_to(REPOSITORY).as_posix() for file in PRODUCT]
    folders = tuple(name for name in FILES if name.endswith("/"))
    entries = ("/__init__.py", "/__main__.py")
    assert [
        path for path in paths if path not in FILES and not path.startswith(folders) and not path.endswith(entries)
    ] == []
