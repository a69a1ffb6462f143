"""Fields under all their names, and the identity of an article."""

import hashlib
import itertools
import json
from datetime import date
from pathlib import Path

import pytest
from reading import one_article, one_problem, read

from corpus import Article, Problem
from corpus.fields import Reading, article_from
from corpus.names import FIELD_NAMES, by_field
from corpus.readers.record import Record, UnreadableError

ROW = {"title": "Juno arrives", "text": "Juno is in orbit."}


def article(number: int | None = None, path: str = "a.jsonl", **fields: object) -> Article:
    return article_from(Record(number, {**ROW, **fields}), path, Reading())


def digest(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:12]


# Names

VALUES = {
    "title": ("Juno arrives", "Juno arrives"),
    "text": ("Juno is in orbit.", "Juno is in orbit."),
    "published": ("2016-07-05", date(2016, 7, 5)),
    "authors": ("Ann Lee", ("Ann Lee",)),
    "source": ("NASA", "NASA"),
    "url": ("https://nasa.gov/juno", "https://nasa.gov/juno"),
}


@pytest.mark.parametrize("field", VALUES)
def test_usual_names(field: str) -> None:
    value, expected = VALUES[field]
    others = {} if field == "text" else {"text": "Juno is in orbit."}

    found = {
        name: getattr(article_from(Record(1, {**others, name: value}), "a.jsonl", Reading()), field)
        for name in FIELD_NAMES[field]
    }

    assert {name: one for name, one in found.items() if one != expected} == {}


def test_every_field_but_the_id_has_usual_names() -> None:
    assert {*VALUES, "id"} == {*FIELD_NAMES}


@pytest.mark.parametrize("name", FIELD_NAMES["id"])
def test_names_of_the_id(name: str) -> None:
    assert article(1, **{name: "7"}).id == "a.jsonl#7"


def test_no_name_serves_two_fields() -> None:
    names = list(itertools.chain(*FIELD_NAMES.values()))

    assert len(names) == len(set(names))
    assert all(names[0] == field for field, names in FIELD_NAMES.items())


@pytest.mark.parametrize(
    "name",
    ["publishedAt", "PUBLISHED_AT", "published-at", " published_at ", "Publish-Date", "datePublished", "pubDate"],
)
def test_spelling_of_names(name: str) -> None:
    assert article(**{name: "2016-07-05"}).published == date(2016, 7, 5)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"headline": "Second", "title": "First"}, "First"),
        ({"headline": "Second", "title": ""}, "Second"),
        ({"title": None, "headline": "Second"}, "Second"),
        ({"title": "", "headline": None}, ""),
        ({"name": "Last", "hl1": "Before"}, "Before"),
    ],
    ids=["the most telling", "empty is passed over", "nothing is passed over", "all empty", "order of the table"],
)
def test_several_names_at_once(fields: dict[str, object], expected: object) -> None:
    assert (by_field(fields)["title"] or "") == expected


def test_other_fields_are_left_alone() -> None:
    assert by_field({"text": "One.", "tags": ["space"], "score": 1}) == {"text": "One."}


