"""The shapes that rows and texts have in exports: JSON, CSV, labelled text, Markdown, WordPress."""

import json
from datetime import date
from pathlib import Path

import pytest
from reading import one_article, one_problem, read

TEXT = "The probe Juno entered orbit around Jupiter on Monday."
MORE = "It will map the planet from pole to pole."
ARTICLE = {"title": "Juno arrives", "text": TEXT}

# JSON

SHAPES: dict[str, object] = {
    "The New York Times": {"response": {"docs": [{"headline": {"main": "Juno arrives"}, "lead_paragraph": TEXT}]}},
    "Guardian": {"response": {"results": [{"webTitle": 1, "title": "Juno arrives", "bodyText": TEXT}]}},
    "Ghost": {"db": [{"meta": {}, "data": {"users": [{"name": "Ann"}], "posts": [{**ARTICLE, "html": ""}]}}]},
    "WordPress": [{"title": {"rendered": "Juno arrives"}, "content": {"rendered": f"<p>{TEXT}</p>"}}],
    "a feed": {"version": "https://jsonfeed.org/version/1.1", "title": "Orbit", "items": [
        {"title": "Juno arrives", "content_html": f"<p>{TEXT}</p>"}]},
    "under addresses": {"https://orbit.example/1": ARTICLE},
    "under ids": {"a1": ARTICLE},
    "typed pieces": [{"title": "Juno arrives", "contents": [
        {"type": "title", "content": "Juno arrives"}, {"type": "image", "caption": "x"},
        {"type": "p", "content": TEXT}]}],
    "paragraphs in an object": [{"title": "Juno arrives", "body": {"paragraphs": [TEXT]}}],
    "a list written as words": [{"title": "Juno arrives", "paragraphs": f"['{TEXT}']"}],
    "in two languages": [{"title": "Juno arrives", "text": {"en": TEXT, "de": "Die Sonde"}}],
    "cut off by NewsAPI": {"articles": [{"title": "Juno arrives", "content": f"{TEXT} [+2829 chars]"}]},
}  # fmt: skip


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES)
def test_shapes_of_json(content: object, corpus: Path) -> None:
    article = one_article(corpus, "a.json", json.dumps(content, indent=1))

    assert (article.title, article.text) == ("Juno arrives", TEXT)


def test_what_the_shape_says_of_an_article(corpus: Path) -> None:
    feed = one_article(corpus, "feed.json", json.dumps(SHAPES["a feed"]))
    (corpus / "feed.json").unlink()
    keyed = one_article(corpus, "keyed.json", json.dumps(SHAPES["under addresses"]))

    assert (feed.source, keyed.id) == ("Orbit", "orbit.example/1")


def test_comments_are_no_articles(corpus: Path) -> None:
    content = {"title": "Juno", "lede": "Unknown.", "comments": [{"text": "Nice"}]}

    assert one_problem(corpus, "a.json", json.dumps(content)).reason.startswith("no field holds the text")


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ARTICLE, indent=1) * 2,
        f"var articles = {json.dumps([ARTICLE] * 2)};",
        f"window.YTD.part0 = {json.dumps([ARTICLE] * 2, indent=1)}",
    ],
    ids=["one after the other", "a program", "an object's part"],
)
def test_json_with_something_round_it(content: str, corpus: Path) -> None:
    assert [article.title for article in read(corpus, {"a.json": content})[0]] == ["Juno arrives"] * 2


NOTHING = ["", "nan", "NaN", "NaT", "NULL", "None", r"\N", "n/a", "[Removed]", None, [], {}]


@pytest.mark.parametrize("nothing", NOTHING)
def test_nothing(nothing: object, corpus: Path) -> None:
    row = {"title": nothing, "text": TEXT, "url": nothing, "source": nothing, "author": nothing, "date": nothing}

    article = one_article(corpus, "a.jsonl", json.dumps(row))

    assert (article.title, article.url, article.source, article.authors, article.published) == ("", "", "", (), None)
    assert one_problem(corpus, "a.jsonl", json.dumps(row | {"text": nothing})).reason == "no text"


def test_an_address_is_no_outlet(corpus: Path) -> None:
    row = ARTICLE | {"source": "https://orbit.example/juno", "source-hostname": "Orbit"}

    article = one_article(corpus, "a.jsonl", json.dumps(row))

    assert (article.id, article.url, article.source) == ("orbit.example/juno", "https://orbit.example/juno", "Orbit")


