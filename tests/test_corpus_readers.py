"""What each format gives, whole, broken, packed and in every encoding."""

import codecs
import gzip
import json
import zlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import one_article, one_problem, read, write

from corpus import Article, read_folder
from corpus.fields import Reading
from corpus.readers.record import codec, decoded

ROW = {"title": "Juno arrives", "text": "Juno is in orbit."}
OTHER = {"title": "Zika in Rio", "text": "Doctors are wary."}
FRONT_MATTER = "---\ntitle: Juno arrives\n---\n"
LONG = "Juno is in orbit. " * 12


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


# Plain text

TEXTS = {
    "headline and text": ("Juno arrives\n\nJuno is in orbit.\n", "Juno arrives", "Juno is in orbit."),
    "no blank line": ("Juno arrives\nJuno is in orbit.", "Juno arrives", "Juno is in orbit."),
    "blank lines first": ("\n\n Juno arrives \n\n\nJuno is in orbit.", "Juno arrives", "Juno is in orbit."),
    "paragraphs": ("Juno arrives\n\nOne.\n\nTwo.", "Juno arrives", "One.\n\nTwo."),
    "headline repeated": ("Juno arrives\n\nJuno arrives\n\nOne.", "Juno arrives", "One."),
    "one line": ("Juno is in orbit.", "Nasa juno 2016", "Juno is in orbit."),
    "long first line": (f"{LONG}\n\nTwo.", "Nasa juno 2016", f"{LONG.strip()}\n\nTwo."),
    "Windows line ends": ("Juno arrives\r\n\r\nOne.\r\nTwo.\r\n", "Juno arrives", "One.\nTwo."),
    "Mac line ends": ("Juno arrives\r\rOne.", "Juno arrives", "One."),
    "a line with a colon": ("Juno arrives\n\nWhy: nobody knows.", "Juno arrives", "Why: nobody knows."),
    "a header line further down": ("Juno arrives\n\nOne.\nSource: NASA", "Juno arrives", "One.\nSource: NASA"),
    "a header line without a value": ("Juno arrives\nDate:\nOne.", "Juno arrives", "Date:\nOne."),
}


@pytest.mark.parametrize(("content", "title", "text"), TEXTS.values(), ids=TEXTS)
def test_plain_text(content: str, title: str, text: str, corpus: Path) -> None:
    article = one_article(corpus, "nasa_juno-2016.txt", content)

    assert (article.title, article.text) == (title, text)
    assert (article.source, article.published, article.authors, article.url) == ("", None, (), "")
    assert (article.id, article.path) == ("nasa_juno-2016.txt", "nasa_juno-2016.txt")


def test_a_headline_with_a_colon_above_header_lines(corpus: Path) -> None:
    article = one_article(corpus, "memo.txt", "Correction: A memo\nDate: 2016-06-19\n\nOfficials signed it.")

    assert (article.title, article.text) == ("Correction: A memo", "Officials signed it.")
    assert article.published == date(2016, 6, 19)


def test_header_lines_of_a_plain_text(corpus: Path) -> None:
    article = one_article(
        corpus,
        "juno.txt",
        "Juno arrives\n\nDate: 5 July 2016\nSOURCE : NASA\nBy: Ann Lee and Bo Ray\nURL: https://www.nasa.gov/juno/\n\n"
        "Juno is in orbit.\n",
    )

    assert article.title == "Juno arrives"
    assert article.text == "Juno is in orbit."
    assert article.published == date(2016, 7, 5)
    assert article.source == "NASA"
    assert article.authors == ("Ann Lee", "Bo Ray")
    assert article.url == "https://www.nasa.gov/juno/"
    assert article.id == "nasa.gov/juno"


@pytest.mark.parametrize("name", ["a.txt", "a.text", "a.TXT", "a.md", "a.markdown", "a.b.txt"])
def test_endings_of_text(name: str, corpus: Path) -> None:
    assert one_article(corpus, name, "Juno arrives\n\nJuno is in orbit.").title == "Juno arrives"


# Markdown

