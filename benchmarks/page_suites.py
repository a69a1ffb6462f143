"""Dateline's reading on other projects' test material, beside what those projects read of it.

`folder` holds the repositories as they are: htmldate, trafilatura, fundus, article-extraction-benchmark and
superdesk-core; those that are missing are left out. Each suite is scored by its own rules.
"""

import functools
import gzip
import html
import importlib.util
import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from corpus import Article, read_folder
from corpus.fields import Reading, article_from
from corpus.readers.html import page_fields
from corpus.readers.record import Record, UnreadableError

_BODIES = (
    "//*[local-name()='body']/*[local-name()='body.content']",
    "//*[local-name()='inlineXML'][not(.//*[local-name()='body.content'])]//*[local-name()='body']",
    "//*[local-name()='DataContent'][not(.//*[local-name()='body.content'])]",
    "//*[local-name()='inlineData']",
)


def all_suites(folder: Path) -> Iterator[str]:
    """A line for each result of each suite that is there."""
    logging.disable(logging.CRITICAL)
    suites = {
        "htmldate": dates,
        "fundus": facts,
        "article-extraction-benchmark": article_bodies,
        "trafilatura": pieces_of_text,
        "superdesk-core": words_of_agencies,
    }
    for name, suite in suites.items():
        if (folder / name).is_dir():
            yield from suite(folder / name)


def read_page(content: bytes) -> Article | None:
    """The article of a page, as a folder would give it."""
    try:
        return article_from(Record(fields=page_fields(content)), "page.html", Reading())
    except UnreadableError:
        return None


def dates(repository: Path) -> Iterator[str]:
    """The pages of htmldate: right, wrong and missing days of those that have one, and undated ones left undated."""
    from htmldate import find_date

    def ours(content: bytes) -> str | None:
        found = page_fields(content)
        found |= {"text": found["text"] or "No text."}
        day = article_from(Record(fields=found), "page.html", Reading()).published
        return day.isoformat() if day else None

    def theirs(content: bytes, *, extensive: bool) -> str | None:
        found: str | None = find_date(content, original_date=True, extensive_search=extensive)
        return found

    tests = repository / "tests"
    pages: dict[str, dict[str, Any]] = {}
    for name in ("eval_mediacloud_2020.json", "eval_default.json"):
        pages |= json.loads((tests / name).read_text("utf-8"))
    files = {url: _first_file(tests, page["file"], ("test_set", "cache", "eval")) for url, page in pages.items()}
    readers: dict[str, Callable[[bytes], str | None]] = {
        "Dateline": ours,
        "htmldate, extensive": functools.partial(theirs, extensive=True),
        "htmldate, fast": functools.partial(theirs, extensive=False),
    }
    for name, read in readers.items():
        counts: Counter[str] = Counter()
        for url, page in pages.items():
            found, known = read(files[url].read_bytes()), isinstance(page["date"], str)
            counts["right" if found == page["date"] else "wrong" if found else "missing"] += known
            counts["left undated"] += not known and not found
        dated = counts["right"] + counts["wrong"] + counts["missing"]
        shares = ", ".join(f"{kind} {counts[kind] / dated:.3f}" for kind in ("right", "wrong", "missing"))
        yield f"days of {dated} pages, {name}: {shares}; {counts['left undated']} of {len(pages) - dated} left undated"


def facts(repository: Path) -> Iterator[str]:
    """The pages of fundus: the share of headlines, authors and days that are equal, and the mean F1 of the words."""
    import trafilatura

    def theirs(content: bytes) -> Article | None:
        found = trafilatura.bare_extraction(content, with_metadata=True, include_comments=False)
        said = found if found is None or isinstance(found, dict) else found.as_dict()
        if said is None:
            return None
        names = tuple(name for name in (said["author"] or "").split("; ") if name)
        day = date.fromisoformat(said["date"]) if said["date"] else None
        return Article("", said["title"] or "", said["text"] or "", published=day, authors=names)

    pages = list(_fundus(repository / "tests/resources/parser/test_data"))
    for name, read in (("Dateline", read_page), ("trafilatura", theirs)):
        equal: Counter[str] = Counter()
        overlap = 0.0
        for content, known in pages:
            article = read(content) or Article("", "", "")
            day = article.published.isoformat() if article.published else ""
            equal["title"] += _plain(article.title) == _plain(known.get("title") or "")
            equal["authors"] += sorted(map(_plain, article.authors)) == sorted(map(_plain, known.get("authors") or []))
            equal["day"] += day == (known.get("publishing_date") or "")[:10]
            overlap += _f1(_words(article.text), _words(" ".join(_paragraphs(known))))
        shares = ", ".join(f"{field} {count / len(pages):.3f}" for field, count in equal.items())
        yield f"{len(pages)} pages of fundus, {name}: {shares}, words F1 {overlap / len(pages):.3f}"


