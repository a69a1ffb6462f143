"""How an answer looks: HTML, CSS, JavaScript. Knows nothing of Gradio."""

from pathlib import Path

from qa.page import findings
from qa.page.archive import empty_page, front_page, masthead, rail
from qa.page.conversation import BROKEN, NOTED, Turn, conversation, found, message
from qa.page.newsroom import build_report, build_state
from qa.page.tools import tools
from qa.page.viewer import viewer

CSS = Path(__file__).with_name("page.css")
PAGE_SCRIPT = Path(__file__).with_name("page.js")
PART_SCRIPT = Path(__file__).with_name("part.js")
TOOLS_SCRIPT = Path(__file__).with_name("tools.js")

__all__ = [
    "BROKEN",
    "CSS",
    "NOTED",
    "PAGE_SCRIPT",
    "PART_SCRIPT",
    "TOOLS_SCRIPT",
    "Turn",
    "build_report",
    "build_state",
    "conversation",
    "empty_page",
    "findings",
    "found",
    "front_page",
    "masthead",
    "message",
    "rail",
    "tools",
    "viewer",
]
