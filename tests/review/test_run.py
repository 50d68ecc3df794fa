"""Does the next run do what people decided, for exactly those rows, and does the export name them?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from review.made import ALL, DROPPED, KEPT, annotations, decide, ended_at, run, saber
from saber.core.dataset import Assigned, Check, Compared, Verified
from saber.core.taxonomy import DIMENSIONS, Dimension, Emotion
from saber.flow import outcomes, outputs
from saber.review import ItemView, ReviewRoom

A, C, D = KEPT
FACE = "She lifts one brow and looks aside."


@pytest.fixture(scope="module")
def before(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that is reviewed and run once more, by the tests of this module in their order."""
    return Path(shutil.copytree(home / "made", tmp_path_factory.mktemp("run") / "made"))


@pytest.fixture(scope="module")
def reviewed(home: Path, before: Path) -> tuple[Path, dict[tuple[str, str], float], dict[str, ItemView]]:
    """The workspace reviewed and run again; when its rows had ended before; what was shown in between."""
    room = ReviewRoom(before)
    old = ended_at(before)
    decide(room, A, "ann", "correct", face=FACE, emotion="happiness")
    decide(room, DROPPED, "ben", "accept")
    decide(room, C, "ann", "reject", reason="unusable_media", words="Only noise.")
    decide(room, D, "ann", "correct", half="inconsistent")
    shown = {item: room.item(item, "ann") for item in ALL}
    assert ended_at(before) == old  # deciding runs nothing
    run(home, "--workspace", str(before))
    return before, old, shown


def checks(workspace: Path, item: str) -> list[Check]:
    """What the review said in an item's record."""
    kept = dict(outputs(workspace, "verify", Verified))
    if item in kept:
        found = kept[item]
    else:
        row = next(one for one in outcomes(workspace, "verify") if one.item == item)
        found = Verified.model_validate_json(row.measured or "")
    return [check for check in found.checks if check.name == "review"]


def export(workspace: Path, out: Path) -> dict[str, dict[str, Any]]:
    answer = saber("export", "--workspace", workspace, "--out", out, "--form", "jsonl")
    assert answer.returncode == 0, answer.stderr
    files = (out / "data").glob("*.jsonl")
    return {row["id"]: row for file in files for row in map(json.loads, file.read_text().splitlines())}


def test_until_the_next_run_it_is_shown_as_awaited(reviewed: Any) -> None:
    _, _, shown = reviewed
    assert {item: view.state.awaits_run for item, view in shown.items()} == dict.fromkeys(ALL, True)
    assert shown[A].state.stale == ("verify", "compare", "split", "instruct")
    assert shown[D].state.stale == ("compare", "split", "instruct")
    assert {view.state.state for view in shown.values()} == {"settled"}
    assert shown[DROPPED].status == "dropped"  # as the last run left it


def test_exactly_the_decided_rows_and_what_rests_on_them_are_done_again(reviewed: Any) -> None:
    workspace, old, _ = reviewed
    new = ended_at(workspace)
    again = {key for key, at in new.items() if old.get(key) != at}
    # The split is one decision about all clips together.
    kept = {A, DROPPED, D}
    assert {(s, i) for s, i in again if s not in ("split", "instruct")} == {
        ("verify", A), ("verify", DROPPED), ("verify", C),
        ("compare", A), ("compare", DROPPED), ("compare", D),
    }  # fmt: skip
    assert {i for s, i in again if s == "split"} == kept
    assert not {i for s, i in again if s == "instruct"} & {C}
    assert ("compare", C) not in new


def test_a_corrected_text_stands_with_a_person_as_its_author(reviewed: Any) -> None:
    workspace, _, _ = reviewed
    stands = annotations(workspace)[A]
    assert stands.annotation.face == FACE
    assert stands.written_by[Dimension.FACE].model == "person:ann"
    assert stands.emotion_said is Emotion.HAPPINESS
    others = set(DIMENSIONS) - {Dimension.FACE}
    assert {stands.written_by[d].model.startswith("person:") for d in others} == {False}
    said = [(c.passed, c.reason, c.judge, c.dimension) for c in checks(workspace, A)]
    assert said == [
        (True, "corrected", "person:ann", Dimension.FACE),
        (True, "corrected", "person:ann", None),
    ]
    # The other checks were made of the corrected text all the same.
    (verified,) = [v for i, v in outputs(workspace, "verify", Verified) if i == A]
    assert {c.dimension for c in verified.checks if c.name == "visual_claims"} >= {Dimension.FACE}
    assert verified.required == ("speech", "review")


