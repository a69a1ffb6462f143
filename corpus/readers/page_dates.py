"""When a page was published: what it states for machines, then its address, then what it shows to readers.

The last resort is htmldate, which has its home here; it also guesses (a year in a footer becomes the first of January),
so that a day of its counts only where the page shows it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from corpus.dates import day_in_address, parse_date, today
from corpus.readers.record import Dated

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What holds the date for machines, beside meta elements and JSON-LD, the most telling first.
_MICRODATA = (
    "//*[@itemprop='datePublished' or @itemprop='dateCreated']"
    "|//*[contains(@property,':datePublished') or contains(@property,':dateCreated')]"
)
_ELEMENTS = (
    "//abbr[contains(@class,'published')]|//span[@class='updated' or @class='published'][@title]|//time[@pubdate]",
    "//*[self::time or self::span][contains(@class,'entry-date') or contains(@class,'published')]",
)
_IN_SCRIPT = re.compile(
    r'"(?:date_?)?publi(?:shed|sh|cation)(?:_?(?:at|date|time|on))?"\s*:\s*"(\d{4}-\d\d-\d\d)', re.I
)
_ATTRIBUTES = ("datetime", "content", "title")
# Parts of a page that hold other dates than that of the article.
_UNSEEN = ("script", "style")
_ELSEWHERE = ("noscript", "template", "footer", "aside", "nav", "form", "select", "button")
_ELSEWHERE_NAMED = re.compile(
    r"comment|(?<![\w-])footer|sidebar|related|recommend|popular|copyright|cookie|archive|calendar|widget|repl(?:y|ies)"
    r"|\bnav|\bmore\b|latest|\blist\b|event",
    re.IGNORECASE,
)
_DATE_NAMED = re.compile(
    r"date(?!l)|datum|time|publi|posted|created|submitted|fecha|parution|zeit|stamp", re.IGNORECASE
)
_BYLINE_NAMED = re.compile(r"byline|meta|author|info|doc", re.IGNORECASE)
_CHANGED = re.compile(
    r"updat|modif|amend|correct|aktualis|mis à jour|actualiz|geändert|letzte|last|stand\b", re.IGNORECASE
)
_PUBLISHED = re.compile(r"publi|posted|erschien|veröffentlicht|erstellt|created|^(?:vom|datum|le|on)\b", re.IGNORECASE)
# Characters: a date line is short, a paragraph of the text is not.
_LONGEST_LINE, _SHORTEST_PARAGRAPH, _BARE = 150, 200, 40
# No capital letter before a full stop: the end of a sentence.
_SENTENCE = re.compile(r"[^\W_A-Z]{2}[”\"»’]?[.!?…][”\"»’]?$")
# What a date line scores: for its element's name, its place by the headline, its words; and what is enough.
_ENOUGH = 3
_LABEL = re.compile(
    r"(?:(?:first |last )?(?:published|posted|updated)|veröffentlicht|publié|mis à jour|publicado|actualizado|stand"
    r"|datum|date)\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_FEW_WORDS = 3
# Hours of UTC in which it is another day in America, or in Asia.
_WEST, _EAST = 7, 14
_UTC = re.compile(r"\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*(?:Z|UTC|GMT|[+-]00:?00)\s*$")


def published(tree: "HtmlElement", address: str, stated: Iterable[Dated], weakly: Iterable[Dated]) -> Dated | None:
    """The day of publication and how it was found; None where the page does not show it.

    `stated` is what machines are told of the article, the most telling first, `weakly` what they are told of the page.
    """
    day = day_in_address(address)
    if day:
        return Dated(day, "address")
    found = next(
        (dated for dated in (*stated, *_elements(tree, _MICRODATA), *weakly, *_marked(tree)) if _is_day(dated.value)),
        None,
    )
    if not found:
        scripted = _in_scripts(tree)  # Before scripts are taken out of what is shown.
        return _shown(tree) or _searched(tree) or scripted
    neighbour = _local_neighbour(found.value)
    shown = _shown(tree) if neighbour else None
    return shown if shown and parse_date(shown.value) == neighbour else found


def _is_day(value: object) -> bool:
    """Whether a value names a day that has been; tomorrow's is today's further east."""
    day = parse_date(value)
    return day is not None and day <= today() + timedelta(days=1)


def _elements(tree: "HtmlElement", path: str) -> Iterator[Dated]:
    for element in tree.xpath(path):
        values = [element.get(name) for name in _ATTRIBUTES] + [_words(element)]
        yield from (Dated(value, "time element") for value in values if value and len(value) <= _LONGEST_LINE)


def _marked(tree: "HtmlElement") -> Iterator[Dated]:
    """What stands in elements for dates, the only one of all where the page tells them by no name."""
    for path in _ELEMENTS:
        yield from _elements(tree, path)
    times = [dated for dated in _elements(tree, "//time") if _is_day(dated.value)]
    if len({parse_date(dated.value) for dated in times}) == 1:
        yield times[0]


def _in_scripts(tree: "HtmlElement") -> Dated | None:
    """The day of publication that the page's programs work with, where they name one alone."""
    days = {day for script in tree.iter("script") for day in _IN_SCRIPT.findall(script.text or "")}
    return Dated(days.pop(), "script") if len(days) == 1 and all(map(_is_day, days)) else None


