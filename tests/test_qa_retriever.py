"""`Retriever` from outside: what its verbs give, from many threads too, and while the model or the index changes."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from archives import write
from asking import AxesEmbedder, built, story
from hashing_embedder import HashingEmbedder
from hypothesis import example, given
from hypothesis import strategies as st

from corpus import UserError
from index import sync
from index.archive import Archive, Piece
from index.local import LocalArchive
from index.models.embedder import SentenceTransformerEmbedder, Vectors
from qa import Answer, Retriever
from qa.answer import UNREAD
from qa.loading import Models
from qa.reading.reader import Read, Reader, Unread

FILES = {
    "brexit.txt": story(
        "Britain votes to leave", "The pound fell after the vote. Cameron resigned.", date="2016-06-24", source="BBC"
    ),
    "juno.txt": story(
        "Juno at Jupiter", "The probe Juno entered orbit 🪐 round Jupiter.", date="2016-07-05", by="Ann Lee"
    ),
    "memo.txt": story(
        "Diplomats press for strikes", "Fifty-one officials signed the memo on Syria.", date="2016-06-17", source="BBC"
    ),
    "wire.txt": story(
        "Diplomats press for strikes", "Fifty-one officials signed the memo on Syria.", date="2016-06-18", source="CNN"
    ),
    "zika.jsonl": '{"id": "1", "title": "Zika in Rio", "text": "Doctors asked to move the Games.", "authors":'
    ' ["Ann Lee", "Bo Ray"], "url": "https://www.example.org/zika?utm_source=x", "source": "CNN"}\n{"id": "2"}\n',
}
QUESTIONS = [
    "How many officials signed the memo on Syria?",
    "Why did the pound fall?",
    "What is the latest on Juno?",
    "What happened to Cameron in June 2016?",
    "Who asked to move the Games, according to CNN?",
    "Who wons the World Cup?",
    '"entered orbit" -pound',
    "Wimbledon",
]


@pytest.fixture(scope="module")
def index_of_five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("five"), FILES)


@pytest.fixture
def retriever(index_of_five: Path) -> Iterator[Retriever]:
    with Retriever.open(index_of_five, embedder=HashingEmbedder()) as retriever:
        yield retriever


# What its verbs give


@pytest.mark.parametrize("question", QUESTIONS)
def test_search_gives_the_passages_of_ask(retriever: Retriever, question: str) -> None:
    passages = retriever.search(question, 3, date(2016, 7, 20), "2016-06-01", None, ["BBC", "CNN"], ())
    answer = retriever.ask(question, [], 3, date(2016, 7, 20), "2016-06-01", None, ["BBC", "CNN"], ())
    assert answer.passages == tuple(passages)
    assert [passage.as_json() for passage in passages] == answer.as_json()["passages"]


def test_an_answer(retriever: Retriever) -> None:
    question = "How many officials signed the memo on Syria?"
    answer = retriever.ask(f" {question}\n", now="2016-06-20")
    assert (answer.question, answer.searched, answer.now) == (question, question, date(2016, 6, 20))
    assert (answer.verdict, answer.answered, answer.timeframe, answer.notices) == ("answered", True, None, ())
    assert answer.reasons == ("The first passage speaks of “officials”, “signed”, “memo” and “Syria”.",)
    best = answer.passages[0]
    assert (best.article.id, best.copies) == ("wire.txt", ("memo.txt",))
    assert best.quotation == best.text == "Fifty-one officials signed the memo on Syria."
    assert len(answer.passages) == 3


def test_a_correction_is_among_the_notices(retriever: Retriever) -> None:
    answer = retriever.ask("How many officials signed the meemo?")
    assert answer.searched == "How many officials signed the memo?"
    assert answer.notices == answer.corrections
    assert "“meemo” is not in the archive; searched for “memo” instead." in answer.notices[0]


def test_what_is_not_in_the_archive(retriever: Retriever) -> None:
    answer = retriever.ask("Where is Wimbledon?")
    assert (answer.verdict, answer.answered) == ("not_in_corpus", False)
    assert answer.reasons == (
        "“Wimbledon” occurs in none of the 5 articles.",
        "The nearest passage has none of the question’s words.",
    )
    # The nearest are shown all the same.
    assert len(answer.passages) == 3


def test_filters_that_nothing_matches(retriever: Retriever) -> None:
    answer = retriever.ask("Where is Jupiter?", sources=["Reuters"])
    assert (answer.verdict, answer.confidence, answer.passages) == ("not_in_corpus", 0, ())
    assert answer.reasons == ("Nothing matches these filters; widen the dates, outlets or words.",)
    assert answer.notices == ("The archive has no outlet “Reuters”.",)


def test_the_day_it_is_asked_on_is_the_last_of_an_old_archive(retriever: Retriever) -> None:
    answer = retriever.ask("Where is Jupiter?")
    assert answer.now == retriever.status().now == date(2016, 7, 5)


JSON = {
    "question": str,
    "searched": str,
    "now": str,
    "verdict": str,
    "confidence": float,
    "reasons": list,
    "notices": list,
    "timeframe": dict,
    "passages": list,
}
TIMEFRAME_JSON = {"since": str, "until": str, "kind": str, "phrase": str}
PASSAGE_JSON = {
    "text": str,
    "score": float,
    "parts": dict,
    "start": int,
    "end": int,
    "highlights": list,
    "title": str,
    "source": str,
    "published": str,
    "authors": list,
    "url": str,
    "path": str,
    "article_id": str,
    "copies": list,
    "later": type(None),
}


def types(values: dict[str, object], names: dict[str, type]) -> dict[str, type]:
    return {name: type(values[name]) for name in names}


def test_an_answer_in_json(retriever: Retriever) -> None:
    answer = retriever.ask("What did officials sign in June 2016?", now="2016-07-20")
    written = answer.as_json()
    assert types(written, JSON) == JSON
    assert types(written["timeframe"], TIMEFRAME_JSON) == TIMEFRAME_JSON
    assert written["timeframe"]["since"] == "2016-06-01"
    assert written["timeframe"]["until"] == "2016-06-30"
    assert written["timeframe"]["kind"] == "window"
    assert written["timeframe"]["phrase"] == "in June 2016"
    assert (written["now"], written["verdict"]) == ("2016-07-20", "answered")
    assert written["confidence"] == pytest.approx(answer.confidence, abs=0.0001)
    first = written["passages"][0]
    assert types(first, PASSAGE_JSON) == PASSAGE_JSON
    assert first["parts"].keys() == answer.passages[0].parts.keys()
    assert {name: first[name] for name in PASSAGE_JSON if name not in ("score", "parts")} == {
        "text": "Fifty-one officials signed the memo on Syria.",
        "start": 0,
        "end": 45,
        "highlights": [[0, 45]],
        "title": "Diplomats press for strikes",
        "source": "CNN",
        "published": "2016-06-18",
        "authors": [],
        "url": "",
        "path": "wire.txt",
        "article_id": "wire.txt",
        "copies": ["memo.txt"],
        "later": None,
    }


def test_unknown_values_in_json(retriever: Retriever) -> None:
    written = retriever.ask("Who asked to move the Games?").as_json()
    assert written["timeframe"] is None
    first = written["passages"][0]
    assert (first["published"], first["authors"]) == (None, ["Ann Lee", "Bo Ray"])
    assert (first["article_id"], first["path"]) == (retriever.search("Games")[0].article.id, "zika.jsonl")
    assert first["url"] == "https://www.example.org/zika?utm_source=x"


def test_a_question_with_what_no_store_takes_is_cleaned_everywhere(retriever: Retriever) -> None:
    answer = retriever.ask("Who\x00 signed\ud800 the me\u00admo?", history=["Oba\ud800ma?"])
    assert answer.question == answer.searched == "Who signed the memo?"
    assert str(answer.as_json()).encode()


@pytest.mark.parametrize(
    "earlier", ["", " ?!", "source:BBC", "\ud800"], ids=["nothing", "marks", "operator", "surrogate"]
)
def test_an_earlier_question_that_asked_nothing_is_passed_over(retriever: Retriever, earlier: str) -> None:
    history = ["Where did Juno enter orbit?", earlier]
    assert retriever.ask("And in Rio?", history).searched == retriever.ask("And in Rio?", history[:1]).searched


def test_no_question_of_a_conversation_is_looked_for_twice(
    index_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    real = Models.vector

    def vector(self: Models, question: str, archive: Archive) -> Any:
        looked.append(question)
        return real(self, question, archive)

    monkeypatch.setattr(Models, "vector", vector)
    asked = ["Why is Obama wary of intervention?", "What about Clinton?", "When did Juno reach Jupiter?", "And Zika?"]
    with Retriever.open(index_of_five, embedder=HashingEmbedder()) as fresh:
        answers = [fresh.ask(question, history=asked[:place]) for place, question in enumerate(asked)]
        assert len(looked) == len(set(looked))
    # What is remembered answers as what is looked for.
    for place, answer in enumerate(answers):
        with Retriever.open(index_of_five, embedder=HashingEmbedder()) as fresh:
            assert fresh.ask(asked[place], history=asked[:place]) == answer


def test_what_is_wrong_with_a_request_is_told_in_a_conversation_too(retriever: Retriever) -> None:
    with pytest.raises(UserError, match=r"“soon”.*“until”"):
        retriever.ask("And in Rio?", ["Where did Juno enter orbit?"], until="soon")


PIECES = [
    "memo", "Syria", "why?", "and in Libya?", "he", "[", "(", ")", "*", "\\", "^", "+", "~", ":", "%", "_", "?", '"',
    "-", "“", "’s", 'source:"', "title:", "title:memo", "date:2016", "date:2016-06..", "date:x", "author:Lee", "-memo",
    "AND", "NOT", "in 2014", "last week", "since", "first", "U.S.", "10,000", "<b>", "http://x.y/z?q=1", "\n", "\x00",
    "\ud800", "戦争", "🪐",
]  # fmt: skip
TYPED = st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join) | st.text(max_size=30)


@pytest.fixture(scope="module")
def opened_once(index_of_five: Path) -> Iterator[Retriever]:
    with Retriever.open(index_of_five, embedder=HashingEmbedder()) as retriever:
        yield retriever


@given(question=TYPED, history=st.lists(TYPED, max_size=2))
@example(question="And (in Libya)?", history=["Where did Juno enter orbit?"])
@example(question="and [in Libya", history=["Where did Juno enter orbit?"])
def test_whatever_is_typed_gives_an_answer_or_says_that_nothing_is_asked(
    opened_once: Retriever, question: str, history: list[str]
) -> None:
    try:
        answer = opened_once.ask(question, history)
    except UserError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert "question is empty" in refusal or "beside the operators" in refusal
        return
    assert 0 <= answer.confidence <= 1
    assert str(answer.as_json()).encode()
    for passage in answer.passages:
        assert all(passage.start <= start < end <= passage.end for start, end in passage.highlights)


def test_a_correction_after_the_last_day_that_was_set_is_not_quoted(tmp_path: Path) -> None:
    rest = (
        "people were killed at the nightclub on Sunday, said the chief of police, who had been there since the morning."
    )
    files = {
        "first.txt": story("Nightclub", f"About fifty {rest}", date="2016-06-12"),
        "second.txt": story("Correction: Nightclub", f"Almost fifty {rest}", date="2016-06-14"),
    }
    asked = "How many people were killed at the nightclub?"
    with Retriever.open(built(tmp_path, files), embedder=HashingEmbedder()) as retriever:
        found = [retriever.ask(f"{asked} date:{days}").passages[0] for days in ("2016", "..2016-06-13", "..2016-06-14")]
    assert [passage.article.id for passage in found] == ["second.txt", "first.txt", "second.txt"]


def test_related_articles_are_near_to_one_and_not_shown_yet(retriever: Retriever) -> None:
    memo = retriever.article("memo.txt")
    related = [article.id for article in retriever.related(memo)]
    assert "memo.txt" not in related
    assert retriever.related(replace(memo, title="?")) == retriever.related(replace(memo, title="NOT")) == []
    for title in ("NOT Diplomats", "–Diplomats press for strikes", "title:Diplomats"):
        assert retriever.related(replace(memo, id="other", title=title)), title
    assert not set(related) & {one.id for one in retriever.related(memo, shown=related)}


def test_outlets_and_days_alone_list_their_articles(retriever: Retriever) -> None:
    answer = retriever.ask("source:BBC date:2016-06")
    assert answer.answered
    assert {(passage.article.source, str(passage.article.published)[:7]) for passage in answer.passages} == {
        ("BBC", "2016-06")
    }
    assert not retriever.ask("source:BBC date:1999").answered


# Other verbs


def test_an_article(retriever: Retriever) -> None:
    article = retriever.article("juno.txt")
    assert (article.title, article.published, article.authors) == ("Juno at Jupiter", date(2016, 7, 5), ("Ann Lee",))
    assert article.text == "The probe Juno entered orbit 🪐 round Jupiter."


@pytest.mark.parametrize("article_id", ["", "Juno.txt", "juno", "../juno.txt", "memo.txt#2", "%", "\x00"])
def test_an_unknown_article(retriever: Retriever, article_id: str) -> None:
    message = f"^There is no article “{article_id}” in the archive; take an id from a search\\.$"
    with pytest.raises(UserError, match=message):
        retriever.article(article_id)


def test_the_state_of_the_archive(retriever: Retriever, index_of_five: Path) -> None:
    status = retriever.status()
    assert status.generation == (index_of_five / "CURRENT").read_text().strip()
    assert status.corpus == str(index_of_five.parent / "corpus")
    assert (status.articles, status.chunks, status.failed) == (5, 5, 1)
    assert (status.oldest, status.newest) == (date(2016, 6, 17), date(2016, 7, 5))
    assert list(status.sources.items()) == [("BBC", 2), ("CNN", 2), ("", 1)]
    assert (status.model, status.model_ready, status.notices) == ("hashing", True, ())
    assert 0 <= (datetime.now(UTC) - status.built).total_seconds() < 3600


EXAMPLES = {
    0: [],
    1: ["Juno at Jupiter"],
    2: ["Juno at Jupiter", "Diplomats press for strikes"],
    100: [
        "Juno at Jupiter",
        "Britain votes to leave",
        "Diplomats press for strikes",
        "Zika in Rio",
    ],
}


@pytest.mark.parametrize("count", EXAMPLES)
def test_examples_are_different_headlines_the_newest_first(retriever: Retriever, count: int) -> None:
    assert retriever.examples(count) == EXAMPLES[count]


def test_an_empty_archive(tmp_path: Path) -> None:
    with Retriever.open(built(tmp_path, {}), embedder=HashingEmbedder()) as retriever:
        status = retriever.status()
        assert (status.articles, status.chunks, status.oldest, status.newest, status.sources) == (0, 0, None, None, {})
        assert retriever.examples() == []
        assert retriever.search("Who signed the memo?") == []
        answer = retriever.ask(
            "Who signed the memo in May 2016?", history=["Why?"], sources=["BBC"], since="2016-01-01"
        )
    assert (answer.verdict, answer.confidence, answer.passages) == ("not_in_corpus", 0, ())
    assert answer.reasons == ("The archive is empty.",)


# Opening and closing


def test_a_closed_retriever_is_used_no_more(index_of_five: Path) -> None:
    retriever = Retriever.open(index_of_five, embedder=HashingEmbedder())
    with retriever as same:
        assert same is retriever
        assert retriever.search("memo")
    uses: list[Callable[[], object]] = [
        lambda: retriever.search("memo"),
        lambda: retriever.ask("memo"),
        lambda: retriever.article("memo.txt"),
        retriever.status,
        retriever.examples,
    ]
    for use in uses:
        with pytest.raises(ValueError, match="closed"):
            use()
    retriever.close()


def test_the_index_in_the_settings_is_the_default(index_of_five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_INDEX", str(index_of_five))
    with Retriever.open(embedder=HashingEmbedder()) as retriever:
        assert retriever.status().articles == 5


# Many threads, and the same every time


def asked(retriever: Retriever, number: int) -> Answer:
    question = QUESTIONS[number % len(QUESTIONS)]
    history = [QUESTIONS[number % 3]] if number % 4 == 0 else []
    return retriever.ask(question, history, k=1 + number % 5, now=[None, "2016-06-20", "2016-07-20"][number % 3])


def test_eight_threads_get_what_one_gets(retriever: Retriever) -> None:
    alone = [asked(retriever, number) for number in range(50)]

    def all_of_them(thread: int) -> bool:
        # Each in an order of its own, so that unlike questions meet.
        order = [(thread * 7 + number * 11) % 50 for number in range(50)]
        return all(asked(retriever, number) == alone[number] for number in order)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(all_of_them, range(8))) == [True] * 8


def test_the_same_question_gives_the_same_answer_each_time_and_from_each_retriever(
    retriever: Retriever, index_of_five: Path
) -> None:
    answers = [retriever.ask(question, now="2016-07-20") for question in QUESTIONS]
    assert [retriever.ask(question, now="2016-07-20") for question in QUESTIONS] == answers
    with Retriever.open(index_of_five, embedder=HashingEmbedder()) as other:
        assert [other.ask(question, now="2016-07-20") for question in reversed(QUESTIONS)] == answers[::-1]


# A new generation


def test_a_new_generation_is_noticed_without_opening_again(corpus: Path, index: Path) -> None:
    embedder = HashingEmbedder()
    sync(write(corpus, FILES), index, embedder=embedder)
    with Retriever.open(index, embedder=embedder) as retriever:
        before = retriever.status()
        assert retriever.ask("Who won at Wimbledon?").verdict == "not_in_corpus"
        write(corpus, {"wimbledon.txt": story("Murray wins Wimbledon", "Murray won at Wimbledon.", date="2016-07-10")})
        (corpus / "juno.txt").unlink()
        report = sync(corpus, index, embedder=embedder)
        answer = retriever.ask("Who won at Wimbledon?")
        after = retriever.status()
        assert (answer.verdict, answer.passages[0].quotation) == ("answered", "Murray won at Wimbledon.")
        assert (before.articles, after.articles, after.newest) == (5, 5, date(2016, 7, 10))
        assert before.generation != after.generation == report.generation
        with pytest.raises(UserError, match=r"no article “juno\.txt”"):
            retriever.article("juno.txt")
        assert all(passage.article.id != "juno.txt" for passage in retriever.search("Juno at Jupiter", k=100))


# What the reader adds


class PoundReader(Reader):
    """Sees an answer in "The pound fell" alone, in its last word."""

    def __init__(self) -> None:
        self.read_so_far: list[Unread] = []

    def begin(self, passage: Unread) -> Future[Read | None]:
        self.read_so_far.append(passage)
        said = Future[Read | None]()
        said.set_result(self._said(passage))
        return said

    @staticmethod
    def _said(passage: Unread) -> Read:
        answers = [passage.article.text[slice(*span)].startswith("The pound fell") for span in passage.sentences]
        place = passage.article.text.find("fell")
        return Read(
            0.0,
            tuple(9.0 if each else -9.0 for each in answers),
            {answers.index(True): (place, place + 4)} if any(answers) else dict.fromkeys(range(len(answers)), (0, 1)),
        )


OFFICIALS = "How many officials signed the memo on Syria, and how far fell the pound?"


def test_what_the_reader_sees_is_quoted_and_comes_first(index_of_five: Path) -> None:
    with Retriever.open(index_of_five, embedder=HashingEmbedder(), reader=PoundReader()) as retriever:
        found, answer = retriever.search(OFFICIALS, k=4), retriever.ask(OFFICIALS, k=4)
    assert {passage.article.id for passage in found} == {passage.article.id for passage in answer.passages}
    quoted = {passage.article.id: passage for passage in answer.passages}["brexit.txt"]
    assert quoted.quotation == "The pound fell after the vote."
    assert quoted.answer
    assert quoted.article.text[slice(*quoted.answer)] == "fell"
    assert quoted.parts["reader"] > 0.4
    assert [passage.score for passage in answer.passages] == sorted(
        (each.score for each in answer.passages), reverse=True
    )
    assert all(passage.answer is None and "reader" not in passage.parts for passage in found)


@pytest.mark.parametrize("k", [1, 2])
def test_how_many_passages_are_asked_for_does_not_change_what_is_read(index_of_five: Path, k: int) -> None:
    with Retriever.open(index_of_five, embedder=HashingEmbedder(), reader=PoundReader()) as retriever:
        assert retriever.ask(OFFICIALS, k=k).passages == retriever.ask(OFFICIALS, k=4).passages[:k]


class DayReader(PoundReader):
    """Doubts the day that is asked for, where the pound fell."""

    def begin(self, passage: Unread) -> Future[Read | None]:
        day = passage.question.index("2016")
        said, known = super().begin(passage).result(), Future[Read | None]()
        odds = 2.0 if "pound" in passage.article.text else -9.0
        known.set_result(said and replace(said, none=12.0, doubts=(((day, day + 4), odds),)))
        return known


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("How far fell the pound on 3 July 2016?", "The nearest report does not mention “3 July 2016”."),
        ("How far fell the pound in March 2016?", "The nearest report does not mention “March 2016”."),
        ("How many officials signed the memo on Syria on 3 July 2016?", None),
    ],
)
def test_a_day_is_doubted_where_another_time_answers_and_the_verdict_stays(
    tmp_path: Path, asked: str, told: str | None
) -> None:
    pound = story("Pound", "The pound fell on 24 June 2016. It rained.", date="2016-06-25")
    with Retriever.open(
        built(tmp_path, FILES | {"pound.txt": pound}), embedder=HashingEmbedder(), reader=DayReader()
    ) as retriever:
        answer, within = retriever.ask(asked, k=9), retriever.search(asked, k=9)
    assert (answer.premise and answer.premise.sentence) == told
    assert answer.verdict == "not_in_corpus"
    assert {passage.article.id for passage in answer.passages} == {passage.article.id for passage in within}


def test_an_archive_in_another_language_is_not_read_and_the_answer_says_so(tmp_path: Path) -> None:
    reader = PoundReader()
    index = built(tmp_path, FILES, DATELINE_LANGUAGE="fr")
    with Retriever.open(index, embedder=HashingEmbedder(), reader=reader) as retriever:
        answer = retriever.ask("officials memo")
    assert (answer.notices, reader.read_so_far) == ((UNREAD,), [])
    assert answer.passages


@pytest.mark.parametrize("text", ["ok", "I had toast for breakfast", "12 34 56 78 90", "Thanks a lot!"])
def test_what_asks_nothing_is_answered_with_a_request_for_a_question(retriever: Retriever, text: str) -> None:
    answer = retriever.ask(text)
    assert (answer.verdict, answer.confidence, answer.passages) == ("not_in_corpus", 0, ())
    assert answer.reasons[0].startswith("Ask a question")
    assert retriever.search(text) == []


# The latest


AGENDA = ("bridge", "school", "parking", "library", "river", "lights", "market", "pool", "waste", "harbour", "tram")
COUNCIL = {
    f"{day}.txt": story(
        f"Council votes on the {what}",
        f"The council meeting was about the {what}. The {what} will cost {day} million euros, said the {what} officer.",
        date=f"2016-07-{day:02}",
    )
    for day, what in enumerate(AGENDA, start=3)
}
FISH = {
    f"fish-{day}.txt": story(f"{day} tons of herring", f"Boat {day} came home with herring.", date=f"2016-07-{day:02}")
    for day in range(1, 14)
}


@pytest.mark.parametrize(
    "question",
    [
        "last council meeting",
        "What happened at the last council meeting?",
        "What is the latest council meeting about?",
        "Which vote did the council take in its most recent meeting?",
    ],
)
def test_the_latest_of_eleven_reports_comes_first(council: Retriever, question: str) -> None:
    passages = council.ask(question, now="2016-07-13").passages
    assert [passage.article.path for passage in passages] == ["13.txt", "12.txt", "11.txt", "10.txt", "9.txt"]


def test_the_earliest_report_comes_first(council: Retriever) -> None:
    first, *_ = council.ask("What was the earliest council meeting about?", now="2016-07-13").passages
    assert first.article.path == "3.txt"


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    model = AxesEmbedder("council meeting vote", "herring boat")
    with Retriever.open(built(tmp_path_factory.mktemp("council"), COUNCIL | FISH, model), embedder=model) as retriever:
        yield retriever


# The model in the background


LOADING = "The language model is still loading: until it is there, passages are found by words and dates alone."


class Gate:
    """Stands in for loading the model: it waits until it is let go, then loads or fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self.error: Exception | None = None
        hashing = HashingEmbedder()

        def encode(_: SentenceTransformerEmbedder, texts: Sequence[str]) -> Vectors:
            assert self.go.wait(600)
            if self.error:
                raise self.error
            return hashing.encode(texts)

        for name in ("encode", "encode_questions"):
            monkeypatch.setattr(SentenceTransformerEmbedder, name, encode)
        monkeypatch.setattr("qa.retriever.Reader", lambda: None)
        monkeypatch.setenv("DATELINE_MODEL", "hashing")

    @staticmethod
    def threads() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "dateline-model"]

    def settle(self) -> None:
        """Let it go, and wait until it has ended."""
        self.go.set()
        for thread in self.threads():
            thread.join(600)
        assert self.threads() == []


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(monkeypatch)
    yield gate
    gate.settle()


