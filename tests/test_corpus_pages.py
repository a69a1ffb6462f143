"""What pages say of their articles: day, headline, people, outlet, address, and which text is the article."""

import json
import time
from datetime import date
from pathlib import Path

import pytest
from making import warc
from reading import one_article, read, write

from corpus import Article, read_folder
from corpus.fields import Reading
from corpus.readers.html import page_fields
from corpus.readers.page_dates import is_date_alone

DAY = date(2016, 6, 17)
TEXT = (
    "The harbour bridge of Ellis was shut on Tuesday, after a diver had found cracks in four of its steel hangers, the"
    " port said in the evening. Ferries carry commuters until it is mended, and nobody pays for them."
)
ARTICLE = {"@type": "NewsArticle", "headline": "Bridge shut"}


def page(head: str = "", body: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>Bridge shut</title>{head}</head><body><article>"
        f"<h1>Bridge shut</h1>{body}<p>{TEXT}</p><p>{TEXT.replace('Tuesday', 'Friday')}</p></article></body></html>"
    )


def ld(thing: object, kind: str = "application/ld+json") -> str:
    return f"<script type='{kind}'>{json.dumps(thing)}</script>"


DAYS = {
    "JSON-LD": (ld(ARTICLE | {"datePublished": "2016-06-17T08:00:00+02:00"}), "", "JSON-LD"),
    "a type with a charset": (ld(ARTICLE | {"datePublished": "2016-06-17"}, "application/ld+json; charset=utf-8"), "",
                              "JSON-LD"),
    "in a graph": (ld({"@graph": [{"@type": "WebSite"}, ARTICLE | {"datePublished": "2016-06-17"}]}), "", "JSON-LD"),
    "of the page": (ld({"@type": "WebPage", "datePublished": "2016-06-17"}), "", "JSON-LD"),
    "in CDATA": ('<script type="application/ld+json">\n//<![CDATA[\n{"datePublished": "2016-06-17"}\n//]]></script>',
                 "", "JSON-LD"),
    "broken JSON": ('<script type="application/ld+json">{"datePublished": "2016-06-17", oops}</script>', "", "JSON-LD"),
    "a name with a colon": ("<meta property='article:published:time' content='2016-06-17'>", "", "meta element"),
    "a name in one word": ("<meta name='publishdate' content='2016-06-17'>", "", "meta element"),
    "an unreadable one first": ("<meta name='pubdate' content='1988'><meta name='dc.date' content='2016-06-17'>", "",
                                "meta element"),
    "an empty one first": (ld(ARTICLE | {"datePublished": ""}) + "<meta name='date' content='2016-06-17'>", "",
                           "meta element"),
    "microdata": ("", "<span itemprop='datePublished' content='2016-06-17'>Friday</span>", "time element"),
    "abbr": ("", "<abbr class='published' title='2016-06-17T08:00'>8:00</abbr>", "time element"),
    "the only time": ("", "<time datetime='2016-06-17'>Friday</time>", "time element"),
    "address": ("<link rel='canonical' href='https://port.example/2016/06/17/bridge'>", "", "address"),
    "the local day": ("<link rel='canonical' href='https://port.example/2016/06/17/bridge'>"
                      + ld(ARTICLE | {"datePublished": "2016-06-18T03:28:35Z"}), "", "address"),
    "the local day in sight": (ld(ARTICLE | {"datePublished": "2016-06-18T03:28:35Z"}),
                               "<p class='date'>June 17, 2016</p>", "page text"),
    "for the eye": ("", "<div class='post-date'>17. Juni 2016</div>", "page text"),
    "updated, for the eye": ("", "<p class='update-time'>Updated 9:10 AM ET, Fri June 17, 2016</p>", "page text"),
    "dateline": ("", "<p>17 juin 2016, Ellis. - Le pont est fermé.</p>", "dateline"),
}  # fmt: skip


@pytest.mark.parametrize(("head", "body", "how"), DAYS.values(), ids=DAYS)
def test_days(head: str, body: str, how: str, corpus: Path) -> None:
    article = one_article(corpus, "a.html", page(head, body))

    assert (article.published, article.dated_by) == (DAY, how)


