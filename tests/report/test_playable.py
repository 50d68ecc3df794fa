"""Is a file judged by what is in it?"""

from __future__ import annotations

import pytest

from saber.core.records import ClipInfo, Losses
from saber.report.playable import browser_type
from sample_cues import sample_clip

MP4 = "mov,mp4,m4a,3gp,3g2,mj2"
WEBM_HEAD = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1fB\x82\x84webm"
MKV_HEAD = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1fB\x82\x88matroska"


def clip(container: str, video: str | None, audio: str | None, **video_changes: object) -> ClipInfo:
    base = sample_clip()
    assert base.video is not None
    assert base.audio is not None
    picture = None if video is None else base.video.model_copy(update={"codec": video} | video_changes)
    sound = None if audio is None else base.audio.model_copy(update={"codec": audio})
    return base.model_copy(
        update={"container": container, "video": picture, "audio": sound, "losses": Losses()}
    )


@pytest.mark.parametrize(
    ("container", "video", "audio", "head", "expected"),
    [
        (MP4, "h264", "aac", b"", "video/mp4"),
        (MP4, "h264", None, b"", "video/mp4"),
        (MP4, None, "aac", b"", "audio/mp4"),
        (MP4, "hevc", "aac", b"", None),
        (MP4, "mpeg4", "aac", b"", None),
        (MP4, "h264", "pcm_s16le", b"", None),
        (MP4, "h264", "ac3", b"", None),
        ("matroska,webm", "vp9", "opus", WEBM_HEAD, "video/webm"),
        ("matroska,webm", "vp9", "opus", MKV_HEAD, None),
        ("matroska,webm", "h264", "aac", MKV_HEAD, None),
        ("ogg", "theora", "vorbis", b"OggS", None),
        ("ogg", None, "vorbis", b"OggS", "audio/ogg"),
        ("wav", None, "pcm_s16le", b"RIFF", "audio/wav"),
        ("wav", None, "pcm_s24le", b"RIFF", None),
        ("mp3", None, "mp3", b"ID3", "audio/mpeg"),
        ("flac", None, "flac", b"fLaC", "audio/flac"),
        ("mpeg", "mpeg1video", "mp2", b"", None),
        ("avi", "h264", "mp3", b"", None),
        (MP4, None, None, b"", None),
    ],
)
def test_codecs_decide(
    container: str, video: str | None, audio: str | None, head: bytes, expected: str | None
) -> None:
    assert browser_type(clip(container, video, audio), head) == expected


@pytest.mark.parametrize(
    "changes",
    [{"pixel_format": "yuv420p10le"}, {"pixel_format": "yuv444p"}, {"pixel_format": None}, {"tracks": 2}],
)
def test_pictures_that_some_browsers_refuse(changes: dict[str, object]) -> None:
    assert browser_type(clip(MP4, "h264", "aac", **changes), b"") is None


def test_a_browser_must_not_play_another_track_than_was_heard() -> None:
    two = clip(MP4, "h264", "aac")
    assert two.audio is not None
    two = two.model_copy(update={"audio": two.audio.model_copy(update={"tracks": 2, "track": 1})})
    assert browser_type(two, b"") is None


def test_a_damaged_file_is_not_handed_on() -> None:
    damaged = clip(MP4, "h264", "aac").model_copy(update={"losses": Losses(video_packets=1)})
    assert browser_type(damaged, b"") is None
