"""How an answer looks: templates, CSS, JavaScript, and what they are filled with. Knows nothing of Gradio."""

from pathlib import Path


def asset(name: str) -> str:
    """The text of a file of this folder: a style sheet or a script."""
    return Path(__file__).with_name(name).read_text("utf-8")


def script() -> str:
    """What the page runs once it is there: one script, which waits for the page in the reader's language."""
    return f"(async () => {{\n{''.join(map(asset, ('page.js', 'panels.js', 'talks.js')))}}})();"
