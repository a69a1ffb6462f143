"""Several archives on one page, questions that are saved, premises and composed answers, in Chromium."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from test_page_in_browser import QUESTION, ask

Visit = Callable[..., Any]
Violations = Callable[[Any], list[dict[str, Any]]]
DAM = "How many people did the dam of Kett kill?"


def archive(page: Any, name: str) -> None:
    page.locator("[name=archive]").select_option(name)
    page.wait_for_function(
        "name => document.querySelector('.turn:not(.folded) .others') === null === Boolean(name)", arg=name
    )


def test_all_archives_are_asked_and_each_answer_names_its_own(visit: Visit, violations: Violations) -> None:
    page = visit("plain+kett")
    ask(page, DAM)
    turn = page.locator(".turn:not(.folded)")
    assert turn.get_attribute("data-of") == "kett"
    assert turn.locator("h3.of").inner_text() == "kett"
    assert turn.locator(".others li").all_inner_texts() == ["plain\nNot in this archive."]
    assert "archive" not in page.url
    turn.locator(".card .headline").first.click()
    assert page.locator(".reading .archive").inner_text() == "kett"
    assert "archive=kett" in page.locator(".reading [data-export=link]").get_attribute("href")
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations(page)] == []


def test_an_archive_is_chosen_in_its_list_or_by_its_answer_and_kept_in_the_address(visit: Visit) -> None:
    page = visit("plain+kett")
    ask(page, QUESTION)
    assert page.locator(".turn").get_attribute("data-of") == "plain"
    page.locator(".others button", has_text="kett").click()
    page.wait_for_selector(".refusal")
    assert re.search("[?&]archive=kett", page.url)
    assert page.locator("[name=archive]").input_value() == "kett"
    page.wait_for_function("document.querySelector('.facts').innerText.startsWith('2 articles')")
    page.reload()
    page.wait_for_selector(".refusal")
    assert page.locator("[name=archive]").input_value() == "kett"
    archive(page, "")
    assert page.locator(".turn").get_attribute("data-of") == "plain"
    page.wait_for_function("document.querySelector('.facts').innerText.startsWith('8 articles')")
    archive(page, "kett")
    page.get_by_role("button", name="New conversation").click()
    ask(page, DAM)
    assert page.locator(".others").count() == 0  # the choice stays


def test_the_list_of_articles_is_of_one_archive_with_ways_to_the_others(visit: Visit) -> None:
    page = visit("plain+kett")
    page.get_by_role("button", name="Browse").click()
    page.wait_for_selector(".browse[data-of=plain]")
    page.locator(".browse .along button", has_text="kett").click()
    page.wait_for_selector(".browse[data-of=kett]")
    assert page.locator(".browse h2").inner_text() == "2 articles"
    page.locator(".browse .headline").first.click()
    assert page.locator(".reading .archive").inner_text() == "kett"
    page.go_back()
    page.wait_for_selector(".browse[data-of=plain]")


def test_questions_are_saved_in_the_archives_that_were_asked(visit: Visit) -> None:
    page = visit("plain+kett", writing=True)
    ask(page, DAM)
    page.get_by_role("button", name="Tell me when something new answers this").click()
    page.wait_for_selector(".saved")
    page.wait_for_selector("#message .done:text('Saved; you find it above')")
    assert page.locator(".saved .archive").all_inner_texts() == ["plain", "kett"]
    page.locator(".saved[data-of=plain] [data-unwatch]").click()
    page.wait_for_function("document.querySelectorAll('.saved').length === 1")
    assert page.request.get(page.locator(".saved a", has_text="RSS").evaluate("one => one.href")).ok


def test_the_only_archive_is_not_named(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    assert page.locator("[name=archive], .archive, .others, [data-of]").count() == 0


def test_a_saved_question_tells_what_a_new_article_answers(visit: Visit) -> None:
    page = visit("whole", writing=True)
    question = "When did the harbour bridge of Kett open?"
    ask(page, question)
    page.get_by_role("button", name="Tell me when something new answers this").click()
    page.wait_for_selector(".saved")
    assert page.locator(".saved h3").inner_text() == f"{question} nothing new"
    feed = page.locator(".saved a", has_text="RSS").evaluate("one => one.href")
    assert "<item>" not in page.request.get(feed).text()
    page.get_by_role("button", name="Archive", exact=True).click()
    page.get_by_text("Add articles", exact=True).click()
    text = "The harbour bridge of Kett opened on Friday, after nine years of work."
    for field, words in {"title": "Harbour bridge of Kett opens", "text": text, "published": "2016-07-30"}.items():
        page.locator(f"[data-field={field}]").fill(words)
    page.get_by_role("button", name="Add this article").click()
    page.wait_for_function("document.querySelector('[data-panel=saved]').textContent === 'Saved questions: 1 new'")
    page.locator("[data-panel=saved]").click()
    page.wait_for_selector(".saved li")
    assert page.locator(".saved li q").inner_text() == text
    told = page.request.get(feed)
    assert told.headers["content-type"] == "application/rss+xml"
    assert f"“{text}”" in told.text()
    page.locator(".saved li .open").click()
    page.wait_for_selector(".reading mark")
    assert page.locator(".reading mark").inner_text() == text
    page.locator("[data-unwatch]").click()
    page.wait_for_selector("#panel-saved :text('No question is saved yet')")
    assert page.request.get(feed).status == 404


def test_who_only_reads_sees_saved_questions_and_cannot_save(visit: Visit) -> None:
    page = visit("keeper")
    ask(page, QUESTION)
    assert not page.get_by_role("button", name="Tell me when something new answers this").is_visible()
    page.get_by_role("button", name="Saved questions").click()
    page.wait_for_selector("#panel-saved :text('No question is saved yet')")


def test_what_the_archive_reports_of_somebody_else_is_said_first(visit: Visit, violations: Violations) -> None:
    page = visit()
    ask(page, "Why is Putin, not Obama, wary of intervention?")
    note = page.locator(".premise")
    assert note.locator(".verdict").inner_text() == "The archive says Obama, not Putin."
    assert note.locator("time").inner_text() == "17 June 2016"
    assert note.bounding_box()["y"] < page.locator(".card").first.bounding_box()["y"]
    assert page.locator(".lead").count() == 0  # none of the passages answers
    words = note.locator("q").inner_text()
    note.get_by_role("button", name="Read").click()
    page.wait_for_selector(".reading mark")
    assert page.locator(".reading mark").inner_text() == words
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations(page)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_composed_answer_stands_above_and_what_fails_is_struck(
    visit: Visit, violations: Violations, scheme: str
) -> None:
    page = visit("composing", scheme=scheme)
    ask(page, "How many officials signed the memo?")
    page.wait_for_selector(".composed[aria-busy=false]")
    part = page.locator(".composed")
    assert part.locator("h3").inner_text().startswith("Composed by small")
    assert part.locator(".held").all_inner_texts() == ["Fifty-one officials signed it [1]."]
    assert part.locator("del").all_inner_texts() == ["Fifty-one officials of Putin signed it [1]."]
    assert "Putin" in part.locator(".refused").inner_text()
    assert part.bounding_box()["y"] < page.locator(".lead").bounding_box()["y"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations(page)] == []
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download Markdown").click()
    saved = saving.value.path().read_text("utf-8")
    assert "Composed by small: Fifty-one" in saved
    assert "Putin" not in saved
