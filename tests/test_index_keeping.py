"""Looking after an index: takedowns, generations that are kept, checks, backups, and the log of what was written."""

import errno
import json
import os
import shutil
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from archives import FILES, MEMO, generations, held, write
from damage import emptied, flipped, halved
from hashing_embedder import HashingEmbedder

from corpus import Settings, UserError
from index import sync
from index.__main__ import main
from index.audit import AUDIT, FEEDBACK, SOURCE, append_row
from index.building.publishing import roll_back
from index.generations.forgotten import forgotten
from index.generations.generation import Generation, current, live_manifest
from index.generations.holding import file_sums
from index.keeping import back_up, forget, restore
from index.status import check
from index.stores.vectors import VectorStore


def paths(index: Path) -> list[str]:
    """The paths of the articles of the live generation, sorted."""
    return sorted(article.path for article in held(index).articles)


def live(index: Path) -> Path:
    return index / "generations" / current(index)


def held_anywhere(index: Path, words: str) -> bool:
    """Whether any file of any generation holds some words."""
    return any(words.encode() in file.read_bytes() for file in index.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("juno.txt", ["brexit.txt", "memo.txt", "rows.jsonl", "rows.jsonl", "wire/memo.txt"]),
        ("rows.jsonl#sea", ["brexit.txt", "juno.txt", "memo.txt", "rows.jsonl", "wire/memo.txt"]),
        ("rows.jsonl", ["brexit.txt", "juno.txt", "memo.txt", "wire/memo.txt"]),
    ],
)
def test_what_was_taken_down_is_gone_and_stays_gone(
    corpus: Path, index: Path, embedder: HashingEmbedder, given: str, left: list[str]
) -> None:
    sync(write(corpus), index, embedder=embedder)
    sync(write(corpus, {"brexit.txt": "Britain votes\n\nThe pound rose."}), index, embedder=embedder)
    assert len(generations(index)) == 2

    articles, report, in_use = forget(corpus, index, given, embedder=embedder)

    assert (len(articles), in_use, report.embedded) == (6 - len(left), 0, 0)
    assert paths(index) == left
    assert generations(index) == [current(index)] == [report.generation]
    assert not any(held_anywhere(index / "generations", article.text) for article in articles)
    assert sync(corpus, index, embedder=embedder).generation == report.generation
    sync(corpus, index, embedder=embedder, full=True)
    assert paths(index) == left


def test_an_address_is_taken_down_with_its_versions_and_copies(
    corpus: Path, index: Path, embedder: HashingEmbedder
) -> None:
    row = {"title": "Memo", "url": "https://www.bbc.com/news/1?utm_source=x"}
    rows = [row | {"text": text} for text in ("First words.", "Other words.")]
    write(corpus, {"a.jsonl": "".join(json.dumps(row) + "\n" for row in rows), "b.json": json.dumps(rows[0])})
    sync(write(corpus, {"juno.txt": FILES["juno.txt"]}), index, embedder=embedder)
    articles, _, _ = forget(corpus, index, "http://bbc.com/news/1/", embedder=embedder)
    assert sorted(article.text for article in articles) == ["First words.", "Other words."]
    assert paths(index) == ["juno.txt"]