MARKDOWN = {
    "front matter": ("---\ntitle: Juno arrives\n---\nOne.", "Juno arrives", "One."),
    "front matter and the same heading": (f"{FRONT_MATTER}# Juno arrives\n\nOne.", "Juno arrives", "One."),
    "front matter and another heading": (f"{FRONT_MATTER}# Part one\n\nOne.", "Juno arrives", "Part one\n\nOne."),
    "heading": ("# Juno arrives\n\nOne.", "Juno arrives", "One."),
    "closed heading of a lower level": ("### Juno arrives ###\nOne.", "Juno arrives", "One."),
    "first line": ("Juno arrives\n\nOne.", "Juno arrives", "One."),
    "one line": ("One.", "A", "One."),
    "front matter without a title, heading": (
        "---\ndate: 2016-07-05\n---\n\n# Juno arrives\nOne.",
        "Juno arrives",
        "One.",
    ),
    "front matter without a title, first line": ("---\nby: Ann\n---\n\nJuno arrives\n\nOne.", "Juno arrives", "One."),
    "front matter with an empty title": ("---\ntitle:\n---\n# Juno arrives\nOne.", "Juno arrives", "One."),
    "title under another name": ("---\nheadline: Juno arrives\n---\nOne.\n\nTwo.", "Juno arrives", "One.\n\nTwo."),
    "title with a capital": ("---\nTitle: Juno arrives\n---\nOne.\n\nTwo.", "Juno arrives", "One.\n\nTwo."),
    "quoted title with a colon": ('---\ntitle: "Juno: arrived"\n---\nOne.', "Juno: arrived", "One."),
    "words that YAML takes for more": ("---\ntitle: No\nid: 007\n---\nOne.", "No", "One."),
    "closed by dots": ("---\ntitle: Juno arrives\n...\nOne.", "Juno arrives", "One."),
    "empty front matter": ("---\n---\n# Juno arrives\nOne.", "Juno arrives", "One."),
    "front matter of a comment": ("---\n# none\n---\n# Juno arrives\nOne.", "Juno arrives", "One."),
    "Windows line ends": ("---\r\ntitle: Juno arrives\r\n---\r\n\r\nOne.\r\n", "Juno arrives", "One."),
    "a rule further down": (f"{FRONT_MATTER}One.\n\n---\n\nTwo.", "Juno arrives", "One.\n\nTwo."),
    "never closed": ("---\nJuno arrives\n\nOne.", "Juno arrives", "One."),
    "two rules": ("---\nJuno arrives\n---\n\nOne.", "Juno arrives", "One."),
    "subheadings stay": ("# Juno arrives\n\n## Orbit\n\nOne.", "Juno arrives", "Orbit\n\nOne."),
}


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "marked"])
@pytest.mark.parametrize(("content", "title", "text"), MARKDOWN.values(), ids=MARKDOWN)
def test_markdown(content: str, title: str, text: str, mark: str, corpus: Path) -> None:
    article = one_article(corpus, "a.md", mark + content)

    assert (article.title, article.text) == (title, text)


def test_fields_of_front_matter(corpus: Path) -> None:
    article = one_article(
        corpus,
        "juno.md",
        "---\nheadline: Juno arrives\npublish_date: 2016-07-05 23:30:00 -0500\nauthors: [Ann Lee, Bo Ray]\n"
        "outlet: NASA\nlink: https://nasa.gov/juno\n---\nJuno is in orbit.\n",
    )

    assert article.title == "Juno arrives"
    assert article.published == date(2016, 7, 5)
    assert article.authors == ("Ann Lee", "Bo Ray")
    assert article.source == "NASA"
    assert article.id == "nasa.gov/juno"


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_nothing_in_front_matter(nothing: str, corpus: Path) -> None:
    article = one_article(corpus, "juno.md", f"---\ntitle: Juno arrives\nurl: {nothing}\ndate: {nothing}\n---\nOne.")

    assert (article.id, article.url, article.published) == ("juno.md", "", None)


def test_an_article_with_an_impossible_date_is_kept(corpus: Path) -> None:
    assert one_article(corpus, "a.md", "---\ntitle: Juno arrives\ndate: 2016-06-31\n---\nOne.").published is None


