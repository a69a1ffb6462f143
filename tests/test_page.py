"""How answers look: every string escaped, every quotation an exact slice, both verdicts told apart."""

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fake_archive import ARTICLES, ATTACKS, FakeRetriever, hostile_articles

from corpus import Article, UserError
from qa import Answer, ArchiveStatus, Passage, Timeframe
from qa.answer import LOADING
from qa.findings.coverage import by_unit
from qa.findings.premise import Premise
from qa.page import views as page
from qa.page.exchange import Exchange
from qa.page.languages import period, speaking
from qa.page.markup import escape, marked, quotation
from qa.page.views import _TEMPLATES
from qa.question.request import Request
from qa.web.inquiry import Inquiry

RETRIEVER = FakeRetriever()
# Where every character counts; elsewhere browsers collapse white space.
_EXACT = ("body", "passage", "mark", "quotation", "blockquote")
VOID = {"br", "hr", "img", "input", "meta", "link"}
# Every element that the page may consist of; whatever else turns up came out of an article.
ELEMENTS = """
a article aside bdi blockquote br button code dd details div dl dt fieldset figcaption figure h1 h2 h3 header i input
kbd label legend li mark nav ol option p q section select span summary textarea time ul
"""


class Reader(HTMLParser):
    """What a browser would make of the markup: elements with their attributes, and the text in chosen ones."""

    def __init__(self, html: str, wanted: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.wanted = wanted
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.comments: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        self.texts = [text if wanted in _EXACT else " ".join(text.split()) for text in self.texts]
        assert not self.open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        inside = bool(self.wanted) and (tag == self.wanted or self.wanted in attributes.get("class", "").split())
        if inside:
            self.texts.append("")
        if tag not in VOID:
            self.open.append((tag, inside))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag, "elements are nested well"

    def handle_data(self, data: str) -> None:
        self.text += data
        if any(inside for _, inside in self.open):
            self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def answer(question: str = "Why is Obama wary of intervention?", retriever: FakeRetriever = RETRIEVER) -> Answer:
    return retriever.ask(question)


def shown(question: str = "Why is Obama wary of intervention?") -> str:
    return conversation([turn(answer(question))], 0)


def inquiry(question: str, *, order: Any = "relevance", **limits: Any) -> Inquiry:
    return Inquiry(Request(question, **limits), order)


def turn(reply: Answer, **chosen: Any) -> Exchange:
    return Exchange.of(inquiry(reply.question, **chosen), reply, RETRIEVER.article)


def part(name: str, *values: object) -> str:
    """What a macro of parts.html makes of some values."""
    return str(getattr(_TEMPLATES.globals["parts"], name)(*values))


def conversation(turns: Sequence[Exchange], shown: int) -> str:
    return page.filled("conversation", exchanges=turns, shown=shown, composes=False)


def tools(status: ArchiveStatus) -> str:
    return page.filled("filter", status=status)


def rail(status: ArchiveStatus) -> str:
    return page.filled("rail", status=status)


def masthead(status: ArchiveStatus, trouble: str = "") -> str:
    return page.filled("masthead", status=status, trouble=trouble, writable=False)


def front(status: ArchiveStatus, examples: Sequence[str] = (), corpus: Path | None = None) -> str:
    return page.filled("front", status=status, examples=examples, corpus=corpus)


def slices(passage: Passage) -> list[str]:
    return [passage.article.text[start:end] for start, end in passage.highlights]


@pytest.mark.parametrize(
    ("highlights", "html"),
    [
        ((), "a&lt;b&gt;c"),
        (((1, 4),), "a<mark>&lt;b&gt;</mark>c"),
        (((0, 2), (1, 5)), "<mark>a&lt;</mark><mark>b&gt;c</mark>"),
        (((3, 4), (0, 1)), "<mark>a</mark>&lt;b<mark>&gt;</mark>c"),
        (((9, 12),), "a&lt;b&gt;c"),
        (((2, 2),), "a&lt;b&gt;c"),
    ],
    ids=["none", "one", "overlapping", "out of order", "outside", "empty"],
)
def test_marks_are_slices(highlights: tuple[tuple[int, int], ...], html: str) -> None:
    assert marked("a<b>c", 0, 5, highlights) == html


def test_offsets_count_code_points() -> None:
    text = "👩‍🚀 One 🕊 two 𝔘 three. Four."
    start, end = text.index("two"), text.index(" Four")
    assert marked(text, 0, len(text), [(start, end)]) == "👩‍🚀 One 🕊 <mark>two 𝔘 three.</mark> Four."


def test_paragraphs_keep_every_character_and_never_cut_a_highlight() -> None:
    text = "One.\n\nTwo.\n \n Three."
    passage = Passage(Article("a", "Numbers", text), 0, len(text), 1.0, {})
    html = quotation(passage)
    assert html == '<p dir="auto">One.</p>\n\n<p dir="auto">Two.</p>\n \n <p dir="auto">Three.</p>'
    html = quotation(replace(passage, highlights=((0, 10),)))
    assert html == '<p dir="auto"><mark>One.\n\nTwo.</mark></p>\n \n <p dir="auto">Three.</p>'


def test_an_article_of_many_paragraphs_is_shown_at_once() -> None:
    text = "It was.\n\n" * 40_000
    began = time.process_time()
    html = page.article(Article("long", "Long", text))
    assert html.count("<p dir=") == 40_000
    assert time.process_time() - began < 8  # once the time grew with the square of the length


ANSWERS = {
    "inside": ((4, 8), "It <mark>w<b>as &lt;</b>5</mark>."),
    "all of it": ((3, 9), "It <mark><b>was &lt;5</b></mark>."),
    "beyond it": ((0, 5), "It <mark><b>wa</b>s &lt;5</mark>."),
    "elsewhere": ((0, 2), "It <mark>was &lt;5</mark>."),
    "none": (None, "It <mark>was &lt;5</mark>."),
}


@pytest.mark.parametrize(("answer", "html"), ANSWERS.values(), ids=ANSWERS)
def test_the_words_that_answer_are_bold_inside_the_mark(answer: tuple[int, int] | None, html: str) -> None:
    assert marked("It was <5.", 0, 10, [(3, 9)], answer) == html


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_viewer_marks_exactly_the_passage(article: Article) -> None:
    text = article.text
    passage = Passage(article, 30, len(text) - 40, 1.0, {}, ((40, 60), (len(text) - 70, len(text) - 45)))
    html = page.viewer(replace(answer(), passages=(passage,)), 0, 0)
    assert "".join(Reader(html, "passage").texts) == passage.text
    assert Reader(html, "mark").texts == slices(passage)
    assert Reader(html, "body").texts == [text]


def test_viewer_leads_to_the_other_passages_of_the_answer() -> None:
    five = answer()
    assert [len(five.passages), five.passages[0].article.id] == [5, "memo"]
    first, last = page.viewer(five, 2, 0), page.viewer(five, 2, 4)
    assert "Passage 1 of 5" in first
    assert re.search(r'data-turn="2" data-passage="-1" disabled>Previous', first)
    assert re.search(r'data-turn="2" data-passage="1">Next', first)
    assert re.search(r'data-turn="2" data-passage="3">Previous', last)
    assert re.search(r'data-turn="2" data-passage="5" disabled>Next', last)


def test_an_answer_is_led_by_its_best_sentence() -> None:
    html = shown()
    best = answer().passages[0]
    assert Reader(html, "blockquote").texts == [best.quotation]
    assert best.quotation.startswith("President Obama has been wary of intervention, pointing to the messy results in")
    assert Reader(html, "figcaption").texts[0] == "[1]Dateline foreign desk, 17 June 2016"
    assert Reader(html, "asked").texts == ["Why is Obama wary of intervention?"]


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [((2.0, True), (3.0, True), 1), ((3.0, False), (2.0, True), 1), ((3.0, False), (2.0, False), 0)],
    ids=["the better one", "one with a marked sentence", "the better of two without"],
)
def test_what_is_quoted_first_need_not_come_first(
    first: tuple[float, bool], second: tuple[float, bool], place: int
) -> None:
    passages = tuple(
        replace(passage, score=score, highlights=passage.highlights if has_mark else ())
        for passage, (score, has_mark) in zip(answer().passages, (first, second), strict=False)
    )
    html = conversation([turn(replace(answer(), passages=passages))], 0)
    assert Reader(html, "blockquote").texts == [passages[place].quotation]
    assert Reader(html, "figcaption").texts[0].startswith(f"[{place + 1}]")


