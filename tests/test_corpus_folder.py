"""A folder into articles and problems: what is read, in which order, and what is named instead."""

import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import write
from reading import one_article, one_problem, read
from running import REPOSITORY

from corpus import Article, Problem, UserError, read_folder
from corpus.snapshot import files, take_snapshot

TEXT = "Juno arrives\n\nJuno is in orbit.\n"
SEED = REPOSITORY.parent / "shared/data/syria-memo/us-diplomats-press-for-strikes.txt"


def paths(corpus: Path, *names: str, ignore: str | bytes = "") -> list[str]:
    """Which of some files are read, with such a `.datelineignore`."""
    return list(files(write(corpus, dict.fromkeys(names, TEXT) | ({".datelineignore": ignore} if ignore else {}))))


# What is read


def test_files_of_all_folders_in_order(corpus: Path) -> None:
    names = ["b.txt", "a/z.txt", "a/b/c.txt", "B.txt", "a.txt", "ä.txt"]

    assert paths(corpus, *names) == ["B.txt", "a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "ä.txt"]


@pytest.mark.parametrize(
    "name",
    ["README", "README.md", "readme.txt", "Readme-first.txt", "a/README.md", ".hidden.txt", ".git/a.txt", "a/.b/c.txt",
     ".datelineignore"],
)  # fmt: skip
def test_files_that_are_skipped(name: str, corpus: Path) -> None:
    assert paths(corpus, name, "juno.txt") == ["juno.txt"]


@pytest.mark.parametrize("name", ["a README.txt", "README/a.txt", "a.hidden.txt", "unREADME.txt"])
def test_names_that_only_look_like_skipped_files(name: str, corpus: Path) -> None:
    assert paths(corpus, name) == [name]


IGNORED = {
    "a name": ("b.txt", ["a.txt", "drafts/c.txt"]),
    "a name in a folder": ("c.txt", ["a.txt", "b.txt"]),
    "a folder": ("drafts/", ["a.txt", "b.txt"]),
    "a folder without a slash": ("drafts", ["a.txt", "b.txt"]),
    "a path": ("drafts/c.txt", ["a.txt", "b.txt"]),
    "a star": ("*.txt", []),
    "a star in a folder": ("drafts/*", ["a.txt", "b.txt"]),
    "letters": ("[ab].txt", ["drafts/c.txt"]),
    "several": ("a.txt\n\n  b.txt  \n", ["drafts/c.txt"]),
    "comments": ("# a.txt\n  # b.txt", ["a.txt", "b.txt", "drafts/c.txt"]),
    "Windows line ends": ("a.txt\r\nb.txt\r\n", ["drafts/c.txt"]),
    "a mark": ("\ufeffa.txt", ["b.txt", "drafts/c.txt"]),
    "another case": ("A.TXT", ["a.txt", "b.txt", "drafts/c.txt"]),
    "part of a name": ("raft", ["a.txt", "b.txt", "drafts/c.txt"]),
}


@pytest.mark.parametrize(("ignore", "expected"), IGNORED.values(), ids=IGNORED)
def test_ignored(ignore: str, expected: list[str], corpus: Path) -> None:
    assert paths(corpus, "a.txt", "b.txt", "drafts/c.txt", ignore=ignore) == expected


def test_an_ignored_folder_in_a_folder(corpus: Path) -> None:
    assert paths(corpus, "2016/june/a.txt", "2016/may/b.txt", "june/c.txt", ignore="2016/june/") == [
        "2016/may/b.txt",
        "june/c.txt",
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_ignored_names_with_marks(form: str, encoding: str, corpus: Path) -> None:
    assert paths(corpus, "été.txt", "a.txt", ignore=unicodedata.normalize(form, "été.*").encode(encoding)) == ["a.txt"]


def test_ignored_names_in_cp1252(corpus: Path) -> None:
    ignore = b"# Drafts of last summer, which nobody is to read before autumn\n\xe9t\xe9.txt\n"

    assert paths(corpus, "été.txt", "a.txt", ignore=ignore) == ["a.txt"]


def test_an_ignore_file_that_is_a_folder(corpus: Path) -> None:
    (corpus / ".datelineignore").mkdir()

    with pytest.raises(UserError, match=r"\.datelineignore” .*\(Is a directory\).* delete it"):
        files(corpus)


def test_an_empty_corpus(corpus: Path) -> None:
    assert files(corpus) == {}
    assert list(read_folder(corpus)) == []


@pytest.mark.parametrize("name", ["nowhere", "file.txt"])
def test_no_such_folder(name: str, corpus: Path) -> None:
    write(corpus, {"file.txt": TEXT})

    with pytest.raises(UserError, match=f"no corpus folder “.*{name}”.*--corpus"):
        list(read_folder(corpus / name))


def test_articles_come_in_order_of_path_and_record(corpus: Path) -> None:
    rows = '{"title": "B", "text": "Two."}\n[]\n{"title": "A", "text": "One."}\n'

    found = list(read_folder(write(corpus, {"b.jsonl": rows, "a.txt": TEXT, "c.pdf": "%PDF"})))

    assert [(one.path, one.title if isinstance(one, Article) else one.record) for one in found] == [
        ("a.txt", "Juno arrives"),
        ("b.jsonl", "B"),
        ("b.jsonl", 2),
        ("b.jsonl", "A"),
        ("c.pdf", None),
    ]


def test_articles_come_one_at_a_time(corpus: Path) -> None:
    found = read_folder(write(corpus, {"a.txt": TEXT, "b.txt": TEXT}))

    assert isinstance(next(found), Article)
    (corpus / "b.txt").unlink()
    assert next(found) == Problem("b.txt", None, "cannot be read: No such file or directory")


def test_progress_counts_bytes(corpus: Path) -> None:
    seen: list[tuple[int, int]] = []

    list(
        read_folder(write(corpus, {"a.txt": b"12345", "b.pdf": b"", "c.txt": b"123"}), lambda *step: seen.append(step))
    )

    assert seen == [(5, 8), (5, 8), (8, 8)]


# What is named instead


@pytest.mark.parametrize("name", ["a.pptx", "a", "txt", "a.txt.bak", "a.gz", "a.txt.zip", "md"])
def test_unknown_endings(name: str, corpus: Path) -> None:
    problem = one_problem(corpus, name, TEXT)

    assert (problem.path, problem.record) == (name, None)
    assert problem.reason.startswith("no reader for this ending; Dateline reads .txt, .text, .story, ")


def test_a_folder_named_like_a_file(corpus: Path) -> None:
    assert [article.path for article in read(corpus, {"x.txt/a.txt": TEXT, "y.jsonl/.keep": ""})[0]] == ["x.txt/a.txt"]


def test_a_name_that_is_not_utf_8(corpus: Path) -> None:
    try:
        for name in (b"caf\xe9.txt", b"caf\xe8.txt"):
            Path(os.fsdecode(os.fsencode(corpus) + b"/" + name)).write_text(TEXT)
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")

    articles, problems = read(corpus)

    assert problems == []
    assert [article.path for article in articles] == [r"caf\xe8.txt", r"caf\xe9.txt"]
    assert list(take_snapshot(corpus)) == [r"caf\xe8.txt", r"caf\xe9.txt"]


@pytest.mark.parametrize("name", ["line\nend.txt", "🕊️.txt", "a b.txt", "عربي.txt", "-k.txt", "a#1.txt", 'q"uote.txt'])
def test_odd_names(name: str, corpus: Path) -> None:
    assert one_article(corpus, name, TEXT).id == name


def test_paths_are_composed(corpus: Path) -> None:
    assert one_article(corpus, unicodedata.normalize("NFD", "été/é.txt"), TEXT).path == "été/é.txt"


def test_links(corpus: Path) -> None:
    write(corpus, {"a.txt": TEXT, "sub/b.txt": TEXT})
    (corpus / "to-file.txt").symlink_to("a.txt")
    (corpus / "loop.txt").symlink_to("loop.txt")
    (corpus / "nowhere.txt").symlink_to("gone.txt")
    (corpus / "sub/up").symlink_to(corpus, target_is_directory=True)

    articles, problems = read(corpus)

    assert [article.path for article in articles] == ["a.txt", "sub/b.txt", "to-file.txt"]
    assert problems == [
        Problem("loop.txt", None, "cannot be read: Too many levels of symbolic links"),
        Problem("nowhere.txt", None, "cannot be read: No such file or directory"),
        Problem("sub/up", None, "cannot be read: a link to a folder, which is not followed"),
    ]
    assert list(take_snapshot(corpus)) == ["a.txt", "loop.txt", "sub/b.txt", "sub/up", "to-file.txt"]


def test_links_out_of_the_corpus_are_not_read(corpus: Path) -> None:
    write(corpus.parent, {"secret.txt": TEXT, "outside/secret.txt": TEXT})
    (corpus / "a.txt").symlink_to(corpus.parent / "secret.txt")
    (corpus / "b").symlink_to(corpus.parent / "outside", target_is_directory=True)

    reason = "cannot be read: a link that leads out of the corpus folder"
    assert read(corpus) == ([], [Problem("a.txt", None, reason), Problem("b", None, reason)])
    assert {state.digest for state in take_snapshot(corpus).values()} == {""}


def test_names_that_differ_only_in_unicode_form(corpus: Path) -> None:
    composed, apart = (unicodedata.normalize(form, "é.txt") for form in ("NFC", "NFD"))
    articles, problems = read(corpus, {composed: "One.", apart: "Two."})
    if len(list(corpus.iterdir())) == 1:
        pytest.skip("this file system takes both for one name")

    assert problems == []
    assert {article.path: article.text for article in articles} == {composed: "One.", apart: "Two."}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in this system's folders")
def test_pipes_are_skipped_without_waiting(corpus: Path) -> None:
    os.mkfifo(corpus / "pipe.txt")

    assert read(corpus) == ([], [Problem("pipe.txt", None, "cannot be read: not a file")])
    assert take_snapshot(corpus)["pipe.txt"].digest == ""


# As an ordinary user, to whom files can be closed


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="file names are Unicode there")
def test_names_that_are_the_same_in_utf_8_are_two(corpus: Path) -> None:
    write(corpus, {"caf\\xe9.txt": TEXT})
    Path(os.fsdecode(os.fsencode(corpus) + b"/caf\xe9.txt")).write_text(TEXT)
    assert list(files(corpus)) == ["caf\\xe9.txt", "caf\\xe9.txt~"]


def test_an_index_inside_the_corpus_is_left_out(corpus: Path) -> None:
    write(
        corpus, {"a.txt": TEXT, "index/CURRENT": "x", "index/build.lock": "", "index/generations/x/manifest.json": "{}"}
    )
    assert list(files(corpus)) == ["a.txt"]
    write(corpus, {"generations/b.txt": TEXT, "build.lock": ""})
    assert list(files(corpus)) == ["a.txt", "build.lock", "generations/b.txt"]


AS_USER = """
import sys
from pathlib import Path
from corpus import UserError, read_folder
from corpus.snapshot import take_snapshot

for corpus in map(Path, sys.argv[1:]):
    try:
        for found in read_folder(corpus):
            print(found.path, getattr(found, "reason", "read"), sep=": ")
        print(*(f"{path} {bool(state.digest)}" for path, state in take_snapshot(corpus).items()), sep=", ")
    except UserError as error:
        print(error)
"""


@pytest.fixture
def open_corpus() -> Iterator[Path]:
    """A corpus folder that every user may read; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        Path(folder).chmod(0o755)
        yield corpus


def lines_as_user(*corpora: Path) -> list[str]:
    """What an ordinary user reads in some folders: the lines that the script above prints."""
    command = [sys.executable, "-c", AS_USER, *map(str, corpora)]
    if not hasattr(os, "geteuid"):
        pytest.skip("files are not closed by their mode on this system")
    if os.geteuid() == 0:
        if not (setpriv := shutil.which("setpriv")):
            pytest.skip("root is refused nothing, and there is no setpriv to become another user")
        command = [setpriv, "--reuid", "65534", "--clear-groups", *command]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=600)
    assert ended.stderr == ""
    return ended.stdout.splitlines()


def test_closed_files_and_folders_are_named(open_corpus: Path) -> None:
    write(open_corpus, {"a.txt": TEXT, "closed.txt": TEXT, "sub/b.txt": TEXT, "listed/c.txt": TEXT, "z.txt": TEXT})
    (open_corpus / "closed.txt").chmod(0)
    (open_corpus / "sub").chmod(0)
    (open_corpus / "listed").chmod(0o744)

    assert lines_as_user(open_corpus) == [
        "a.txt: read",
        "closed.txt: cannot be read: Permission denied",
        "listed/c.txt: cannot be read: Permission denied",
        "sub: cannot be read: permission denied for the folder",
        "z.txt: read",
        "a.txt True, closed.txt False, listed/c.txt False, sub False, z.txt True",
    ]


def test_a_folder_without_permission_is_an_error(open_corpus: Path) -> None:
    modes = {"closed": 0, "only listed": 0o744, "only entered": 0o711}
    write(open_corpus, {f"{name}/a.txt": TEXT for name in modes} | {"ignore/.datelineignore": "b.txt"})
    for name, mode in modes.items():
        (open_corpus / name).chmod(mode)
    (open_corpus / "ignore/.datelineignore").chmod(0)

    assert lines_as_user(*(open_corpus / name for name in [*modes, "ignore"])) == [
        f"The corpus folder “{open_corpus}/closed” cannot be read (permission denied); fix its permissions.",
        f"The corpus folder “{open_corpus}/only listed” cannot be read (permission denied); fix its permissions.",
        f"The corpus folder “{open_corpus}/only entered” cannot be read (permission denied); fix its permissions.",
        f"“{open_corpus}/ignore/.datelineignore” cannot be read (Permission denied); fix or delete it.",
    ]


# The seed article


@pytest.mark.skipif(not SEED.is_file(), reason="the seed article is not beside this checkout (../shared/data)")
def test_the_seed_article_alone(corpus: Path) -> None:
    headline, repeated, *_ = SEED.read_text("utf-8").strip().replace("\n\n", "\n").split("\n")

    article = one_article(corpus, SEED.name, SEED.read_bytes())

    assert repeated == headline * 2
    assert article.title == headline
    assert headline not in article.text
    assert article.published is None
    assert (article.id, article.path) == (SEED.name, SEED.name)
    assert "wary" in article.text
    assert article.text.startswith(SEED.read_text("utf-8").strip().split("\n\n")[2])
    assert SEED.read_text("utf-8").strip().endswith(article.text[-200:])
