"""Time in questions of other languages than English."""

from datetime import date

import pytest

from qa.question.glossed import read_timeframe_in

NOW = date(2012, 11, 14)  # a Wednesday


@pytest.mark.parametrize(
    ("code", "question", "phrase", "since", "until"),
    [
        ("fr", "Qui a gagné la semaine dernière ?", "la semaine dernière", "2012-11-05", "2012-11-11"),
        ("fr", "Que s'est-il passé en novembre 2012 ?", "en novembre 2012", "2012-11-01", "2012-11-30"),
        ("fr", "Qui a démissionné le 9 novembre 2012 ?", "le 9 novembre 2012", "2012-11-09", "2012-11-09"),
        ("fr", "Que dit le maire depuis mars ?", "depuis mars", "2012-03-01", ""),
        ("fr", "Les ventes entre mai et juillet 2012", "entre mai et juillet 2012", "2012-05-01", "2012-07-31"),
        ("fr", "De mai à juillet 2012, qui a chanté ?", "De mai à juillet 2012", "2012-05-01", "2012-07-31"),
        ("fr", "Qui est mort il y a trois jours ?", "il y a trois jours", "2012-11-10", "2012-11-12"),
        ("fr", "En 2011, combien de loups ?", "En 2011", "2011-01-01", "2011-12-31"),
        ("fr", "Qui a parlé avant le 1er août 2012 ?", "avant le 1er août 2012", "", "2012-07-31"),
        ("fr", "Les nouvelles de novembre 2012", "de novembre 2012", "2012-11-01", "2012-11-30"),
        ("fr", "Qui a voté lundi dernier ?", "lundi dernier", "2012-11-12", "2012-11-12"),
        ("de", "Wer gewann letzte Woche?", "letzte Woche", "2012-11-05", "2012-11-11"),
        ("de", "Was geschah am 9. November 2012?", "am 9. November 2012", "2012-11-09", "2012-11-09"),
        ("de", "Wer trat im Jahr 2011 zurück?", "im Jahr 2011", "2011-01-01", "2011-12-31"),
        ("de", "Wie viele starben 2011?", "2011", "2011-01-01", "2011-12-31"),
        ("de", "Was sagt sie seit März?", "seit März", "2012-03-01", ""),
        ("de", "Was geschah vor drei Wochen?", "vor drei Wochen", "2012-10-22", "2012-10-28"),
        ("de", "Wer starb Ende Oktober?", "Ende Oktober", "2012-10-21", "2012-10-31"),
        ("es", "¿Quién ganó la semana pasada?", "la semana pasada", "2012-11-05", "2012-11-11"),
        ("es", "¿Qué dijo el 9 de noviembre de 2012?", "el 9 de noviembre de 2012", "2012-11-09", "2012-11-09"),
        ("es", "¿Quién murió hace dos meses?", "hace dos meses", "2012-09-01", "2012-09-30"),
        ("pt", "Quem venceu na semana passada?", "na semana passada", "2012-11-05", "2012-11-11"),
        ("pt", "O que disse em 9 de novembro?", "em 9 de novembro", "2012-11-09", "2012-11-09"),
        ("pt", "Quem morreu há três dias?", "há três dias", "2012-11-10", "2012-11-12"),
        ("it", "Chi ha vinto la settimana scorsa?", "la settimana scorsa", "2012-11-05", "2012-11-11"),
        ("it", "Che cosa disse il 9 novembre 2012?", "il 9 novembre 2012", "2012-11-09", "2012-11-09"),
        ("it", "Chi era presidente nel 2011?", "nel 2011", "2011-01-01", "2011-12-31"),
        ("en", "Who won last week?", "last week", "2012-11-05", "2012-11-11"),
    ],
)
def test_windows(code: str, question: str, phrase: str, since: str, until: str) -> None:
    found = read_timeframe_in(code, question, NOW)

    assert found
    assert (found.kind, found.phrase, question[found.start : found.end]) == ("window", phrase, phrase)
    assert (found.since, found.until) == tuple(date.fromisoformat(day) if day else None for day in (since, until))


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("fr", "Qui a gagné les élections de 2012 ?"),
        ("fr", "Que fera-t-elle la semaine prochaine ?"),
        ("fr", "Que trouve-t-on sur la planète Mars ?"),
        ("de", "Was wird nächste Woche eröffnet?"),
        ("es", "¿Quién ganó las elecciones de 2012?"),
        ("fr", "Qui a gagné ?"),
    ],
)
def test_no_time_beyond_doubt(code: str, question: str) -> None:
    assert read_timeframe_in(code, question, NOW) is None


@pytest.mark.parametrize(
    ("code", "question", "order"),
    [
        ("fr", "Qu'a-t-il dit récemment ?", None),
        ("de", "Wer führt derzeit?", "newest"),
        ("it", "la più recente", "newest"),
    ],
)
def test_preferences(code: str, question: str, order: str | None) -> None:
    found = read_timeframe_in(code, question, NOW)

    assert found
    assert (found.kind, found.order) == ("preference", order)
