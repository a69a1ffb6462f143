"""What a conversation, operators and outlets do to an answer, end to end."""

from collections.abc import Iterator

import pytest
from archives import write
from hashing_embedder import HashingEmbedder

from index import sync
from qa import Retriever, UserError

FILES = {
    "a-cnn.txt": "Obama wary of war\nSource: CNN\nDate: 2016-06-17\n\nObama is wary of intervention in Syria.\n",
    "b-bbc.txt": "Clinton on Syria\nSource: BBC News\nDate: 2016-06-20\n\nClinton is wary of Russia in Syria.\n",
    "c-bbc.txt": "Syria talks\nSource: BBC News\nDate: 2016-07-02\n\nTalks on Syria began in Geneva. Obama was away.\n",
    "d-plain.txt": "Libya after the war\n\nThe war in Libya had messy results, and Syria was next.\n",
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder = tmp_path_factory.mktemp("asked")
    embedder = HashingEmbedder()
    sync(write(folder / "corpus", FILES), folder / "index", embedder=embedder)
    with Retriever.open(folder / "index", embedder=embedder) as retriever:
        yield retriever


def paths(retriever: Retriever, question: str) -> set[str]:
    return {passage.article.path for passage in retriever.search(question, k=10)}


def test_a_follow_up_is_completed_from_the_question_before(retriever: Retriever) -> None:
    answer = retriever.ask("What about Clinton?", history=["Why is Obama wary of intervention?"])

    assert answer.question == "What about Clinton?"
    assert answer.searched == "Why is Clinton wary of intervention?"


def test_a_follow_up_of_a_follow_up(retriever: Retriever) -> None:
    history = ["Why is Obama wary of intervention?", "", "What about Clinton?"]

    assert retriever.ask("and in Libya?", history=history).searched == "Why is Clinton wary of intervention in Libya?"


def test_a_whole_question_is_left_alone(retriever: Retriever) -> None:
    question = "Where did talks on Syria begin?"

    assert retriever.ask(question, history=["Why is Obama wary of intervention?"]).searched == question


CASES = {
    "source": ("Syria source:BBC", {"b-bbc.txt", "c-bbc.txt"}),
    "unknown source": ("Syria source:Reuters", set()),
    "dates leave out the undated": ("Syria date:2016-06", {"a-cnn.txt", "b-bbc.txt"}),
    "phrase": ('Syria "talks on"', {"c-bbc.txt"}),
    "phrase that stands nowhere": ('Libya "messy talks"', {"b-bbc.txt", "c-bbc.txt", "d-plain.txt"}),
    "excluded": ("Syria -Obama", {"b-bbc.txt", "d-plain.txt"}),
    "excluded phrase": ('Syria -"the war"', {"a-cnn.txt", "b-bbc.txt", "c-bbc.txt"}),
    "title": ("title:Clinton", {"b-bbc.txt"}),
    "title and source": ("title:Syria source:CNN", set()),
}


@pytest.mark.parametrize(("question", "expected"), CASES.values(), ids=CASES)
def test_operators_limit_both_halves(retriever: Retriever, question: str, expected: set[str]) -> None:
    assert paths(retriever, question) == expected


def test_the_operators_of_a_question_narrow_what_the_caller_set(retriever: Retriever) -> None:
    assert not retriever.search("Syria source:CNN", sources=["BBC News"])
    answer = retriever.ask("Syria date:2015", since="2016-06-01")
    assert "“date:”" in answer.notices[0]
    assert "ignored" in answer.notices[0]


def test_phrases_that_are_not_in_the_archive_are_reported(retriever: Retriever) -> None:
    notices = retriever.ask('Libya "messy talks" source:Reuters').notices

    assert any("“messy talks” was found nowhere" in notice for notice in notices)
    assert "The archive has no outlet “Reuters”." in notices


KEPT = {
    "without quotes": ("What of Obamma and Syriaa?", "What of Obama and Syria?"),
    "in double quotes": ('What of Obamma and "Syriaa"?', 'What of Obama and "Syriaa"?'),
    "in printed quotes": ("What of Obamma and “Syriaa”?", 'What of Obama and "Syriaa"?'),
}


@pytest.mark.parametrize(("question", "searched"), KEPT.values(), ids=KEPT)
def test_quotes_take_a_correction_back(retriever: Retriever, question: str, searched: str) -> None:
    assert retriever.ask(question).searched == searched


def test_words_to_leave_out_alone_ask_nothing(retriever: Retriever) -> None:
    with pytest.raises(UserError, match=r"operators; add"):
        retriever.ask("-Libya")


def test_a_question_without_a_subject_is_not_answered(retriever: Retriever) -> None:
    answer = retriever.ask("What will happen next?")

    assert answer.verdict == "not_in_corpus"
    assert answer.reasons == ("The question names nothing to look for; say what it is about.",)


def test_a_pasted_article_is_no_question(retriever: Retriever) -> None:
    with pytest.raises(UserError, match=r"6,000 characters.*5,000"):
        retriever.ask("Syria " * 999 + "Syrias")