NO_DAYS = {
    "a footer's year": "<footer>© 2016 The Port Herald</footer>",
    "a footer's day": "<footer>Site built 17 June 2016</footer>",
    "a comment's day": "<div class='comments'><p class='date'>17 June 2016</p></div>",
    "a day within the text": "<p>The works begin on 17 June 2016, the port said, and will be over by May.</p>",
    "a day of change": "<p>This article was amended on 17 June 2016.</p>",
    "a day to come": "<time datetime='2999-06-17'>then</time>",
}


@pytest.mark.parametrize("body", NO_DAYS.values(), ids=NO_DAYS)
def test_no_day_is_made_up(body: str, corpus: Path) -> None:
    article = one_article(corpus, "a.html", page("", "").replace("</article>", f"</article>{body}"))

    assert (article.published, article.dated_by) == (None, "")


@pytest.mark.parametrize(
    ("line", "alone"),
    [
        ("Updated 9:10 AM ET, Fri June 17, 2016", True),
        ("17 June 2016, 10:00", True),
        ("17. Juni 2016", True),
        ("Five things to know on June 17, 2016", False),
        ("PARIS, June 17, 2016 (AP) — Now.", False),
        ("17 people died on 17 June 2016.", False),
        ("Published last week", False),
    ],
)
def test_lines_that_only_say_the_day(line: str, alone: bool) -> None:
    assert is_date_alone(line) == alone


def test_the_day_above_a_text_is_no_text(corpus: Path) -> None:
    article = one_article(corpus, "a.html", page("", "<p>Updated 9:10 AM ET, Fri June 17, 2016</p>"))

    assert article.text.startswith("The harbour bridge")


GRAPH = {
    "@graph": [
        ARTICLE | {"author": {"@id": "#ann"}, "publisher": {"@id": "#herald"}},
        {"@type": "Person", "@id": "#ann", "name": "Ann Lee"},
        {"@type": "Organization", "@id": "#herald", "name": "The Port Herald"},
    ]
}
PEOPLE = {
    "by @id": (ld(GRAPH), "", ("Ann Lee",)),
    "first and family name": (ld(ARTICLE | {"author": {"givenName": "Ann", "familyName": "Lee"}}), "", ("Ann Lee",)),
    "several in one": (ld(ARTICLE | {"author": ["Ann Lee, Bo Ray and Cy Day"]}), "", ("Ann Lee", "Bo Ray", "Cy Day")),
    "surname first": ("<meta name='dc.creator' content='Lee, Ann'>", "", ("Ann Lee",)),
    "und": ("<meta name='author' content='Ann Lee und Bo Ray'>", "", ("Ann Lee", "Bo Ray")),
    "an address": ("<meta name='author' content='a.lee@port.example'>", "", ()),
    "a person rather than the outlet": (
        ld(ARTICLE | {"author": {"name": "The Herald"}, "publisher": {"name": "The Herald"}}),
        "<p class='byline'>By Ann Lee, CNN</p>",
        ("Ann Lee",),
    ),
    "microdata": ("", "<span itemprop='author' itemscope><b itemprop='name'>Ann Lee</b></span>", ("Ann Lee",)),
    "a byline": ("", "<p class='metadata__byline'>By Ann Lee, CNN</p>", ("Ann Lee",)),
    "empty in JSON-LD": (ld(ARTICLE | {"author": []}) + "<meta name='author' content='Ann Lee'>", "", ("Ann Lee",)),
}


@pytest.mark.parametrize(("head", "body", "people"), PEOPLE.values(), ids=PEOPLE)
def test_people(head: str, body: str, people: tuple[str, ...], corpus: Path) -> None:
    assert one_article(corpus, "a.html", page(head, body)).authors == people


OUTLETS = {
    "by @id": ld(GRAPH),
    "empty in JSON-LD": ld(ARTICLE | {"publisher": {}}) + "<meta property='og:site_name' content='The Port Herald'>",
    "unknown @id": ld(ARTICLE | {"publisher": {"@id": "#x"}})
    + "<meta property='og:site_name' content='The Port Herald'>",
    "an organisation": ld([ARTICLE, {"@type": "NewsMediaOrganization", "name": "The Port Herald"}]),
}


@pytest.mark.parametrize("head", OUTLETS.values(), ids=OUTLETS)
def test_outlets(head: str, corpus: Path) -> None:
    assert one_article(corpus, "a.html", page(head)).source == "The Port Herald"


