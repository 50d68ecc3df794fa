"""Does the estimate follow from what a few clips took, by arithmetic done by hand?"""

from __future__ import annotations

from pathlib import Path

import pytest

from flow.trial_stages import Ask, Cut, Measure, Rank, diary, sources
from saber.core.errors import UsageError
from saber.flow import FlowSettings, Ledger, estimate, run

SETTINGS = FlowSettings(workers=2)


def set_seconds(workspace: Path, stage: str, seconds: list[float]) -> None:
    """Replace the measured times by known ones."""
    with Ledger(workspace) as ledger:
        items = ledger.rows("SELECT item FROM row WHERE stage = ? ORDER BY item", (stage,))
        for (item,), value in zip(items, seconds, strict=True):
            ledger.rows("UPDATE row SET seconds = ? WHERE stage = ? AND item = ?", (value, stage, item))


def test_hours_and_money_by_hand(tmp_path: Path) -> None:
    stages = [Measure(), Ask(concurrency=8)]
    clips = sources(4, clip0001="drop it")
    run(stages, clips, tmp_path, settings=SETTINGS)
    set_seconds(tmp_path, "measure", [1.0, 3.0, 5.0, 3.0])
    set_seconds(tmp_path, "ask", [8.0, 8.0, 8.0])
    found = estimate(stages, clips, tmp_path, clips=7200, settings=SETTINGS)
    measure, ask = found.stages
    # 7200 rows of 3 s each on 2 workers; the standard error of the mean of 1, 3, 5, 3 is sqrt(8/3)/2 s.
    assert measure.hours == pytest.approx(7200 * 3 / 2 / 3600)
    assert measure.hours_high == pytest.approx(7200 * (3 + 1.96 * (8 / 3) ** 0.5 / 2) / 2 / 3600)
    # Three in four come through: 5400 rows of 8 s, 8 at once, 0.01 each.
    assert ask.rows == 5400
    assert ask.hours == pytest.approx(1.5)
    assert ask.hours_low == ask.hours_high == pytest.approx(1.5)
    assert ask.cost == found.cost == pytest.approx(54.0)
    assert found.tokens == pytest.approx(27_000)
    assert found.hours == pytest.approx(3.0 + 1.5)
    assert found.gpu_hours == 0
    assert found.unknown == ()


def test_a_sample_is_drawn_and_run_when_nothing_was(tmp_path: Path) -> None:
    clips = sources(50)
    found = estimate([Measure()], iter(clips), tmp_path, sample=5, settings=SETTINGS)
    assert (found.clips, found.measured_on) == (50, 5)
    drawn = diary(tmp_path, "measure")
    assert len(drawn) == 5
    assert max(drawn) > "clip0004"  # not simply the first ones
    assert found.stages[0].rows == 50
    # Asking again costs nothing, and the run need not do them again.
    estimate([Measure()], clips, tmp_path, sample=5, settings=SETTINGS)
    run([Measure()], clips, tmp_path, settings=SETTINGS)
    assert len(diary(tmp_path, "measure")) == 50


def test_a_run_that_got_half_way_is_no_measure_of_the_rest(tmp_path: Path) -> None:
    stages = [Measure(), Ask()]
    run(stages[:1], sources(20), tmp_path, settings=SETTINGS)
    found = estimate(stages, sources(20), tmp_path, sample=4, settings=SETTINGS)
    assert found.unknown == ()
    assert [stage.rows for stage in found.stages] == [20, 20]
    assert found.stages[1].measured_on == 4
    ended = run(stages, sources(20), tmp_path, settings=SETTINGS)
    assert [stage.inputs for stage in ended.stages] == [20, 20]
    assert len(diary(tmp_path, "measure")) == 20


class OnGpu(Measure):
    gpus = 0.5


def test_parts_of_a_clip_count_and_a_gpu_is_told(tmp_path: Path) -> None:
    stages = [Cut(parts=3), OnGpu(needs=("source", "cut"))]
    run(stages, sources(2), tmp_path, settings=SETTINGS)
    set_seconds(tmp_path, "measure", [36.0] * 6)
    found = estimate(stages, sources(2), tmp_path, sample=2, clips=100, settings=SETTINGS)
    assert found.stages[1].rows == 300
    assert found.gpu_hours == pytest.approx(300 * 36 * 0.5 / 3600)


def test_a_decision_about_a_few_says_nothing_of_one_about_many(tmp_path: Path) -> None:
    stages = [Measure(), Rank(needs=("measure",))]
    run(stages, sources(3), tmp_path, settings=SETTINGS)
    found = estimate(stages, sources(3), tmp_path, clips=100_000, settings=SETTINGS)
    assert found.unknown == ("rank",)
    assert found.stages[1].hours is None
    assert found.stages[1].measured_on == 3
    assert found.hours == pytest.approx(found.stages[0].hours)


def test_files_of_the_stages_count_as_storage(tmp_path: Path) -> None:
    run([Measure()], sources(2), tmp_path, settings=SETTINGS)
    (tmp_path / "measure").mkdir()
    (tmp_path / "measure" / "cues.gz").write_bytes(b"x" * 2_000_000)
    found = estimate([Measure()], sources(2), tmp_path, sample=2, clips=1000, settings=SETTINGS)
    assert found.storage_gb == pytest.approx(1.0, rel=0.01)


def test_a_stage_that_no_clip_reached_is_named(tmp_path: Path) -> None:
    found = estimate([Measure(), Ask()], sources(1, clip0000="drop it"), tmp_path, settings=SETTINGS)
    assert found.unknown == ("ask",)
    assert found.stages[1].hours is None


def test_without_clips_there_is_nothing_to_go_by(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no clip"):
        estimate([Measure()], [], tmp_path)
