"""Lines that an outlet puts into many articles: taken out where they are no news and often there."""

from dataclasses import replace

import pytest

from corpus import Article
from corpus.cleaning import Boilerplate

ASK = "Sign up for our newsletter to get the week in orbit."


def articles(count: int, line: str, source: str = "Orbit") -> list[Article]:
    return [Article(str(n), "Juno", f"Orbit {n}.\n\n{line}\n\nIt goes on.", source) for n in range(count)]


def cleaned(found: list[Article]) -> list[str]:
    lines = Boilerplate()
    for article in found:
        lines.count(article)
    return [lines.without(article).text for article in found]


def test_text_in_five_articles_of_an_outlet_is_removed() -> None:
    assert cleaned(articles(5, ASK)) == [f"Orbit {n}.\n\nIt goes on." for n in range(5)]


@pytest.mark.parametrize(
    "found",
    [articles(4, ASK), articles(4, ASK) + articles(1, ASK, "CNN"), articles(9, "Zika is spread by mosquitoes."),
     articles(1, "\n".join([ASK] * 9)), [replace(article, text=ASK) for article in articles(9, "")]],
    ids=["four times", "of two outlets", "news", "many times in one article", "nothing else"],
)  # fmt: skip
def test_text_that_is_kept(found: list[Article]) -> None:
    assert cleaned(found) == [article.text for article in found]


def test_an_article_without_boilerplate_is_unchanged() -> None:
    [article] = articles(1, "News.")

    assert Boilerplate().without(article) is article
