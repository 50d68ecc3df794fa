"""Is a stretch of a clip read as if it were a clip of its own?"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from media_maker import make_clip, make_sound
from saber.core.errors import UnreadableClipError
from saber.core.records import Frame
from saber.media import FrameSampling, MediaSettings, open_clip

ALL = MediaSettings(fps=100)
KINDS = {
    "mp4": {"codec": "libx264", "keyframe_every": 100},
    "mkv": {"codec": "libx264", "keyframe_every": 30, "sound_codec": "libopus"},
    "mpg": {"codec": "mpeg2video", "sound_codec": "mp2"},
    "avi": {"codec": "mpeg4", "sound_codec": "mp3"},
    "ts": {"codec": "libx264", "keyframe_every": 25},
}


def counting(index: int) -> NDArray[np.uint8]:
    """A picture whose grey says its number."""
    return np.full((48, 64, 3), 20 + index, np.uint8)


def grey(frame: Frame) -> int:
    return round(float(frame.rgb.mean())) - 20


@pytest.fixture(scope="module", params=KINDS)
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / f"film.{request.param}"
    chirp = make_sound("speech", 8.0) * np.linspace(0.1, 1, 8 * 48_000, dtype=np.float32)
    return make_clip(path, seconds=8.0, picture=counting, sound=chirp, **KINDS[request.param])


def test_a_stretch_has_the_pictures_and_the_sound_of_the_whole(film: Path) -> None:
    with open_clip(film, ALL) as whole:
        sound = whole.sound
        frames = list(whole.frames())
    start_s, end_s = 4.5, 6.02
    with open_clip(film, ALL, stretch=(start_s, end_s)) as part:
        heard = part.sound
        shown = list(part.frames())
        info, counts = part.finished_info(), part.counts
    wanted = [f for f in frames if start_s - 1e-3 <= f.time_s < end_s - 1e-3]
    assert [f.time_s for f in shown] == pytest.approx([f.time_s - start_s for f in wanted], abs=2e-3)
    assert [grey(f) for f in shown] == pytest.approx([grey(f) for f in wanted], abs=2)
    assert counts is not None
    assert counts.pictures == len(wanted) == 38
    assert sound is not None
    assert heard is not None
    assert heard.start_s == pytest.approx(0.0, abs=1e-3)
    assert heard.duration_s == pytest.approx(end_s - start_s, abs=0.002)
    first = round((start_s - sound.start_s) * 16_000)
    # Matroska's timestamps are whole milliseconds, so that the sound may be 16 samples early or late.
    shifted = [sound.samples[first + lag :][: len(heard.samples)] for lag in range(-16, 17)]
    assert max(np.corrcoef(heard.samples, truth)[0, 1] for truth in shifted) > 0.99
    assert info.duration_s == pytest.approx(end_s - start_s, abs=0.05)
    assert info.sha256 == ""
    assert not info.losses.any


def test_the_header_of_a_stretch_says_how_long_the_stretch_is(film: Path) -> None:
    with open_clip(film, stretch=(7.0, 20.0)) as clip:
        assert clip.info.duration_s == pytest.approx(1.0, abs=0.1)
        assert clip.finished_info().duration_s == pytest.approx(1.0, abs=0.1)


def test_a_few_pictures_of_a_stretch_are_spread_over_it(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "film.mp4", seconds=4.0, picture=counting, sound=None)
    with open_clip(path, MediaSettings(sampling=FrameSampling("count", 4)), stretch=(2.0, 4.0)) as clip:
        assert [round(f.time_s, 2) for f in clip.frames()] == [0.24, 0.72, 1.24, 1.72]


def test_a_stretch_beyond_the_end_holds_nothing(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "film.mp4", seconds=1.0, sound=None)
    with (
        open_clip(path, stretch=(5.0, 6.0)) as clip,
        pytest.raises(UnreadableClipError, match="nothing from 5 to 6 s"),
    ):
        list(clip.frames())


def test_a_stretch_that_ends_before_it_starts_is_refused(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "film.mp4", seconds=1.0)
    with pytest.raises(ValueError, match="ends after its start"):
        open_clip(path, stretch=(1.0, 1.0))


AHEAD = MediaSettings(fps=5, sampling=FrameSampling(keyframes_first_s=3.0))


def test_keyframes_come_first_where_they_are_asked_for(film: Path) -> None:
    with open_clip(film, AHEAD) as clip:
        first = list(clip.keyframes())
        rest = list(clip.frames())
        info = clip.finished_info()
    with open_clip(film, MediaSettings(fps=5)) as plain:
        assert [(f.time_s, grey(f)) for f in plain.frames()] == [(f.time_s, grey(f)) for f in rest]
        assert plain.finished_info() == info
    assert len(first) >= 2
    times_s = [f.time_s for f in first]
    assert all(b - a >= 1.0 - 1e-6 for a, b in pairwise(times_s))
    for frame in first:
        assert grey(frame) == pytest.approx(frame.time_s * 25, abs=3)


def test_keyframes_that_nobody_takes_are_passed_over(film: Path) -> None:
    with (
        open_clip(film, AHEAD, stretch=(2.0, 6.0)) as clip,
        open_clip(film, MediaSettings(fps=5), stretch=(2.0, 6.0)) as plain,
    ):
        assert [f.time_s for f in clip.frames()] == [f.time_s for f in plain.frames()]


def test_a_shorter_clip_has_no_keyframes_first(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "film.mp4", seconds=2.0, picture=counting)
    with open_clip(path, AHEAD) as clip:
        assert list(clip.keyframes()) == []
        assert len(list(clip.frames())) in (10, 11)
