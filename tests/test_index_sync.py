"""`sync`: the index equals the folder, whatever happened to it, and no text is embedded twice."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from archives import FILES, MEMO, copied, generations, held, write
from hashing_embedder import HashingEmbedder, pieces
from making import pdf
from running import Command

from corpus import Problem
from corpus.apart import _COMMAND, Apart
from corpus.stories import signature
from index import SyncReport, sync
from index.archive import Filter
from index.generations.generation import Generation, current, live_manifest
from index.local import LocalArchive
from index.stores.vectors import VectorStore

HEAVY = ("sentence_transformers", "transformers", "torch", "chromadb", "tantivy")


def counts(report: SyncReport) -> dict[str, int]:
    names = ("articles", "chunks", "added", "updated", "removed", "unchanged", "embedded")
    return {name: getattr(report, name) for name in names}


def assert_like_a_fresh_build(corpus: Path, index: Path) -> None:
    fresh = index.parent / f"fresh-{current(index)}"
    sync(corpus, fresh, embedder=HashingEmbedder())
    assert held(index) == held(fresh)


def test_first_build(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    report = sync(write(corpus), index, embedder=embedder)

    assert counts(report) == {
        "articles": 6,
        "chunks": 6,
        "added": 6,
        "updated": 0,
        "removed": 0,
        "unchanged": 0,
        "embedded": 5,
    }
    assert report.failed == ()
    assert report.generation == current(index)
    assert generations(index) == [report.generation]
    # The memo and its wire copy are one text.
    # Long texts come first.
    assert embedder.encoded == [
        "Diplomats press for strikes\nFifty-one officials signed the memo on Syria.",
        "Juno reaches Jupiter\nThe probe Juno entered orbit around Jupiter.",
        "Britain votes to leave\nThe pound fell to a low after the vote.",
        "Hague ruling\nJudges ruled on the South China Sea.",
        "Zika in Rio\nDoctors asked to move the Games.",
    ]
    found = held(index)
    assert [article.id for article in found.articles] == [
        "brexit.txt", "juno.txt", "memo.txt", "rows.jsonl#sea", "rows.jsonl#zika", "wire/memo.txt",
    ]  # fmt: skip
    memo = found.articles[2]
    chunk = f"memo.txt@{memo.digest[:12]}:0-{len(memo.text)}"
    assert list(found.texts)[2] == chunk
    assert found.texts[chunk] == "Fifty-one officials signed the memo on Syria."
    # Of the two with equal vectors Chroma has one, and makes their length 1 once more.
    assert list(found.vectors.keys() - found.chroma.keys()) == [list(found.texts)[5]]
    for name, vector in found.chroma.items():
        np.testing.assert_allclose(found.vectors[name], vector, atol=1e-6)
    expected = HashingEmbedder().encode(["Diplomats press for strikes\nFifty-one officials signed the memo on Syria."])
    np.testing.assert_allclose(found.vectors[chunk], expected[0], atol=1e-7)
    assert [row for row, _ in found.postings["memo"]] == [2, 5]


def test_folders_are_those_of_where_each_build_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though all builds of the tests share a process that reads for them, which began somewhere else."""
    for name, file in (("one", "juno.txt"), ("two", "memo.txt")):
        write(tmp_path / name / "corpus", {file: FILES[file]})
        monkeypatch.chdir(tmp_path / name)
        assert sync("corpus", "index", embedder=HashingEmbedder()).failed == ()
        assert [article.path for article in held(Path("index")).articles] == [file]


