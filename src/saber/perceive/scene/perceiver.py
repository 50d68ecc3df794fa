"""What does the picture show apart from the person's own behaviour? Frames in, a Perception out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Frame, Perception
from saber.perceive.scene.camera import CameraStep, camera_step
from saber.perceive.scene.colour_names import colour_shares
from saber.perceive.scene.conclude import Seen, conclude
from saber.perceive.scene.looks import Looks, look
from saber.perceive.scene.settings import SceneSettings
from saber.perceive.scene.shots import BLACK_PIXEL, Pictures
from saber.perceive.scene.thumbnail import luma_of, thumbnail

__all__ = ["ScenePerceiver"]

_MOTION_WIDTH_PX = 160
_SHOT_WIDTH_PX = 80
# Pictures farther apart than this show no camera movement that could be told from a cut.
_MAX_MOTION_STEP_S = 0.3


class ScenePerceiver:
    """Call `see` for every frame in order of time, then `conclude` once. Needs no model."""

    def __init__(self, settings: SceneSettings | None = None) -> None:
        self._settings = settings or SceneSettings()
        self._due = {"shots": -np.inf, "motion": -np.inf, "looks": -np.inf}
        self._times_s: list[float] = []
        self._luma: list[NDArray[np.uint8]] = []
        self._histograms: list[NDArray[np.float64]] = []
        self._black: list[float] = []
        self._change: list[float] = []
        self._last_fine: NDArray[np.float32] | None = None
        self._last_motion: tuple[float, NDArray[np.float32]] | None = None
        self._steps: list[CameraStep] = []
        self._looks: list[Looks] = []
        self._colours: list[dict[str, float]] = []

    def see(self, frame: Frame) -> None:
        if self._is_due("shots", frame.time_s, self._settings.shots_fps):
            self._see_shots(frame)
        if self._is_due("motion", frame.time_s, self._settings.motion_fps):
            self._see_motion(frame)
        if self._is_due("looks", frame.time_s, self._settings.looks_fps):
            small = thumbnail(frame.rgb, _SHOT_WIDTH_PX)
            self._looks.append(look(frame.time_s, small, frame.rgb))
            self._colours.append(colour_shares(small))

    def conclude(self, *, face: Perception, duration_s: float) -> Perception:
        """`face` gives framing and the number of people; scene never carries an emotion."""
        pictures = None
        if self._times_s:
            pictures = Pictures(
                times_s=np.array(self._times_s),
                luma=np.stack(self._luma),
                histograms=np.stack(self._histograms),
                black_share=np.array(self._black),
                change=np.array(self._change),
            )
        seen = Seen(pictures, tuple(self._steps), tuple(self._looks), tuple(self._colours))
        return conclude(seen, face=face, duration_s=duration_s)

    def _is_due(self, what: str, time_s: float, rate_hz: float) -> bool:
        # A third of a 60 fps frame of tolerance, so that frames a little early are not lost.
        if time_s < self._due[what] - 1 / 180:
            return False
        # On the beat, unless the clip starts or has a gap here.
        due_s, period_s = self._due[what], 1 / rate_hz
        self._due[what] = due_s + period_s if time_s < due_s + period_s else time_s + period_s
        return True

    def _see_shots(self, frame: Frame) -> None:
        small = thumbnail(frame.rgb, _SHOT_WIDTH_PX)
        fine = luma_of(small)
        if self._luma and (self._last_fine is None or fine.shape != self._last_fine.shape):
            return  # the picture's size changed in mid-stream: nothing to compare with
        rows, columns = max(1, fine.shape[0] // 2), max(1, fine.shape[1] // 2)
        tiny = fine[: rows * 2, : columns * 2]
        if min(fine.shape) >= 2:
            tiny = tiny.reshape(rows, 2, columns, 2).mean(axis=(1, 3))
        levels = small >> 6
        codes = (levels[..., 0] << 4) + (levels[..., 1] << 2) + levels[..., 2]
        self._times_s.append(frame.time_s)
        self._luma.append(np.round(tiny * 255).astype(np.uint8))
        self._histograms.append(np.bincount(codes.ravel(), minlength=64) / codes.size)
        self._black.append(float((fine < BLACK_PIXEL).mean()))
        self._change.append(1.0 if self._last_fine is None else float(np.abs(fine - self._last_fine).max()))
        self._last_fine = fine

    def _see_motion(self, frame: Frame) -> None:
        luma = luma_of(thumbnail(frame.rgb, _MOTION_WIDTH_PX))
        if self._last_motion is not None:
            before_s, before = self._last_motion
            if before.shape == luma.shape and 0 < frame.time_s - before_s <= _MAX_MOTION_STEP_S:
                self._steps.append(camera_step(frame.time_s, luma, before_s, before))
        self._last_motion = (frame.time_s, luma)
