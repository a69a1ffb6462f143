"""When a page was published: what it states for machines, then its address, then what it shows to readers.

The last resort is htmldate, which has its home here; it also guesses (a year in a footer becomes the first of January),
so that a day of its counts only where the page shows it.
"""

import contextlib
import copy
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from corpus.dates import day_in_address, parse_date, today
from corpus.readers.record import Dated, Element

# What holds the date for machines, beside meta elements and JSON-LD, the most telling first.
_MICRODATA = (
    "//*[@itemprop='datePublished' or @itemprop='dateCreated']"
    "|//*[contains(@property,':datePublished') or contains(@property,':dateCreated')]"
)
_ELEMENTS = (
    "//abbr[contains(@class,'published')]|//span[@class='updated' or @class='published'][@title]|//time[@pubdate]",
    "//*[self::time or self::span][contains(@class,'entry-date') or contains(@class,'published')]",
)
# Parts of a page that hold other dates than that of the article.
_ELSEWHERE = ("noscript", "template", "footer", "aside", "nav", "form", "select", "button")
_ELSEWHERE_NAMED = re.compile(
    r"comment|(?<![\w-])footer|sidebar|related|recommend|popular|copyright|cookie|archive|calendar|widget|repl(?:y|ies)"
    r"|\bnav|\bmore\b|latest|\blist\b|event",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# Hours of UTC in which it is another day in America, or in Asia.
_WEST, _EAST = 7, 14
_UTC = re.compile(r"\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*(?:Z|UTC|GMT|[+-]00:?00)\s*$")
# Characters: a date line is short, a paragraph of the text is not.
_LONGEST_LINE, _BARE = 150, 40
# No capital letter before a full stop: the end of a sentence.
_SENTENCE = re.compile(r"[^\W_A-Z]{2}[”\"»’]?[.!?…][”\"»’]?$")
_LABEL = re.compile(
    r"\W?(?:(?:first |last )?(?:published|posted|updated)|veröffentlicht|publié|mis à jour|publicado|actualizado|stand"
    r"|datum|date)\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_FEW_WORDS = 3


def published(tree: Element, address: str, stated: Iterable[Dated], weakly: Iterable[Dated]) -> Dated | None:
    """The day of publication and how it was found; None where the page does not show it.

    `stated` is what machines are told of the article, the most telling first, `weakly` what they are told of the page.
    """
    day = day_in_address(address)
    if day:
        return Dated(day, "address")
    times = [dated for dated in _elements(tree, "//time") if _is_day(dated.value)]
    # The only day of all elements for dates, where the page tells them by no name.
    only = times[:1] if len({parse_date(dated.value) for dated in times}) == 1 else []
    marked = (dated for path in _ELEMENTS for dated in _elements(tree, path))
    told = (*stated, *_elements(tree, _MICRODATA), *weakly, *marked, *only)
    found = next((dated for dated in told if _is_day(dated.value)), None)
    if not found:
        return _searched(tree)
    neighbour = _local_neighbour(found.value)
    seen = _seen(tree) if neighbour else tree
    local = neighbour and _shows(seen, str(neighbour)) and not _shows(seen, str(parse_date(found.value)))
    return Dated(neighbour, "page text") if local else found


def _is_day(value: object) -> bool:
    """Whether a value names a day that has been; tomorrow's is today's further east."""
    day = parse_date(value)
    return day is not None and day <= today() + timedelta(days=1)


def _elements(tree: Element, path: str) -> Iterator[Dated]:
    for element in tree.xpath(path):
        shown = " ".join(" ".join(element.itertext()).split())
        values = (element.get("datetime"), element.get("content"), element.get("title"), shown)
        yield from (Dated(value, "time element") for value in values if value and len(value) <= _LONGEST_LINE)


def _searched(tree: Element) -> Dated | None:
    """The day that htmldate finds, where the page shows it by itself, or only to machines: not in a sentence alone."""
    import htmldate

    found = htmldate.find_date(copy.deepcopy(tree), original_date=True, extensive_search=True)
    if not found:
        return None
    seen = _seen(tree)
    if _shows(seen, found):
        return Dated(found, "page text")
    said = any(str(parse_date(" ".join(text.split()))) == found for text in seen.itertext() if _DIGIT.search(text))
    # Of a month or a year alone, as footers have it, htmldate makes the first of it.
    return None if said or found.endswith("-01") else Dated(found, "guess")


def _seen(tree: Element) -> Element:
    """What readers see of the page."""
    from lxml import etree

    seen = copy.deepcopy(tree.find(".//body") if tree.find(".//body") is not None else tree)
    etree.strip_elements(seen, "script", "style", with_tail=False)
    return seen


def _local_neighbour(value: object) -> date | None:
    """The day that it may have been where the page was published, of a stamp in UTC near midnight."""
    with contextlib.suppress(ValueError):
        if isinstance(value, str) and _UTC.search(value):
            moment = datetime.fromisoformat(value.strip())
            days = -1 if moment.hour < _WEST else 1 if moment.hour >= _EAST else 0
            return moment.date() + timedelta(days=days) if days else None
    return None


def _shows(seen: Element, day: str) -> bool:
    """Whether a short element, or a short text beside elements, says a day in the article itself."""
    short = f"[string-length(normalize-space()) <= {_LONGEST_LINE}]"
    whole = len(seen.text_content())
    for line in seen.xpath(f".//*{short}|.//text(){short}"):
        is_text = isinstance(line, str)
        words = " ".join((line if is_text else line.text_content()).split())
        if _DIGIT.search(words) and str(parse_date(words)) == day and is_date_line(words):
            inner = line.getparent() if is_text else line
            # A label speaks of the whole page, wherever it stands: "Published 17 June 2016".
            if _LABEL.match(words) or not any(_is_elsewhere(part, whole) for part in (inner, *inner.iterancestors())):
                return True
    return False


def _is_elsewhere(part: Element, whole: int) -> bool:
    """Whether a part of the page is beside the article, by its tag or its name, and not most of the page."""
    if not (part.tag in _ELSEWHERE or _ELSEWHERE_NAMED.search(f"{part.get('class')} {part.get('id')}")):
        return False
    length = len(part.text_content())
    return length < whole / 3 and part.find(".//h1") is None and not (part.tag == "aside" and length < _LONGEST_LINE)


def is_date_line(words: str) -> bool:
    """Whether a line is short, says a whole day, and is no sentence that only happens to name one."""
    if len(words) > _LONGEST_LINE or not any(map(str.isdecimal, words)) or not _is_day(words):
        return False
    return len(words) < _BARE or not _SENTENCE.search(words)


def is_date_alone(words: str) -> bool:
    """Whether a line says the day of publication and nothing else: "Updated 9:10 AM ET, Fri June 17, 2016"."""
    if not is_date_line(words) or words.endswith((".", "!", "?", ":")):
        return False
    return bool(_LABEL.match(words)) or (words[0].isdecimal() and len(_LETTERS.findall(words)) <= _FEW_WORDS)
