"""A folder of sixty files as hostile as they come, each with the reason that is to be given for it."""

import codecs
import gzip
import os
import zipfile
import zlib
from pathlib import Path

from making import pdf, warc, zipped

GOOD = {
    "good.txt": "Juno arrives\n\nJuno is in orbit.",
    "good/good.jsonl": '{"text": "Row one.", "id": 1}\n{"text": "Row two.", "id": 2}\n',
    "good/line\nend.txt": "A name of two lines\n\nIt is read.",
    "good/🕊️ dove.txt": "A name with an emoji\n\nIt is read.",
    "good/\u202eevil.txt": "A name that runs backwards\n\nIt is read.",
    "good/arabic.txt": "انتخابات\n\nقال الرئيس إن الانتخابات ستجرى يوم الجمعة.",
    "good/chinese.txt": "首相辞任\n\n日本の首相は金曜日に辞任した。後任は来週に決まる。",
    "good/invalid utf-8.txt": b"Bad bytes\n\nThe \xe2\x80\x9ccaf\xc3\xa9\xe2\x80\x9d is open.\xff",
    "good/cp1252.txt": b"The caf\xe9\n\nIt cost \x805 on Friday.",
    "good/utf-16.txt": codecs.BOM_UTF16_LE + "Juno\n\nIn UTF-16.".encode("utf-16-le"),
    "good/nul.txt": b"Juno\n\nOne byte is nul\x00, the rest is text of a usual kind.",
    "good/gzip named txt.txt": gzip.compress(b"Juno\n\nPacked without saying so."),
    "good/page.html": "<html><body><p>A page of one sentence.</p></body></html>",
    "good/deep page.html": "<html><body>" + "<div>" * 100 + "<p>Deep down.</p>",
    "good/a.zip": zipped({"a.txt": "Juno\n\nIn a zip.", "b.txt": "Zika\n\nIn a zip, too."}),
    "good/crlf.csv": 'title,text\r\nJuno,"Two\r\nlines."\r\n',
    "good/a.pdf": pdf("Juno", "A sentence in a PDF."),
    "good/a.warc": warc({"https://orbit.example/1": "<html><body><p>A page in a web archive.</p></body></html>"}),
}
# What stands for 70 MB of nothing, packed.
NOTHING = bytes(70 << 20)
# By path: the content, and how the reason begins; in those that hold good records, too, the others are still read.
BAD: dict[str, tuple[str | bytes, str]] = {
    "empty.txt": ("", "no text"),
    "blank.md": (" \n\n\t", "no text"),
    "empty.jsonl": ("", "no articles"),
    "empty.json": ("[]", "no articles"),
    "empty.csv": ("title,text\n", "no articles"),
    "empty.zip": (zipped({}), "no reader for this ending"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 40, "not text, by its content"),
    "zeros.txt": (bytes(10_000), "not text, by its content"),
    "program.exe": (b"MZ\x90\x00" + bytes(400), "no reader for this ending"),
    "letter.rtf": (r"{\rtf1 }", "no text"),
    "talk.pptx": (zipped({"[Content_Types].xml": "x", "ppt/slides.xml": "x"}), "an Office file or another document"),
    "sheet.xlsx": (zipped({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}), "cannot be read as .xlsx"),
    "book.epub": (zipped({"mimetype": "application/epub+zip"}), "no articles"),
    "half.parquet": (b"PAR1" + bytes(50), "a Parquet file that is cut off or damaged"),
    "nothing.parquet": (b"PAR1" + bytes(50) + b"PAR1", "a Parquet file that is cut off or damaged"),
    "noise.parquet": (b"PAR1" + b"9" * 2000 + b"\xe8\3\0\0PAR1", "a Parquet file that is cut off or damaged"),
    "no address.warc": (b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\n",
                        "cannot be read as .warc"),
    "office.docx": (zipped({"[Content_Types].xml": "x", "word/document.xml": "x"}), "cannot be read as .docx"),
    "truncated.txt.gz": (gzip.compress(os.urandom(9000))[:4000], "the packed content is cut off or damaged"),
    "truncated.jsonl.gz": (gzip.compress(b'{"text": 1}')[:9], "the packed content is cut off or damaged"),
    "damaged.txt.gz": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff\xff", "the packed content is cut off or damaged"),
    "bomb.txt.gz": (gzip.compress(NOTHING), "unpacks to more than 200 times its size"),
    "bomb.jsonl.gz": (gzip.compress(NOTHING), "unpacks to more than 200 times its size"),
    "bomb.zip": (zipped({"a.txt": NOTHING}), "unpacks to more than 200 times its size"),
    "bomb of many.zip": (zipped({f"{n}.jsonl": bytes(9 << 20) for n in range(8)}), "unpacks to more than 200 times"),
    "zip in zip.zip": (zipped({"b.zip": zipped({"a.txt": "x"})}), "a zip file inside another"),
    "up.zip": (zipped({"../../up.txt": "x\n\ny", "/etc/up.txt": "x\n\ny"}), "its name leads out of the packed file"),
    "cut off.zip": (zipped({"a.txt": "Juno\n\nOne."})[:-25], "cannot be read as .zip (BadZipFile"),
    "wrong sum.zip": (zipped({"a.txt": "Juno"}, zipfile.ZIP_STORED).replace(b"no", b"on", 1), "cannot be read as .txt"),
    "locked.zip": (zipped({"a.txt": "x"}).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
                   .replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01"), "locked with a password"),
    "deep.json": ("[" * 100_000, "not JSON: nested too deep"),
    "deep objects.json": ('{"a":' * 100_000, "not JSON: nested too deep"),
    "deep row.jsonl": ('{"text": "Before."}\n' + "[" * 100_000 + '\n{"text": "After.", "id": 2}', "not JSON: nested"),
    "deep text.jsonl": (f'{{"text": {"[" * 700}1{"]" * 700}}}', "nested too deep"),
    "long line.jsonl": ('{"text": "' + "a" * (17 << 20) + '"}\n{"text": "After."}', "a line of more than 16 MB"),
    "half.json": ('{"title": "Juno", "te', "not JSON: Unterminated string"),
    "words.json": ("Juno is in orbit.", "not JSON: Expecting value"),
    "number.json": ("7", "not a JSON object"),
    "broken line.jsonl": ('{"text": "Before."}\n{"text": \n{"text": "After the break.", "id": 9}', "not JSON"),
    "unmapped.jsonl": ('{"lede": "One.", "kopf": "Two"}\n' * 3, "no field holds the text (fields here: kopf, lede)"),
    "no text.jsonl": ('{"title": "Juno", "text": NaN}', "no text"),
    "unmapped.csv": ("kopf;lede\na;b\n", "no field holds the text (fields here: kopf, lede)"),
    "ragged.csv": ("title,text\nA,Before the ragged row.\nB\nC,After it.\n", "1 columns, but 2 names in the first row"),
    "quote.csv": ('title,text\nA,Before the quotation mark.\n"B,x\n' + "C,y\n" * 5, "1 columns, but 2 names"),
    "matter.md": ("---\ntitle: [Juno\n---\nOne.", "the front matter is not YAML"),
    "matter aliases.md": ("---\na: &a [x]\nb: &b [*a, *a]\ntitle: *b\n---\n\n", "the front matter is not YAML (it has"),
    "blank.html": ("\n", "no text"),
    "no body.html": ("<html><head><title>Juno</title></head></html>", "no text"),
    "frames.html": ("<html><frameset><frame src='/etc/passwd'></frameset></html>", "no text"),
    "bomb.xml": ('<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
        + "]><rss><channel><item><title>&i;</title><description>&i;</description></item></channel></rss>",
        "declares XML entities of its own"),
    "external.xml": ('<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]><nitf><body><body.content><p>&x;</p>'
                     "</body.content></body></nitf>", "declares XML entities of its own"),
    "external.html": ('<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY x SYSTEM "/etc/passwd">]><feed>&x;</feed>',
                      "declares XML entities of its own"),
    "deep.xml": ("<nitf>" + "<p>" * 100_000, "cannot be read as .xml (XMLSyntaxError"),
    "cut off.xml": ("<nitf><body><body.content><p>Ju", "cannot be read as .xml (XMLSyntaxError"),
    "no entries.rss": ("<rss><channel><title>Juno</title></channel></rss>", "no articles"),
    "catalogue.xml": ("<catalogue/>", "XML of another kind (<catalogue>)"),
    "no text.pdf": (pdf(), "a PDF without text"),
    "cut off.pdf": (pdf("Juno")[:150], "cannot be read as .pdf (Pdf"),
    "cut off.warc": (warc({"https://orbit.example/2": "<p>x</p>"})[:60], "no articles"),
    "sips of a number.txt.bak": ("Juno\n\nOne.", "no reader for this ending"),
    "stripped": (zlib.compress(b"Juno"), "no reader for this ending"),
}  # fmt: skip


def write_hostile(folder: Path) -> dict[str, str]:
    """Write all of them, and what cannot be written as plain content; how the reason begins, by path."""
    for path, content in [*GOOD.items(), *((path, content) for path, (content, _) in BAD.items())]:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    reasons = {path: reason for path, (_, reason) in BAD.items()}
    (folder / "10,000 empty.jsonl").write_text('{"title": "Juno", "text": ""}\n' * 10_000)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "itself.txt").symlink_to("itself.txt")
    (folder / "gone.txt").symlink_to("nowhere.txt")
    (folder / "out.txt").symlink_to("/etc/hostname")
    (folder / "out").symlink_to("/etc", target_is_directory=True)
    with (folder / "200 MB.txt").open("wb") as stream:
        for _ in range(40):
            stream.write(b"word " * (1 << 20))
    return reasons | {
        "10,000 empty.jsonl": "no text",
        "loop": "cannot be read: a link to a folder, which is not followed",
        "itself.txt": "cannot be read: Too many levels of symbolic links",
        "gone.txt": "cannot be read: No such file or directory",
        "out.txt": "cannot be read: a link that leads out of the corpus folder",
        "out": "cannot be read: a link that leads out of the corpus folder",
        "200 MB.txt": "more than 128 MB in one piece",
    }
