"""Make the picture of the README from a running page.

    python docs/make_screenshots.py http://127.0.0.1:7860

Needs playwright (extra `dev`) and Chromium (Debian: apt install chromium).
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
SIZES = {"page": (1440, 900, "light")}


def ask(page: Page, question: str) -> None:
    """Ask and open the article of the first passage."""
    box = page.get_by_role("textbox").first
    box.fill(question)
    box.press("Enter")
    page.locator(".card mark").first.wait_for()
    page.locator(".card .headline").first.click()
    page.locator("#viewer mark").first.wait_for()


def main(address: str) -> None:
    """Write one picture a size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, (width, height, scheme) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(address)
            page.get_by_role("textbox").first.wait_for()
            ask(page, "Why is Obama wary of intervention?")
            page.wait_for_timeout(1000)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
