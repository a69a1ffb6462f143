"""Chromium for the tests of this folder: the pages they open, and what those pages asked of the network."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1]))  # for the helpers beside the flat tests

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing(what: str) -> None:
    """Skip the test for want of something; fail it where the browser is required."""
    reason = f"{what} is not installed, so the page is not tried in a browser"
    if os.environ.get("DATELINE_REQUIRE_BROWSER"):
        pytest.fail(f"{reason}, and DATELINE_REQUIRE_BROWSER is set")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        missing("chromium")
    # One for all, with a folder: what Gradio loads stays in its cache, compiled.
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("chromium")), executable_path=executable, args=FLAGS
        ) as context,
    ):
        yield context


@pytest.fixture(scope="session")
def violations() -> Callable[[Any], list[dict[str, Any]]]:
    """What axe finds against the accessibility rules on a page."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        missing("axe-playwright-python")

    def found(page: Any) -> list[dict[str, Any]]:
        # What is busy for long is dimmed until it is there, and is not to be read before.
        page.wait_for_function("!document.querySelector('[aria-busy=\"true\"]')")
        return list(Axe().run(page).response["violations"])

    return found


@pytest.fixture(scope="session")
def tabs() -> list[Any]:
    """Blank tabs: in a new one a page takes Chromium twice the time, since it compiles the scripts of Gradio again."""
    return []


def leave(page: Any, heard: Mapping[str, Callable[[Any], object]]) -> None:
    """Make the tab of a page blank: of the visit nothing stays but what Chromium has compiled."""
    page.evaluate("sessionStorage.clear()")
    for name, hear in heard.items():
        page.remove_listener(name, hear)
    page.unroute_all()
    page.goto("about:blank")


@pytest.fixture
def visit(browser: Any, tabs: list[Any], addresses: dict[str, str]) -> Iterator[Callable[..., Any]]:
    """Opens an archive's page. Afterwards nothing may have left this machine, and no script may have failed."""
    strangers: list[str] = []
    errors: list[str] = []
    pages: list[tuple[Any, dict[str, Callable[[Any], object]], str]] = []

    def noted(request: Any) -> None:
        if not request.url.startswith((*addresses.values(), "data:", "blob:")):
            strangers.append(request.url)

    def visit(
        archive: str = "plain",
        width: int = 1440,
        scheme: str = "light",
        query: str = "",
        language: str = "",
        *,
        writing: bool = False,
        expected: str = "nothing",
    ) -> Any:
        page = tabs.pop() if tabs and not language else browser.new_page()
        heard = {
            "request": noted,
            "pageerror": lambda error: errors.append(str(error)),
            "console": lambda said: said.type == "error" and expected not in said.text and errors.append(said.text),
        }
        pages.append((page, heard, language))
        for name, hear in heard.items():
            page.on(name, hear)
        if language:
            page.add_init_script(f"Object.defineProperty(navigator, 'languages', {{ value: ['{language}', 'en'] }})")
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, media="null")
        page.mouse.move(0, 0)
        page.set_default_timeout(120_000)
        browser.clear_cookies()  # one of an earlier test would let this one write, too
        page.goto(addresses[f"{archive}, to write"] if writing else addresses[archive] + query)
        page.wait_for_selector("#question :is(input, textarea)")
        page.wait_for_selector(".front", state="attached")
        page.wait_for_selector(".talks :is(.none:not(:empty), .kept li)", state="attached")  # the page's script has run
        return page

    yield visit
    for page, heard, language in pages:
        leave(page, heard)
        if language:
            page.close()  # The script of the visit would run in all that follow.
        else:
            tabs.append(page)
    assert strangers == []
    assert errors == []
