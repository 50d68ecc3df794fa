"""Is each kind of bad clip told by its own check, and is nothing measured after it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clean.made import ANYBODY, SIZE, blurred, make, source, still, textured
from media_maker import make_sound
from saber.clean import THRESHOLDS, CleanSettings, CleanStage
from saber.core.dataset import Check, Clip
from saber.flow import Answer, Drop, Item, Keep, Tools

HEADER = ["picture", "sound", "shortest", "longest", "resolution", "frame_rate"]
SOUND = [*HEADER, "loudness", "clipping"]
PICTURES = [*SOUND, "luminance", "black", "frozen", "sharpness"]
ALL = [*PICTURES, "picture_loss", "sound_loss"]

LOUD = np.clip(make_sound("speech", 2.0) * 20, -1, 1).astype(np.float32)

CASES: Mapping[str, tuple[str, str, list[str], dict[str, object]]] = {
    "no picture": ("no_picture", "picture", HEADER[:4], {"codec": None}),
    "no sound track": ("no_sound", "sound", HEADER, {"sound": None}),
    "short": ("too_short", "shortest", HEADER, {"seconds": 0.6}),
    "long": ("too_long", "longest", HEADER, {"seconds": 4.0}),
    "small": ("low_resolution", "resolution", HEADER, {"size": (160, 120), "picture": None}),
    "slow": ("low_frame_rate", "frame_rate", HEADER, {"fps": 8}),
    "mute": ("mute", "loudness", SOUND[:7], {"sound": "silence"}),
    "clipped": ("clipped", "clipping", SOUND, {"sound": LOUD, "sound_codec": "flac"}),
    "dark": ("too_dark", "luminance", PICTURES, {"picture": textured(light=0.15)}),
    "black": ("too_dark", "luminance", PICTURES, {"picture": lambda _: np.zeros((240, 320, 3), np.uint8)}),
    "partly black": (
        "black_picture",
        "black",
        PICTURES,
        {"picture": lambda i: textured()(i) * np.uint8(i >= 20)},
    ),
    "frozen": ("frozen_picture", "frozen", PICTURES, {"picture": still(textured())}),
    "blurred": ("blurred", "sharpness", PICTURES, {"picture": blurred()}),
}


def clean(path: Path, settings: CleanSettings = ANYBODY) -> Answer:
    stage = CleanStage(settings)
    stage.open(Tools(path.parent))
    try:
        return stage(Item("it", {"source": source(path)}))
    finally:
        stage.close()


def checks(answer: Answer) -> dict[str, Check]:
    assert not isinstance(answer, dict)
    record = getattr(answer, "record", None)
    assert isinstance(record, Clip)
    return {check.name: check for check in record.checks}


def made_file(folder: Path, changes: Mapping[str, object]) -> Path:
    return make(folder / ("clip.mkv" if changes.get("sound_codec") == "flac" else "clip.mp4"), **changes)


@pytest.mark.parametrize("kind", CASES)
def test_a_bad_clip_is_told_by_its_own_check_and_nothing_is_measured_after(kind: str, tmp_path: Path) -> None:
    reason, name, measured, changes = CASES[kind]
    answer = clean(made_file(tmp_path, changes), replace(ANYBODY, max_duration_s=3.0))
    assert isinstance(answer, Drop)
    assert answer.reason == reason
    found = checks(answer)
    assert list(found) == measured
    assert next(check.reason for check in found.values() if not check.passed) == reason
    assert found[name].passed is False
    record = answer.record
    assert isinstance(record, Clip)
    assert record.fingerprints.picture == record.fingerprints.sound == ()
    assert answer.detail


def test_a_good_clip_passes_every_check(tmp_path: Path) -> None:
    answer = clean(make(tmp_path / "clip.mp4"))
    assert isinstance(answer, Keep)
    found = checks(answer)
    assert list(found) == ALL
    assert all(check.passed and check.reason == "" for check in found.values())
    record = answer.record
    assert isinstance(record, Clip)
    assert record.media_path == str(tmp_path / "clip.mp4")
    assert record.info.duration_s == pytest.approx(2.0, abs=0.1)
    assert len(record.fingerprints.picture) in (4, 5)  # two a second
    assert len(record.fingerprints.sound) > 4


@pytest.mark.parametrize("kind", ["mute", "dark", "slow"])
def test_with_all_checks_the_reason_is_the_same_and_every_score_is_there(kind: str, tmp_path: Path) -> None:
    reason, _, _, changes = CASES[kind]
    answer = clean(made_file(tmp_path, changes), replace(ANYBODY, all_checks=True))
    assert isinstance(answer, Drop)
    assert answer.reason == reason
    missing = {"clipping"} if kind == "mute" else set()  # silence has no greatest magnitude
    assert set(checks(answer)) == set(ALL) - missing


def test_a_tone_is_no_speech_and_no_picture_is_decoded_for_it(tmp_path: Path) -> None:
    answer = clean(make(tmp_path / "clip.mp4", sound="tone"), CleanSettings())
    assert isinstance(answer, Drop)
    assert answer.reason == "no_speech"
    assert list(checks(answer)) == [*SOUND, "speech"]


def test_boxes_are_no_face(tmp_path: Path) -> None:
    answer = clean(make(tmp_path / "clip.mp4"), replace(ANYBODY, require_face=True))
    assert isinstance(answer, Drop)
    assert answer.reason == "no_face"
    assert checks(answer)["face"].score == 0.0
    assert list(checks(answer)) == [*PICTURES, "face"]


def test_a_single_picture_can_not_be_told_from_a_frozen_one_and_has_not_passed(tmp_path: Path) -> None:
    answer = clean(make(tmp_path / "clip.mkv", seconds=0.04, sound_seconds=2.0))
    assert isinstance(answer, Drop)
    assert answer.reason == "frozen_unknown"
    unknown = checks(answer)["frozen"]
    assert unknown.passed is None
    assert unknown.score is None
    assert answer.detail == unknown.detail == "It is a single picture."


def test_a_file_that_was_cut_off_has_lost_what_it_declares(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4", seconds=4.0, muxer_options={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    answer = clean(path)
    assert isinstance(answer, Drop)
    assert answer.reason == "picture_lost"
    lost = checks(answer)["picture_loss"].score
    assert lost is not None
    assert 0.2 < lost < 0.6


def test_an_avi_file_that_was_cut_off_has_lost_it_too(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.avi", seconds=4.0, sound_codec="mp3")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    answer = clean(path)
    assert isinstance(answer, Drop)
    assert answer.reason == "picture_lost"


def test_damaged_packets_are_counted(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4", seconds=2.0)
    content = bytearray(path.read_bytes())
    begin = content.index(b"mdat") + len(content) // 4
    content[begin : begin + len(content) // 3] = bytes(len(content) // 3)
    path.write_bytes(bytes(content))
    answer = clean(path, replace(ANYBODY, all_checks=True))
    lost = checks(answer)["sound_loss"].score
    assert lost is not None
    assert lost > 0.1


@pytest.mark.parametrize("content", [b"", b"no clip", bytes(range(256)) * 20])
def test_what_is_no_clip_is_dropped_with_the_reader_s_reason(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    answer = clean(path)
    assert isinstance(answer, Drop)
    assert answer.reason == "clip_unreadable"


def test_sound_alone_is_enough_where_no_picture_is_required(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4", codec=None)
    answer = clean(path, replace(ANYBODY, require_picture=False))
    assert isinstance(answer, Keep)
    assert list(checks(answer)) == ["sound", "shortest", "longest", "loudness", "clipping", "sound_loss"]


def test_pictures_alone_are_enough_where_no_sound_is_required(tmp_path: Path) -> None:
    answer = clean(make(tmp_path / "clip.mp4", sound=None), replace(ANYBODY, require_sound=False))
    assert isinstance(answer, Keep)
    assert "loudness" not in checks(answer)


def test_each_limit_is_a_setting_with_the_table_s_default_and_each_check_has_one_row() -> None:
    settings = CleanSettings()
    for row in THRESHOLDS:
        assert getattr(settings, row.setting) == row.limit
        assert row.source
        assert row.means
    assert (
        len({row.check for row in THRESHOLDS}) == len({row.reason for row in THRESHOLDS}) == len(THRESHOLDS)
    )
    numbers = {k for k, v in vars(settings).items() if isinstance(v, float | int) and not isinstance(v, bool)}
    assert numbers == {row.setting for row in THRESHOLDS}


def test_a_limit_keeps_what_it_says(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4")
    height = SIZE[1]
    assert isinstance(clean(path, replace(ANYBODY, min_side_px=height)), Keep)
    assert isinstance(clean(path, replace(ANYBODY, min_side_px=height + 1)), Drop)


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_duration_s": 5.0, "max_duration_s": 5.0},
        {"max_duration_s": 1e4},
        {"max_black_ratio": 1.1},
        {"min_side_px": -1},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).split("_", 1)[1]):
        CleanSettings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "reason"), [("dark", "too_dark"), ("blurred", "blurred")])
def test_keyframes_alone_tell_that_a_long_clip_is_bad(kind: str, reason: str, tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4", seconds=9.0, keyframe_every=25, **CASES[kind][3])
    # This encoder's keyframes are noisier, and so look sharper, than what it shows between them.
    strict = replace(ANYBODY, min_sharpness=0.6)
    answer = clean(path, strict)
    assert isinstance(answer, Drop)
    assert answer.reason == reason
    # Frozen and black need all pictures: they were not asked.
    assert list(checks(answer)) == [*SOUND, CASES[kind][1]]
    assert "In all 9 keyframes." in answer.detail
    whole = clean(path, replace(strict, all_checks=True))
    assert isinstance(whole, Drop)
    assert whole.reason == reason


def test_a_long_clip_that_is_dark_in_some_keyframes_only_is_looked_at_whole(tmp_path: Path) -> None:
    dark, lit = textured(light=0.1), textured()
    path = make(
        tmp_path / "clip.mp4",
        seconds=9.0,
        keyframe_every=25,
        picture=lambda i: dark(i) if i % 25 == 0 and i < 200 else lit(i),
    )
    assert isinstance(clean(path), Keep)
