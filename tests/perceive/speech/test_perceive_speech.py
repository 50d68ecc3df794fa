"""Does the sense hear real speech, invent nothing, and stay off the network?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from saber.core.catalogue import CATALOGUE
from saber.core.catalogue.speech import SPECS
from saber.core.records import Sound, Span
from saber.core.transcripts import compare
from saber.media import open_clip
from saber.perceive.speech import SpeechResult, SpeechSettings, perceive_speech
from saber.perceive.voice import voice_activity

RATE = 16_000


def hear(path: Path, start_s: float = 0.0) -> SpeechResult:
    with open_clip(path) as reader:
        sound = reader.sound
    assert sound is not None
    sound = Sound(sound.samples, sound.rate_hz, start_s)
    return perceive_speech(sound, voice_activity(sound))


def check_complete(result: SpeechResult) -> None:
    """Every cue of the catalogue is there, measured or absent with a reason."""
    assert {cue.name for cue in result.perception.cues} == {spec.name for spec in SPECS}
    assert {spec.name for spec in SPECS} <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("sound", "activity", "reason"),
    [
        (None, (), "no_sound"),
        (Sound(np.zeros(0, np.float32)), (), "no_sound"),
        (Sound(np.zeros(3 * RATE, np.float32)), (), "no_voice"),
    ],
)
def test_without_voice_there_are_no_words(
    sound: Sound | None, activity: tuple[Span, ...], reason: str
) -> None:
    result = perceive_speech(sound, activity)
    assert (result.perception.present, result.perception.absent_reason) == (False, reason)
    assert result.transcript is None
    assert result.perception.overall is None
    assert all(cue.status == "absent" for cue in result.perception.cues)
    check_complete(result)


@pytest.mark.parametrize("kind", ["silence", "noise", "tone", "chords"])
def test_nothing_is_invented_even_if_all_is_taken_for_voice(kind: str) -> None:
    t = np.arange(6 * RATE) / RATE
    samples = {
        "silence": np.zeros(len(t)),
        "noise": 0.1 * np.random.default_rng(0).standard_normal(len(t)),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * t),
        "chords": sum(np.sin(2 * np.pi * f * t) for f in (262, 330, 392)) * np.exp(-4 * (t % 0.5)) * 0.1,
    }[kind]
    result = perceive_speech(Sound(np.asarray(samples, np.float32)), (Span(start_s=0, end_s=6),))
    assert result.transcript is None
    assert result.perception.absent_reason in ("no_words", "not_intelligible")
    check_complete(result)


@pytest.mark.media
def test_english_words_with_times_on_the_clips_clock(media_dir: Path) -> None:
    result = hear(media_dir / "grid_av/sbwe5n.mpg", start_s=2.0)
    assert result.transcript is not None
    assert result.transcript.language == "en"
    assert compare("set blue with e five now", result.transcript.text, "en").errors == 0
    words = result.transcript.words
    assert all(2.0 <= w.start_s <= w.end_s <= 5.1 for w in words)
    # Read off the level in frames of 10 ms: it rises over -20 dBFS 0.53 s into the file and falls under
    # -25 dBFS for good at 1.94 s.
    assert words[0].start_s == pytest.approx(2.53, abs=0.1)
    assert words[-1].end_s == pytest.approx(3.94, abs=0.15)
    overall = result.perception.overall
    assert overall is not None
    assert max(overall.probs, key=lambda e: overall.probs[e]) == "neutral"
    assert 0 < overall.confidence < 0.5
    check_complete(result)


@pytest.mark.media
def test_chinese_comes_out_simplified(media_dir: Path) -> None:
    result = hear(media_dir / "asr_zh/BAC009S0764W0121.wav")
    assert result.transcript is not None
    assert result.transcript.language == "zh"
    assert result.transcript.language_prob > 0.9
    assert compare("甚至出现交易几乎停滞的情况", result.transcript.text, "zh").errors <= 2
    assert " " not in result.transcript.text


@pytest.mark.media
def test_two_languages_in_one_clip(media_dir: Path) -> None:
    sounds = []
    for name in ("asr_zh/BAC009S0764W0121.wav", "asr_en/librispeech-1995-1837-0001.wav"):
        with open_clip(media_dir / name) as reader:
            assert reader.sound is not None
            sounds.append(reader.sound.samples)
    joined = Sound(np.concatenate([sounds[0], np.zeros(2 * RATE, np.float32), sounds[1]]))
    result = perceive_speech(joined, voice_activity(joined))
    assert result.transcript is not None
    assert result.transcript.language == "en"
    assert result.transcript.text.startswith("甚至出现")
    assert "great sorrow" in result.transcript.text
    other = result.perception.cue("speech.other_language")
    assert other is not None
    assert other.end_s < 5.0
    assert len(result.perception.moments) >= 2


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "said", "at_most"),
    [
        ("d29_noise_snr0.mp4", "set blue with e five now", 2),
        ("d02_truncated_faststart.mp4", "set blue with", 1),
    ],
)
def test_noisy_and_cut_off_speech(media_dir: Path, name: str, said: str, at_most: int) -> None:
    result = hear(media_dir / "robustness" / name)
    assert result.transcript is not None
    assert compare(said, result.transcript.text, "en").errors <= at_most


@pytest.mark.media
@pytest.mark.parametrize("name", ["d27_silent_audio.mp4", "lhotse__big_buck_bunny_small.mp4"])
def test_no_words_are_heard_where_none_are_said(media_dir: Path, name: str) -> None:
    assert hear(media_dir / "robustness" / name).transcript is None


@pytest.mark.media
def test_the_stated_language_is_taken(media_dir: Path) -> None:
    with open_clip(media_dir / "grid_av/sbwe5n.mpg") as reader:
        sound = reader.sound
    assert sound is not None
    result = perceive_speech(sound, voice_activity(sound), SpeechSettings(language="en", sound_events=False))
    assert result.transcript is not None
    assert result.transcript.language_prob == 1.0
    assert [m.role for m in result.perception.models] == ["speech_recognition_en", "text_embedding"]


def test_bad_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="beam_size"):
        SpeechSettings(beam_size=0)
    with pytest.raises(ValueError, match="threads"):
        SpeechSettings(threads=0)


GUARD = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"network: {event} {arguments}")
sys.addaudithook(watch)
import socket
try:
    socket.create_connection(("192.0.2.1", 9), timeout=0.01)
    raise SystemExit("the guard does not work")
except RuntimeError:
    pass
import numpy as np
from saber.core.records import Sound, Span
from saber.perceive.speech import perceive_speech
from saber.perceive.speech.emotion import emotions_of, load
samples = np.load(sys.argv[1])
result = perceive_speech(Sound(samples), (Span(start_s=0, end_s=len(samples) / 16000),))
emotions_of(["hello"], load())
print("MODELS", len(result.perception.models), "WORDS", result.transcript and result.transcript.text)
"""


def test_no_network_is_used(tmp_path: Path) -> None:
    """In a fresh process in which any connection or name look-up raises; also with an empty hub cache."""
    noise = 0.1 * np.random.default_rng(0).standard_normal(3 * RATE)
    np.save(tmp_path / "sound.npy", noise.astype(np.float32))
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGINGFACE"))}
    done = subprocess.run(
        [sys.executable, "-c", GUARD, str(tmp_path / "sound.npy")],
        env=environment | {"HF_HOME": str(tmp_path / "hub")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "MODELS 2 WORDS None" in done.stdout or "MODELS 1 WORDS None" in done.stdout
