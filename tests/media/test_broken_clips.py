"""Does what can be saved come out, is what was lost counted, and is the rest one clear sentence?"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_maker import make_clip
from saber.core.errors import ClipError, UnreadableClipError
from saber.core.records import ClipInfo
from saber.media import MediaSettings, open_clip, probe


def test_what_is_no_clip_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("Dear reader,\nthis is a letter.\n" * 20)
    (tmp_path / "noise.mp4").write_bytes(b"\x07\x01\x00\xff" * 5000)
    (tmp_path / "picture.mp4").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "half.webm").write_bytes(b"\x1a\x45\xdf\xa3" + bytes(50))
    os.mkfifo(tmp_path / "pipe.mp4")
    whole = make_clip(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    words_only(tmp_path)
    for name, says in {
        "missing.mp4": "There is no file",
        "": "is a folder",
        "empty.mp4": "is empty (0 bytes)",
        "text.mp4": "is a text file",
        "noise.mp4": "is not a media file of a kind",
        "picture.mp4": "is a still picture",
        "half.webm": "starts like a Matroska or WebM file",
        "pipe.mp4": "is a device or a pipe",
        "cut.mp4": "without its index (moov)",
        "words.mkv": "holds neither moving pictures nor sound",
        "\0.mp4": "can't be opened",
    }.items():
        with pytest.raises(UnreadableClipError) as caught:
            probe(tmp_path / name)
        assert says in caught.value.message
        assert caught.value.message.endswith(".")
        assert caught.value.remedy


def words_only(folder: Path) -> None:
    """A Matroska file with subtitles and nothing else."""
    (folder / "words.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    with av.open(str(folder / "words.srt")) as words, av.open(str(folder / "words.mkv"), "w") as out:
        track = out.add_stream_from_template(words.streams[0])
        for packet in words.demux():
            if packet.dts is not None:
                packet.stream = track
                out.mux(packet)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=0.1)
    path.chmod(0)
    with pytest.raises(UnreadableClipError, match="may not be read"):
        open_clip(path)


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mkv", seconds=0.2)
    for name in ("clip.txt", "clip", "clip.m3u8", "剪辑 один.mp4"):
        renamed = path.rename(tmp_path / name)
        info = probe(renamed)
        assert info.container == "matroska,webm"
        assert info.sha256 == hashlib.sha256(renamed.read_bytes()).hexdigest()
        assert info.size_bytes == renamed.stat().st_size
        path = renamed


def read(path: Path) -> tuple[int, ClipInfo]:
    with open_clip(path, MediaSettings(max_duration_s=20)) as clip:
        count, last_s = 0, -1.0
        for frame in clip.frames():
            assert frame.index == count
            assert frame.time_s > last_s
            assert frame.rgb.shape[2] == 3
            count, last_s = count + 1, frame.time_s
        info = clip.finished_info()
        if clip.sound is not None:
            assert info.audio is not None
            assert info.duration_s >= clip.sound.end_s
        if count:
            assert info.video is not None
            assert info.duration_s >= last_s
        assert count or clip.sound is not None
        return count, info


def test_a_cut_recording_gives_its_first_half(tmp_path: Path) -> None:
    for name in ("a.mkv", "a.avi", "a.flv"):
        codec = "libmp3lame" if name != "a.mkv" else "aac"
        options = {"codec": "flv" if name == "a.flv" else "mpeg4", "rate_hz": 44_100}
        path = make_clip(tmp_path / name, seconds=4, sound_codec=codec, **options)  # type: ignore[arg-type]
        whole, _ = read(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        half, info = read(path)
        assert whole == 100
        assert 20 <= half <= 95
        says = "shorter than it declares" if name == "a.avi" else "before its declared end"
        assert any(says in note for note in info.losses.notes), name


def test_lost_packets_are_counted_and_the_rest_comes_out(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", seconds=2, codec="libx264", keyframe_every=10, sound_codec="flac")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(range(250)) * 12
    path.write_bytes(data)
    count, info = read(path)
    assert 10 < count < 50
    assert info.losses.any


def test_timestamps_that_run_backwards_are_put_right(tmp_path: Path) -> None:
    """Two recordings in one transport stream: the second one's clock starts again."""
    part = make_clip(tmp_path / "a.ts", codec="mpeg2video", sound_codec="mp2").read_bytes()
    path = tmp_path / "both.ts"
    path.write_bytes(part + part)
    count, info = read(path)
    assert count == 50
    assert info.duration_s == pytest.approx(2.0, abs=0.1)
    assert any("timestamps" in note for note in info.losses.notes)


def test_a_recording_that_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    """As browsers record: a stream of Matroska that is never finished."""
    path = make_clip(
        tmp_path / "a.webm", codec="libvpx", sound_codec="libopus", muxer_options={"live": "1"}, seconds=2
    )
    with av.open(str(path)) as container:
        assert container.streams.video[0].duration is None
    assert probe(path).duration_s == pytest.approx(2, abs=0.05)
    assert read(path)[1].losses.notes == ()


def test_tracks_without_anything_that_decodes(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", seconds=0.5, codec="png", pixel_format="rgb24", sound=None)
    path.write_bytes(path.read_bytes().replace(b"\x89PNG", b"nope"))
    with pytest.raises(UnreadableClipError, match="nothing in them can be decoded"):
        read(path)


@pytest.fixture(scope="module")
def small_clips(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("clips")
    kinds = {
        "a.mp4": {"codec": "libx264"},
        "a.mkv": {"codec": "libvpx", "sound_codec": "libopus", "more_sounds": ("speech",)},
        "a.avi": {"sound_codec": "libmp3lame"},
        "a.ts": {"codec": "mpeg2video", "sound_codec": "mp2"},
        "a.gif": {"codec": "gif", "pixel_format": "rgb8", "sound": None},
    }
    clips = []
    for name, options in kinds.items():
        clips.append(make_clip(folder / name, seconds=0.4, size=(32, 24), **options).read_bytes())  # type: ignore[arg-type]
    return clips


@settings(
    max_examples=int(os.environ.get("SABER_TEST_FUZZ", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_damage_gives_a_clip_or_a_clip_error(
    small_clips: list[bytes], tmp_path: Path, data: st.DataObject
) -> None:
    """Random bytes overwritten anywhere, and perhaps the end cut off."""
    clip = bytearray(data.draw(st.sampled_from(small_clips)))
    for _ in range(data.draw(st.integers(0, 4))):
        where = data.draw(st.integers(0, len(clip) - 1))
        junk = data.draw(st.binary(min_size=1, max_size=24))
        clip[where : where + len(junk)] = junk
    path = tmp_path / "damaged"
    path.write_bytes(clip[: data.draw(st.integers(1, len(clip)))] if data.draw(st.booleans()) else clip)
    error = None
    try:
        read(path)
    except ClipError as caught:
        error = caught
    assert error is None or "reader failed" not in error.message, "an exception that nobody foresaw"
