"""What is special about WordPress exports (WXR): posts that nobody was to see, and shortcodes in the text."""

import re
from collections.abc import Mapping

# Every kind of post that is no text to be read: attachments, menus, earlier versions, parts of the site's design.
_NO_POST = re.compile(
    r"attachment|revision|nav_menu_item|custom_css|customize_changeset|oembed_cache|user_request|wp_\w+"
)
_SHORTCODE = re.compile(r"\[/?(?P<name>[a-z][\w-]{1,40})(?P<attributes>(?:\s+[^\[\]<>]*)?)/?\]", re.IGNORECASE)
_KNOWN = frozenset(
    ("caption", "gallery", "embed", "audio", "video", "playlist", "more", "nextpage", "toc", "sharethis")
)


def is_post(entry: Mapping[str, object]) -> bool:
    """Whether an entry of a feed is a post, and no attachment or the like; entries of other feeds are."""
    return not _NO_POST.fullmatch(str(entry.get("wp_post_type", "")))


def why_hidden(entry: Mapping[str, object]) -> str:
    """Why a post was not for everyone to read, "draft" or "private"; empty for one that was published."""
    if entry.get("wp_post_password"):
        return "has a password"
    status = str(entry.get("wp_status", "publish"))
    return "" if status == "publish" else status


def without_shortcodes(text: str) -> str:
    """The text without [caption id="1"] and the like; "[sic]" stays."""
    return _SHORTCODE.sub(lambda found: "" if _is_shortcode(found, text) else found[0], text) if "[" in text else text


def _is_shortcode(found: re.Match[str], text: str) -> bool:
    name = found["name"].lower()
    return name in _KNOWN or "=" in found["attributes"] or f"[/{name}]" in text
