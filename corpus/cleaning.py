"""From what a file says to what was published: every rule is listed, with a text that shows it, in docs/cleaning.md."""

import functools
import html
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

from corpus.article import Article

# UTF-8 that was read as Latin: "Ã©", "â€™", "Â£", as no language writes them.
_MOJIBAKE = re.compile(r"[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_BLOCKS = "p|div|ul|ol|li|h[1-6]|blockquote|figure|figcaption|table|tr|section|article"
_INLINE = "a|abbr|b|cite|code|em|font|hr|i|iframe|img|q|s|small|span|strong|sub|sup|td|th|time|u"
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# What is hidden, and how it ends.
_HIDDEN = [
    (re.compile(rf"{begin}.*?{end}", re.IGNORECASE | re.DOTALL), re.compile(end, re.IGNORECASE))
    for begin, end in (
        ("<!--", "-->"),
        *((rf"<{tag}\b[^<>]*>", rf"</{tag}\s*>") for tag in ("script", "style", "iframe")),
    )
]
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[\da-f]{1,5}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
# What typesetting makes of "ff", "fi", "fl", "ffi", "ffl" and "st".
_LIGATURES = {ligature: unicodedata.normalize("NFKC", ligature) for ligature in map(chr, range(0xFB00, 0xFB07))}
# What no reader sees and every store chokes on: controls, lone surrogates, soft hyphens, zero-width marks.
_UNSEEN = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff"
_ODD = re.compile(rf"[{_UNSEEN}{''.join(_LIGATURES)}]")
_WORDS = tomllib.loads(files("corpus").joinpath("cleaning.toml").read_text("utf-8"))
_PLAYERS = [(re.compile(pattern, re.MULTILINE), instead) for pattern, instead in _WORDS["players"]]
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\u0085\u2028\u2029]")
_BLANKS = " \t\u00a0"
_BLANK_LINES = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    r"""The text in NFC, without unseen characters, with plain line ends and at most one blank line between paragraphs.

    "Zika\u00ad virus\r\n\r\n\r\n\r\nRio\x00" gives "Zika virus\n\nRio".
    """
    text = _LINE_END.sub("\n", _without_html(_in_right_encoding(text)))
    text = unicodedata.normalize("NFC", _ODD.sub(lambda odd: _LIGATURES.get(odd[0], ""), text))
    for player, instead in _PLAYERS:
        text = player.sub(instead, text)
    lines = (line.rstrip(_BLANKS) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _in_right_encoding(text: str) -> str:
    if not _MOJIBAKE.search(text):
        return text
    import ftfy

    return "\n".join(ftfy.fix_encoding(line) if _MOJIBAKE.search(line) else line for line in text.split("\n"))


def _without_html(text: str) -> str:
    if "<" in text:
        text = _BLOCK.sub("\n\n", _BREAK.sub("\n", _without_hidden(text)))
        text = _TAG.sub("", text)
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def _without_hidden(text: str) -> str:
    """Without scripts, styles, frames and comments; what begins after the last end of its kind is none.

    To look for an end at every beginning would take hours where there are many and no end.
    """
    for whole, end in _HIDDEN:
        *_, last = 0, *(found.end() for found in end.finditer(text))
        text = whole.sub("", text[:last]) + text[last:]
    return text


def clean_line(line: str) -> str:
    """A headline, name or byline on one line, cleaned as text is."""
    return " ".join(clean_text(line).split())


def without_repeated_headline(title: str, text: str) -> str:
    r"""The text without the opening lines that only say the headline again, once or several times over.

    "Strikes urged" over the text "Strikes urgedStrikes urged\n\nDozens of officials" leaves "Dozens of officials". A
    newsflash that says nothing but its headline stays as it is.
    """
    headline = _letters(title)
    lines = text.split("\n")
    first = 0
    for number, line in enumerate(lines, start=1):
        letters = _letters(line)
        if not headline or letters.replace(headline, ""):
            break
        if letters:
            first = number
    return "\n".join(lines[first:]).strip() or text.strip()


def _letters(line: str) -> str:
    return "".join(character for character in line.casefold() if character.isalnum())


# What an outlet repeats

# In so many articles of one outlet such a line is a habit.
_OFTEN = 5


class Boilerplate:
    """Counts lines that are no news in all articles first, then takes those that an outlet often has out of each.

    `known` are the `habits` of an earlier count.
    """

    def __init__(self, known: Mapping[str, list[str]] | None = None) -> None:
        self._seen: dict[str, Counter[str]] = defaultdict(Counter)
        self._known = dict(known or {})

    @functools.cached_property
    def habits(self) -> dict[str, list[str]]:
        """What each outlet often says; asked when all is counted."""
        often = {outlet: [line for line in seen if seen[line] >= _OFTEN] for outlet, seen in self._seen.items()}
        return {outlet: lines for outlet, lines in (often | self._known).items() if lines}

    def count(self, article: Article) -> None:
        """Take note of an article."""
        lowered = article.text.lower()
        said = [words for words in _WORDS["says"] if words in lowered]
        lines = [line for line in article.text.split("\n") if any(words in line.lower() for words in said)]
        self._seen[article.source].update({line.strip() for line in lines})

    def without(self, article: Article) -> Article:
        """The article without them; itself where it has none, or would have nothing else."""
        habits = {line for line in self.habits.get(article.source, ()) if line in article.text}
        if not habits:
            return article
        kept = "\n".join(line for line in article.text.split("\n") if line.strip() not in habits)
        text = re.sub(r"\n{3,}", "\n\n", kept).strip()
        return replace(article, text=text) if text and kept != article.text else article
