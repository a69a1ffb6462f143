"""Pages, feeds, newsroom XML, tables, web archives, PDF and zip files: what each gives, and where its ending lies."""

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from making import pdf, warc, zipped
from reading import one_article, one_problem, read

from corpus import Article, Problem

PARAGRAPHS = [
    "Juno fired its engine for 35 minutes on Monday night and slipped into orbit round Jupiter, five years after it"
    " left Earth, to the relief of the engineers in Pasadena.",
    "The probe will circle the planet 37 times and look below its clouds for water and for a core of rock.",
]
TEXT = "\n\n".join(PARAGRAPHS)
FACTS = ("Juno arrives at Jupiter", date(2016, 7, 5), ("Ann Lee", "Bo Ray"), "The Daily Orbit")
URL = "https://orbit.example/2016/juno"


def facts(article: Article) -> tuple[str, date | None, tuple[str, ...], str]:
    return article.title, article.published, article.authors, article.source


# HTML


def page(head: str = "", body: str = "") -> str:
    """A page with a menu, an article and a footer."""
    article = body or "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body><nav><a href='/'>Home</a> <a href='/s'>"
        f"Sport</a></nav><article>{article}</article><footer><p>© 2016 The Daily Orbit. All rights reserved."
        "</p></footer></body></html>"
    )


LD = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Juno arrives at Jupiter",
    "datePublished": "2016-07-05T04:18:00Z",
    "dateModified": "2016-07-09",
    "author": [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Ray"}],
    "publisher": {"@type": "Organization", "name": "The Daily Orbit", "url": "https://orbit.example"},
    "url": URL,
}


def ld(content: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(content)}</script>'


