"""Is whoever watches an analysis told of everything, in order, and of nothing else?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import saber
from media_maker import make_clip
from saber.core.errors import ClipError
from saber.core.records import ClipInfo, Perception
from saber.pipeline import Watcher, perceive


class Diary(Watcher):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.clip: ClipInfo | None = None
        self.stages: list[str] = []
        self.shares: list[float] = []
        self.times_s: list[float] = []
        self.seen: list[tuple[tuple[NDArray[np.float32], ...], NDArray[np.float64] | None]] = []
        self.senses: dict[str, Perception] = {}

    def opened(self, clip: ClipInfo) -> None:
        self.clip = clip

    def stage(self, name: str) -> None:
        self.stages.append(name)

    def progress(self, share: float) -> None:
        self.shares.append(share)

    def sight(
        self, time_s: float, faces: tuple[NDArray[np.float32], ...], body: NDArray[np.float64] | None
    ) -> None:
        self.times_s.append(time_s)
        self.seen.append((faces, body))

    def perceived(self, perception: Perception) -> None:
        self.senses[perception.sense] = perception


def test_a_watcher_is_told_of_every_frame_and_every_sense(tmp_path: Path) -> None:
    diary = Diary()
    result = saber.analyze(make_clip(tmp_path / "clip.mp4", seconds=1.0, fps=25), watcher=diary)
    assert diary.clip is not None
    assert diary.clip.sha256 == result.clip.sha256
    assert diary.stages == ["watch", "listen", "conclude", "annotate"]
    assert len(diary.times_s) == 25
    assert diary.times_s == sorted(diary.times_s)
    assert diary.seen == [((), None)] * 25  # nobody is in it
    assert diary.shares == sorted(diary.shares)
    assert diary.shares[-1] == pytest.approx(0.96, abs=0.05)
    assert result.cues is not None
    assert diary.senses == {perception.sense: perception for perception in result.cues.senses}


def test_what_a_watcher_raises_ends_the_analysis(tmp_path: Path) -> None:
    class Strict(Watcher):
        def opened(self, clip: ClipInfo) -> None:
            raise ClipError("Too long.", reason="clip_too_long")

    with pytest.raises(ClipError, match="Too long"):
        perceive(make_clip(tmp_path / "clip.mp4"), watcher=Strict())


@pytest.mark.media
def test_what_is_drawn_lies_where_the_person_is(media_dir: Path) -> None:
    diary = Diary()
    perceive(media_dir / "grid_av" / "sbwe5n.mpg", watcher=diary)
    drawn = [faces[0] for faces, _ in diary.seen if faces]
    assert len(drawn) > 60
    for face in drawn:
        assert face.shape == (95, 2)
        assert ((face > 0) & (face < 1)).all()
        chin, forehead, right_brow, left_brow = face[18], face[0], face[36:41], face[41:46]
        assert chin[1] > forehead[1] + 0.2
        # The person's right is the picture's left.
        assert right_brow[:, 0].max() < left_brow[:, 0].min()
        mouth = face[np.r_[73:85]]
        assert forehead[1] < mouth[:, 1].mean() < chin[1]
    bodies = [body for _, body in diary.seen if body is not None]
    assert bodies
    for body in bodies:
        assert body.shape == (33, 3)
        assert ((body[:, 2] >= 0) & (body[:, 2] <= 1)).all()
        # The nose is in the face, and the shoulders below it.
        assert abs(body[0, 0] - drawn[0][:, 0].mean()) < 0.15
        assert body[11:13, 1].min() > body[0, 1]
