"""Does the clip go in as it is where browsers play it, and as a preview where not?"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from media_maker import make_clip, make_sound
from saber.core.records import ClipInfo, Sound
from saber.media import open_clip
from saber.report.embed import embed, waveform


def info(path: Path) -> ClipInfo:
    with open_clip(path) as reader:
        return reader.finished_info()


def test_a_playable_clip_goes_in_byte_for_byte(clip: Path) -> None:
    made = embed(info(clip))
    assert (made.mime, made.is_preview) == ("video/webm", False)
    assert made.data == clip.read_bytes()
    assert made.waveform is not None
    assert made.waveform.end_s == pytest.approx(6.0, abs=0.1)


def test_another_codec_becomes_a_preview(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "old.avi", seconds=1.0, codec="mpeg4", sound="tone", sound_codec="mp2")
    made = embed(info(path))
    assert (made.mime, made.is_preview) == ("video/webm", True)
    with av.open(io.BytesIO(made.data)) as preview:
        assert {s.codec_context.name for s in preview.streams} == {"vp9", "opus"}
        assert len(list(preview.decode(video=0))) == 25


def test_a_large_clip_becomes_a_preview(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[embed.__module__], "MAX_ORIGINAL_BYTES", 1000)
    made = embed(info(clip))
    assert made.is_preview
    assert made.data != clip.read_bytes()


def test_the_sound_track_that_was_heard_is_the_one_in_the_preview(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "two.mkv", seconds=1.5, sound="silence", more_sounds=["tone"])
    clip = info(path)
    assert clip.audio is not None
    chosen = clip.model_copy(update={"audio": clip.audio.model_copy(update={"track": 1})})
    made = embed(chosen)
    with av.open(io.BytesIO(made.data)) as preview:
        heard = np.concatenate([f.to_ndarray().ravel() for f in preview.decode(audio=0)])
    assert np.abs(heard).max() > 0.1


def test_sound_alone_gets_an_audio_player(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "voice.wav", seconds=1.0, codec=None, sound="speech", sound_codec="pcm_s16le")
    made = embed(info(path))
    assert (made.mime, made.is_preview) == ("audio/wav", False)


def test_a_clip_that_is_gone_leaves_no_player(clip: Path, tmp_path: Path) -> None:
    gone = info(clip).model_copy(update={"path": str(tmp_path / "gone.webm")})
    made = embed(gone)
    assert (made.mime, made.data, made.waveform) == (None, b"", None)


def test_the_waveform_is_an_envelope_at_its_place() -> None:
    sound = Sound(make_sound("click", 1.0, 16_000), 16_000, start_s=2.0)
    drawn = waveform(sound, steps=100)
    assert drawn is not None
    assert (drawn.start_s, drawn.end_s, len(drawn.low), len(drawn.high)) == (2.0, 3.0, 100, 100)
    assert (max(drawn.high), drawn.high.index(80)) == (80, 50)
    assert sum(drawn.high) == 80
    assert waveform(Sound(np.zeros(0, np.float32))) is None
