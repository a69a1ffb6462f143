"""XML of newsrooms: RSS, Atom and WordPress exports by feedparser, which has its home here; agencies' in agency_xml."""

import html
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from corpus.readers.agency_xml import items
from corpus.readers.record import Record, Source, UnreadableError, decoded, not_published

_FEEDS = ("rss", "feed", "RDF")
# Entities of a file's own can unfold to gigabytes, or name other files; newsrooms send none.
_OWN_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DECLARATION = re.compile(rb"""\A\s*<\?xml[^>]*?(?:encoding\s*=\s*["']([\w.:-]+)["'][^>]*)?\?>""")
_LONGEST_DECLARATION = 1_000
_TEXT_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Entities that HTML and the DTDs of agencies know: &mdash; and &eacute;, not &amp; and the like, which are XML's own.
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,30};")
# WordPress's posts that are no text to be read: attachments, menus, earlier versions, parts of the design.
_NO_POST = re.compile(
    r"attachment|revision|nav_menu_item|custom_css|customize_changeset|oembed_cache|user_request|wp_\w+"
)
# A WordPress export names its authors once, and its posts by their logins.
_AUTHOR = re.compile(
    r"<wp:author_login>(?:<!\[CDATA\[)?([^<\]]{1,100})(?:\]\]>)?</wp:author_login>(?:(?!</wp:author>).){0,1000}?"
    r"<wp:author_display_name>(?:<!\[CDATA\[)?([^<\]]{1,200})(?:\]\]>)?</wp:author_display_name>",
    re.DOTALL,
)
_SHORTCODE = re.compile(r"\[/?(?P<name>[a-z][\w-]{1,40})(?P<attributes>(?:\s[^\[\]<>]*)?)/?\]", re.IGNORECASE)
_SHORTCODES = frozenset(
    ("caption", "gallery", "embed", "audio", "video", "playlist", "more", "nextpage", "toc", "sharethis")
)


def read_xml(source: Source) -> Iterator[Record]:
    """The entries of a feed, the items of an agency's XML; UnreadableError for XML of another kind."""
    if _OWN_ENTITY.search(source.head()):
        message = "declares XML entities of its own, which are not read"
        raise UnreadableError(message)
    from lxml import etree

    content = _in_utf_8(source.content(), source.charset)
    events = etree.iterparse(io.BytesIO(content), events=("start",), resolve_entities=False, no_network=True)
    root = next((str(etree.QName(element).localname) for _, element in events), "")
    yield from _feed(content) if root in _FEEDS else items(content, root)


def _in_utf_8(content: bytes, charset: str) -> bytes:
    """The same XML in UTF-8 without a declaration, with characters for entities that XML itself does not know."""
    declared = _DECLARATION.match(content, 0, _LONGEST_DECLARATION)
    label = declared[1].decode() if declared and declared[1] else charset
    text = _TEXT_DECLARATION.sub("", decoded(content, label).lstrip("\ufeff"))
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _CONTROLS.sub(" ", text)).lstrip().encode()


def _feed(content: bytes) -> Iterator[Record]:
    import feedparser

    display_names = dict(_AUTHOR.findall(content.decode()))
    feed = feedparser.parse(io.BytesIO(content), resolve_relative_uris=False, sanitize_html=False)
    for number, entry in enumerate(feed.entries, start=1):
        if _NO_POST.fullmatch(str(entry.get("wp_post_type", ""))):
            continue
        status = "has a password" if entry.get("wp_post_password") else str(entry.get("wp_status", "publish"))
        if status == "publish":
            yield Record(number, _entry(entry, feed.feed.get("title", ""), display_names))
        else:
            yield Record(number, reason=not_published(status))


def _entry(entry: Any, feed_title: str, display_names: Mapping[str, str]) -> dict[str, object]:  # noqa: ANN401 (feedparser's own kind of dict)
    """What one entry says; its text is the longest that it carries, the summary where it carries no other."""
    logins = [author.get("name", "") for author in entry.get("authors", [])]
    authors = [display_names.get(login) or login for login in logins]
    texts = [content.get("value", "") for content in entry.get("content", [])] + [entry.get("summary", "")]
    return {
        "title": entry.get("title", ""),
        "text": _without_shortcodes(max(texts, key=len)),
        "published": entry.get("published") or entry.get("created") or entry.get("updated"),
        "authors": authors if len(authors) > 1 else "".join(authors),
        "source": entry.get("source", {}).get("title") or feed_title,
        "url": entry.get("link", ""),
        "id": entry.get("id", ""),
    }


def _without_shortcodes(text: str) -> str:
    """The text without WordPress's [caption id="1"] and the like; "[sic]" stays."""

    def kept(found: re.Match[str]) -> str:
        name = found["name"].lower()
        return "" if name in _SHORTCODES or "=" in found["attributes"] or f"[/{name}]" in text else found[0]

    return _SHORTCODE.sub(kept, text)
