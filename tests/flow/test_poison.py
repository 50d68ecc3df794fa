"""Does a row that raises, hangs, eats memory or kills its process take only itself?"""

from __future__ import annotations

from pathlib import Path

from flow.driven import gone
from flow.trial_stages import Measure, diary, sources, workers
from saber.flow import FlowSettings, outcomes, run

POISON = {
    "clip0003": "raise",
    "clip0009": "segfault",
    "clip0012": "exit",
    "clip0015": "hang",
    "clip0020": "memory",
}


def test_poison_rows_do_not_touch_their_neighbours(tmp_path: Path) -> None:
    found = run(
        [Measure(timeout_s=2.0)],
        sources(40, **POISON),
        tmp_path,
        settings=FlowSettings(workers=2, memory_limit_mb=300),
    )
    (stage,) = found.stages
    assert (stage.kept, stage.quarantined) == (35, 5)
    ended = {one.item: (one.reason, one.attempts) for one in outcomes(tmp_path, "measure")}
    assert ended == {
        "clip0003": ("raised", 1),
        "clip0009": ("crashed", 2),
        "clip0012": ("crashed", 2),
        "clip0015": ("timed_out", 2),
        "clip0020": ("out_of_memory", 2),
    }
    said = {one.item: one.detail for one in outcomes(tmp_path, "measure")}
    assert "SIGSEGV" in said["clip0009"]
    assert "exit code 3" in said["clip0012"]
    # Those four are tried twice; everything else was worked on once, whichever worker died beside it.
    done = diary(tmp_path, "measure")
    assert sorted(done) == sorted([*(f"clip{n:04d}" for n in range(40)), *list(POISON)[1:]])
    assert gone(workers(tmp_path))
