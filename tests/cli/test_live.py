"""Does the live view tell how far a run is, on a terminal and in a log?"""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from saber.cli.live import LiveView, estimate_table, left_words, status_table, sums
from saber.flow import Estimate, StageEstimate, StageStatus, Status


def stage(name: str, state: str, done: int = 0, **more: object) -> StageStatus:
    values: dict[str, object] = {
        "name": name, "state": state, "in": 1000, "kept": done, "dropped": 0, "quarantined": 0,
        "pending": 1000 - done, "reasons": {}, "seconds": 1.0, "cost": None, "tokens": None,
        "done_now": done, "wall_s": 10.0,
    }  # fmt: skip
    return StageStatus.model_validate({**values, **more})


REASONS = {"no_face": 300, "too_short": 90, "raised": 8, "crashed": 2}
CLEAN = stage("clean", "done", 600, dropped=390, quarantined=10, pending=0, reasons=REASONS)
ANNOTATE = stage("annotate", "running", 100, cost=12.5)


def status(*stages: StageStatus) -> Status:
    return Status(
        state="running", engine="local", pid=7, host="here", started_at=1000.0, at=1120.0, stages=stages
    )


def drawn(what: object, width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(what)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_table_tells_progress_rate_end_cost_and_reasons() -> None:
    text = drawn(status_table(status(CLEAN, ANNOTATE, stage("verify", "waiting"))))
    clean, annotate = (line for line in text.splitlines() if line.startswith(("clean", "annotate")))
    assert clean.split() == ["clean", *clean.split()[1:2], "1,000", "1,000", "600", "390", "10", "60.0/s"]
    assert "Not kept by clean: no_face 300, too_short 90, raised 8, 1 more" in text
    # 100 in 10 s: 10 a second, so the 900 that are left take 90 s.
    for part in ("10.0/s", "2 min", "12.50"):
        assert part in annotate
    assert "running after 2 min, cost so far 12.50 (local engine, process 7 on here)" in text


def test_the_sums_are_printed_with_every_reason() -> None:
    assert sums(status(CLEAN, ANNOTATE)) == [
        "clean: in 1000 = kept 600 + dropped 390 + quarantined 10 "
        "(no_face 300, too_short 90, raised 8, crashed 2)",
        "annotate: in 1000 = kept 100 + dropped 0 + quarantined 0 + pending 900",
    ]


def test_in_a_log_each_stage_begins_and_ends_with_a_line() -> None:
    file = io.StringIO()
    with LiveView(Console(file=file, width=60)) as view:
        for done in (10, 20, 30):
            view(status(stage("clean", "running", done)))
        view(status(CLEAN, stage("annotate", "running", 0)))
        view(status(CLEAN, stage("annotate", "running", 5)))
    lines = file.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == ["clean", "clean", "annotate"]
    assert "10 of 1000 done; 1.0/s; 16 min left" in lines[0]
    assert "kept 600, dropped 390, quarantined 10" in lines[1]


def test_in_a_log_a_stage_that_has_nothing_to_do_is_told_once() -> None:
    file = io.StringIO()
    with LiveView(Console(file=file, width=60)) as view:
        for state in ("running", "done"):
            view(status(stage("clean", state, 1000)))
    assert file.getvalue().count("clean: 1000 of 1000 done") == 1


def test_in_a_log_whoever_interrupts_is_answered_once() -> None:
    file = io.StringIO()
    with LiveView(Console(file=file, width=60)) as view:
        for _ in range(2):
            view(status(ANNOTATE).model_copy(update={"message": "Stopping when the rows are done."}))
    assert file.getvalue().count("Stopping when the rows are done.") == 1


def test_on_a_terminal_the_table_redraws_itself_and_leaves_nothing() -> None:
    file = io.StringIO()
    with LiveView(Console(file=file, width=120, force_terminal=True)) as view:
        view(status(CLEAN, ANNOTATE))
    assert "annotate" in file.getvalue()
    assert file.getvalue().rstrip().endswith("\x1b[2K") or "\x1b[1A" in file.getvalue()


def test_an_estimate_tells_what_it_rests_on() -> None:
    known = StageEstimate(
        name="clean",
        rows=600_000.0,
        measured_on=12,
        seconds_each=0.5,
        at_once=4,
        hours=20.8,
        hours_low=18.0,
        hours_high=23.6,
        gpu_hours=0,
        cost=None,
        tokens=None,
    )
    unknown = known.model_copy(update={"name": "ask", "seconds_each": None, "hours": None, "measured_on": 0})
    whole = Estimate(
        clips=600_000,
        measured_on=12,
        stages=(known, unknown),
        hours=20.8,
        hours_low=18.0,
        hours_high=23.6,
        gpu_hours=0,
        cost=None,
        tokens=None,
        storage_gb=95.2,
        unknown=("ask",),
    )
    text = drawn(estimate_table(whole))
    assert "18.0-23.6" in text
    assert "600,000 clips; 95.2 GB" in text
    assert "Too few clips came to ask" in text
    # A terminal of 80 columns shows all of it, each stage on one line.
    long = known.model_copy(update={"name": "duplicates", "hours": 1472.3, "hours_low": 1467.1})
    narrow = drawn(estimate_table(whole.model_copy(update={"stages": (long,)})), width=80)
    assert "duplicates" in narrow
    assert "1,472" in narrow
    assert "1,467-23.6" in narrow
    assert "…" not in narrow


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59, "59 s"), (61, "1 min"), (7000, "117 min"), (7300, "2.0 h"), (200_000, "2.3 d")],
)
def test_times_are_told_in_fitting_units(seconds: float, words: str) -> None:
    assert left_words(seconds) == words
