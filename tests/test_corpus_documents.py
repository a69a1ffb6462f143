"""Documents, mail, tables and archives: what each kind of file gives."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Mapping
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from making import warc, zipped
from reading import one_article, one_problem, read

from corpus.readers.page_facts import facts

TEXT = "The probe Juno entered orbit around Jupiter on Monday, the agency said after a long wait."
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
TYPES = {"[Content_Types].xml": "<Types/>"}
DOCX = zipped(TYPES | {"word/document.xml": f"""<w:document {WORD}><w:body>
    <w:p><w:r><w:t>Juno </w:t></w:r><w:r><w:t>arrives</w:t></w:r></w:p>
    <w:p><w:r><w:t>By Ann Lee</w:t></w:r></w:p><w:p><w:r><w:t>July 5, 2016</w:t></w:r></w:p><w:p/>
    <w:p><w:r><w:drawing><x:posOffset xmlns:x="y">026035</x:posOffset></w:drawing></w:r>
    <w:del><w:r><w:delText>Gone.</w:delText></w:r></w:del>
    <w:r><w:t>{TEXT}</w:t><w:br/><w:t>It</w:t><w:tab/><w:t>works.</w:t></w:r></w:p></w:body>
    </w:document>"""})  # fmt: skip
ODT = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": f"""<office:document-content {ODF}>
    <office:body><office:text><text:h>Juno <text:span>arrives</text:span></text:h><text:p>By Ann Lee</text:p>
    <text:p>July 5, 2016</text:p><text:p>{TEXT}<text:line-break/>It<text:tab/><text:a>works</text:a>.</text:p>
    </office:text></office:body></office:document-content>"""})  # fmt: skip
RTF = rf"""{{\rtf1\ansi{{\fonttbl{{\f0 Arial;}}}}\b Juno arrives\b0\par By Ann Lee\par July 5, 2016\par
{TEXT}\line It\tab works.}}"""


@pytest.mark.parametrize(("name", "content"), [("a.docx", DOCX), ("a.odt", ODT), ("a.rtf", RTF.encode())])
def test_a_document(name: str, content: bytes, corpus: Path) -> None:
    article = one_article(corpus, name, content)

    assert (article.title, article.authors, article.published) == ("Juno arrives", ("Ann Lee",), date(2016, 7, 5))
    assert article.text == f"{TEXT}\nIt\tworks."


def test_a_text_box_is_read_once(corpus: Path) -> None:
    boxed = "<w:p><w:r><w:t>Boxed.</w:t></w:r></w:p>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = f"<mc:AlternateContent {mc}><mc:Choice>{boxed}</mc:Choice><mc:Fallback>{boxed}</mc:Fallback>"
    document = (
        f"<w:document {WORD}><w:body><w:p><w:r><w:t>Juno arrives</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t>{TEXT}</w:t></w:r></w:p><w:p><w:r>{both}</mc:AlternateContent></w:r></w:p></w:body></w:document>"
    )

    assert one_article(corpus, "a.docx", zipped(TYPES | {"word/document.xml": document})).text == f"{TEXT}\n\nBoxed."


def test_the_chapters_of_a_book(corpus: Path) -> None:
    chapter = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>{1}</p></body></html>"
    members = {
        "mimetype": "application/epub+zip",
        "OEBPS/cover.xhtml": "<html><body><img src='cover.jpg'/></body></html>",
        "OEBPS/a.xhtml": chapter.format("Juno arrives", TEXT),
        "OEBPS/b.xhtml": chapter.format("Juno departs", TEXT.replace("entered", "left")),
    }

    articles, problems = read(corpus, {"a.epub": zipped(members)})

    assert problems == []
    assert [(article.title, article.text[:19]) for article in articles] == [
        ("Juno arrives", "The probe Juno ente"),
        ("Juno departs", "The probe Juno left"),
    ]


# Mail


def mail(body: str, subtype: str = "plain", **headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {
        "From": "Port Herald <news@port.example>",
        "Subject": "Juno arriv\u00e9",
        "Date": "Tue, 5 Jul 2016 10:00 +0200",
    }
    for name, value in (given | headers).items():
        message[name.replace("_", "-")] = value
    message.set_content(body, subtype=subtype)
    return message


def test_a_mail(corpus: Path) -> None:
    both = mail(TEXT)
    both.add_alternative(f"<p>{TEXT}</p>", subtype="html")
    page = mail(f"<html><body><h1>Other</h1><p>{TEXT}</p></body></html>", "html")

    articles, problems = read(corpus, {"a.eml": bytes(both), "b.eml": bytes(page), "c.txt": bytes(both)})

    assert problems == []
    facts = ("Juno arriv\u00e9", "Port Herald", date(2016, 7, 5), (), TEXT)
    assert [(one.title, one.source, one.published, one.authors, one.text) for one in articles] == [facts] * 3


def test_a_mailbox(corpus: Path) -> None:
    mails = [mail(TEXT), mail("From the start:\n\nFrom here it went well.", Subject="Juno departs", Date="")]
    box = b"".join(
        b"From news@port.example Tue Jul  5 10:00:00 2016\n"
        + bytes(one).replace(b"\n\nFrom here", b"\n\n>From here")
        + b"\n"
        for one in mails
    )

    articles, problems = read(corpus, {"a.mbox": box, "b": box})

    assert problems == []
    assert [(one.title, one.published) for one in articles[:2]] == [
        ("Juno arriv\u00e9", date(2016, 7, 5)),
        ("Juno departs", None),
    ]
    assert articles[1].text == "From the start:\n\nFrom here it went well."
    assert [one.text for one in articles[:2]] == [one.text for one in articles[2:]]


BREAKS = "<html><p>Juno breaks the reader of this page.</p>"


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of pages that one page breaks, as no page that we know does."""

    def read_or_break(tree: Any, *rest: Any) -> Any:
        if "Juno breaks" in tree.text_content():
            raise RecursionError
        return facts(tree, *rest)

    monkeypatch.setattr("corpus.readers.html.facts", read_or_break)


