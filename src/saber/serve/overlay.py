"""What is drawn over the picture, moment by moment, and how is it written down?

    {"layout": {"face": [{"name", "points": [0, 1, ...], "closed"}], "joints": [names], "bones": [[a, b]]},
     "frames": [{"time_s", "faces": [[x, y, x, y, ...]], "body": [x, y, visibility, ...] or null}]}

x and y are shares of the upright picture's width and height, 0 = left, top, and may lie a little outside 0-1.
A face's list holds 95 points, and `layout.face` says which of them make which line; a body's 33 joints.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.perceive.body import BONES, JOINTS
from saber.perceive.face import FACE_LINES

__all__ = ["LAYOUT", "Beat", "Overlay", "drawn"]

EVERY_S = 0.1
"""Ten a second: the eye takes the mesh for attached, and ten minutes stay under about 3 MB packed."""
MAX_FRAMES = 6_000


def _layout() -> dict[str, object]:
    lines, at = [], 0
    for name, landmarks, closed in FACE_LINES:
        lines.append({"name": name, "points": list(range(at, at + len(landmarks))), "closed": closed})
        at += len(landmarks)
    return {"face": lines, "joints": list(JOINTS), "bones": [list(bone) for bone in BONES]}


LAYOUT = _layout()


def drawn(
    time_s: float, faces: tuple[NDArray[np.float32], ...], body: NDArray[np.float64] | None
) -> dict[str, object]:
    """One moment, as in `frames`. Three digits: at most half a pixel of the picture as read."""
    return {
        "time_s": round(time_s, 3),
        "faces": [np.round(face.astype(np.float64), 3).ravel().tolist() for face in faces],
        "body": None if body is None else np.round(body, 3).ravel().tolist(),
    }


class Beat:
    """Falls once in every stretch of so many seconds, at the first moment that is asked about."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._last = -1

    def falls(self, time_s: float) -> bool:
        now = int(time_s / self._every_s + 1e-6)
        falls = now > self._last
        self._last = max(now, self._last)
        return falls


class Overlay:
    """Collects what is drawn over a clip, thinned."""

    def __init__(self) -> None:
        self._frames: list[dict[str, object]] = []
        self._beat = Beat(EVERY_S)

    def wants(self, time_s: float) -> bool:
        """Is it time for another frame? Asked once for each, in order."""
        return len(self._frames) < MAX_FRAMES and self._beat.falls(time_s)

    def add(self, frame: dict[str, object]) -> None:
        self._frames.append(frame)

    def whole(self) -> dict[str, object]:
        return {"layout": LAYOUT, "frames": self._frames}
