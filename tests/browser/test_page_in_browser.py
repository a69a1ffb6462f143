"""The page as a reader uses it, in Chromium."""

import csv
from collections.abc import Callable
from typing import Any

import pytest

Visit = Callable[..., Any]

QUESTION = "Why is Obama wary of intervention?"
EVIDENCE = (
    "President Obama has been wary of intervention, pointing to the messy results in Iraq, Afghanistan and Libya."
)


def box(page: Any) -> Any:
    """The question box: the first text box of the document."""
    return page.locator("#asking :is(input[type=text], textarea)").first


def ask(page: Any, question: str) -> None:
    turns = page.locator(".turn").count()
    box(page).fill(question)
    box(page).press("Enter")
    page.wait_for_function("number => document.querySelectorAll('.turn').length > number", arg=turns)


def read(page: Any, number: int = 0) -> Any:
    page.locator(".card button.headline").nth(number).click()
    page.wait_for_selector(f".reading[data-passage='{number}']")
    return page.locator(".reading")


def test_a_question_is_answered_with_quotations_and_more_is_folded_under_each(visit: Visit) -> None:
    page = visit()
    assert box(page).evaluate("box => box.labels[0].textContent.trim()") == "Question"
    ask(page, QUESTION)
    assert page.locator("blockquote").text_content() == EVIDENCE
    assert page.locator("mark").first.text_content() == EVIDENCE
    assert page.locator(".card").count() == 5
    assert page.locator(".notices").inner_text() == "A notice."
    assert page.locator("[role=status]", has_text="Answered with 5 passages.").count() == 1
    assert box(page).input_value() == ""
    sizes = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(part => part.innerText && !part.children.length)"
        ".map(part => [parseFloat(getComputedStyle(part).fontSize), part.innerText])"
    )
    assert max(sizes)[1] == EVIDENCE, "the quotation is the largest thing on the page"
    card = page.locator(".card").first
    assert not card.locator("dl").is_visible()
    card.get_by_text("Why this passage").click()
    assert card.locator(".why .reasons").inner_text() == (
        "It has 3 of the 3 words of the question: Obama, wary, intervention."
    )
    card.get_by_text("Scores").click()
    assert card.locator("dl").inner_text().split("\n")[:2] == ["keywords", "0.50"]
    card.get_by_text("and 1 copy").click()
    assert "18 June 2016" in card.locator(".copies").inner_text()
    link = card.locator(".foot > a.source")
    assert [link.get_attribute(name) for name in ("href", "target", "rel")] == [
        "https://www.example.org/2016/06/17/memo?a=1&b=2",
        "_blank",
        "noopener noreferrer nofollow",
    ]


def test_the_button_and_the_examples_ask_too(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="How many officials signed the memo?").click()
    page.wait_for_selector(".turn")
    assert page.locator(".asked").inner_text() == "How many officials signed the memo?"
    box(page).fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_selector(".turn.folded")
    assert page.locator(".asked").first.inner_text() == QUESTION


