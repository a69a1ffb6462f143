"""Time how soon the page is usable after `python app.py`, and how soon answers appear, in Chromium.

    python -m benchmarks.startup --corpus DIR --index DIR [--questions 30]

Starts the program on an existing index and asks through the page: first at once, when only keywords answer; then until
the model is loaded; then headlines of the archive, one after another. Prints Markdown. Needs playwright and Chromium.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.retriever import Retriever

if TYPE_CHECKING:
    from playwright.sync_api import Page

_ROOT = Path(__file__).parents[1]
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
_READY = "window.dateline && document.querySelector('#question input') && document.querySelector('.front')"
_PATIENCE = 120.0
# Milliseconds from Enter until the answer has been painted.
_ASK = """question => new Promise(done => {
    const box = document.querySelector("#question input"), turns = document.querySelectorAll(".turn").length;
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => {
        const began = performance.now();
        box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
        new MutationObserver((_, observer) => {
            if (document.querySelectorAll(".turn").length <= turns) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        }).observe(document.querySelector("#conversation"), { childList: true, subtree: true });
    }, 100);
})"""


def since(began: float) -> float:
    return time.perf_counter() - began


def waited(done: Callable[[], bool], began: float) -> float:
    """The seconds since `began` when something has come true."""
    while not done():
        if since(began) > _PATIENCE:
            message = "Dateline did not come up in two minutes; its own output says why."
            raise TimeoutError(message)
        time.sleep(0.02)
    return since(began)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def measure(page: "Page", port: int, began: float, questions: Sequence[str]) -> list[str]:
    """The lines of the table, of a program that began to start at that moment."""
    waited(lambda: answers(port), began)
    page.goto(f"http://127.0.0.1:{port}/")
    page.wait_for_function(_READY)
    usable = since(began)
    first = page.evaluate(_ASK, questions[0])
    loading = page.locator(".notices", has_text="still loading").count() == 1
    # Every look is a question, for the masthead itself is renewed every few seconds only.
    ranked = waited(lambda: bool(page.evaluate(_ASK, questions[0])) and not _loading(page), began)
    times = [page.evaluate(_ASK, question) for question in questions]
    by = "keywords" if loading else "keywords and meaning"
    return [
        "| from | to | |",
        "|---|---|---|",
        f"| `python app.py` | page usable | {usable:.1f} s |",
        f"| Enter, then | first answer, by {by} | {first:.0f} ms |",
        f"| `python app.py` | full ranking | {ranked:.1f} s |",
        f"| Enter, model loaded | passages painted: p50, p95, most | {_spread(times)} ms |",
    ]


def _loading(page: "Page") -> bool:
    return bool(page.locator(".turn:not(.folded) .notices", has_text="still loading").count())


def _spread(times: Sequence[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in (*np.percentile(times, (50, 95)), max(times)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser("python -m benchmarks.startup", description="Time the start of the page.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=30)
    options = parser.parse_args(arguments)
    with Retriever.open(options.index, wait=False) as retriever:
        questions, chunks = retriever.examples(options.questions), retriever.status().chunks
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port)}
    command = [sys.executable, "app.py", "--corpus", str(options.corpus), "--index", str(options.index)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        page = browser.new_page()
        page.goto("about:blank")
        began = time.perf_counter()
        with subprocess.Popen(command, cwd=_ROOT, env=environment) as program:
            lines = measure(page, port, began, questions)
            program.terminate()
        browser.close()
    sys.stdout.write("\n".join([*lines, "", f"{len(questions)} questions, {chunks:,} chunks."]) + "\n")


if __name__ == "__main__":
    main()
