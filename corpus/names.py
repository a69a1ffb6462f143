"""What the fields of an article are usually called; knows nothing of what they mean."""

from collections.abc import Mapping

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


def by_field(fields: Mapping[str, object]) -> dict[str, object]:
    """The values under our names; of several usual names the most telling that is not empty wins."""
    given = {str(name).strip().casefold().replace("-", "_"): value for name, value in fields.items()}
    return {
        field: next((given[name] for name in names if given.get(name)), given[present[0]])
        for field, names in FIELD_NAMES.items()
        if (present := [name for name in names if name in given])
    }
