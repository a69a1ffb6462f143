"""What the reader is fitted to: own passages, passages without the answer, others."""

from dataclasses import replace
from datetime import date

import pytest
import torch

from benchmarks.fit_reader import bundled_weights, differences, first_weights
from benchmarks.reader_lessons import Question, Text, badly_cut, epoch, without_answer
from index.models.differences import with_differences

FIRE = Text(
    "fire",
    "Mill burns down",
    date(2024, 1, 15),
    ("A mill burned down.", "It began at 4.", "Nobody was hurt.", "It stood since 1890.", "The owner will rebuild it."),
)
FLOOD = Text("flood", "River rises", None, ("The river rose.", "Two roads were closed.", "Schools stay open."))
ASKED = Question("When was the mill built?", FIRE, (3,), "1890", "mixed", "train", style=-1.0, near=(FLOOD,))
MISSED = Question("Who owns the mill?", FIRE, (), "", "premise", "train", style=2.0)


@pytest.mark.parametrize(
    ("sentence", "cut_badly"),
    [
        ("He left. “", True),
        ('He left. "', True),
        ("” he said.", True),
        ("“He left.”", False),
        ('"He left," she said.', False),
    ],
)
def test_a_quotation_cut_in_two_is_seen(sentence: str, cut_badly: bool) -> None:
    assert badly_cut(replace(FIRE, sentences=("A mill burned down.", sentence))) is cut_badly


def test_a_passage_without_its_answer() -> None:
    cut = without_answer(ASKED)

    assert cut == replace(FIRE, sentences=FIRE.sentences[:3] + FIRE.sentences[4:])


@pytest.mark.parametrize(
    "question",
    [
        replace(ASKED, answer="mill"),  # The headline says it too.
        replace(ASKED, sentences=(0, 1, 3)),  # Two sentences are no passage.
    ],
)
def test_no_passage_where_the_answer_stands_twice_or_little_is_left(question: Question) -> None:
    assert without_answer(question) is None


def test_an_epoch_is_drawn_by_its_seed() -> None:
    questions = [ASKED] * 50 + [MISSED] * 50

    assert epoch(questions, 1) == epoch(questions, 1) != epoch(questions, 2)


def test_every_answered_lesson_has_its_answer_and_stands_beside_a_control() -> None:
    groups = epoch([ASKED] * 200, 1)
    pairs = [group for group in groups if group[0].question.endswith(ASKED.text)]

    assert len(pairs) == 200
    assert {own.question for own, _ in pairs} == {
        ASKED.text,
        f"A mill burned down. {ASKED.text}",  # as a quiz does, which first says what happened
        f"It began at 4. {ASKED.text}",
        f"Nobody was hurt. {ASKED.text}",
    }
    assert all(own.question == control.question for own, control in pairs)
    assert all(own.passage.sentences[own.sentences[0]] == FIRE.sentences[3] for own, _ in pairs)
    assert all(control.sentences == () and "1890" not in control.passage.whole for _, control in pairs)
    assert {control.passage.article for _, control in pairs} == {"fire", "flood"}
    assert {own.passage.published for own, _ in pairs} == {None, FIRE.published}
    assert {len(own.passage.sentences) for own, _ in pairs} == {4, 5}


def test_a_question_that_is_not_answered_has_its_style_and_no_sentence() -> None:
    lessons = [lesson for group in epoch([MISSED] * 40, 1) for lesson in group if lesson.question == MISSED.text]

    assert {(lesson.sentences, lesson.style) for lesson in lessons} == {((), 2.0)}
    assert 50 < len(lessons) < 70  # Such questions are seen one and a half times in an epoch.


def test_a_name_that_the_question_shares_is_exchanged() -> None:
    """In the control's passage alone, or in an own passage and its question as well; the answer stays."""
    oslo = Text("visit", "PUTIN VISITS OSLO", None, ("Putin arrived at 9.", "Snow fell.", "The king of Oslo met him."))
    when = Question("When did Putin arrive?", oslo, (0,), "9", "mixed", "train", near=(FLOOD,))
    who = Question("Whom did Ada Lovelace meet?", FIRE, (0,), "mill", "mixed", "train", near=(FLOOD,))

    groups = epoch([when] * 300 + [who] * 10, 1, exchange=True)
    pairs = [group for group in groups if group[0].question.startswith("When did")]
    said = {(own.question, own.passage.title) for own, _ in pairs}
    controls = {(each.question, each.passage.title) for _, each in pairs if each.passage.article == "visit"}

    assert said == {
        ("When did Putin arrive?", "PUTIN VISITS OSLO"),
        ("When did Ada arrive?", "ADA VISITS OSLO"),
        ("When did Lovelace arrive?", "LOVELACE VISITS OSLO"),
    }
    assert ("When did Putin arrive?", "ADA VISITS OSLO") in controls
    assert all("9" in own.passage.sentences[own.sentences[0]] for own, _ in pairs)


def test_weights_are_kept_as_thin_differences() -> None:
    fitted = first_weights()
    name = "encoder.layer.2.output.dense.weight"
    fitted[name] = fitted[name] + torch.ones(384, 1) @ torch.arange(1536.0)[None] / 1536

    kept = differences(bundled_weights(), {name: fitted[name], "words.bias": torch.ones(2)}, rank=1)

    assert {each: (value.shape, value.dtype) for each, value in kept.items()} == {
        f"{name}/left": ((384, 1), torch.bfloat16),
        f"{name}/right": ((1, 1536), torch.bfloat16),
        "words.bias": ((2,), torch.float32),
    }
    assert torch.allclose(with_differences(first_weights(), kept)[name], fitted[name], atol=0.01)