def test_a_second_card_of_an_article_stands_back() -> None:
    one, other = answer().passages[:2]
    html = conversation([turn(replace(answer(), passages=(one, other, one)))], 0)
    assert re.findall(r'<li class="([^"]*)" data-position', html) == ["card", "card", "card again"]


def test_cards_quote_word_for_word() -> None:
    html = shown()
    passages = answer().passages
    assert Reader(html, "quotation").texts == [passage.text for passage in passages]
    assert Reader(html, "mark").texts == [text for passage in passages for text in slices(passage)]
    assert Reader(html, "number").texts == ["[1]", "[2]", "[3]", "[4]", "[5]"]
    assert "By Foreign desk, Washington desk" in Reader(html).text
    [copies] = Reader(html, "copies").texts
    assert copies == (
        "and 1 copy Dateline wire desk, 18 June 2016 Read: Diplomats urge strikes against Assad"
        " Read at wire.example.org (in a new tab)"
    )
    assert Reader(html, "dl").texts[0] == "keywords0.50 best sentence0.50 score1.00"


def test_a_refusal_looks_different() -> None:
    html = shown("Which penguins toured Antarctica?")
    assert Reader(html, "verdict").texts == ["Not in this archive"]
    assert "No passage holds more than half" in html
    assert "none of them answers the question" in html
    assert "not_in_corpus" in html
    assert "blockquote" not in html
    assert "blockquote" in shown()


