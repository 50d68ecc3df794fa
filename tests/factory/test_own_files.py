"""Are the files that the factory makes itself never taken for raw clips?"""

from __future__ import annotations

from pathlib import Path

from saber.corpora import Notes, SourceSettings
from saber.factory.run import clips_of
from saber.factory.settings import DatasetSettings


def test_a_workspace_may_lie_among_the_clips(tmp_path: Path) -> None:
    for name in ("a.mp4", "work/b.mp4", "work/clean/stretch.mp4", "work/cleaner/c.mp4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"media")
    settings = DatasetSettings(sources=(SourceSettings(tmp_path / "work" / ".."),))
    found = [source.id for source in clips_of(settings, tmp_path / "work", Notes())]
    assert found == ["folder/a.mp4", "folder/work/b.mp4", "folder/work/cleaner/c.mp4"]
