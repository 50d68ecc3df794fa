"""Does a stretch of a long file become a clip of its own, and does all of it pass through the runner?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from clean.made import ANYBODY, SIZE, make, source, still, textured
from media_maker import make_sound
from saber.clean import CleanStage, DuplicatesSettings, DuplicatesStage, calibrate
from saber.core.dataset import Clip, Unique
from saber.flow import FlowSettings, Item, Keep, Tools, outcomes, outputs, run
from saber.media import open_clip


def test_a_stretch_is_written_beside_the_ledger_and_holds_what_the_source_says(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", seconds=6.0, sound=make_sound("speech", 6.0))
    stage = CleanStage(ANYBODY)
    stage.open(Tools(tmp_path))
    answer = stage(Item("it#t=2-4", {"source": source(film, 2.0, 4.0)}))
    assert isinstance(answer, Keep)
    clip = answer.record
    assert isinstance(clip, Clip)
    assert clip.media_path.startswith("clean/")
    assert clip.info.duration_s == pytest.approx(2.0, abs=0.08)
    assert clip.info.sha256
    assert not clip.info.losses.any
    with open_clip(tmp_path / clip.media_path) as written, open_clip(film, stretch=(2.0, 4.0)) as meant:
        assert written.sound is not None
        assert meant.sound is not None
        n = min(len(written.sound.samples), len(meant.sound.samples))
        assert n > 31_000
        assert np.abs(written.sound.samples[:n] - meant.sound.samples[:n]).max() < 1e-4
        pairs = list(zip(written.frames(), meant.frames(), strict=True))
    assert len(pairs) == 50
    for shown, truth in pairs:
        assert shown.time_s == pytest.approx(truth.time_s, abs=2e-3)
        assert np.abs(shown.rgb.astype(int) - truth.rgb.astype(int)).mean() < 6
    assert sorted(p.name for p in (tmp_path / "clean").iterdir()) == [Path(clip.media_path).name]


def test_a_stretch_that_fails_leaves_no_file(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", seconds=4.0)
    stage = CleanStage(ANYBODY)
    stage.open(Tools(tmp_path))
    answer = stage(Item("it", {"source": source(film, 3.5, 4.0)}))
    assert getattr(answer, "reason", None) == "too_short"
    assert not (tmp_path / "clean").exists()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six clips that went through the runner: two good ones, a copy, and three that are dropped."""
    folder = tmp_path_factory.mktemp("clips")
    paths = [
        make(folder / "a.mp4", seconds=3.0),
        # The same, half as large, quieter, by another encoder, without its first fifth of a second.
        make(
            folder / "b.mkv",
            seconds=2.8,
            codec="libx264",
            size=(SIZE[0], SIZE[1]),
            picture=lambda i: textured()(i + 5),
            sound=make_sound("speech", 3.0)[9600:] * 0.3,
            sound_codec="libopus",
        ),
        # The same picture with another sound.
        make(folder / "c.mp4", seconds=3.0, sound=other_speech(3.0)),
        make(folder / "d.mp4", seconds=3.0, sound="silence"),
        make(folder / "e.mp4", seconds=3.0, picture=still(textured(3))),
    ]
    (folder / "f.mp4").write_bytes(b"no clip")
    workspace = tmp_path_factory.mktemp("workspace")
    settings = replace(ANYBODY, all_checks=True)
    stages = [CleanStage(settings), DuplicatesStage(DuplicatesSettings())]
    sources = [source(path) for path in (*paths, folder / "f.mp4")]
    status = run(stages, sources, workspace, settings=FlowSettings(workers=1))
    assert status.state == "done"
    assert [(s.inputs, s.kept, s.dropped, s.quarantined) for s in status.stages] == [
        (6, 3, 3, 0),
        (3, 2, 1, 0),
    ]
    return workspace


def other_speech(seconds: float) -> NDArray[np.float32]:
    """The same backwards: other sounds at other times."""
    return np.ascontiguousarray(make_sound("speech", seconds)[::-1])


def test_the_runner_keeps_what_is_good_and_new_and_names_what_a_copy_repeats(workspace: Path) -> None:
    assert [name for name, _ in outputs(workspace, "duplicates", Unique)] == ["made/a.mp4", "made/c.mp4"]
    (copy,) = outcomes(workspace, "duplicates")
    assert (copy.item, copy.reason) == ("made/b.mkv", "duplicate")
    assert "made/a.mp4" in copy.detail
    measured = Unique.model_validate_json(copy.measured or "")
    assert measured.nearest == "made/a.mp4"
    assert measured.sound_distance is not None
    assert measured.sound_distance < 0.15
    reasons = {o.item: o.reason for o in outcomes(workspace, "clean")}
    assert reasons == {"made/d.mp4": "mute", "made/e.mp4": "frozen_picture", "made/f.mp4": "clip_unreadable"}


def test_the_calibration_says_what_each_limit_costs(workspace: Path) -> None:
    found = calibrate(workspace)
    assert (found.clips, found.kept, found.unreadable) == (6, 3, 1)
    assert found.reasons == {"mute": 1, "frozen_picture": 1, "clip_unreadable": 1}
    rows = {row.check: row for row in found.rows}
    loudness = rows["loudness"]
    assert (loudness.measured, loudness.unknown, loudness.not_asked) == (5, 0, 0)
    assert loudness.current is not None
    assert loudness.current.kept == 4
    # Of the four that can be heard, one is frozen.
    assert loudness.current.kept_with_others == 3
    assert sum(loudness.histogram) == 5
    assert loudness.quantiles["0.01"] < -100
    assert rows["speech"].measured == 0
    assert rows["speech"].current is None
    assert rows["clipping"].not_asked == 1  # silence
    table = found.table()
    assert "loudness (min_level_db, dBFS)" in table
    assert ">= -60" in table
    assert json.loads(found.model_dump_json())["kept"] == 3
