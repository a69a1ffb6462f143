"""A folder of files as hostile as they come: all good articles beside them are indexed, each bad one has its reason."""

import json
import time
from pathlib import Path

import pytest
from running import Command

from corpus.fields import Reading
from corpus.folder import read_file
from corpus.readers.printed import without_running_heads

# What a build may take, in bytes, the interpreter and its libraries included.
MOST_MEMORY = 600_000_000
INDEX = """
import functools, pathlib, re, sys
from hashing_embedder import HashingEmbedder
import index.__main__ as command
command.sync = functools.partial(command.sync, embedder=HashingEmbedder())
status = command.main(sys.argv[1:])
# Not getrusage: after a vfork it counts the parent's memory as well.
kept = pathlib.Path("/proc/self/status")  # On Linux; elsewhere nothing is measured.
peak = re.search(r"VmHWM:\\s+(\\d+)", kept.read_text() if kept.exists() else "VmHWM: 0")
print(int(peak[1]) * 1024, file=sys.stderr)
raise SystemExit(status)
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder, and how the reason begins for each bad file."""
    from hostile import write_hostile  # packs hundreds of MB when it is imported

    corpus = tmp_path_factory.mktemp("hostile")
    return corpus, write_hostile(corpus)


def test_the_hostile_folder(hostile: tuple[Path, dict[str, str]], index: Path, command: Command) -> None:
    from hostile import GOOD

    corpus, reasons = hostile
    arguments = ["--corpus", str(corpus), "--index", str(index), "--json", "--strict"]

    ended = command("-c", INDEX, *arguments)

    report = json.loads(ended.stdout)
    assert ended.returncode == 3
    assert int(ended.stderr.split()[-1]) < MOST_MEMORY
    assert len(reasons) >= 60
    given: dict[str, set[str]] = {}
    for failed in report["failed"]:
        given.setdefault(failed["path"].partition("!")[0], set()).add(failed["reason"])
    assert set(given) == set(reasons)
    missing = {
        path: given[path] for path, reason in reasons.items() if not any(r.startswith(reason) for r in given[path])
    }
    assert missing == {}
    assert sum(failed["path"] == "10,000 empty.jsonl" for failed in report["failed"]) == 10_000
    # Of the good files one holds two articles, and so does one zip; eight of the bad hold good records beside the bad.
    assert report["articles"] == len(GOOD) + 2 + 8


WORDPRESS = (
    '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    "<title>A</title><item><title>B</title><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
    "<content:encoded><![CDATA[It rained. %s]]></content:encoded></item></channel></rss>"
)
ANPA = "\x16\x16\x01a1\n^BC-x,100\n^Bridge<\n^by %s,\n    It rained.\nAP-WF-11-13-13 1509GMT"
IPTC = (
    "\x01eca001 3 i 120 ccccb   dpa 0012\r\n\nEllis/\r\n\x02Bridge =\r\n\n   It rained.\r\n\n\x03131137 GMT Jun 16\r\n"
)
STORY = '<!DOCTYPE lewis>\n<REUTERS NEWID="1"><TITLE>A</TITLE><BODY>It rained.%s It snowed.</BODY></REUTERS>'
LINES, BLANKS = "\n" * 40_000, " " * 40_000
MAIL = "From a@b.example Tue Jul  5 10:00:00 2016\nSubject: A\n\nIt rained.\n\nFrom %s\n"
# Runs of what a pattern goes on over, and a beginning whose end never comes.
RUNS = [
    ("a.xml", WORDPRESS % f"[gallery{BLANKS}"),
    ("b.xml", WORDPRESS % ("<wp:author_login>a</wp:author_login>" * 40_000)),
    ("a.tst", ANPA % f"A Lee,{BLANKS}"),
    ("b.tst", f"{ANPA[:1]}{LINES}{ANPA[1:]}" % "A Lee"),
    ("c.tst", f"{ANPA[:1]}{BLANKS}{ANPA[1:]}" % "A Lee"),
    ("a.iptc", f"{IPTC[:1]}{LINES}{IPTC[1:]}"),
    ("b.iptc", f"{IPTC[:1]}{BLANKS}{IPTC[1:]}"),
    ("a.sgm", STORY % LINES),
    ("b.sgm", STORY % "" + "<REUTERS " * 40_000),
    ("c.sgm", STORY.replace("<BODY>", "<BODY>It rained.</BODY>" + "<AUTHOR>" * 40_000) % ""),
    ("d.sgm", STORY.replace("BODY", "TEXT") % ("<" * 400_000)),
    ("a.mbox", MAIL % ("00:00 " * 20_000)),
]


@pytest.mark.parametrize(("name", "content"), RUNS, ids=[name for name, _ in RUNS])
def test_a_long_run_costs_no_more_than_its_length(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    began = time.process_time()
    [article] = read_file(tmp_path / name, name, tmp_path, Reading())

    assert time.process_time() - began < 5  # Looked at from each character on, it takes 10 seconds or more.
    assert "It rained." in article.text


def test_a_rule_across_printed_pages_costs_no_more_than_its_length() -> None:
    pages = [f"It rained.\n{'-' * 40_000}"] * 2
    began = time.process_time()
    assert without_running_heads(pages) == pages
    assert time.process_time() - began < 5
