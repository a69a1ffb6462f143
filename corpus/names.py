"""What the fields of an article are usually called (names.toml); knows nothing of what they mean."""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

from corpus.article import UserError

FIELD_NAMES: dict[str, list[str]] = tomllib.loads(files("corpus").joinpath("names.toml").read_text("utf-8"))
# How exports say that there is nothing.
_NOTHING = frozenset(("", "nan", "nat", "none", "null", "<na>", "n/a", "#n/a", r"\n", "[removed]", "[deleted]"))
# In characters, blanks round it included: long texts need not be looked at.
_LONGEST_NOTHING = 30
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def by_field(fields: Mapping[str, object]) -> dict[str, object]:
    """The most telling value under each of our names that has one."""
    return {field: values[0] for field, values in values_of(fields).items() if values}


def values_of(
    fields: Mapping[str, object], own_names: Mapping[str, Sequence[str]] | None = None
) -> dict[str, list[object]]:
    """The values under our names, those of the most telling usual names first, those that say nothing last.

    `own_names` gives for some fields the names that they have here, in place of the usual ones; a dot steps into an
    object, "meta.headline". An address that stands as the outlet is the article's own where it has no other.
    """
    given = {_folded(name): value for name, value in fields.items()}
    values = {
        field: sorted((given[name] for name in names if name in given), key=says_nothing)
        for field, names in _FOLDED_NAMES.items()
    }
    if _ADDRESS.fullmatch(str(next(iter(values["source"]), ""))):
        values["url"] = values["url"] or values["source"][:1]
        values["source"] = [outlet for outlet in values["source"] if not _ADDRESS.fullmatch(str(outlet))]
    for field, names in (own_names or {}).items():
        found = (_inside(given, name) for name in names)
        values[field] = sorted((value for value in found if value is not None), key=says_nothing)
    return values


def says_nothing(value: object) -> bool:
    """Whether a value stands where there is none: "", "nan", "NaT", "NULL", [], and the like."""
    if isinstance(value, str):
        return value.isspace() or (len(value) < _LONGEST_NOTHING and value.strip().casefold() in _NOTHING)
    return value is None or value in ([], {}, ())


def own_names(words: str) -> dict[str, list[str]]:
    """The names of fields from "title=hl1,title=head,text=blob", in their order; UserError for anything else."""
    names: dict[str, list[str]] = {}
    for pair in filter(str.strip, words.split(",")):
        field, _, name = map(str.strip, pair.partition("="))
        if field not in FIELD_NAMES or not name:
            message = f"“{words}” names no field; write --field title=hl1, with one of: {', '.join(FIELD_NAMES)}."
            raise UserError(message)
        names.setdefault(field, []).append(name)
    return names


@functools.lru_cache(maxsize=1000)
def _folded(name: str) -> str:
    """What "Article Text", "article-text", "article_text" and "articleText" share, "articletext"."""
    folded = _BETWEEN_WORDS.sub("", str(name)).casefold()
    return f"_{folded}" if str(name).startswith("_") else folded


_FOLDED_NAMES = {field: [_folded(name) for name in names] for field, names in FIELD_NAMES.items()}


def _inside(given: Mapping[str, object], name: str) -> object:
    if (folded := _folded(name)) in given:
        return given[folded]
    first, _, rest = name.partition(".")
    inner = given.get(_folded(first))
    return _inside({_folded(key): value for key, value in inner.items()}, rest) if isinstance(inner, Mapping) else None
