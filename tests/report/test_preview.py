"""Is the preview the clip, only smaller?"""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from media_maker import make_sound, quadrants
from saber.core.records import Frame, Sound
from saber.report.preview import RUNGS, Rung, encode_preview, rung_for

RUNG = Rung(60, 80, 25.0, 300_000)


def frames(count: int, size: tuple[int, int] = (160, 96), step_s: float = 0.04, start_s: float = 0.0):
    return iter([Frame(i, start_s + i * step_s, quadrants(*size)) for i in range(count)])


def test_pictures_keep_their_times_and_colours() -> None:
    data = encode_preview(frames(50, start_s=0.4), None, RUNG)
    assert data is not None
    with av.open(io.BytesIO(data)) as made:
        stream = made.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("vp9", 80, 48)
        shown = list(made.decode(video=0))
    assert [round(f.time, 3) for f in shown] == [round(0.4 + i * 0.04, 3) for i in range(50)]
    red = shown[20].to_ndarray(format="rgb24")[4:20, 4:36].reshape(-1, 3).mean(axis=0)
    assert red == pytest.approx((220, 30, 30), abs=25)


def test_sound_keeps_its_pitch_and_place() -> None:
    tone = Sound(make_sound("tone", 2.0, 16_000), 16_000, 0.5)
    data = encode_preview(frames(60), tone, RUNG)
    assert data is not None
    with av.open(io.BytesIO(data)) as made:
        pieces = list(made.decode(audio=0))
    assert pieces[0].time == pytest.approx(0.5, abs=0.03)
    heard = np.concatenate([p.to_ndarray().ravel() for p in pieces])
    rate_hz = pieces[0].sample_rate
    assert len(heard) / rate_hz == pytest.approx(2.0, abs=0.05)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert np.argmax(spectrum) * rate_hz / len(heard) == pytest.approx(440, abs=2)


def test_picture_and_sound_are_interleaved() -> None:
    sound = Sound(make_sound("speech", 4.0, 16_000))
    data = encode_preview(frames(100), sound, RUNG)
    assert data is not None
    with av.open(io.BytesIO(data)) as made:
        order = [(p.stream.type, float(p.pts * p.time_base)) for p in made.demux() if p.pts is not None]
    latest = {"video": 0.0, "audio": 0.0}
    for kind, time_s in order:
        latest[kind] = time_s
        assert abs(latest["video"] - latest["audio"]) < 0.6


def test_sound_alone_and_nothing_at_all() -> None:
    data = encode_preview(iter(()), Sound(make_sound("speech", 1.0, 16_000)), RUNG)
    assert data is not None
    with av.open(io.BytesIO(data)) as made:
        assert [s.type for s in made.streams] == ["audio"]
    assert encode_preview(iter(()), None, RUNG) is None
    assert encode_preview(iter(()), Sound(np.zeros(0, np.float32)), RUNG) is None


def test_odd_sizes_and_repeated_times_are_handled() -> None:
    twice = iter([Frame(i, 0.04 * (i // 2), quadrants(33, 17)) for i in range(10)])
    data = encode_preview(twice, None, RUNG)
    assert data is not None
    with av.open(io.BytesIO(data)) as made:
        assert (made.streams.video[0].width % 2, made.streams.video[0].height % 2) == (0, 0)
        assert len(list(made.decode(video=0))) == 5


def test_longer_clips_get_smaller_previews_that_stay_below_the_limit() -> None:
    assert [rung_for(s) for s in (1, 60, 61, 301, 86_000)] == [RUNGS[0], RUNGS[0], *RUNGS[1:]]
    for rung in RUNGS[:3]:
        assert rung.max_duration_s * (rung.video_bits_s + 32_000) / 8 < 14_000_000