def test_a_refusal_under_filters_says_what_is_found_without_them() -> None:
    refused = turn(answer("Which penguins toured Antarctica?"), sources=("BBC & Co",), since="2016-06-18")
    assert refused.limits == ["since 18 June 2016", "BBC & Co"]
    assert "Search without filters" not in conversation([refused], 0)
    days = [date(2016, 6, 17), date(2016, 6, 18), date(2016, 6, 18)]
    for unlimited, words in (
        (answer(), "an answer, with 5 passages on the subject"),
        (replace(answer(), counted=lambda: by_unit(days)), "an answer, with 3 articles on the subject"),
        (refused.answer, "no answer either"),
    ):
        html = conversation([replace(refused, unlimited=unlimited)], 0)
        [limits] = Reader(html, "limits").texts
        assert limits.startswith(f"Only searched: since 18 June 2016, BBC & Co. Without these filters there is {words}")
        offered = re.search(r'data-query="([^"]*)">Search without filters', html)
        assert offered
        assert offered[1] == escape(refused.inquiry.unlimited.query)
    misled = replace(refused.answer, premise=Premise("17 June", "", answer().passages[0].cited))
    html = conversation([replace(refused, answer=misled, unlimited=refused.answer)], 0)
    assert Reader(html, "limits").texts == ["Only searched: since 18 June 2016, BBC & Co."]
    window = Timeframe(None, date(2016, 6, 17), "window", "until June")
    assert replace(refused, inquiry=inquiry("Why?"), answer=replace(refused.answer, timeframe=window)).limits == [
        "until 17 June 2016"
    ]


def test_what_was_found_without_the_model_is_asked_again_in_one_click() -> None:
    assert "Ask again" not in shown()
    early = turn(replace(answer(), notices=(LOADING,)))
    assert f'data-query="{escape(early.inquiry.query)}">Ask again' in conversation([early], 0)


ENGLISH_ARTICLE = Article(
    "a",
    "The bridge is shut",
    "The bridge over the river has been shut since Tuesday, the mayor said. The work will take three months and will"
    " cost 12 million euros, according to the county. People take the ferry, which leaves every hour, until then.",
)


def test_quotation_marks_are_not_doubled() -> None:
    for words in ("“We must,” he said.", 'She said: "No."', "«Non»", "‘Yes’, they said."):
        assert part("quote", words, ENGLISH_ARTICLE).startswith('<q class="marked"')
    for words in ("He said “no” twice.", "It is the players’", ""):
        assert part("quote", words, ENGLISH_ARTICLE).startswith('<q dir="auto"')


FRENCH_ARTICLE = Article(
    "b",
    "Le pont est fermé",
    "Le pont de la ville est fermé depuis mardi, a dit le maire. Les travaux vont durer trois mois et coûteront douze"
    " millions d’euros, selon les services de la région. Les habitants prendront le bac qui part toutes les heures.",
)
DUTCH_ARTICLE = Article(
    "c",
    "De brug is dicht",
    "De brug over de rivier is sinds dinsdag dicht, zei de burgemeester. Het werk gaat drie maanden duren en kost"
    " twaalf miljoen euro, volgens de provincie. De inwoners nemen zolang de veerboot, die elk uur vertrekt.",
)


