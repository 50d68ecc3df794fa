"""Is the right track heard, mono, at 16 kHz, whole, and in time?"""

from __future__ import annotations

from array import array
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from media_maker import make_clip, make_sound
from saber.core.errors import UsageError
from saber.core.records import Sound
from saber.media import MediaSettings, open_clip, probe
from saber.media.worker.speech_likeness import LISTEN_RATE_HZ, speech_likeness


def sound_of(path: Path, **settings: object) -> Sound:
    with open_clip(path, MediaSettings(**settings)) as clip:  # type: ignore[arg-type]
        assert clip.sound is not None
        return clip.sound


def pitch_hz(samples: NDArray[np.float32]) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * 16_000 / len(samples))


def click_s(sound: Sound) -> float:
    return float(np.argmax(np.abs(sound.samples) > 0.2)) / sound.rate_hz + sound.start_s


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz", "layout"),
    [
        ("a.wav", "pcm_s16le", 48_000, "mono"),
        ("a.wav", "pcm_s16le", 16_000, "mono"),
        ("a.mov", "pcm_mulaw", 8_000, "mono"),
        ("a.flac", "flac", 44_100, "stereo"),
        ("a.mp3", "libmp3lame", 44_100, "stereo"),
        ("a.mka", "ac3", 48_000, "5.1"),
        ("a.ogg", "libopus", 48_000, "stereo"),
        ("a.m4a", "aac", 44_100, "stereo"),
        ("a.ts", "mp2", 48_000, "stereo"),
    ],
)
def test_every_codec_becomes_16_khz_mono(
    tmp_path: Path, name: str, codec: str, rate_hz: int, layout: str
) -> None:
    path = make_clip(tmp_path / name, codec=None, sound_codec=codec, rate_hz=rate_hz, layout=layout)
    with open_clip(path) as clip:
        sound, info = clip.sound, clip.finished_info()
    assert sound is not None
    assert info.video is None
    assert not info.losses.any
    assert sound.rate_hz == 16_000
    assert sound.samples.dtype == np.float32
    assert sound.duration_s == pytest.approx(1.0, abs=0.06)
    assert pitch_hz(sound.samples) == pytest.approx(440, abs=2)
    middle = sound.samples[4000:12000]
    # The tone has an amplitude of 0.3 in every channel, and a mix is not louder than its channels.
    assert np.sqrt(2) * middle.std() == pytest.approx(0.3, rel=0.08)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov", "a.avi", "a.ts"])
def test_a_click_is_heard_when_it_happens(tmp_path: Path, name: str) -> None:
    codec = "libmp3lame" if name == "a.avi" else "aac"
    path = make_clip(tmp_path / name, sound="click", sound_codec=codec, codec="mpeg2video")
    # An encoder's delay that the container does not declare (MP3 in AVI, AAC in TS) can't be known.
    late_s = 0.05 if name in ("a.avi", "a.ts") else 0.003
    assert 0.497 <= click_s(sound_of(path)) <= 0.5 + late_s


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_late_sound_keeps_its_time(tmp_path: Path, name: str) -> None:
    path = make_clip(tmp_path / name, sound="click", sound_start_s=0.7)
    sound = sound_of(path)
    assert sound.start_s == pytest.approx(0.7, abs=0.025)
    assert click_s(sound) == pytest.approx(1.2, abs=0.004)
    info = probe(path)
    assert info.audio is not None
    assert info.audio.start_s == pytest.approx(sound.start_s)


def test_sound_may_be_longer_than_the_picture(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=0.4, sound_seconds=1.6)
    with open_clip(path) as clip:
        assert len(list(clip.frames())) == 10
        assert clip.finished_info().duration_s == pytest.approx(1.6, abs=0.03)


def test_a_gap_in_the_sound_becomes_silence(tmp_path: Path) -> None:
    """Packets 20 to 29 of a tone are left out; what follows must not move."""
    source = make_clip(tmp_path / "whole.mkv", codec=None, sound_codec="mp2", sound="tone")
    path = tmp_path / "gap.mkv"
    with av.open(str(source)) as whole, av.open(str(path), "w") as out:
        track = out.add_stream_from_template(whole.streams.audio[0])
        packets = [p for p in whole.demux() if p.dts is not None]
        start_s, end_s = (float(packets[i].pts * packets[i].time_base) for i in (20, 30))
        for packet in packets[:20] + packets[30:]:
            packet.stream = track
            out.mux(packet)
    sound = sound_of(path)
    true = sound_of(source)
    assert end_s - start_s > 0.1
    assert sound.duration_s == pytest.approx(true.duration_s, abs=0.002)
    gap = sound.samples[round(start_s * 16_000) + 40 : round(end_s * 16_000) - 40]
    assert np.abs(gap).max() < 0.01
    after = slice(round(end_s * 16_000) + 200, -200)
    assert np.corrcoef(sound.samples[after], true.samples[after])[0, 1] > 0.9


@pytest.mark.parametrize("other", ["tone", "noise", "silence", "click"])
def test_speech_wins_against(tmp_path: Path, other: str) -> None:
    path = make_clip(tmp_path / "a.mkv", seconds=3, sound=other, more_sounds=["speech"], default_sound=0)
    audio = probe(path).audio
    assert audio is not None
    assert (audio.track, audio.tracks, audio.chosen_because) == (1, 2, "most_speech")


def test_of_two_like_tracks_the_files_own_choice_counts(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", seconds=3, sound="speech", more_sounds=["speech"], default_sound=1)
    audio = probe(path).audio
    assert audio is not None
    assert (audio.track, audio.chosen_because) == (1, "default_track")


def test_a_track_can_be_asked_for(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", seconds=2, sound="tone", more_sounds=["speech"])
    with open_clip(path, MediaSettings(audio_track=0)) as clip:
        assert clip.info.audio is not None
        assert clip.info.audio.chosen_because == "asked_for"
        assert clip.sound is not None
        assert pitch_hz(clip.sound.samples) == pytest.approx(440, abs=2)
    with pytest.raises(UsageError, match="no audio track 2"):
        open_clip(path, MediaSettings(audio_track=2))


def test_unread_sound_is_still_described(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=0.4)
    with open_clip(path, MediaSettings(sound=False)) as clip:
        assert len(list(clip.frames())) == 10
        assert clip.sound is None
        info = clip.finished_info()
    assert info.audio is not None
    assert not info.losses.any


def likeness(samples: NDArray[np.float32]) -> float:
    return speech_likeness(array("f", samples.tobytes()))


def test_what_speech_likeness_measures() -> None:
    t = np.arange(5 * LISTEN_RATE_HZ) / LISTEN_RATE_HZ
    speech = likeness(make_sound("speech", 5, LISTEN_RATE_HZ))
    beating_tone = (np.sin(2 * np.pi * 440 * t) * (1 + np.sin(2 * np.pi * 4 * t)) * 0.2).astype(np.float32)
    assert speech > 0.05
    for kind in ("tone", "noise", "silence", "click"):
        assert likeness(make_sound(kind, 5, LISTEN_RATE_HZ)) < speech / 5
    assert likeness(beating_tone) < speech / 5, "the rhythm of speech alone is not enough"
    assert likeness(make_sound("speech", 0.5, LISTEN_RATE_HZ)) == 0, "too short to say"


@pytest.mark.media
def test_real_speech_is_more_like_speech_than_what_is_not(media_dir: Path) -> None:
    for path in sorted((media_dir / "grid_av").glob("*.mpg")):
        sound = sound_of(path)
        assert likeness(sound.samples[::2].copy()) > 3 * likeness(make_sound("noise", 3, LISTEN_RATE_HZ))
