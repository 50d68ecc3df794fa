"""Does EmoBench-M count what its code counts, in each of its denominators?"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from evaluate.made_up import emobench_m, write_json, write_lines
from saber.core.errors import MissingPieceError, UsageError
from saber.evaluate import Evaluated, EvaluateSettings, Outcome, Subject, bench_of, evaluate, published
from saber.evaluate.emobench_m import read_rating
from saber.evaluate.scenarios import SCENARIOS, random_guess

QUICK = EvaluateSettings(resamples=200)


def run_with(tmp_path: Path, answers: dict[str, str | None], settings: EvaluateSettings = QUICK) -> Evaluated:
    """The run with these answers, and the gold everywhere else."""
    bench = bench_of("emobench-m")
    rows = []
    for sample in bench.read(tmp_path / "data", QUICK):
        gold = str(sample.truth)
        if sample.part == "MC-EIU":
            emotion, intent = gold.split("_")
            gold = str({"emotion label": emotion, "intent label": intent})
        answer = answers.get(sample.id, gold)
        if answer is not None:
            rows.append({"id": sample.id, "response": answer})
    file = write_lines(tmp_path / "answers.jsonl", rows)
    subject = Subject("made up", predictions=file)
    return evaluate(bench, tmp_path / "data", subject, tmp_path / "out", settings=settings)


def value(evaluated: Evaluated, row: str, column: str, table: str = "Accuracy") -> float | None:
    figure = evaluated.run.figure(table, row, column)
    assert figure is not None, (table, row, column)
    return figure.value


def test_a_random_guesser_gets_the_published_averages() -> None:
    """Published: 23.17, 19.88, 33.33 and on average 25.46."""
    guessed = {name: round(chance, 2) for name, chance in random_guess().items()}
    assert guessed == {"FER": 23.17, "CEU": 19.88, "SCEA": 33.33, "Average": 25.46}
    stated = next(p for p in published("emobench-m") if p.model == "Random")
    assert stated.rows == guessed
    assert len(SCENARIOS) == 13


def test_what_a_guesser_would_get_stands_beside(tmp_path: Path) -> None:
    emobench_m(tmp_path / "data", per_scenario=1)
    evaluated = run_with(tmp_path, {})
    told = {row: value(evaluated, row, "chance") for row in ("MC-EIU", "FER", "SCEA", "Average")}
    assert told == pytest.approx(
        {"MC-EIU": 100 / 56, "FER": 23.1667, "SCEA": 33.3333, "Average": 25.46}, rel=1e-3
    )
    assert value(evaluated, "SCEA (closed)", "chance") == 50, "of the two true-or-false scenarios"


def test_every_denominator_counts_as_it_says(tmp_path: Path) -> None:
    emobench_m(tmp_path / "data", per_scenario=8)
    answers = {
        "MOSI/0": "{'emotion': 'negative'}",  # wrong
        "MOSI/1": "",  # no answer
        "MOSI/2": "{'emotion': 'joyous'}",  # no label
        "MOSI/3": "The speaker seems neutral.",  # right (gold of 3 is neutral), but not word for word
        "MOSI/4": None,  # missing in the file
        "MOSI/5": "I'm sorry, I can't help with that.",
    }
    found = run_with(tmp_path, answers)
    counts = found.run.outcomes["MOSI"]
    assert counts == {"right": 3, "wrong": 1, "invalid": 1, "refusal": 1, "no_answer": 2}
    # Literally right: 6 and 7. Not empty: all but 1 and 4. Labels: 0, 6 and 7.
    assert value(found, "MOSI", "official") == pytest.approx(100 * 2 / 6)
    assert value(found, "MOSI", "July 2025") == pytest.approx(100 * 2 / 3)
    assert value(found, "MOSI", "strict") == pytest.approx(100 * 2 / 8)
    assert value(found, "MOSI", "as read") == pytest.approx(100 * 3 / 8)
    assert value(found, "MOSI", "not a label") == pytest.approx(100 * 5 / 8)
    missing = next(s for s in found.scores if s.sample == "MOSI/4")
    assert (missing.outcome, missing.notes) == (Outcome.NO_ANSWER, ("missing",))


def test_groups_are_plain_means_and_open_while_a_scenario_lacks_its_number(tmp_path: Path) -> None:
    emobench_m(tmp_path / "data")
    found = run_with(
        tmp_path, {"MOSI/0": "positive", "MC-EIU/0": "{'emotion label': 'sad'}", "funny/0": "false"}
    )
    fer = [100, 100, 75, 100, 100]
    assert value(found, "FER", "strict") == pytest.approx(sum(fer) / 5)
    assert value(found, "CEU", "strict") == pytest.approx((75 + 400) / 5)
    assert value(found, "SCEA", "strict") is None, "nobody judged laughter reasoning"
    assert value(found, "Average", "strict") is None
    assert value(found, "SCEA (closed)", "strict") == pytest.approx((75 + 100) / 2)
    closed = (95 + 95 + 87.5) / 3
    assert value(found, "Average (closed)", "strict") == pytest.approx(closed)
    assert any("No judge" in note for note in found.run.notes)


def test_numbers_equal_scikit_learns_on_the_official_denominator(tmp_path: Path) -> None:
    emobench_m(tmp_path / "data", per_scenario=30)
    wrong = ["happy", "sad", "joyous", "", "angry"]
    answers = {f"RAVDSS_song/{i}": wrong[i % 5] for i in range(0, 30, 2)}
    found = run_with(tmp_path, answers)
    pairs = [
        (str(s.truth), answers.get(s.id, str(s.truth)))
        for s in found.samples
        if s.part == "RAVDSS_song" and answers.get(s.id) != ""
    ]
    truth, said = zip(*pairs, strict=True)
    precision, _, f1, _ = precision_recall_fscore_support(truth, said, average="weighted", zero_division=0)
    assert value(found, "RAVDSS_song", "official") == pytest.approx(100 * accuracy_score(truth, said))
    table = "Weighted, official denominator"
    assert value(found, "RAVDSS_song", "precision", table) == pytest.approx(100 * precision)
    assert value(found, "RAVDSS_song", "F1", table) == pytest.approx(100 * f1)


def test_every_figure_says_how_sure_it_is_and_actors_are_drawn_whole(tmp_path: Path) -> None:
    emobench_m(tmp_path / "data", per_scenario=20)
    answers = {f"RAVDSS_speech/{i}": "disgust" for i in range(7)}
    found = run_with(tmp_path, answers)
    speech = found.run.figure("Accuracy", "RAVDSS_speech", "strict")
    assert speech is not None
    assert (speech.n, speech.clusters) == (20, 2)
    mosi = run_with(tmp_path, {f"MOSI/{i}": "neutral" for i in range(20)}).run.figure(
        "Accuracy", "MOSI", "strict"
    )
    assert mosi is not None
    assert mosi.low is not None
    assert mosi.high is not None
    assert mosi.low < (mosi.value or math.nan) < mosi.high
    assert found.run.intervals["resamples"] == 200


def test_predictions_in_the_official_output_layout(tmp_path: Path) -> None:
    emobench_m(tmp_path / "data")
    bench = bench_of("emobench-m")
    rows = []
    for sample in bench.read(tmp_path / "data", QUICK):
        row = {"video": sample.media, "expected_value": sample.truth, "predicted_value": sample.truth}
        if sample.part == "MC-EIU":
            emotion, intent = str(sample.truth).split("_")
            row = {
                "modal_path": f"/p/{sample.media}",
                "predicted_emotion": emotion,
                "predicted_intent": intent,
            }
        if not sample.part.startswith("RAVDSS"):  # speech and song share their made-up file names
            rows.append(row)
    for layout in (rows, {"task_name": "x", "examples": rows}):
        file = write_json(tmp_path / "official.json", layout)
        subject = Subject("official", predictions=file)
        run = evaluate(bench, tmp_path / "data", subject, tmp_path / "out", settings=QUICK).run
        assert run.outcomes["MC-EIU"] == {"right": 4}
        assert run.outcomes["MELD"] == {"right": 4}
        assert run.outcomes["RAVDSS_song"] == {"no_answer": 4}


@pytest.mark.parametrize(
    ("reply", "rating"),
    [
        ("Score: 4", 4.0),
        ("Logical Judgment Dimension: 3", 3.0),
        ("The answer has 2 flaws.\nScore: 5/5", 5.0),
        ("**Score:** 4.5", 4.5),
        ("评分：3", 3.0),
        ("Score: 9", None),
        ("Score: 45", None),
        ("good", None),
        ("", None),
    ],
)
def test_ratings_are_read_only_where_there_is_one(reply: str, rating: float | None) -> None:
    assert read_rating(reply) == rating


def test_data_that_is_not_there_or_not_in_the_layout(tmp_path: Path) -> None:
    bench = bench_of("emobench-m")
    with pytest.raises(MissingPieceError, match=r"No EmoBench-M was found.*Ask for it at https://github"):
        bench.read(tmp_path, QUICK)
    write_json(tmp_path / "MOSI_test.json", [{"id": 1, "video": "a.mp4"}])
    with pytest.raises(UsageError, match="row 1 lacks 'conversations'"):
        bench.read(tmp_path, QUICK)
    turns = [{"from": "human", "value": "?"}, {"from": "gpt", "value": "joyous"}]
    write_json(tmp_path / "MOSI_test.json", [{"id": 1, "video": "a.mp4", "conversations": turns}])
    with pytest.raises(UsageError, match="none of the scenario's labels"):
        bench.read(tmp_path, QUICK)


def test_one_that_is_asked_for_twice_keeps_both_questions(tmp_path: Path) -> None:
    turns = [
        {"from": "human", "value": "<video>\nWhich?"},
        {"from": "gpt", "value": "{'emotion': 'Positive'}"},
    ]
    rows = [{"id": 1, "video": "a.mp4", "conversations": turns}] * 2
    write_json(tmp_path / "ch-simsv2s_test_500.json", rows)
    samples = bench_of("emobench-m").read(tmp_path, QUICK)
    assert [s.id for s in samples] == ["ch-simsv2s/1", "ch-simsv2s/1#2"]
    assert {(s.truth, s.question, s.part) for s in samples} == {("positive", "Which?", "ch-simsv2s")}
