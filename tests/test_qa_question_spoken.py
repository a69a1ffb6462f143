"""Which language a question is in."""

import pytest

from corpus.languages import language
from qa.question.words import asked_kind, asks_for_news, spoken_in, telling


@pytest.mark.parametrize(
    ("usual", "question", "spoken"),
    [
        ("en", "Why is Obama wary of intervention?", "en"),
        ("en", "la la land", "en"),
        ("en", "de la Hoya fight", "en"),
        ("en", "Brexit", "en"),
        ("en", "Pourquoi Obama hésite-t-il ?", "fr"),
        ("en", "Wer gewann die Wahl?", "de"),
        ("en", "¿Quién ganó las elecciones?", "es"),
        ("en", "Quem venceu as eleições?", "pt"),
        ("en", "Chi ha vinto le elezioni?", "it"),
        ("fr", "Quels villages ont été coupés du monde ?", "fr"),
        ("fr", "Where was Nolwenn Le Goff's film shot?", "en"),
        ("fr", "What security measures protect the market?", "en"),
        ("fr", "Who won?", "en"),
        ("en", "Comment l'île a-t-elle voté ?", "fr"),
        ("en", "Was the island told?", "en"),
        ("fr", "grève à Bruxelles", "fr"),
        ("nl", "Wie won de verkiezingen?", "nl"),
    ],
)
def test_the_language_of_a_question(usual: str, question: str, spoken: str) -> None:
    assert spoken_in(question, usual) == spoken


@pytest.mark.parametrize(
    ("code", "question", "kind"),
    [
        ("fr", "Quand la Loire avait-elle gelé ?", "time"),
        ("fr", "Combien de marins ont été sauvés ?", "number"),
        ("fr", "Qui succède à Hubert Lapointe ?", "name"),
        ("fr", "Pour quelle raison a-t-il démissionné ?", "reason"),
        ("de", "Wie viele Matrosen wurden gerettet?", "number"),
        ("de", "Weshalb trat er zurück?", "reason"),
        ("es", "¿Dónde se rodó la película?", "name"),
        ("pt", "Por que o ministro renunciou?", "reason"),
        ("it", "Quanti marinai sono stati salvati?", "number"),
        ("it", "Che cosa ha detto?", ""),
    ],
)
def test_what_a_question_asks_for(code: str, question: str, kind: str) -> None:
    assert asked_kind(question, code) == kind


def test_small_words_tell_nothing() -> None:
    assert telling("Qui a été élu à l'Académie ?", language("fr").small) == ["élu", "l'Académie"]
    assert telling("Wer wurde in Köln gewählt?", language("de").small) == ["Köln", "gewählt"]


@pytest.mark.parametrize(
    ("code", "question", "news"),
    [("fr", "Que s'est-il passé ?", True), ("de", "Was ist geschehen?", True), ("es", "¿Qué pasó en Madrid?", False)],
)
def test_news_of_a_time(code: str, question: str, news: bool) -> None:
    assert asks_for_news(question, code) is news
