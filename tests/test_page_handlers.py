"""The events of the page: conversations that the browser keeps, values of every wrong kind, and who may write."""

import html
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_archive import FakeRetriever
from hashing_embedder import HashingEmbedder
from page_server import BrokenRetriever

from corpus import Settings, UserError
from qa import Answer
from qa.page.handlers import Handlers
from qa.web.api import Api, with_error
from qa.web.archives import Archives, Served
from qa.web.indexer import Indexer


def handlers(retriever: FakeRetriever | None = None, settings: Settings | None = None) -> Handlers:
    indexer = Indexer(settings or Settings(), embedder=HashingEmbedder(), watch=False)
    return Handlers(Archives([Served(retriever or FakeRetriever(), indexer)]))  # type: ignore[arg-type]


def handled(page: Handlers, name: str, sent: object, *, writable: bool = False) -> SimpleNamespace:
    """The parts of the page that a verb gives, None for those that stay, and what is said."""
    found = page.call(name, sent, writable=writable)
    parts = {part: found.get(part) for part in ("conversation", "viewer", "browse")}
    return SimpleNamespace(said=found.get("said", ""), error=found.get("error", ""), **parts)


def asked(reply: SimpleNamespace) -> list[str]:
    """The questions of a conversation as shown, oldest first."""
    parts = (reply.conversation or "").split('data-question="')[1:]
    return [part.partition('"')[0] for part in reversed(parts)]


@pytest.mark.parametrize(
    ("queries", "questions", "said"),
    [
        (["q=Why%3F", "?q=Who%3F&since=2016-06-18"], ["Why?", "Who?"], "passages"),
        (["q=Why%3F", "q=Who%3F&since=never"], ["Why?"], "passages"),
        (["q=Why%3F&since=never"], [], "“never” is not a date"),
        ([f"q={number}" for number in range(50)], [str(number) for number in range(50)], "passages"),
        ([f"q={number}" for number in range(51)], [], "“queries” is too long; shorten it to 50."),
        ([], [], ""),
    ],
    ids=["all", "but one", "none", "fifty", "too many", "empty"],
)
def test_a_kept_conversation_is_asked_again(queries: list[str], questions: list[str], said: str) -> None:
    reply = handled(handlers(), "open", {"queries": queries})
    assert asked(reply) == questions
    assert said in reply.said + reply.error


def test_what_is_shown_again_is_not_answered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = handlers()
    kept = {"queries": ["q=Why%3F", "q=Who%3F"]}
    first = handled(page, "open", kept)
    monkeypatch.setattr(FakeRetriever, "answer", None)  # would fail
    assert handled(page, "open", kept) == first


def test_what_is_found_is_shown_before_it_is_read_and_the_rest_is_asked_for() -> None:
    retriever = FakeRetriever()
    retriever.reads = True
    page = handlers(retriever)
    first = handled(page, "ask", {"question": "Why is Obama wary?"})
    assert "data-unread" in (first.conversation or "")
    assert "refusal" not in (first.conversation or "")
    kept = re.findall(r'data-query="(q=.+?)"', first.conversation or "")[:1]
    rest = handled(page, "settle", {"turn": "0", "query": kept[0], "queries": kept})
    assert (rest.viewer, rest.browse) == (None, None)
    assert "data-unread" not in (rest.conversation or "")
    assert "blockquote" in (rest.conversation or "")
    again = handled(page, "ask", {"question": "Why is Obama wary?"})
    assert "data-unread" not in (again.conversation or "")


def test_a_question_is_asked_otherwise_in_its_place() -> None:
    kept = ["q=Why%3F", "q=Who%3F"]
    refined = handled(handlers(), "refine", {"turn": "0", "query": "q=When%3F&until=2016-06-17", "queries": kept})
    assert asked(refined) == ["When?", "Who?"]
    assert asked(handled(handlers(), "refine", {"turn": 7, "query": "q=When%3F", "queries": []})) == ["When?"]


def test_the_archive_is_listed_by_day_within_the_limits() -> None:
    listed = handled(handlers(), "browse", {"limits": ""})
    days = re.findall(r'<h3>(?:<time datetime="(.+?)">.+?</time>|(Undated)) <span>(.+?)</span>', listed.browse or "")
    assert days == [
        *((f"2016-{day}", "", "1 article") for day in ("07-05", "06-24", "06-19", "06-18", "06-17")),
        ("", "Undated", "1 article"),
    ]
    limited = handled(handlers(), "browse", {"limits": "source=Dateline+science+desk&since=2016-07-01"})
    assert "1 article, only <bdi>since 1 July 2016</bdi>, <bdi>Dateline science desk</bdi>" in (limited.browse or "")
    assert "No article is within these limits." in (handled(handlers(), "browse", {"page": 1}).browse or "")


def test_later_reports_are_to_read_and_other_headlines_to_ask() -> None:
    html = handlers().call("related", {"query": "q=Why+is+Obama+wary+of+intervention%3F&passages=1"})["html"]
    later, _, asked = html.partition("Ask next")
    assert re.findall(r'data-article="(.+?)"', later) == ["clinton", "brexit", "juno"]
    assert re.findall(r'data-question="(.+?)"', asked) == ["How caution becomes doctrine"]
    assert handlers().call("related", {"query": "q=Any+penguins%3F"}) == {"html": ""}