@pytest.mark.parametrize(
    "matter",
    [
        "- title: Juno: arrived",
        "title: 'Juno",
        "title: [Juno",
        "? [a]\n: b",
        "a: &a [*a]",
        'a: "\\UFFFFFFFF"',
        "[" * 600,
    ],
    ids=["colon", "quote", "bracket", "list as a name", "inside itself", "no character", "deep"],
)
def test_front_matter_that_is_not_yaml(matter: str, corpus: Path) -> None:
    articles, problems = read(corpus, {"a.md": f"---\n{matter}\n---\nOne.", "b.md": "# Juno\nTwo."})

    assert [article.path for article in articles] == ["b.md"]
    (problem,) = problems
    assert (problem.path, problem.record) == ("a.md", None)
    assert problem.reason.startswith("the front matter is not YAML (")
    assert problem.reason.endswith("); put quotes round values with a colon")
    assert len(problem.reason) < 220


# JSON

JSON = {
    "list": (json.dumps([ROW, OTHER]), ["Juno arrives", "Zika in Rio"]),
    "list over several lines": (json.dumps([ROW, OTHER], indent=1), ["Juno arrives", "Zika in Rio"]),
    "single object": (json.dumps(ROW), ["Juno arrives"]),
    "object over several lines": (json.dumps(ROW, indent=1), ["Juno arrives"]),
    "wrapped": (json.dumps({"status": "ok", "articles": [ROW, OTHER]}), ["Juno arrives", "Zika in Rio"]),
    "wrapped as data": (json.dumps({"data": [ROW]}), ["Juno arrives"]),
    "article with a list of another kind": (json.dumps({**ROW, "items": [1], "data": []}), ["Juno arrives"]),
    "article under other names": (json.dumps({"headline": "Juno", "body": "One.", "results": [2]}), ["Juno"]),
    "JSON Lines": (lines(ROW, OTHER), ["Juno arrives", "Zika in Rio"]),
    "a single line": (lines(ROW), ["Juno arrives"]),
    "marked": ("\ufeff" + json.dumps([ROW]), ["Juno arrives"]),
}


@pytest.mark.parametrize(("content", "titles"), JSON.values(), ids=JSON)
def test_json(content: str, titles: list[str], corpus: Path) -> None:
    articles, problems = read(corpus, {"a.json": content})

    assert problems == []
    assert [article.title for article in articles] == titles
    assert articles[0].text in ("Juno is in orbit.", "One.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("Juno is in orbit.", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ('[{"text": "One."}', "not JSON: Expecting ',' delimiter: line 1 column 18 (char 17)"),
        ("[" * 100_000, "not JSON: nested too deep"),
        ('{"a":' * 100_000, "not JSON: nested too deep"),
        ("[]", "no articles"),
        ('{"articles": []}', "no articles"),
        ("", "no articles"),
        (" \n", "no articles"),
        ("{}", "no field holds the text (fields here: none); call it one of: text, body, content, "),
    ],
    ids=["half", "words", "not closed", "deep lists", "deep objects", "no articles", "none wrapped", "empty", "blank",
         "empty object"],
)  # fmt: skip
def test_json_without_an_article(content: str, reason: str, corpus: Path) -> None:
    problem = one_problem(corpus, "a.json", content)

    assert (problem.path, problem.record) == ("a.json", None)
    assert problem.reason.startswith(reason)


@pytest.mark.parametrize("content", ["1", '"One."', "null"])
def test_json_that_is_no_object(content: str, corpus: Path) -> None:
    problem = one_problem(corpus, "a.json", content)

    assert (problem.record, problem.reason) == (1, "not a JSON object")