# Values


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ann Lee", ("Ann Lee",)),
        ("By Ann Lee", ("Ann Lee",)),
        ("BY ANN LEE", ("ANN LEE",)),
        ("Ann Lee and Bo Ray", ("Ann Lee", "Bo Ray")),
        ("Ann Lee, Bo Ray and Cy Day", ("Ann Lee", "Bo Ray", "Cy Day")),
        ("Ann Lee & Bo Ray; Cy Day", ("Ann Lee", "Bo Ray", "Cy Day")),
        ("Alexander Sandy", ("Alexander Sandy",)),
        ("Byron Day", ("Byron Day",)),
        (["Ann Lee", "Bo Ray"], ("Ann Lee", "Bo Ray")),
        (["Lee, Ann"], ("Ann Lee",)),
        (["Ann Lee", None, ""], ("Ann Lee",)),
        ([{"name": "Ann Lee"}, {"name": "Bo Ray"}], ("Ann Lee", "Bo Ray")),
        ({"name": "Ann Lee"}, ("Ann Lee",)),
        ("", ()),
        (None, ()),
        (", ", ()),
        ([], ()),
    ],
    ids=repr,
)
def test_authors(value: object, names: tuple[str, ...]) -> None:
    assert article(authors=value).authors == names


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("NASA", "NASA"),
        ({"id": None, "name": "NASA"}, "NASA"),
        ({"title": "NASA"}, "NASA"),
        ({"name": {"name": "NASA"}}, "NASA"),
        ({}, ""),
        ({"id": 7}, ""),
        (" NASA\nnews ", "NASA news"),
        (7, "7"),
        (None, ""),
    ],
    ids=["words", "object with a name", "object with a title", "nested twice", "empty object", "object without",
         "two lines", "number", "nothing"],
)  # fmt: skip
def test_source(value: object, source: str) -> None:
    assert article(source=value).source == source


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["One.", "Two."], "One.\n\nTwo."),
        (["One.", "", None, "Two."], "One.\n\nTwo."),
        ([{"text": "One."}, {"text": "Two."}], "One.\n\nTwo."),
        ({"text": "One."}, "One."),
        (1984, "1984"),
    ],
    ids=["paragraphs", "empty paragraphs", "objects", "object", "number"],
)
def test_text(value: object, text: str) -> None:
    assert article(text=value).text == text


def test_title_and_text_are_cleaned() -> None:
    found = article(title=" Juno\u00ad\narrives ", text="Juno arrives\r\n\r\n\r\nCafe\u0301 in orbit.\x00")

    assert (found.title, found.text) == ("Juno arrives", "Café in orbit.")


# No article


def test_a_record_without_text_names_its_fields() -> None:
    reason = r"\(fields here: lede, title\).* text, body, content, maintext, main_text; .*--field text=NAME"
    with pytest.raises(UnreadableError, match=reason):
        article_from(Record(1, {"title": "Juno", "lede": "One."}), "a.jsonl", Reading())


@pytest.mark.parametrize(
    "text", ["", " \n", None, [], {}, "\x00\u200b"],
    ids=["empty", "blank", "nothing", "no paragraphs", "empty object", "unseen"],
)  # fmt: skip
def test_a_record_of_empty_text(text: object) -> None:
    with pytest.raises(UnreadableError, match="no text"):
        article(text=text)


def test_a_newsflash_is_its_headline() -> None:
    assert article(title="Juno arrives", text="Juno arrives").text == "Juno arrives"


def test_a_record_nested_without_end(corpus: Path) -> None:
    rows = f'{{"text": {"[" * 600}1{"]" * 600}}}\n{{"text": "One."}}\n'

    articles, problems = read(corpus, {"a.jsonl": rows})

    assert [article.text for article in articles] == ["One."]
    assert problems == [Problem("a.jsonl", 1, "nested too deep")]


def test_own_names() -> None:
    row = {"hl1": "Wrong", "Slug": "Juno", "meta": {"Body": "One.", "when": "6/7/2016"}, "text": "Two."}
    names = {"title": ["slug"], "text": ["meta.body"], "published": ["meta.when"]}
    reading = Reading(names, month_first=True)

    found = article_from(Record(1, row), "a.jsonl", reading)

    assert (found.title, found.text, found.published) == ("Juno", "One.", date(2016, 6, 7))


def test_of_several_own_names_the_first_that_says_something_counts() -> None:
    reading = Reading({"title": ["hl1", "head.line"]})
    rows = [{"hl1": "Juno"}, {"head": {"line": "Juno"}}, {"hl1": "", "head": {"line": "Juno"}}, {"title": "Juno"}]

    found = [article_from(Record(1, {"text": "One.", **row}), "a.jsonl", reading).title for row in rows]

    assert found == ["Juno", "Juno", "Juno", ""]


@pytest.mark.parametrize("names", [{"text": ["lede"]}, {"text": ["meta.lede"]}, {"text": ["text.lede"]}])
def test_an_own_name_that_is_not_there(names: dict[str, list[str]]) -> None:
    with pytest.raises(UnreadableError, match=r"fields here: text, title"):
        article_from(Record(1, ROW), "a.jsonl", Reading(names))


