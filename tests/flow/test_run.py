"""Does every item end kept, dropped or quarantined, with its reason, and is nothing done twice?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flow.driven import gone
from flow.trial_stages import Ask, Cut, Measure, Rank, Word, diary, results, sources, workers
from saber.core.dataset import Source
from saber.core.errors import StageFailedError, TooManyFailuresError, UsageError
from saber.flow import FlowSettings, Status, items, outcomes, outputs, retry, review, run, status

QUICK = FlowSettings(workers=1)


def by_name(found: Status) -> dict[str, tuple[int, int, int, int]]:
    for stage in found.stages:
        assert stage.inputs == stage.kept + stage.dropped + stage.quarantined + stage.pending
    return {s.name: (s.inputs, s.kept, s.dropped, s.quarantined) for s in found.stages}


def test_every_item_ends_with_a_record_or_a_reason(tmp_path: Path) -> None:
    found = run(
        [Measure(), Ask(), Rank(most=15)],
        sources(20, clip0003="drop it", clip0007="raise", clip0008="refuse"),
        tmp_path,
        settings=QUICK,
    )
    assert found.state == "done"
    assert by_name(found) == {"measure": (20, 17, 1, 2), "ask": (17, 17, 0, 0), "rank": (17, 15, 2, 0)}
    assert found.stages[0].reasons == {"clip_shy": 1, "raised": 1, "unwanted": 1}
    assert found.stages[1].cost == pytest.approx(0.17)
    assert found.stages[1].tokens == 85
    assert status(tmp_path) == found
    why = {one.item: (one.status, one.reason, one.detail) for one in outcomes(tmp_path, "measure")}
    assert why["clip0003"] == ("dropped", "unwanted", "Its path says so.")
    assert why["clip0008"] == ("quarantined", "clip_shy", "The clip is not to be had.")
    assert why["clip0007"][:2] == ("quarantined", "raised")
    assert "what now?" in why["clip0007"][2]
    measured = next(one.measured for one in outcomes(tmp_path, "measure") if one.item == "clip0003")
    assert measured is not None
    assert Word.model_validate_json(measured).text == "drop it"
    assert dict(outputs(tmp_path, "ask", Word))["clip0000"] == Word(text="fine?", number=4)
    last = list(items(tmp_path, {"source": Source, "measure": Word, "rank": Word}))
    assert len(last) == 15
    assert last[0].of("source", Source).path == "fine"
    assert last[0].of("measure", Word).number == 4


def test_a_second_run_does_nothing(tmp_path: Path) -> None:
    stages = [Measure(), Ask(), Rank()]
    first = run(stages, sources(10, clip0007="raise"), tmp_path, settings=QUICK)
    second = run(stages, sources(10, clip0007="raise"), tmp_path, settings=QUICK)
    assert [stage.done_now for stage in first.stages] == [10, 9, 9]
    assert [stage.done_now for stage in second.stages] == [0, 0, 0]
    assert by_name(first) == by_name(second)
    assert len(diary(tmp_path, "measure")) == 10
    assert len(diary(tmp_path, "ask")) == 9


def test_a_record_that_does_not_fit_is_quarantined(tmp_path: Path) -> None:
    found = run(
        [Measure()],
        sources(5, clip0001="other kind", clip0002="not valid", clip0003="no answer"),
        tmp_path,
        settings=QUICK,
    )
    assert by_name(found) == {"measure": (5, 2, 0, 3)}
    assert found.stages[0].reasons == {"invalid_record": 3}
    said = [one.detail for one in outcomes(tmp_path, "measure")]
    assert "made a Source instead of a Word" in said[0]
    assert "number" in said[1]
    assert "neither Keep, Many nor Drop" in said[2]


def test_quarantined_rows_are_tried_again_on_demand_only(tmp_path: Path) -> None:
    bad = sources(6, clip0002="raise", clip0004="drop it")
    run([Measure()], bad, tmp_path, settings=QUICK)
    with pytest.raises(UsageError, match="No stage 'ask' was run"):
        retry(tmp_path, ["ask"])
    assert retry(tmp_path, ["measure"]) == 1
    run([Measure()], bad, tmp_path, settings=QUICK)
    assert diary(tmp_path, "measure").count("clip0002") == 2
    assert len(diary(tmp_path, "measure")) == 7
    assert [one.attempts for one in outcomes(tmp_path, "measure")] == [2, 1]


def test_what_a_person_decided_reaches_the_stage(tmp_path: Path) -> None:
    stages = [Measure(), Ask(), Rank()]
    run(stages, sources(5), tmp_path, settings=QUICK)
    review(tmp_path, "ask", "clip0002", {"text": "heard better"}, "anna")
    run(stages, sources(5), tmp_path, settings=QUICK)
    assert dict(outputs(tmp_path, "ask", Word))["clip0002"].text == "heard better"
    assert diary(tmp_path, "ask")[5:] == ["clip0002"]
    assert len(diary(tmp_path, "measure")) == 5
    # A changed setting keeps the decision.
    run([Measure(), Ask(suffix="!"), Rank()], sources(5), tmp_path, settings=QUICK)
    found = dict(outputs(tmp_path, "ask", Word))
    assert (found["clip0001"].text, found["clip0002"].text) == ("fine!", "heard better")
    with pytest.raises(UsageError, match="reviewer"):
        review(tmp_path, "ask", "clip0002", {"text": "x"}, "")


def test_one_item_becomes_several_and_their_number_may_change(tmp_path: Path) -> None:
    def stages(parts: int) -> list[object]:
        return [Cut(parts=parts), Measure(needs=("source", "cut")), Ask(needs=("cut", "measure"))]

    found = run(stages(3), sources(4), tmp_path, settings=QUICK)  # type: ignore[arg-type]
    assert by_name(found) == {"cut": (4, 4, 0, 0), "measure": (12, 12, 0, 0), "ask": (12, 12, 0, 0)}
    assert [name for name, _ in outputs(tmp_path, "ask", Word)][:4] == [
        "clip0000#0",
        "clip0000#1",
        "clip0000#2",
        "clip0001#0",
    ]
    found = run(stages(2), sources(4), tmp_path, settings=QUICK)  # type: ignore[arg-type]
    assert by_name(found) == {"cut": (4, 4, 0, 0), "measure": (8, 8, 0, 0), "ask": (8, 8, 0, 0)}
    assert len(list(outputs(tmp_path, "ask", Word))) == 8
    # The parts that stayed as they were have cost nothing more.
    assert len(diary(tmp_path, "measure")) == 12
    found = run(stages(4), sources(4), tmp_path, settings=QUICK)  # type: ignore[arg-type]
    assert by_name(found)["ask"] == (16, 16, 0, 0)
    assert len(diary(tmp_path, "measure")) == 12 + 8


def test_a_source_that_is_no_longer_listed_is_set_aside_and_comes_back(tmp_path: Path) -> None:
    stages = [Measure(), Ask()]
    run(stages, sources(6), tmp_path, settings=QUICK)
    found = run(stages, sources(4), tmp_path, settings=QUICK)
    assert by_name(found) == {"measure": (4, 4, 0, 0), "ask": (4, 4, 0, 0)}
    assert len(list(outputs(tmp_path, "ask", Word))) == 4
    found = run(stages, sources(6), tmp_path, settings=QUICK)
    assert by_name(found) == {"measure": (6, 6, 0, 0), "ask": (6, 6, 0, 0)}
    assert len(diary(tmp_path, "measure")) == 6


def test_some_of_the_stages_can_be_run_alone(tmp_path: Path) -> None:
    stages = [Measure(), Ask(), Rank()]
    run(stages, sources(6, clip0001="drop it"), tmp_path, settings=QUICK)
    found = run(stages[:1], sources(4, clip0001="drop it"), tmp_path, settings=QUICK)
    assert by_name(found) == {"measure": (4, 3, 1, 0)}
    # The others' results can still be read: of the clips that are listed now.
    assert [name for name, _ in outputs(tmp_path, "rank", Word)] == ["clip0000", "clip0002", "clip0003"]
    assert len(list(outcomes(tmp_path, "measure"))) == 1
    with pytest.raises(UsageError, match="No stage 'verify' was run"):
        list(outputs(tmp_path, "verify", Word))


def test_two_sources_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="clip0000"):
        run([Measure()], [*sources(2), *sources(1)], tmp_path, settings=QUICK)


def test_a_run_that_goes_wrong_stops_early_and_keeps_what_is_done(tmp_path: Path) -> None:
    bad = {f"clip{n:04d}": "refuse" for n in range(30, 400)}
    with pytest.raises(
        TooManyFailuresError, match=r"clip_shy.*clip00\d\d: The clip is not to be had"
    ) as caught:
        run(
            [Measure(pause_s=0.001)],
            sources(400, **bad),
            tmp_path,
            settings=FlowSettings(workers=1, error_rows=20),
        )
    assert "measure" in str(caught.value)
    assert gone(workers(tmp_path))  # though the error, and with it the run's frames, is still held
    found = status(tmp_path)
    assert found.state == "failed"
    (stage,) = found.stages
    assert stage.kept == 30
    assert 10 < stage.quarantined < 370
    assert stage.pending == 400 - 30 - stage.quarantined
    assert stage.pending > 0


def test_retried_rows_that_fail_again_do_not_stop_the_run(tmp_path: Path) -> None:
    bad = sources(30, **{f"clip{n:04d}": "refuse" for n in range(30)})
    run([Measure()], bad, tmp_path, settings=QUICK)
    retry(tmp_path)
    found = run([Measure()], bad, tmp_path, settings=FlowSettings(workers=1, error_rows=5))
    assert by_name(found) == {"measure": (30, 0, 0, 30)}


class Unpicklable(Measure):
    def __getstate__(self) -> object:
        raise TypeError("an open file")


class CannotOpen(Measure):
    def open(self, tools: object) -> None:
        raise RuntimeError("no weights here")


class DiesOpening(Measure):
    def open(self, tools: object) -> None:
        os._exit(9)


class DecidesTwice(Rank):
    def decide(self, items, tools):  # type: ignore[no-untyped-def]
        for item in items:
            yield from super().decide([item, item], tools)


class Forgets(Rank):
    def decide(self, items, tools):  # type: ignore[no-untyped-def]
        yield from list(super().decide(items, tools))[1:]


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        (Unpicklable(), "an open file"),
        (CannotOpen(), "no weights here"),
        (DiesOpening(), "crashed while it started"),
        (DecidesTwice(needs=("source",)), "not asked about or twice"),
    ],
)
def test_a_stage_that_can_not_work_ends_the_run(tmp_path: Path, stage: Measure, says: str) -> None:
    with pytest.raises(StageFailedError, match=says):
        run([stage], sources(3), tmp_path, settings=QUICK)
    assert status(tmp_path).state == "failed"


def test_an_item_that_a_decision_about_all_forgets_is_quarantined(tmp_path: Path) -> None:
    found = run([Forgets(needs=("source",))], sources(3), tmp_path)
    assert by_name(found) == {"rank": (3, 2, 0, 1)}
    assert found.stages[0].reasons == {"undecided": 1}


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ([Measure(), Measure()], "Two stages are called 'measure'"),
        ([Ask()], "which no stage before it makes"),
        ([Measure(needs=())], "needs no record"),
    ],
)
def test_stages_that_do_not_fit_are_refused(tmp_path: Path, stages: list[Measure], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run(stages, sources(1), tmp_path)


def test_progress_is_told_while_it_runs(tmp_path: Path) -> None:
    told: list[Status] = []
    run(
        [Measure(pause_s=0.05)],
        sources(20),
        tmp_path,
        settings=FlowSettings(workers=1, commit_s=0.1),
        on_progress=told.append,
    )
    kept = [one.stages[0].kept for one in told]
    assert kept == sorted(kept)
    assert len(set(kept)) > 3
    during = next(one.stages[0] for one in told if 0 < one.stages[0].kept < 20)
    assert during.rate_hz is not None
    assert during.left_s is not None
    assert during.state == "running"


def test_results_can_be_compared(tmp_path: Path) -> None:
    """The helper that the kill tests rest on does see a difference."""
    run([Measure()], sources(3), tmp_path / "a", settings=QUICK)
    run([Measure(add=1)], sources(3), tmp_path / "b", settings=QUICK)
    assert results(tmp_path / "a", ["measure"]) != results(tmp_path / "b", ["measure"])
