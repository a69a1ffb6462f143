"""Make the pictures of the README from a running page over the sample archive.

    python docs/make_screenshots.py http://127.0.0.1:7860

Needs playwright (extra `dev`) and Chromium (Debian: apt install chromium).
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
ANSWERED, NOT_ANSWERED = "Why is Obama wary of intervention?", "Who won the chess olympiad in Baku?"
# Name: width, height, scheme, question, whether the article of the first passage is open.
PICTURES = {
    "page": (1280, 800, "light", ANSWERED, True),
    "dark": (1280, 800, "dark", ANSWERED, False),
    "not-in-archive": (1280, 800, "light", NOT_ANSWERED, False),
    "phone": (390, 800, "light", ANSWERED, False),
    "phone-article": (390, 800, "light", ANSWERED, True),
}
COLOURS = 64


def ask(page: Page, question: str) -> None:
    """Ask a question and wait for its passages."""
    box = page.get_by_role("textbox").first
    box.fill(question)
    box.press("Enter")
    page.locator(".turn:not([data-unread]) .card mark").first.wait_for()


def save(picture: bytes, path: Path) -> None:
    """Write a PNG with few colours, which is a quarter of the size."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def main(address: str) -> None:
    """Write all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, (width, height, scheme, question, opened) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(address)
            page.locator(".front").wait_for()
            ask(page, question)
            if opened:
                page.locator(".card .headline").first.click()
                page.locator("#viewer mark").first.wait_for()
            page.wait_for_timeout(1000)
            save(page.screenshot(), FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
