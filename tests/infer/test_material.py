"""Does exactly that leave which is allowed, which the model takes, and which there is?"""

from __future__ import annotations

import hashlib
import io
import itertools
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from infer.stand_ins import MadeMedia
from media_maker import make_clip
from saber.core.errors import ClipError
from saber.core.records import Cues, Frame
from saber.infer import ClipMedia, InferSettings, Stage, statement
from saber.infer.encode import jpegs, video_file, wav
from saber.infer.material import Gatherer
from saber.models import Kind, Send
from saber.models.scripted import ScriptedModel
from sample_cues import sample_cues

VISUAL, ACOUSTIC = {"scene", "face", "body"}, {"voice", "transcript"}
KINDS = [frozenset(some) for n in range(4) for some in itertools.combinations(Kind, n)]


def model(takes: frozenset[Kind], goes_to: str | None = None) -> ScriptedModel:
    made = ScriptedModel(lambda _: "", takes=takes)
    made.goes_to = goes_to
    return made


@pytest.fixture
def clip(tmp_path: Path) -> tuple[Cues, Path]:
    """Cues of a file that exists."""
    path = make_clip(tmp_path / "face of Ann.mp4")
    data = path.read_bytes()
    info = sample_cues().clip.model_copy(
        update={"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data), "path": str(path)}
    )
    return sample_cues().model_copy(update={"clip": info}), path


@pytest.mark.parametrize("send", Send)
@pytest.mark.parametrize("takes", KINDS)
@pytest.mark.parametrize("stage", [Stage.ONE, Stage.VISUAL, Stage.ACOUSTIC, Stage.OWN])
def test_the_policy_matrix(clip: tuple[Cues, Path], send: Send, takes: frozenset[Kind], stage: Stage) -> None:
    cues, path = clip
    settings = InferSettings(send=send.value, frames=3)
    material = Gatherer(cues.clip, MadeMedia(path), model(takes), settings).gather(stage)
    kinds = {m.kind for m in material.media}
    assert kinds <= send.allows & takes
    sight = stage is not Stage.ACOUSTIC
    sound = stage is not Stage.VISUAL
    may = send.allows & takes
    video = Kind.VIDEO in may and sight and stage is not Stage.VISUAL
    frames = Kind.FRAMES in may and sight and not video
    audio = Kind.AUDIO in may and sound
    assert kinds == {k for k, goes in zip(Kind, (frames, video, audio), strict=True) if goes}
    told = {g.value for g in material.groups} - {"together"}
    if stage is Stage.OWN:
        assert not told
    else:
        expected = (VISUAL if sight and not (video or frames) else set()) | (
            ACOUSTIC if sound and not audio else set()
        )
        assert told == expected
    assert material.heard == audio


def test_without_a_source_nothing_goes_whatever_is_allowed() -> None:
    material = Gatherer(sample_cues().clip, None, model(frozenset(Kind)), InferSettings(send="media")).gather(
        Stage.ONE
    )
    assert material.media == ()


def test_cues_beside_the_media_when_asked_for(clip: tuple[Cues, Path]) -> None:
    settings = InferSettings(send="media", describe="all")
    material = Gatherer(clip[0].clip, MadeMedia(clip[1]), model(frozenset(Kind)), settings).gather(Stage.ONE)
    assert {m.kind for m in material.media} == {Kind.VIDEO, Kind.AUDIO}
    assert {g.value for g in material.groups} == VISUAL | ACOUSTIC | {"together"}


def test_media_are_read_once_and_only_when_they_go() -> None:
    media = MadeMedia()
    takes = frozenset({Kind.FRAMES, Kind.AUDIO})
    gatherer = Gatherer(sample_cues().clip, media, model(takes), InferSettings(send="media"))
    for stage in (Stage.VISUAL, Stage.ACOUSTIC, Stage.ONE):
        gatherer.gather(stage)
    assert sorted(media.reads) == ["frames", "sound"]
    untouched = MadeMedia()
    Gatherer(sample_cues().clip, untouched, model(takes), InferSettings()).gather(Stage.ONE)
    assert untouched.reads == []


def test_what_is_too_large_is_replaced_and_said(clip: tuple[Cues, Path]) -> None:
    settings = InferSettings(send="media", most_media_mb=0.001, frames=2)
    material = Gatherer(clip[0].clip, MadeMedia(clip[1]), model(frozenset(Kind)), settings).gather(Stage.ONE)
    assert [m.kind for m in material.media] == [Kind.FRAMES] * 2
    assert material.notes == ("video_too_large", "sound_too_long")
    assert {g.value for g in material.groups} >= ACOUSTIC


def test_a_file_that_has_changed_is_not_sent(clip: tuple[Cues, Path]) -> None:
    cues, path = clip
    path.write_bytes(path.read_bytes() + b"x")
    gatherer = Gatherer(cues.clip, MadeMedia(path), model(frozenset(Kind)), InferSettings(send="media"))
    with pytest.raises(ClipError, match="changed") as error:
        gatherer.gather(Stage.ONE)
    assert error.value.reason == "clip_changed"


@pytest.mark.parametrize("size", [(64, 36), (65, 37), (1, 1)])
def test_a_jpeg_shows_the_picture_in_its_colours(size: tuple[int, int]) -> None:
    width, height = size
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:, : (width + 1) // 2] = (220, 30, 30)
    rgb[:, (width + 1) // 2 :] = (30, 30, 220)
    (media,) = jpegs([Frame(0, 1.25, rgb)])
    assert (media.kind, media.mime, media.time_s) == (Kind.FRAMES, "image/jpeg", 1.25)
    with av.open(io.BytesIO(media.data), format="jpeg_pipe") as file:
        seen = next(file.decode(video=0)).to_ndarray(format="rgb24")
    assert seen.shape == rgb.shape
    left, right = seen[height // 2, width // 8], seen[height // 2, -1 - width // 8]
    assert np.abs(left.astype(int) - rgb[0, 0]).max() < 12
    assert np.abs(right.astype(int) - rgb[0, -1]).max() < 12
    assert b"Exif" not in media.data


def test_a_wav_holds_the_sound_as_16_bit_mono() -> None:
    sound = MadeMedia().sound()
    assert sound is not None
    media = wav(sound)
    assert media.time_s == 0.25
    with wave.open(io.BytesIO(media.data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767
    assert np.abs(heard - sound.samples).max() < 1e-4


def test_a_video_goes_as_it_is_with_its_length(clip: tuple[Cues, Path]) -> None:
    cues, path = clip
    media = video_file(path, cues.clip.sha256, 6.0)
    assert (media.data, media.mime, media.lasts_s) == (path.read_bytes(), "video/mp4", 6.0)


@pytest.mark.parametrize(("seconds", "count"), [(2.0, 4), (12.0, 8), (0.2, 8)])
def test_pictures_of_a_file_are_spread_over_it_and_small(tmp_path: Path, seconds: float, count: int) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (240, 320, 3), np.uint8)  # too large to be read in one go
    path = make_clip(
        tmp_path / "clip.mp4", seconds=seconds, size=(320, 240), picture=lambda i: np.roll(noise, 7 * i, 1)
    )
    media = ClipMedia(path)
    frames = media.frames(count, 64)
    assert len(frames) == min(count, round(seconds * 25))
    assert max(frames[0].rgb.shape) <= 64
    steps = np.diff([f.time_s for f in frames])
    assert steps == pytest.approx(max(seconds / count, 0.04), rel=0.3)
    sound = media.sound()
    assert sound is not None
    assert sound.duration_s == pytest.approx(seconds, abs=0.1)


@pytest.mark.media
def test_pictures_of_real_clips(media_dir: Path) -> None:
    for name in ("grid_av/lrwp9a.mpg", "faces/openwillis__baseline.mp4"):
        frames = ClipMedia(media_dir / name).frames(8, 512)
        assert len(frames) == 8
        assert all(20 < f.rgb.mean() < 235 for f in frames)


def test_a_remote_model_is_announced_in_one_sentence_and_a_local_one_is_not() -> None:
    everything = frozenset(Kind)
    assert statement(model(everything), InferSettings(send="media")) is None
    remote = model(everything, "api.example.com")
    said = statement(remote, InferSettings())
    assert said == (
        "Sending to api.example.com for each clip: measured cues and the transcript as text; "
        "no picture and no sound."
    )
    said = statement(remote, InferSettings(send="frames", frames=5))
    assert said is not None
    assert "up to 5 pictures" in said
    assert "sound" not in said
    said = statement(remote, InferSettings(send="media"))
    assert said is not None
    assert "the video file with its sound" in said
    assert "and the sound." in said
    text_only = statement(model(frozenset(), "api.example.com"), InferSettings(send="media"))
    assert text_only is not None
    assert "no picture" in text_only
