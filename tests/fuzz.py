"""Whatever a file holds, reading it ends in articles and problems: broken files of every kind, for some minutes.

`python tests/fuzz.py [--seconds 120] [--seed N] [--kept FOLDER]`. Files of every format are made, cut, spliced and
filled with hostile pieces. A file that takes more time or memory than its budget, or ends the process that reads it, is
kept in FOLDER and fails the run; those kept there are read first. The seed is printed, and gives the same files again.
What readers did not expect, and only became a problem at the last moment, is counted by kind.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from making import pdf, zipped
from test_corpus_documents import DOCX, ODT, RTF, mail, tarred, wet
from test_corpus_exports import EXPORTS

from corpus import Problem
from corpus.apart import Apart, Budget
from corpus.fields import Reading
from corpus.readers import FORMATS

# Seconds of the processor that a file of the sizes made here may take.
BUDGET = 20.0
# How the reason begins where the process that reads was ended.
ENDED = ("takes too long", "needs more memory", "ended the process", "cannot be read: no answer")
LARGEST = 40_000
KEPT = Path(__file__).parent / "data/fuzz"
TEXT = "The probe Juno entered orbit around Jupiter on Monday, June 17, 2016."
SEEDS: dict[str, str | bytes] = {
    **EXPORTS,
    "a.docx": DOCX,
    "a.odt": ODT,
    "a.rtf": RTF,
    "a.eml": bytes(mail(TEXT)),
    "a.warc": wet(TEXT),
    "a.tar.gz": tarred({"a.txt": TEXT, "b.json": '{"text": "One."}'}),
    "a.zip": zipped({"a.txt": TEXT, "b/c.html": f"<html><p>{TEXT}"}),
    "a.pdf": pdf("Juno", TEXT),
    "a.txt": f"Title: Juno\nDate: 2016-07-05\n\n{TEXT}\n\nThe coun-\ncil met.",
    "a.md": f"---\ntitle: Juno\nauthor: [Ann Lee]\n---\n# Juno\n\n**{TEXT}** [[a|b]] [c](d)",
    "b.md": '+++\ntitle = "Juno"\ndate = 2016-07-05\n+++\nText.',
    "a.json": '{"response": {"docs": [{"headline": {"main": "Juno"}, "content": [{"type": "p", "text": "One."}]}]}}',
    "a.jsonl": '{"title": "Juno", "text": "One.", "url": "https://a.example/b#c", "authors": "[\'Ann Lee\']"}\n' * 3,
    "a.csv": 'title,text,date\nJuno,"One, \\"two\\".",42538\n',
    "a.html": '<html><head><script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    f'<meta property="og:title" content="Juno"></head><body><article><p>{TEXT}</p></article></body></html>',
    "a.xml": f"<rss><channel><item><title>Juno</title><description>{TEXT}</description></item></channel></rss>",
    "b.xml": f"<nitf><head><title>Juno</title></head><body><body.content><p>{TEXT}</p></body.content></body></nitf>",
    "a.mbox": f"From a@b.example Tue Jul  5 10:00:00 2016\nSubject: Juno\n\n{TEXT}\n",
}
# What has broken readers: nesting, repetition, marks of encodings, beginnings whose end never comes.
PIECES = [
    piece.encode("latin-1")
    for piece in (
        "<br>", "<p>", "<div>", "<!--", "<![CDATA[", "&#x0;", "<script>", '<meta charset="idna">', "charset=utf-7 ",
        "[", "{", '{"a":', "[[", "](", "*", "_", "`", "> ", "# ", "---\n", "+++\n", "&a [*a]\n", "!!python/x ", "\\",
        "\\'ff", "{\\rtf1", "\\u-1?", '"', "'", "\0", "\xff\xfe", "\xef\xbb\xbf", "\xc3", "\r", "\n", " ", "/", "/amp",
        "#", "\n\n", "1 of 3 DOCUMENTS\n", "End of Document\n", "HD x\nPD x\nWC x\n", "From x 1:11:11 2016\n", "By ",
        "Document PORTH00020100111e61b0001\n", "_" * 20 + "\nDocument 1 of 2\n", "Full text: ", "LENGTH: 3 words\n",
        "WARC/1.0\r\n", "Content-Length: 999999\r\n", "PK\3\4", "%PDF-", "PAR1", "BZh9", "\xfd7zXZ\0", "9" * 40,
        "\xef\xac\x81", "e\xcc\x81", "\xe2\x80\xa8", "99999999999999999999-01-01", "0001-01-01", "=?utf-8?q?=ff?=",
    )
]  # fmt: skip


def spliced(rng: random.Random, content: bytes, other: bytes) -> bytes:
    place, end = rng.randrange(len(content) + 1), rng.randrange(len(content) + 1)
    start = rng.randrange(len(other) + 1)
    return content[:place] + other[start : start + rng.randrange(400)] + content[max(place, end) :]


def cut(rng: random.Random, content: bytes, _other: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def flipped(rng: random.Random, content: bytes, _other: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 30)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def filled(rng: random.Random, content: bytes, _other: bytes) -> bytes:
    piece = rng.choice(PIECES)
    times = rng.choice([1, 3, 50, LARGEST // len(piece)])
    place = rng.randrange(len(content) + 1)
    return content[:place] + piece * times + content[place:]


CHANGES: list[Callable[[random.Random, bytes, bytes], bytes]] = [spliced, cut, flipped, filled, filled]


def made(rng: random.Random) -> tuple[str, bytes]:
    """A name and the content of a file: one of the seeds, changed some times, under its own ending or another."""
    seeds = [(name, content if isinstance(content, bytes) else content.encode()) for name, content in SEEDS.items()]
    name, content = rng.choice(seeds)
    for _ in range(rng.randrange(1, 4)):
        content = rng.choice(CHANGES)(rng, content, rng.choice(seeds)[1])
    ending = rng.choice([ending for form in FORMATS for ending in form.endings])
    return (f"a{ending}" if rng.random() < 0.2 else name), content


def fault(apart: Apart, folder: Path, name: str, content: bytes) -> str:
    """What is wrong with the reading of a file; empty when it ends as it should."""
    file = folder / name
    file.write_bytes(content)
    try:
        found = list(apart.read(file, name, folder, Reading()))
    except Exception:  # noqa: BLE001
        return traceback.format_exc()
    finally:
        file.unlink()
    ended = [one.reason for one in found if isinstance(one, Problem) and one.reason.startswith(ENDED)]
    return ended[0] if ended else "" if found else "gives nothing"


def main() -> int:
    parser = argparse.ArgumentParser("python tests/fuzz.py", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--kept", type=Path, help="the folder for files that fail", default=KEPT)
    options = parser.parse_args()
    options.kept.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    end = time.monotonic() + options.seconds
    files = faults = 0
    unexpected: Counter[str] = Counter()
    log = logging.Handler()
    log.emit = lambda record: unexpected.update([record.getMessage().rpartition("\n")[2][:100]])  # type: ignore[method-assign]
    logging.getLogger("corpus").propagate = False
    logging.getLogger("corpus").addHandler(log)
    with tempfile.TemporaryDirectory() as folder, Apart(Budget(BUDGET, 0.0)) as apart:
        waiting = [(file.name, file.read_bytes()) for file in sorted(options.kept.iterdir()) if file.is_file()]
        while waiting or time.monotonic() < end:
            name, content = waiting.pop() if waiting else made(rng)
            if words := fault(apart, Path(folder), name.rpartition("~")[2], content):
                faults += 1
                (options.kept / f"{options.seed}-{files}~{name.rpartition('~')[2]}").write_bytes(content)
                print(f"{name}: {words}", file=sys.stderr)
            files += 1
    for words, count in unexpected.most_common():
        print(f"{count:6} {words}")
    print(f"seed {options.seed}: {files:,} files, {faults} at fault")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
