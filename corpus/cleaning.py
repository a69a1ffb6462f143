"""From what a file says to what was published. Every rule is listed here, with the text that shows it."""

import re
import unicodedata

# What no reader sees and every store chokes on: controls, lone surrogates, soft hyphens, zero-width marks.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\u0085\u2028\u2029]")
_BLANKS_AT_LINE_END = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    r"""The text in NFC, without unseen characters, with plain line ends and at most one blank line between paragraphs.

    "Zika\u00ad virus\r\n\r\n\r\n\r\nRio\x00" gives "Zika virus\n\nRio".
    """
    text = _LINE_END.sub("\n", text)
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    return _BLANK_LINES.sub("\n\n", _BLANKS_AT_LINE_END.sub("", text)).strip()


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