def test_the_article_opens_beside_the_answer_and_next_and_previous_go_through_it(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    before = page.locator(".card").first.bounding_box()
    reading = read(page)
    assert page.locator(".card").first.bounding_box() == before
    assert page.locator("footer").is_hidden()
    assert lowest_contrast(page) >= 4.5
    body = reading.locator(".body")
    text = body.text_content()
    assert text.startswith("More than fifty State Department officials")
    assert "".join(reading.locator(".passage").all_text_contents()) in text
    assert reading.locator("mark").all_text_contents() == [EVIDENCE]
    mark, pane = reading.locator("mark").bounding_box(), body.bounding_box()
    assert pane["y"] <= mark["y"] <= pane["y"] + pane["height"] - mark["height"]
    assert pane["x"] > page.locator(".card").first.bounding_box()["x"] + 500
    assert page.locator(".card.current").count() == 1
    headlines = page.locator(".card .headline").all_inner_texts()
    for number in (1, 2, 3, 4):
        reading.get_by_role("button", name="Next passage").click()
        page.wait_for_selector(f".reading[data-passage='{number}']")
        assert reading.locator(".headline").inner_text() == headlines[number]
    assert reading.get_by_role("button", name="Next passage").is_disabled()
    reading.get_by_role("button", name="Previous passage").click()
    page.wait_for_selector(".reading[data-passage='3']")


def test_the_keyboard(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    ask(page, "Any news of Juno around Jupiter?")
    read(page)
    assert page.evaluate("document.activeElement.className") == "headline"
    page.keyboard.press("Escape")
    page.wait_for_selector(".reading", state="detached")
    assert page.evaluate("document.activeElement.closest('.card').dataset.position") == "0"
    page.keyboard.press("/")
    assert box(page).evaluate("box => box === document.activeElement")
    assert box(page).input_value() == ""
    recalled = []
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        recalled.append(box(page).input_value())
    assert recalled == ["Any news of Juno around Jupiter?", QUESTION, QUESTION, "Any news of Juno around Jupiter?", ""]
    page.keyboard.type("either/or")
    assert box(page).input_value() == "either/or"
    read(page)  # the same passage once more
    page.keyboard.press("Escape")
    page.wait_for_selector(".reading", state="detached")


def test_a_follow_up_is_searched_with_the_question_before(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    ask(page, "What about Clinton?")
    assert page.locator(".asked").all_inner_texts() == ["What about Clinton?", QUESTION]
    assert f"What about Clinton? {QUESTION}" in page.locator(".understood").inner_text()
    page.locator(".folded button", has_text=QUESTION).click()
    page.wait_for_selector(".turn.folded >> text=What about Clinton?")
    assert page.locator(".turn:not(.folded) .asked").inner_text() == QUESTION


def test_a_new_conversation_begins_from_nothing(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    read(page)
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".front")
    assert page.locator(".turn, .reading").count() == 0
    ask(page, "What about Clinton?")
    assert "Searched as" not in page.locator(".understood").inner_text()


def test_what_the_archive_does_not_hold_looks_different(visit: Visit) -> None:
    page = visit()
    ask(page, "Did penguins tour Antarctica last week?")
    assert page.locator(".verdict").inner_text() == "Not in this archive"
    assert "No passage holds" in page.locator(".reasons").first.inner_text()
    assert "none of them answers" in page.locator(".nearest").inner_text()
    assert page.locator("blockquote").count() == 0
    assert "Only 13 to 19 June 2016 (last week)" in page.locator(".understood").text_content()


def test_a_question_that_is_none_gets_a_sentence_and_harms_nothing(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    page.mouse.wheel(0, 800)
    box(page).fill("  ")
    box(page).press("Enter")
    page.wait_for_selector("[role=alert] >> text=The question is empty")
    assert 0 <= page.locator("[role=alert]").bounding_box()["y"] <= 200
    assert page.locator("blockquote").count() == 1
    ask(page, "What about Clinton?")
    assert page.locator("[role=alert]").count() == 0


def test_a_bug_is_told_and_leaves_the_question_in_the_box(visit: Visit) -> None:
    page = visit("broken")
    box(page).fill(QUESTION)
    box(page).press("Enter")
    page.wait_for_selector("[role=alert] >> text=error in Dateline")
    assert box(page).input_value() == QUESTION
    assert box(page).is_enabled()


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_articles_do_nothing(visit: Visit, width: int) -> None:
    page = visit("hostile", width)
    attack = '<img src="http://203.0.113.1/q.png" onerror="window.hacked=9"> hostile article [x](http://203.0.113.1)'
    ask(page, attack)
    assert page.locator(".asked").inner_text() == attack
    for details in page.locator(".turn summary").all():
        details.click()
    for number in range(5):
        read(page, number)
        page.keyboard.press("Escape")
        page.wait_for_selector(".reading", state="detached")
    ask(page, "hostile article")
    assert page.evaluate("window.hacked") is None
    ours = "#masthead, #message, #talks, #front, #conversation, #viewer, #rail"
    foreign = "script, img, svg, iframe, form, style, base, meta, [onerror], [onload], [style*=fixed]"
    foreign += ", input:not([data-search])"
    assert page.locator(f":is({ours}) .html-container :is({foreign})").count() == 0
    assert page.evaluate("getComputedStyle(document.body).display") != "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    hrefs = page.locator(f":is({ours}) a").evaluate_all("links => links.map(link => link.protocol)")
    assert set(hrefs) <= {"http:", "https:"}


@pytest.mark.parametrize("width", [390, 720, 1024])
def test_nothing_sticks_out_and_the_article_lies_over_the_answer_on_a_phone(visit: Visit, width: int) -> None:
    page = visit("plain", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ask(page, QUESTION)
    before = page.evaluate("scrollY")
    reading = read(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.body.scrollWidth") <= width
    cards, article = page.locator(".passages").bounding_box(), page.locator("#viewer").bounding_box()
    if width < 992:
        assert (article["x"], article["y"], article["width"], article["height"]) == (0, 0, width, 900)
        assert 0 <= reading.locator("mark").bounding_box()["y"] <= 900
        assert not reading.locator("kbd").is_visible()
        page.get_by_role("button", name="Close").click()
        page.wait_for_selector(".reading", state="detached")
        assert abs(page.evaluate("scrollY") - before) < 900
    else:
        assert article["x"] >= cards["x"] + cards["width"]


def test_targets_on_a_phone_are_large_enough_and_told_apart(visit: Visit) -> None:
    page = visit("plain", 390)
    ask(page, QUESTION)
    controls = page.locator(".turn button:visible, .turn summary:visible, .turn .along a:visible, .tabs button:visible")
    small = controls.evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44 && !one.closest('.bars, h2, h3'))"
        ".map(one => one.textContent.trim())"
    )
    assert small == []
    names = page.locator(".card .foot button").evaluate_all("all => all.map(one => one.textContent.trim())")
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("scheme", "query"), [("dark", ""), ("light", "?__theme=dark")])
def test_dark_and_on_paper(visit: Visit, scheme: str, query: str) -> None:
    page = visit("plain", scheme=scheme, query=query)
    ask(page, QUESTION)
    read(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 20)"
    assert lowest_contrast(page) >= 4.5
    page.keyboard.press("Escape")
    page.wait_for_selector(".reading", state="detached")
    page.emulate_media(media="print")
    assert not page.locator("#asking").is_visible()
    assert not page.locator(".foot button").first.is_visible()
    assert page.locator("blockquote").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def lowest_contrast(page: Any) -> float:
    """The lowest contrast of a text to what lies behind it (WCAG 2.2, 1.4.3), controls that are disabled left out."""
    contrast: float = page.evaluate(
        """() => {
            const numbers = color => color.match(/[\\d.]+/g).map(Number);
            const light = color => numbers(color).slice(0, 3).map(c => c / 255)
                .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
            const behind = part => {
                const color = getComputedStyle(part).backgroundColor;
                return numbers(color)[3] === 0 && part.parentElement ? behind(part.parentElement) : color;
            };
            const texts = [...document.querySelectorAll("main *")].filter(part => part.checkVisibility() &&
                !part.disabled && [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
            return Math.min(...texts.map(part => {
                const both = [light(getComputedStyle(part).color), light(behind(part))].sort((a, b) => b - a);
                return (both[0] + .05) / (both[1] + .05);
            }));
        }"""
    )
    return contrast


def test_an_empty_archive_says_how_to_fill_it(visit: Visit) -> None:
    page = visit("empty", writing=True)
    page.wait_for_selector(".front >> text=my <news>")
    assert "No articles yet" in page.locator(".masthead").inner_text()
    page.get_by_role("button", name="Add articles here").click()
    page.wait_for_selector("#panel-archive .adding")


def test_the_notice_of_a_waking_archive_goes_by_itself(visit: Visit) -> None:
    page = visit("waking")
    page.wait_for_selector(".state >> text=still loading")
    ask(page, QUESTION)
    page.wait_for_selector(".state li", state="detached")
    assert page.locator("blockquote").text_content() == EVIDENCE


def chips(page: Any) -> list[str]:
    return [words.partition("\n")[0].strip() for words in page.locator(".understood li").all_inner_texts()]


def wait_for_chips(page: Any, *expected: str) -> None:
    page.wait_for_function(
        "number => document.querySelectorAll('.turn:not(.folded) .understood li').length === number", arg=len(expected)
    )
    assert chips(page) == list(expected)


def test_filters_ask_again_at_once_and_every_chip_takes_one_back(visit: Visit) -> None:
    page = visit()
    ask(page, "Why was Obama wary last week?")
    assert page.locator("#panel-filter").is_hidden()
    page.get_by_role("button", name="Filter").press("Enter")
    page.get_by_label("From", exact=True).fill("2016-06-18")
    now, window, since = "As of 5 July 2016", "Only 13 to 19 June 2016 (last week)", "Only since 18 June 2016"
    wait_for_chips(page, now, since, window)
    page.get_by_label("Dateline politics desk").check()
    wait_for_chips(page, now, since, "Dateline politics desk", window)
    assert page.locator(".card").count() == 1
    assert (
        page.get_by_role("button", name="Filter: from 2016-06-18, Dateline politics desk").get_attribute(
            "aria-expanded"
        )
        == "true"
    )
    page.locator(".chip", has_text="last week").get_by_role("button").click()
    page.wait_for_selector("text=Time phrase ignored")
    page.locator(".chip", has_text="politics").get_by_role("button").click()
    wait_for_chips(page, now, since, "Time phrase ignored")
    assert not page.get_by_label("Dateline politics desk").is_checked()
    page.get_by_role("button", name="Clear all filters").click()
    wait_for_chips(page, now, "Time phrase ignored")
    page.get_by_label("Order").select_option("oldest")
    wait_for_chips(page, now, "Oldest first", "Time phrase ignored")
    assert page.locator(".card time").first.inner_text() == "17 June 2016"
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel-filter", state="hidden")
    assert page.locator(".turn").count() == 1


def test_an_outlet_of_the_archive_filters(visit: Visit) -> None:
    page = visit()
    page.locator("#rail").get_by_role("button", name="Dateline politics desk").click()
    page.wait_for_selector("text=Filter: Dateline politics desk")
    ask(page, QUESTION)
    wait_for_chips(page, "As of 5 July 2016", "Dateline politics desk")
    page.locator("#rail").get_by_role("button", name="Dateline politics desk").click()
    wait_for_chips(page, "As of 5 July 2016")


def test_limits_hold_for_the_next_question_and_a_link_brings_them_back(visit: Visit) -> None:
    page = visit(query="?q=Why+was+he+wary%3F&since=2016-06-18&source=Dateline+politics+desk&now=2016-06-20")
    wait_for_chips(page, "As of 20 June 2016", "Only since 18 June 2016", "Dateline politics desk")
    ask(page, "And what does Clinton want?")
    assert chips(page)[:3] == ["As of 20 June 2016", "Only since 18 June 2016", "Dateline politics desk"]


def test_the_operators_are_explained_one_click_away(visit: Visit) -> None:
    page = visit(width=390)
    page.get_by_role("button", name="Operators").click()
    assert "exact phrase" in page.locator("#panel-operators").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_bar_narrows_the_dates_and_more_passages_follow_on_demand(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    page.get_by_role("button", name="24 June 2016: 1 article").click()
    wait_for_chips(page, "As of 5 July 2016", "Only 24 June 2016")
    assert page.locator(".card").count() == 1
    assert page.locator(".over-time").count() == 0
    page.locator(".cross").click()
    page.get_by_role("button", name="Show more passages").click()
    page.wait_for_selector(".more", state="detached")
    assert page.locator(".card").count() == 5


def test_an_answer_is_copied_and_saved_with_its_citations(visit: Visit) -> None:
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    ask(page, "What about Clinton?")
    page.get_by_role("button", name="Copy as Markdown").click()
    page.wait_for_selector("button >> text=Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        f"# What about Clinton?\n\nAsked as of 2016-07-05. Searched as “What about Clinton? {QUESTION}”."
    )
    page.get_by_role("button", name="Copied").click()
    page.wait_for_timeout(2000)
    assert page.get_by_role("button", name="Copy as Markdown").count() == 1
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    assert saved.value.suggested_filename == "what-about-clinton.csv"
    rows = list(csv.DictReader(saved.value.path().read_text("utf-8").splitlines()))
    assert rows[0]["title"] == page.locator(".card .headline").first.inner_text()
    cards = page.locator(".card").all_inner_texts()
    page.get_by_role("link", name="Copy link").click()
    page.wait_for_selector("a >> text=Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    again = visit(query=f"?{link.partition('?')[2]}")
    again.wait_for_selector(".turn")
    assert again.locator(".card").all_inner_texts() == cards
    assert again.locator(".asked").all_inner_texts() == ["What about Clinton?"]


def state(page: Any, words: str) -> None:
    page.wait_for_selector(f"#panel-archive :is(.state, .told) >> text={words}")


def test_the_archive_is_looked_at_added_to_and_built(visit: Visit) -> None:
    page = visit("keeper", writing=True)
    page.get_by_role("button", name="Archive").click()
    page.wait_for_selector("text=6 articles (6 added")
    panel = page.locator("#panel-archive")
    panel.get_by_text("2 items could not be read").click()
    assert "<b>.mobi: " in panel.inner_text()
    panel.get_by_text("Add articles", exact=True).click()
    panel.get_by_role("button", name="Add this article").click()
    state(page, "The article has no text")
    panel.get_by_label("Headline").fill("Fed <raises> rates")
    panel.get_by_label("Text", exact=True).fill("The Fed raised rates.")
    panel.get_by_role("button", name="Add this article").click()
    state(page, "Added as Fed -raises- rates.json.")
    assert panel.get_by_label("Headline").input_value() == ""
    assert panel.locator("progress").is_visible()
    panel.get_by_role("button", name="Cancel").click()
    state(page, "Cancelled. The previous index stays in use.")
    panel.locator("input[type=file]").set_input_files(
        [{"name": "../wire.txt", "mimeType": "text/plain", "buffer": b"Wire\n\nA wire report."}]
    )
    state(page, "Added as wire.txt.")
    file = {"name": "wire.txt", "mimeType": "text/plain", "buffer": b"Wire\n\nA wire report."}
    panel.locator("input[type=file]").set_input_files([file, {**file, "name": "torn.json", "buffer": b"{"}])
    state(
        page, "“wire.txt” is in the folder already, with the same content. “torn.json” was not added; it could not be"
    )
    state(page, "Done: 2 added, 0 updated, 0 removed.")
    page.wait_for_selector("text=8 articles (2 added")
    panel.get_by_role("button", name="Update the index").click()
    state(page, "The index is up to date.")


def test_a_build_shows_at_once_that_it_runs_and_is_cancelled_within_five_seconds(visit: Visit) -> None:
    page = visit("builder", writing=True)
    page.get_by_role("button", name="Archive").click()
    page.wait_for_selector("text=6 articles (6 added")
    panel = page.locator("#panel-archive")
    panel.get_by_text("Add articles", exact=True).click()
    panel.get_by_label("Text", exact=True).fill("The Fed raised rates.")
    panel.get_by_role("button", name="Add this article").click()
    page.wait_for_selector("#panel-archive progress", timeout=2_000)
    assert panel.locator(".said").inner_text() != ""
    # The button is the same while the build goes on: a click that takes long is none on another one.
    share, cancel = panel.locator("progress").get_attribute("value"), panel.get_by_role("button", name="Cancel")
    cancel.hover()
    page.mouse.down()
    page.wait_for_selector(f'#panel-archive progress:not([value="{share}"])')
    page.mouse.up()
    page.wait_for_selector("#panel-archive .state >> text=Cancelled. The previous index stays", timeout=5_000)


def test_a_passage_that_answers_is_noted(visit: Visit) -> None:
    page = visit(writing=True)
    ask(page, QUESTION)
    page.get_by_role("button", name="This passage answers the question").first.click()
    page.wait_for_selector("[role=status] >> text=Saved to feedback.jsonl")


def test_who_has_not_the_link_reads_only_until_the_token_is_given(visit: Visit) -> None:
    page = visit("keeper", expected="403")
    page.context.clear_cookies()
    page.reload()
    ask(page, QUESTION)
    assert not page.get_by_role("button", name="This passage answers the question").first.is_visible()
    page.get_by_role("button", name="Archive").click()
    page.wait_for_selector(".report >> text=Last update:")
    panel = page.locator("#panel-archive")
    assert not panel.get_by_text("Add articles", exact=True).is_visible()
    assert panel.locator(".state button, .report code, .report li").count() == 0
    page.route("**/unlock", lambda route: route.fulfill(status=403, json={"error": "This is not the admin token."}))
    panel.get_by_label("Admin token").fill("guess")
    panel.get_by_role("button", name="Unlock").click()
    page.wait_for_selector(".unlocking >> text=not the admin token")


def serious(violations: Callable[..., Any], page: Any) -> list[Any]:
    return [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in violations(page)
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_state(visit: Visit, violations: Callable[..., Any], scheme: str) -> None:
    page = visit("keeper", scheme=scheme, writing=True)
    found = serious(violations, page)
    for panel in ("Filter", "Operators", "Check a quotation", "Archive"):
        page.get_by_role("button", name=panel).click()
        if panel == "Archive":
            page.wait_for_selector(".report >> text=Last update:")
            page.get_by_text("Add articles", exact=True).click()
        found += serious(violations, page)
    page.get_by_role("button", name="Archive").click()
    ask(page, "What about Antarctica?")
    found += serious(violations, page)
    ask(page, QUESTION)
    page.get_by_role("button", name="Show as a timeline").click()
    page.wait_for_selector(".timeline")
    for details in page.locator(".turn summary:visible").all():
        details.click()
    found += serious(violations, page)
    read(page)
    found += serious(violations, page)
    page.get_by_role("button", name="Browse").click()
    page.wait_for_selector(".browse")
    found += serious(violations, page)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_phone(visit: Visit, violations: Callable[..., Any], scheme: str) -> None:
    page = visit("plain", 390, scheme=scheme)
    # What other tests asked makes the list longer than the sheet, and axe misjudges a button cut at its edge.
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.reload()
    ask(page, QUESTION)
    page.get_by_role("button", name="Conversations").click()
    found = serious(violations, page)
    page.keyboard.press("Escape")
    read(page)
    found += serious(violations, page)
    found += serious(violations, visit("empty", 390, scheme=scheme, writing=True))
    page = visit("plain", 390, scheme=scheme, query="?q=Why+is+Obama+wary+of+intervention%3F&passages=1")
    page.wait_for_selector(".related")
    found += serious(violations, page)
    assert found == []


def test_a_correction_is_taken_back_from_its_chip(visit: Visit) -> None:
    page = visit()
    ask(page, "Why is Obama wery of intervention?")
    now, chip = "As of 5 July 2016", "“wery” was put right."
    wait_for_chips(page, now, chip)
    assert page.locator(".notices").inner_text() == "A notice."
    page.locator(".chip", has_text=chip).get_by_role("button").click()
    page.wait_for_selector("text=Spelling not corrected")
    wait_for_chips(page, now, "Spelling not corrected")
    page.locator(".cross").click()
    page.wait_for_selector(f"text={chip}")


def test_an_outlet_is_found_among_many_and_ticked_ones_stay(visit: Visit) -> None:
    page = visit("hostile")
    page.get_by_role("button", name="Filter").click()
    page.locator(".choice input[type=checkbox]").first.check()
    page.get_by_label("Find an outlet").fill("RIGHT to")
    assert page.locator(".choice label:visible").count() == 2
    page.get_by_label("Find an outlet").fill("")
    assert page.locator(".choice label:visible").count() == 12


def test_what_is_wrong_with_the_index_stands_in_the_masthead(visit: Visit) -> None:
    page = visit("damaged", writing=True)
    notice = page.locator(".masthead .state", has_text="The newest generation is damaged; run: python -m index --full")
    assert notice.is_visible()
    page.wait_for_selector(".masthead .state >> text=There is no corpus folder")


def test_the_address_leads_to_the_open_answer_and_a_reload_keeps_the_conversation(visit: Visit) -> None:
    page = visit()
    page.evaluate("localStorage.clear()")
    ask(page, QUESTION)
    ask(page, "What about Clinton?")
    assert page.url.partition("?")[2].startswith("q=What+about+Clinton%3F&after=Why")
    page.reload()
    page.wait_for_selector(".turn.folded")
    assert page.evaluate("JSON.parse(localStorage.getItem('dateline')).length") == 1
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".turn", state="detached")
    assert "?" not in page.url
    page.evaluate("localStorage.clear()")


def test_what_is_half_typed_outlives_an_answer_and_a_reload(visit: Visit) -> None:
    page = visit()
    box(page).fill(QUESTION)
    with page.expect_request(lambda request: QUESTION in (request.post_data or "")):
        box(page).press("Enter")
    box(page).fill("And what of Cl")
    page.wait_for_selector(".turn")
    page.wait_for_function("document.querySelector('#conversation .turn')")
    assert box(page).input_value() == "And what of Cl"
    page.reload()
    page.wait_for_selector(".turn")
    page.wait_for_function("document.querySelector('#question input').value === 'And what of Cl'")
    box(page).press("Enter")
    page.wait_for_selector("text=2 questions")
    page.wait_for_function("document.querySelector('#question input').value === ''")


def test_a_refusal_under_a_time_limit_leads_out_of_it(visit: Visit) -> None:
    page = visit(query="?q=Who+won+the+cup%3F&since=2016-06-18&until=2016-06-19")
    page.wait_for_selector(".refusal")
    page.get_by_role("button", name="Search without filters").click()
    page.wait_for_selector(".refusal:not(:has(button))")


def test_what_is_written_for_the_archive_outlives_a_new_index(visit: Visit) -> None:
    page = visit("growing", writing=True)
    page.get_by_role("button", name="Archive").click()
    page.get_by_text("Add articles", exact=True).click()
    page.get_by_label("Headline").fill("Half written")
    page.wait_for_selector(".choice >> text=Outlet 3", state="attached")
    page.get_by_role("button", name="Update the index").wait_for()
    assert page.get_by_label("Headline").is_visible()
    assert page.get_by_label("Headline").input_value() == "Half written"
