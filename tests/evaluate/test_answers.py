"""Is the label read that an answer chooses, and none guessed where it chooses none?"""

from __future__ import annotations

import pytest

from evaluate.answers import ANSWERS, JOINT
from saber.evaluate.answers import EMOTION, INTENT, read_label
from saber.evaluate.records import Outcome
from saber.evaluate.scenarios import EIU_EMOTIONS, EIU_INTENTS, SCENARIOS


@pytest.mark.parametrize(("labels", "answer", "choice"), ANSWERS)
def test_the_shapes_of_the_table(labels: tuple[str, ...], answer: str | None, choice: str) -> None:
    read = read_label(answer, labels)
    assert (read.label or read.outcome) == choice
    assert (read.label is None) == (read.outcome is not None)


@pytest.mark.parametrize(("answer", "emotion", "intent"), JOINT)
def test_two_labels_in_one_answer_are_told_apart(answer: str, emotion: str, intent: str) -> None:
    first = read_label(answer, EIU_EMOTIONS, EMOTION)
    second = read_label(answer, EIU_INTENTS, INTENT)
    assert (first.label or first.outcome, second.label or second.outcome) == (emotion, intent)


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.labels], ids=lambda s: s.key)
def test_every_label_of_every_scenario_reads_as_itself(scenario) -> None:
    for label in scenario.labels:
        for answer in (label, label.upper(), f"{{'emotion': '{label}'}}", f"Answer: {label}."):
            assert read_label(answer, scenario.labels).label == label, answer


def test_what_stands_in_the_form_is_kept_word_for_word() -> None:
    assert read_label("{'emotion': 'Joyous'}", ("happy",)).said == "Joyous"
    assert read_label("<think>hm</think> It rains.", ("happy",)).said == "It rains."
    assert read_label("{'emotion': 'Joyous'}", ("happy",)).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    "piece",
    [
        "answer is ",
        "\\boxed{",
        "<answer>",
        "not a the very ",
        "happy sad ",
        "answer \n",
        "{",
        "label:",
        "'",
        "不是",
    ],
)
def test_an_answer_that_never_ends_is_read_in_no_time(piece: str) -> None:
    """Quadratic searches would take minutes on this."""
    text = "emotion" + piece * (400_000 // len(piece))
    assert read_label(text, ("happy", "sad")).label is None
