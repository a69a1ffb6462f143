"""The timeline and the check of a quotation, as a reader uses them in Chromium."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from test_page_in_browser import EVIDENCE, QUESTION, ask, box

Visit = Callable[..., Any]
Violations = Callable[[Any], list[dict[str, Any]]]


def test_figures_that_disagree_stand_above_the_passages(visit: Visit) -> None:
    page = visit("kett")
    ask(page, "How many people did the dam of Kett kill?")
    note = page.locator(".differing")
    assert note.locator("h3").inner_text() == "The figures differ: killed"
    assert note.locator("strong").all_inner_texts() == ["15", "9"]
    assert note.locator("time").all_inner_texts() == ["12 January 2011", "11 January 2011"]
    assert note.bounding_box()["y"] < page.locator(".passages").bounding_box()["y"]


def test_an_answer_is_told_as_a_timeline_and_saved(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    page.get_by_role("button", name="Show as a timeline").click()
    page.wait_for_selector(".timeline")
    days = page.locator(".timeline time").evaluate_all("all => all.map(one => one.dateTime)")
    assert days == sorted(days)
    assert page.locator(".timeline .report").all_inner_texts() == ["first report", "latest report"]
    assert page.get_by_role("button", name="Show as a timeline").count() == 0
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download Markdown").click()
    assert "(first report): “" in Path(saving.value.path()).read_text("utf-8")


def test_a_quotation_is_checked(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Check a quotation").click()
    page.locator("[data-quotation]").fill(EVIDENCE)
    page.get_by_role("button", name="Check the quotation").click()
    page.wait_for_selector(".checked .verdict")
    assert page.locator(".checked .verdict").inner_text() == "Word for word in 1 story, first on 17 June 2016."
    assert page.locator(".checked q").first.inner_text() == EVIDENCE.rstrip(".")
    page.locator("[data-quotation]").fill(" ")
    page.get_by_role("button", name="Check the quotation").click()
    page.wait_for_selector(".checked .trouble")
    assert page.locator(".checked").inner_text().startswith("The quotation is empty; give the words to look for")


def checked(page: Any, quote: str) -> Any:
    if not page.locator("#panel-quote").is_visible():
        page.get_by_role("button", name="Check a quotation").click()
    page.locator("[data-quotation]").fill(quote)
    page.locator(".checked").evaluate("one => one.replaceChildren()")
    page.get_by_role("button", name="Check the quotation").click()
    page.wait_for_selector(".checked .verdict")
    return page.locator(".checked")


def test_a_clause_that_a_quotation_leaves_out_is_shown_as_missing(visit: Visit) -> None:
    page = visit()
    found = checked(page, "strikes could draw the country into a war and that Russia has forces on the ground")
    assert found.locator(".verdict").inner_text().startswith("Altered.")
    assert found.locator("ins").all_inner_texts() == ["with no clear end"]
    assert found.locator("del").count() == 0


def test_right_words_of_another_speaker_are_told_apart_and_open_their_article(visit: Visit) -> None:
    page = visit("said")
    found = checked(page, "“The dam will hold for a hundred years,” said John Kerry")
    assert found.locator(".verdict").inner_text() == (
        "Word for word in 1 story, first on 9 January 2011; the archive attributes it to Anna Weiss, not to John Kerry."
    )
    found.get_by_role("button", name="Read").click()
    page.wait_for_selector(".reading mark")
    assert page.locator(".reading mark").inner_text() == "The dam will hold for a hundred years"


def test_a_timeline_of_nothing_says_so_and_hides_again(visit: Visit) -> None:
    page = visit("bare")
    ask(page, QUESTION)
    page.get_by_role("button", name="Show as a timeline").click()
    page.wait_for_selector(".timeline >> text=No dated article is on this subject.")
    page.get_by_role("button", name="Hide").click()
    page.wait_for_selector(".timeline", state="detached")


def test_a_csv_of_quotations_comes_back_completed(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Check a quotation").click()
    rows = f"id,quote\n7,{EVIDENCE.split(',')[0]}\n".encode()
    with page.expect_download() as saving:
        page.locator("[data-batch]").set_input_files({"name": "q.csv", "mimeType": "text/csv", "buffer": rows})
    assert saving.value.suggested_filename == "quotes-checked.csv"
    assert (
        Path(saving.value.path()).read_text("utf-8").splitlines()[1].startswith(f"7,{EVIDENCE.split(',')[0]},verbatim,")
    )
    page.locator("[data-batch]").set_input_files({"name": "q.csv", "mimeType": "text/csv", "buffer": b"words\nx\n"})
    page.wait_for_selector(".checked .trouble")
    assert "names a column “question”" in page.locator(".checked").inner_text()


def test_all_of_it_is_accessible(visit: Visit, violations: Violations) -> None:
    page = visit("kett")
    ask(page, "How many people did the dam of Kett kill?")
    page.get_by_role("button", name="Show as a timeline").click()
    page.wait_for_selector(".timeline")
    page.get_by_role("button", name="Check a quotation").click()
    page.locator("[data-quotation]").fill("the dam of Kett broke")
    page.get_by_role("button", name="Check the quotation").click()
    page.wait_for_selector(".checked .verdict")
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations(page)] == []


def tell(page: Any, reader: str) -> None:
    """Tell the reader of the page's archive to read what is found, or to wait."""
    assert page.request.post(f"{page.url.partition('?')[0]}gradio_api/run/quote", data={"data": [reader]}).ok


