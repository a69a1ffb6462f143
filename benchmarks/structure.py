"""How large the code is, room by room, and how its modules depend on one another.

    python -m benchmarks.structure [FOLDER]

Prints Markdown about the tree in FOLDER, by default this one: lines by room and of the main road that the README lists,
comments and blank lines included, and the import graph. An arrow leads from a module to each other module that it
imports, inside functions as well; a circle is a group of modules that import one another, directly or by way of others.
A room is a folder, or a module beside folders.
"""

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

_PRODUCT = ("app.py", "corpus", "index", "qa")
_OTHER_SOURCES = {".css", ".js", ".html", ".jinja"}

Arrows = set[tuple[str, str]]


def sources(root: Path) -> Iterator[Path]:
    """The product's source files under the root: Python, styles, scripts and templates; no data."""
    for name in _PRODUCT:
        folder = root / name
        files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        yield from (file for file in files if file.suffix in {".py", *_OTHER_SOURCES} and _is_code(file, root))


def import_graph(root: Path) -> dict[str, set[str]]:
    """For each module of the product, as `qa.search.ranking`, the other modules that it imports."""
    modules = {_module(file, root): file for file in sources(root) if file.suffix == ".py"}
    graph = {}
    for module, file in modules.items():
        names = set(_imported(ast.parse(file.read_text("utf-8"))))
        graph[module] = {_nearest(name, modules) for name in names} - {module, ""}
    return graph


def circles(arrows: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The groups of nodes that reach one another along the arrows, each in the order of the alphabet."""
    pairs = sorted(arrows)
    nodes = sorted({node for pair in pairs for node in pair})
    place = {node: number for number, node in enumerate(nodes)}
    starts, ends = [place[start] for start, _ in pairs], [place[end] for _, end in pairs]
    matrix = csr_array(([1] * len(pairs), (starts, ends)), shape=(len(nodes), len(nodes)))
    _, labels = connected_components(matrix, directed=True, connection="strong")
    groups: dict[int, list[str]] = {}
    for node, label in zip(nodes, labels.tolist(), strict=True):
        groups.setdefault(label, []).append(node)
    return [group for group in groups.values() if len(group) > 1]


def line_table(root: Path) -> list[str]:
    modules: Counter[str] = Counter()
    lines: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for file in sources(root):
        room, is_python = file.parent.relative_to(root).as_posix().replace(".", "app.py"), file.suffix == ".py"
        modules[room] += is_python
        lines[is_python][room] += len(file.read_text("utf-8").splitlines())
    table = ["| room | modules | lines of Python | lines of templates, styles, scripts |", "|---|---|---|---|"]
    table += [f"| {room} | {modules[room]} | {lines[True][room]:,} | {lines[False][room] or ''} |" for room in modules]
    totals = (modules.total(), lines[True].total(), lines[False].total())
    return [*table, "| **all** | {} | {:,} | {:,} |".format(*totals)]


def main_road(root: Path) -> list[str]:
    """The files of the README's first table under "Reading the code", in its order."""
    _, _, section = (root / "README.md").read_text("utf-8").partition("## Reading the code")
    rows = re.search(r"^\| file \|.*?(?=\n\n)", section, re.DOTALL | re.MULTILINE)
    return re.findall(r"`([\w/]+\.py)`", rows.group()) if rows else []


def graph_report(graph: Mapping[str, set[str]]) -> list[str]:
    """How many modules, arrows and circles there are: of each package by itself, of all, and between rooms."""
    arrows = {(start, end) for start, ends in graph.items() for end in ends}
    table = ["| | nodes | arrows | circles |", "|---|---|---|---|"]
    for package in ("corpus", "index", "qa"):
        inside = [module for module in graph if module.partition(".")[0] == package]
        table.append(_counts(f"modules of {package}", len(inside), {a for a in arrows if set(a) <= set(inside)}))
    table.append(_counts("all modules", len(graph), arrows))
    between = {(_room(start), _room(end)) for start, end in arrows if _room(start) != _room(end)}
    return [*table, _counts("rooms", len({_room(module) for module in graph}), between)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Count, and print the tables."""
    parser = argparse.ArgumentParser("python -m benchmarks.structure", description="Count lines and imports.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent.parent)
    root = parser.parse_args(arguments).folder
    road = main_road(root)
    length = sum(len((root / name).read_text("utf-8").splitlines()) for name in road)
    lines = [*line_table(root), "", f"Main road: {len(road)} files, {length:,} lines.", ""]
    sys.stdout.write("\n".join([*lines, *graph_report(import_graph(root))]) + "\n")


def _is_code(file: Path, root: Path) -> bool:
    """Not an article of the sample archive, which may be HTML."""
    return "articles" not in file.relative_to(root).parent.parts


def _module(file: Path, root: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _imported(tree: ast.AST) -> Iterator[str]:
    """The full dotted names that are imported anywhere in the tree."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{name.name}" for name in names)


def _nearest(name: str, modules: Mapping[str, Path]) -> str:
    """The module that the dotted name is, or is a part of; "" for one outside the product."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def _room(module: str) -> str:
    """`qa.search.ranking` is in the room `qa.search`; `qa.retriever` is one by itself."""
    return ".".join(module.split(".")[:2])


def _counts(name: str, nodes: int, arrows: Arrows) -> str:
    found = circles(arrows)
    return f"| {name} | {nodes} | {len(arrows)} | {'; '.join(' – '.join(group) for group in found) or 'none'} |"


if __name__ == "__main__":
    main()
