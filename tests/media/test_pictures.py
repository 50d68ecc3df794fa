"""Are pictures upright, square-pixelled, in the right colours, at their times, and as many as asked for?"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from media_maker import make_clip, quadrants
from saber.core.records import Frame
from saber.media import FrameSampling, MediaSettings, open_clip, probe

_BT709_TAG = 1


def frames_of(path: Path, **settings: object) -> list[Frame]:
    with open_clip(path, MediaSettings(**settings)) as clip:  # type: ignore[arg-type]
        return list(clip.frames())


def corners(rgb: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Mean colour of the four quadrants' middles, shape (2, 2, 3)."""
    height, width, _ = rgb.shape
    rows = [slice(height // 8, height * 3 // 8), slice(height * 5 // 8, height * 7 // 8)]
    columns = [slice(width // 8, width * 3 // 8), slice(width * 5 // 8, width * 7 // 8)]
    return np.array([[rgb[r, c].mean(axis=(0, 1)) for c in columns] for r in rows]).round().astype(int)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
def test_pictures_are_upright(tmp_path: Path, degrees: int, mirror: bool) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=0.2, rotate_deg=degrees, mirror=mirror, sound=None)
    # By hand: FFmpeg's matrix turns counter-clockwise by `degrees`, then mirrors.
    shown = np.rot90(quadrants(64, 48), degrees // 90)
    shown = shown[:, ::-1] if mirror else shown
    with open_clip(path) as clip:
        assert clip.info.video is not None
        assert (clip.info.video.height, clip.info.video.width) == shown.shape[:2]
        if not mirror:
            assert clip.info.video.rotation_deg == -degrees % 360
        frame = next(iter(clip.frames()))
    assert frame.rgb.shape == shown.shape
    assert np.abs(corners(frame.rgb) - corners(shown)).max() < 12


def test_wide_pixels_are_made_square(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", size=(60, 48), pixel_stretch=Fraction(4, 3), sound=None)
    info = probe(path)
    assert info.video is not None
    assert (info.video.width, info.video.height) == (80, 48)
    assert frames_of(path)[0].rgb.shape == (48, 80, 3)


def test_large_pictures_are_scaled_down_and_small_ones_not_up(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=0.2, size=(320, 200), sound=None)
    assert frames_of(path, max_side_px=160)[0].rgb.shape == (100, 160, 3)
    assert frames_of(path)[0].rgb.shape == (200, 320, 3)


def one_colour_clip(
    path: Path, yuv: tuple[int, int, int], size: int, *, full: bool = False, bt709: bool = False
) -> Path:
    """Lossless, one colour, tagged or not."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width = stream.height = size
        stream.pix_fmt = "yuv420p"
        if full:
            stream.codec_context.color_range = ColorRange.JPEG
        if bt709:
            stream.codec_context.colorspace = _BT709_TAG
        planes = [np.full(size * size // (1 if i == 0 else 4), v, np.uint8) for i, v in enumerate(yuv)]
        frame = VideoFrame.from_ndarray(np.concatenate(planes).reshape(size * 3 // 2, size), format="yuv420p")
        frame.color_range = ColorRange.JPEG if full else ColorRange.UNSPECIFIED
        frame.colorspace = _BT709_TAG if bt709 else 2
        frame.pts = 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("yuv", "size", "full", "bt709"),
    [
        # Pure red by ITU-R BT.601 and BT.709, in narrow range and in full range.
        ((81, 90, 240), 64, False, False),
        ((63, 102, 240), 64, False, True),
        ((63, 102, 240), 720, False, False),
        ((76, 85, 255), 64, True, False),
    ],
    ids=["bt601", "bt709_tagged", "hd_untagged", "full_range"],
)
def test_red_is_red(tmp_path: Path, yuv: tuple[int, int, int], size: int, full: bool, bt709: bool) -> None:
    path = one_colour_clip(tmp_path / "a.mkv", yuv, size, full=full, bt709=bt709)
    colour = frames_of(path)[0].rgb.reshape(-1, 3).mean(axis=0)
    assert colour == pytest.approx([254, 0, 0], abs=3)


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv444p", "yuv422p", "yuv444p12le", "gray", "bgra"])
def test_pixel_formats(tmp_path: Path, pixel_format: str) -> None:
    path = make_clip(
        tmp_path / "a.mkv", seconds=0.1, size=(63, 47), codec="ffv1", pixel_format=pixel_format, sound=None
    )
    shown = corners(frames_of(path)[0].rgb)
    true = corners(quadrants(63, 47))
    if pixel_format == "gray":
        true = np.repeat((true @ [0.299, 0.587, 0.114]).round().astype(int)[..., None], 3, axis=2)
    assert np.abs(shown - true).max() < 6


def test_what_is_transparent_is_black(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgba"
        rgba = np.full((48, 64, 4), 200, np.uint8)
        rgba[:, :32, 3], rgba[:, 32:, 3] = 0, 255
        frame = VideoFrame.from_ndarray(rgba, format="rgba")
        frame.pts = 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    shown = corners(frames_of(path)[0].rgb)
    assert shown[0].tolist() == [[0, 0, 0], [200, 200, 200]]


def test_times_are_the_files_own(tmp_path: Path) -> None:
    times_s = [0, 0.04, 0.2, 0.24, 0.9, 1.5]
    path = make_clip(tmp_path / "a.mp4", times_s=times_s, sound=None)
    assert [frame.time_s for frame in frames_of(path)] == pytest.approx(times_s, abs=1e-3)


def test_late_pictures_stand_at_their_time(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", picture_start_s=0.48)
    with open_clip(path) as clip:
        assert next(iter(clip.frames())).time_s == pytest.approx(0.48, abs=1e-3)
        info = clip.finished_info()
    assert info.video is not None
    assert info.video.start_s == pytest.approx(0.48, abs=1e-3)
    assert info.duration_s == pytest.approx(1.48, abs=1e-3)


@pytest.mark.parametrize(("fps", "count"), [(5, 10), (10, 20), (25, 50), (60, 50)])
def test_the_rate_is_a_ceiling(tmp_path: Path, fps: int, count: int) -> None:
    frames = frames_of(make_clip(tmp_path / "a.mp4", seconds=2, fps=fps, sound=None))
    assert len(frames) == count
    steps_s = np.diff([frame.time_s for frame in frames])
    assert steps_s.max() < 1.5 / min(fps, 25)


def test_evenly_spaced_pictures(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=2, sound=None)
    frames = frames_of(path, sampling=FrameSampling("count", 4))
    # The middles of four parts of half a second, at the picture then on show.
    assert [frame.time_s for frame in frames] == pytest.approx([0.24, 0.72, 1.24, 1.72], abs=0.021)
    assert len(frames_of(path, sampling=FrameSampling("count", 500))) == 50


@pytest.mark.media
@pytest.mark.parametrize("file", ["grid_av/lrwp9a.mpg", "faces/openwillis__baseline.mp4"])
def test_evenly_spaced_pictures_of_files_larger_than_a_read_buffer(media_dir: Path, file: str) -> None:
    frames = frames_of(media_dir / file, sampling=FrameSampling("count", 8))
    steps_s = np.diff([frame.time_s for frame in frames])
    assert len(frames) == 8
    assert steps_s.max() - steps_s.min() < 0.09


def test_keyframes_only(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=2, keyframe_every=10, codec="libx264", sound=None)
    with open_clip(path, MediaSettings(sampling=FrameSampling("keyframes"))) as clip:
        times_s = [frame.time_s for frame in clip.frames()]
        info = clip.finished_info()
    with av.open(str(path)) as container:
        keys = [float(p.pts * p.time_base) for p in container.demux() if p.pts is not None and p.is_keyframe]
    assert times_s == pytest.approx(keys)
    assert len(times_s) >= 5
    assert info.duration_s == pytest.approx(2, abs=0.01)
    assert not info.losses.any


def test_limits_end_the_reading_and_say_so(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=2)
    with open_clip(path, MediaSettings(max_frames=7)) as clip:
        assert len(list(clip.frames())) == 7
        assert clip.finished_info().losses.notes == ("Pictures were read up to the limit of 7.",)
    with open_clip(path, MediaSettings(max_duration_s=1.0)) as clip:
        assert len(list(clip.frames())) == 25
        assert clip.sound is not None
        assert clip.sound.end_s == pytest.approx(1.0)
        assert len(clip.finished_info().losses.notes) == 2


def test_cover_art_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    source = make_clip(tmp_path / "sound.mp4", codec=None)
    cover = make_clip(
        tmp_path / "cover.mov", seconds=0.04, codec="mjpeg", pixel_format="yuvj420p", sound=None
    )
    with av.open(str(source)) as sound, av.open(str(cover)) as art, av.open(str(path), "w") as out:
        tracks = {
            "audio": out.add_stream_from_template(sound.streams.audio[0]),
            "video": out.add_stream_from_template(art.streams.video[0]),
        }
        tracks["video"].disposition = av.stream.Disposition.attached_pic
        for container in (art, sound):
            for packet in container.demux():
                if packet.dts is not None:
                    packet.stream = tracks[packet.stream.type]
                    out.mux(packet)
    with av.open(str(path)) as check:
        assert check.streams.video, "the trap is not set"
    with open_clip(path) as clip:
        assert clip.info.video is None
        assert list(clip.frames()) == []
        assert clip.sound is not None
