"""What the reader is fitted to: own passages, passages without the answer, others."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from benchmarks.reader_lessons import (
    NOTHING,
    Lesson,
    Question,
    Text,
    badly_cut,
    epoch,
    without_answer,
    written_questions,
)
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


OSLO = Text(
    "visit",
    "PUTIN VISITS OSLO",
    date(2024, 1, 15),
    ("Putin arrived in March at 9.", "Merkel saw the snow fall.", "The king of Oslo met him."),
)
WHEN = Question("When did Putin arrive in March?", OSLO, (0,), "9", "mixed", "train", near=(FLOOD,))
WHO = Question("Whom did Trump meet?", FIRE, (0,), "mill", "mixed", "train", near=(FLOOD,))


def visits(groups: list[tuple[Lesson, ...]]) -> list[tuple[Lesson, Lesson]]:
    """Own lesson and control of the questions on the visit, without those put after a sentence."""
    return [(group[0], group[1]) for group in groups if group[0].question.startswith("When did")]


def test_a_mention_is_exchanged_in_question_or_passage_and_doubted() -> None:
    """A name by another of its kind, of other questions or of the passage; a month by another month."""
    controls = [each for _, each in visits(epoch([WHEN] * 600 + [WHO] * 10, 1, exchange=True)) if each.nearly]
    doubted = {each.question[slice(*each.doubted)] for each in controls if each.doubted}

    assert {"Putin", "Trump", "Merkel", "March", "April"} <= doubted
    assert "9" not in doubted
    assert all(each.sentences == () and "arrived" in each.passage.sentences[each.nearly[0]] for each in controls)
    for each in controls:
        mention = each.question[slice(*each.doubted)] if each.doubted else ""
        stands = mention.casefold() in each.passage.whole.casefold()
        assert stands == (mention in ("Merkel", "Oslo"))  # names of the passage that do not answer
    assert {each.passage.title for each in controls} == {"PUTIN VISITS OSLO", "TRUMP VISITS OSLO"}
    assert all(each.passage.published is None for each in controls if "March" not in each.passage.whole)


def test_a_name_is_exchanged_in_an_own_passage_and_its_question_and_not_doubted() -> None:
    said = {(own.question, own.passage.title) for own, _ in visits(epoch([WHEN] * 600 + [WHO] * 10, 1, exchange=True))}
    doubts = {own.doubted for own, _ in visits(epoch([WHEN] * 600 + [WHO] * 10, 1, exchange=True))}

    assert ("When did Trump arrive in March?", "TRUMP VISITS OSLO") in said
    assert ("When did Putin arrive in April?", "PUTIN VISITS OSLO") in said
    assert all(question.split()[2].upper() in title for question, title in said)
    assert doubts == {NOTHING}


def test_the_one_strange_name_of_a_written_false_premise_is_doubted() -> None:
    missed = replace(MISSED, text="Why did David Cole burn down the mill?")
    unknown = replace(MISSED, text="Why did David Cole burn down the mill of Oslo?")
    lessons = [lesson for [lesson] in epoch([missed, unknown] * 10, 1) if "mill" in lesson.question]

    assert {lesson.question[slice(*lesson.doubted)] for lesson in lessons if lesson.doubted} == {"David Cole"}
    assert {lesson.doubted for lesson in lessons if "Oslo" in lesson.question} == {None}


def test_a_false_twin_is_the_control_of_its_question(tmp_path: Path) -> None:
    passage = {"passage": 1, "article": "fire", "title": FIRE.title, "published": None, "sentences": FIRE.sentences}
    asked = {"passage": 1, "question": "What will the owner do?", "sentences": [4], "answer": "rebuild", "kind": "twin"}
    asked |= {"split": "train", "false": "What will the tenant do?", "exchanged": "tenant"}
    (tmp_path / "passages.jsonl").write_text(json.dumps(passage))
    (tmp_path / "questions.jsonl").write_text(json.dumps(asked))

    questions = written_questions(tmp_path / "passages.jsonl", tmp_path / "questions.jsonl")
    controls = [group[1] for group in epoch(questions * 100, 1) if len(group) > 1]
    false = [each for each in controls if "tenant" in each.question]

    assert 120 <= len(false) <= 170
    for each in false:
        start, end = each.doubted or NOTHING
        assert each.question[start:end] == "tenant"
        assert not each.sentences
        assert [each.passage.sentences[number] for number in each.nearly] == ["The owner will rebuild it."]


def test_passages_judged_not_to_answer_are_controls_of_a_question_asked_of_an_archive(tmp_path: Path) -> None:
    titles = {1: "Fire", 2: "Flood", 3: "Storm"}
    passages = [{"passage": place, "article": title, "title": title, "published": None, "sentences": FIRE.sentences}
                for place, title in titles.items()]  # fmt: skip
    rows = [(1, "What will the owner do?", [4], "rebuild"), (2, "What will the owner do?", [], ""),
            (2, "Who set the fire?", [], ""), (3, "Who set the fire?", [], "")]  # fmt: skip
    asked = [{"passage": place, "question": text, "sentences": sentences, "answer": answer, "kind": "asked",
              "split": "train"} for place, text, sentences, answer in rows]  # fmt: skip
    for name, lines in (("passages", passages), ("questions", asked)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))

    questions = written_questions(tmp_path / "passages.jsonl", tmp_path / "questions.jsonl")
    groups = [group for group in epoch(questions * 100, 1) if not group[0].question[0].islower()]
    alone = Counter(group[0].passage.title for group in groups if len(group) == 1 and "Who" in group[0].question)
    controls = {group[1].passage.title for group in groups if len(group) > 1}

    assert [(each.passage.title, [near.title for near in each.near]) for each in questions] == [
        ("Fire", ["Flood"]), ("Flood", ["Flood", "Storm"])]  # fmt: skip
    assert set(alone) == {"Flood", "Storm"}
    assert alone["Flood"] > 2 * alone["Storm"]  # the first one found misleads most
    assert {"Flood"} < controls
    assert "Storm" not in controls


def test_weights_are_kept_as_thin_differences() -> None:
    import torch

    from benchmarks.fit_reader import bundled_weights, differences, first_weights

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


def test_the_mean_of_runs_takes_the_bundled_weight_where_a_run_fitted_none() -> None:
    import torch

    from benchmarks.fit_reader import mean_of

    bundled = {"low": torch.tensor([1.0]), "high": torch.tensor([2.0])}
    first = {"high": torch.tensor([4.0])}
    further = {"low": torch.tensor([3.0]), "high": torch.tensor([8.0]), "head": torch.tensor([5.0])}

    assert mean_of(bundled, [(0.75, further), (0.25, first)]) == {"low": 2.5, "high": 7.0, "head": 5.0}