def test_only_the_bad_row_of_a_json_list_is_lost(corpus: Path) -> None:
    articles, problems = read(corpus, {"a.json": json.dumps([ROW, "One.", {"text": ""}, None, OTHER])})

    assert [article.title for article in articles] == ["Juno arrives", "Zika in Rio"]
    assert [(problem.record, problem.reason) for problem in problems] == [
        (2, "not a JSON object"),
        (3, "no text"),
        (4, "not a JSON object"),
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.JSONL", "a.json"])
def test_only_the_broken_line_is_lost(name: str, corpus: Path) -> None:
    content = lines(ROW) + "\n" + '{"title": "Juno\n' + "[1]\n" + '{"text": ' + "[" * 5000 + "\n" + lines(OTHER)

    articles, problems = read(corpus, {name: content})

    assert [article.title for article in articles] == ["Juno arrives", "Zika in Rio"]
    assert [(problem.path, problem.record) for problem in problems] == [(name, 3), (name, 4), (name, 5)]
    assert [problem.reason.partition(":")[0] for problem in problems] == ["not JSON", "not a JSON object", "not JSON"]


def test_a_last_line_without_an_end(corpus: Path) -> None:
    assert len(read(corpus, {"a.jsonl": lines(ROW, OTHER).rstrip("\n")})[0]) == 2


def test_empty_values_as_exports_write_them(corpus: Path) -> None:
    article = one_article(corpus, "a.jsonl", '{"title": NaN, "text": "One.", "source": null, "url": NaN, "id": 7}')

    assert (article.title, article.source, article.url, article.id) == ("", "", "", "a.jsonl#7")


def test_text_of_nothing_is_no_text(corpus: Path) -> None:
    assert one_problem(corpus, "a.jsonl", '{"title": "Juno", "text": NaN}').reason == "no text"


def test_lone_surrogates_are_taken_out(corpus: Path) -> None:
    row = (
        r'{"title": "Juno \ud83d", "text": "\ude00One.", "authors": ["Ann\ud800"], "id": "\udfff7", "source": "\ud83d"}'
    )

    article = one_article(corpus, "a.jsonl", row)

    assert (article.title, article.text, article.authors, article.id) == ("Juno", "One.", ("Ann",), "a.jsonl#7")
    assert article.source == ""


def test_whole_surrogate_pairs_stay(corpus: Path) -> None:
    assert one_article(corpus, "a.jsonl", r'{"title": "Juno", "text": "\ud83d\udd4a One."}').text == "🕊 One."


def test_a_problem_can_be_printed(corpus: Path) -> None:
    problem = one_problem(corpus, "a.jsonl", r'{"titl\ud800": "Juno", "\u0000line\nend": 1}')

    assert "(fields here: line end, titl)" in problem.reason
    problem.reason.encode()


# Packed

PACKED = {
    "a.txt.gz": "Juno arrives\n\nOne.",
    "a.md.gz": FRONT_MATTER + "One.",
    "a.json.gz": json.dumps([{"title": "Juno arrives", "text": "One."}]),
    "a.jsonl.gz": lines({"title": "Juno arrives", "text": "One."}),
    "a.JSONL.GZ": lines({"title": "Juno arrives", "text": "One."}),
}


@pytest.mark.parametrize("name", PACKED)
def test_packed_files(name: str, corpus: Path) -> None:
    article = one_article(corpus, name, gzip.compress(PACKED[name].encode()))

    assert (article.title, article.text, article.path) == ("Juno arrives", "One.", name)


def damaged_in_the_middle() -> bytes:
    """A gzip file whose deflate stream has an impossible block."""
    content = bytearray(gzip.compress(b"One.", mtime=0))
    content[10] = 0xFF
    with pytest.raises(zlib.error, match="invalid block type"):
        gzip.decompress(bytes(content))
    return bytes(content)


def wrong_sum() -> bytes:
    content = bytearray(gzip.compress(b"One.", mtime=0))
    content[-8] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(b"One.")[:-9], "the packed content is cut off or damaged"),
        (gzip.compress(b"One.")[:5], "the packed content is cut off or damaged"),
        (damaged_in_the_middle(), "the packed content is cut off or damaged"),
        (wrong_sum(), "cannot be read: CRC check failed"),
        (b"", "no "),
        (gzip.compress(b""), "no "),
    ],
    ids=["cut off", "cut off in its head", "damaged", "wrong sum", "empty", "nothing packed"],
)
def test_packed_files_that_are_broken(name: str, content: bytes, reason: str, corpus: Path) -> None:
    articles, problems = read(corpus, {name: content, "b.txt": "Juno arrives\nOne."})

    assert [article.path for article in articles] == ["b.txt"]
    assert problems[-1].reason.startswith(reason)
    assert (problems[-1].path, problems[-1].record) == (name, None)