@pytest.mark.parametrize("outlet", ["Orbit", "orbit", ""])
def test_the_outlet_behind_the_headline(outlet: str, corpus: Path) -> None:
    row = {"title": "Juno arrives - at last | Orbit", "text": TEXT, "source": outlet}

    assert one_article(corpus, "a.jsonl", json.dumps(row)).title == (
        "Juno arrives - at last" if outlet else "Juno arrives - at last | Orbit"
    )


UNALIKE = {
    "without a title": [{"text": TEXT}, {"text": MORE}],
    "one title": [{"title": "Briefing", "text": TEXT}, {"title": "Briefing", "text": MORE}],
    "a first page as address": [
        {"title": "Briefing", "text": text, "url": "https://www.orbit.example/"} for text in (TEXT, MORE)
    ],
    "parts of a page": [
        {"title": "Briefing", "text": TEXT, "url": "https://orbit.example/live#story1"},
        {"title": "Briefing", "text": MORE, "url": "https://orbit.example/live#story2"},
    ],
}


@pytest.mark.parametrize("rows", UNALIKE.values(), ids=UNALIKE)
def test_unlike_rows_are_two_articles(rows: list[dict[str, str]], corpus: Path) -> None:
    articles, _ = read(corpus, {"a.json": json.dumps(rows)})

    assert len({article.id for article in articles}) == 2


def test_the_same_place_on_a_page_is_the_page(corpus: Path) -> None:
    rows = [ARTICLE | {"url": f"https://orbit.example/juno{part}"} for part in ("", "#comments", "#top")]

    articles, _ = read(corpus, {"a.json": json.dumps(rows)})

    assert {article.id for article in articles} == {"orbit.example/juno"}


# CSV

TABLES = {
    "Excel names the delimiter": f"sep=;\ntitle;text\nJuno arrives;{TEXT}\n",
    "lines of old Macs": f'title,text\rJuno arrives,"{TEXT}"\r',
    "MySQL": f'"title","text"\n"Juno arrives","{TEXT}"\n"No \\"x\\", y","a\\nb"\n',
    "names of two words": f"Article Title,Article Text\nJuno arrives,{TEXT}\n",
}


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_tables(content: str, corpus: Path) -> None:
    articles, problems = read(corpus, {"a.csv": content})

    assert problems == []
    assert (articles[0].title, articles[0].text) == ("Juno arrives", TEXT)
    assert [(article.title, article.text) for article in articles[1:]] in ([], [('No "x", y', "a\nb")])


@pytest.mark.parametrize("path", ["C:\\\\news\\\\", 'say ""no""'])
def test_backslashes_and_quotes_that_are_meant(path: str, corpus: Path) -> None:
    article = one_article(corpus, "a.csv", f'title,text\n"Juno","{path} {TEXT}"\n')

    assert article.text == f"{path.replace(chr(34) * 2, chr(34))} {TEXT}"


# Plain text

BELOW = f"\n\n{TEXT}\n\n{MORE}\n"
LABELLED = {
    "labels for all": "Title: Juno arrives\nSection: Science\nDate: 2016-07-05\nAuthor: Ann Lee\nSource: Orbit" + BELOW,
    "labels below the headline": "Juno arrives\n\nPublication: Orbit\nDate: 5 July 2016\nByline: Ann Lee" + BELOW,
    "labels above the headline": "Date: 2016-07-05\nBy: Ann Lee\nSource: Orbit\n\nJuno arrives" + BELOW,
    "a byline and a day": "Juno arrives\nOrbit | By Ann Lee | Published 5 July 2016" + BELOW,
    "a menu": "Skip to main content\n\nMenu\n\nJuno arrives\n\nOrbit | By Ann Lee\n\nPublished July 5, 2016\n\nShare"
    + BELOW,
    "a headline of two lines": "Juno\narrives\nBy Ann Lee | Orbit\nJuly 5, 2016" + BELOW,
}


