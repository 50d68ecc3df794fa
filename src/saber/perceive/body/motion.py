"""How much of the body's surface is moving, picture by picture?

Quantity of motion after Camurri, Lagerlof & Volpe (2003, Int. J. Human-Computer Studies 59:213-225):
the area that changed over the last moment, relative to the area of the body. They have a silhouette; we
have a box around the body, without the head (whose movements are the face's business) and less what
moves beside the box (camera, light).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.perceive.body.sighting import ELBOWS, HIPS, SHOULDERS, WRISTS, Sighting, shown

__all__ = ["MotionSample", "QuantityOfMotion", "body_box"]

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1, each 0-1 of the picture's width and height."""

_THUMB_WIDTH_PX = 160
# Compare with the picture this long ago, at whatever frame rate: Camurri's silhouette motion images also
# sum up a few frames. Own choice: half the shortest gesture stroke.
_LOOK_BACK_S = 0.12
_MAX_LOOK_BACK_S = 0.35
# A pixel has changed when its luma differs by more than this (of 255). Own choice: some three times the
# noise of compressed video after averaging four pixels.
_CHANGED = 12
# When this share of the whole picture changes at once it is a cut or a flash, no movement. Own choice.
_CUT = 0.6
# Smallest share of the picture that can be called a body, and how far the picture must reach below the
# chin, in face heights, before anything but a head is in it. Own choice: the neck.
_MIN_AREA = 0.01
_MIN_BELOW_CHIN = 0.25


@dataclass(frozen=True, slots=True)
class MotionSample:
    """Share of pixels that changed over the last moment inside the body's box and beside it; `beside`
    is None where the box leaves nothing to compare with."""

    time_s: float
    inside: float
    beside: float | None

    @property
    def net(self) -> float:
        return max(0.0, self.inside - (self.beside or 0.0))


class QuantityOfMotion:
    """Feed pictures in order of time, each with the boxes that body and head were last seen in."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, NDArray[np.int16]]] = deque()

    def see(
        self, time_s: float, rgb: NDArray[np.uint8], box: Box | None, head: Box | None
    ) -> MotionSample | None:
        """None: no body, a cut, or no picture of about `_LOOK_BACK_S` ago to compare with."""
        luma = _thumb(rgb)
        while len(self._past) > 1 and time_s - self._past[1][0] >= _LOOK_BACK_S - 1e-6:
            self._past.popleft()
        before = self._past[0] if self._past else None
        self._past.append((time_s, luma))
        if box is None or before is None or before[1].shape != luma.shape:
            return None
        if not _LOOK_BACK_S - 1e-6 <= time_s - before[0] <= _MAX_LOOK_BACK_S:
            return None
        change = luma - before[1]
        changed = np.abs(change - int(np.median(change))) > _CHANGED
        if changed.mean() >= _CUT:
            return None
        body = np.zeros(luma.shape, dtype=bool)
        body[_area(box, luma.shape)] = True
        away = ~body
        if head is not None:
            body[_area(head, luma.shape)] = False
        if body.mean() < _MIN_AREA:
            return None
        beside = float(changed[away].mean()) if away.mean() >= 0.15 else None
        return MotionSample(time_s, float(changed[body].mean()), beside)


def body_box(sighting: Sighting) -> tuple[Box | None, Box | None]:
    """Where the body is (head, trunk and upper arms, as far as they are in the picture, and the wrists
    where they are seen) and where the head; no body box where only a head is in the picture."""
    assert sighting.pose is not None
    width, height = sighting.size_px
    rows = [*range(11), *SHOULDERS, *ELBOWS, *HIPS]
    rows += [wrist for wrist in WRISTS if shown(sighting.pose, sighting.size_px, (wrist,))]
    points = sighting.pose[rows, :2]
    x0, y0 = points.min(axis=0)
    x1, y1 = points.max(axis=0)
    if sighting.face is None:
        return _clipped(x0, y0, x1, y1, width, height), None
    fx, fy, fw, fh = sighting.face.box_px
    if min(y1, height) - (fy + fh) < _MIN_BELOW_CHIN * fh:
        return None, None
    # The detector's box ends at the brows and the cheeks; hair and skull reach beyond.
    head = (fx - fw / 4, fy - fh * 0.6, fx + fw * 5 / 4, fy + fh * 1.1)
    return (
        _clipped(min(x0, head[0]), min(y0, head[1]), max(x1, head[2]), y1, width, height),
        _clipped(*head, width, height),
    )


def _clipped(x0: float, y0: float, x1: float, y1: float, width: int, height: int) -> Box:
    return (
        min(1.0, max(0.0, x0 / width)),
        min(1.0, max(0.0, y0 / height)),
        min(1.0, max(0.0, x1 / width)),
        min(1.0, max(0.0, y1 / height)),
    )


def _area(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    height, width = shape[:2]
    x0, y0, x1, y1 = box
    return (
        slice(int(y0 * height), int(np.ceil(y1 * height))),
        slice(int(x0 * width), int(np.ceil(x1 * width))),
    )


def _thumb(rgb: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Green (most of luma) thinned to about 160 px wide, each value the mean of four."""
    step = max(1, rgb.shape[1] // _THUMB_WIDTH_PX)
    green = rgb[..., 1]
    if step == 1:
        return green.astype(np.int16)
    half = step // 2
    height = (green.shape[0] - half + step - 1) // step
    width = (green.shape[1] - half + step - 1) // step
    total = np.zeros((height, width), dtype=np.int16)
    for y in (0, half):
        for x in (0, half):
            total += green[y::step, x::step][:height, :width]
    return total >> 2