@pytest.mark.parametrize("name", PACKED)
def test_a_gz_ending_on_an_unpacked_file(name: str, corpus: Path) -> None:
    assert one_article(corpus, name, PACKED[name]).text == "One."


@pytest.mark.parametrize("name", PACKED)
def test_packed_without_its_ending(name: str, corpus: Path) -> None:
    content = gzip.compress(PACKED[name].encode())

    assert one_article(corpus, name.lower().removesuffix(".gz"), content).text == "One."


def test_rows_before_the_cut_survive(corpus: Path) -> None:
    rows = lines(*({"title": f"Juno {number}", "text": f"Orbit {number**7}."} for number in range(2000)))
    content = gzip.compress(rows.encode())

    articles, problems = read(corpus, {"a.jsonl.gz": content[: len(content) // 2]})

    assert articles[0].title == "Juno 0"
    assert [article.title for article in articles] == [f"Juno {number}" for number in range(len(articles))]
    assert 100 < len(articles) < 2000
    assert problems[-1].reason == "the packed content is cut off or damaged"


# Encodings

NEWS = "Brazil’s vote – a “naïve” plan\n\nThe café in São Paulo took £5, not €6. It was full on Friday night.\n"
POLISH = "Zażółć gęślą jaźń: wybory\n\nPrezydent powiedział, że źródła są wiarygodne. Łódź czeka.\n"
RUSSIAN = "Президент выступил\n\nПрезидент России Владимир Путин заявил об этом в пятницу.\n"
JAPANESE = "首相が辞任\n\n日本の首相は金曜日に辞任した。後任は来週に決まる。\n"
ENCODED = {
    "UTF-8": NEWS.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + NEWS.encode(),
    "UTF-16": NEWS.encode("utf-16"),
    "UTF-16, the other order": codecs.BOM_UTF16_BE + NEWS.encode("utf-16-be"),
    "UTF-16 without a mark": NEWS.encode("utf-16-le"),
    "cp1252": NEWS.encode("cp1252"),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_encodings_of_western_text(content: bytes, corpus: Path) -> None:
    article = one_article(corpus, "a.txt", content)

    assert f"{article.title}\n\n{article.text}\n" == NEWS


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(RUSSIAN, "cp1251"), (JAPANESE, "shift_jis"), (POLISH, "utf-16"), (RUSSIAN, "utf-8"), (JAPANESE, "utf-16")],
    ids=["Russian", "Japanese", "Polish UTF-16", "Russian UTF-8", "Japanese UTF-16"],
)
def test_encodings_of_other_text(text: str, encoding: str, corpus: Path) -> None:
    article = one_article(corpus, "a.txt", text.encode(encoding))

    assert f"{article.title}\n\n{article.text}\n" == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_encodings_of_rows(name: str, encoding: str, corpus: Path) -> None:
    rows = [{"title": "Brazil’s vote", "text": "The café took £5, not €6, in São Paulo on Friday."}, ROW]
    content = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows)

    articles, problems = read(corpus, {name: content.encode(encoding)})

    assert problems == []
    assert [(article.title, article.text) for article in articles] == [(row["title"], row["text"]) for row in rows]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(POLISH, "cp1250"), (POLISH, "iso-8859-2"), (RUSSIAN, "koi8-r"), (JAPANESE, "euc-jp"),
     ("L’été, le café « Chez Zoé » a été fermé par la mairie pour dettes.\n\nOn l’a appris à l’hôtel.\n", "mac-roman")],
    ids=["Polish cp1250", "Polish ISO", "Russian KOI8", "Japanese EUC", "French Mac"],
)  # fmt: skip
def test_encodings_of_older_files(text: str, encoding: str, corpus: Path) -> None:
    article = one_article(corpus, "a.txt", text.encode(encoding))

    assert f"{article.title}\n\n{article.text}\n" == text