def test_stories_are_told_apart_by_what_was_kept_of_unchanged_texts(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Fifty-one officials of the State Department signed a memo that asks Mr Obama to strike Mr Assad in Syria."
    other = "The probe Juno entered orbit around Jupiter after five years, and NASA in Pasadena heard its radio signal."
    copies = {"a.txt": f"Memo\n\n{said}\n", "b.txt": f"Strikes urged\n\n{said} So it goes.\n"}
    sync(write(corpus, copies | {"c.txt": f"Juno\n\n{other}\n"}), index, embedder=embedder)
    compared: list[str] = []
    monkeypatch.setattr("index.building.reading.signature", lambda text: compared.append(text) or signature(text))

    write(corpus, {"c.txt": f"Juno\n\n{said} It does.\n", "d.txt": f"Orbit\n\n{other}\n"})
    sync(corpus, index, embedder=embedder)

    # The text of d is the one that c had.
    assert compared == [f"{said} It does."]
    with closing(Generation.open(index)) as generation:
        assert generation.articles.stories() == ["a.txt", "a.txt", "a.txt", "d.txt"]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    corpus: Path, index: Path, embedder: HashingEmbedder
) -> None:
    """Even where it says afterwards what it said before."""
    write(corpus)

    def meanwhile(_share: float, words: str) -> None:
        said = FILES["memo.txt"] if words.startswith("Cutting") else "Half of it"
        if words.startswith(("Reading", "Cutting")):
            write(corpus, {"memo.txt": said})

    sync(corpus, index, embedder=embedder, progress=meanwhile)
    assert "Half of it" in [article.text for article in held(index).articles]
    sync(corpus, index, embedder=embedder)
    assert_like_a_fresh_build(corpus, index)
    assert sync(corpus, index, embedder=embedder).generation == current(index)
    assert len(generations(index)) == 2


