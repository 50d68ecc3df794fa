"""Is a whole clip's voice perceived the same at any gain, and is what can't be measured absent?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perceive.voice.voice_sources import (
    FEMALE_HZ,
    RATE_HZ,
    Samples,
    all_of,
    noise,
    read,
    silence,
    syllables,
    vowel,
)
from saber.core.catalogue import CATALOGUE, level_of, spec_of
from saber.core.records import Perception, Sound, Span
from saber.perceive.voice import VoiceSettings, perceive_voice, voice_activity

GAIN_BOUND = {"voice.level"}


def _phrase() -> Samples:
    speech = np.concatenate([syllables(7, 4.5), silence(0.4), syllables(5, 4.0, 150.0)])
    return np.concatenate([silence(0.4), speech, silence(0.4)]) + noise(len(speech) / RATE_HZ + 0.8, 0.0005)


_PHRASE = _phrase()
_SPEECH = (Span(start_s=0.4, end_s=1.96), Span(start_s=2.36, end_s=3.6))
_PLAIN = perceive_voice(Sound(_PHRASE), _SPEECH)


def _same_but_for_level(one: Perception, other: Perception) -> None:
    assert [c.name for c in one.cues] == [c.name for c in other.cues]
    for a, b in zip(one.cues, other.cues, strict=True):
        assert a.status == b.status, a.name
        if a.name in GAIN_BOUND or isinstance(a.value, str) or a.value is None:
            continue
        assert b.value == pytest.approx(a.value, rel=1e-3, abs=1e-3), a.name
        assert b.confidence == pytest.approx(a.confidence, abs=1e-3)
    assert one.overall is not None
    assert other.overall is not None
    for x, y in zip((one.overall, *one.moments), (other.overall, *other.moments), strict=True):
        assert y.arousal == pytest.approx(x.arousal, abs=1e-3)
        assert y.valence == pytest.approx(x.valence, abs=1e-3)
        assert y.probs == {e: pytest.approx(p, abs=1e-3) for e, p in x.probs.items()}


@given(st.floats(-12, 12))
@settings(max_examples=12, deadline=None)
def test_gain_changes_nothing_but_the_level(gain_db: float) -> None:
    louder = perceive_voice(Sound((_PHRASE * 10 ** (gain_db / 20)).astype(np.float32)), _SPEECH)
    _same_but_for_level(_PLAIN, louder)
    plain, changed = _PLAIN.cue("voice.level"), louder.cue("voice.level")
    assert plain is not None
    assert changed is not None
    assert isinstance(plain.value, float)
    assert changed.value == pytest.approx(plain.value + gain_db, abs=0.01)


@pytest.mark.media
@pytest.mark.parametrize("gain_db", [-12.0, 12.0])
def test_gain_changes_nothing_of_real_speech(media_dir, gain_db: float) -> None:
    sound = read(media_dir / "asr_en/librispeech-1995-1837-0001.wav")
    other = Sound((sound.samples * 10 ** (gain_db / 20)).astype(np.float32))
    _same_but_for_level(
        perceive_voice(sound, voice_activity(sound)), perceive_voice(other, voice_activity(other))
    )


def test_every_cue_and_track_is_in_the_catalogue_once() -> None:
    fixed = [c.name for c in _PLAIN.cues if CATALOGUE[c.name].kind in ("summary", "category")]
    assert sorted(fixed) == sorted(
        spec.name for spec in CATALOGUE.values()
        if spec.name.startswith("voice.") and spec.kind in ("summary", "category")
    )  # fmt: skip
    for cue in _PLAIN.cues:
        assert cue.unit == spec_of(cue.name).unit
        assert 0.0 <= cue.start_s <= cue.end_s <= 4.1
        reach = spec_of(cue.name).range
        if reach is not None and isinstance(cue.value, float):
            assert reach[0] <= cue.value <= reach[1], cue.name
    for track in _PLAIN.tracks:
        assert CATALOGUE[track.name].kind == "track"
        assert CATALOGUE[track.name].unit == track.unit


def test_levels_cover_every_value_and_speak_both_languages() -> None:
    for spec in CATALOGUE.values():
        if not spec.name.startswith("voice.") or not spec.levels or spec.kind == "category":
            continue
        edges = [level.at_least for level in spec.levels[1:]]
        assert [level.below for level in spec.levels[:-1]] == edges, spec.name
        assert spec.levels_source
        for level in spec.levels:
            assert level.en[0].islower()
            assert not level.en.endswith(".")
            assert any("\u4e00" <= c <= "\u9fff" for c in level.zh)


def test_a_measured_category_has_its_level() -> None:
    for name in ("voice.register", "voice.quality"):
        cue = _PLAIN.cue(name)
        assert cue is not None
        assert level_of(spec_of(name), cue) is not None


def test_pauses_are_events_in_their_place() -> None:
    pauses = [c for c in _PLAIN.cues if c.name == "voice.pause"]
    assert len(pauses) == 1
    assert (pauses[0].start_s, pauses[0].end_s) == pytest.approx((1.96, 2.36), abs=0.08)


def test_tracks_hold_nothing_where_there_is_no_voice() -> None:
    pitch, arousal = _PLAIN.track("voice.pitch"), _PLAIN.track("voice.arousal")
    assert pitch is not None
    assert arousal is not None
    assert all(v is None for t, v in zip(pitch.times_s, pitch.values, strict=True) if t < 0.35 or t > 3.65)
    assert arousal.values[0] is None
    assert sum(v is not None for v in arousal.values) > 100


def test_raised_voice_sounds_more_aroused_than_the_same_voice_calm() -> None:
    calm = syllables(5, 3.0, 110.0, tilt_db=-15.0)
    raised = syllables(8, 5.5, 220.0, tilt_db=-6.0)
    found = [perceive_voice(Sound(s), all_of(s)).overall for s in (calm, raised)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[1].arousal > found[0].arousal + 0.5
    assert "voice.pitch_level" in found[1].rests_on


def test_the_same_pitch_is_high_for_a_long_tract_and_usual_for_a_short_one() -> None:
    slugs = []
    for samples in (vowel(215, 1.5), vowel(215, 1.5, FEMALE_HZ)):
        cue = perceive_voice(Sound(samples), all_of(samples)).cue("voice.pitch_level")
        assert cue is not None
        level = level_of(spec_of("voice.pitch_level"), cue)
        assert level is not None
        slugs.append(level.slug)
    assert slugs == ["much_more", "typical"]


def test_a_louder_and_higher_half_is_the_more_aroused_moment() -> None:
    soft, loud = vowel(110, 1.0, peak=0.06, tilt_db=-12.0), vowel(180, 1.0, peak=0.3, tilt_db=-9.0)
    samples = np.concatenate([soft, loud])
    first, second = perceive_voice(Sound(samples), all_of(samples)).moments
    assert second.arousal > first.arousal + 0.2


def test_a_fifth_of_a_second_is_read_with_little_confidence() -> None:
    long, short = (perceive_voice(Sound(s), all_of(s)) for s in (vowel(120, 2.0), vowel(120, 0.2)))
    assert short.present
    assert long.overall is not None
    assert short.overall is not None
    assert short.overall.confidence < 0.4 * long.overall.confidence
    slope = next(c for c in short.cues if c.name == "voice.pitch_slope")
    assert (slope.status, slope.reason) == ("absent", "too_short")


def test_a_trembling_voice_is_called_so_only_after_long_enough() -> None:
    for seconds, said in ((1.5, True), (0.4, False)):
        time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        samples = vowel(150 * (1 + 0.03 * np.sin(2 * np.pi * 9 * time)), seconds)
        cue = perceive_voice(Sound(samples), all_of(samples)).cue("voice.tremor_depth")
        assert cue is not None
        level = level_of(spec_of(cue.name), cue)
        assert level is not None
        assert level.slug == "trembling"
        assert (cue.confidence >= spec_of(cue.name).min_confidence) is said


def test_a_click_of_voice_gives_no_reading() -> None:
    samples = np.concatenate([silence(0.3), vowel(120, 0.08), silence(0.3)])
    found = perceive_voice(Sound(samples), (Span(start_s=0.3, end_s=0.38),))
    assert found.present
    assert found.overall is None
    assert next(c for c in found.cues if c.name == "voice.pitch_level").reason == "too_short"


def test_noise_takes_fine_measures_away_and_says_so() -> None:
    clean = np.concatenate([silence(0.6), vowel(150, 1.5), silence(0.6)])
    rms = float(np.sqrt(np.mean(vowel(150, 1.5) ** 2)))
    samples = clean + noise(2.7, rms)  # 0 dB
    found = perceive_voice(Sound(samples), (Span(start_s=0.6, end_s=2.1),))
    reasons = {c.name: c.reason for c in found.cues if c.status == "absent"}
    assert reasons["voice.jitter"] == reasons["voice.hnr"] == "too_noisy"
    assert found.cue("voice.pitch_median") is not None
    assert found.overall is not None
    assert found.overall.confidence < 0.15


def test_clipping_is_noticed_and_lowers_confidence() -> None:
    clean = syllables(8, 4.0)
    clipped = np.clip(clean * 6, -0.2, 0.2)
    plain, flat = (perceive_voice(Sound(s), all_of(s)) for s in (clean, clipped))
    cue = flat.cue("voice.clipping")
    assert cue is not None
    level = level_of(spec_of("voice.clipping"), cue)
    assert level is not None
    assert level.slug == "clipped"
    assert plain.overall is not None
    assert flat.overall is not None
    assert flat.overall.confidence < 0.5 * plain.overall.confidence


def test_samples_that_are_no_numbers_do_not_spread() -> None:
    samples = _PHRASE.copy()
    samples[100:110] = np.nan
    found = perceive_voice(Sound(samples), _SPEECH)
    assert found.overall is not None
    assert found.overall.arousal == pytest.approx(_PLAIN.overall.arousal, abs=0.05)


def test_activity_outside_the_sound_is_no_voice() -> None:
    found = perceive_voice(Sound(noise(1.0, 0.1)), (Span(start_s=5.0, end_s=6.0),))
    assert found.absent_reason == "no_voice"


def test_settings_reach_the_measurement() -> None:
    found = perceive_voice(Sound(_PHRASE), _SPEECH, VoiceSettings(min_pause_s=0.6, track_step_s=0.05))
    count = found.cue("voice.pause_count")
    assert count is not None
    assert count.value == 0
    assert np.diff(found.tracks[0].times_s) == pytest.approx(0.05)


@pytest.mark.media
def test_real_speech_in_noise_and_clipped(media_dir) -> None:
    for name, slug in (("d29_noise_snr0.mp4", None), ("d28_clipped_audio.mp4", "clipped")):
        sound = read(media_dir / "robustness" / name)
        found = perceive_voice(sound, voice_activity(sound))
        assert found.present
        cue = found.cue("voice.clipping")
        assert cue is not None
        if slug:
            level = level_of(spec_of("voice.clipping"), cue)
            assert level is not None
            assert level.slug == slug
        else:
            pitch = found.cue("voice.pitch_median")
            assert pitch is not None
            assert pitch.value == pytest.approx(119.6, abs=3)  # as in the clean clip it was made from
