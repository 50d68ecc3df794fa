"""Is speech found where it is, at any gain, and not in tones, hum, noise or silence?"""

from __future__ import annotations

import numpy as np
import pytest

from perceive.voice.voice_sources import RATE_HZ, Samples, noise, read, silence
from saber.core.records import Sound
from saber.perceive.voice import VoiceSettings, perceive_voice, voice_activity

_TIME = np.arange(3 * RATE_HZ) / RATE_HZ


def _tone(hz: float) -> Samples:
    return (0.3 * np.sin(2 * np.pi * hz * _TIME)).astype(np.float32)


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(_tone(150), id="tone-150"),
        pytest.param(_tone(440), id="tone-440"),
        pytest.param(_tone(50), id="hum-50"),
        pytest.param(_tone(60), id="hum-60"),
        pytest.param((0.3 * (_TIME * 120 % 1 - 0.5)).astype(np.float32), id="sawtooth-120"),
        pytest.param(noise(3.0, 0.1), id="noise"),
        pytest.param(noise(3.0, 0.0005), id="faint-noise"),
        pytest.param(silence(3.0), id="silence"),
        pytest.param(silence(3.0) + np.float32(0.2), id="dc-only"),
        pytest.param(silence(0.0), id="empty"),
    ],
)
def test_not_a_voice(samples: Samples) -> None:
    sound = Sound(samples)
    assert voice_activity(sound) == ()
    found = perceive_voice(sound, ())
    assert not found.present
    assert found.overall is None
    assert all(cue.status == "absent" and cue.reason == found.absent_reason for cue in found.cues)


def test_no_sound() -> None:
    assert voice_activity(None) == ()
    assert perceive_voice(None, ()).absent_reason == "no_sound"


def test_reasons_tell_silence_from_no_voice() -> None:
    assert perceive_voice(Sound(silence(1.0)), ()).absent_reason == "digital_silence"
    assert perceive_voice(Sound(noise(1.0, 0.01)), ()).absent_reason == "no_voice"


def test_other_sampling_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="16000 Hz, not 8000"):
        voice_activity(Sound(noise(1.0, 0.1), rate_hz=8000))


@pytest.mark.parametrize("wrong", [{"min_activity_prob": 1.0}, {"pitch_floor_hz": 700.0}, {"moment_s": 0.0}])
def test_settings_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        VoiceSettings(**wrong)


@pytest.mark.media
def test_speech_is_found_at_any_gain(media_dir) -> None:
    sound = read(media_dir / "asr_zh/BAC009S0764W0121.wav")
    plain = voice_activity(sound)
    assert len(plain) == 1
    assert (plain[0].start_s, plain[0].end_s) == pytest.approx((0.5, 3.8), abs=0.15)
    for gain_db in (-24, -12, 6):
        assert voice_activity(Sound((sound.samples * 10 ** (gain_db / 20)).astype(np.float32))) == plain


@pytest.mark.media
def test_times_are_on_the_clips_clock(media_dir) -> None:
    sound = read(media_dir / "asr_en/LJ002-0020.wav")
    late = Sound(sound.samples, start_s=2.0)
    spans, moved = voice_activity(sound), voice_activity(late)
    assert [s.start_s + 2.0 for s in spans] == pytest.approx([s.start_s for s in moved])
    early, later = perceive_voice(sound, spans), perceive_voice(late, moved)
    assert early.overall is not None
    assert later.overall is not None
    assert later.overall.start_s == pytest.approx(early.overall.start_s + 2.0)
    assert later.overall.arousal == pytest.approx(early.overall.arousal, abs=1e-6)
    assert later.tracks[0].times_s[0] == pytest.approx(early.tracks[0].times_s[0] + 2.0)


@pytest.mark.media
@pytest.mark.parametrize("name", ["d27_silent_audio.mp4"])
def test_silent_track_of_a_real_clip(media_dir, name: str) -> None:
    sound = read(media_dir / "robustness" / name)
    assert voice_activity(sound) == ()
    assert perceive_voice(sound, ()).absent_reason == "digital_silence"
