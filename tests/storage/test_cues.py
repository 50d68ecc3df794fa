"""Do cues come back as they were measured, and is it told when they don't?"""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from saber.core.errors import ClipError
from saber.storage import cues_file, read_cues, write_cues
from sample_cues import sample_cues

ITEM = "meld/train_splits/dia0_utt0.mp4"


def test_cues_come_back(tmp_path: Path) -> None:
    cues = sample_cues()
    perceived = write_cues(tmp_path, ITEM, cues, 1.23456)
    assert perceived.cues_path == cues_file(ITEM)
    assert perceived.seconds == 1.235
    assert (tmp_path / perceived.cues_path).is_file()
    assert read_cues(tmp_path, perceived) == cues


def test_equal_cues_give_equal_bytes_and_others_another_hash(tmp_path: Path) -> None:
    first = write_cues(tmp_path / "one", ITEM, sample_cues(), 1.0)
    again = write_cues(tmp_path / "two", ITEM, sample_cues(), 2.0)
    other = write_cues(tmp_path / "two", "other", sample_cues(body_visible=False), 2.0)
    one, two = (tmp_path / name / cues_file(ITEM) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert first.sha256 == again.sha256 != other.sha256
    assert other.cues_path != again.cues_path


def test_a_workspace_can_be_moved(tmp_path: Path) -> None:
    perceived = write_cues(tmp_path / "here", ITEM, sample_cues(), 1.0)
    (tmp_path / "here").rename(tmp_path / "there")
    assert read_cues(tmp_path / "there", perceived) == sample_cues()


def test_lost_broken_and_changed_cues_are_told_apart(tmp_path: Path) -> None:
    perceived = write_cues(tmp_path, ITEM, sample_cues(), 1.0)
    path = tmp_path / perceived.cues_path
    whole = path.read_bytes()
    for content, reason in (
        (None, "cues_unreadable"),
        (b"", "cues_changed"),
        (whole[: len(whole) // 2], "cues_unreadable"),
        (whole[:40] + bytes([whole[40] ^ 0xFF]) + whole[41:], "cues_unreadable"),
        (gzip.compress(b"{}"), "cues_changed"),
        (gzip.compress(gzip.decompress(whole) + b" "), "cues_changed"),
    ):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ClipError, match="saber retry --redo perceive") as error:
            read_cues(tmp_path, perceived)
        assert error.value.reason == reason


def test_a_record_can_not_name_cues_outside(tmp_path: Path) -> None:
    perceived = write_cues(tmp_path / "other", ITEM, sample_cues(), 1.0)
    elsewhere = perceived.model_copy(update={"cues_path": f"../other/{perceived.cues_path}"})
    with pytest.raises(ClipError, match="leads out of the workspace"):
        read_cues(tmp_path / "mine", elsewhere)
