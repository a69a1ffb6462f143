"""An index keeps to the corpus it was made of, and is neither replaced in silence nor emptied by accident."""

import shutil
import threading
from pathlib import Path

import pytest
from archives import watch, write
from hashing_embedder import HashingEmbedder

from corpus import Settings, UserError
from index import sync
from index.generations.origin import other_origin, settings_for


@pytest.fixture
def made(corpus: Path, index: Path, embedder: HashingEmbedder) -> tuple[Path, Path]:
    """A corpus and its index."""
    sync(write(corpus), index, embedder=embedder)
    return corpus, index


def test_without_a_corpus_the_index_uses_its_own(
    made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, index = made
    assert settings_for(None, index).corpus == corpus
    assert settings_for(tmp_path, index).corpus == tmp_path
    assert settings_for(None, tmp_path / "none").corpus == Settings().corpus
    monkeypatch.chdir(tmp_path)
    shutil.copytree(corpus, Settings().corpus)
    sync(Settings().corpus, tmp_path / "default", embedder=HashingEmbedder())
    assert settings_for(None, tmp_path / "default").corpus == Settings().corpus
    monkeypatch.setenv("DATELINE_CORPUS", "elsewhere")
    assert settings_for(None, index).corpus == Path("elsewhere")


def test_another_corpus_is_named_in_a_warning(made: tuple[Path, Path]) -> None:
    corpus, index = made
    other = write(corpus.parent / "other", {"new.txt": "New\n\nText.", "juno.txt": "Other\n\nText."})
    assert other_origin(settings_for(corpus, index)) == ""
    assert other_origin(settings_for(corpus, index.parent / "new")) == ""
    words = other_origin(settings_for(other, index))
    assert f"made from “{corpus}”" in words
    assert f"made from “{other}”" in words
    assert words.endswith(f"python -m index rollback --index {index}")
    shutil.rmtree(corpus)
    assert other_origin(settings_for(other, index)) == ""


def test_an_index_that_was_moved_with_its_corpus_keeps_to_it(made: tuple[Path, Path], tmp_path: Path) -> None:
    corpus, index = made
    (tmp_path / "elsewhere").mkdir()
    moved = Path(shutil.move(index, tmp_path / "elsewhere"))
    assert settings_for(None, moved).corpus == corpus
    shutil.move(corpus, tmp_path / "elsewhere")
    assert settings_for(None, moved).corpus == corpus.parent / "elsewhere" / corpus.name
    shutil.move(tmp_path / "elsewhere" / corpus.name, tmp_path / "gone")
    assert settings_for(None, moved).corpus == corpus


def test_a_corpus_that_was_named_by_a_link_is_remembered_by_that_name(
    index: Path, embedder: HashingEmbedder, tmp_path: Path
) -> None:
    link = tmp_path / "now"
    link.symlink_to(write(tmp_path / "first", {"a.txt": "First\n\nText."}), target_is_directory=True)
    sync(link, index, embedder=embedder)
    link.unlink()
    link.symlink_to(write(tmp_path / "second", {"b.txt": "Second\n\nText."}), target_is_directory=True)
    assert settings_for(None, index).corpus == link
    report = sync(settings_for(None, index).corpus, index, embedder=embedder)
    assert (report.added, report.removed) == (1, 1)


@pytest.mark.parametrize("left", [{}, {"broken.json": "{"}], ids=["nothing", "no article"])
def test_an_index_is_emptied_only_on_request(
    made: tuple[Path, Path], embedder: HashingEmbedder, left: dict[str, str]
) -> None:
    corpus, index = made
    shutil.rmtree(corpus)
    corpus.mkdir()
    write(corpus, left)
    with pytest.raises(UserError, match=r"holds no articles any more, so the index keeps its 6; .* --corpus"):
        sync(corpus, index, embedder=embedder, may_empty=False)
    stop = threading.Event()
    assert "holds no articles any more" in str(next(watch(corpus, index, stop, embedder=embedder)))
    assert sync(corpus, index, embedder=embedder).removed == 6
    assert sync(write(corpus, left), index, embedder=embedder, may_empty=False).articles == 0


def test_articles_that_were_deleted_vanish(made: tuple[Path, Path], embedder: HashingEmbedder) -> None:
    corpus, index = made
    for name in ("brexit.txt", "memo.txt", "rows.jsonl", "wire/memo.txt"):
        (corpus / name).unlink()
    assert sync(corpus, index, embedder=embedder, may_empty=False).removed == 5
