"""Dateline inside LangChain and LlamaIndex: the real packages, or skipped where they are not installed."""

import importlib
import sys
from collections.abc import Iterator

import pytest
from asking import AxesEmbedder, built, story

from qa import Retriever

FILES = {
    "a.txt": story("Oil in Kett", "Oil leaked into the harbour of Kett.", date="2015-03-02", source="Kett Post"),
    "b.txt": story("Zoo opens", "Penguins came to the zoo of Arlo.", date="2015-03-03", source="Arlo News"),
}
OIL = "Oil leaked into the harbour of Kett."


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    model = AxesEmbedder("oil", "zoo penguins")
    with Retriever.open(built(tmp_path_factory.mktemp("adapters"), FILES, model), embedder=model) as opened:
        yield opened


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_langchain(archive: Retriever) -> None:
    pytest.importorskip("langchain_core", reason="langchain-core is not installed")
    from langchain_core.runnables import RunnableLambda

    from qa.adapters.langchain import DatelineRetriever

    chain = DatelineRetriever(archive=archive, k=1) | RunnableLambda(lambda found: found[0])
    found = chain.invoke("Where did oil leak?")
    assert (found.page_content, found.id) == (OIL, "a.txt:0-36")
    expected = archive.search("Where did oil leak?", 1)[0].as_json()
    assert found.metadata == {name: value for name, value in expected.items() if name != "text"}
    limited = DatelineRetriever(archive=archive, sources=("Arlo News",)).invoke("Where did oil leak?")
    assert [one.metadata["source"] for one in limited] == ["Arlo News"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_llamaindex(archive: Retriever) -> None:
    pytest.importorskip("llama_index.core", reason="llama-index-core is not installed")
    from qa.adapters.llamaindex import DatelineRetriever

    [found] = DatelineRetriever(archive, k=1).retrieve("Where did oil leak?")
    expected = archive.search("Where did oil leak?", 1)[0]
    assert (found.node.text, found.node.start_char_idx, found.node.end_char_idx) == (OIL, 0, 36)
    assert found.score == pytest.approx(expected.score, abs=1e-6)
    assert (found.node.metadata["published"], found.node.metadata["title"]) == ("2015-03-02", "Oil in Kett")
    [limited] = DatelineRetriever(archive, since="2015-03-03").retrieve("Where did oil leak?")
    assert limited.node.metadata["source"] == "Arlo News"


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("langchain", "langchain_core", "langchain"), ("llamaindex", "llama_index", "llamaindex")],
)
def test_a_missing_framework_is_named(module: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, f"qa.adapters.{module}", raising=False)
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"dateline-qa\[{extra}\]"):
        importlib.import_module(f"qa.adapters.{module}")