def test_what_is_quoted_in_another_language_than_the_page_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    assert part("quote", "Le pont", FRENCH_ARTICLE).startswith('<q lang="fr"')
    assert part("headline", FRENCH_ARTICLE) == '<span lang="fr">Le pont est fermé</span>'
    assert '<div class="body" lang="fr">' in page.article(FRENCH_ARTICLE)
    assert part("headline", DUTCH_ARTICLE) == '<span lang="nl">De brug is dicht</span>'
    with speaking("fr"):
        assert part("headline", FRENCH_ARTICLE) == "Le pont est fermé"
        assert part("headline", ENGLISH_ARTICLE) == '<span lang="en">The bridge is shut</span>'
    assert part("headline", replace(FRENCH_ARTICLE, text="Fermé mardi.")) == "Le pont est fermé"  # too short to tell
    # Whoever reads English news in English does not need the recogniser.
    monkeypatch.setitem(sys.modules, "py3langid", None)
    assert part("headline", ENGLISH_ARTICLE) == "The bridge is shut"


def test_a_refusal_without_passages_promises_none() -> None:
    html = conversation([turn(replace(answer("penguins"), passages=()))], 0)
    assert "Not in this archive" in html
    assert "nearest" not in html


def test_an_answer_without_highlights_is_led_by_its_whole_passage() -> None:
    best = replace(answer().passages[0], highlights=())
    html = conversation([turn(replace(answer(), passages=(best,)))], 0)
    assert Reader(html, "blockquote").texts == [best.text]
    assert "<mark>" not in html


@pytest.mark.parametrize(
    ("timeframe", "words"),
    [
        (Timeframe(date(2016, 6, 13), date(2016, 6, 19), "window", "last week"), "Only 13 to 19 June 2016 (last week)"),
        (Timeframe(date(2016, 3, 1), None, "window", "since March"), "Only since 1 March 2016 (since March)"),
        (Timeframe(None, None, "preference", "latest", "newest"), "Favouring the newest (latest)"),
    ],
    ids=["window", "open", "order"],
)
def test_what_was_understood_is_said(timeframe: Timeframe, words: str) -> None:
    understood = replace(answer(), timeframe=timeframe, searched="Why was he wary?", notices=("A notice & more.",))
    html = conversation([turn(understood)], 0)
    assert Reader(html, "understood").texts == [
        f"As of 5 July 2016 {words} Search without {words} Searched as Why was he wary?"
    ]
    assert Reader(html, "notices").texts == ["A notice & more."]


def test_every_limit_is_a_chip_that_leads_to_the_question_without_it() -> None:
    asked = inquiry(
        "Why?",
        since="2016-06-13",
        until="2016-06-19",
        now="2016-06-20",
        sources=("BBC", "Sky & Co"),
        order="newest",
        history=("Who is <he>?",),
    )
    reply = replace(answer(), timeframe=Timeframe(None, None, "preference", "latest", "newest"), searched="Why he?")
    reply = replace(reply, corrections=("“Whi” was put right.",), notices=("“Whi” was put right.", "A notice."))
    html = conversation([Exchange(asked, reply)], 0)
    assert Reader(html, "notices").texts == ["A notice."]
    crosses = [attributes["data-query"] for tag, attributes in Reader(html).tags if attributes.get("class") == "cross"]
    assert [Inquiry.read(query) for query in crosses] == [
        asked.limited(now=None),
        asked.limited(since=None, until=None),
        asked.limited(sources=("Sky & Co",)),
        asked.limited(sources=("BBC",)),
        replace(asked, order="relevance"),
        asked.limited(timeframe=False),
        asked.limited(spelling=False),
        asked.limited(history=()),
    ]
    ignored = conversation([Exchange(asked.limited(timeframe=False), answer())], 0)
    assert "Time phrase ignored" in ignored
    as_written = conversation([Exchange(asked.limited(spelling=False), answer())], 0)
    assert "Spelling not corrected" in as_written


