"""What agencies send, and that no word of it is lost."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from reading import one_article, one_problem, read

NITF = "<nitf><body><body.head><hedline><hl1>{title}</hl1></hedline>{head}</body.head><body.content>{body}</body.content></body></nitf>"  # noqa: E501
INLINE = (
    "<p>The <org>port council</org> of <location>Ellis</location> said <em>nothing</em>, <a href='x'>wrote</a>"
    " <person>Ann Lee</person> on Monday.<br/>Nobody asked.</p><hl2>Ferries</hl2><ul><li>One sails at six.</li>"
    "<li>One sails at nine.</li></ul><table><tr><td>Cars</td><td>3 euros</td></tr></table><p>The end.</p>"
)
TEXT = (
    "The port council of Ellis said nothing, wrote Ann Lee on Monday.\nNobody asked.\n\nFerries\n\n"
    "One sails at six.\n\nOne sails at nine.\n\nCars 3 euros\n\nThe end."
)
G2 = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:1"><itemMeta><provider literal="Port Agency"/>'
    "<versionCreated>2016-06-17T08:00:00Z</versionCreated></itemMeta><contentMeta><headline>Bridge <b>closed</b> again"
    '</headline></contentMeta><contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>No</title>'
    "</head><body>{body}</body></html></inlineXML></contentSet></newsItem>"
)
NEWSML_1 = (
    '<NewsML Version="1.2"><NewsEnvelope><DateAndTime>20160617T080000Z</DateAndTime></NewsEnvelope><NewsItem>'
    "<NewsComponent><NewsLines><HeadLine>Bridge closed</HeadLine><ByLine>Ann Lee</ByLine></NewsLines><ContentItem>"
    "<DataContent>{body}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
)
RCV1 = (
    '<newsitem itemid="7" date="1996-08-20"><title>ELLIS: Bridge</title><headline>Bridge closed</headline>'
    "<byline>Ann Lee</byline><text>{body}</text><copyright>(c)</copyright></newsitem>"
)
RITZAU = (
    "<RBNews><NewsID>7</NewsID><PublishDate>2016-06-17T08:00:00</PublishDate><headline>Bridge closed</headline>"
    "<origin>/ritzau/</origin>"
    "<content>&lt;p&gt;One &amp;aring; bro.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content></RBNews>"
)


@pytest.mark.parametrize(
    ("content", "title", "day"),
    [
        (NITF.format(title="Bridge <em>closed</em> again", head="", body=INLINE), "Bridge closed again", None),
        (G2.format(body=INLINE), "Bridge closed again", date(2016, 6, 17)),
        (NEWSML_1.format(body=INLINE), "Bridge closed", date(2016, 6, 17)),
        (RCV1.format(body=INLINE), "Bridge closed", date(1996, 8, 20)),
    ],
    ids=["NITF", "NewsML-G2", "NewsML 1.2", "RCV1"],
)
def test_no_word_is_lost(content: str, title: str, day: date | None, corpus: Path) -> None:
    article = one_article(corpus, "a.xml", content)

    assert (article.title, article.text, article.published) == (title, TEXT, day)
    assert Counter(re.findall(r"\w+", re.sub("<[^>]*>", " ", INLINE))) == Counter(re.findall(r"\w+", article.text))


def test_what_may_stand_before_the_root(corpus: Path) -> None:
    content = "<?xml version='1.0'?>\n<!-- the night desk --><?xml-stylesheet href='x'?>\n" + NITF.format(
        title="Bridge", head="", body="<p>One.</p>"
    )

    assert one_article(corpus, "a.xml", content).text == "One."


def test_entities_that_a_dtd_would_name(corpus: Path) -> None:
    content = NITF.format(title="Bridge &mdash; closed", head="", body="<p>A caf&eacute; &amp; a &lt;bar&gt;.</p>")

    article = one_article(corpus, "a.xml", content)

    assert (article.title, article.text) == ("Bridge — closed", "A café & a <bar>.")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("", "cp1252"), (' encoding="iso-8859-1"', "cp1252"), (' encoding="iso-8859-1"', "utf-8")],
)
def test_encodings_of_xml(declared: str, encoding: str, corpus: Path) -> None:
    text = "The café’s owner said “no”, as did the mayor’s."
    content = f"<?xml version='1.0'{declared}?>" + NITF.format(title="Café", head="", body=f"<p>{text}</p>")

    article = one_article(corpus, "a.xml", content.encode(encoding))

    assert (article.title, article.text) == ("Café", text)


def test_who_wrote_and_who_sent(corpus: Path) -> None:
    byline = "<byline>By <person>Ann Lee</person> and Bo Ray<byttl>City Writers</byttl></byline>"
    head = f"{byline}<distributor>NTB</distributor>"

    article = one_article(corpus, "a.xml", NITF.format(title="Bridge", head=head, body="<p>One.</p>"))

    assert (article.authors, article.source) == (("Ann Lee", "Bo Ray"), "NTB")


def test_a_note_above_the_text_is_not_the_text(corpus: Path) -> None:
    head = "<note><body.content><p>For editors.</p></body.content></note>"

    assert one_article(corpus, "a.xml", NITF.format(title="Bridge", head=head, body="<p>One.</p>")).text == "One."


def test_html_within_xml(corpus: Path) -> None:
    article = one_article(corpus, "a.xml", RITZAU)

    assert (article.title, article.text, article.source) == ("Bridge closed", "One å bro.\n\nTwo.", "ritzau")


def test_a_queue_of_items(corpus: Path) -> None:
    articles, problems = read(
        corpus, {"a.xml": f"<Queue><Items>{RITZAU}{RITZAU.replace('closed', 'opens')}</Items></Queue>"}
    )

    assert problems == []
    assert [article.title for article in articles] == ["Bridge closed", "Bridge opens"]


def test_articles_in_xml_of_ones_own(corpus: Path) -> None:
    rows = "".join(
        f"<article><title>{name}</title><date>2016-06-17</date><body><p>{name} is here.</p></body></article>"
        for name in ("Ann", "Bo")
    )

    articles, _ = read(corpus, {"a.xml": f"<articles>{rows}</articles>"})

    assert [(one.title, one.text, one.published) for one in articles] == [
        ("Ann", "Ann is here.", date(2016, 6, 17)),
        ("Bo", "Bo is here.", date(2016, 6, 17)),
    ]


def test_a_scanned_page(corpus: Path) -> None:
    lines = "".join(
        f"<TextLine>{''.join(f'<String CONTENT={word!r}/>' for word in line.split())}</TextLine>"
        for line in ("The har-", "bour bridge", "is shut.")
    )
    block = f"<TextBlock>{lines}</TextBlock>"

    article = one_article(
        corpus, "a.xml", f"<alto><Layout><Page><PrintSpace>{block * 2}</PrintSpace></Page></Layout></alto>"
    )

    assert article.text == "The harbour bridge is shut.\n\nThe harbour bridge is shut."


def test_a_scanned_page_as_html(corpus: Path) -> None:
    line = "<span class='ocr_line'><span class='ocrx_word'>{}</span> <span class='ocrx_word'>{}</span></span>"
    lines = line.format("The", "har-") + line.format("bour", "bridge")

    content = f"<html><body><div class='ocr_page'><p class='ocr_par'>{lines}</p></div></body></html>"

    assert one_article(corpus, "a.hocr", content).text == "The harbour bridge"


def test_a_package_without_text_is_named(corpus: Path) -> None:
    assert one_problem(corpus, "a.xml", "<mets><dmdSec/></mets>").reason.startswith("METS, which names other files")


# Before XML

IPTC = (
    "\x01eca001 3 i 120 ccccb   dpa 0012\r\n\nEllis/bridge/\r\n\x02Bridge opens\r\nBy Ann Lee, dpa =\r\n\n"
    "   Ellis (dpa) - The bridge over the river\r\nopened on Monday.\r\n\n   It cost 40 million.\r\n\n"
    "# dpa NOTEBOOK\r\n\n- Reporting by: Bo Ray\r\n\x03131137 GMT Jun 16\r\n"
)
ANPA = (
    "\x16\x16\x01W2870\x1f_asian\nf l\x13\x11 BC-Bridge     06-17 1049\n\x02^BC-Bridge,466<\n^Bridge opens<\n"
    "^Eds: With photos.<\n^By ANN LEE=\n^Associated Press=\n\t   ELLIS (AP) _ The bridge opened.\n \n\t   It cost 40.\n"
    "\n\t   \x03AP-WF-06-17-16 1509GMT<\n\x04"
)
SGML = (
    '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS TOPICS="YES" OLDID="5" NEWID="1">\n'
    "<DATE>26-FEB-1987 15:01:01.79</DATE><UNKNOWN>&#5;C T</UNKNOWN>"
    "<TEXT>&#2;<TITLE>BRIDGE &lt;ELL> OPENS</TITLE><DATELINE>    ELLIS, Feb 26 - </DATELINE>"
    "<BODY>The bridge\nopened.\n Reuter\n&#3;</BODY></TEXT></REUTERS>"
)


def test_iptc_7901(corpus: Path) -> None:
    article = one_article(corpus, "a.txt", IPTC)

    assert article.title == "Bridge opens"
    assert article.text == "Ellis (dpa) - The bridge over the river opened on Monday.\n\nIt cost 40 million."
    assert (article.published, article.source, article.authors) == (date(2016, 6, 13), "dpa", ("Ann Lee",))


def test_anpa_1312(corpus: Path) -> None:
    article = one_article(corpus, "a.tst", ANPA)

    assert (article.title, article.text) == ("Bridge opens", "ELLIS (AP) _ The bridge opened.\n\nIt cost 40.")
    assert (article.published, article.source, article.authors) == (date(2016, 6, 17), "AP", ("ANN LEE",))


def test_reuters_21578(corpus: Path) -> None:
    article = one_article(corpus, "reut2-000.sgm", SGML)

    assert (article.title, article.text) == ("BRIDGE <ELL> OPENS", "ELLIS, Feb 26 - The bridge opened.")
    assert (article.published, article.source) == (date(1987, 2, 26), "Reuters")


def test_other_sgml_is_named(corpus: Path) -> None:
    assert (
        one_problem(corpus, "a.sgm", "<DOC>One.</DOC>").reason == "SGML of another kind; that of Reuters-21578 is read"
    )
