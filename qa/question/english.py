"""Small words, times and names of English; a name is a run of capitalised words, its kind a guess from word lists."""

import json
import re
from dataclasses import dataclass
from importlib.resources import files

from corpus.months import MONTHS, WEEKDAYS


def either(listed: frozenset[str]) -> str:
    """A regular expression for any one of the words, without a border at its end."""
    return f"(?:{'|'.join(sorted(listed))})"


def _with_or_without_capital(name: str) -> str:
    return f"[{name[0].upper()}{name[0]}]{name[1:]}"


_TO_TEN, _TO_TWENTY = (
    "one two three four five six seven eight nine ten",
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
)
NUMBERS = {word: value for value, word in enumerate(f"{_TO_TEN} {_TO_TWENTY}".split(), 1)}
# Regular expressions, without a border at their ends: "May", "may", "Sept.", "Monday".
MONTH = "|".join(
    _with_or_without_capital("may" if name == "may" else rf"{name[:3]}(?:{name[3:]}|t?\.|t(?!\w))?") for name in MONTHS
)
WEEKDAY = "|".join(map(_with_or_without_capital, WEEKDAYS))

_LISTED = json.loads(files("qa.question").joinpath("conversation_words.json").read_text("utf-8"))
LISTS: dict[str, frozenset[str]] = {name: frozenset(entry["words"]) for name, entry in _LISTED.items()}
LOCATIVE = LISTS["locative"]
PREPOSITIONS = LOCATIVE | LISTS["preposition"]
ASKS = LISTS["asking"] | LISTS["auxiliary"]
FUNCTION = ASKS | PREPOSITIONS | LISTS["determiner"] | LISTS["conjunction"] | LISTS["talk"]

# Where a follow-up was joined to the question before it.
JOINED = re.compile(rf", and (?=(?:{either(LISTS['asking'])}|{either(LISTS['auxiliary'])})\s+\w)", re.IGNORECASE)
_CALENDAR = frozenset({*MONTHS, *WEEKDAYS} - {"may"})
_NO_NAME = FUNCTION | _CALENDAR
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
TIME = re.compile(
    r"(?:\b(?:in|on|since|during|by|before|after|until)\s+)?(?:"
    rf"\b(?:the\s+)?(?:last|this|next|past|previous)\s+(?:\w+\s+)?{either(LISTS['period'] | _CALENDAR)}s?\b"
    rf"|\b\w+\s+{either(LISTS['period'])}s?\s+ago\b|\b{either(LISTS['now'].union(WEEKDAYS))}\b"
    rf"|\b(?:{either(_CALENDAR.difference(WEEKDAYS))}|May(?=\s+\d)|(?<=\bin\s)May)\b(?:\s+\d\d?\b)?(?:,?\s+{YEAR.pattern})?|{YEAR.pattern})",
    re.IGNORECASE,
)
_CAPITAL = r"(?:Mrs?|Ms|Dr|St)\.|(?:[^\W\d_a-zß-öø-ÿ]\.){2,}|(?:[^\W\d_a-zß-öø-ÿ]|i[A-Z])\w*(?:[-’'](?!s\b)\w+)*"
_PARTICLE = r"(?:of the|of|de la|de|von der|van der|von|van|bin|al|el|du|la)\s"
_NAME = re.compile(rf"\b(?:{_CAPITAL})(?:\s(?:{_PARTICLE})?(?:{_CAPITAL}|\d+(?![\w-]))){{0,7}}")
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\w+(?:[-’'](?!s\b)\w+)*")
_COMMON_OPENING = re.compile(r"[A-Z][a-z-]+(?:(?<![iu])s|ly)")
_PLACE_ENDING = re.compile(r"\w{3,}(?:[bdglmnrsv]ia|stan|burg|ville|shire|grad)")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text: `text[start:end]`; `lead` is the word before it in lower case, or ""."""

    text: str
    start: int
    end: int
    lead: str

    @property
    def kind(self) -> str:
        """The likeliest kind of what it stands for: "place", "event", "group", else "person"."""
        parts = [part.rstrip(".") for part in self.text.lower().split()]
        if LISTS["place"].issuperset(parts) or (len(parts) == 1 and _PLACE_ENDING.fullmatch(parts[0])):
            return "place"
        if parts[-1] in LISTS["event"] or re.search(r"\d", self.text):
            return "event"
        return "group" if parts[-1] in LISTS["group"] or self.text.isupper() else "person"


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order; "U.S." and "didn't" are one word, a possessive ’s is left out."""
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(text) if match.group() != "s"]


def content(text: str) -> list[str]:
    """The words of a text that say what it is about, in lower case and in order: no function words, no numbers."""
    return [word for word in words(text) if word not in FUNCTION and not word.isdigit()]


def names(text: str) -> list[Name]:
    """The names in a text, in order, without words of the calendar and capitals that only open a sentence."""
    found, shouts = [], text.isupper()
    for match in _NAME.finditer(text):
        is_title = FUNCTION.issuperset(words(match.group())) and " " in match.group()
        opens = _before(text, match.start()).rstrip(" \"“‘'")[-1:] in ("", ".", "!", "?", ":", ";", "\n")
        parts = [part.start() for part in _WORD.finditer(text, *match.span()) if _tells(part.group(), shouts, opens)]
        start = match.start() if is_title and not opens else next(iter(parts), match.end())  # "Take That"
        name = text[start : match.end()]
        if name and not (opens and start == match.start() and _COMMON_OPENING.fullmatch(name)):
            found.append(Name(name, start, match.end(), (words(_before(text, start)) or [""])[-1]))
    return found


def _before(text: str, start: int) -> str:
    """What stands right before a name: not all of a long text, which would be copied for each of its names."""
    return text[max(0, start - 30) : start]


def _tells(part: str, shouts: bool, opens: bool) -> bool:
    """Whether a capitalised word can be a name: no function word unless in capitals, no month unless May."""
    if part.isupper() and len(part) > 1 and not shouts:
        return not part.isdigit()  # US, WHO, IT
    return (part in ("May", "Will") and not opens) or not (part.lower() in _NO_NAME or part.isdigit())