@pytest.mark.parametrize("word", ["Correction", "Kett", "Live"])
def test_a_headline_with_a_colon_over_header_lines_stays_a_headline(word: str, corpus: Path) -> None:
    article = one_article(corpus, "a.txt", f"{word}: Juno arrives\nDate: 2016-07-05\nSource: Orbit" + BELOW)

    assert (article.title, article.published, article.source) == (
        f"{word}: Juno arrives",
        date(2016, 7, 5),
        "Orbit",
    )


@pytest.mark.parametrize("content", LABELLED.values(), ids=LABELLED)
def test_what_stands_round_a_headline(content: str, corpus: Path) -> None:
    article = one_article(corpus, "a.txt", content)

    assert (article.title, article.published, article.authors) == ("Juno arrives", date(2016, 7, 5), ("Ann Lee",))
    assert (article.source, article.text) == ("Orbit", f"{TEXT}\n\n{MORE}")


@pytest.mark.parametrize(
    "text",
    ["Note: it is in orbit.\n\nMore.", "By noon it was over.\n\nMore.", "On 5 July 2016 it arrived.\n\nMore.",
     "The plan: go.\nDone.\n\nMore.", "Share of costs rises"],
)  # fmt: skip
def test_sentences_that_look_like_labels_stay(text: str, corpus: Path) -> None:
    assert one_article(corpus, "a.txt", f"Juno arrives\n\n{text}\n").text == text


def test_words_divided_at_line_ends(corpus: Path) -> None:
    text = (
        "Juno\n\nThe coun-\ncil met on Mon-\nday for a long-\nterm plan. Long-term, a long-term plan.\nUNESCO-\nSite\n"
    )

    assert one_article(corpus, "a.txt", text).text == (
        "The council\nmet on Monday\nfor a long-term\nplan. Long-term, a long-term plan.\nUNESCO-\nSite"
    )


# Markdown

MARKED = {
    "**Juno** is _in_ *orbit*, `now`.": "Juno is in orbit, now.",
    "The [probe](https://a.example/b_(c)) of [[NASA|the agency]] and [[ESA]].[^1]": "The probe of the agency and ESA.",
    "> Quoted.\n>\n> Twice.": "Quoted.\n\nTwice.",
    "![A probe](a.jpg)\nOne.\n\n## Orbit\n\n- Two.\n* Three.": "One.\n\nOrbit\n\n• Two.\n• Three.",
    "5 * 4 * 3 is snake_case_name, 2*3*4.": "5 * 4 * 3 is snake_case_name, 2*3*4.",
    "One.\n\n[Read more](https://a.example)": "One.",
    r"\*Not marked\*": "*Not marked*",
}


@pytest.mark.parametrize(("marked", "text"), MARKED.items())
def test_markdown_without_its_marks(marked: str, text: str, corpus: Path) -> None:
    assert one_article(corpus, "a.md", f"# Juno\n\n{marked}\n").text == text


FRONT_MATTERS = {
    "TOML": '+++\ntitle = "Juno arrives"\ndate = 2016-07-05T08:00:00Z\nauthor = "Ann Lee"\n+++\n',
    "colons": "---\ntitle: Juno arrives\ndate: 2016-07-05\nauthor: Ann Lee\nnote: a: b\n---\n",
    "wiki links": "---\ntitle: Juno arrives\npublished: 2016-07-05\nauthor:\n  - '[[Ann Lee]]'\n---\n",
    "wiki links without quotes": "---\ntitle: Juno arrives\ndate: 2016-07-05\nauthor: [[People/Ann|Ann Lee]]\n---\n",
    "below a heading": "# Juno arrives\n\n**By Ann Lee** | *Orbit* | July 5, 2016\n\n",
}


@pytest.mark.parametrize("matter", FRONT_MATTERS.values(), ids=FRONT_MATTERS)
def test_front_matter(matter: str, corpus: Path) -> None:
    article = one_article(corpus, "a.md", matter + TEXT)

    assert (article.title, article.published, article.authors) == ("Juno arrives", date(2016, 7, 5), ("Ann Lee",))
    assert article.text == TEXT


