"""Is a model held against people on the clips in which face and voice differ?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluate.judged import QUICK
from evaluate.made_up import crema_d, write_lines
from saber.core.errors import MissingPieceError, UsageError
from saber.core.taxonomy import EMOTIONS
from saber.evaluate import Evaluated, EvaluateSettings, Outcome, Subject, evaluate
from saber.evaluate.crema_d import CremaD, majority

CLIPS = {
    # heard, seen, both
    "1001_A_HAP_XX": ("H", "H", "H"),
    "1001_B_ANG_XX": ("A", "S", "S"),
    "1002_A_SAD_XX": ("S", "F", "S"),
    "1002_B_FEA_XX": ("F", "D", "A"),
    "1003_A_DIS_XX": ("=", "D", "D"),
    "1003_B_DIS_XX": ("D", "D", "="),
}


def run(tmp_path: Path, answers: dict[str, str]) -> Evaluated:
    crema_d(tmp_path / "data", CLIPS)
    rows = [{"name": n, "response": a} for n, a in answers.items()]
    subject = Subject("made up", predictions=write_lines(tmp_path / "a.jsonl", rows))
    return evaluate(CremaD(), tmp_path / "data", subject, tmp_path / "out", settings=QUICK)


def value(evaluated: Evaluated, table: str, row: str, column: str) -> float | None:
    found = evaluated.run.figure(table, row, column)
    assert found is not None
    return found.value


def test_whose_side_people_and_model_take(tmp_path: Path) -> None:
    answers = {
        "1001_A_HAP_XX": "happy",
        "1001_B_ANG_XX": "sad",
        "1002_A_SAD_XX": "fear",
        "1002_B_FEA_XX": "disgust",
    }
    found = run(tmp_path, answers)
    assert found.run.samples == 5, "a clip on which people are undecided has no truth"
    table = "Where face and voice differ"
    assert [value(found, table, "people", f"takes {s}") for s in ("face", "voice", "neither")] == [
        pytest.approx(100 / 3)
    ] * 3
    assert value(found, table, "the model", "takes face") == 100
    strict = "Agreement with people"
    assert value(found, strict, "face and voice agree", "strict") == 100
    assert value(found, strict, "face and voice differ", "strict") == pytest.approx(100 / 3)
    assert value(found, strict, "all clips", "strict") == pytest.approx(100 * 2 / 5)
    assert value(found, strict, "all clips", "of readable") == pytest.approx(100 * 2 / 4)
    differ = found.run.figure(strict, "face and voice differ", "strict")
    assert differ is not None
    assert (differ.n, differ.clusters) == (3, 2)


def test_a_distribution_is_held_against_the_shares_of_the_votes(tmp_path: Path) -> None:
    probs = dict.fromkeys(EMOTIONS, 0.0) | {"happiness": 0.5, "surprise": 0.5}
    found = run(tmp_path, {"1001_A_HAP_XX": json.dumps({"emotion": "happiness", "probs": probs})})
    # Without surprise: happiness alone. People: 0.6 happiness, 0.4 neutral.
    assert found.scores[0].values["distance"] == pytest.approx(0.4)
    assert found.scores[0].outcome is Outcome.RIGHT


def test_majorities_are_unique_or_none() -> None:
    assert majority({"anger": 5, "sadness": 5}) is None
    assert majority({"anger": 6, "sadness": 5}) == "anger"
    assert majority({}) is None


def test_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingPieceError, match=r"tabulatedVotes\.csv"):
        CremaD().read(tmp_path, QUICK)
    (tmp_path / "tabulatedVotes.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="has no column"):
        CremaD().read(tmp_path, QUICK)


@pytest.mark.media
def test_the_real_votes_are_those_that_are_published(media_dir: Path) -> None:
    samples = CremaD().read(media_dir / "annotations" / "cremad", EvaluateSettings())
    differ = [s for s in samples if s.part == "face and voice differ"]
    sides = [sum(s.truth == s.extra[side] for s in differ) for side in ("face", "voice")]
    assert (len(differ), *sides) == (2794, 1887, 548)
    assert len({s.cluster for s in samples}) == 91