def test_without_waiting_answers_come_at_once_and_say_that_the_model_is_loading(
    index_of_five: Path, gate: Gate, retriever: Retriever
) -> None:
    question = "How many officials signed the memo on Syria?"
    with Retriever.open(index_of_five, wait=False) as waking:
        early = waking.ask(question, now="2016-06-20")
        assert not gate.go.is_set()  # So it was not waited for: on a busy machine a clock tells less.
        assert (early.notices, waking.status().notices, waking.status().model_ready) == ((LOADING,), (LOADING,), False)
        assert (early.verdict, early.passages[0].article.id) == ("answered", "wire.txt")
        assert early.passages[0].parts["meaning"] == 0
        # By words alone, what has none of them is not found.
        assert [passage.article.id for passage in early.passages] == ["wire.txt"]
        assert waking.search("Wimbledon") == []

        gate.settle()

        late = waking.ask(question, now="2016-06-20")
        assert (late.notices, waking.status().notices, waking.status().model_ready) == ((), (), True)
        assert late == retriever.ask(question, now="2016-06-20")


def test_the_vectors_are_opened_while_the_model_loads(index_of_five: Path, gate: Gate) -> None:
    with Retriever.open(index_of_five, wait=False) as waking, waking._live.use() as archive:
        generation, until = archive.generation, time.monotonic() + 600
        while "_vector_store" not in vars(generation) and time.monotonic() < until:
            time.sleep(0.01)
        assert "_vector_store" in vars(generation)
        assert not gate.go.is_set()
        gate.settle()


