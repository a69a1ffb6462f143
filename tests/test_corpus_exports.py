"""Exports of news databases: every story an article, in each of the forms that they export."""

import json
from datetime import date
from pathlib import Path

import pytest
from making import pdf, zipped
from reading import one_problem, read

BRIDGE = ("Bridge closed after cracks found", "The Port Herald", date(2010, 1, 11), ("Ann Lee",),
          "The bridge was closed on Tuesday.\n\nRepairs cost 12 million.")  # fmt: skip
MAYOR = ("Mayor jailed", "Lowmere Post", date(2011, 3, 3), (), "A court jailed the mayor.")

NEXIS = """
Download Request: Selected Items: 1-2
Time Of Request: Friday, March 20, 2018  16:51:31

                               1 of 2 DOCUMENTS

                                The Port Herald

                            January 11, 2010 Monday
                                  Late Edition

Bridge closed after
cracks found

BYLINE: Ann Lee

SECTION: NEWS; Pg. 1

LENGTH: 355 words

The bridge was closed on Tuesday.

Repairs cost 12 million.

GRAPHIC: A crack

LOAD-DATE: January 12, 2010

LANGUAGE: ENGLISH

                   Copyright 2010 The Port Herald Ltd
                              All Rights Reserved

                               2 of 2 DOCUMENTS

                              Lowmere Post

                            March 3, 2011 Thursday

Mayor jailed

LENGTH: 5 words

A court jailed the mayor.

LOAD-DATE: March 4, 2011
"""
NEXIS_UNI = """
Documents (2)
1. Bridge closed after cracks found
Client/Matter: -None-
2. Mayor jailed
Client/Matter: -None-

Bridge closed after cracks found
The Port Herald
January 11, 2010 Monday 9:20 AM GMT

Copyright 2010 The Port Herald. All Rights Reserved

Section:\u00a0NEWS; Pg. 1
Length:\u00a0355 words
Byline:\u00a0Ann Lee
Body

The bridge was closed on Tuesday.

Repairs cost 12 million.

Classification
Language: ENGLISH
Load-Date: January 12, 2010
End of Document

Mayor jailed
Lowmere Post
March 3, 2011 Thursday
Length: 5 words
Body
A court jailed the mayor.
Load-Date: March 4, 2011
End of Document
"""
# With labels for all, and the rights first, as in older exports.
NEXIS_LABELS = """
                               1 of 2 DOCUMENTS

                      Copyright 2010 The Port Herald Ltd
                              All Rights Reserved
                                The Port Herald

                            January 11, 2010 Monday
                             Late Edition - Final

LENGTH: 355 words

HEADLINE: Bridge closed
after cracks found

BYLINE: By Ann Lee

DATELINE: PORT ELLIS

BODY:
The bridge was closed on Tuesday.

Repairs cost 12 million.

LOAD-DATE: January 11, 2010

                               2 of 2 DOCUMENTS

                                 Lowmere Post

                            March 3, 2011 Thursday

HEADLINE: Mayor jailed

BODY:
A court jailed the mayor.
"""
FACTIVA = """
News
Bridge closed after cracks found
By Ann Lee
355 words
11 January 2010
08:15 GMT
The Port Herald
PORTH
4
English
Copyright 2010 The Port Herald. All Rights Reserved.

The bridge was closed on Tuesday.

Repairs cost 12 million.

The Port Herald (Full Text)
Document PORTH00020100111e61b0001

Mayor jailed
1,204 words
3 March 2011
Lowmere Post
LOWP
English
(c) 2011 Lowmere Post

A court jailed the mayor.

Document LOWP000020110303e733002

Search Summary
"""
FACTIVA_CODES = """
SE News
HD Bridge closed
 after cracks found
BY By Ann Lee
WC 355 words
PD 11 January 2010
SN The Port Herald
LP The bridge was closed on Tuesday.
TD Repairs cost 12 million.
NS gcat : News
AN Document PORTH00020100111e61b0001

HD Mayor jailed
WC 5 words
PD 3 March 2011
SN Lowmere Post
LP A court jailed the mayor.
AN Document LOWP000020110303e733002
"""
RULE = "_" * 60
PROQUEST = f"""
{RULE}

Document 1 of 2

Bridge closed after cracks found

Author: Lee, Ann

Publication info: The Port Herald ; Port Ellis [Port Ellis]11 Jan 2010: A.4.

Abstract: A short summary of the article.

Full text: The bridge was closed on Tuesday.

Repairs cost 12 million.

Publication title: The Port Herald

Last updated: 2017-11-09

{RULE}

Document 2 of 2

Mayor jailed

Publication info: Lowmere Post [Lowmere]

Full text: A court jailed the mayor.

Publication title: Lowmere Post

Publication date: Mar 3, 2011

ISSN: 01908281
"""