def test_bars_say_their_days_and_lead_to_them() -> None:
    published = [date(2016, 6, 17), date(2016, 6, 19), date(2016, 6, 19)]
    html = conversation([turn(replace(answer(), counted=lambda: by_unit(published)))], 0)
    bars = [attributes for _, attributes in Reader(html).tags if "article" in attributes.get("aria-label", "")]
    assert [bar["aria-label"] for bar in bars if "title" in bar] == [
        "17 June 2016: 1 article",
        "19 June 2016: 2 articles",
    ]
    assert "q=Why" in bars[-1]["data-query"]
    assert bars[-1]["data-query"].endswith("since=2016-06-19&until=2016-06-19")
    assert "3 articles on this subject, by day" in html
    assert "over-time" not in conversation([turn(replace(answer(), counted=lambda: by_unit(published[1:])))], 0)


def test_further_passages_are_offered_while_there_may_be_some() -> None:
    assert "passages=10" in shown()
    assert "Show more" not in conversation([turn(answer(), k=10)], 0)
    assert "Show more" not in conversation([turn(answer(), k=50)], 0)


def test_the_filter_lists_the_outlets_with_their_numbers() -> None:
    html = tools(replace(RETRIEVER.status(), sources={"B & C": 1200, "": 3}))
    assert Reader(html, "choice").texts == ["Outlets B & C 1,200"]
    assert 'min="2016-06-17" max="2016-07-05"' in html
    assert 'class="choice"' not in tools(FakeRetriever(()).status())
    assert "Find an outlet" not in html
    assert "Find an outlet" in tools(replace(RETRIEVER.status(), sources={f"{n}": 1 for n in range(11)}))


def test_nothing_is_said_of_a_question_searched_as_it_stands() -> None:
    assert Reader(shown(), "understood").texts == ["As of 5 July 2016"]
    assert "notices" not in shown()


def test_earlier_answers_are_folded_below() -> None:
    questions = ["Why is Obama wary?", "Any penguins?", "When did Juno enter orbit?"]
    turns = [turn(answer(question)) for question in questions]
    html = conversation(turns, 2)
    assert Reader(html, "asked").texts == questions[::-1]
    assert Reader(html, "gist").texts == [
        "Not in this archive.",
        f"{turns[0].answer.passages[0].quotation} Dateline foreign desk, 17 June 2016",
    ]
    assert html.count("<blockquote>") == 1
    assert conversation(turns, 0).index("blockquote") > conversation(turns, 0).index("Any penguins")


def test_a_copy_that_is_gone_is_left_out() -> None:
    def gone(article_id: str) -> Article:
        raise UserError(article_id)

    assert Exchange.of(inquiry("Why?"), answer(), gone).copies == {}
    assert "copies" not in conversation([Exchange.of(inquiry("Why?"), answer(), gone)], 0)


def test_what_an_article_lacks_is_not_invented() -> None:
    bare = Article("bare", "", "Only text.")
    assert part("headline", bare) == "No headline"
    assert Reader(part("dateline", bare)).text == "undated"
    assert Reader(part("dateline", replace(bare, path="a/b.txt"))).text == "a/b.txt"
    assert part("byline", bare) == part("source_link", bare) == ""
    passage = Passage(bare, 0, 10, 0.5, {})
    lone = replace(answer(), passages=(passage,))
    assert "By " not in page.viewer(lone, 0, 0)
    assert Reader(conversation([turn(lone)], 0), "quotation").texts == ["Only text."]


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://www.example.org/a?b=1&c=2", "https://www.example.org/a?b=1&c=2"),
        ("HTTP://example.org", "HTTP://example.org"),
        ('https://example.org/"onclick="x', 'https://example.org/"onclick="x'),
        (r"http://evil.example\@bbc.co.uk/", None),
        ("http://bbc.co.uk@evil.example/", None),
        ("https://bbc.co.uk /", None),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" https://example.org", None),
        ("//example.org", None),
        ("ftp://example.org/a", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("http://[half", None),
        ("", None),
    ],
)
def test_only_web_addresses_become_links(url: str, href: str | None) -> None:
    tags = Reader(part("source_link", Article("a", "t", "x", url=url))).tags
    links = [attributes for tag, attributes in tags if tag == "a"]
    assert [link["href"] for link in links] == ([href] if href else [])
    assert all(link["rel"] == "noopener noreferrer nofollow" and link["target"] == "_blank" for link in links)


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (date(2016, 6, 13), date(2016, 6, 19), "13 to 19 June 2016"),
        (date(2016, 5, 2), date(2016, 7, 29), "2 May to 29 July 2016"),
        (date(2015, 6, 2), date(2016, 6, 2), "2 June 2015 to 2 June 2016"),
        (date(2016, 5, 2), date(2016, 5, 2), "2 May 2016"),
        (date(2016, 5, 2), None, "since 2 May 2016"),
        (None, date(2016, 5, 2), "until 2 May 2016"),
        (None, None, "at any time"),
    ],
)
def test_periods_in_words(since: date | None, until: date | None, words: str) -> None:
    assert period((since, until)) == words


