"""Chromium for the tests of this folder: the pages they open, and what those pages asked of the network."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1]))  # for the helpers beside the flat tests

# Read at once: tests see no settings from outside.
REQUIRED = bool(os.environ.get("DATELINE_REQUIRE_BROWSER"))
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
    if REQUIRED:
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

    axe = Axe()

    def found(page: Any) -> list[dict[str, Any]]:
        # What is busy for long is dimmed until it is there, and is not to be read before.
        page.wait_for_function("!document.querySelector('[aria-busy=\"true\"]')")
        return list(axe.run(page, options={"resultTypes": ["violations"]}).response["violations"])

    return found


@pytest.fixture
def visit(browser: Any, addresses: dict[str, str]) -> Iterator[Callable[..., Any]]:
    """Opens an archive's page. Afterwards nothing may have left this machine, and no script may have failed."""
    strangers: list[str] = []
    errors: list[str] = []
    pages: list[Any] = []

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
        page = browser.new_page()
        pages.append(page)
        if language:
            page.add_init_script(f"Object.defineProperty(navigator, 'languages', {{ value: ['{language}', 'en'] }})")
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(120_000)
        page.on("request", noted)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and expected not in said.text and errors.append(said.text))
        browser.clear_cookies()  # one of an earlier test would let this one write, too
        page.goto(addresses[f"{archive}, to write"] if writing else addresses[archive] + query)
        page.wait_for_selector("#question :is(input, textarea)")
        page.wait_for_selector(".front", state="attached")
        page.wait_for_selector(".talks :is(.none:not(:empty), .kept li)", state="attached")  # the page's script has run
        return page

    yield visit
    for page in pages:
        page.close()
    assert strangers == []
    assert errors == []
