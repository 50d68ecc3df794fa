"""Is only that gone from a changed clip which was to go?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import correlate

from media_maker import make_clip
from saber.core.errors import ClipError
from saber.evaluate import Sample
from saber.evaluate.ablate import ablate, donors, write_ablated
from saber.media import open_clip, probe


def seen_and_heard(path: Path) -> tuple[np.ndarray, np.ndarray | None, int]:
    """A picture from the middle, the sound, and the number of pictures."""
    with open_clip(path) as reader:
        sound = reader.sound
        frames = list(reader.frames())
    return frames[len(frames) // 2].rgb, None if sound is None else sound.samples, len(frames)


def rate(path: Path) -> float | None:
    video = probe(path).video
    assert video is not None
    return video.fps


@pytest.mark.parametrize(("ending", "codec"), [("mp4", "aac"), ("mkv", "flac"), ("avi", "pcm_s16le")])
def test_mute_and_black(tmp_path: Path, ending: str, codec: str) -> None:
    clip = make_clip(tmp_path / f"clip.{ending}", seconds=1.5, sound="speech", sound_codec=codec)
    picture, sound, count = seen_and_heard(clip)
    assert sound is not None
    write_ablated(clip, tmp_path / "mute.mkv", "mute")
    still, silence, shown = seen_and_heard(tmp_path / "mute.mkv")
    assert silence is not None
    assert not silence.any()
    assert len(silence) == pytest.approx(len(sound), rel=0.05)
    assert shown == count
    assert rate(tmp_path / "mute.mkv") == rate(clip), "who samples pictures by it takes the same"
    assert np.abs(still.astype(int) - picture).max() == 0, "the picture is copied as it is encoded"
    write_ablated(clip, tmp_path / "black.mkv", "black")
    black, kept, shown = seen_and_heard(tmp_path / "black.mkv")
    assert black.shape == picture.shape
    assert black.max() <= 8
    assert shown == pytest.approx(count, abs=1)
    assert kept is not None
    # Containers differ in whether an encoder's run-in is heard, so the two may be some ms apart.
    alike = correlate(kept, sound) / np.sqrt((kept**2).sum() * (sound**2).sum())
    assert alike.max() > 0.98
    assert abs(int(alike.argmax()) - len(sound) + 1) < 0.1 * 16_000


def test_another_clips_sound(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", seconds=1.0, sound="silence")
    donor = make_clip(tmp_path / "donor.mp4", seconds=0.4, sound="tone")
    write_ablated(clip, tmp_path / "shuffled.mkv", "shuffle", donor)
    _, sound, _ = seen_and_heard(tmp_path / "shuffled.mkv")
    assert sound is not None
    assert len(sound) == pytest.approx(16_000, rel=0.1)
    assert np.abs(sound[:4000]).max() > 0.2
    assert np.abs(sound[-4000:]).max() > 0.2, "a shorter sound begins again"


def test_what_is_not_there_can_not_be_taken_away(tmp_path: Path) -> None:
    silent = make_clip(tmp_path / "silent.mp4", sound=None)
    dark = make_clip(tmp_path / "dark.m4a", codec=None, sound="tone", format="mp4")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip")
    for clip, variant in ((silent, "mute"), (dark, "black"), (broken, "mute")):
        with pytest.raises(ClipError):
            write_ablated(clip, tmp_path / "out.mkv", variant)
        assert not (tmp_path / "out.mkv").exists()
    samples = [Sample(id=p.stem, part="x", media=p.name) for p in (silent, dark, broken)]
    assert [s.id for s, _ in ablate(samples, tmp_path, "mute", tmp_path / "made", 0)] == ["dark"]
    assert [s.id for s, _ in ablate(samples, tmp_path, "black", tmp_path / "made", 0)] == ["silent"]


def test_a_changed_clip_is_made_once(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4")
    samples = [Sample(id="a", part="x", media="clip.mp4")]
    ((_, first),) = ablate(samples, tmp_path, "mute", tmp_path / "made", 0)
    when = first.stat().st_mtime_ns
    ((_, second),) = ablate(samples, tmp_path, "mute", tmp_path / "made", 0)
    assert (second, second.stat().st_mtime_ns) == (first, when)


def test_a_clip_that_was_replaced_is_changed_anew(tmp_path: Path) -> None:
    samples = [Sample(id="a", part="x", media="clip.mp4")]
    made = []
    for seconds in (0.4, 0.8):
        make_clip(tmp_path / "clip.mp4", seconds=seconds)
        made += [path for _, path in ablate(samples, tmp_path, "mute", tmp_path / "made", 0)]
    assert [seen_and_heard(path)[2] for path in made] == [10, 20]


def test_sound_comes_from_another_speaker_and_another_emotion() -> None:
    def sample(name: str, speaker: str, truth: str) -> Sample:
        return Sample(id=name, part="x", media=f"{name}.mp4", cluster=speaker, truth=truth)

    samples = [
        sample("a", "1", "sad"),
        sample("b", "1", "happy"),
        sample("c", "2", "sad"),
        sample("d", "2", "happy"),
    ]
    assert donors(samples, 0) == {"a": "d.mp4", "b": "c.mp4", "c": "b.mp4", "d": "a.mp4"}
    assert donors(samples, 0) == donors(samples[::-1], 0)
    assert donors(samples[:1], 0) == {}
    assert donors(samples[:2], 0) == {"a": "b.mp4", "b": "a.mp4"}