def test_passages_are_shown_before_they_are_read(visit: Visit) -> None:
    page = visit("reading")
    tell(page, "wait")
    ask(page, QUESTION)
    assert page.locator(".undecided").inner_text() == "Reading the first passages …"
    assert page.locator(".card").count() == 5
    assert page.locator("blockquote, .refusal, .along").count() == 0
    page.get_by_role("button", name="Browse").click()
    page.wait_for_selector(".browse")
    tell(page, "read")
    page.wait_for_selector("blockquote", state="attached")
    assert page.locator(".browse").is_visible()
    assert page.locator(".undecided").count() == 0
    page.get_by_role("button", name="Close the list").click()
    page.wait_for_selector("blockquote")
    assert page.locator(".turn").count() == 1
    page.go_back()
    page.wait_for_selector(".turn", state="detached")


def test_an_answer_that_is_still_read_does_not_come_back_into_a_new_conversation(visit: Visit) -> None:
    page = visit("reading")
    tell(page, "wait")
    ask(page, "How many officials signed the memo?")
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".turn", state="detached")
    tell(page, "read")
    page.wait_for_timeout(1_000)  # longer than the answer takes to come
    assert page.locator(".turn").count() == 0
    assert "?" not in page.url
    tell(page, "wait")
    ask(page, "When did Juno enter orbit around Jupiter?")
    box(page).fill("Did Britain vote to leave the European Union?")
    box(page).press("Enter")
    tell(page, "read")
    page.wait_for_selector("blockquote >> text=Britain")
    page.wait_for_timeout(1_000)
    assert page.locator(".asked").all_inner_texts() == [
        "Did Britain vote to leave the European Union?",
        "When did Juno enter orbit around Jupiter?",
    ]
    assert "Britain" in page.locator("blockquote").inner_text()


def test_what_to_read_and_ask_next_stands_below_an_answer(visit: Visit) -> None:
    page = visit(query="?q=Why+is+Obama+wary+of+intervention%3F&passages=1")
    page.wait_for_selector(".related >> text=How it went on")
    page.locator(".related").get_by_role("button", name="Juno arrives at Jupiter").click()
    page.wait_for_selector(".reading >> text=The spacecraft Juno")
    page.locator(".related").get_by_role("button", name="How caution becomes doctrine").click()
    page.wait_for_selector(".turn:not(.folded) .asked >> text=How caution becomes doctrine")
    assert page.locator(".turn").count() == 2


def test_the_archive_is_browsed_by_outlet_and_day(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Browse").click()
    page.wait_for_selector(".browse >> text=6 articles")
    assert page.locator(".browse time").all_inner_texts()[0] == "5 July 2016"
    assert page.locator(".browse h3").last.inner_text() == "Undated 1 article"
    page.locator("#rail").get_by_role("button", name="Dateline science desk").click()
    page.wait_for_selector(".browse >> text=1 article, only Dateline science desk")
    page.get_by_role("button", name="Juno arrives at Jupiter").click()
    page.wait_for_selector(".reading >> text=The spacecraft Juno")
    assert page.locator(".browse").is_visible()
    page.get_by_role("button", name="Close the list").click()
    page.locator(".front").wait_for()
    page.get_by_role("button", name="Browse").click()
    page.wait_for_selector(".browse")
    ask(page, QUESTION)
    assert page.locator(".browse").count() == 0


def test_a_list_has_an_address_and_goes_with_back_and_forward(visit: Visit) -> None:
    page = visit("many")
    ask(page, "Any news from Kett?")
    answer = page.url
    page.get_by_role("button", name="Browse", exact=True).click()
    page.wait_for_selector(".browse >> text=1 to 50 of 120")
    page.get_by_role("button", name="Older").click()
    page.wait_for_selector(".browse >> text=51 to 100 of 120")
    assert page.url.endswith("?browse=1")
    page.wait_for_function("document.title === 'Browse – Dateline'")
    page.go_back()
    page.wait_for_selector(".browse >> text=1 to 50 of 120")
    page.go_back()
    page.wait_for_selector(".browse", state="detached")
    assert page.locator(".turn").is_visible()
    assert page.url == answer
    page.go_forward()
    page.wait_for_selector(".browse >> text=1 to 50 of 120")
    limited = visit("many", query="?browse=0&since=2011-02-09&source=Kett+Post")
    limited.wait_for_selector(".browse >> text=3 articles, only since 9 February 2011, Kett Post")
    assert limited.url.endswith("?browse=0&since=2011-02-09&source=Kett+Post")


def test_a_long_list_has_pages(visit: Visit) -> None:
    page = visit("many")
    page.get_by_role("button", name="Browse").click()
    page.wait_for_selector(".browse >> text=1 to 50 of 120")
    first = page.locator(".browse .headline").first.inner_text()
    page.get_by_role("button", name="Older").click()
    page.wait_for_selector(".browse >> text=51 to 100 of 120")
    assert page.locator(".browse .headline").first.inner_text() != first
    page.get_by_role("button", name="Older").click()
    page.wait_for_selector(".browse >> text=101 to 120 of 120")
    assert page.get_by_role("button", name="Older").is_disabled()
    page.get_by_role("button", name="Newer").click()
    page.wait_for_selector(".browse >> text=51 to 100 of 120")
