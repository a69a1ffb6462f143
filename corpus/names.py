"""What the fields of an article are usually called; knows nothing of what they mean."""

from collections.abc import Mapping

from corpus.article import UserError

# The usual names of each field, the most telling first. The README's table shows them.
FIELD_NAMES = {
    "title": ("title", "headline", "head", "hl1", "name"),
    "text": ("text", "body", "content", "maintext", "article", "article_text", "full_text", "articlebody", "story"),
    "published": ("published", "date", "publish_date", "published_at", "publishedat", "publication_date", "pub_date",
                  "pubdate", "date_published", "datepublished", "date_publish", "published_date", "created_at"),
    "authors": ("authors", "author", "byline", "by", "creator", "writers"),
    "source": ("source", "outlet", "publisher", "publication", "source_name", "site", "newspaper", "domain",
               "source_domain"),
    "url": ("url", "link", "web_url", "source_url", "canonical_url", "uri"),
    "id": ("id", "guid", "uuid", "article_id", "_id"),
}  # fmt: skip


def by_field(fields: Mapping[str, object], own_names: Mapping[str, str] | None = None) -> dict[str, object]:
    """The values under our names; of several usual names the most telling that is not empty wins.

    `own_names` gives for some fields the name that they have here, in place of the usual ones; a dot in it steps into
    an object, "meta.headline".
    """
    given = {_folded(name): value for name, value in fields.items()}
    values = {
        field: next((given[name] for name in names if given.get(name)), given[present[0]])
        for field, names in FIELD_NAMES.items()
        if (present := [name for name in names if name in given])
    }
    for field, name in (own_names or {}).items():
        values.pop(field, None)
        if (value := _inside(given, _folded(name))) is not None:
            values[field] = value
    return values


def own_names(words: str) -> dict[str, str]:
    """The names of fields from "title=hl1,text=blob"; UserError for anything else."""
    pairs = [pair.partition("=") for pair in words.split(",") if pair.strip()]
    names = {field.strip(): name.strip() for field, _, name in pairs}
    if any(field not in FIELD_NAMES or not name for field, name in names.items()):
        message = f"“{words}” names no field; write --field title=hl1, with one of: {', '.join(FIELD_NAMES)}."
        raise UserError(message)
    return names


def _folded(name: str) -> str:
    return str(name).strip().casefold().replace("-", "_")


def _inside(given: Mapping[str, object], name: str) -> object:
    if name in given:
        return given[name]
    first, _, rest = name.partition(".")
    inner = given.get(first)
    return _inside({_folded(key): value for key, value in inner.items()}, rest) if isinstance(inner, Mapping) else None
