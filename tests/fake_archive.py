"""A hand-written archive and a retriever over it that counts common words: what the page is tested with."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from memory_archive import MemoryArchive

from corpus import Article, UserError
from index.archive import Filter
from qa import Answer, ArchiveStatus, Passage, Quotation, QuoteCheck, Timeframe, Timeline
from qa.findings.coverage import Listing, by_unit, listing
from qa.findings.figures import Disagreement, Figure
from qa.findings.premise import Premise
from qa.findings.quotes import check_quote
from qa.findings.versions import latest
from qa.question.request import Request
from qa.question.words import checked

Day = date | str | None

MEMO = """More than fifty State Department officials have signed an internal memo that urges the United States to use \
military force against the government of Bashar al-Assad, a break with the policy of the White House.

The memo was sent through the dissent channel, which lets diplomats question a policy without fear of punishment. \
Fifty-one officials, most of them of middle rank, put their names to it. 🕊 They argue that the ceasefire will not hold \
while Damascus has nothing to fear.

President Obama has been wary of intervention, pointing to the messy results in Iraq, Afghanistan and Libya. His aides \
say that strikes could draw the country into a war with no clear end, and that Russia has forces on the ground.

Secretary of State John Kerry, in Copenhagen, called the memo an important statement and said he would talk with those \
who wrote it. The White House said that the president remains open to new ideas but sees no military solution.
"""
CLINTON = """Hillary Clinton wants a no-fly zone over northern Syria, a step that the president she served has refused.

As secretary of state she argued for arming moderate rebels. Her advisers say that safe areas would slow the flight of \
civilians to Turkey and Jordan and give the talks in Geneva some weight.
"""
BREXIT = """Britain has voted to leave the European Union, by 52 per cent to 48, after a campaign that split both main \
parties. Turnout was 72 per cent.

David Cameron said outside Downing Street that he would step down by the autumn. The pound fell to its lowest level \
since 1985.
"""
JUNO = """The spacecraft Juno has entered orbit around Jupiter after a journey of five years.

Its main engine burned for 35 minutes on the night of 4 July. Juno will study the planet's poles, its magnetic field \
and how much water its clouds hold.
"""
UNDATED = """A leader's wariness of intervention is often learned from the last war and applied to the next one.

