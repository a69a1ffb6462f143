"""An earlier question reworded: another question word, or one part exchanged; "" where a rule does not apply."""

import re

from qa.question.english import ASKS, FUNCTION, LISTS, PREPOSITIONS, TIME, YEAR, Name, content, either, names, words

_MOST_PARTS, _MOST_UNASKED = 8, 3  # words of a fragment, and of one without question mark
_LONGEST_TOPIC = 24  # words
_HELPER, _ASKING = either(LISTS["auxiliary"]) + r"\b", either(LISTS["asking"]) + r"\b"
_LEAD = re.compile(
    r"(?:(?:ok|okay|well|so|yes|no)\b,?\s+)*(?P<mark>(?:(?:and|but|or|also)\b,?\s+)?(?:(?:what|how)\s+about\s+)?)", re.I
)
_BARE = re.compile(
    r"(?:(?:and|but|so|ok|okay)\b,?\s+)*(?P<asked>when|where|why|how)"
    r"(?:\s+(?:was|is|were|did)\s+(?:that|this|it)(?:\s+(?:happen|occur|take\s+place))?)?\W*",
    re.I,
)
_CIRCUMSTANCE = re.compile(rf"(?:(?:when|where|why|how)\s+)?(?P<rest>{_HELPER}\s.*)", re.I | re.S)
DEFINING = re.compile(
    r"(?:(?:what|where|when)(?:['’]s|\s+is|\s+are)|what\s+happened\s+(?:in|to)"
    r"|who\s+(?:is|are)(?!\s+\w+(?:ed|ing|ible|able)\W*$))\s+(?P<thing>.+?)\W*",
    re.I,
)
_TELLING = re.compile(rf"(?i:(?:when|where|why|how)\s+)?(?i:{_HELPER})\s+(?P<thing>.+?)\s+[a-z]+\W*")
_OPENING = re.compile(
    rf"(?:(?:and|but|so|{either(PREPOSITIONS)})\s+)?"
    rf"(?:(?:how(?:\s+(?:many|much|\w+(?=\s+{_HELPER}\s)))?|{_ASKING})\b(?:['’]s)?\s*)?"
    rf"(?:{_HELPER}\s+)?(?:there\s+)?(?:happened\s+(?:to|in|at|on)\s+)?",
    re.I,
)
_TO_NEXT_PART = re.compile(rf"[^?,.;]*?(?=\s+{either(PREPOSITIONS)}\b|[?,.;]|\s*$)")


def fragment(question: str) -> str:
    """What a follow-up without a verb names to stand in a part of an earlier question: "in Libya", "the Guardian"."""
    lead = _LEAD.match(question)
    marked = bool(lead and lead["mark"])
    named = stem(question[lead.end() if lead and marked else 0 :])
    parts = (named if marked else uncapitalised(named)).split()
    if not 0 < len(parts) <= _MOST_PARTS or ASKS.intersection(parts):
        return ""
    asks, is_name = "?" in question, [name.text for name in names(question)] == [re.sub("^[Tt]he ", "", named)]
    by_preposition = parts[0] in PREPOSITIONS and (asks or len(parts) <= _MOST_UNASKED)
    fits = (marked and content(named)) or (is_name and asks) or by_preposition or TIME.fullmatch(named)
    return named if fits else ""


def asked_anew(question: str, previous: str) -> str:
    """For a bare "why?" or "when was that?": the earlier question of when, where, why or whether, asked that way."""
    bare, circumstance = _BARE.fullmatch(question), _CIRCUMSTANCE.fullmatch(previous)
    if not bare or not circumstance:
        return ""
    return f"{bare['asked'].capitalize()} {circumstance['rest'][0].lower()}{circumstance['rest'][1:]}"


def exchanged(question: str, previous: str) -> str:
    """For "and in Libya?": the earlier question with the part of that kind exchanged, or with the new one added."""
    new = fragment(question)
    time, named = TIME.search(new), names(new)
    if time and time.end() == len(new) and not any(name.text.endswith(time.group()) for name in named):
        previous, new = _at_another_time(previous, time.group()), new[: time.start()].strip()
        if not new:
            return previous
    if " " in new and words(new)[0] in PREPOSITIONS:
        return _with_another_part(previous, new[:1].lower() + new[1:])
    return _with_another_name(previous, new, named[0]) if named else ""


def topic(question: str) -> str:
    """What a question is about, in its own words without question word and helping verbs; "" if nothing is left."""
    parts = []
    for part in " ".join(question.split()).split(": "):
        told = re.sub(r"\b(?:do|does|did) ", "", _OPENING.sub("", stem(part), count=1))
        parts += [told] if content(told) else []
    return " ".join(", ".join(parts).split()[:_LONGEST_TOPIC])


def thing(question: str) -> str:
    """The one thing that a question defines ("what is Zika?") or tells of ("is the Great Barrier Reef dying?")."""
    defining, telling = DEFINING.fullmatch(question), _TELLING.fullmatch(question)
    match = defining or telling
    whole = match["thing"] if match else ""
    bare = re.sub(r"^(?:the|an?)\s", "", whole)
    is_one = defining or bare != whole or " " not in bare or bare in [name.text for name in names(question)]
    return re.sub(r"^an?\s", "the ", whole) if is_one and not FUNCTION.intersection(words(bare)) else ""


def uncapitalised(text: str) -> str:
    """The text without the capital of its opening, unless that is a name's."""
    return text[:1].lower() + text[1:] if FUNCTION.intersection(words(text)[:1]) else text


def _at_another_time(previous: str, time: str) -> str:
    """The time exchanged, a year also within a name ("Euro 2016"); else the time added."""
    year, old, old_year = YEAR.search(time), TIME.search(previous), YEAR.search(previous)
    if year and old_year and time.lower() in (year.group(), f"in {year.group()}"):
        return previous[: old_year.start()] + year.group() + previous[old_year.end() :]
    time = f"in {time}" if year and time == year.group() else uncapitalised(time)
    return previous[: old.start()] + time + previous[old.end() :] if old else f"{stem(previous)} {time}?"


def _with_another_part(previous: str, part: str) -> str:
    """The last part with the same preposition exchanged, unless it is a time; else the part added."""
    named = {name.start: name.end for name in names(previous)}
    preposition = re.escape(part.partition(" ")[0])
    for slot in reversed(list(re.finditer(rf"\b{preposition}\s+(?:the\s+)?", previous, re.I))):
        if (rest := _TO_NEXT_PART.match(previous, slot.end())) and not TIME.match(previous, slot.start()):
            return previous[: slot.start()] + part + previous[named.get(slot.end(), rest.end()) :]
    return f"{stem(previous)} {part}?"


def _with_another_name(previous: str, new: str, name: Name) -> str:
    """The first name of the same kind exchanged, else a person's for a group's or the other way round."""
    kinds = {"person", "group"} if name.kind in ("person", "group") else {name.kind}
    slots = [slot for slot in names(previous) if slot.kind in kinds]
    slot = min(slots, key=lambda slot: slot.kind != name.kind, default=None)
    if not slot or re.match(r"(?:which|what)\s+countr", previous, re.I):
        return ""
    before = re.sub(r"\bthe\s+$", "", previous[: slot.start], flags=re.I)
    after = previous[slot.end :].removeprefix(new.rpartition(name.text)[2])
    return before + (re.sub("['’]s$", "", new) if re.match("['’]s", after) else new) + after


def stem(text: str) -> str:
    """The text without the marks that end it; the stop of an abbreviation stays."""
    return re.sub(r"(?:[\s?!…,;]|(?<![A-Z])\.)+$", "", text).strip()