def test_a_model_that_cannot_be_loaded_leaves_the_words_and_a_notice_of_the_cure(
    index_of_five: Path, gate: Gate
) -> None:
    gate.error = UserError("The model “hashing” could not be loaded; set DATELINE_MODEL to another.")
    with Retriever.open(index_of_five, wait=False) as retriever:
        assert retriever.status().notices == (LOADING,)
        gate.settle()
        answer = retriever.ask("How many officials signed the memo on Syria?")
        [notice] = answer.notices
        assert notice.startswith("The model “hashing” could not be loaded; set DATELINE_MODEL to another.")
        assert notice.endswith(" Passages are found by words and dates alone.")
        assert (retriever.status().notices, retriever.status().model_ready) == ((notice,), False)
        assert (answer.verdict, answer.passages[0].article.id) == ("answered", "memo.txt")


def test_closing_while_the_model_loads_is_no_error(index_of_five: Path, gate: Gate) -> None:
    with Retriever.open(index_of_five, wait=False) as retriever:
        assert retriever.search("memo")
    gate.settle()  # An exception in a thread would fail the test.
    with pytest.raises(ValueError, match="closed"):
        retriever.status()


def test_waiting_a_model_that_cannot_be_loaded_is_an_error_and_lets_go_of_the_index(
    corpus: Path, index: Path, gate: Gate
) -> None:
    sync(write(corpus, FILES), index, embedder=HashingEmbedder())
    first = (index / "CURRENT").read_text().strip()
    gate.error = UserError("The model “hashing” could not be loaded; set DATELINE_MODEL to another.")
    gate.go.set()
    with pytest.raises(UserError, match="“hashing” could not be loaded") as raised:
        Retriever.open(index)
    # A generation that is held open is not deleted; the one before the live one stays in any case.
    for text in ("Once more.", "And once more."):
        write(corpus, {"new.txt": story("New", text)})
        sync(corpus, index, embedder=HashingEmbedder())
    assert raised.value.args
    assert not (index / "generations" / first).exists()


def test_waiting_answers_have_the_model(index_of_five: Path, gate: Gate) -> None:
    gate.go.set()
    with Retriever.open(index_of_five) as retriever:
        assert (retriever.status().model_ready, retriever.status().notices) == (True, ())
        assert len(retriever.search("Wimbledon")) == 3


def test_an_answer_found_by_words_alone_says_so_even_if_the_model_comes_meanwhile(
    index_of_five: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates = LocalArchive.candidates

    def slow_candidates(*arguments: Any) -> list[Piece]:
        gate.settle()
        return candidates(*arguments)

    monkeypatch.setattr(LocalArchive, "candidates", slow_candidates)
    with Retriever.open(index_of_five, wait=False) as retriever:
        answer = retriever.ask("How many officials signed the memo on Syria?")
        assert answer.notices == (LOADING,)
        assert answer.verdict == "answered"
        assert retriever.status().model_ready
