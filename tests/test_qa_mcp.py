"""The archive as tools over MCP, asked by the protocol's own client over the standard streams of a real process."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import pytest
from archives import FILES, write
from fake_archive import KETT, FakeRetriever
from running import REPOSITORY, Command

from corpus import UserError
from index import sync
from qa import mcp as dateline_mcp
from qa.web.api import Api

if not find_spec("mcp"):
    pytest.skip("the optional package mcp is not installed", allow_module_level=True)
Result = TypeVar("Result")
MEMO = "Fifty-one officials signed the memo on Syria."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, tiny_model: str) -> Path:
    folder = tmp_path_factory.mktemp("mcp")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_MODEL", tiny_model)
        sync(write(folder / "corpus", FILES), folder / "index")
    return folder / "index"


def called(index: Path, model: str, *calls: tuple[str, dict[str, Any]]) -> tuple[Any, list[Any]]:
    """The tools that the server names, and the results of some calls of them."""
    from mcp import Client, StdioServerParameters, stdio_client

    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "DATELINE_MODEL": model, "PYTHONWARNINGS": "ignore"}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "qa.mcp", "--index", str(index)], env=environment, cwd=index.parent
    )

    async def talk() -> tuple[Any, list[Any]]:
        # Left to itself it takes what sys.stderr was when mcp was imported: in another test's capsys that is no file.
        async with Client(stdio_client(command, errlog=sys.__stderr__)) as client:
            tools = (await client.list_tools()).tools
            return tools, [await client.call_tool(name, arguments) for name, arguments in calls]

    return awaited(talk())


def awaited(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives, run in a thread: Playwright keeps a loop running in the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_five_tools_that_say_what_they_do(index: Path, tiny_model: str) -> None:
    tools, results = called(
        index,
        tiny_model,
        ("ask", {"question": "How many officials signed the memo on Syria?", "k": 2}),
        ("search", {"question": "memo", "k": 1}),
        ("article", {"article_id": "memo.txt"}),
        ("status", {}),
        ("quote", {"text": "Fifty-two officials signed the memo on Syria."}),
        ("article", {"article_id": "nowhere"}),
        ("ask", {"question": " "}),
    )
    assert [tool.name for tool in tools] == ["ask", "search", "article", "status", "quote"]
    for tool in tools:
        assert tool.description == getattr(Api, tool.name).__doc__
        assert tool.annotations.read_only_hint
    assert tools[0].input_schema["required"] == ["question"]

    ask, search, article, status, quote, unknown, empty = results
    assert ask.structured_content["passages"][0]["text"] == MEMO
    assert search.structured_content["result"][0]["article_id"] == "memo.txt"
    assert article.structured_content["text"] == MEMO
    assert status.structured_content["articles"] == 6
    assert quote.structured_content["verdict"] == "altered"
    assert quote.structured_content["diff"][1] == {"kind": "changed", "quoted": "two", "archived": "one"}
    for failed, sentence in ((unknown, "There is no article “nowhere”"), (empty, "The question is empty")):
        assert failed.is_error
        assert sentence in failed.content[0].text


def test_no_index_is_said_in_a_sentence(command: Command) -> None:
    result = command("-m", "qa.mcp", "--index", "nowhere")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("There is no index in “nowhere”;")


def test_of_several_archives_each_tool_takes_one_more_value() -> None:
    archives = {"post": Api(FakeRetriever()), "dams": Api(FakeRetriever(KETT))}  # type: ignore[arg-type]
    offered = dateline_mcp.server(archives)
    tools = awaited(offered.list_tools())
    assert all("archive" in tool.input_schema["properties"] for tool in tools)
    asked = {"question": "How many people did the dam of Kett kill?", "archive": "dams"}
    assert '"archive": "dams"' in str(awaited(offered.call_tool("ask", asked)))


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    with pytest.raises(UserError, match=r'needs the package mcp; install it with: pip install "dateline-qa\[mcp\]"'):
        dateline_mcp.server({"": Api(None)})  # type: ignore[arg-type]
