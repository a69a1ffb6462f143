"""Timelines and checked quotations as HTML, with whatever is in them inert."""

import re
from dataclasses import replace
from datetime import date

from fake_archive import ATTACKS, FakeRetriever

from corpus import Article
from qa import Answer, Disagreement, Quotation, QuoteCheck, Timeline
from qa.findings.figures import Figure
from qa.findings.premise import Premise
from qa.findings.wording import Change
from qa.page import views as page
from qa.page.exchange import Exchange
from qa.question.request import Request
from qa.web.inquiry import Inquiry

MAY, JUNE = (
    Article(
        name, f"Title {name}", f"In Kett {number} people died.", "Kett Post", day, url=f"https://example.org/{name}"
    )
    for name, number, day in (("may", 17, date(2016, 5, 3)), ("june", 21, date(2016, 6, 4)))
)
FIRST, LATEST = (Quotation(article, 0, len(article.text)) for article in (MAY, JUNE))


def shown(answer: Answer) -> str:
    turns = [Exchange(Inquiry(Request(answer.question)), answer)]
    return page.filled("conversation", exchanges=turns, shown=0, composes=False)


def told(timeline: Timeline | None) -> str:
    """The conversation of one question, answered by a timeline."""
    return shown(replace(FakeRetriever().ask("Why is Obama wary?"), timeline=timeline))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_both_sentences_of_a_disagreement_newest_first() -> None:
    found = Disagreement("killed", (Figure("21", 21, LATEST), Figure("17", 17, FIRST)))
    answer = replace(FakeRetriever().ask("Why is Obama wary?"), disagreements=(found,))
    assert words(shown(answer).partition('<section class="differing">')[2].partition("</section>")[0]) == (
        "The figures differ: killed 21 In Kett 21 people died. Kett Post , 4 June 2016"
        " 17 In Kett 17 people died. Kett Post , 3 May 2016"
    )


def test_what_a_question_wrongly_takes_for_granted_stands_above_passages_that_do_not_answer() -> None:
    answer = FakeRetriever().ask("Why is Obama wary?")
    answer = replace(answer, premise=Premise("Putin", "Obama", FIRST))
    lacking = replace(answer, passages=tuple(replace(passage, answer=None) for passage in answer.passages))
    answering = replace(answer, passages=(replace(answer.passages[0], answer=(0, 4)), *lacking.passages[1:]))

    assert "The archive says Obama, not Putin." in words(shown(lacking))
    assert [html.count('<figure class="lead') for html in (shown(lacking), shown(answering))] == [0, 1]


def test_a_timeline_marks_its_ends() -> None:
    html = told(Timeline((FIRST, LATEST), 2)).partition('<section class="timeline"')[2].partition("</section>")[0]
    assert re.findall(r'<span class="report">(.+?)</span>|<time datetime="(.+?)"', html) == [
        ("", "2016-05-03"),
        ("first report", ""),
        ("", "2016-06-04"),
        ("latest report", ""),
    ]
    assert "2 undated reports left out." in words(html)
    assert "No dated article" in told(Timeline(()))


def test_an_altered_quotation_shows_what_was_changed() -> None:
    diff = (Change("same", "people", "people"), Change("changed", "lived", "died"), Change("added", "here", ""))
    html = page.filled("quote_check", check=QuoteCheck("people lived here", "altered", 0.5, (FIRST,), FIRST, diff))
    assert "Altered. In 1 story, first on 3 May 2016, the archive has:" in html
    assert '<p class="diff" dir="auto">people <del>lived</del> <ins>died</ins> <del>here</del> </p>' in html


def test_the_other_verdicts() -> None:
    verbatim = page.filled("quote_check", check=QuoteCheck("In Kett", "verbatim", 1.0, (FIRST, LATEST), FIRST, ()))
    assert words(verbatim).startswith(
        "Word for word in 2 stories, first on 3 May 2016. In Kett 17 people died. Title may"
    )
    missing = page.filled("quote_check", check=QuoteCheck("x", "not_in_corpus", 0.2, (), FIRST, ()))
    assert words(missing).startswith("Not in this archive. The closest wording: In Kett 17")
    assert (
        words(page.filled("quote_check", check=QuoteCheck("x", "not_in_corpus", 0.0, (), None, ())))
        == "Not in this archive."
    )


def test_what_stands_in_the_archive_is_inert() -> None:
    text = " ".join(ATTACKS)
    hostile = Quotation(Article("a", text, text, text, date(2016, 5, 3), url="javascript:alert(1)"), 0, len(text))
    check = QuoteCheck(text, "altered", 0.5, (hostile,), hostile, (Change("changed", text, text),))
    answer = replace(
        FakeRetriever().ask("Why is Obama wary?"), disagreements=(Disagreement(text, (Figure(text, 1, hostile),)),)
    )
    for html in (page.filled("quote_check", check=check), told(Timeline((hostile,))), shown(answer)):
        assert set(re.findall(r"<(\w+)", html)) <= {
            "a", "article", "bdi", "blockquote", "button", "dd", "del", "details", "div", "dl", "dt", "figcaption",
            "figure", "h2", "h3", "i", "ins", "li", "mark", "ol", "p", "q", "section", "span", "strong", "summary",
            "time", "ul",
        }  # fmt: skip
        assert "javascript" not in re.sub(r"&\S+|[^<]*\(javascript:[^<]*", "", html)
