"""The articles of an answer as references, in RIS and in CSL-JSON: what Zotero and other reference managers read."""

import json
from collections.abc import Iterable, Iterator

from corpus import Article
from qa.answer import Answer


def as_ris(answer: Answer) -> str:
    """One record an article, as reference managers read it, with its quotations as notes."""
    return "".join(
        "".join(f"{tag}  - {' '.join(str(value).split())}\r\n" for tag, value in _ris(article, quotations) if value)
        for article, quotations in _articles(answer)
    )


def as_csl(answer: Answer) -> str:
    """One item an article, as CSL-JSON, with its quotations as its note; names stay as they are printed."""
    items = [_csl(article, quotations) for article, quotations in _articles(answer)]
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _articles(answer: Answer) -> list[tuple[Article, list[str]]]:
    """The articles in the order of their passages, each with what is quoted of it."""
    found: dict[str, tuple[Article, list[str]]] = {}
    for passage in answer.passages:
        found.setdefault(passage.article.id, (passage.article, []))[1].append(passage.quotation)
    return list(found.values())


def _ris(article: Article, quotations: Iterable[str]) -> Iterator[tuple[str, object]]:
    day = article.published
    yield from (("TY", "NEWS"), ("TI", article.title))
    yield from (("AU", author) for author in article.authors)
    yield from (("T2", article.source), ("PY", day and day.year), ("DA", day and f"{day:%Y/%m/%d}"))
    yield from (("UR", article.url), ("ID", article.id))
    yield from (("N1", f"“{quotation}”") for quotation in quotations)
    yield "ER", " "


def _csl(article: Article, quotations: Iterable[str]) -> dict[str, object]:
    day = article.published
    item: dict[str, object] = {
        "id": article.id,
        "type": "article-newspaper",
        "title": article.title,
        "author": [{"literal": author} for author in article.authors],
        "container-title": article.source,
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "URL": article.url,
        "note": "\n".join(f"“{quotation}”" for quotation in quotations),
    }
    return {name: value for name, value in item.items() if value}
