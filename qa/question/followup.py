"""A follow-up becomes a question that stands alone, by ordered rules over its words; knows nothing of the archive.

The first rule that yields one wins: the question before again ("go on"), or with another question word ("why?"),
pronouns resolved ("how old is he?"), a part exchanged ("and in Libya?"). What no rule completes is joined to the last
question that has a topic. A wrong guess is shown to the user, who can edit it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.question.english import ASKS, FUNCTION, JOINED, LISTS, LOCATIVE, TIME, content, either, names, words
from qa.question.rewording import DEFINING, asked_anew, exchanged, fragment, stem, thing, topic, uncapitalised

_LONGEST = 60  # words; a longer question is taken to hold all it needs
_MOST_PRONOUNS = 3
_FEW = 3  # telling words; a question of more is whole even if it speaks of "the memo"
_ONE_RELATION = 2  # telling words of "what was the cause of his death"
_PRONOUN = re.compile(r"(?<![\w-])(?:he|she|him|her|his|they|them|their|its?|(?:there|then)(?=\W*$))(?![\w-])", re.I)
# Uses of pronouns that stand for nothing: "is it safe to travel", "how hot does it get in Kuwait", in quotation marks.
_UP_TO = rf"(?:(?!{either(LISTS['intending'])}\b|\w+ed\b)\w+\s+){{0,4}}?(?:to|that|if|for|when|whether|who"
_IMPERSONAL = re.compile(
    rf"(?:\b(?:is|was|be)\s+it|^it\s+(?:is|was))\s+{_UP_TO})\b|\bit\s+{either(LISTS['weather'])}\s+{_UP_TO}|in|at|on)\b"
    r"|\bmakes?\s+it\s+(?:more|less|\w+er)\b|\bthere\s+(?:at|in|on)\b|[“\"][^”\"]*[”\"]",
    re.IGNORECASE,
)
_CLAUSE = re.compile(rf"[,;:?!—–(]|[a-z]{{3}}\.\s|\b{either(LISTS['clause'])}\b", re.IGNORECASE)
_POINTING = re.compile(r"\b(?P<article>the|that|this|these|those)(?:\s+(?P<noun>\w+))?\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question as it was searched, and the sentences that answered it, best first."""

    question: str
    evidence: tuple[str, ...]


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """The question as it must be searched: itself where it stands alone, else completed from turns, oldest first."""
    if not _leans(question, turns):
        return question
    followup = _cased(question, turns)
    talk = [Turn(_cased(turn.question, turns), turn.evidence) for turn in turns]
    previous, resolved = talk[-1].question, _resolved(followup, talk)
    again = previous if LISTS["more"].issuperset(words(followup)) else ""
    guesses = (again, asked_anew(followup, previous), resolved, exchanged(resolved, previous))
    for completed in [guess[:1].upper() + guess[1:] for guess in guesses if guess not in ("", followup)]:
        if not _leans(completed, turns):
            return completed
    asked = _last_with_topic(talk)
    about = topic(asked)
    plain = uncapitalised(followup if all(name.text in about for name in names(resolved)) else resolved)
    if about and ASKS.intersection(words(asked)[:1]):
        if words(plain) == words(asked)[:1]:
            return asked
        return f"{_opening(asked)}{re.sub('^(?:and|but|so),? ', '', plain)}"
    return f"{about[:1].upper()}{about[1:]}: {plain}" if about else question


def readings(question: str, turns: Sequence[Turn]) -> list[str]:
    """The other ways in which a follow-up may be meant: with its pronouns resolved, and as it stands."""
    talk = [Turn(_cased(turn.question, turns), turn.evidence) for turn in turns]
    resolved = _resolved(_cased(question, turns), talk)
    return [one for one in dict.fromkeys((resolved, question)) if one != standalone(question, turns)]


def continued(question: str, turns: Sequence[Turn]) -> str:
    """A question that stands alone but names nothing, joined to the last one with a topic; "" for any other.

    "what weapon was used" may be asked of the whole archive or go on with the question before.
    """
    if not turns or standalone(question, turns) != question or names(_cased(question, turns)):
        return ""
    asked = _last_with_topic(turns)
    if not ASKS.intersection(words(asked)[:1]) or not ASKS.intersection(words(question)[:1]):
        return ""
    return f"{_opening(asked)}{uncapitalised(question)}"


def joined_to(completed: str, turns: Sequence[Turn]) -> str:
    """A follow-up that was joined to an earlier question, alone, with what that one is about; "" for any other.

    "who was the gunman (people died in Orlando)": a reader that sees two questions answers the first.
    """
    for turn in reversed(turns):
        opening = _opening(turn.question)
        if completed.casefold().startswith(opening.casefold()):
            return f"{completed[len(opening) :].rstrip(' ?')} ({topic(turn.question)})"
    return ""


def _last_with_topic(turns: Sequence[Turn]) -> str:
    return next((turn.question for turn in reversed(turns) if topic(turn.question)), "")


def _opening(asked: str) -> str:
    return f"{stem(JOINED.split(asked)[0])}, and "