OPEN_GRAPH = f"""<title>Juno arrives at Jupiter | The Daily Orbit</title>
<meta property="og:title" content="Juno arrives at Jupiter"><meta property="og:site_name" content="The Daily Orbit">
<meta property="article:published_time" content="2016-07-05T04:18:00Z"><meta name="author" content="Ann Lee, Bo Ray">
<meta property="article:author" content="https://facebook.example/annlee"><meta property="og:url" content="{URL}">"""
META = f"""<meta name="DC.title" content="Juno arrives at Jupiter"><meta name="dc.date.issued" content="5 July 2016">
<meta name="DC.creator" content="Ann Lee and Bo Ray"><meta name="dc.publisher" content="The Daily Orbit">
<link rel="canonical" href="{URL}">"""
HEADS = {
    "JSON-LD": ld(LD),
    "JSON-LD in a list": ld([{"@type": "BreadcrumbList"}, LD]),
    "JSON-LD in a graph": ld({"@graph": [{"@type": "WebSite", "name": "x"}, LD | {"@type": ["Thing", "Article"]}]}),
    "JSON-LD after one that is broken": '<script type="application/ld+json">{"a": </script>' + ld(LD),
    "JSON-LD before OpenGraph": ld(LD) + '<meta property="og:title" content="Juno is there!">',
    "OpenGraph": OPEN_GRAPH,
    "meta elements": META,
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_facts_of_a_page(head: str, corpus: Path) -> None:
    article = one_article(corpus, "juno.html", page(head))

    assert facts(article) == FACTS
    assert (article.url, article.id, article.text) == (URL, "orbit.example/2016/juno", TEXT)


def test_a_bare_page(corpus: Path) -> None:
    body = f"<h1>Juno <em>arrives</em></h1><time pubdate datetime='2016-07-05'>Tuesday</time><p>{PARAGRAPHS[0]}</p>"

    article = one_article(corpus, "a.htm", page("<title>Juno | Orbit</title>", body))

    assert facts(article) == ("Juno arrives", date(2016, 7, 5), (), "")
    assert article.text.startswith("Juno fired its engine")
    assert article.id == "a.htm"


def test_a_day_in_the_text_is_not_the_day_of_publication(corpus: Path) -> None:
    assert one_article(corpus, "a.html", page("", f"<p>On 3 May 2011, {TEXT}</p>")).published is None


def test_a_page_that_loads_its_text_later(corpus: Path) -> None:
    content = page(ld(LD | {"articleBody": TEXT}), "<p>Loading</p>")

    assert one_article(corpus, "a.html", content).text == TEXT


@pytest.mark.parametrize(
    "content",
    ["<html></html>", "<html><head><title>Juno</title></head></html>", "<!doctype html>", "<html><body>",
     "<html><body><script>var a = 1;</script></body></html>"],
    ids=["empty", "no body", "a type alone", "an empty body", "a script"],
)  # fmt: skip
def test_a_page_without_text(content: str, corpus: Path) -> None:
    assert one_problem(corpus, "a.html", content) == Problem("a.html", None, "no text")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251"])
def test_encodings_of_a_page(encoding: str, corpus: Path) -> None:
    russian = "Президент России выступил в пятницу вечером перед журналистами и ответил на их вопросы о выборах. " * 3
    content = f"<html><head><meta charset={encoding}></head><body><p>{russian}</p></body></html>"

    assert one_article(corpus, "a.html", content.encode(encoding)).text == russian.strip()


# Feeds

RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Daily Orbit</title>
<item><title>Juno arrives at Jupiter</title><link>{URL}</link><guid>7</guid><description>Juno is there.</description>
<pubDate>Tue, 05 Jul 2016 04:18:00 GMT</pubDate><dc:creator>Ann Lee and Bo Ray</dc:creator>
<content:encoded><![CDATA[<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>]]></content:encoded></item>
<item><title>Zika &amp;amp; Rio</title><description>Doctors &lt;b&gt;are&lt;/b&gt; wary.</description></item>
<item><title>Nothing</title></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>The Daily Orbit</title><entry><id>urn:7</id>
<title>Juno arrives at Jupiter</title><link href="{URL}"/><published>2016-07-05T04:18:00Z</published>
<updated>2016-07-09T00:00:00Z</updated><author><name>Ann Lee</name></author><author><name>Bo Ray</name></author>
<content type="html">&lt;p&gt;{PARAGRAPHS[0]}&lt;/p&gt;&lt;p&gt;{PARAGRAPHS[1]}&lt;/p&gt;</content></entry></feed>"""


def test_rss(corpus: Path) -> None:
    articles, problems = read(corpus, {"feed.xml": RSS})

    assert facts(articles[0]) == FACTS
    assert (articles[0].url, articles[0].text) == (URL, TEXT)
    assert (articles[1].title, articles[1].text, articles[1].source) == (
        "Zika & Rio",
        "Doctors are wary.",
        "The Daily Orbit",
    )
    assert problems == [Problem("feed.xml", 3, "no text")]


def test_atom(corpus: Path) -> None:
    article = one_article(corpus, "feed.atom", ATOM)

    assert facts(article) == FACTS
    assert (article.url, article.text) == (URL, TEXT)


# XML of newsrooms

NITF = f"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.3/nitf-3-3.dtd">
<nitf><head><title>Slug</title><docdata><doc-id id-string="7"/></docdata>
<pubdata date.publication="20160705T000000" ex-ref="{URL}" name="The Daily Orbit"/></head>
<body><body.head><hedline><hl1>Juno arrives at Jupiter</hl1><hl2>At last</hl2></hedline>
<byline class="print_byline">By Ann Lee and Bo Ray</byline></body.head>
<body.content><block class="lead_paragraph"><p>{PARAGRAPHS[0]}</p></block>
<block class="full_text"><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></block></body.content></body></nitf>"""


def news_item(guid: str, inline: str) -> str:
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="1"><itemMeta>
<provider literal="The Daily Orbit"/><versionCreated>2016-07-09T00:00:00Z</versionCreated></itemMeta><contentMeta>
<contentCreated>2016-07-05T04:18:00Z</contentCreated><by>By Ann Lee and Bo Ray</by>
<headline>Juno arrives at Jupiter</headline></contentMeta><contentSet>{inline}</contentSet></newsItem>"""


HTML_INLINE = f"""<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>
<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></body></html></inlineXML>"""
NITF_INLINE = f"""<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>
<body.head><byline><p>Ann</p></byline></body.head><body.content><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></body.content>
</body></nitf></inlineXML>"""


@pytest.mark.parametrize(
    "content",
    [NITF, news_item("7", HTML_INLINE), news_item("7", NITF_INLINE)],
    ids=["NITF", "NewsML-G2 in HTML", "NewsML-G2 in NITF"],
)
def test_newsroom_xml(content: str, corpus: Path) -> None:
    article = one_article(corpus, "a.xml", content)

    assert (facts(article), article.text) == (FACTS, TEXT)


def test_a_message_of_several_items(corpus: Path) -> None:
    items = news_item("a", HTML_INLINE) + news_item("b", "") + news_item("c", "<inlineData>One.</inlineData>")
    message = f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{items}</itemSet></newsMessage>'

    articles, problems = read(corpus, {"a.xml": message})

    assert [(article.id, article.text) for article in articles] == [("a.xml#a", TEXT), ("a.xml#c", "One.")]
    assert problems == [Problem("a.xml", 2, "no text")]


def test_items_before_the_damage_survive(corpus: Path) -> None:
    message = f"<newsMessage><itemSet>{news_item('a', HTML_INLINE)}<newsItem></oops>"

    articles, problems = read(corpus, {"a.xml": message})

    assert [article.id for article in articles] == ["a.xml#a"]
    assert problems[0].reason.startswith(
        "cannot be read as .xml (XMLSyntaxError: Opening and ending tag mismatch: newsItem line 5"
    )


def test_xml_of_another_kind(corpus: Path) -> None:
    reason = "XML of another kind (<catalogue>); RSS, Atom, NITF, NewsML, RCV1 and ALTO are read"

    assert one_problem(corpus, "a.xml", "<catalogue><item/></catalogue>") == Problem("a.xml", None, reason)


# Tables

TABLES = {
    "commas": "title,text,date,author,source\nJuno,One.,2016-07-05,Ann Lee,Orbit\n",
    "semicolons": "title;text;date;author;source\nJuno;One.;05/07/2016;Ann Lee;Orbit\n",
    "tabs": "Title\tText\tDate\tAuthor\tSource\r\nJuno\tOne.\t2016-07-05\tAnn Lee\tOrbit\r\n",
    "a mark": "\ufefftitle,text,date,author,source\nJuno,One.,2016-07-05,Ann Lee,Orbit",
    "blank lines": "\ntitle,text,date,author,source\n\nJuno,One.,2016-07-05,Ann Lee,Orbit\n\n",
    "names between quotation marks": '"title","text","date","author","source"\n"Juno","One.",2016-07-05,Ann Lee,Orbit',
    "empty columns at the end": "title,text,date,author,source\nJuno,One.,2016-07-05,Ann Lee,Orbit,,\n",
}


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_tables(content: str, corpus: Path) -> None:
    article = one_article(corpus, "a.csv", content)

    assert (article.title, article.text) == ("Juno", "One.")
    assert (article.published, article.authors, article.source) == (date(2016, 7, 5), ("Ann Lee",), "Orbit")


def test_a_text_over_several_lines_of_a_table(corpus: Path) -> None:
    assert one_article(corpus, "a.csv", 'title,text\nJuno,"One, ""two"".\n\nThree."\n').text == 'One, "two".\n\nThree.'


@pytest.mark.parametrize("end", ["\n", "\r"], ids=["of its own", "of an old Mac"])
def test_a_line_that_is_too_long_is_named(end: str, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.readers.record.LARGEST_LINE", 100)
    rows = ["title,text", "Juno,One.", f"Long,{'x' * 200}", "Cassini,Two.", "Ragged"]

    articles, problems = read(corpus, {"a.csv": end.join(rows)})

    ragged = "1 columns, but 2 names in the first row; is a quotation mark missing?"
    long = "not CSV: a line of more than 16 MB"
    if end == "\n":
        assert [article.title for article in articles] == ["Juno", "Cassini"]
        assert [(problem.record, problem.reason) for problem in problems] == [(3, long), (5, ragged)]
    else:
        assert [(problem.record, problem.reason) for problem in problems] == [(1, long)]


def test_only_ragged_rows_are_lost(corpus: Path) -> None:
    articles, problems = read(corpus, {"a.csv": 'title,text\nA,"One\ntwo."\nB\nC,Three.,more\nD,Four.\n'})

    assert [article.title for article in articles] == ["A", "D"]
    assert [(problem.record, problem.reason.partition(";")[0]) for problem in problems] == [
        (4, "1 columns, but 2 names in the first row"),
        (5, "3 columns, but 2 names in the first row"),
    ]


# Web archives and PDF


def test_a_web_archive(corpus: Path) -> None:
    pages = {URL: page(ld({k: v for k, v in LD.items() if k != "url"})), f"{URL}/gone": "", f"{URL}/a.png": "png"}

    articles, problems = read(corpus, {"a.warc": warc(pages), "b.warc.gz": gzip.compress(warc(pages))})

    assert [(article.path, article.id, facts(article)) for article in articles] == [
        ("a.warc", "orbit.example/2016/juno", FACTS),
        ("b.warc.gz", "orbit.example/2016/juno", FACTS),
    ]
    assert [(problem.path, problem.record, problem.reason) for problem in problems] == [
        ("a.warc", 2, "no text"),
        ("b.warc.gz", 2, "no text"),
    ]


def test_a_pdf(corpus: Path) -> None:
    lines = [
        "Juno arrives",
        "Date: 5 July 2016",
        "Juno fired its engine for 35 minutes and slipped into or-",
        "bit round Jupiter on Monday night, to the relief of all.",
        "It took five years.",
        "The end came",
        "late.",
    ]

    article = one_article(corpus, "a.pdf", pdf(*lines))

    assert (article.title, article.published) == ("Juno arrives", date(2016, 7, 5))
    assert article.text.split("\n\n") == [
        "Juno fired its engine for 35 minutes and slipped into orbit round Jupiter on Monday night, to the relief of"
        " all. It took five years.",
        "The end came late.",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(pdf(), "a PDF without text, perhaps of scanned pages"), (pdf("One.")[:200], "cannot be read as .pdf (Pdf"),
     (b"%PDF-1.4", "cannot be read as .pdf (Pdf")],
    ids=["no text", "cut off", "a head alone"],
)  # fmt: skip
def test_pdf_without_an_article(content: bytes, reason: str, corpus: Path) -> None:
    assert one_problem(corpus, "a.pdf", content).reason.startswith(reason)


@pytest.mark.parametrize(("name", "package"), [("a.pdf", "pypdf"), ("a.warc", "warcio")])
def test_a_package_that_is_not_there(name: str, package: str, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (package, "warcio.archiveiterator"):
        monkeypatch.setitem(__import__("sys").modules, module, None)

    content = {"a.pdf": pdf("One."), "a.warc": warc({URL: "x"})}[name]

    assert one_problem(corpus, name, content).reason.endswith(f"need one more package; run: pip install {package}")


# Zip files


def test_members_of_a_zip(corpus: Path) -> None:
    members = {
        "a.txt": "Juno\n\nOne.", "b/c.jsonl.gz": gzip.compress(b'{"text": "Two.", "id": 7}\n'), "d.html": page(ld(LD)),
        "README.md": "No.", "__MACOSX/._a.txt": "No.", "b/.hidden.txt": "No.", "e.txt": "",
    }  # fmt: skip

    articles, problems = read(corpus, {"x.zip": zipped(members)})

    assert [(article.path, article.id) for article in articles] == [
        ("x.zip!a.txt", "x.zip!a.txt"),
        ("x.zip!b/c.jsonl.gz", "x.zip!b/c.jsonl.gz#7"),
        ("x.zip!d.html", "orbit.example/2016/juno"),
    ]
    assert problems == [Problem("x.zip!e.txt", None, "no text")]


ZIPS = {
    "no member": (zipped({}), "a.zip", "no reader for this ending"),
    "only hidden members": (zipped({".a": "x"}), "a.zip", "no text"),
    "cut off": (zipped({"a.txt": TEXT})[:-30], "a.zip", "cannot be read as .zip (BadZipFile"),
    "a name that leads up": (zipped({"../a.txt": TEXT}), "a.zip!../a.txt", "its name leads out of the packed file"),
    "a zip inside": (zipped({"b.zip": zipped({"a.txt": TEXT})}), "a.zip!b.zip", "a zip file inside another; unpack it"),
    "an Office file": (
        zipped({"[Content_Types].xml": "x", "word/a.xml": "x"}),
        "a.zip",
        "an Office file or another document",
    ),
    "a bomb": (zipped({"a.txt": b"\0" * (70 << 20)}), "a.zip!a.txt", "unpacks to more than 200 times its size"),
}


@pytest.mark.parametrize(("content", "path", "reason"), ZIPS.values(), ids=ZIPS)
def test_zip_files_that_give_nothing(content: bytes, path: str, reason: str, corpus: Path) -> None:
    problem = one_problem(corpus, "a.zip", content)

    assert problem.path == path
    assert problem.reason.startswith(reason)


def test_a_member_whose_sum_is_wrong(corpus: Path) -> None:
    content = zipped({"a.txt": TEXT}, zipfile.ZIP_STORED).replace(b"Juno fired", b"Juno Fired", 1)

    assert one_problem(corpus, "a.zip", content).reason.startswith(
        "cannot be read as .txt (BadZipFile: Bad CRC-32 for file 'a.txt')"
    )


# Endings that lie


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", page(ld(LD))),
        ("a", page(ld(LD))),
        ("a.asp", page(ld(LD))),
        ("a.xml", page(ld(LD))),
        ("a.json", NITF),
        ("a.txt", ATOM),
        ("a.html", ATOM),
        ("a.txt", zipped({"b.html": page(ld(LD))})),
        ("a.html", warc({URL: page(ld(LD))})),
    ],
    ids=["page as text", "page without an ending", "page of a script", "page as XML", "NITF as JSON", "feed as text",
         "feed as page", "zip as text", "web archive as page"],
)  # fmt: skip
def test_the_content_decides(name: str, content: str | bytes, corpus: Path) -> None:
    article = one_article(corpus, name, content)

    assert (facts(article), article.text) == (FACTS, TEXT)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson"])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_list_under_any_ending_of_json(name: str, indent: int | None, corpus: Path) -> None:
    rows = [{"text": "One.", "id": 1}, {"text": "Two.", "id": 2}]

    assert [article.id for article in read(corpus, {name: json.dumps(rows, indent=indent)})[0]] == [
        f"{name}#1",
        f"{name}#2",
    ]


# What databases export


def test_rows_of_elasticsearch_and_mongodb(corpus: Path) -> None:
    hits = [{"_index": "news", "_id": "a1", "_score": 1.0, "_source": {"headline": "Juno", "body": "One."}}]
    found = {"took": 3, "hits": {"total": {"value": 1}, "hits": hits}}
    row = {"_id": {"$oid": "b2"}, "title": "Juno", "text": "Two.", "date": {"$date": "2016-07-05T04:18:00Z"}}
    other = row | {"_id": {"$oid": "b3"}, "date": {"$date": {"$numberLong": "1467692280000"}}}

    articles, problems = read(
        corpus, {"a.json": json.dumps(found), "b.jsonl": f"{json.dumps(row)}\n{json.dumps(other)}"}
    )

    assert problems == []
    assert [(article.id, article.text, article.published) for article in articles] == [
        ("a.json#a1", "One.", None),
        ("b.jsonl#b2", "Two.", date(2016, 7, 5)),
        ("b.jsonl#b3", "Two.", date(2016, 7, 5)),
    ]