@pytest.mark.usefixtures("breaking")
def test_what_breaks_a_reader_costs_one_mail(corpus: Path) -> None:
    broken, unnamed = mail(BREAKS, "html"), bytes(mail(TEXT)).replace(b"Subject", b"Message-ID: <>\nSubject")
    box = b"From x Tue Jul  5 10:00:00 2016\n".join([b"", bytes(broken) + b"\n", unnamed])

    (article,), (problem,) = read(corpus, {"a.mbox": box})

    assert (article.title, article.text) == ("Juno arriv\u00e9", TEXT)
    assert (problem.record, problem.reason) == (1, "nested too deep")


@pytest.mark.usefixtures("breaking")
def test_what_breaks_a_reader_costs_one_page(corpus: Path) -> None:
    pages = {"https://orbit.example/a": BREAKS, "https://orbit.example/b": f"<html><article><p>{TEXT}</p></article>"}

    (article,), (problem,) = read(corpus, {"a.warc": warc(pages)})

    assert (article.id, article.text) == ("orbit.example/b", TEXT)
    assert problem.reason == "nested too deep"


def test_the_encoding_that_a_mail_names(corpus: Path) -> None:
    newsletter = mail("<html><body><p>\u0141\u00f3d\u017a.</p></body></html>", "html")
    newsletter.set_param("charset", "iso-8859-2")
    content = bytes(newsletter).partition(b"\n\n")[0].replace(b"base64", b"8bit").replace(b"quoted-printable", b"8bit")

    article = one_article(corpus, "a.eml", content + "\n\n<p>\u0141\u00f3d\u017a.</p>".encode("iso-8859-2"))

    assert article.text == "\u0141\u00f3d\u017a."


def test_a_page_that_a_browser_saved(corpus: Path) -> None:
    saved = mail(f"<html><body><h1>Juno arrives</h1><p>{TEXT}</p></body></html>", "html",
                 From="<Saved by Blink>", Snapshot_Content_Location="https://orbit.example/juno")  # fmt: skip
    saved.make_related()

    article = one_article(corpus, "a.mhtml", bytes(saved))

    assert (article.id, article.title, article.source) == ("orbit.example/juno", "Juno arrives", "")


# Tables


def test_a_spreadsheet(corpus: Path) -> None:
    pages = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'.format
    rows = [("Headline", "Text"), ("Juno arrives", TEXT), ("", ""), ("Empty", "")]
    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r0"'
        f' Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{pages}" xmlns:r="{relations}"><sheets>'
        '<sheet name="News" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1"'
        f' Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{pages}"><sheetData>{sheet}</sheetData></worksheet>',
    }

    (article,), (problem,) = read(corpus, {"a.xlsx": zipped(members)})

    assert (article.title, article.text) == ("Juno arrives", TEXT)
    assert (problem.record, problem.reason) == (4, "no text")