def _local_neighbour(value: object) -> date | None:
    """The day that it may have been where the page was published, of a stamp in UTC near midnight."""
    if not isinstance(value, str) or not _UTC.search(value):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if _WEST <= moment.hour < _EAST:
        return None
    day = parse_date(value)
    return day + timedelta(days=-1 if moment.hour < _WEST else 1) if day else None


# What readers see


def _shown(tree: "HtmlElement") -> Dated | None:
    """The date line of the article: a short text with a whole day, by its element's name and its place."""
    lines = list(_lines(tree))
    head = _headline(tree, lines)
    body = next((n for n in range(head + 1, len(lines)) if len(lines[n][0]) > _SHORTEST_PARAGRAPH), len(lines))
    best, line = 0, ""
    for number, (words, names, _) in enumerate(lines):
        if not is_date_line(words):
            continue
        score = (2 if _DATE_NAMED.search(names) else bool(_BYLINE_NAMED.search(names))) + (len(words) < _BARE)
        score += 3 if head <= number < body else 2 * (head - 8 < number < head)
        score += 1 if _PUBLISHED.search(words) else -2 * bool(_CHANGED.search(words))
        if score > best:
            best, line = score, words
    return Dated(line, "page text") if best >= _ENOUGH else None


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


def _lines(tree: "HtmlElement") -> Iterator[tuple[str, str, str]]:
    """The texts of a page in order, each with the names of its elements and its tag: short elements are one."""
    from lxml import etree

    body = tree.find(".//body")
    if body is None:
        return
    etree.strip_elements(body, *_UNSEEN, with_tail=False)
    lengths = _lengths(body)
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        whole = event == "start" and lengths.get(element, 0) <= _LONGEST_LINE
        if event == "end":
            words, names, tag = element is not body and " ".join((element.tail or "").split()), "", ""
        elif not isinstance(element.tag, str) or _is_elsewhere(element, lengths[element], lengths[body]):
            words, whole = "", True
        else:
            words, names, tag = _words(element) if whole else " ".join((element.text or "").split()), "", element.tag
            names = _names(element) if words else ""
        if whole:
            walk.skip_subtree()
        if words:
            yield words, names, tag


def _lengths(body: "HtmlElement") -> dict["HtmlElement", int]:
    """How many characters the text of each element has."""
    from lxml import etree

    lengths: dict[HtmlElement, int] = {}
    for element in reversed(list(body.iter(etree.Element))):
        own = len((element.text or "").strip())
        lengths[element] = own + sum(lengths.get(child, 0) + len((child.tail or "").strip()) for child in element)
    return lengths


def _is_elsewhere(element: "HtmlElement", length: int, whole: int) -> bool:
    """Whether a part of the page is beside the article: by its tag or its name, unless most of the page is in it."""
    if element.tag == "aside" and length < _LONGEST_LINE:
        return False
    named = element.tag in _ELSEWHERE or _ELSEWHERE_NAMED.search(f"{element.get('class')} {element.get('id')}")
    return bool(named) and length < whole / 3 and element.find(".//h1") is None


def _names(element: "HtmlElement") -> str:
    """The names of a short element, of those in it and of the two round it."""
    near = [element, *element.iterdescendants(), *list(element.iterancestors())[:2]]
    return " ".join(f"{one.tag} {one.get('class')} {one.get('id')} {one.get('itemprop')}" for one in near[:10])


def _headline(tree: "HtmlElement", lines: list[tuple[str, str, str]]) -> int:
    """The number of the line that is most like the page's title, 0 where none is."""
    title = set(" ".join(tree.xpath("//title/text()|//meta[@property='og:title']/@content")).casefold().split())
    best, number = 0.0, 0
    for place, (words, names, tag) in enumerate(lines):
        level = next((level for level in ("h1", "h2", "h3") if tag == level or f" {level} " in f" {names} "), "")
        if level:
            mine = set(words.casefold().split())
            likeness = len(mine & title) / len(mine | title) * {"h1": 1.5, "h2": 1, "h3": 0.9}[level] + 0.05 * (
                level == "h1"
            )
            if likeness > best:
                best, number = likeness, place
    return number


def _searched(tree: "HtmlElement") -> Dated | None:
    """What htmldate finds, where a line of the page says that day."""
    import htmldate

    found = htmldate.find_date(tree, original_date=True, outputformat="%Y-%m-%d")
    lines = (words for words, _, _ in _lines(tree) if found and is_date_line(words) and not _CHANGED.search(words))
    line = next((words for words in lines if parse_date(words) == parse_date(found)), None)
    return Dated(line, "page text") if line else None


def _words(element: "HtmlElement") -> str:
    return " ".join(" ".join(element.itertext()).split())