def test_the_day_in_a_file_name(corpus: Path) -> None:
    content = f"---\ntitle: Juno arrives\n---\n{TEXT}"

    assert one_article(corpus, "2016-07-05-juno.md", content).published == date(2016, 7, 5)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2019/03/14/juno.txt", date(2019, 3, 14)),
        ("old/1974-03-14/juno.txt", date(1974, 3, 14)),
        ("20190314_juno.txt", date(2019, 3, 14)),
        ("19740314.txt", None),
        ("scan-20190314.txt", None),
        ("2019/03/juno.txt", None),
        ("2999/03/14/juno.txt", None),
    ],
)
def test_the_day_that_a_file_is_filed_under(path: str, day: date | None, corpus: Path) -> None:
    assert one_article(corpus, path, "Juno arrives\n\nIt is in orbit.\n").published == day


def test_a_path_dates_no_file_of_many_articles_and_none_with_a_day(corpus: Path) -> None:
    files = {"2019-03-14.jsonl": '{"text": "One."}', "2019-03-15.txt": "Juno\nDate: 2016-07-05\n\nIt is in orbit.\n"}

    assert [article.published for article in read(corpus, files)[0]] == [None, date(2016, 7, 5)]


def test_what_was_not_published(corpus: Path) -> None:
    rows = [{"text": TEXT, "title": status, "status": status} for status in ("draft", "published", "ok")]
    item = {"headline": "Kill", "body_xhtml": "<p>No.</p>", "pubstatus": "canceled"}

    articles, problems = read(corpus, {"a.json": json.dumps(rows), "b.json": json.dumps(item)})

    assert [article.title for article in articles] == ["published", "ok"]
    assert [problem.reason for problem in problems] == [
        "left out, as it was not published (draft)", "left out, as it was not published (canceled)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        "El puente reabre\nFecha: 14/03/2023\nFuente: El Faro\nPor Ana Vega y Luis Prado\n\nCostó 18 millones.\n",
        "Die Brücke öffnet\nVon Ana Vega und Luis Prado\nQuelle: El Faro\nDatum: 14.03.2023\n\nSie ist fertig.\n",
    ],
)
def test_header_lines_in_other_languages(content: str, corpus: Path) -> None:
    found = one_article(corpus, "a.txt", content)

    assert (found.published, found.source, found.authors) == (date(2023, 3, 14), "El Faro", ("Ana Vega", "Luis Prado"))


def test_a_subhead_that_begins_like_a_byline(corpus: Path) -> None:
    text = "Von der Leyen besucht Kiew\n\nSie kam am Montag."

    found = one_article(corpus, "a.txt", f"Reise nach Kiew\n\n{text}\n")

    assert (found.text, found.authors) == (text, ())


@pytest.mark.parametrize(
    "line", ["Published 3 May 2016 | Updated 5 May 2016", "Updated 5 May 2016 | Published 3 May 2016"]
)
def test_an_update_is_not_the_day_of_publication(line: str, corpus: Path) -> None:
    assert one_article(corpus, "a.txt", f"Juno\n{line}\n\nIt is in orbit.\n").published == date(2016, 5, 3)


# WordPress


def post(title: str, status: str = "publish", kind: str = "post", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>https://orbit.example/{title}</link><wp:status>{status}</wp:status>"
        f"<wp:post_type>{kind}</wp:post_type>{more}<content:encoded><![CDATA[<p>{TEXT}</p>[gallery ids='1']\n\n"
        f"[caption id='a']A probe[/caption] He [sic] said [he] would.]]></content:encoded></item>"
    )


def test_a_wordpress_export(corpus: Path) -> None:
    posts = [
        post("public", more="<dc:creator>alee</dc:creator>"),
        *(post(status, status) for status in ("draft", "private", "trash", "pending", "future")),
    ]
    posts += [post("locked", more="<wp:post_password>x</wp:post_password>"), post("old", "inherit", "revision")]
    posts += [post("picture", "inherit", "attachment")]
    export = (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Orbit</title><wp:author><wp:author_login>alee'
        "</wp:author_login><wp:author_display_name><![CDATA[Ann Lee]]></wp:author_display_name></wp:author>"
        f"{''.join(posts)}</channel></rss>"
    )

    (article,), problems = read(corpus, {"a.xml": export})

    assert (article.title, article.text) == ("public", f"{TEXT}\n\nA probe He [sic] said [he] would.")
    assert article.authors == ("Ann Lee",)
    assert [problem.reason.rpartition(" ")[2] for problem in problems] == [
        "(draft)", "(private)", "(trash)", "(pending)", "(future)", "password)",
    ]  # fmt: skip
