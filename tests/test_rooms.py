"""The rooms: imports point one way, each heavy package has one home, and importing `qa` loads none of them."""

import ast
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

import pytest
from running import REPOSITORY, Command

from corpus.readers import FORMATS

# Who comes later may import who comes earlier.
ROOMS = ("corpus", "index", "qa", "app")
# The same inside a room. Entry points, adapters and helpers stand outside these lines.
LINES = {
    "index": ("models", "archive", "stores", "generations", "local", "opening"),
    "index, on a cluster": (
        "models",
        "archive",
        "stores",
        "generations",
        "writer",
        "building",
        "opensearch",
        "opening",
    ),
    "index, building": ("models", "archive", "stores", "generations", "verify", "writer", "building", "build", "watch"),
    "qa": (
        "question",
        "search",
        "reading",
        "findings",
        "answer",
        "loading",
        "finding",
        "retriever",
        "evaluation",
    ),
    "qa, page": ("question", "search", "reading", "findings", "answer", "finding", "retriever", "web", "page"),
}
# What questions know of the archive: the seam, the model, one spelling of words. Whoever builds knows more.
SEAM = {
    "index.archive",
    "index.opening",
    "index.models.choice",
    "index.models.cone",
    "index.models.embedder",
    "index.models.differences",
    "index.models.model_files",
    "index.stores.spelling",
    "index.terms",
}
BUILDERS = {"qa/web/archives.py", "qa/web/indexer.py"}
HOMES = {
    "babel": "corpus/months.py, qa/page/languages/__init__.py",
    "chromadb": "index/stores/vectors.py",
    "datasketch": "corpus/stories.py",
    "feedparser": "corpus/readers/news_xml.py",
    "gradio": "app.py",
    "httpx": "index/models/loading.py, index/models/server.py, qa/web/model.py",
    "opensearchpy": "index/opensearch/engine.py",
    "ray": "index/models/workers.py",
    "sentence_transformers": "index/models/embedder.py, index/models/loading.py",
    "tantivy": "index/stores/keywords.py",
    "tiktoken": "corpus/chunking.py",
    "py3langid": "corpus/languages/__init__.py",
    "striprtf": "corpus/readers/office.py",
    "torch": "index/models/differences.py, index/models/embedder.py, index/models/loading.py, qa/reading/network.py",
    "trafilatura": "corpus/readers/html.py",
    "transformers": "index/models/embedder.py, index/models/loading.py",
} | {form.needs: f"{form.read.__module__.replace('.', '/')}.py" for form in FORMATS if form.needs}
ALL_KINDS = """
import a1.b as c, a2
from a3 import f
def g():
    if True:
        import a4
    from a5.j import k
async def l():
    importlib.import_module("a6.n")
class O:
    p = __import__("a7")
r = lambda: import_module("a8")
from . import t
"""


def imported(source: str) -> Iterator[str]:
    """The full names of what some source imports, inside functions and by name as well; "." for its own package."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from (f"{module}.{name.name}" for name in names)
            case ast.ImportFrom():
                yield "."
            case ast.Call(
                func=ast.Name("__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(str(module)), *_],
            ):
                yield module


IMPORTS = {
    file.relative_to(REPOSITORY).as_posix(): set(imported(file.read_text("utf-8")))
    for file in [REPOSITORY / "app.py", *(file for room in ROOMS for file in sorted((REPOSITORY / room).rglob("*.py")))]
}


def packages(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_every_kind_of_import_is_seen() -> None:
    assert packages(imported(ALL_KINDS)) == {"", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"}


def test_all_product_files_are_looked_at() -> None:
    assert {"app.py", "corpus/readers/text.py", "index/build.py", "qa/retriever.py", "qa/page/markup.py"} <= set(
        IMPORTS
    )


def test_imports_point_one_way() -> None:
    back = {}
    for path, names in IMPORTS.items():
        later = ROOMS[ROOMS.index(path.partition("/")[0].removesuffix(".py")) + 1 :]
        if wrong := packages(names) & {*later, "tests", "benchmarks", ""}:
            back[path] = wrong
    assert back == {}


def station(name: str, line: str) -> int:
    """Where a module or path lies on a line, counted from 0; -1 for none."""
    room = line.partition(",")[0]
    parts = name.removesuffix(".py").replace("/", ".").split(".")
    return LINES[line].index(parts[1]) if parts[0] == room and parts[1:2] and parts[1] in LINES[line] else -1


@pytest.mark.parametrize("line", LINES)
def test_imports_inside_a_room_point_one_way(line: str) -> None:
    back = [
        (path, name)
        for path, names in IMPORTS.items()
        for name in names
        if -1 < station(path, line) < station(name, line)
    ]
    assert back == []


def test_only_the_archive_is_known_to_questions() -> None:
    known = {
        (path, name)
        for path, names in IMPORTS.items()
        if path.startswith("qa/") and path not in BUILDERS
        for name in names
        if name.startswith("index") and not any(name.startswith(f"{module}.") for module in SEAM)
    }
    assert known == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    modules = {name.removesuffix(".py").replace("/", "."): name for name in IMPORTS if not name.endswith("__init__.py")}
    graph = {
        path: {modules[name] for full in names for name in (full, full.rpartition(".")[0]) if name in modules}
        for path, names in IMPORTS.items()
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, which names those of a circle


@pytest.mark.parametrize("package", HOMES)
def test_a_heavy_package_has_one_home(package: str) -> None:
    """But torch, with which weights of our own are computed with as well."""
    homes = set(HOMES[package].split(", "))

    assert {path for path, names in IMPORTS.items() if package in packages(names)} <= homes


@pytest.mark.parametrize("room", ROOMS[:-1])
def test_importing_a_room_loads_no_heavy_package(room: str, command: Command) -> None:
    """Nor what only some work needs: `python -m qa --help` takes 0.3 s."""
    late = [*HOMES, "chardet", "filelock", "platformdirs", "pydantic", "scipy", "urllib.request"]
    ended = command("-c", f"import sys, {room}; print([name for name in {late} if name in sys.modules])")

    assert (ended.stderr, ended.stdout) == ("", "[]\n")
