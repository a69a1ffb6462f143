"""How an answer looks: templates, CSS, JavaScript, and what they are filled with. Knows nothing of Gradio."""

from pathlib import Path

from qa.page.exchange import Exchange
from qa.page.views import (
    article,
    build_report,
    build_state,
    conversation,
    found,
    front_page,
    masthead,
    message,
    quote_check,
    rail,
    tools,
    viewer,
)

CSS = Path(__file__).with_name("page.css")
PAGE_SCRIPT = Path(__file__).with_name("page.js")
PART_SCRIPT = Path(__file__).with_name("part.js")
TALKS = Path(__file__).with_name("templates") / "talks.html"
TALKS_SCRIPT = Path(__file__).with_name("talks.js")
TOOLS_SCRIPT = Path(__file__).with_name("tools.js")

__all__ = [
    "CSS",
    "PAGE_SCRIPT",
    "PART_SCRIPT",
    "TALKS",
    "TALKS_SCRIPT",
    "TOOLS_SCRIPT",
    "Exchange",
    "article",
    "build_report",
    "build_state",
    "conversation",
    "found",
    "front_page",
    "masthead",
    "message",
    "quote_check",
    "rail",
    "tools",
    "viewer",
]