def _leans(question: str, turns: Sequence[Turn]) -> bool:
    """Whether a question needs the turns before it; not if joined to one, or if it names its topic before a colon."""
    about, colon, _ = question.partition(": ")
    named = colon and (content(about) or not about[1:].islower())
    named = named or any(question.casefold().startswith(_opening(turn.question).casefold()) for turn in turns)
    if not turns or not 0 < len(words(question)) <= _LONGEST or named:
        return False
    question = _cased(question, turns)
    return bool(fragment(question)) or _says_little(question, turns) or bool(_unbound(question))


def _cased(question: str, turns: Sequence[Turn]) -> str:
    if question[1:] != question[1:].lower():
        return question
    named = [name.text for turn in turns for text in (turn.question, *turn.evidence) for name in names(text)]
    known = {part.lower(): part for name in named for part in name.split() if part.lower() not in FUNCTION}
    return re.sub(r"[^\W\d_]{3,}", lambda match: known.get(match.group(), match.group()), question)


def _says_little(question: str, turns: Sequence[Turn]) -> bool:
    named = {part for name in names(question) for part in words(name.text)}
    told, said = [word for word in content(question) if word not in named], words(question)
    if named:
        return said[-1] in LISTS["reacting"] and LISTS["reacting"].issuperset(told)
    if not told:
        return not TIME.search(question)
    if LISTS["unique"].intersection(told) or _IMPERSONAL.search(question):
        return False
    if len(told) == 1 and not DEFINING.fullmatch(question):
        return "?" in question or said[0] in ASKS
    return len(told) <= _FEW and not re.search(r"\d", question) and _points_back(question, turns)


def _points_back(question: str, turns: Sequence[Turn]) -> bool:
    """Whether a question ends in "that memo", or in "the memo" where the last turns spoke of a memo."""
    pointing = _POINTING.search(question)
    if not pointing or pointing["article"].lower() != "the":
        return bool(pointing) and not TIME.search(question)
    recent = {word for turn in turns[-2:] for text in (turn.question, *turn.evidence) for word in content(text)}
    return (pointing["noun"] or "").lower() in recent


def _unbound(question: str) -> list[re.Match[str]]:
    pointing = _IMPERSONAL.sub(lambda empty: "-" * len(empty.group()), question)
    return [pronoun for pronoun in _PRONOUN.finditer(pointing) if not _is_bound(question, pronoun)]


def _is_bound(question: str, pronoun: re.Match[str]) -> bool:
    """Whether a pronoun is part of a name, or the question itself holds what it stands for.

    An earlier clause binds an object, and the subject of a main clause ("which country did he visit"); any telling word
    before, or a name after a foreword ("in her memoir, ..."), binds the rest.
    """
    before, after, form = question[: pronoun.start()], question[pronoun.end() :], pronoun.group().lower()
    lead, main = (words(before) or [""])[-1], after.partition(",")[2]
    in_name = not pronoun.group().islower() and (before or after[1:2].isupper())
    if in_name or (not ASKS.intersection(words(before)) and (names(main) or (main and question.islower()))):
        return True
    goes_on = form in ("her", "it") and (content(after) or ASKS.intersection(words(after)))
    inverted = lead in LISTS["auxiliary"] - {"be"} and not (form in LISTS["owning"] and lead in ("has", "have", "had"))
    if inverted or not (form in LISTS["subject"] or goes_on):
        before = " ".join(_CLAUSE.split(before)[:-1])
    elif form in LISTS["owning"] and re.match("who|what", question, re.I) and len(content(question)) <= _ONE_RELATION:
        return False
    return bool(content(before))


def _resolved(question: str, turns: Sequence[Turn]) -> str:
    for pronoun in reversed(_unbound(question)[:_MOST_PRONOUNS]):
        referent = _referent(question, pronoun, turns) or pronoun.group()
        question = question[: pronoun.start()] + referent + question[pronoun.end() :]
    return question


def _referent(question: str, pronoun: re.Match[str], turns: Sequence[Turn]) -> str:
    """What a pronoun stands for, in its case; "" where the turns do not tell.

    "It" in a question that tells nothing else is a whole event; turns before a "who" or "which" are not looked at.
    """
    form = pronoun.group().lower()
    owns = form in ("his", "its") or (form == "her" and content(question[pronoun.end() :]))
    for turn in reversed(turns):
        is_thing = form in ("it", "its") and content(question)
        if found := thing(turn.question) if is_thing else _person(form, turn):
            return found + ("'s" if owns else "")
        if re.match("who|which", JOINED.split(turn.question)[-1], re.I):
            break
    return ""


def _person(form: str, turn: Turn) -> str:
    """The likeliest person of a turn: after "who" from the evidence, else from the question; "he" is no known woman."""
    asked, told = names(turn.question), [name for text in turn.evidence for name in names(text) if " " in name.text]
    if re.match("who", JOINED.split(turn.question)[-1], re.I):
        asked, told = told, [name for name in asked if " " in name.text]
    persons = [name for name in asked + told if name.kind == "person" and name.lead not in LOCATIVE | {"the"}]
    women = [name for name in persons if LISTS["woman"].intersection(words(name.text)[:1])]
    others = [name for name in persons if name not in women]
    likely = {"he": others, "him": others, "his": others, "she": women + others, "her": women + others}.get(form, [])
    return likely[0].text if likely else ""
