"""The program: its endpoints as gradio_client sees them, and its way of starting and of failing."""

import contextlib
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import httpx
import pytest
from archives import FILES, write
from fake_archive import FakeRetriever
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError
from hashing_embedder import HashingEmbedder
from page_server import ARCHIVES, Addresses
from running import REPOSITORY
from test_readme import BLOCKS, PAGE

from corpus import Settings, UserError
from corpus.settings import BUNDLED_MODEL
from index import sync
from index.models.model_files import model_fingerprint
from qa import Retriever
from qa.web.access import Access, credentials
from qa.web.api import Api

QUESTION = "Why is Obama wary of intervention?"


@pytest.fixture(scope="module")
def client(addresses: Addresses) -> Iterator[Client]:
    client = Client(addresses["plain"], verbose=False)
    yield client
    client.close()


@pytest.fixture
def retriever() -> FakeRetriever:
    return ARCHIVES["plain"]


def test_only_the_five_verbs_are_public(client: Client) -> None:
    verbs = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    names = {path: [parameter["parameter_name"] for parameter in verb["parameters"]] for path, verb in verbs.items()}
    public = ["question", "k", "now", "since", "until", "sources", "authors"]
    assert names == {
        "/ask": [*public, "history"],
        "/search": public,
        "/article": ["article_id"],
        "/status": [],
        "/quote": ["text"],
    }
    needed = [parameter for parameter in verbs["/ask"]["parameters"] if not parameter["parameter_has_default"]]
    assert [parameter["parameter_name"] for parameter in needed] == ["question"]


def test_the_api_has_every_parameter_of_the_retriever() -> None:
    for ours, verb in ((Api.ask, Retriever.ask), (Api.search, Retriever.search)):
        assert sorted(inspect.signature(ours).parameters) == sorted(inspect.signature(verb).parameters)


def test_ask_gives_the_answer_as_json(client: Client, retriever: FakeRetriever) -> None:
    reply = client.predict(QUESTION, api_name="/ask")
    assert reply == retriever.ask(QUESTION).as_json()
    assert reply["passages"][0]["path"] == "memo.txt"


def test_ask_takes_filters_and_history(client: Client) -> None:
    filters: dict[str, Any] = {"k": 2, "now": "2016-06-20", "since": "2016-06-18", "until": "2016-06-30"}
    reply = client.predict("What about Clinton?", **filters, history=[QUESTION], api_name="/ask")
    assert reply["searched"] == f"What about Clinton? {QUESTION}"
    assert reply["now"] == "2016-06-20"
    assert {passage["article_id"] for passage in reply["passages"]} == {"clinton", "brexit"}


def test_search_gives_passages_as_json(client: Client, retriever: FakeRetriever) -> None:
    reply = client.predict(QUESTION, 3, sources=["Dateline science desk"], api_name="/search")
    assert [passage["article_id"] for passage in reply] == ["juno"]
    reply = client.predict(QUESTION, 2, api_name="/search")
    assert reply == [passage.as_json() for passage in retriever.search(QUESTION, 2)]


def test_article_status_and_quote(client: Client, retriever: FakeRetriever) -> None:
    article = client.predict("memo", api_name="/article")
    assert (article["article_id"], article["published"], article["path"]) == ("memo", "2016-06-17", "memo.txt")
    assert article["text"] == retriever.article("memo").text
    status = client.predict(api_name="/status")
    assert (status["articles"], status["oldest"], status["newest"]) == (6, "2016-06-17", "2016-07-05")
    quote = "put their names to it"
    assert client.predict(quote, api_name="/quote") == retriever.check_quote(quote).as_json()
    with pytest.raises(AppError, match="There is no article “nowhere”"):
        client.predict("nowhere", api_name="/article")


def test_with_several_archives_each_endpoint_takes_one_more_value(addresses: Addresses) -> None:
    client = Client(addresses["plain+kett"], verbose=False)
    verbs = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert {verb["parameters"][-1]["parameter_name"] for verb in verbs.values()} == {"archive"}
    found = client.predict(QUESTION, api_name="/ask")
    assert (found["archive"], [one["archive"] for one in found["others"]]) == ("plain", ["kett"])
    assert client.predict(QUESTION, archive="kett", api_name="/ask")["verdict"] == "not_in_corpus"
    with pytest.raises(AppError, match="choose one of: plain, kett"):
        client.predict(QUESTION, archive="none", api_name="/ask")
    client.close()


def test_the_api_describes_itself(client: Client) -> None:
    told = httpx.get(f"{client.src.rstrip('/')}/gradio_api/openapi.json", timeout=600)
    for verb in ("ask", "search", "article", "status", "quote"):
        first_line = (getattr(Api, verb).__doc__ or "").splitlines()[0]
        assert first_line in told.text


