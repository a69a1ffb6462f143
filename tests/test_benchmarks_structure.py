"""`benchmarks.structure` on trees small enough to count by hand."""

from pathlib import Path

import pytest

from benchmarks.structure import circles, import_graph, line_table, main_road

README = """
## Reading the code

| file | what it does |
|---|---|
| `qa/ask.py`, `qa/page/view.py` | asks `Asker` |
| `app.py` | shows |

| files | what they do |
|---|---|
| `qa/page/` | looks |
"""
TREE = {
    "README.md": README,
    "app.py": "import qa\n",
    "corpus/__init__.py": "",
    "corpus/articles/sample.html": "<p>not counted</p>\n",
    "index/__init__.py": "",
    "qa/__init__.py": "from qa.ask import Asker\n",
    "qa/ask.py": "import json\n\ndef ask():\n    from qa.page.view import show, style\n",
    "qa/page/__init__.py": '"""Looks."""\n',
    "qa/page/view.py": "import corpus.nothing\nimport qa.ask\n",
    "qa/page/page.css": "a {}\nb {}\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_lines_are_counted_by_room(tree: Path) -> None:
    assert line_table(tree)[2:] == [
        "| app.py | 1 | 1 |  |",
        "| corpus | 1 | 0 |  |",
        "| index | 1 | 0 |  |",
        "| qa | 2 | 5 |  |",
        "| qa/page | 2 | 3 | 2 |",
        "| **all** | 7 | 9 | 2 |",
    ]


def test_the_main_road_is_the_first_table(tree: Path) -> None:
    assert main_road(tree) == ["qa/ask.py", "qa/page/view.py", "app.py"]


def test_the_graph_holds_imports_inside_functions_and_none_from_outside(tree: Path) -> None:
    assert import_graph(tree) == {
        "app": {"qa"},
        "corpus": set(),
        "index": set(),
        "qa": {"qa.ask"},
        "qa.ask": {"qa.page.view"},
        "qa.page": set(),
        "qa.page.view": {"corpus", "qa.ask"},
    }


@pytest.mark.parametrize(
    ("arrows", "expected"),
    [
        ([], []),
        (["ab", "bc", "ac"], []),
        (["ab", "ba"], [["a", "b"]]),
        (["ab", "bc", "ca", "cd", "de", "ed"], [["a", "b", "c"], ["d", "e"]]),
    ],
    ids=["nothing", "one way", "a pair", "two circles"],
)
def test_circles(arrows: list[str], expected: list[list[str]]) -> None:
    assert circles((arrow[0], arrow[1]) for arrow in arrows) == expected