def test_a_parquet_file(corpus: Path) -> None:
    fastparquet, pandas = pytest.importorskip("fastparquet"), pytest.importorskip("pandas")
    frame = pandas.DataFrame({
        "title": ["Juno arrives", None], "text": [TEXT, "Two."], "authors": [["Ann Lee", "Bo Ray"], None],
        "date": pandas.to_datetime(["2016-07-05", None]),
    })  # fmt: skip
    fastparquet.write(corpus / "a.parquet", frame)

    first, second = read(corpus)[0]

    assert (first.title, first.authors, first.published) == ("Juno arrives", ("Ann Lee", "Bo Ray"), date(2016, 7, 5))
    assert (second.title, second.authors, second.published) == ("", (), None)


# Archives


def tarred(members: Mapping[str, str | bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, words in members.items():
            content = words if isinstance(words, bytes) else words.encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    packed = buffer.getvalue()
    # The same bytes at any time: gzip tells the time at 4 to 8.
    return packed[:4] + bytes(4) + packed[8:] if mode == "w:gz" else packed


NEWS = f"Juno arrives\n\n{TEXT}\n"


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_file(mode: str, corpus: Path) -> None:
    members = {"./a.txt": NEWS, "b/c.txt.gz": gzip.compress(NEWS.encode()), ".hidden.txt": NEWS, "../up.txt": NEWS}

    articles, problems = read(corpus, {"a.tar": tarred(members, mode)})

    assert [(one.path, one.text) for one in articles] == [("a.tar!./a.txt", TEXT), ("a.tar!b/c.txt.gz", TEXT)]
    assert [(problem.path, problem.reason) for problem in problems] == [
        ("a.tar!../up.txt", "its name leads out of the packed file")
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (tarred({"a.txt": bytes(70 << 20)}), "unpacks to more than 200 times its size"),
        (tarred({"a.txt": bytes(9000)}, "w")[:5000], "cannot be read as .tar (ReadError"),
    ],
    ids=["bomb", "cut off"],
)
def test_tar_files_that_give_nothing(content: bytes, reason: str, corpus: Path) -> None:
    assert one_problem(corpus, "a.tar", content).reason.startswith(reason)


@pytest.mark.parametrize(
    ("name", "pack"), [("a.txt.bz2", bz2.compress), ("a.txt.xz", lzma.compress), ("a.txt", lzma.compress)]
)
def test_packed_files(name: str, pack: object, corpus: Path) -> None:
    assert one_article(corpus, name, pack(NEWS.encode())).text == TEXT  # type: ignore[operator]


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_packed_files_cut_off_or_damaged(pack: object, corpus: Path) -> None:
    packed = pack(NEWS.encode() * 9)  # type: ignore[operator]

    assert one_problem(corpus, "a.txt", packed[:-20]).reason == "the packed content is cut off or damaged"
    assert "cannot be" in one_problem(corpus, "a.txt", packed[:30] + bytes(20) + packed[50:]).reason


def test_names_of_zip_members(corpus: Path) -> None:
    """UTF-8 that is not marked as such, and the code page of DOS, in which names are written otherwise."""
    named = zipped({"K\u00f6pr\u00fc.txt": NEWS}).replace(b"\x00\x08", b"\x00\x00")
    marked = zipped({"K\u00f6pr\u00fc.txt": NEWS})

    assert one_article(corpus, "a.zip", named).path == "a.zip!K\u00f6pr\u00fc.txt"
    assert one_article(corpus, "a.zip", marked).path == "a.zip!K\u00f6pr\u00fc.txt"


def wet(*texts: str) -> bytes:
    return b"".join(
        f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://orbit.example/{number}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(text.encode())}\r\n\r\n{text}\r\n\r\n".encode()
        for number, text in enumerate(texts)
    )


def test_the_text_of_web_archives(corpus: Path) -> None:
    articles, problems = read(corpus, {"a.warc.wet": wet(NEWS, NEWS.replace("Juno", "Cassini"))})

    assert problems == []
    assert [(one.id, one.title) for one in articles] == [
        ("orbit.example/0", "Juno arrives"),
        ("orbit.example/1", "Cassini arrives"),
    ]


def test_a_web_archive_as_a_zip_file(corpus: Path) -> None:
    members = {
        "datapackage.json": "{}",
        "pages/pages.jsonl": '{"url": "https://orbit.example/0", "title": "Juno arrives", "text": "Twice."}',
        "indexes/index.cdx": "x",
        "archive/data.warc.gz": gzip.compress(wet(NEWS)),
    }

    assert one_article(corpus, "a.wacz", zipped(members)).path == "a.wacz!archive/data.warc.gz"