def test_the_line_for_curl_in_the_readme(client: Client) -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    [(path, sent)] = re.findall(r"curl -s http://127\.0\.0\.1:7860(\S+) --json '(.+)'", readme)
    reply = httpx.post(client.src.rstrip("/") + path, json=json.loads(sent), timeout=600).json()
    assert reply["data"][0]["verdict"] == "not_in_corpus"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_python_of_the_readme_that_asks_the_page(addresses: Addresses) -> None:
    [code] = [block for block in BLOCKS if PAGE in block]
    exec(code.replace(PAGE, addresses["plain"]), {})


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"question": QUESTION, "since": "last week"}, "“last week” is not a date for “since”"),
        ({"question": QUESTION, "until": "2016-13-01"}, "“2016-13-01” is not a date for “until”"),
        ({"question": "  "}, "The question is empty"),
    ],
    ids=["no date", "no month", "no question"],
)
@pytest.mark.parametrize("door", ["/ask", "/search"])
def test_what_the_caller_can_mend_is_said_in_a_sentence(
    client: Client, door: str, sent: dict[str, Any], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(**sent, api_name=door)
    assert "Traceback" not in capfd.readouterr().err


def test_an_error_of_the_user_ends_the_program_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import app  # Gradio takes seconds to import, and so only where it is tested.

    def refuse(*_: object, **__: object) -> None:
        message = "There is no folder “nowhere”; name one with --corpus."
        raise UserError(message)

    monkeypatch.setattr(app, "sync", refuse)
    assert app.main(["--corpus", "nowhere", "--index", str(tmp_path / "index")]) == 2
    assert capsys.readouterr().err.startswith("There is no folder “nowhere”")


class Stage:
    """Stands in for all that `serve` starts, notes it, and interrupts it as soon as it waits."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    embedder, settings = None, Settings()

    def sync(self, *_: object, progress: object = None, embedder: object = None, full: bool = False) -> None:
        assert embedder
        self.steps.append(f"{'full ' if full else ''}sync with progress" if progress else "sync")

    def indexer(self, _: Settings, **__: object) -> Self:
        return self

    def rebuild(self) -> None:
        self.steps.append("sync behind the page")

    def cancel(self) -> None:
        self.steps.append("end the sync")

    def open(self, index: Path, *, wait: bool, embedder: object, reader: object) -> Self:
        assert embedder
        assert reader
        self.steps.append(f"open {index.name}, wait={wait}")
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.steps.append("close the index")

    def build_page(self, *_: object) -> Self:
        return self

    def launch(self, *_: object) -> str:
        self.steps.append("launch")
        return "http://127.0.0.1:1/"

    def close(self, **_: object) -> None:
        self.steps.append("close the page")

    def wait(self) -> None:
        raise KeyboardInterrupt


def serve(monkeypatch: pytest.MonkeyPatch, *indexes: Path) -> list[str]:
    import app

    stage = Stage()
    monkeypatch.setattr(app, "sync", stage.sync)
    monkeypatch.setattr(app, "build_page", stage.build_page)
    monkeypatch.setattr(Retriever, "open", stage.open)
    monkeypatch.setattr(app, "Indexer", stage.indexer)
    monkeypatch.setattr(app, "launch", stage.launch)
    monkeypatch.setattr(app.threading, "Event", lambda: stage)
    assert app.serve({index.name: replace(Settings(), index=index) for index in indexes}) == 0
    return stage.steps


def test_the_first_start_indexes_before_it_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served = ["sync behind the page", "launch", "end the sync", "close the page", "close the index"]
    assert serve(monkeypatch, tmp_path) == ["sync with progress", f"open {tmp_path.name}, wait=False", *served]


def test_a_later_start_serves_at_once_and_indexes_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("g1")
    served = ["sync behind the page", "launch", "end the sync", "close the page", "close the index"]
    assert serve(monkeypatch, tmp_path) == [f"open {tmp_path.name}, wait=False", *served]


def test_several_indexes_are_opened_kept_and_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "CURRENT").write_text("g1")
    opened = ["open a, wait=False", "open b, wait=False", "sync behind the page", "sync behind the page"]
    closed = ["end the sync", "end the sync", "close the page", "close the index", "close the index"]
    assert serve(monkeypatch, tmp_path / "a", tmp_path / "b") == [*opened, "launch", *closed]


@pytest.mark.parametrize("variable", ["DATELINE_LLM", "DATELINE_AUTH", "DATELINE_ORIGINS"])
def test_a_wrong_setting_is_told_before_an_index_is_made(
    variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import app

    monkeypatch.setenv(variable, "wrong")
    monkeypatch.setattr(app, "sync", None)  # would fail
    with pytest.raises(UserError, match=variable):
        app.serve({"": replace(Settings(), index=tmp_path)})


@contextlib.contextmanager
def made(folder: Path, embedder: HashingEmbedder) -> Iterator[dict[str, Any]]:
    """The manifest of an index in the folder, to be changed in the block."""
    sync(write(folder / "corpus", FILES), folder / "index", embedder=embedder)
    [file] = (folder / "index").glob("generations/*/manifest.json")
    manifest = json.loads(file.read_text("utf-8"))
    yield manifest
    file.write_text(json.dumps(manifest), "utf-8")


def test_an_index_of_an_earlier_version_is_updated_before_it_serves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    embedder = HashingEmbedder()
    with made(tmp_path, embedder) as manifest:
        manifest["format"] = 5
    with pytest.raises(UserError, match=r"another version of Dateline \(format 5\).*--full"):
        Retriever.open(tmp_path / "index", embedder=embedder)
    steps = serve(monkeypatch, tmp_path / "index")
    assert steps[:2] == ["full sync with progress", "open index, wait=False"]
    assert re.search(r"earlier version of Dateline.*: python -m index --full --corpus", capsys.readouterr().err)
    monkeypatch.undo()
    sync(tmp_path / "corpus", tmp_path / "index", full=True, embedder=embedder)
    with Retriever.open(tmp_path / "index", embedder=embedder) as retriever:
        assert retriever.status().articles == 6


def test_an_index_of_the_earlier_default_model_is_built_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with made(tmp_path, HashingEmbedder()) as manifest:
        manifest["fingerprint"]["model"] = model_fingerprint(BUNDLED_MODEL)
    assert serve(monkeypatch, tmp_path / "index")[0] == "full sync with progress"
    assert re.search(r"earlier version of Dateline.*: python -m index --full --corpus", capsys.readouterr().err)


@pytest.mark.parametrize("libc", [SimpleNamespace(), OSError("libc.so.6: cannot open shared object file")])
def test_memory_is_left_alone_without_glibc(monkeypatch: pytest.MonkeyPatch, libc: object) -> None:
    import app

    asked: list[str] = []

    def load(name: str) -> object:
        asked.append(name)
        if isinstance(libc, Exception):
            raise libc
        return libc

    monkeypatch.setattr(app.ctypes, "CDLL", load)
    app.keep_memory_level()
    assert asked == ["libc.so.6"]


def test_only_who_is_named_comes_in(addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    users = "ann:se:cret, bob:other"
    monkeypatch.setenv("DATELINE_AUTH", users)
    assert credentials() == [("ann", "se:cret"), ("bob", "other")]
    address = addresses.begun("empty", DATELINE_AUTH=users)["empty"]
    routes = {
        "config": "GET",
        "gradio_api/info": "GET",
        "gradio_api/call/ask": "POST",
        "gradio_api/run/ask": "POST",
        "gradio_api/component_server": "POST",
    }
    statuses = [httpx.request(method, address + route, json={}).status_code for route, method in routes.items()]
    assert statuses == [401] * len(routes)
    with pytest.raises(AuthenticationError):
        Client(address, verbose=False)
    client = Client(address, auth=("ann", "se:cret"), verbose=False)
    assert client.predict(QUESTION, api_name="/ask")["verdict"] == "not_in_corpus"
    client.close()


def test_everybody_comes_in_where_nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert credentials() is None
    for wrong in ("ann", ":secret", "ann:", "ann:secret,"):
        monkeypatch.setenv("DATELINE_AUTH", wrong)
        with pytest.raises(UserError, match="DATELINE_AUTH is not of the form user:password"):
            credentials()


def test_the_address_is_left_to_gradio_variables() -> None:
    import app

    assert not {"server_name", "server_port", "share", "root_path"} & set(app.LAUNCH)
    assert app.LAUNCH["footer_links"] == []
    assert [app.LAUNCH[name] for name in ("run_history", "enable_monitoring")] == [False, False]


def test_the_link_to_write_is_printed_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(monkeypatch, tmp_path)
    assert re.search(r"http://127\.0\.0\.1:1/\?key=[\w-]{40,}\n", capsys.readouterr().err)


@pytest.mark.parametrize(
    "wrong",
    [
        "news.example.org", "https://", "ftp://a.example", "https://a.example/page", "https://a.example?page",
        "http://[half", "https://a.example:99999",
    ],
)  # fmt: skip
def test_an_origin_that_is_none_is_refused_at_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ORIGINS", f"https://news.example.org, {wrong}")
    with pytest.raises(UserError, match="DATELINE_ORIGINS"):
        Access.from_environment()
    monkeypatch.setenv("DATELINE_ORIGINS", "https://News.example.org, http://a.example:8080")
    assert Access.from_environment().origins == {"https://news.example.org", "http://a.example:8080"}