def test_a_question_follows_those_that_the_page_shows() -> None:
    kept = ["q=Why+is+Obama+wary%3F", "q=Who%3F"]
    reply = handled(handlers(), "ask", {"question": "What about Clinton?", "limits": "", "queries": kept})
    assert asked(reply) == ["Why is Obama wary?", "Who?", "What about Clinton?"]
    assert "What about Clinton? Who?" in (reply.conversation or "")
    read = handled(handlers(), "read", {"turn": "0", "passage": "1", "queries": kept})
    assert "Passage 2 of 5" in (read.viewer or "")
    assert read.conversation is None
    assert asked(handled(handlers(), "show", {"turn": "0", "queries": kept})) == ["Why is Obama wary?", "Who?"]


def test_to_read_an_article_only_its_question_is_asked_again() -> None:
    kept = ["q=Who%3F&since=never", "q=Why+is+Obama+wary%3F"]
    assert "Passage 2 of 5" in handled(handlers(), "read", {"turn": "1", "passage": "1", "queries": kept}).viewer


@pytest.mark.parametrize(("question", "shown"), [("Почему президент уехал из города? " * 4, 11), ("为什么" * 660, 2)])
def test_a_long_conversation_stays_short_enough_to_be_sent_back(question: str, shown: int) -> None:
    page, queries = handlers(), []
    for number in range(shown + 4):
        reply = handled(page, "ask", {"question": f"{question}{number}?", "queries": queries})
        turns = re.findall(r'<article class="turn.*?" data-query="(.+?)"', reply.conversation or "")
        queries = [html.unescape(query) for query in reversed(turns)]
        settled = {"query": queries[-1], "queries": queries, "question": question}
        assert len(json.dumps(settled, ensure_ascii=False).encode()) < 64_000
    assert len(queries) == shown


def test_a_question_has_at_most_two_thousand_characters() -> None:
    page, long = handlers(), "Why? " * 401
    assert "shorten it to 2,000" in handled(page, "ask", {"question": long}).error
    assert "shorten it to 2,000" in handled(page, "refine", {"query": f"q={long}"}).error
    for verb in (Api(FakeRetriever()).ask, Api(FakeRetriever()).search):  # type: ignore[arg-type]
        with pytest.raises(UserError, match="shorten it to 2,000"):
            verb(long)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sources": ["BBC"] * 51}, "“sources” is too long; shorten it to 50."),
        ({"authors": ["x" * 201]}, "“authors” is too long; shorten it to 200 characters."),
        ({"history": ["Why?"] * 51}, "“history” is too long; shorten it to 50."),
    ],
)
def test_names_and_earlier_questions_are_few_and_short(given: Mapping[str, Any], told: str) -> None:
    with pytest.raises(UserError, match=re.escape(told)):
        Api(FakeRetriever()).ask("Why?", **given)  # type: ignore[arg-type]
    Api(FakeRetriever()).ask("Why?", sources=["x" * 200] * 50)  # type: ignore[arg-type]


WRONG: Sequence[Any] = (None, 7, 1.5, True, "x" * 50_000, [], [None], {}, {"a": 1}, "-1", "9" * 5_000)


@pytest.mark.parametrize("name", ["ask", "refine", "open", "show", "read", "approve"])
@pytest.mark.parametrize("field", ["question", "limits", "query", "queries", "turn", "passage"])
def test_values_of_a_wrong_kind_get_a_sentence(name: str, field: str, tmp_path: Path) -> None:
    page = handlers(settings=replace(Settings(), index=tmp_path))
    sound = {"question": "Why?", "limits": "", "query": "q=Why%3F", "queries": ["q=Why%3F"], "turn": 0, "passage": 0}
    for wrong in WRONG:
        reply = handled(page, name, {**sound, field: wrong}, writable=True)
        assert "error in Dateline" not in reply.error
    assert "error in Dateline" not in handled(page, name, None, writable=True).error


def test_calls_of_a_wrong_kind_get_a_sentence(tmp_path: Path) -> None:
    page = handlers(settings=replace(Settings(), index=tmp_path, corpus=tmp_path))
    calls: list[tuple[str, Any]] = [("quoted", {"text": wrong}) for wrong in WRONG]
    calls += [
        ("exported", {"query": "q=a", "form": "csv", field: wrong}) for field in ("query", "form") for wrong in WRONG
    ]
    calls += [("archive", {"does": wrong}) for wrong in WRONG]
    calls += [
        ("watched", {"does": does, "query": wrong, "name": wrong}) for does in ("save", "delete") for wrong in WRONG
    ]
    calls += [("batched", {"content": wrong}) for wrong in WRONG]
    calls += [("archive", {"does": "drop", "files": [[wrong, wrong]]}) for wrong in WRONG]
    calls += [("archive", {"does": "add", "title": wrong, "text": wrong}) for wrong in WRONG]
    calls += [(name, wrong) for name in ("quoted", "exported", "archive", "batched", "watched") for wrong in WRONG]
    for name, sent in calls:
        assert "error in Dateline" not in str(page.call(name, sent, writable=True)), sent