def test_a_path_may_be_given_with_its_folder(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(write(corpus), index, embedder=embedder)
    monkeypatch.chdir(corpus.parent)
    assert [article.path for article in forget(corpus, index, "corpus/wire/memo.txt", embedder=embedder)[0]] == [
        "wire/memo.txt"
    ]


def test_what_readers_noted_of_it_is_gone_too(corpus: Path, built: Path, embedder: HashingEmbedder) -> None:
    rows = [{"question": name, "answers": ["Quoted."], "gold": [name]} for name in ("juno.txt", "memo.txt")]
    for row in rows:
        append_row(built / FEEDBACK, row)
    forget(corpus, built, "juno.txt", embedder=embedder)
    assert [json.loads(line) for line in (built / FEEDBACK).read_text("utf-8").splitlines()] == rows[1:]
    assert stat.S_IMODE((built / FEEDBACK).stat().st_mode) == 0o600


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0c"])
def test_what_is_taken_down_may_hold_marks_that_separate_lines(
    corpus: Path, index: Path, embedder: HashingEmbedder, mark: str
) -> None:
    """JSON writes most of them as they are, and a file's name may have any."""
    name = f"a{mark}b.txt"
    sync(write(corpus, {name: "One\n\nA story.", "c.txt": "Two\n\nAnother story."}), index, embedder=embedder)
    append_row(index / FEEDBACK, {"question": "Which?", "answers": [f"Quoted{mark}words."], "gold": [name]})
    append_row(index / FEEDBACK, {"question": f"And{mark}?", "answers": ["Other words."], "gold": ["c.txt"]})
    forget(corpus, index, name, embedder=embedder)
    assert paths(index) == ["c.txt"]
    [left] = (index / FEEDBACK).read_text("utf-8").strip("\n").split("\n")
    assert json.loads(left)["gold"] == ["c.txt"]


@pytest.mark.parametrize("left", [{}, {"broken.json": "{"}], ids=["nothing", "no article"])
def test_taking_one_article_down_empties_no_index(
    corpus: Path, built: Path, embedder: HashingEmbedder, left: dict[str, str]
) -> None:
    """As where the disk of the corpus is not mounted."""
    away = corpus.rename(corpus.parent / "away")
    corpus.mkdir()
    write(corpus, left)
    before = generations(built)
    with pytest.raises(UserError, match=r"holds no articles any more, so the index keeps its 6; put them back"):
        forget(corpus, built, "juno.txt", embedder=embedder)
    assert generations(built) == before
    assert len(paths(built)) == 6
    shutil.rmtree(corpus)
    away.rename(corpus)
    forget(corpus, built, "juno.txt", embedder=embedder)
    assert len(paths(built)) == 5
    assert len(generations(built)) == 1


def test_the_last_article_is_taken_down(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    sync(write(corpus, {"juno.txt": FILES["juno.txt"]}), index, embedder=embedder)
    articles, report, _ = forget(corpus, index, "juno.txt", embedder=embedder)
    assert (len(articles), report.articles, paths(index)) == (1, 0, [])


def test_a_name_of_two_lines_is_not_said_to_be_taken_down(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    sync(write(corpus, {"a\nb.txt": "One\n\nA story."}), index, embedder=embedder)
    with pytest.raises(UserError, match="line break; rename the file"):
        forget(corpus, index, "a\nb.txt", embedder=embedder)


def test_what_was_taken_down_stays_so_when_the_disk_is_full(
    corpus: Path, built: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(corpus, built, "juno.txt", embedder=embedder)
    real = Path.open

    def full(path: Path, mode: str = "r", *given: Any, **more: Any) -> Any:
        stream = real(path, mode, *given, **more)
        if path.name == "forgotten.txt" and mode != "r":
            stream.close()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return stream

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(UserError, match="the disk is full"):
        forget(corpus, built, "memo.txt", embedder=embedder)
    assert forgotten(built) == ("juno.txt",)


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfjuno.txt\r\n", b"memo.txt\n\njuno.txt"])
def test_the_list_of_what_was_taken_down_may_be_edited(
    corpus: Path, built: Path, embedder: HashingEmbedder, content: bytes
) -> None:
    (built / "forgotten.txt").write_bytes(content)
    forget(corpus, built, "brexit.txt", embedder=embedder)
    assert {"juno.txt", "brexit.txt"} <= {*forgotten(built)}
    assert not {"juno.txt", "brexit.txt"} & {*paths(built)}


def test_a_list_in_another_encoding_is_named(corpus: Path, built: Path, embedder: HashingEmbedder) -> None:
    (built / "forgotten.txt").write_bytes(b"caf\xe9.txt\n")
    with pytest.raises(UserError, match=r"forgotten\.txt” is not in UTF-8; save it as UTF-8"):
        sync(corpus, built, embedder=embedder)


def test_what_is_still_to_leave_is_told(corpus: Path, built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (built / "forgotten.txt").write_text("juno.txt\n", "utf-8")
    assert main(["status", "--corpus", str(corpus), "--index", str(built)]) == 0
    assert "What is taken down has changed since; run: python -m index" in capsys.readouterr().out


def test_forgetting_what_is_not_there(corpus: Path, built: Path, embedder: HashingEmbedder) -> None:
    before = current(built)
    with pytest.raises(UserError, match="No article has the address or path “gone"):
        forget(corpus, built, "gone.txt", embedder=embedder)
    assert generations(built) == [before]


def test_a_generation_in_use_is_counted_and_never_serves_again(
    corpus: Path, built: Path, embedder: HashingEmbedder
) -> None:
    with closing(Generation.open(built)):
        assert forget(corpus, built, "juno.txt", embedder=embedder)[2] == 1
    with pytest.raises(UserError, match=r"no generation .* to go back to"):
        roll_back(built)
    emptied(live(built) / "articles.db")
    with pytest.raises(UserError, match="is damaged"):
        Generation.open(built)
    assert sync(corpus, built, embedder=embedder, keep=0).articles == 5
    assert generations(built) == [current(built)]


@pytest.mark.parametrize("keep", [0, 1, 3])
def test_as_many_generations_stay_as_are_to_be_kept(
    corpus: Path, index: Path, embedder: HashingEmbedder, keep: int, capsys: pytest.CaptureFixture[str]
) -> None:
    write(corpus)
    names = []
    for number in range(5):
        write(corpus, {"new.txt": f"New\n\nEdition {number}."})
        names.append(sync(corpus, index, embedder=embedder, keep=keep).generation)
    assert generations(index) == names[-keep - 1 :]
    assert main(["status", "--corpus", str(corpus), "--index", str(index), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == names[-keep - 1 : -1][::-1]
    sync(corpus, index, embedder=embedder, keep=0)
    assert generations(index) == names[-1:]


def test_how_many_stay_is_a_setting(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_KEEP", "0")
    sync(write(corpus), index, embedder=embedder)
    last = sync(write(corpus, {"new.txt": "New\n\nText."}), index, embedder=embedder)
    assert generations(index) == [last.generation]


def test_a_sound_index_is_verified(built: Path) -> None:
    assert check(Settings(index=built)).report.articles == 6
    assert check(Settings(index=built)).name == current(built)


def fewer_in_chroma(folder: Path) -> None:
    """As many files as before, well-formed, and a chunk that no search can find."""
    store = VectorStore(folder / "chroma")
    found = store.nearest(np.load(folder / "vectors.npy")[0], 1)
    store._chunks.delete(ids=found)
    store.close()


def test_stores_that_differ_are_told(built: Path) -> None:
    """Every file is as its sum says, and yet one store holds something else."""
    fewer_in_chroma(live(built))
    replace(live_manifest(built), files=file_sums(live(built))).write(live(built))
    with closing(Generation.open(built)):
        pass
    with pytest.raises(UserError, match=r"is damaged \(.*'texts': 5, 'chroma': 4.*\); rebuild it with"):
        check(Settings(index=built))


def test_a_large_file_is_read_in_full(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening looks at its size alone."""
    monkeypatch.setattr("index.generations.holding._SMALL_BYTES", 100)
    flipped(live(built) / "vectors.npy")
    with closing(Generation.open(built)):
        pass
    with pytest.raises(UserError, match=r"is damaged .vectors\.npy is not as it was written"):
        check(Settings(index=built))


def test_a_damaged_index_is_not_backed_up(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would know before it is restored."""
    monkeypatch.setattr("index.generations.holding._SMALL_BYTES", 100)
    flipped(live(built) / "vectors.npy")
    with pytest.raises(UserError, match=r"is damaged .vectors\.npy is not as it was written.*; rebuild it with"):
        back_up(built, tmp_path / "kept.tar")
    assert not (tmp_path / "kept.tar").exists()


def test_a_backup_of_another_version_leaves_the_index_as_it_is(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(built, tmp_path / "kept.tar")
    before = current(built)
    monkeypatch.setattr("index.keeping.FORMAT", 99)
    with pytest.raises(UserError, match="another version of Dateline; build the index anew"):
        restore(built, tmp_path / "kept.tar", keep=0)
    assert generations(built) == [before]


@pytest.mark.parametrize("name", ["kept.tar", "kept.tar.gz"])
def test_a_backup_is_the_index(corpus: Path, built: Path, embedder: HashingEmbedder, tmp_path: Path, name: str) -> None:
    file, other = tmp_path / name, tmp_path / "other"
    back_up(built, file)
    assert tarfile.is_tarfile(file)
    restored = restore(other, file)
    assert restored.name == current(other) != current(built)
    assert live_manifest(other).report.generation == restored.name
    assert held(other) == held(built)
    assert check(Settings(index=other)).report.articles == 6
    sync(write(corpus, {"new.txt": "New\n\nText."}), other, embedder=embedder)
    newer = current(other)
    restore(other, file)
    assert held(other) == held(built)
    assert generations(other) == [newer, current(other)]


def foreign(file: Path) -> None:
    with tarfile.open(file, "w") as archive:
        member = tarfile.TarInfo("../../escaped.txt")
        archive.addfile(member)


@pytest.mark.parametrize("damage", [halved, emptied, foreign, Path.unlink])
def test_a_file_that_is_no_whole_backup_changes_nothing(
    built: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    file, before = tmp_path / "kept.tar", current(built)
    back_up(built, file)
    damage(file)
    with pytest.raises(UserError, match=r"is not a whole backup \(.+\); write one with"):
        restore(built, file)
    assert generations(built) == [before]
    assert not [*tmp_path.rglob("escaped.txt")]


def test_a_backup_does_not_bring_back_what_was_taken_down(
    corpus: Path, built: Path, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    back_up(built, tmp_path / "kept.tar")
    forget(corpus, built, "juno.txt", embedder=embedder)
    with pytest.raises(UserError, match="were taken down since"):
        restore(built, tmp_path / "kept.tar")
    assert "juno.txt" not in paths(built)


def test_a_backup_that_cannot_be_written(built: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"The backup “.*” cannot be written \(No such file or directory\)"):
        back_up(built, tmp_path / "nowhere" / "kept.tar")


def test_writes_are_logged_and_nothing_else(
    corpus: Path, index: Path, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    first = sync(write(corpus), index, embedder=embedder).generation
    sync(corpus, index, embedder=embedder)
    token = SOURCE.set("page, 192.0.2.1")
    second = sync(write(corpus, {"new.txt": "New\n\nText."}), index, embedder=embedder).generation
    SOURCE.reset(token)
    roll_back(index)
    back_up(index, tmp_path / "kept.tar")
    restore(index, tmp_path / "kept.tar")
    forget(corpus, index, "juno.txt", embedder=embedder)
    rows = [json.loads(line) for line in (index / AUDIT).read_text("utf-8").splitlines()]
    assert [(row["what"], row["from"]) for row in rows] == [
        ("build", "python"),
        ("build", "page, 192.0.2.1"),
        ("rollback", "python"),
        ("restore", "python"),
        ("forget", "python"),
        ("build", "python"),
    ]
    assert {row["when"][:4].isdigit() for row in rows} == {True}
    assert (rows[0]["generation"], rows[0]["added"], rows[1]["replaced"]) == (first, 6, first)
    assert (rows[2]["generation"], rows[2]["replaced"], rows[4]["name"]) == (first, second, "juno.txt")
    assert stat.S_IMODE((index / AUDIT).stat().st_mode) == 0o600


def test_watching_rebuilds_first_where_that_is_asked(
    corpus: Path, index: Path, tiny_model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATELINE_MODEL", tiny_model)
    monkeypatch.setattr("index.__main__.follow", lambda _settings, update, _stop: iter([update()]))
    folders = ["--corpus", str(write(corpus)), "--index", str(index)]
    assert main(folders) == 0
    first = current(index)
    for arguments, others in ((["--watch"], 0), (["--watch", "--full"], 1)):
        assert main([*arguments, *folders]) == 0
        assert len({*generations(index)} - {first}) == others
        assert "6 unchanged" in capsys.readouterr().out


def test_the_commands(
    corpus: Path,
    index: Path,
    tmp_path: Path,
    tiny_model: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATELINE_MODEL", tiny_model)
    monkeypatch.setenv("DATELINE_INDEX", str(index))
    file = str(tmp_path / "kept.tar")
    for arguments, told in (
        (["--corpus", str(write(corpus)), "--keep", "0"], "6 articles in 6 chunks: 6 added"),
        (["verify"], "The index is sound: 6 articles in 6 chunks, every file and store checked."),
        (["backup", file], f"“{file}” holds the index of "),
        (["restore", file], "The index is that of "),
        (["forget", "juno.txt"], "Taken down: “Juno reaches Jupiter” (juno.txt)\nIt is in no generation"),
    ):
        assert main(arguments) == 0
        assert capsys.readouterr().out.startswith(told)
    assert MEMO.splitlines()[0] in {article.title for article in held(index).articles}
    for arguments, told in (
        (["forget"], "Write: python -m index forget ADDRESS-OR-PATH"),
        (["status", "more"], "Write: python -m index status"),
        (["rollback", "--watch"], "“rollback” cannot be watched; leave out --watch."),
        (["--keep", "-1"], "set it to a number from 0 to 1000"),
        (["restore", file], "were taken down since"),
    ):
        assert main(arguments) == 2
        assert told in capsys.readouterr().err
