"""How an answer looks: templates, CSS, JavaScript, and what they are filled with. Knows nothing of Gradio."""

from pathlib import Path


def asset(name: str) -> str:
    """The text of a file of this folder: a style sheet or a script."""
    return Path(__file__).with_name(name).read_text("utf-8")