def test_things_that_name_each_other(corpus: Path) -> None:
    cycle = {
        "@graph": [
            ARTICLE | {"author": [{"@id": "#a"}, {"@id": "#b"}], "publisher": {"@id": "#b"}},
            {"@id": "#a", "name": [{"@id": "#b"}, {"@id": "#b"}]},
            {"@id": "#b", "name": [{"@id": "#a"}, {"@id": "#a"}]},
        ]
    }
    byline = "<p class='byline'>By Ann Lee</p>"

    assert one_article(corpus, "a.html", page(ld(cycle), byline)).authors == ("Ann Lee",)


def test_things_in_things_are_looked_at_once(corpus: Path) -> None:
    thing: dict[str, object] = ARTICLE | {"author": "Ann Lee", "@id": "#0"}
    for number in range(1, 40):
        thing = {"@id": f"#{number}", "mainEntity": thing}

    assert one_article(corpus, "a.html", page(ld(thing))).authors == ("Ann Lee",)


SITE = "<meta property='og:site_name' content='The Herald'>"
TITLES = {
    "outlet behind it": f"{SITE}<meta property='og:title' content='Bridge shut - The Herald'>",
    "section behind it": "<meta property='og:title' content='Bridge shut | Local news'>",
    "only an element": SITE,
}


@pytest.mark.parametrize("head", TITLES.values(), ids=TITLES)
def test_titles(head: str, corpus: Path) -> None:
    assert one_article(corpus, "a.html", page(head)).title == "Bridge shut"


def test_an_empty_heading_is_none(corpus: Path) -> None:
    content = page().replace("<article>", "<header><h1><img src=a.png></h1></header><article>")

    assert one_article(corpus, "a.html", content).title == "Bridge shut"


def test_the_article_of_the_page_itself(corpus: Path) -> None:
    others = [ARTICLE | {"headline": name, "url": f"https://port.example/{name}"} for name in ("Ferries", "Mayor")]
    head = "<link rel='canonical' href='https://port.example/Mayor'>" + ld(others)

    assert one_article(corpus, "a.html", page(head)).title == "Mayor"


def test_the_main_entity_of_a_page(corpus: Path) -> None:
    thing = {"@type": "WebPage", "name": "x", "mainEntity": ARTICLE | {"headline": "Bridge closed"}}

    assert one_article(corpus, "a.html", page(ld(thing))).title == "Bridge closed"


def test_a_live_blog_that_loads_later(corpus: Path) -> None:
    updates = [
        {"headline": "Mayor speaks", "datePublished": "2016-06-17T09:00", "articleBody": "It will take weeks."},
        {"headline": "Bridge shut", "datePublished": "2016-06-17T06:00", "articleBody": "Divers found cracks."},
    ]
    thing = {"@type": "LiveBlogPosting", "headline": "Bridge: live", "liveBlogUpdate": updates}
    content = f"<html><head>{ld(thing)}</head><body><nav>Home</nav><div>Loading</div></body></html>"

    article = one_article(corpus, "a.html", content)

    assert article.text == "Bridge shut\n\nDivers found cracks.\n\nMayor speaks\n\nIt will take weeks."


def test_what_is_laid_over_the_text(corpus: Path) -> None:
    asks = "<p>We and our partners store cookies on your device for purpose after purpose, as you may choose.</p>" * 12
    content = page().replace("<article>", f"<div id='consent-box'><h2>Your privacy</h2>{asks}</div><article>")

    assert "cookies" not in one_article(corpus, "a.html", content).text


def test_lines_that_lead_elsewhere(corpus: Path) -> None:
    asides = ("Read more: Ten bridges", "READ ALSO: Mayor jailed", "Follow @annlee on Twitter", "Advertisement")
    body = "".join(f"<p>{line}</p>" for line in asides)

    text = one_article(corpus, "a.html", page("", f"<p>{TEXT}</p>{body}")).text

    assert not [line for line in asides if line in text]


def test_a_control_character_costs_no_text(corpus: Path) -> None:
    assert one_article(corpus, "a.html", page("", "<p>The mayor&#2; spoke.\x03</p>")).text.startswith(
        "The mayor spoke."
    )


