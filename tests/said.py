"""Every text that the page may say: what its templates ask for, and the sentences that the rooms below it make."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "qa" / "page" / "templates"
_MADE_BY = {"Message", "say", "say_in_html", "say_number"}
_VALUE = re.compile(r"%\((?!choices)(\w+)\)s")  # those in the help of a command are argparse's


def values(text: str) -> set[str]:
    """The names of the values that fill a text."""
    return set(_VALUE.findall(text))


def of_templates() -> Iterator[str | tuple[str, ...]]:
    """The texts of the templates; where the number counts, both forms."""
    for file in sorted(TEMPLATES.glob("*.html")):
        with file.open("rb") as stream:
            for _, _, text, _ in babel_extract(stream, ("_", "ngettext"), (), {}):
                yield tuple(part for part in text if part) if isinstance(text, tuple) else text


def of_modules() -> Iterator[str | tuple[str, ...]]:
    """The texts of the modules: what is given to `Message` and its like, and every text with named values."""
    for file in sorted(file for room in ("corpus", "index", "qa") for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MADE_BY:
                texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if texts:
                    yield tuple(texts) if node.func.id == "say_number" else texts[0]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and values(node.value):
                yield node.value


def all_texts() -> set[str | tuple[str, ...]]:
    """Each text once; the two forms of one that goes with a number are a pair."""
    found = {*of_templates(), *of_modules()}
    pairs = {part for text in found if isinstance(text, tuple) for part in text}
    return {text for text in found if text not in pairs}
