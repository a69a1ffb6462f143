"""The list of conversations, as a reader uses it in Chromium."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from test_page_in_browser import QUESTION, ask

Visit = Callable[..., Any]


@pytest.fixture
def begun(visit: Visit) -> Iterator[Callable[..., Any]]:
    """Opens a page that keeps nothing yet; what it comes to keep goes afterwards."""
    pages: list[Any] = []

    def begun(width: int = 1440) -> Any:
        page = visit(width=width)
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.reload()
        page.wait_for_selector(".talks", state="attached")
        pages.append(page)
        return page

    yield begun
    for page in pages:
        page.evaluate("localStorage.clear()")


def two_conversations(page: Any) -> None:
    ask(page, QUESTION)
    ask(page, "What about Clinton?")
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".turn", state="detached")
    ask(page, "Any penguins?")


def kept(page: Any) -> list[str]:
    found: list[str] = page.locator(".open-talk").all_inner_texts()
    return found


def test_conversations_stand_beside_the_answer_with_their_days_and_open_again(begun: Callable[..., Any]) -> None:
    page = begun()
    assert page.locator(".talks").is_visible()
    assert "stored only in this browser" in page.locator(".talks .none").inner_text()
    two_conversations(page)
    assert kept(page) == ["Any penguins?", QUESTION]
    assert page.locator(".open-talk[aria-current]").inner_text() == "Any penguins?"
    today = page.evaluate("new Date().toLocaleDateString('en-GB', {day: 'numeric', month: 'long', year: 'numeric'})")
    assert page.locator(".when").all_inner_texts() == [today, f"{today}, 2 questions"]
    page.reload()
    page.wait_for_selector(".turn")
    assert kept(page) == ["Any penguins?", QUESTION]
    page.locator(".open-talk").nth(1).click()
    page.wait_for_selector(".turn.folded")
    assert page.locator(".asked").all_inner_texts() == ["What about Clinton?", QUESTION]


def test_a_conversation_is_renamed_found_deleted_and_brought_back(begun: Callable[..., Any]) -> None:
    page = begun()
    two_conversations(page)
    page.locator(".kept li").nth(1).get_by_text("Rename").click()
    page.get_by_label("Name of this conversation").fill("The memo <b>")
    page.keyboard.press("Enter")
    assert kept(page) == ["Any penguins?", "The memo <b>"]
    page.get_by_label("Search your conversations").fill("clinton")
    assert kept(page) == ["The memo <b>"]
    page.get_by_label("Search your conversations").fill("walrus")
    assert page.locator(".talks .none").inner_text() == "None of your questions has these words."
    page.get_by_label("Search your conversations").fill("")
    page.locator(".kept li").first.get_by_text("Delete").click()
    assert kept(page) == ["The memo <b>"]
    page.get_by_role("button", name="Undo").click()
    assert kept(page) == ["Any penguins?", "The memo <b>"]
    page.locator(".kept li").nth(1).get_by_text("Rename").click()
    page.get_by_label("Name of this conversation").fill("Other")
    page.keyboard.press("Escape")
    assert kept(page) == ["Any penguins?", "The memo <b>"]


def test_on_a_small_screen_the_list_is_a_sheet(begun: Callable[..., Any]) -> None:
    page = begun(390)
    ask(page, QUESTION)
    assert not page.locator(".talks").is_visible()
    page.get_by_role("button", name="Conversations").click()
    sheet = page.locator("#talks").bounding_box()
    assert (sheet["x"], sheet["width"], sheet["y"] + sheet["height"]) == (0, 390, 900)
    page.keyboard.press("Escape")
    assert not page.locator(".talks").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Conversations"
    page.get_by_role("button", name="Conversations").click()
    page.locator(".open-talk").click()
    page.wait_for_selector(".talks", state="hidden")


@pytest.mark.parametrize(
    "kept_by_hand", ["{", "7", "[null, 7, {}]", '[{"id": 1, "queries": []}]', '[{"id": "a", "queries": [null]}]']
)
def test_what_was_kept_by_hand_does_no_harm(begun: Callable[..., Any], kept_by_hand: str) -> None:
    page = begun()
    page.evaluate("kept => { sessionStorage.clear(); localStorage.setItem('dateline', kept); }", kept_by_hand)
    page.goto(page.url.partition("?")[0])
    page.wait_for_selector("#tools .tabs")
    ask(page, QUESTION)
    assert kept(page) == [QUESTION]
