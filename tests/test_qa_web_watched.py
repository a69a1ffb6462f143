"""Saved questions: what a newer index brings to each, and the feed of it."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import filelock
import pytest
from fake_archive import ARTICLES, FakeRetriever
from starlette.applications import Starlette
from starlette.testclient import TestClient

from corpus import Article, Settings, UserError
from qa import ArchiveStatus
from qa.page.feed import as_rss, route
from qa.question.request import Request
from qa.web.archives import Archives, Served
from qa.web.indexer import Indexer
from qa.web.inquiry import Inquiry
from qa.web.watched import Watchlist

QUESTION = "Why is Obama wary of intervention?"
INQUIRY = Inquiry(Request(QUESTION))
NEW = Article("new", "Obama <again>", "Obama is still wary of an intervention.\x0b", "BBC", date(2016, 7, 6))


@dataclass
class Following(FakeRetriever):
    """A retriever that follows an index to newer generations."""

    generation: str = "g1"

    def status(self) -> ArchiveStatus:
        return replace(super().status(), generation=self.generation)

    def grow(self, *articles: Article) -> None:
        self.articles, self.generation = (*self.articles, *articles), f"g{len(self.articles)}{self.generation}"


@pytest.fixture
def retriever() -> Following:
    return Following()


@pytest.fixture
def watchlist(retriever: Following, tmp_path: Path) -> Watchlist:
    return Watchlist(retriever, tmp_path)  # type: ignore[arg-type]


def test_what_a_build_brings_is_news_and_fresh_until_the_next(retriever: Following, watchlist: Watchlist) -> None:
    assert watchlist.save(INQUIRY) == "why-is-obama-wary-of-intervention"
    retriever.grow()
    [nothing] = watchlist.look()
    assert (nothing.question, nothing.news) == (QUESTION, ())
    retriever.grow(NEW)
    [found] = watchlist.look()
    assert [(news.quotation.article.id, news.fresh) for news in found.news] == [("new", True)]
    assert found.news[0].quotation.text == "Obama is still wary of an intervention."
    retriever.grow()
    [later] = watchlist.look()
    assert [(news.quotation.article.id, news.fresh) for news in later.news] == [("new", False)]


def test_what_answers_nothing_or_has_gone_is_no_news(retriever: Following, watchlist: Watchlist) -> None:
    watchlist.save(INQUIRY)
    retriever.grow(replace(NEW, id="other", text="It rained."))
    assert watchlist.look()[0].news == ()
    retriever.grow(NEW)
    assert len(watchlist.look()[0].news) == 1
    retriever.articles = (*ARTICLES, replace(NEW, text="Obama."))
    assert watchlist.look()[0].news == ()


def test_while_the_model_loads_nothing_is_asked(retriever: Following, watchlist: Watchlist) -> None:
    watchlist.save(INQUIRY)
    retriever.grow(NEW)
    retriever.model_ready = False
    assert watchlist.look()[0].news == ()
    retriever.model_ready = True
    assert len(watchlist.look()[0].news) == 1


def test_what_the_model_finds_after_it_was_saved_without_it_is_not_new(tmp_path: Path) -> None:
    class Loading(Following):
        def candidates(self, request: Request) -> frozenset[str]:
            return super().candidates(request) if self.model_ready else frozenset()

    retriever = Loading(model_ready=False)
    watchlist = Watchlist(retriever, tmp_path)  # type: ignore[arg-type]
    watchlist.save(INQUIRY)
    retriever.model_ready = True
    retriever.grow()
    assert watchlist.look()[0].news == ()
    retriever.grow(NEW)
    assert len(watchlist.look()[0].news) == 1


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"a": 1}', b'{"a": {"query": "q=x"}}', b"\xff"])
def test_a_damaged_file_is_named_and_stays(content: bytes, watchlist: Watchlist, tmp_path: Path) -> None:
    (tmp_path / "watched.json").write_bytes(content)
    for use in (watchlist.look, lambda: watchlist.save(INQUIRY), lambda: watchlist.delete("a")):
        with pytest.raises(UserError, match=r"saved questions are damaged; mend or delete watched\.json"):
            use()
    assert (tmp_path / "watched.json").read_bytes() == content


def test_questions_have_names_of_their_own_and_only_the_owner_reads_them(watchlist: Watchlist, tmp_path: Path) -> None:
    names = [
        watchlist.save(Inquiry(Request(question))) for question in ("Who left?", "Who, left?", "谁？", "Who left?")
    ]
    assert names == ["who-left", "who-left-2", "question", "who-left"]
    assert (tmp_path / "watched.json").stat().st_mode & 0o777 == 0o600
    watchlist.delete("who-left")
    assert [one.name for one in watchlist.look()] == ["question", "who-left-2"]
    with pytest.raises(UserError, match="No question is saved as “x”; take a name from: who-left-2"):
        watchlist.delete("x")


def test_there_may_be_fifty(watchlist: Watchlist) -> None:
    for number in range(50):
        watchlist.save(Inquiry(Request(f"Who left {number}?")))
    with pytest.raises(UserError, match="50 questions are saved already; delete one"):
        watchlist.save(INQUIRY)


def test_the_feed_has_an_item_for_each_and_stays_xml(retriever: Following, watchlist: Watchlist) -> None:
    watchlist.save(INQUIRY)
    retriever.grow(NEW)
    [channel] = ET.fromstring(as_rss(watchlist.look()[0], "http://here/"))
    [item] = channel.findall("item")
    assert channel.findtext("link") == "http://here/?q=Why+is+Obama+wary+of+intervention%3F"
    assert {part.tag: part.text for part in item} == {
        "title": "Obama <again>",
        "link": "http://here/?article=new",
        "guid": f"new@{NEW.digest[:12]}:0-39",
        "pubDate": "Fri, 02 Jan 2026 03:04:00 +0000",
        "description": "“Obama is still wary of an intervention.” Obama <again> (BBC, 2016-07-06)",
    }


def test_the_feed_asks_for_the_password_of_the_page(watchlist: Watchlist, tmp_path: Path) -> None:
    watchlist.save(INQUIRY)
    served = [Served(watchlist.retriever, Indexer(replace(Settings(), index=tmp_path)))]
    app = Starlette(routes=[route(Archives(served), [("ann", "a:b")], lambda request: "in" in request.cookies)])
    address = "/feed/why-is-obama-wary-of-intervention.xml"
    given = {"authorization": "Basic " + base64.b64encode(b"ann:a:b").decode()}
    wrong = [{}, {"authorization": "Basic !"}, {"authorization": "Basic " + base64.b64encode(b"ann:a").decode()}]
    with TestClient(app) as client:
        assert [client.get(address, headers=each).status_code for each in (*wrong, given)] == [401, 401, 401, 200]
        assert client.get("/feed/none.xml", headers=given).status_code == 404
        assert client.get(address, headers={"cookie": "in=1"}).headers["content-type"] == "application/rss+xml"


def test_while_another_keeps_the_questions_the_feed_says_so(
    watchlist: Watchlist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchlist.save(INQUIRY)
    monkeypatch.setattr("qa.web.watched._SECONDS_FOR_THE_LOCK", 0)
    served = [Served(watchlist.retriever, Indexer(replace(Settings(), index=tmp_path)))]
    app = Starlette(routes=[route(Archives(served), None, lambda _: False)])
    with TestClient(app) as client, filelock.FileLock(tmp_path / "watched.lock"):
        busy = client.get("/feed/why-is-obama-wary-of-intervention.xml")
        assert (busy.status_code, busy.text) == (503, "The saved questions are in use; try again in a minute.")
        with pytest.raises(UserError, match="in use; try again"):
            watchlist.delete("why-is-obama-wary-of-intervention")
    assert [one.name for one in watchlist.look()] == ["why-is-obama-wary-of-intervention"]


def test_as_json_it_has_places_and_days(retriever: Following, watchlist: Watchlist) -> None:
    watchlist.save(INQUIRY)
    retriever.grow(NEW)
    [told] = json.loads(json.dumps([one.as_json() for one in watchlist.look()]))
    assert (told["name"], told["fresh"], told["news"][0]["seen"]) == (
        "why-is-obama-wary-of-intervention",
        1,
        "2026-01-02T03:04:00+00:00",
    )
    assert told["news"][0]["quotation"]["published"] == "2016-07-06"