def article_bodies(repository: Path) -> Iterator[str]:
    """The article extraction benchmark by its own metric."""
    metric = _module(repository / "evaluate.py")
    truth = json.loads((repository / "ground-truth.json").read_text("utf-8"))
    pages = {key: gzip.decompress((repository / f"html/{key}.html.gz").read_bytes()) for key in truth}
    for name, read in _text_readers():
        found = metric.evaluate(truth, {key: {"articleBody": read(page)} for key, page in pages.items()}, 2)
        scores = ", ".join(f"{score} {found[score]:.3f}" for score in ("f1", "precision", "recall", "accuracy"))
        yield f"{len(pages)} article bodies, {name}: {scores}"


def pieces_of_text(repository: Path) -> Iterator[str]:
    """The evaluation of trafilatura by its own metric: pieces that the text must hold and must not."""
    metric = _module(repository / "tests/eval_common.py")
    known = metric.load_evaldata(str(repository / "tests"))
    pages = {url: metric.read_document(str(repository / "tests"), item["file"]) for url, item in known.items()}
    for name, read in _text_readers():
        matrix = metric.ConfusionMatrix()
        for url, page in pages.items():
            matrix.add(metric.count_item(known[url], read(page)))
        precision, recall, _, f1 = matrix.scores()
        yield f"{len(pages)} pages of trafilatura, {name}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.4f}"


def words_of_agencies(repository: Path) -> Iterator[str]:
    """The share of the words in the bodies of agencies' XML that stand in the articles read of them."""
    from lxml import etree

    folder = repository / "tests/io/fixtures"
    read = [article for article in read_folder(folder) if isinstance(article, Article)]
    kept = whole = files = 0
    for file in sorted(folder.iterdir()):
        articles = [article for article in read if article.path == file.name]
        try:
            tree = etree.fromstring(_as_it_is(file.read_bytes()))
        except etree.XMLSyntaxError:
            continue
        bodies = [body for path in _BODIES for body in tree.xpath(path)]
        words = _words(html.unescape(re.sub("<[^>]+>", " ", " ".join(" ".join(body.itertext()) for body in bodies))))
        if not articles or not words:
            continue
        found = _words(" ".join(f"{one.title} {one.text} {' '.join(one.authors)}" for one in articles))
        files += 1
        whole += words.total()
        kept += (words & found).total()
    yield f"{files} XML files of agencies: {kept} of {whole} words kept; {len(read)} articles of all files"


def _as_it_is(content: bytes) -> bytes:
    """XML without its declaration where it is UTF-8, which some agencies' files call otherwise."""
    content = content.lstrip(b"\xef\xbb\xbf \n")
    try:
        return re.sub(r"\A<\?xml[^>]*\?>", "", content.decode()).lstrip().encode()
    except UnicodeDecodeError:
        return content


def _text_readers() -> tuple[tuple[str, Callable[[bytes], str]], ...]:
    import trafilatura

    def ours(page: bytes) -> str:
        article = read_page(page)
        return article.text if article else ""

    def theirs(page: bytes) -> str:
        return trafilatura.extract(page, include_comments=False) or ""

    return ("Dateline", ours), ("trafilatura", theirs)


def _fundus(folder: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Each page with the version of the known article whose paragraphs it holds."""
    for file in sorted(folder.glob("*/*.json")):
        versions = list(json.loads(file.read_text("utf-8")).values())
        pages = [page for page in file.parent.glob(f"{file.stem}_*.html.gz") if page.name.count("_") == 3]
        for number, page in enumerate(sorted(pages)):
            content = gzip.decompress(page.read_bytes())
            text = _plain(re.sub("<[^>]+>", "", html.unescape(content.decode("utf-8", "replace"))))
            held = [sum(_plain(one)[:30] in text for one in _paragraphs(version)[:6]) for version in versions]
            yield content, versions[held.index(max(held)) if any(held) else number % len(versions)]


def _paragraphs(known: dict[str, Any]) -> list[str]:
    body = known["body"]
    return [*body.get("summary", [])] + [
        line for part in body["sections"] for line in (*part["headline"], *part["paragraphs"])
    ]


def _first_file(folder: Path, name: str, places: tuple[str, ...]) -> Path:
    return next(file for place in places if (file := folder / place / name).is_file())


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def _f1(one: Counter[str], other: Counter[str]) -> float:
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 1.0