def test_one_encoding_for_all_rows(corpus: Path) -> None:
    """A row tells less than its file: "Żądło" alone is as likely of another encoding."""
    rows = "title,text\nMost,W Łodzi sąd skazał byłego burmistrza na trzy lata więzienia za łapówki.\nŻądło,Pszczoła.\n"

    articles, _ = read(corpus, {"a.csv": rows.encode("cp1250")})

    assert [article.title for article in articles] == ["Most", "Żądło"]


LABELS = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "Shift_JIS": "cp932",
    "euc-kr": "cp949",
    "macintosh": "mac-roman",
    "cp852": "cp852",
    "utf8": "utf-8",
    "idna": "",
    "rot13": "",
    "replacement": "",
    "none": "",
    "": "",
}


@pytest.mark.parametrize(("label", "name"), LABELS.items())
def test_labels_of_encodings(label: str, name: str) -> None:
    assert codec(label) == name


@pytest.mark.parametrize(("name", "content"), [("a.txt", "Żądło\n\nOsa."), ("a.csv", "title,text\nŻądło,Osa.")])
def test_the_encoding_that_a_user_names(name: str, content: str, corpus: Path) -> None:
    write(corpus, {name: content.encode("cp1250")})

    (article,) = read_folder(corpus, reading=Reading(charset="windows-1250"))

    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Żądło", "Osa.")


def test_packed_utf_16(corpus: Path) -> None:
    article = one_article(corpus, "a.txt.gz", gzip.compress(NEWS.encode("utf-16")))

    assert article.title == "Brazil’s vote – a “naïve” plan"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"The \xe2\x80\x9ccaf\xc3\xa9\xe2\x80\x9d is open.\xff", "The “café” is open.\ufffd"),
        ("The “café” is open – on Friday".encode() + b"\xe2\x80", "The “café” is open – on Friday\ufffd"),
        (b"The caf\xe9 is open on Friday night.", "The café is open on Friday night."),
        (b"It cost \x805 on Friday.", "It cost €5 on Friday."),
        (b"", ""),
    ],
    ids=["one bad byte", "cut inside a character", "cp1252", "euro", "empty"],
)
def test_damaged_bytes(content: bytes, text: str) -> None:
    assert decoded(content) == text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_decoded(content: bytes) -> None:
    assert isinstance(decoded(content), str)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60))
def test_utf_8_is_never_taken_for_anything_else(text: str) -> None:
    assert decoded(text.encode()) == text.removeprefix("\ufeff")


# The first bytes of a PNG picture, then what its packed pixels look like.
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(place * place * 7 % 251 for place in range(3000))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.json"])
@pytest.mark.parametrize(
    "content", [PICTURE, b"\x00" * 500, zlib.compress(NEWS.encode() * 3)], ids=["picture", "zeros", "packed"]
)
def test_binary_content_is_named(name: str, content: bytes, corpus: Path) -> None:
    assert one_problem(corpus, name, content).reason == "not text, by its content"


def test_binary_rows_are_named(corpus: Path) -> None:
    articles, problems = read(corpus, {"a.jsonl": PICTURE})

    assert articles == []
    assert {problem.reason.partition(":")[0] for problem in problems} == {"not JSON"}


def test_a_stray_nul_is_no_binary(corpus: Path) -> None:
    assert one_article(corpus, "a.txt", f"Juno arrives\n\n{LONG}\x00").text == LONG.strip()


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.json", "a.jsonl"])
@pytest.mark.parametrize("content", [b"", b"\n \n", codecs.BOM_UTF8], ids=["empty", "blank", "a mark"])
def test_empty_files_are_named(name: str, content: bytes, corpus: Path) -> None:
    assert one_problem(corpus, name, content).reason == ("no articles" if "json" in name else "no text")


def test_a_story_with_highlights(corpus: Path) -> None:
    article = one_article(corpus, "a.story", "Juno is in orbit.\n\nIt works.\n\n@highlight\n\nJuno arrived\n")

    assert (article.title, article.text) == ("", "Juno is in orbit.\n\nIt works.")