def test_masthead_has_the_facts() -> None:
    html = masthead(RETRIEVER.status())
    assert Reader(html, "facts").texts == [
        "6 articles 6 outlets 17 June to 5 July 2016 Indexed 2 January 2026, 03:04 UTC "
        "English Deutsch Español Français Italiano Português DarkLight"
    ]
    waking = FakeRetriever(model_ready=False).status()
    assert "still loading" in Reader(masthead(waking), "state").texts[0]
    assert "3 items could not be read" in masthead(replace(waking, failed=3))
    assert "No articles yet" in masthead(FakeRetriever(()).status())
    assert "undated" in masthead(replace(waking, oldest=None, newest=None))
    assert "outlet" not in masthead(replace(waking, sources={"": 6}))
    assert "failed: No <folder>." in Reader(masthead(waking, trouble="No <folder>."), "state").text


def test_outlets_beyond_the_first_are_counted() -> None:
    status = replace(RETRIEVER.status(), sources={f"Outlet {number}": 20 - number for number in range(15)} | {"": 3})
    assert "and 3 more" in rail(status)
    assert rail(replace(status, sources={"": 3})) == ""


def test_front_page_offers_examples_and_an_empty_archive_says_what_to_do() -> None:
    status = RETRIEVER.status()
    assert Reader(front(status, RETRIEVER.examples()), "examples").texts[0].startswith("Why is Obama wary")
    empty = FakeRetriever(()).status()
    assert "code" not in front(empty, ())
    assert Reader(front(empty, (), Path("my <news>")), "code").texts == ["my <news>"]


def test_hostile_articles_stay_text() -> None:
    retriever = FakeRetriever(hostile_articles())
    for attack in ATTACKS:
        reply = retriever.ask(f"hostile {attack}", k=20)
        reply = replace(reply, notices=(attack,), reasons=(attack,), searched=attack)
        chosen = {"sources": (attack,), "history": (attack,)}
        turns = [turn(reply, **chosen), turn(replace(reply, verdict="answered"), **chosen)]
        status = replace(retriever.status(), notices=(attack,))
        pages = [
            *(conversation(turns, number) for number in (0, 1)),
            *(page.viewer(reply, 0, number) for number in range(len(reply.passages))),
            masthead(status),
            tools(status),
            rail(status),
            front(status, [attack]),
        ]
        for html in pages:
            read = Reader(html)
            assert {tag for tag, _ in read.tags} <= set(ELEMENTS.split())
            assert not read.comments
            for _, attributes in read.tags:
                assert not [name for name in attributes if name.startswith("on") or name in {"src", "action"}]
                assert re.fullmatch(r"|height: \d+%", attributes.get("style", ""))
                assert attributes.get("href", "https://").startswith(("https://", "?q=", "?article=", "#question"))


def test_hostile_passages_are_quoted_word_for_word() -> None:
    retriever = FakeRetriever(hostile_articles())
    reply = replace(retriever.ask("hostile article", k=20), verdict="answered")
    html = conversation([turn(reply)], 0)
    assert Reader(html, "quotation").texts == [passage.text for passage in reply.passages]
    for number, passage in enumerate(reply.passages):
        assert Reader(page.viewer(reply, 0, number), "body").texts == [passage.article.text]


def test_a_carriage_return_survives_the_parser() -> None:
    assert escape("a\r\nb & 'c' \"d\"") == "a&#13;\nb &amp; &#39;c&#39; &#34;d&#34;"


@pytest.mark.parametrize(
    ("question", "reasons"),
    [
        ("Why is Obama wary of a war?", ["It has 3 of the 3 words of the question: Obama, wary, war."]),
        ("Pourquoi Obama est-il hostile à une war ?", ["It has 2 of the 3 words of the question: Obama, war."]),
        ("Who sings?", ["It is close to the question in meaning."]),
    ],
)
def test_why_a_passage_was_found_is_told_by_words_that_tell(question: str, reasons: list[str]) -> None:
    reply = answer("Why is Obama wary of intervention?")
    exchange = turn(replace(reply, question=question, searched=question))

    assert exchange.why(reply.passages[0]) == reasons
