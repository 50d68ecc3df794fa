"""Does each clip get its own page, under a name that is safe everywhere?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saber.core.errors import UsageError
from saber.core.records import Analysis
from saber.report import write_report
from saber.report.write import report_name
from sample_cues import sample_analysis


def named(path: str, sha256: str = "5f" * 32) -> Analysis:
    analysis = sample_analysis()
    return analysis.model_copy(
        update={"clip": analysis.clip.model_copy(update={"path": path, "sha256": sha256})}
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("clips/thanks.mp4", "thanks-5f5f5f5f5f5f.html"),
        ("/a b/你好 世界.mp4", "你好-世界-5f5f5f5f5f5f.html"),
        ("..", "clip-5f5f5f5f5f5f.html"),
        ("C:\\films\\con.mp4", "con-5f5f5f5f5f5f.html"),
        ('"><script>alert(1)</script>.mp4', "script-5f5f5f5f5f5f.html"),
        ("x" * 300 + ".mp4", "x" * 120 + "-5f5f5f5f5f5f.html"),
    ],
)
def test_names(path: str, name: str) -> None:
    assert report_name(named(path)) == name


@given(st.text())
def test_any_path_gives_one_safe_name(path: str) -> None:
    name = report_name(named(path))
    assert Path(name).name == name
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert not name.startswith((".", "-"))
    assert len(name.encode()) <= 255


def test_other_clips_of_the_same_name_are_not_overwritten(tmp_path: Path) -> None:
    first = write_report(named("a/x.mp4", "11" * 32), tmp_path / "new")
    second = write_report(named("b/x.mp4", "22" * 32), tmp_path / "new")
    again = write_report(named("a/x.mp4", "11" * 32), tmp_path / "new")
    assert first == again != second
    assert sorted(tmp_path.rglob("*.*")) == sorted([first, second])


def test_a_folder_that_can_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="Can't write the report"):
        write_report(named("x.mp4"), tmp_path / "file")


def test_a_name_that_is_no_unicode_does_not_stop_the_page(tmp_path: Path) -> None:
    page = write_report(named("clip\udcff.mp4"), tmp_path)
    assert "clip?.mp4" in page.read_text(encoding="utf-8")
