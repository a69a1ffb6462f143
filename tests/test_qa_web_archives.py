"""Several archives on one page: which folders they are, whom readers ask, and what each reply says of its archive."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from archives import FILES, write
from fake_archive import ARTICLES, KETT, FakeRetriever
from hashing_embedder import HashingEmbedder
from starlette.applications import Starlette
from starlette.testclient import TestClient

from corpus import Article, Settings, UserError
from index import sync
from qa.page.feed import route
from qa.page.handlers import Handlers
from qa.web.api import Api, verbs_of
from qa.web.archives import Archives, Served, settings_of
from qa.web.export import FORMS
from qa.web.indexer import Indexer
from qa.web.inquiry import Inquiry

OBAMA, DAM = "Why is Obama wary of intervention?", "How many people did the dam of Kett kill?"
# An article of the same id in both archives, with other words.
SHARED = Article(
    "dam", "The dam", "The dam of Kett stands near a lake.", "Times", date(2011, 2, 1), url="", path="t.md"
)
WORDS = "Nothing is known of intervention in Kett, by anybody."


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    held = {"post": (*ARTICLES, replace(SHARED, text=WORDS)), "dams": (*KETT, SHARED)}
    each = []
    for name, articles in held.items():
        corpus, index = tmp_path / name / "corpus", tmp_path / name / "index"
        index.mkdir(parents=True)
        corpus.mkdir()
        indexer = Indexer(replace(Settings(), corpus=corpus, index=index), embedder=HashingEmbedder(), watch=False)
        each.append(Served(FakeRetriever(articles), indexer, name))  # type: ignore[arg-type]
    return Archives(each)


def called(archives: Archives, verb: str, *, writable: bool = False, **sent: object) -> dict[str, Any]:
    reply = Handlers(archives).call(verb, sent, writable=writable)
    assert "error in Dateline" not in str(reply)
    return reply


@pytest.mark.parametrize(
    ("question", "first", "other"), [(OBAMA, "post", "dams"), (DAM, "dams", "post")], ids=["one", "the other"]
)
def test_all_are_asked_and_the_one_that_answers_comes_first(
    archives: Archives, question: str, first: str, other: str
) -> None:
    html = called(archives, "ask", question=question)["conversation"]
    assert f'data-of="{first}"' in html
    assert html.index(f"<bdi>{first}</bdi>") < html.index("<blockquote>") < html.index(f"<bdi>{other}</bdi>")
    assert f"archive={other}" in html[html.index('class="others"') :]
    assert f"archive={first}" not in html


def test_one_is_chosen_and_kept_in_the_link(archives: Archives) -> None:
    html = called(archives, "ask", question=OBAMA, limits="archive=dams")["conversation"]
    assert "Not in this archive" in html
    assert 'class="others"' not in html
    assert "Archive <bdi>dams</bdi>" in html
    assert Inquiry.read("?q=Why&archive=dams").query == "q=Why&archive=dams"
    refused = called(archives, "ask", question=OBAMA, limits="archive=none")["error"]
    assert refused == "There is no archive “none” here; choose one of: post, dams."


def test_what_is_opened_is_of_its_archive(archives: Archives) -> None:
    queries = ["q=How+many+people+did+the+dam+of+Kett+kill%3F"]
    assert 'data-of="dams"' in called(archives, "read", queries=queries)["viewer"]
    for name, words in (("post", WORDS), ("dams", SHARED.text), ("", WORDS)):
        viewer = called(archives, "article", article="dam", archive=name)["viewer"]
        assert words in viewer
        assert ("?article=dam&amp;archive=dams" in viewer) is (name == "dams")
    assert "no article “gone”" in called(archives, "article", article="gone")["error"]


def test_the_list_is_of_one_with_ways_to_the_others(archives: Archives) -> None:
    html = called(archives, "browse", limits="since=2011-01-12")["browse"]
    assert 'data-of="post"' in html
    assert 'data-query="since=2011-01-12&amp;archive=dams"' in html
    assert "2 articles" in called(archives, "browse", query="since=2011-01-12&archive=dams")["browse"]


def test_the_facts_are_those_of_all_or_one(archives: Archives) -> None:
    together = called(archives, "look")
    assert "10 articles" in together["masthead"]
    assert "11 January 2011 to 5 July 2016" in together["masthead"]
    assert 'data-question="Juno arrives at Jupiter"' not in called(archives, "look", archive="dams")["front"]
    assert "3 articles" in called(archives, "look", archive="dams")["masthead"]
    assert '<option value="">all 2 archives</option>' in called(archives, "whole")["html"]
    assert 'name="archive"' not in called(Archives([next(iter(archives))]), "whole")["html"]


def test_exports_name_the_archive(archives: Archives) -> None:
    told = {form: called(archives, "exported", query=f"q={DAM}", form=form)["content"] for form in FORMS}
    assert "Archive: dams." in told["markdown"]
    assert [row["archive"] for row in csv.DictReader(io.StringIO(told["csv"]))] == ["dams"] * 3
    assert json.loads(told["json"])["archive"] == "dams"
    assert "DB  - dams\r\n" in told["ris"]
    assert json.loads(told["csl"])[0]["archive"] == "dams"


def test_quotations_are_checked_and_batches_completed_in_each(archives: Archives) -> None:
    checked = called(archives, "quoted", text="The dam of Kett stands near a lake.")["html"]
    assert checked.index("<bdi>dams</bdi>") < checked.index("Word for word") < checked.index("<bdi>post</bdi>")
    rows = called(archives, "batched", content="cXVlc3Rpb24sYXJjaGl2ZQpXaHkgaXMgT2JhbWEgd2FyeT8sbWluZQo=")["content"]
    completed = list(csv.DictReader(io.StringIO(rows)))
    assert [(row["archive"], row["given_archive"]) for row in completed] == [("post", "mine"), ("dams", "mine")]
    assert [row["verdict"] for row in completed] == ["answered", "not_in_corpus"]


def test_questions_are_saved_and_fed_by_archive(archives: Archives) -> None:
    both = called(archives, "watched", writable=True, does="save", query="q=Why%3F")["html"]
    assert both.count('class="saved"') == 2
    assert 'href="?q=Why%3F&amp;archive=dams"' in both
    assert 'href="feed/dams/why.xml"' in both
    with TestClient(Starlette(routes=[route(archives, None, lambda _: False)])) as client:
        feed = client.get("/feed/dams/why.xml").text
        assert "<title>dams: Why?</title>" in feed
        assert "?q=Why%3F&amp;archive=dams</link>" in feed
        assert [client.get(f"/feed/{path}.xml").status_code for path in ("why", "none/why")] == [404, 404]
    left = called(archives, "watched", writable=True, does="delete", name="why", archive="post")["html"]
    assert left.count('class="saved"') == 1


def test_changes_are_made_to_one_at_a_time(archives: Archives) -> None:
    assert "one archive at a time" in called(archives, "archive", writable=True, does="rebuild")["told"]
    added = called(archives, "archive", writable=True, does="add", archive="dams", title="New", text="A text.")
    assert added["told"].startswith("Added as")
    assert len(list(archives.one("dams").indexer.settings.corpus.rglob("*.*"))) == 1
    assert not [*archives.one("post").indexer.settings.corpus.iterdir()]
    archives.one("dams").indexer.cancel()
    approved = {"queries": [f"q={DAM}"], "turn": 0, "passage": 0}
    assert "feedback.jsonl" in called(archives, "approve", writable=True, **approved)["said"]
    assert (archives.one("dams").indexer.settings.index / "feedback.jsonl").exists()


def test_endpoints_take_one_more_value_and_name_the_archive(archives: Archives) -> None:
    apis = {one.name: Api(one.retriever) for one in archives}
    ask, search, article, status, quote = verbs_of(apis)
    found = ask(DAM)
    assert (found["archive"], found["verdict"]) == ("dams", "answered")
    assert [(each["archive"], each["verdict"]) for each in found["others"]] == [("post", "not_in_corpus")]
    assert "others" not in ask(DAM, archive="post")
    assert [passage["archive"] for passage in search(DAM, k=3)] == ["post", "dams", "post"]
    assert [passage["archive"] for passage in search(DAM, 4, archive="dams")] == ["dams"] * 3
    assert (article("dam")["text"], article("dam", "dams")["text"]) == (WORDS, SHARED.text)
    assert article("Post")["others"] == []
    assert (status()["articles"], status()["others"][0]["articles"]) == (7, 3)
    assert quote(SHARED.text)["archive"] == "dams"
    with pytest.raises(UserError, match="choose one of: post, dams"):
        ask(DAM, archive="none")
    with pytest.raises(UserError, match="not a date"):
        ask(DAM, now="never")
    assert "archive: only this one of post, dams" in str(ask.__doc__)
    alone = Api(FakeRetriever())  # type: ignore[arg-type]
    assert verbs_of({"": alone}) == alone.verbs


@dataclass(frozen=True)
class Case:
    """What is given on the command line, by name of index, and what comes of it: names, or a part of the refusal."""

    indexes: Sequence[str]
    corpora: Sequence[str] = ()
    names: Sequence[str] = ()
    refused: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


CASES = {
    "one": Case(["a"], names=[""]),
    "none": Case([], names=[""]),
    "by their folders": Case(["a", "b"], names=["a", "b"]),
    "of one name": Case(["a", "deep/a"], names=["{here}/a", "deep/a"]),
    "paired": Case(["a", "new"], ["words", "more"], names=["a", "new"]),
    "unpaired": Case(["a", "b"], ["words"], refused="once for each --index"),
    "two folders of one": Case(["a"], ["words", "more"], refused="once for each --index"),
    "unknown": Case(["a", "new"], refused="There is no index in “.*new”; name its folder"),
    "twice": Case(["a", "./a"], refused="given twice"),
    "a corpus of one": Case(["a", "b"], variables={"DATELINE_CORPUS": "words"}, refused="DATELINE_CORPUS"),
    "a cluster": Case(["a", "b"], variables={"DATELINE_STORE": "opensearch://h:1/x"}, refused="DATELINE_STORE"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_indexes_and_folders_given_on_the_command_line(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = write(tmp_path / "words", {"one.txt": next(iter(FILES.values()))})
    for index in {*case.indexes} - {"new", "./a"}:
        sync(corpus, tmp_path / index, embedder=HashingEmbedder())
    for name, value in case.variables.items():
        monkeypatch.setenv(name, value)
    if case.refused:
        with pytest.raises(UserError, match=case.refused):
            settings_of(case.indexes, case.corpora)
        return
    found = settings_of(case.indexes, case.corpora)
    assert list(found) == [name.format(here=tmp_path.name) for name in case.names]
    assert [one.corpus.name for one in found.values()] == (
        [*case.corpora] or (["words"] * len(case.indexes) if case.indexes else ["articles"])
    )
