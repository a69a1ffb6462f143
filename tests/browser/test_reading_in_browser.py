"""Corrections, filters that refuse, history, articles on their own, undated archives and errors, in Chromium."""

from collections.abc import Callable
from typing import Any

from test_page_in_browser import EVIDENCE, QUESTION, ask, box, read

Visit = Callable[..., Any]


def test_the_later_version_answers_and_the_earlier_is_named_below_it(visit: Visit) -> None:
    page = visit("corrected")
    ask(page, "How many people were killed at the Orlando nightclub?")
    assert page.locator("blockquote").inner_text().startswith("Forty-nine people were killed")
    earlier = page.locator(".lead .earlier")
    assert earlier.text_content().strip().startswith("Earlier version, Wire, 12 June 2016: Fifty people were killed")
    assert page.locator(".card .dateline").first.text_content() == "Wire, 13 June 2016"
    earlier.get_by_role("button").click()
    page.wait_for_selector(".reading >> text=12 June 2016")
    assert page.locator(".reading mark").inner_text().startswith("Fifty people were killed")
    read(page)
    assert page.locator(".reading mark").inner_text().startswith("Forty-nine people were killed")


def test_a_refusal_under_filters_says_so_and_leads_out_of_them(visit: Visit) -> None:
    page = visit()
    outlet = page.locator("#rail").get_by_role("button", name="Dateline politics desk")
    outlet.click()
    page.wait_for_selector("text=Filter: Dateline politics desk")
    assert outlet.get_attribute("aria-pressed") == "true"
    ask(page, "Any news of Juno around Jupiter?")
    limits = " ".join(page.locator(".limits").inner_text().split())
    assert limits.startswith("Only searched: Dateline politics desk. Without these filters there is an answer, with")
    page.get_by_role("button", name="Search without filters").click()
    page.wait_for_selector("blockquote >> text=Juno")
    page.wait_for_function("document.querySelector('[data-panel=filter]').textContent === 'Filter'")


def test_a_new_conversation_begins_without_filters(visit: Visit) -> None:
    page = visit(query="?q=Why+was+he+wary%3F&since=2016-06-18")
    page.wait_for_selector("text=Filter: from 2016-06-18")
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".turn", state="detached")
    assert page.locator("[data-panel=filter]").inner_text() == "Filter"


def test_undated_articles_come_last_and_apart_where_a_time_is_asked_for(visit: Visit) -> None:
    page = visit()
    ask(page, "Why was Obama wary of the intervention last week?")
    apart = page.locator(".passages > li.apart")
    assert apart.inner_text().startswith("Undated articles")
    after = apart.evaluate("one => one.nextElementSibling.querySelector('.headline').textContent")
    assert after == "How caution becomes doctrine"


def test_back_and_forward_go_through_the_questions(visit: Visit) -> None:
    page = visit()
    page.evaluate("localStorage.clear()")
    ask(page, QUESTION)
    page.wait_for_function("title => document.title === title", arg=f"{QUESTION} – Dateline")
    ask(page, "What about Clinton?")
    page.go_back()
    page.wait_for_selector(f".turn:not(.folded) .asked >> text={QUESTION}")
    assert page.locator(".turn").count() == 1
    page.wait_for_function("title => document.title === title", arg=f"{QUESTION} – Dateline")
    page.go_forward()
    page.wait_for_selector(".turn:not(.folded) .asked >> text=What about Clinton?")
    assert page.locator(".turn").count() == 2
    page.go_back()
    page.wait_for_selector(f".turn:not(.folded) .asked >> text={QUESTION}")
    page.go_back()
    page.wait_for_selector(".turn", state="detached")
    page.wait_for_function("document.title === 'Dateline'")
    page.evaluate("localStorage.clear()")


def test_a_link_leads_to_an_article_on_its_own(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    reading = read(page)
    link = reading.get_by_role("link", name="Copy link to this article").get_attribute("href")
    assert link == "?article=memo"
    page.evaluate("sessionStorage.clear(); localStorage.clear()")
    alone = visit(query=link)
    alone.wait_for_selector(".reading")
    assert alone.locator(".turn").count() == 0
    assert not alone.locator(".front").is_visible()
    assert EVIDENCE in alone.locator(".reading .body").text_content()
    alone.get_by_role("button", name="Close").click()
    alone.locator(".front").wait_for()


def test_a_checked_quotation_and_a_timeline_open_their_articles_and_it_hides_again(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    page.get_by_role("button", name="Show as a timeline").click()
    page.locator(".timeline .open").first.click()
    page.wait_for_selector(".reading mark")
    page.get_by_role("button", name="Hide").click()
    page.wait_for_selector(".timeline", state="detached")
    page.get_by_role("button", name="Check a quotation").click()
    page.locator("[data-quotation]").fill(EVIDENCE)
    page.get_by_role("button", name="Check the quotation").click()
    page.locator(".checked .open").first.click()
    page.wait_for_selector(".reading mark")
    assert page.locator(".reading mark").inner_text() == EVIDENCE.rstrip(".")


def test_an_undated_archive_without_outlets_is_signed_by_its_files(visit: Visit) -> None:
    page = visit("bare")
    assert "outlet" not in page.locator(".facts").inner_text()
    ask(page, QUESTION)
    assert page.locator(".card .dateline").first.inner_text() == "memo.txt"


def test_where_the_program_is_gone_the_page_says_so(visit: Visit) -> None:
    page = visit(expected="net::ERR_FAILED")
    page.route("**/gradio_api/**", lambda route: route.abort())
    box(page).fill(QUESTION)
    box(page).press("Enter")
    page.wait_for_selector("#message [role=alert] >> text=Dateline cannot be reached")
    assert not page.locator(".toast-wrap").is_visible()
    assert box(page).input_value() == QUESTION


def test_what_the_server_refuses_is_said(visit: Visit) -> None:
    page = visit(expected="413")
    box(page).fill("Why? " * 20_000)
    box(page).press("Enter")
    page.wait_for_selector("#message [role=alert] >> text=This request is too long")
    box(page).fill("Why? " * 1_000)
    box(page).press("Enter")
    page.wait_for_selector("#message [role=alert] >> text=shorten it to 2,000")


def test_a_question_sent_before_the_script_of_the_page_runs_is_answered(visit: Visit) -> None:
    page = visit()
    box(page).fill(QUESTION)
    page.evaluate("document.querySelector('#asking').submit()")  # as the browser does on its own
    page.wait_for_selector(".turn .card")
    assert page.locator(".turn").get_attribute("data-question") == QUESTION


def test_the_theme_is_switched_and_kept(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 20)"
    page.reload()
    page.get_by_role("button", name="Light").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(252, 250, 245)"
    page.evaluate("localStorage.clear()")