def test_several_articles_on_a_page(corpus: Path) -> None:
    parts = "".join(
        f"<article><h2>{name}</h2><time datetime='{day}'>{day}</time><p>{TEXT}</p><p>{name} was there.</p></article>"
        for name, day in (("Ann", "2016-06-17"), ("Bo", "2016-06-18"))
    )

    articles, _ = read(corpus, {"a.html": f"<html><head><title>News</title></head><body>{parts}</body></html>"})

    assert [(one.title, one.published) for one in articles] == [("Ann", DAY), ("Bo", date(2016, 6, 18))]
    assert articles[0].text == f"{TEXT}\n\nAnn was there."


def test_a_page_of_digits_is_read_soon(corpus: Path) -> None:
    begins = time.process_time()
    read(corpus, {"a.html": page(body=f"<p>{'9' * 400_000}</p>")})

    assert time.process_time() - begins < 10  # Looked at from each digit on, they take a minute.


def test_the_address_that_an_archive_kept(corpus: Path) -> None:
    kept = "https://web.archive.org/web/20160617080000/https://port.example/bridge"

    assert (
        one_article(corpus, "a.html", page(f"<link rel='canonical' href='{kept}'>")).url
        == "https://port.example/bridge"
    )


POLISH = "Burmistrz powiedział, że most został zamknięty w poniedziałek, po dwóch latach pracy."


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'>", "iso-8859-2"),
        ("<script charset='utf-8' src='a.js'></script><meta charset='windows-1250'>", "cp1250"),
        ("", "cp1250"),
        ("<meta charset='idna'>", "cp1250"),
        ("<meta charset='utf-16'>", "utf-8"),
    ],
    ids=["said", "also of a script", "unsaid", "no encoding", "impossible"],
)
def test_encodings_of_pages(head: str, encoding: str) -> None:
    content = f"<html><head>{head}<title>Most</title></head><body><article><p>{POLISH}</p></article></body></html>"

    assert page_fields(content.encode(encoding))["text"] == POLISH


def test_the_encoding_that_a_server_named() -> None:
    content = f"<html><body><article><p>{POLISH}</p></article></body></html>".encode("iso-8859-2")

    assert page_fields(content, "https://port.example/a", "latin2")["text"] == POLISH


def test_a_page_that_names_its_encoding_is_read_so_whatever_others_are(corpus: Path) -> None:
    page = "<html><head>{}<title>Most</title></head><body><article><p>{}</p></article></body></html>"
    named = page.format("<meta charset='iso-8859-1'>", "El niño comió piñas en la montaña.").encode("iso-8859-1")
    unnamed = page.format("", "Łódź.").encode("cp1250")
    files = write(corpus, {"a.html": named, "b.html": unnamed})

    articles = [one for one in read_folder(files, reading=Reading(charset="windows-1250")) if isinstance(one, Article)]

    assert [article.text for article in articles] == ["El niño comió piñas en la montaña.", "Łódź."]


def test_the_encoding_in_a_web_archive(corpus: Path) -> None:
    said = warc({"https://port.example/a": "<html><body><article><p>Ab.</p></article></body></html>"})
    content = said.replace(b"charset=utf-8", b"charset=cp866").replace(b"Ab", "Дa".encode("cp866"))

    articles, _ = read(corpus, {"a.warc": content})

    assert [article.text for article in articles] == ["Дa."]


def test_a_page_of_thousands_of_links_is_an_index_and_refused_at_once(corpus: Path) -> None:
    links = "".join(
        f"<li><a href='/{number}'>The bridge of town {number} was opened</a></li>" for number in range(20_000)
    )
    begins = time.process_time()
    articles, problems = read(corpus, {"a.html": page(body=f"<ul>{links}</ul>"), "b.html": page(body=f"<p>{TEXT}</p>")})

    assert time.process_time() - begins < 10  # Looked for a text, it takes half a minute.
    assert len(articles) == 1
    assert [(one.path, one.reason) for one in problems] == [
        ("a.html", "a page of links to articles, which is none itself")
    ]


def test_wide_gaps_in_json_cost_no_more_than_their_length(corpus: Path) -> None:
    gap = "\n" * 40_000
    for said in (f'{{"a": "b"{gap}}}', f'{gap}{{"a": "b"}}', f'{{"a": "b"}}{gap}'):
        begins = time.process_time()
        articles, _ = read(corpus, {"a.html": page(f'<script type="application/ld+json">{said}</script>')})
        assert len(articles) == 1
        assert time.process_time() - begins < 5  # Looked at from each blank on, a gap takes 10 seconds.