def test_a_dropped_clip_that_was_accepted_comes_back_and_its_record_says_so(reviewed: Any) -> None:
    workspace, _, _ = reviewed
    assert set(dict(outputs(workspace, "split", Assigned))) == {A, DROPPED, D}
    said = checks(workspace, DROPPED)
    assert {(c.passed, c.reason, c.judge) for c in said} == {(True, "accepted", "person:ben")}
    (speech,) = [c for c in said if c.dimension is Dimension.SPEECH]
    assert speech.detail == "Accepted although speech by corpus failed (speech_missed)."


def test_a_rejected_clip_is_dropped_with_the_reviewers_reason(reviewed: Any) -> None:
    workspace, _, _ = reviewed
    (row,) = [one for one in outcomes(workspace, "verify") if one.item == C]
    assert (row.status, row.reason) == ("dropped", "rejected_by_reviewer")
    assert row.detail == "By person:ann: unusable media: Only noise."
    assert [(c.passed, c.judge) for c in checks(workspace, C)] == [(False, "person:ann")]


def test_a_persons_half_decides_above_the_judges(reviewed: Any) -> None:
    workspace, _, _ = reviewed
    compared = dict(outputs(workspace, "compare", Compared))[D]
    assert (compared.half, compared.because) == ("inconsistent", "reviewed")
    assert [(o.judge, o.verdict) for o in compared.opinions] == [
        ("measured", "unclear"),
        ("person:ann", "inconsistent"),
    ]
    assigned = dict(outputs(workspace, "split", Assigned))[D]
    assert (assigned.half, assigned.half_judges) == ("inconsistent", ("person:ann",))


def test_the_export_holds_what_people_decided(reviewed: Any, tmp_path: Path) -> None:
    workspace, _, _ = reviewed
    rows = export(workspace, tmp_path / "out")
    assert set(rows) == {A, DROPPED, D}
    assert rows[A]["facial_exp_desc"] == FACE
    assert {w["dimension"]: w["model"] for w in rows[A]["writers"]}["face"] == "person:ann"
    assert rows[A]["emotion_said"] == "happiness"
    assert rows[D]["half"] == "inconsistent"
    assert "person:ann" in (tmp_path / "out" / "README.md").read_text()


def test_afterwards_nothing_awaits_a_run_and_another_one_repeats_nothing(home: Path, reviewed: Any) -> None:
    workspace, _, _ = reviewed
    room = ReviewRoom(workspace)
    assert {item: room.item(item, "zoe").state.stale for item in ALL} == dict.fromkeys(ALL, ())
    progress = room.summary().progress
    assert (progress.settled, progress.awaits_run, progress.rejected, progress.corrected) == (4, 0, 1, 2)
    ended = ended_at(workspace)
    run(home, "--workspace", str(workspace))
    again = {key for key, at in ended_at(workspace).items() if ended[key] != at}
    assert {stage for stage, _ in again} <= {"duplicates", "split"}  # decisions about all, made each time


def test_what_the_annotator_writes_anew_nobody_has_accepted(home: Path, reviewed: Any) -> None:
    workspace, _, _ = reviewed
    run(home, "--workspace", str(workspace), "--lang", "zh")
    stands = annotations(workspace)
    # An English sentence is no text of a Chinese record.
    assert stands[A].language == "zh"
    assert stands[A].annotation.face != FACE
    assert stands[A].written_by[Dimension.FACE].model == "embedded"
    said = {c.dimension: (c.passed, c.reason) for c in checks(workspace, DROPPED)}
    lapsed = (None, "review_outdated")
    assert said[Dimension.SCENE] == said[Dimension.REASONING] == lapsed
    # Nobody speaks in it, in any language: that text is still the accepted one.
    assert said[Dimension.SPEECH] == (True, "accepted")
    assert DROPPED in stands
    assert C not in stands  # the clip itself was rejected, not its texts
    room = ReviewRoom(workspace)
    assert room.summary().progress.outdated == 2
    assert {line.item for line in room.queue("ben").items} == {A, DROPPED}
    own = room.item(DROPPED, "ben").mine
    assert own is not None
    assert own.outdated


def test_a_decision_that_is_taken_back_is_undone_by_the_next_run(home: Path, reviewed: Any) -> None:
    workspace, _, _ = reviewed
    room = ReviewRoom(workspace)
    for item, reviewer in ((A, "ann"), (C, "ann"), (D, "ann"), (DROPPED, "ben")):
        room.withdraw(item, reviewer)
    run(home, "--workspace", str(workspace), "--lang", "en")
    stands = annotations(workspace)
    fresh = annotations(home / "made")
    assert set(stands) == set(KEPT)
    assert {i: s.annotation for i, s in stands.items()} == {i: s.annotation for i, s in fresh.items()}
    assert {c.half for _, c in outputs(workspace, "compare", Compared)} == {"unclear"}
    assert checks(workspace, A) == []