def test_unknown_fields_are_named_once_a_file(corpus: Path) -> None:
    articles, problems = read(corpus, {"a.jsonl": '{"lede": "One."}\n{"text": "Two."}\n{"lede": "Three."}\n'})

    assert [article.text for article in articles] == ["Two."]
    assert [problem.record for problem in problems] == [1]
    assert problems[0].reason.endswith("or say which it is: --field text=NAME (so in 2 records)")


def test_missing_text_in_a_file(corpus: Path) -> None:
    problem = one_problem(corpus, "sub/a.jsonl", '\n{"title": "Juno", "lede": "One."}\n')

    assert (problem.path, problem.record) == ("sub/a.jsonl", 2)
    assert problem.reason.startswith("no field holds the text (fields here: lede, title); call it one of: text, ")


# Identity

IDENTITIES = {
    "the address": ({"url": "https://www.nasa.gov/juno/?utm_source=x#top", "id": 7}, 1, "nasa.gov/juno"),
    "the address in a file of one": ({"url": "http://m.nasa.gov/juno"}, None, "nasa.gov/juno"),
    "the path": ({}, None, "a.jsonl"),
    "the path though there is an id": ({"id": 7}, None, "a.jsonl"),
    "number": ({"id": 7}, 1, "a.jsonl#7"),
    "zero": ({"id": 0}, 1, "a.jsonl#0"),
    "words": ({"id": " nasa 7\n"}, 1, "a.jsonl#nasa 7"),
    "title": ({}, 1, f"a.jsonl#{digest('Juno arrives', 'Juno is in orbit.')}"),
    "empty id": ({"id": ""}, 1, f"a.jsonl#{digest('Juno arrives', 'Juno is in orbit.')}"),
    "no address": ({"url": "N/A", "id": 7}, 1, "a.jsonl#7"),
    "unknown address": ({"url": "unknown"}, None, "a.jsonl"),
    "name of a resource": ({"url": "urn:newsml:nasa:7"}, 1, "urn:newsml:nasa:7"),
}


@pytest.mark.parametrize(("fields", "number", "identity"), IDENTITIES.values(), ids=IDENTITIES)
def test_identity(fields: dict[str, object], number: int | None, identity: str) -> None:
    assert article(number, **fields).id == identity


def test_the_place_in_the_file_is_no_identity() -> None:
    assert article(1).id == article(2).id
    assert article(1).id != article(1, title="Juno departs").id
    assert article(1, title=" Juno  arrives").id == article(1).id


def test_the_address_is_kept_as_it_was(corpus: Path) -> None:
    row = json.dumps({**ROW, "url": " https://www.nasa.gov/juno/?utm_source=x "})

    assert one_article(corpus, "a.jsonl", row).url == "https://www.nasa.gov/juno/?utm_source=x"


def test_one_name_in_two_folders_is_two_articles(corpus: Path) -> None:
    articles, _ = read(corpus, {"a/memo.txt": "Memo\nOne.", "b/memo.txt": "Memo\nOne."})

    assert [found.id for found in articles] == ["a/memo.txt", "b/memo.txt"]


# The digest


def test_the_digest_is_of_all_that_is_said() -> None:
    known = Article("a", "Juno", "One.", "NASA", date(2016, 7, 5), ("Ann Lee",), "https://nasa.gov", "a.txt")
    said = '["Juno", "One.", "NASA", "2016-07-05", ["Ann Lee"], "https://nasa.gov"]'

    assert known.digest == hashlib.sha256(said.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "changes"),
    [
        ({"title": "Juno!"}, True),
        ({"text": "Two."}, True),
        ({"source": "NASA"}, True),
        ({"published": date(2016, 7, 5)}, True),
        ({"authors": ("Ann Lee",)}, True),
        ({"url": "https://nasa.gov"}, True),
        ({"id": "b"}, False),
        ({"path": "b.txt"}, False),
    ],
    ids=["title", "text", "source", "published", "authors", "url", "not the id", "not the path"],
)
def test_what_changes_the_digest(change: dict[str, object], changes: bool) -> None:
    plain: dict[str, object] = {"id": "a", "title": "Juno", "text": "One.", "path": "a.txt"}

    assert (Article(**{**plain, **change}).digest != Article(**plain).digest) is changes
