"""An archive in French from its folder to its answers."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hashing_embedder import HashingEmbedder

from index import sync
from index.generations.generation import live_manifest
from qa import Retriever

PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head>
<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"""
PAGES = {
    "pont.html": (
        "Le pont de Vernoux fermé",
        "9 novembre 2012. - Le pont de Vernoux a été fermé aux camions parce que deux piliers se fissurent. Le maire,"
        " Armand Castel, promet des travaux avant la fin de l'hiver et demande à l'État de payer la moitié des frais.",
    ),
    "loup.html": (
        "Un loup photographié près de Sainte-Aube",
        "Un résumé pour les lecteurs pressés, avec les faits et les réactions de toutes les personnes concernées.",
        "1er août 2012. - Québec - Un piège automatique a photographié un loup près de Sainte-Aube, une première depuis"
        " quatre-vingts ans. Les éleveurs, qui ont perdu onze brebis en juillet, réclament des clôtures électriques.",
    ),
    "orchestre.html": (
        "Un orchestre joue dans le métro",
        "31 octobre 2012. - Cinquante musiciens ont interprété une symphonie dans le métro de la ville à l'heure de"
        " pointe. L'idée vient de la cheffe Judith Ancel, qui veut recommencer chaque mois jusqu'à l'été prochain.",
    ),
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, (title, *paragraphs) in PAGES.items():
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        (folder / name).write_text(PAGE.format(title=title, paragraphs=text), encoding="utf-8")
    return folder


@pytest.fixture
def retriever(corpus: Path, index: Path) -> Iterator[Retriever]:
    sync(corpus, index, embedder=HashingEmbedder())
    with Retriever.open(index, embedder=HashingEmbedder()) as opened:
        yield opened


def test_the_first_build_finds_the_language(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync(corpus, index, embedder=HashingEmbedder())
    assert live_manifest(index).fingerprint.language == "fr"

    (corpus / "pont.html").unlink()
    assert sync(corpus, index, embedder=HashingEmbedder()).embedded == 0
    assert live_manifest(index).fingerprint.language == "fr"

    monkeypatch.setenv("DATELINE_LANGUAGE", "de")
    sync(corpus, index, embedder=HashingEmbedder())
    assert live_manifest(index).fingerprint.language == "de"

    monkeypatch.delenv("DATELINE_LANGUAGE")
    sync(corpus, index, embedder=HashingEmbedder())
    assert live_manifest(index).fingerprint.language == "de"

    sync(corpus, index, full=True, embedder=HashingEmbedder())
    assert live_manifest(index).fingerprint.language == "fr"


def test_days_and_words_of_an_archive_in_french(retriever: Retriever) -> None:
    why = retriever.ask("Pourquoi le pont de Vernoux est-il fermé aux camions ?").passages[0]
    inflected = retriever.ask("Qui réclame une clôture électrique ?").passages[0]

    assert (why.article.path, why.article.published) == ("pont.html", date(2012, 11, 9))
    assert "parce que deux piliers" in why.quotation
    assert (inflected.article.path, inflected.article.published) == ("loup.html", date(2012, 8, 1))


def test_a_time_in_french_limits_what_is_found(retriever: Retriever) -> None:
    answer = retriever.ask("Qui a joué dans le métro en octobre 2012 ?")
    stories = retriever.ask("Que s'est-il passé le 1er août 2012 ?")

    assert answer.timeframe
    assert (answer.timeframe.since, answer.timeframe.until) == (date(2012, 10, 1), date(2012, 10, 31))
    assert [passage.article.path for passage in answer.passages] == ["orchestre.html"]
    assert (stories.verdict, stories.passages[0].article.path) == ("answered", "loup.html")


def test_a_question_in_another_language_is_said_to_be_one(retriever: Retriever) -> None:
    answer = retriever.ask("Who wants to play in the metro every month?")

    assert "Asked in English of articles in French: passages are found by meaning." in answer.notices
    assert answer.corrections == ()
    assert answer.reasons[0].startswith("The question is in English;")


def test_an_archive_of_two_languages_is_asked_in_both_by_words(corpus: Path, index: Path) -> None:
    bridge = (
        "The bridge of Oakford was closed to lorries because two of its piers are cracked, the mayor said on Friday."
    )
    for name in ("bridge", "wolf", "tram", "flood"):
        text = f"9 November 2012 - {bridge.replace('bridge', name)} She wants the county to pay half of the repairs."
        (corpus / f"{name}.txt").write_text(
            f"The {name} of Oakford\n\n{text} Nobody was hurt, but buses take the long way round.", encoding="utf-8"
        )
    report = sync(corpus, index, embedder=HashingEmbedder())
    assert report.languages == ("en", "fr")

    with Retriever.open(index, embedder=HashingEmbedder()) as retriever:
        french = retriever.ask("Pourquoi le pont de Vernoux est-il fermé aux camions ?")
        german = retriever.ask("Warum ist die Brücke von Vernoux für Lastwagen gesperrt?")

    assert french.passages[0].article.path == "pont.html"
    assert "parce que deux piliers" in french.passages[0].quotation
    assert not [notice for notice in french.notices if "Asked in" in notice]
    assert any(notice.startswith("Asked in German of articles in English") for notice in german.notices)