def test_nothing_changed(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    first = sync(write(corpus), index, embedder=embedder)
    embedder.encoded.clear()

    again = sync(corpus, index, embedder=embedder)

    assert counts(again) == {**counts(first), "added": 0, "unchanged": 6, "embedded": 0}
    assert again.generation == first.generation
    assert generations(index) == [first.generation]
    assert embedder.encoded == []


def test_a_touched_file_is_not_changed(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    first = sync(write(corpus), index, embedder=embedder)
    os.utime(corpus / "juno.txt", (1, 1))
    assert sync(corpus, index, embedder=embedder).generation == first.generation


def test_nothing_changed_is_quick_and_loads_nothing_heavy(
    corpus: Path, index: Path, tiny_model: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_MODEL", tiny_model)
    sync(write(corpus), index)
    script = (
        "import sys, time; from index.__main__ import main; main(sys.argv[1:]);"
        f"print(sorted(set(sys.modules) & set({HEAVY})), time.process_time())"
    )
    arguments = ("--corpus", str(corpus), "--index", str(index))

    result = command("-c", script, *arguments, DATELINE_MODEL=tiny_model)

    assert result.stderr == ""
    words, *_, heavy = result.stdout.splitlines()
    assert words.startswith("6 articles in 6 chunks: 0 added, 0 updated, 0 removed, 6 unchanged; 0 chunks embedded in ")
    # Time of the processor, the interpreter's start included: other processes do not count.
    loaded, seconds = heavy.rsplit(" ", 1)
    assert loaded == "[]"
    assert float(seconds) < 1.0


def edit(corpus: Path) -> None:
    write(corpus, {"juno.txt": FILES["juno.txt"].replace("entered", "left")})


def edit_date_only(corpus: Path) -> None:
    write(corpus, {"juno.txt": FILES["juno.txt"].replace("07-05", "07-06")})


def add(corpus: Path) -> None:
    write(corpus, {"new/chilcot.txt": "Chilcot reports\n\nThe inquiry into Iraq reported.\n"})


def remove(corpus: Path) -> None:
    (corpus / "brexit.txt").unlink()


def remove_one_of_two_copies(corpus: Path) -> None:
    (corpus / "memo.txt").unlink()


def remove_a_record(corpus: Path) -> None:
    write(corpus, {"rows.jsonl": FILES["rows.jsonl"].splitlines()[1]})


def remove_everything(corpus: Path) -> None:
    for path in FILES:
        (corpus / path).unlink()


def rename(corpus: Path) -> None:
    (corpus / "juno.txt").rename(corpus / "zzz.txt")


def swap(corpus: Path) -> None:
    write(corpus, {"juno.txt": FILES["brexit.txt"], "brexit.txt": FILES["juno.txt"]})


def edit_while_the_old_text_arrives_elsewhere(corpus: Path) -> None:
    write(corpus, {"memo.txt": "Memo\n\nThe memo leaked.\n", "aaa.txt": MEMO})


def edit_rename_and_swap(corpus: Path) -> None:
    write(corpus, {"memo.txt": "Memo\n\nThe memo leaked.\n"})
    (corpus / "wire/memo.txt").rename(corpus / "wire/wire-memo.txt")
    swap(corpus)


@pytest.mark.parametrize(
    ("change", "report", "encoded"),
    [
        (edit, (6, 0, 1, 0, 5), ["Juno reaches Jupiter\nThe probe Juno left orbit around Jupiter."]),
        (edit_date_only, (6, 0, 1, 0, 5), []),
        (add, (7, 1, 0, 0, 6), ["Chilcot reports\nThe inquiry into Iraq reported."]),
        (remove, (5, 0, 0, 1, 5), []),
        (remove_one_of_two_copies, (5, 0, 0, 1, 5), []),
        (remove_a_record, (5, 0, 0, 1, 5), []),
        (remove_everything, (0, 0, 0, 6, 0), []),
        (rename, (6, 1, 0, 1, 5), []),
        (swap, (6, 0, 2, 0, 4), []),
        (edit_while_the_old_text_arrives_elsewhere, (7, 1, 1, 0, 5), ["Memo\nThe memo leaked."]),
        (edit_rename_and_swap, (6, 1, 3, 1, 2), ["Memo\nThe memo leaked."]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_change(
    corpus: Path,
    built: Path,
    embedder: HashingEmbedder,
    change: Callable[[Path], None],
    report: tuple[int, ...],
    encoded: list[str],
) -> None:
    before = current(built)
    change(corpus)

    second = sync(corpus, built, embedder=embedder)

    articles, added, updated, removed, unchanged = report
    assert counts(second) == {
        "articles": articles,
        "chunks": articles,
        "added": added,
        "updated": updated,
        "removed": removed,
        "unchanged": unchanged,
        "embedded": len(encoded),
    }
    assert embedder.encoded == encoded
    assert second.generation != before
    assert_like_a_fresh_build(corpus, built)


def test_changes_one_after_the_other(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    write(corpus)
    for change in (swap, add, edit, rename, remove_a_record, edit_while_the_old_text_arrives_elsewhere):
        change(corpus)
        sync(corpus, index, embedder=embedder)
    assert_like_a_fresh_build(corpus, index)
    assert len(set(embedder.encoded)) == len(embedder.encoded)


def test_progress_is_told_within_one_large_file_too(corpus: Path, index: Path) -> None:
    rows = "".join(f'{{"title": "Row {row}", "text": "Row {row} has a text."}}\n' for row in range(200))
    told: list[str] = []
    sync(
        write(corpus, {"rows.jsonl": rows}),
        index,
        embedder=HashingEmbedder(),
        progress=lambda _, words: told.append(words),
    )
    assert told.count("Reading") >= 3 * 200 // 50  # read, compared, and tied to stories


def test_a_long_article_is_only_encoded_where_it_changed(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CHUNK_SIZE", "32")
    sentences = [f"Officials in {town} met for talks and said that the ceasefire would hold for a week or longer."
                 for town in ("Geneva", "Vienna", "Damascus", "Moscow")]  # fmt: skip
    sync(write(corpus, {"talks.txt": "Talks\n\n" + " ".join(sentences)}), index, embedder=embedder)
    assert sorted(embedder.encoded) == sorted(f"Talks\n{sentence}" for sentence in sentences)
    embedder.encoded.clear()
    sentences[2] = sentences[2].replace("Damascus", "Aleppo")

    report = sync(write(corpus, {"talks.txt": "Talks\n\n" + " ".join(sentences)}), index, embedder=embedder)

    assert embedder.encoded == [f"Talks\n{sentences[2]}"]
    assert (report.updated, report.chunks, report.embedded) == (1, 4, 1)
    assert_like_a_fresh_build(corpus, index)


def test_more_texts_than_one_block(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    rows = "".join(f'{{"title": "Item {place}", "text": "Report {place % 400}."}}\n' for place in range(600))
    shares: list[float] = []

    report = sync(
        write(corpus, {"rows.jsonl": rows}), index, embedder=embedder, progress=lambda share, _: shares.append(share)
    )

    assert (report.articles, report.embedded) == (600, 600)
    # 150 headlines are encoded as questions after that.
    assert len(embedder.encoded) == 750
    assert shares == sorted(shares)
    assert (shares[0] >= 0, shares[-1]) == (True, 1.0)
    found = held(index)
    expected = HashingEmbedder().encode([f"{article.title}\n{article.text}" for article in found.articles])
    np.testing.assert_allclose(list(found.vectors.values()), expected, atol=1e-6)


def test_hundreds_of_copies_hide_nothing(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    """In Chroma's graph so many equal vectors would be each other's only neighbours, and cut others off."""
    files = {f"copy/{place}.txt": MEMO for place in range(300)}
    files |= {f"other/{place}.txt": f"Item {place}\n\nReport of strike {place} on Syria.\n" for place in range(40)}
    sync(write(corpus, files), index, embedder=embedder)
    with closing(Generation.open(index)) as generation:
        [*found] = generation.vector_store.nearest(generation.vectors[0], 341)
        assert len(found) == 41
        assert sorted(generation.articles.rows_like(found)) == list(range(340))
        assert sorted(generation.articles.rows_like(found[:1])) == list(range(300))


@pytest.mark.parametrize("hidden", [1, 3])
def test_chunks_that_chroma_does_not_reach_are_searched_separately(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch, hidden: int
) -> None:
    nearest = VectorStore.nearest
    monkeypatch.setattr(VectorStore, "nearest", lambda *given: nearest(*given)[: 5 - hidden])
    monkeypatch.setattr("index.verify._MOST_UNREACHED", 2)
    monkeypatch.setattr("index.verify._MOST_LOST", 1.0)
    if hidden > 1:
        with pytest.raises(RuntimeError, match=r"[34] out of reach"):
            sync(write(corpus), index, embedder=embedder)
        return
    sync(write(corpus), index, embedder=embedder)
    with closing(Generation.open(index)) as generation:
        rows = generation.manifest.unreached
        assert 1 <= len(rows) <= 2
        pieces = LocalArchive(generation).candidates([], generation.vectors[0], Filter(), 200)
        # Each article is one chunk.
        assert {generation.table.ids[row] for row in rows} <= {piece.article for piece in pieces}
        # One that is no nearer than those that Chroma finds would only set the scale of all cosines.
        [piece] = LocalArchive(generation).candidates([], generation.vectors[0], Filter(), 1)
        assert piece.cosine == pytest.approx(1.0)


def test_full_reuses_nothing(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    first = sync(write(corpus), index, embedder=embedder)
    before = held(index)
    embedder.encoded.clear()

    report = sync(corpus, index, full=True, embedder=embedder)

    assert report.generation != first.generation
    # The articles are told apart from those of the last generation all the same.
    assert (report.added, report.unchanged, report.embedded, len(embedder.encoded)) == (0, 6, 5, 5)
    assert held(index) == before


def test_an_empty_corpus(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    report = sync(corpus, index, embedder=embedder)
    assert set(counts(report).values()) == {0}
    assert held(index).articles == []
    # It can be filled later, and knows the length of a vector.
    assert sync(write(corpus), index, embedder=embedder).added == 6
    assert_like_a_fresh_build(corpus, index)


def test_a_corpus_where_every_file_fails(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    write(corpus, {"empty.txt": " \n", "bad.jsonl": "not JSON\n{}\n", "picture.gif": "GIF89a"})

    report = sync(corpus, index, embedder=embedder)

    assert (report.articles, report.chunks) == (0, 0)
    assert [(problem.path, problem.record) for problem in report.failed] == [
        ("bad.jsonl", 1), ("bad.jsonl", 2), ("empty.txt", None), ("picture.gif", None),
    ]  # fmt: skip
    assert Problem("empty.txt", None, "no text") in report.failed
    # They are still told of when nothing changed.
    assert sync(corpus, index, embedder=embedder).failed == report.failed


HARD = {
    "dashes": "— -" * 120,
    "long line": "=" * 900,
    "urls": "https://example.org/a-b/c_d?e=1&f=%20 " * 30,
    "emoji": "🕊👩🏽‍🚀🇸🇾" * 60,
    "digits": "3.14159265358979 10,000 1/2 " * 40,
    "no blanks": "العربية中文日本語" * 40,
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
@pytest.mark.parametrize("title", ["Syria", ""], ids=["title", "untitled"])
def test_texts_longer_than_the_models_window_are_divided(corpus: Path, index: Path, title: str, text: str) -> None:
    embedder = HashingEmbedder(window=12)
    row = f'{{"title": "{title}", "text": "It began so. {text}\\n\\nIt ended so."}}\n'
    sync(write(corpus, {"hard.jsonl": row}), index, embedder=embedder)

    found = held(index)
    [article] = found.articles
    covered = np.zeros(len(article.text), int)
    for chunk in found.texts:
        start, end = map(int, chunk.rpartition(":")[2].split("-"))
        covered[start:end] += 1
    seen = np.array([not character.isspace() for character in article.text])
    assert set(covered[seen]) == {1}
    assert covered.max() == 1
    assert all(embedder.fits(embedder.encoded))
    assert max(len(pieces(text)) for text in embedder.encoded) <= 12
    assert len(found.texts) > sync(corpus, index.parent / "wide", embedder=HashingEmbedder()).chunks


def test_a_character_that_alone_does_not_fit_is_a_chunk(corpus: Path, index: Path) -> None:
    embedder = HashingEmbedder(window=0)
    sync(write(corpus, {"a.jsonl": '{"text": "ab c"}\n'}), index, embedder=embedder)
    assert embedder.encoded == ["a", "b", "c"]


def test_what_was_embedded_before_needs_no_model(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    """Loading it takes seconds, which renaming and removing articles should not."""
    sync(write(corpus), index, embedder=embedder)
    embedder.measured.clear()
    embedder.encoded.clear()
    rename(corpus)
    remove(corpus)

    sync(corpus, index, embedder=embedder)

    assert (embedder.measured, embedder.encoded) == ([], [])


def test_files_written_during_a_build_are_found_by_the_next(
    corpus: Path, index: Path, embedder: HashingEmbedder
) -> None:
    write(corpus)

    def change_meanwhile(share: float, _words: str) -> None:
        if share == 1:
            edit(corpus)

    sync(corpus, index, embedder=embedder, progress=change_meanwhile)
    assert sync(corpus, index, embedder=embedder).updated == 1


def test_another_folder_with_the_same_files(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    sync(write(corpus), index, embedder=embedder)
    other = copied(corpus, "elsewhere")
    report = sync(other, index, embedder=embedder)
    assert (report.unchanged, report.embedded) == (report.articles, 0)
    assert live_manifest(index).corpus == str(other.resolve())
    assert sync(other, index, embedder=embedder).generation == report.generation


def test_a_generation_is_a_set_of_files(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    report = sync(write(corpus), index, embedder=embedder)
    folder = index / "generations" / report.generation
    assert sorted(file.name for file in folder.iterdir()) == [
        "articles.db", "chroma", "keywords", "manifest.json", "vectors.npy",
    ]  # fmt: skip
    vectors = np.load(folder / "vectors.npy")
    assert (vectors.dtype, vectors.shape) == (np.float32, (6, 32))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert sorted(file.name for file in index.iterdir()) == ["CURRENT", "audit.jsonl", "build.lock", "generations"]
    with pytest.raises(ValueError, match="read-only"):
        Generation.open(index).vectors[0] = 0


def test_other_field_names_read_everything_again(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    (corpus / "a.jsonl").write_text('{"kopf": "Juno", "lede": "One.", "id": 1}\n')
    [failed] = sync(corpus, index, embedder=embedder).failed

    report = sync(corpus, index, embedder=embedder, fields="title=kopf,text=lede")

    assert failed.reason.startswith("no field holds the text (fields here: id, kopf, lede)")
    assert (report.added, report.failed) == (1, ())
    assert held(index).articles[0].title == "Juno"


def test_boilerplate_is_not_indexed(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    ask = "Sign up for our newsletter."
    write(corpus, {f"{n}.txt": f"Juno {n}\nSource: Orbit\n\nIt is in orbit {n}.\n\n{ask}" for n in range(4)})
    sync(corpus, index, embedder=embedder)
    assert all(article.text.endswith(ask) for article in held(index).articles)

    write(corpus, {"5.txt": f"Juno 5\nSource: Orbit\n\nIt is in orbit 5.\n\n{ask}"})
    report = sync(corpus, index, embedder=embedder)

    assert (report.added, report.updated) == (1, 4)
    assert not any(ask in article.text for article in held(index).articles)


def test_a_file_that_needed_a_missing_package_is_tried_again(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus / "a.pdf").write_bytes(pdf("Juno", "It is in orbit."))
    with monkeypatch.context() as without:
        without.setattr("index.building.reading.Apart", Apart)
        without.setattr("corpus.apart._COMMAND", f"import sys; sys.modules['pypdf'] = None; {_COMMAND}")
        without.setattr("index.generations.manifest.extras", lambda: "")
        [failed] = sync(corpus, index, embedder=embedder).failed

    report = sync(corpus, index, embedder=embedder)

    assert failed.reason == "PDF files need one more package; run: pip install pypdf"
    assert (report.added, report.failed) == (1, ())
