"""What does every hard or broken file of the robustness folder give, and do clean files lose nothing?"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from saber.core.errors import UnreadableClipError
from saber.core.records import ClipInfo, Frame, Sound
from saber.media import MediaSettings, open_clip

pytestmark = pytest.mark.media


@dataclass(frozen=True)
class Expected:
    """frames: pictures at 25 per second at most. says: words that the one sentence must hold."""

    frames: int = 75
    duration_s: float = 3.0
    size: tuple[int, int] | None = (360, 288)
    sound_s: float | None = 2.995
    lost_video: int = 0
    lost_audio: int = 0
    notes: tuple[str, ...] = ()
    rotation_deg: int = 0
    video_start_s: float = 0.0
    audio_start_s: float = 0.0
    track: int = 0
    says: str | None = None


def unreadable(says: str) -> Expected:
    return Expected(says=says)


TABLE = {
    "d00_base_h264_aac.mp4": Expected(),
    "d01_truncated_no_moov.mp4": unreadable("without its index (moov)"),
    "d02_truncated_faststart.mp4": Expected(
        frames=29,
        duration_s=1.16,
        sound_s=1.09,
        lost_video=1,
        notes=("23459 bytes shorter", "sound ends at 1.09 s, before", "picture ends at 1.16 s, before"),
    ),
    "d03_corrupt_middle.mp4": Expected(
        frames=68, lost_video=7, lost_audio=13, notes=("1 of 68 pictures are damaged",)
    ),
    "d04_zero_bytes.mp4": unreadable("is empty"),
    "d05_random_bytes.mp4": unreadable("is not a media file"),
    "d06_text_named.mp4": unreadable("is a text file"),
    "d07_trailing_garbage.mp4": Expected(),
    "d08_no_audio.mp4": Expected(sound_s=None),
    "d09_audio_only.mp4": Expected(frames=0, size=None, duration_s=2.995),
    "d10_rotate90_metadata.mp4": Expected(size=(288, 360), rotation_deg=270),
    "d11_vfr.mp4": Expected(frames=38, duration_s=2.995),
    "d12_hevc_10bit.mp4": Expected(),
    "d13_vp9_opus.webm": Expected(duration_s=3.007, video_start_s=0.007),
    "d14_mpeg4_mp3.avi": Expected(duration_s=3.04, sound_s=3.03),
    # ASF: the first block of WMA can't be decoded without the one before it.
    "d15_wmv2_wma.wmv": Expected(duration_s=3.018, sound_s=2.972, audio_start_s=0.046),
    "d16_flv1_mp3.flv": Expected(duration_s=3.03, sound_s=3.03, video_start_s=0.025),
    # The next ones were squashed: their pixels are not square, and 225x180 shows the face as it was.
    "d17_prores.mov": Expected(frames=25, duration_s=1.0, sound_s=1.0, size=(225, 180)),
    "d18_mjpeg_ulaw.mov": Expected(),
    "d19_single_frame.mp4": Expected(frames=1, duration_s=0.04, sound_s=None),
    "d20_odd_size_yuv444.mkv": Expected(
        duration_s=3.023, sound_s=3.019, size=(226, 181), video_start_s=0.023
    ),
    "d21_tiny_32x18.mp4": Expected(size=(22, 18)),
    "d22_audio_longer.mp4": Expected(duration_s=8.01, sound_s=8.01),
    "d23_video_starts_late.mp4": Expected(duration_s=4.5, video_start_s=1.5),
    "d24_audio_51.mkv": Expected(duration_s=3.006, video_start_s=0.006),
    "d25_two_audio_tracks.mp4": Expected(track=1),
    # Fragments without an edit list: what the encoder put in front of the sound delays the picture.
    "d26_fragmented.mp4": Expected(duration_s=3.08, sound_s=3.075, video_start_s=0.08),
    "d27_silent_audio.mp4": Expected(duration_s=3.019, sound_s=3.019),
    "d28_clipped_audio.mp4": Expected(),
    "d29_noise_snr0.mp4": Expected(sound_s=2.972),
    "d30_black_video.mp4": Expected(),
    "d31_gif.gif": Expected(frames=15, size=(160, 128), sound_s=None),
    "d32_h264_444_10le.mkv": Expected(),
    "d33_ts_interlaced.ts": Expected(duration_s=3.011, sound_s=3.004, video_start_s=0.011),
    "d34_空格 and spaces.mp4": Expected(),
    "d35_low_light_blur.mp4": Expected(),
    "d36_av1.mkv": Expected(duration_s=3.007, video_start_s=0.007),
    "lhotse__big_buck_bunny_small.mp4": Expected(
        frames=132, duration_s=5.312, size=(427, 240), sound_s=5.312
    ),
    "torchcodec__av1_video.mkv": Expected(frames=125, duration_s=5.0, size=(640, 360), sound_s=None),
    "torchcodec__bt709_full_range.mp4": Expected(frames=25, duration_s=1.0, size=(1280, 720), sound_s=None),
    "torchcodec__h264_10bits.mp4": Expected(frames=25, duration_s=1.0, size=(200, 200), sound_s=None),
    "torchcodec__h265_10bits.mp4": Expected(frames=25, duration_s=1.0, size=(200, 200), sound_s=None),
    "torchcodec__h265_video.mp4": Expected(frames=10, duration_s=1.0, size=(128, 128), sound_s=None),
    "torchcodec__nasa_13013.mp4": Expected(frames=325, duration_s=13.056, size=(480, 270), sound_s=13.056),
}


def read(path: Path) -> tuple[ClipInfo, Sound | None, list[Frame]]:
    with open_clip(path) as clip:
        frames = list(clip.frames())
        return clip.finished_info(), clip.sound, frames


def test_the_table_names_every_file(media_dir: Path) -> None:
    assert {path.name for path in (media_dir / "robustness").iterdir()} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_robustness(media_dir: Path, name: str) -> None:
    expected, path = TABLE[name], media_dir / "robustness" / name
    if expected.says is not None:
        with pytest.raises(UnreadableClipError, match=r"^[^\n]+$") as caught:
            read(path)
        assert expected.says in caught.value.message
        assert caught.value.message.count(". ") == 0
        assert caught.value.remedy
        return
    info, sound, frames = read(path)
    assert len(frames) == expected.frames
    assert info.duration_s == pytest.approx(expected.duration_s, abs=0.006)
    assert (info.losses.video_packets, info.losses.audio_packets) == (
        expected.lost_video,
        expected.lost_audio,
    )
    assert len(info.losses.notes) == len(expected.notes)
    for words in expected.notes:
        assert any(words in note for note in info.losses.notes)
    if expected.size is None:
        assert info.video is None
    else:
        assert info.video is not None
        assert (info.video.width, info.video.height) == expected.size
        assert info.video.rotation_deg == expected.rotation_deg
        assert info.video.start_s == pytest.approx(expected.video_start_s, abs=0.002)
        assert frames[0].time_s == pytest.approx(expected.video_start_s, abs=0.002)
        check_shape(frames, expected.size)
    if expected.sound_s is None:
        assert info.audio is None
        assert sound is None
    else:
        assert info.audio is not None
        assert sound is not None
        assert sound.duration_s == pytest.approx(expected.sound_s, abs=0.006)
        assert sound.start_s == info.audio.start_s == pytest.approx(expected.audio_start_s, abs=0.002)
        assert info.audio.track == expected.track
        assert sound.samples.dtype == np.float32
        assert np.abs(sound.samples).max() <= 1


def check_shape(frames: list[Frame], size: tuple[int, int]) -> None:
    scale = min(1.0, 640 / max(size))
    times_s = [frame.time_s for frame in frames]
    assert times_s == sorted(set(times_s))
    assert [frame.index for frame in frames] == list(range(len(frames)))
    for frame in frames:
        assert frame.rgb.dtype == np.uint8
        assert frame.rgb.shape == (round(size[1] * scale), round(size[0] * scale), 3)
        assert frame.rgb.flags.c_contiguous


def clean_files(folder: Path) -> list[Path]:
    return sorted(p for name in ("faces", "grid_av", "asr_en", "asr_zh") for p in (folder / name).iterdir())


def test_clean_files_lose_nothing(media_dir: Path) -> None:
    for path in clean_files(media_dir):
        with open_clip(path, MediaSettings(max_side_px=64)) as clip:
            pictures, sound, info = sum(1 for _ in clip.frames()), clip.sound, clip.finished_info()
        assert not info.losses.any, (path.name, info.losses)
        with av.open(str(path)) as container:
            assert (sound is not None) == bool(container.streams.audio)
            assert bool(pictures) == bool(container.streams.video)
            seconds = [s.duration * s.time_base for s in container.streams if s.duration]
        assert info.duration_s == pytest.approx(float(max(seconds)), rel=0.03, abs=0.05)


@functools.cache
def picture(media_dir: Path, name: str, index: int = 30) -> NDArray[np.float64]:
    return read(media_dir / "robustness" / name)[2][index].rgb.astype(float)


def test_the_rotated_clip_is_the_plain_one_turned(media_dir: Path) -> None:
    # Its display matrix asks for 270 degrees clockwise, that is 90 counter-clockwise.
    plain, turned = (
        picture(media_dir, "d00_base_h264_aac.mp4"),
        picture(media_dir, "d10_rotate90_metadata.mp4"),
    )
    assert np.array_equal(turned, np.rot90(plain))


@pytest.mark.parametrize(
    "name",
    [
        "d12_hevc_10bit.mp4",
        "d13_vp9_opus.webm",
        "d15_wmv2_wma.wmv",
        "d18_mjpeg_ulaw.mov",
        "d32_h264_444_10le.mkv",
        "d33_ts_interlaced.ts",
        "d36_av1.mkv",
    ],
)
def test_every_codec_shows_the_same_face(media_dir: Path, name: str) -> None:
    """A wrong range, matrix or bit depth would be off by 10 levels and more."""
    plain, other = picture(media_dir, "d00_base_h264_aac.mp4"), picture(media_dir, name)
    assert np.abs(plain - other).mean() < 4
    assert np.abs((plain - other).mean(axis=(0, 1))).max() < 2


def test_variable_frame_rate_keeps_the_true_times(media_dir: Path) -> None:
    path = media_dir / "robustness" / "d11_vfr.mp4"
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(video=0) if p.pts is not None]
        true_s = sorted(float(p.pts * p.time_base) for p in packets)
    assert [frame.time_s for frame in read(path)[2]] == pytest.approx(true_s)


def test_the_speech_track_is_heard_and_not_the_tone(media_dir: Path) -> None:
    _, plain, _ = read(media_dir / "robustness" / "d00_base_h264_aac.mp4")
    _, chosen, _ = read(media_dir / "robustness" / "d25_two_audio_tracks.mp4")
    assert plain is not None
    assert chosen is not None
    size = min(len(plain.samples), len(chosen.samples))
    assert np.corrcoef(plain.samples[:size], chosen.samples[:size])[0, 1] > 0.95


def test_surround_sound_is_mixed_down_to_the_same_speech(media_dir: Path) -> None:
    _, plain, _ = read(media_dir / "robustness" / "d00_base_h264_aac.mp4")
    _, mixed, _ = read(media_dir / "robustness" / "d24_audio_51.mkv")
    assert plain is not None
    assert mixed is not None
    size = min(len(plain.samples), len(mixed.samples))
    spectra = np.fft.rfft(plain.samples[:size]), np.fft.rfft(mixed.samples[:size])
    lag = int(np.argmax(np.fft.irfft(spectra[0].conj() * spectra[1])))
    assert min(lag, size - lag) <= 0.03 * 16_000
    aligned = np.roll(mixed.samples[:size], -lag)
    assert np.corrcoef(plain.samples[:size], aligned)[0, 1] > 0.95