That is how caution becomes doctrine, and how the messy results of one decade set the limits of another.
"""

ARTICLES = (
    Article("memo", "U.S. diplomats press for strikes on Assad", MEMO, "Dateline foreign desk", date(2016, 6, 17),
            ("Foreign desk", "Washington desk"), "https://www.example.org/2016/06/17/memo?a=1&b=2", "memo.txt"),
    Article("memo-copy", "Diplomats urge strikes against Assad", MEMO, "Dateline wire desk", date(2016, 6, 18),
            ("Wire desk",), "http://wire.example.org/memo", "wire/memo.txt"),
    Article("clinton", "Clinton would go further in Syria than Obama", CLINTON, "Dateline politics desk",
            date(2016, 6, 19), ("Politics desk",), "", "clinton.md"),
    Article("brexit", "Britain votes to leave the European Union", BREXIT, "Dateline Europe desk", date(2016, 6, 24),
            (), "https://example.org/brexit", "brexit.md"),
    Article("juno", "Juno arrives at Jupiter", JUNO, "Dateline science desk", date(2016, 7, 5), ("Science desk",),
            "ftp://example.org/juno", "science.jsonl"),
    Article("caution", "How caution becomes doctrine", UNDATED, "Dateline opinion desk", None, (), "", "caution.txt"),
)  # fmt: skip

FRENCH = (
    Article("pont", "Le pont de Vernoux rouvre", "Le pont de Vernoux a rouvert jeudi après trois ans de travaux.\n\n"
            "La maire, Odile Castan, a coupé le ruban devant 400 habitants. Le chantier a coûté 12 millions d’euros.",
            "La Dépêche de Vernoux", date(2012, 11, 9), ("Luc Arnal",), "https://depeche.example/pont", "pont.txt"),
    Article("neige", "Première neige sur le Valmorel", "La neige a bloqué le col du Valmorel dans la nuit de mardi.",
            "L’Écho du Valmorel", date(2012, 11, 1), (), "", "neige.txt"),
)  # fmt: skip

KETT = tuple(
    Article(
        name, f"Dam of Kett breaks: {name}", f"The dam of Kett broke and killed {number} people.", f"Kett {name}", day
    )
    for name, number, day in (("Post", 9, date(2011, 1, 11)), ("Mail", 15, date(2011, 1, 12)))
)

ORLANDO = (
    Article("first", "Nightclub shooting in Orlando", "Fifty people were killed at the Orlando nightclub on Sunday.",
            "Wire", date(2016, 6, 12)),
    Article("second", "Correction: Nightclub shooting in Orlando", "Forty-nine people were killed at the Orlando "
            "nightclub on Sunday.\n\nAn earlier version of this article gave another number.", "Wire",
            date(2016, 6, 13)),
)  # fmt: skip
MANY = tuple(
    Article(f"kett-{number:03}", f"Report {number} from Kett", f"Kett has news {number}.", "Kett Post",
            date(2011, 1, 1) + timedelta(number // 3))
    for number in range(120)
)  # fmt: skip
SAID = (
    Article("dam", "The dam of Kett", "“The dam will hold for a hundred years,” said Anna Weiss in Kett.", "Kett Post",
            date(2011, 1, 9)),
)  # fmt: skip
# Articles that have a copy: its id, and whether it is a later version.
COPIES = {"memo": ("memo-copy", False), "first": ("second", True)}

ATTACKS = (
    '<script>window.hacked="script"</script>',
    '<img src="http://203.0.113.1/pixel.png" onerror="window.hacked=1">',
    '"><svg onload="window.hacked=2">',
    "' onmouseover='window.hacked=3' x='",
    '<div style="position:fixed;inset:0;background:red">over</div>',
    '<form action="http://203.0.113.1/"><input name="q"><button>send</button></form>',
    "[a link](javascript:window.hacked=4) ![an image](http://203.0.113.1/md.png)",
    "<!-- a comment --><iframe src='http://203.0.113.1/'></iframe>",
    "</mark></p></article><style>body{display:none}</style>",
    "${window.hacked=5} {{constructor}} `${window.hacked=6}`",
    "&lt;script&gt; &amp;amp; \u202e right to left \u2066 \x1b[31m",
    '<a href="//203.0.113.1">x</a><base href="http://203.0.113.1/"><meta http-equiv="refresh" content="0">',
)


def hostile_articles() -> tuple[Article, ...]:
    """One article for each attack, with it in every field."""
    urls = ("javascript:window.hacked=7", 'https://203.0.113.1/"><script>window.hacked=8</script>', "data:text/html,x")
    return tuple(
        Article(
            id=f"hostile-{number}-{attack}",
            title=f"hostile headline {attack}",
            text=f"The hostile article {number} says {attack} here.\n\nA second hostile paragraph: {attack}",
            source=f"Outlet {attack}",
            published=date(2016, 6, number + 1),
            authors=(f"Author {attack}", attack),
            url=urls[number % len(urls)],
            path=f"hostile/{attack}.txt",
        )
        for number, attack in enumerate(ATTACKS)
    )


def words_of(text: str) -> set[str]:
    """The words of four letters and more, in lower case."""
    return set(re.findall(r"\w{4,}", text.lower()))


def passage_of(article: Article, question: str) -> Passage:
    """The two paragraphs, at most, around the sentence that shares most words with the question, and that sentence."""
    sentences = [found.span() for found in re.finditer(r"\S[^\n]*?[.:>](?=\s|$)|\S[^\n]+", article.text)]
    asked = words_of(question)
    best = max(sentences, key=lambda span: len(asked & words_of(article.text[slice(*span)])))
    start = article.text.rfind("\n\n", 0, best[0]) + 2 if "\n\n" in article.text[: best[0]] else 0
    end = article.text.find("\n\n", best[1])
    shared = len(asked & words_of(article.title + article.text)) / max(1, len(asked))
    end = len(article.text.rstrip()) if end < 0 else end
    return Passage(article, start, end, shared, {"keywords": shared / 2, "best_sentence": shared / 2}, (best,))


def with_copies(passage: Passage) -> Passage:
    """The passage with the copy that its article has, or as its later version has it."""
    copy, later = COPIES.get(passage.article.id, ("", False))
    passage = replace(passage, copies=(copy,), later=copy if later else "") if copy else passage
    return latest(passage, ORLANDO)


def differing(passages: Sequence[Passage]) -> tuple[Disagreement, ...]:
    """How many the dam of Kett killed, newest first, where both reports were found."""
    reports = sorted((passage for passage in passages if passage.article in KETT), key=lambda it: it.article.id)
    figures = [
        Figure(words, int(words), Quotation(passage.article, passage.start, passage.end))
        for passage in reports
        for words in re.findall(r"\d+", passage.text)
    ]
    return (Disagreement("killed", tuple(figures)),) if len(figures) > 1 else ()


def day(value: Day, name: str) -> date | None:
    """The day that is meant; UserError for other words, as the retriever has it."""
    try:
        return (date.fromisoformat(value) if value else None) if isinstance(value, str) else value
    except ValueError as error:
        message = f"“{value}” is not a date for “{name}”; write it as YYYY-MM-DD, like 2016-06-17."
        raise UserError(message) from error


@dataclass
class FakeRetriever:
    """Answers by counting common words; every public verb of `qa.Retriever` that the page uses."""

    articles: Sequence[Article] = ARTICLES
    model_ready: bool = True
    notices: tuple[str, ...] = ()

    def ask(self, question: str, history: Sequence[str] = (), *limits: Any, **named_limits: Any) -> Answer:
        names = ("k", "now", "since", "until", "sources", "authors")
        request = Request(question, **dict(zip(names, limits, strict=False)), **named_limits, history=history)
        return replace(self.answer(request), counted=None)

    reads = False

    def answer(self, request: Request, *, closely: bool = True) -> Answer:  # noqa: ARG002
        history = request.history
        question, now, since, until = request.question, request.now, request.since, request.until
        searched = f"{question} {history[-1]}" if history and question.startswith("What about") else question
        corrections = ()
        if "wery" in question and request.spelling:
            searched, corrections = searched.replace("wery", "wary"), ("“wery” was put right.",)
        passages = self.search(searched, len(self.articles), now, since, until, request.sources, request.authors)
        passages = [passage for passage in passages if passage.article.id not in request.without][: request.k]
        if "last week" in question:
            passages.sort(key=lambda passage: passage.article.published is None)
        answered = bool(passages) and passages[0].score >= 0.5
        timeframe = Timeframe(date(2016, 6, 13), date(2016, 6, 19), "window", "last week")
        days = sorted(passage.article.published for passage in passages if passage.article.published)
        return Answer(
            question=question,
            searched=searched,
            now=day(now, "now") or date(2016, 7, 5),
            verdict="answered" if answered else "not_in_corpus",
            confidence=0.9 if answered else 0.1,
            reasons=() if answered else ("No passage holds more than half of the question's words.",),
            timeframe=timeframe if "last week" in question and request.timeframe else None,
            notices=(*corrections, *self.notices),
            corrections=corrections,
            passages=tuple(passages),
            counted=lambda: by_unit(days),
            disagreements=differing(passages),
            premise=Premise("Putin", "Obama", passages[0].cited) if "Putin" in question and passages else None,
            timeline=Timeline(
                tuple(sorted((one.cited for one in passages if one.article.published), key=lambda it: it.age))
            )
            if request.timeline
            else None,
        )

    def search(
        self,
        question: str,
        k: int = 5,
        now: Day = None,
        since: Day = None,
        until: Day = None,
        sources: Sequence[str] = (),
        authors: Sequence[str] = (),
    ) -> list[Passage]:
        return self.passages(Request(question, now, since, until, sources, authors, k))

    def passages(self, request: Request) -> list[Passage]:
        question, sources, authors = request.question, request.sources, request.authors
        day(request.now, "now")
        first, last = day(request.since, "since") or date.min, day(request.until, "until") or date.max
        allowed = [
            article
            for article in self.articles
            if article.id not in [copy for copy, _ in COPIES.values()]
            and (not sources or article.source in sources)
            and (not authors or set(authors) & set(article.authors))
            and first <= (article.published or date.max) <= last
        ]
        passages = sorted((passage_of(article, checked(question)) for article in allowed), key=lambda it: -it.score)
        return [with_copies(passage) for passage in passages[: request.k]]

    def candidates(self, _: Request) -> frozenset[str]:
        return frozenset(article.id for article in self.articles)

    def related(self, article: Article, shown: Collection[str] = ()) -> list[Article]:
        return [one for one in self.articles if one.id not in {article.id, *shown}]

    def listing(self, request: Request, page: int = 0) -> Listing:
        sources = frozenset(request.sources) or None
        since, until = (
            found and found.toordinal() for found in (day(request.since, "since"), day(request.until, "until"))
        )
        return listing(MemoryArchive(self.articles), Filter(since, until, sources), page)

    def article(self, article_id: str) -> Article:
        for article in self.articles:
            if article.id == article_id:
                return article
        message = f"There is no article “{article_id}”."
        raise UserError(message)

    def check_quote(self, text: str) -> QuoteCheck:
        return check_quote(MemoryArchive(self.articles), text)

    def status(self) -> ArchiveStatus:
        days = [article.published for article in self.articles if article.published]
        sources: dict[str, int] = {}
        for article in self.articles:
            sources[article.source] = sources.get(article.source, 0) + 1
        return ArchiveStatus(
            generation="g1",
            corpus="corpus/articles",
            articles=len(self.articles),
            chunks=2 * len(self.articles),
            oldest=min(days, default=None),
            newest=max(days, default=None),
            sources=sources,
            built=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
            now=max(days, default=date(2026, 1, 2)),
            model="all-MiniLM-L6-v2",
            model_ready=self.model_ready,
            failed=0,
            notices=() if self.model_ready else ("The language model is still loading.",),
        )

    def examples(self, count: int = 4) -> list[str]:
        return [
            "Why is Obama wary of intervention?",
            "How many officials signed the memo?",
            "Who will step down after Britain voted to leave?",
            "When did Juno enter orbit around Jupiter?",
        ][: count if self.articles else 0]
