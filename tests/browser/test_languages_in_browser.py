"""The page in the reader's language, in Chromium: a French archive that is read in French, then in German."""

from collections.abc import Callable
from typing import Any

from test_page_in_browser import ask

Visit = Callable[..., Any]
Violations = Callable[[Any], list[dict[str, Any]]]
# Words of the English page that are no words of the French one.
ENGLISH = {"the", "this", "archive", "article", "answers", "read", "search", "of", "from", "passage"} - {
    "archive", "article", "passage",
}  # fmt: skip


def shown(page: Any) -> str:
    return str(page.locator(".html-container").inner_text())


def test_the_page_speaks_french_to_a_french_browser(visit: Visit, violations: Violations) -> None:
    page = visit("french", language="fr-CA")

    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator("#question input").get_attribute("placeholder") == "Posez une question aux archives"
    assert page.locator(".facts").inner_text().split("\n")[:3] == [
        "2 articles",
        "2 médias",
        "du 1er au 9 novembre 2012",
    ]
    ask(page, "Qui a coupé le ruban du pont de Vernoux ?")
    assert page.locator("#message").inner_text() == "Réponse avec 2 passages."
    assert page.locator(".lead").inner_text().split("\n")[-1] == "[1]La Dépêche de Vernoux, 9 novembre 2012"
    assert page.title() == "Qui a coupé le ruban du pont de Vernoux ? – Dateline"
    page.get_by_role("button", name="Lire l’article").first.click()
    page.wait_for_selector(".reading")
    assert page.locator(".reading .position").inner_text() == "Passage 1 sur 2"
    assert not {*shown(page).lower().split()} & ENGLISH
    assert violations(page) == []


def test_what_goes_wrong_is_told_in_french_too(visit: Visit) -> None:
    page = visit("french", language="fr")

    page.locator("#question input").fill("?")
    page.locator("#ask").click()
    page.wait_for_selector("#message .trouble")
    assert page.locator("#message").inner_text().startswith("La question est vide")
    ask(page, "Combien de girafes le zoo de Tokyo a-t-il vendues ?")
    assert page.locator(".refusal .verdict").inner_text() == "Absent de ces archives"


def test_a_reader_chooses_another_language_and_it_stays(visit: Visit) -> None:
    page = visit("french", language="fr")
    ask(page, "Qui a coupé le ruban du pont de Vernoux ?")

    page.locator("[data-language]").select_option("de")
    page.wait_for_selector("text=Neues Gespräch")
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.locator(".lead time").inner_text() == "9. November 2012"
    page.reload()
    page.wait_for_selector("text=Neues Gespräch")
    page.locator("[data-language]").select_option("en")
    page.wait_for_selector("text=New conversation")
    assert page.locator(".lead time").inner_text() == "9 November 2012"
    page.evaluate("localStorage.clear()")