def test_questions_are_saved_by_who_may_write_and_seen_by_all(tmp_path: Path) -> None:
    page = handlers(settings=replace(Settings(), index=tmp_path))
    asked = {"does": "save", "query": "q=Why+is+Obama+wary+of+intervention%3F"}
    assert "link that Dateline printed" in page.call("watched", asked)["error"]
    assert "No question is saved yet" in page.call("watched", {"does": "look"})["html"]
    saved = page.call("watched", asked, writable=True)
    assert saved["fresh"] == 0
    assert 'href="feed/why-is-obama-wary-of-intervention.xml"' in saved["html"]
    assert page.call("watched", {"does": "look"}) == saved
    gone = {"does": "delete", "name": "why-is-obama-wary-of-intervention"}
    assert "No question is saved yet" in page.call("watched", gone, writable=True)["html"]


def test_without_a_language_model_nothing_is_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert handlers().call("composed", {"query": "q=Why+is+Obama+wary+of+intervention%3F"}) == {"done": True}
    assert "data-composed" not in str(handled(handlers(), "ask", {"question": "Why is Obama wary of intervention?"}))
    monkeypatch.setenv("DATELINE_LLM", "http://127.0.0.1:9/v1")
    shown = str(handled(handlers(), "ask", {"question": "Why is Obama wary of intervention?"}))
    assert shown.index("data-composed") < shown.index("blockquote")
    assert "data-composed" not in str(handled(handlers(), "ask", {"question": "Which penguins toured Antarctica?"}))


def test_a_bug_is_logged_and_said(caplog: pytest.LogCaptureFixture) -> None:
    reply = handled(handlers(BrokenRetriever()), "ask", {"question": "Why?"})
    assert "error in Dateline" in reply.error
    assert "a bug" not in reply.error
    assert "a bug" in caplog.text
    assert "error in Dateline" in handlers(BrokenRetriever()).call("exported", {"query": "q=a", "form": "csv"})["error"]


def test_only_who_may_write_writes(tmp_path: Path) -> None:
    page = handlers(settings=replace(Settings(), corpus=tmp_path, index=tmp_path / "index"))
    (tmp_path / "index").mkdir()
    for does in ("rebuild", "cancel", "add", "drop"):
        assert page.call("archive", {"does": does})["done"] is False
    chosen = {"turn": "0", "passage": "0", "queries": ["q=Why%3F"]}
    assert "link that Dateline printed" in handled(page, "approve", chosen).error
    assert list(tmp_path.rglob("*")) == [tmp_path / "index"]
    assert "feedback.jsonl" in handled(page, "approve", chosen, writable=True).said
    assert (tmp_path / "index" / "feedback.jsonl").exists()


def test_strangers_are_shown_no_folder(tmp_path: Path) -> None:
    page = handlers(FakeRetriever(()), replace(Settings(), corpus=tmp_path, index=tmp_path))
    assert str(tmp_path) not in str(page.call("look", {})) + str(page.call("archive", {"does": "look"}))
    assert str(tmp_path) in str(page.call("look", {}, writable=True))


def test_nor_what_keeps_a_question_from_its_answer() -> None:
    class Damaged(FakeRetriever):
        def answer(self, *_: object, **__: object) -> Answer:
            message = "The index in “/srv/our news/index” is damaged."
            raise UserError(message)

    page, sent = handlers(Damaged()), {"question": "Why?"}
    assert handled(page, "ask", sent).error == "The index in “…/index” is damaged."
    assert handled(page, "ask", sent, writable=True).error == "The index in “/srv/our news/index” is damaged."
    with pytest.raises(ValueError, match=r"^The index in “…/index” is damaged"):
        with_error(Api(Damaged()).ask, ValueError)("Why?")  # type: ignore[arg-type]


def test_nor_what_a_build_failed_from_and_an_index_suffers_from(tmp_path: Path) -> None:
    indexer = Indexer(replace(Settings(), corpus=tmp_path / "gone", index=tmp_path), watch=False)
    page = Handlers(Archives([Served(FakeRetriever(), indexer)]))  # type: ignore[arg-type]
    indexer.rebuild()
    while indexer.work.running:
        time.sleep(0.01)
    assert "no corpus folder" in page.call("archive", {"does": "look"}, writable=True)["state"]
    assert page.call("archive", {"does": "look"}) == {"report": "", "state": "", "told": "", "done": True}
    (tmp_path / "generations" / "g").mkdir(parents=True)
    (tmp_path / "CURRENT").write_text("g", "utf-8")
    (tmp_path / "generations" / "g" / "manifest.json").write_text("{", "utf-8")
    assert "is damaged" in page.call("archive", {"does": "look"}, writable=True)["told"]
    assert page.call("archive", {"does": "look"}) == {"report": "", "state": "", "told": "", "done": False}
