"""Do the set metrics give what was worked out by hand?"""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluate.judged import QUICK, JudgeOf
from evaluate.made_up import emotion_wheels, ov_merd, write_lines
from saber.core.errors import MissingPieceError, UsageError
from saber.evaluate import Evaluated, Judge, Outcome, Subject, evaluate
from saber.evaluate.ov_merd import OvMerd, grouped, overlap, plain_list
from saber.evaluate.wheels import read_list, read_wheels
from saber.evaluate.xlsx import read_sheet
from saber.models import Request


def run(tmp_path: Path, answers: list[str], judge: Judge | None = None) -> Evaluated:
    rows = [{"name": f"clip_{n}", "openset": a} for n, a in enumerate(answers)]
    subject = Subject("made up", predictions=write_lines(tmp_path / "answers.jsonl", rows))
    return evaluate(OvMerd(), tmp_path / "data", subject, tmp_path / "out", judge=judge, settings=QUICK)


def value(evaluated: Evaluated, row: str, column: str) -> float | None:
    found = evaluated.run.figure("Set overlap", row, column)
    assert found is not None
    return found.value


def test_sets_by_groups() -> None:
    groups = [["Happy", "glad", "joyful"], ["weary", "tired"]]
    truth, answer = grouped(["happy", "tired", "calm"], ["glad", "joyful", "angry"], groups)
    assert (truth, answer) == ({"happy", "weary", "calm"}, {"happy", "angry"})
    assert overlap(truth, answer) == (1 / 2, 1 / 3)
    assert overlap(truth, set()) == (0, 0)


def test_judge_grouped_scores_are_those_worked_by_hand(tmp_path: Path, judge_of: JudgeOf) -> None:
    ov_merd(tmp_path / "data", [["happy", "tired"], ["sad"], ["angry"]])

    def sorting(request: Request) -> str:
        if "sad" in request.user:
            return 'Here: [["sad", "sorrowful"], ["glad"]]'
        return '[["Happy", "Glad"], ["tired"]]'

    judge, model = judge_of(sorting)
    found = run(tmp_path, ["['Glad']", "sorrowful, glad", ""], judge)
    assert [s.outcome for s in found.scores] == [Outcome.RATED, Outcome.RATED, Outcome.NO_ANSWER]
    # glad is happy: 1 of 1, 1 of 2. sorrowful is sad: 1 of 2, 1 of 1. Nothing: 0, 0.
    precision, recall = (1 + 1 / 2 + 0) / 3, (1 / 2 + 1 + 0) / 3
    assert value(found, "judge-grouped", "precision") == pytest.approx(100 * precision)
    assert value(found, "judge-grouped", "recall") == pytest.approx(100 * recall)
    assert value(found, "judge-grouped", "score") == pytest.approx(100 * (precision + recall) / 2)
    assert len(model.asked) == 2


def test_wheel_grouped_scores_are_those_worked_by_hand(tmp_path: Path) -> None:
    ov_merd(tmp_path / "data", [["gladly", "weary"], ["gloomily"], ["unheard-of"]])
    emotion_wheels(tmp_path / "data" / "emotion_wheel")
    found = run(tmp_path, ["['more joyful']", "['dull', 'merrily', 'gloomy']", "['joyful']"])
    # Wheel 1: {happy, sad} against {happy}: 1, 1/2. {sad} against {sad}: 1, 1 (two forms are unknown).
    # The third truth is unknown and left out. F = 2 * 1 * 3/4 / (1 + 3/4).
    # Wheel 2 has one emotion: 1, 1 and 1, 1.
    first = found.scores[0].values
    assert (first["wheel1_precision"], first["wheel1_recall"]) == (1, 0.5)
    assert (first["wheel2_precision"], first["wheel2_recall"]) == (1, 1)
    assert "wheel1_precision" not in found.scores[2].values
    assert value(found, "wheel-grouped", "precision") == 100
    assert value(found, "wheel-grouped", "recall") == pytest.approx(100 * (0.75 + 1) / 2)
    assert value(found, "wheel-grouped", "score") == pytest.approx(100 * (6 / 7 + 1) / 2)


def test_words_are_drawn_from_prose_by_the_judge(tmp_path: Path, judge_of: JudgeOf) -> None:
    ov_merd(tmp_path / "data", [["tired"], ["tired"]])
    prose = "He yawns, and he seems tired to me."

    def reply(request: Request) -> str:
        if "Description:" in request.user:
            return "['Tired']" if prose in request.user else "I can't tell."
        return '[["tired"]]'

    judge, _ = judge_of(reply)
    found = run(tmp_path, [prose, "He sits on a chair. It is late."], judge)
    assert found.scores[0].answer == "tired"
    assert found.scores[0].values["precision"] == 1
    assert found.scores[1].outcome is Outcome.UNJUDGED
    assert value(found, "words not drawn or grouped", "score") == 50
    alone = run(tmp_path, [prose, prose])
    assert alone.run.outcomes["OV-MERD"] == {"unjudged": 2}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("['Sad', 'tired']", ["sad", "tired"]),
        ('["a bit sad"]', ["a bit sad"]),
        ("[sad, tired]", ["sad", "tired"]),
        ("sad, tired.", ["sad", "tired"]),
        ("高兴、担忧", ["高兴", "担忧"]),
        ("[]", []),
        ("He is sad.", None),
        ("very sad", ["very sad"]),
        ("The person in the video is sad.", None),
        ("sad\ntired", None),
        ("Emotion: sad", None),
        ("他看起来很高兴", None),
    ],
)
def test_lists_and_prose_are_told_apart(answer: str, words: list[str] | None) -> None:
    assert plain_list(answer) == words


def test_wheels_follow_forms_and_synonyms(tmp_path: Path) -> None:
    emotion_wheels(tmp_path / "wheels")
    wheels = read_wheels(tmp_path / "wheels")
    assert len(wheels.inner) == 2
    assert wheels.inner[0] == {
        "happy": "happy",
        "content": "happy",
        "joyful": "happy",
        "sad": "sad",
        "low": "sad",
        "gloomy": "sad",
    }
    assert wheels.inner[1]["gloomy"] == "mood", "an empty cell means the one above"
    assert wheels.group(["More Joyful", "weary", "nothing"], 0) == {"happy", "sad"}
    assert read_list("['a', \"b\", c]") == ["a", "b", "c"]
    assert read_sheet(tmp_path / "wheels" / "wheel2.xlsx")[1] == {"level2": "down", "level3": "gloomy"}
    (tmp_path / "wheels" / "wheel1.xlsx").write_bytes(b"no workbook")
    with pytest.raises(UsageError, match="Can't read the workbook"):
        read_wheels(tmp_path / "wheels")
    with pytest.raises(MissingPieceError, match="emotion_wheel"):
        read_wheels(tmp_path)


def test_without_data_one_is_told_where_to_ask(tmp_path: Path) -> None:
    with pytest.raises(MissingPieceError, match="signed agreement"):
        OvMerd().read(tmp_path, QUICK)