def page(text: str) -> str:
    paragraphs = "".join(f"<p><span>{block}</span></p>" for block in text.split("\n\n"))
    return f"<html><body>{paragraphs.replace(chr(10), '<br>')}</body></html>"


def rtf(text: str) -> str:
    return "{\\rtf1\\ansi " + text.replace("\u00a0", "\\~").replace("\n", "\\par\n") + "}"


def docx(text: str) -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    document = f'<w:document xmlns:w="{word}"><w:body>{paragraphs}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


FACTIVA_HTML = "<html><body><h1>Dow Jones Factiva</h1>" + "".join(
    f"""<div class="article enArticle"><div id="hd"><span class="enHeadline">{title}</span></div>{by}
    <div>355 words</div><div>{day}</div><div>{outlet}</div><div>CODE</div><div>English</div><div>Copyright 2017</div>
    {text}<p>Document {code}00020100111e61b0001</p></div>"""
    for title, by, day, outlet, text, code in (
        (BRIDGE[0], '<div class="author">By Ann Lee</div>', "11 January 2010", "The Port Herald",
         "<p>The bridge was closed on Tuesday.</p><p>Repairs cost 12 million.</p>", "PORTH"),
        (MAYOR[0], "", "3 March 2011", "Lowmere Post", "<p>A court jailed the mayor.</p>", "LOWP"),
    )
) + "</body></html>"  # fmt: skip
EUROPRESSE = "<html><body>" + "".join(
    f"""<article><header><div class="rdp__DocPublicationName"><span class="DocPublicationName">{outlet}</span></div>
    <div class="titreArticle"><p class="titreArticleVisu">{title}</p></div>{by}</header>
    <div class="DocText"><div class="docOcurrContainer">{text}</div></div>
    <footer><small>© 2012</small><div class="publiC-lblNodoc">news·{day}·LP·0355</div></footer></article>"""
    for outlet, title, by, text, day in (
        ("The Port Herald, no. 4301", BRIDGE[0], '<p class="sm-margin-bottomNews">Ann Lee</p>',
         "<p>The <mark>bridge</mark> was closed on Tuesday.</p><p>Repairs cost 12 million.</p>", "20100111"),
        ("Lowmere Post", MAYOR[0], "", "<p>A court jailed the mayor.</p>", "20110303"),
    )
) + "</body></html>"  # fmt: skip
EXPORTS: dict[str, str | bytes] = {
    "Nexis.txt": NEXIS, "Nexis.html": page(NEXIS), "Nexis.docx": docx(NEXIS), "Nexis.rtf": rtf(NEXIS),
    "Nexis labels.txt": NEXIS_LABELS, "Nexis labels.rtf": rtf(NEXIS_LABELS), "Nexis labels.docx": docx(NEXIS_LABELS),
    "Nexis Uni.txt": NEXIS_UNI, "Nexis Uni.docx": docx(NEXIS_UNI), "Nexis Uni.rtf": rtf(NEXIS_UNI),
    "Factiva.txt": FACTIVA, "Factiva.html": FACTIVA_HTML, "Factiva.rtf": rtf(FACTIVA), "Factiva.docx": docx(FACTIVA),
    "Factiva codes.txt": FACTIVA_CODES, "Factiva codes.rtf": rtf(FACTIVA_CODES),
    "ProQuest.txt": PROQUEST, "ProQuest.html": page(PROQUEST), "ProQuest.rtf": rtf(PROQUEST),
    "Europresse.html": EUROPRESSE,
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_every_story_is_an_article(name: str, corpus: Path) -> None:
    articles, problems = read(corpus, {name: EXPORTS[name]})

    assert problems == []
    found = [(one.title, one.source, one.published, one.authors, " ".join(one.text.split())) for one in articles]
    assert found == [(*facts, " ".join(text.split())) for *facts, text in (BRIDGE, MAYOR)]
    assert len({article.id for article in articles}) == 2


def test_an_export_in_pdf(corpus: Path) -> None:
    """Where blank lines and indents are lost."""
    (article,), problems = read(
        corpus, {"a.pdf": pdf(*[line.strip() for line in NEXIS.partition("2 of 2")[0].split("\n")])}
    )

    assert problems == []
    assert (article.source, article.published, article.authors) == BRIDGE[1:4]
    assert article.text == "The bridge was closed on Tuesday. Repairs cost 12 million."


REFUSED = {
    "no text": (NEXIS.replace("A court jailed the mayor.\n", ""), "whose text is not found"),
    "no headline": (NEXIS_UNI.replace("Mayor jailed\nLowmere Post\nMarch", "March"), "whose headline is not found"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_story_that_cannot_be_understood_costs_itself_alone(content: str, reason: str, corpus: Path) -> None:
    (article,), (problem,) = read(corpus, {"a.txt": content})

    assert (article.title, article.text) == (BRIDGE[0], BRIDGE[4])
    assert (problem.record, reason in problem.reason) == (2, True)


@pytest.mark.parametrize(
    "content", [NEXIS_UNI.removesuffix("End of Document\n"), FACTIVA.partition("Document LOWP")[0]]
)
def test_a_last_story_that_is_cut_off_is_kept(content: str, corpus: Path) -> None:
    assert [article.title for article in read(corpus, {"a.txt": content})[0]] == [BRIDGE[0], MAYOR[0]]


def undated(story: str, lines: int) -> str:
    """An export whose day is not found, with a text of so many lines."""
    return story.replace("@", "\n".join(f"The council counted {line} boats." for line in range(lines)))


@pytest.mark.parametrize(
    "story",
    [
        "1 of 1 DOCUMENTS\n\nThe Port Herald\n\nBridge closed\n\n@\n",
        "1 of 1 DOCUMENTS\n\nThe Port Herald\n\n@\n\nBody\n\nIt is open.\n",
        "Bridge closed\n\n355 words\n\nThe Port Herald\n\n@\n\n(c) 2010\n\nDocument PORTH00020100111e61b0001\n",
    ],
    ids=["Nexis", "Nexis with a long head", "Factiva"],
)
def test_the_day_is_looked_for_in_the_first_lines_alone(
    story: str, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[object] = []
    monkeypatch.setattr("corpus.readers.nexis.parse_date", looked_at.append)

    read(corpus, {"a.txt": undated(story, 5000)})

    assert 0 < len(looked_at) < 500


def test_europresse_is_divided_in_html_alone(corpus: Path) -> None:
    text = "Vendredi 9 novembre 2012\nLe Port\n\nLe pont\n\nIl est ouvert.\n\nnews·20121109·LP·0355\n"

    assert one_problem(corpus, "a.txt", text).reason.endswith("export it as HTML")


def test_news_of_exports_is_no_export(corpus: Path) -> None:
    texts = {
        "a.txt": "Nexis\n\nThe file says 1 of 3 DOCUMENTS in its first line. End of Document, it says.\n",
        "b.html": "<html><body><article><p>It reads 1 of 3 DOCUMENTS at the top, and no more than that.</p></article>",
        "c.json": json.dumps({"title": "Factiva", "text": "Document PORTH00020100111e61b0001"}),
    }

    assert [article.path for article in read(corpus, texts)[0]] == [*texts]
