"""What travels: an article, a chunk of it, a problem with a file, and the one error a user can mend."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date


class UserError(Exception):
    """Something the user can mend. The message is one sentence that names the thing and the cure."""

    @property
    def message(self) -> str:
        """The sentence, as a `Message` where it was given as one; `str` of the error is always plain."""
        return self.args[0] if self.args else ""


@dataclass(frozen=True, slots=True)
class Article:
    """One news article, cleaned.

    Text excludes the headline, and every offset in Dateline counts code points of `text`.
    `source`, `url` and `title` are empty when unknown; `published` is None when undated. `path` is posix, below the
    corpus. `dated_by` says where the day of publication stood: "field", "JSON-LD", "dateline", "address", ...
    """

    id: str
    title: str
    text: str
    source: str = ""
    published: date | None = None
    authors: tuple[str, ...] = ()
    url: str = ""
    path: str = ""
    dated_by: str = ""

    @property
    def digest(self) -> str:
        """The sha256, in hex, of all that the article says: an article is changed when (id, digest) is."""
        published = self.published.isoformat() if self.published else None
        content = [self.title, self.text, self.source, published, list(self.authors), self.url]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of an article's text, `article.text[start:end]`, that is embedded and searched as one."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or one record of it, that gave no article. `record` is its line or place from 1, None for the file."""

    path: str
    record: int | None
    reason: str
