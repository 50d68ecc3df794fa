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
from saber.perceive.scene.shot_watch import SHOT_WIDTH_PX, ShotWatch
from saber.perceive.scene.thumbnail import luma_of, thumbnail

__all__ = ["ScenePerceiver"]

_MOTION_WIDTH_PX = 160
# Pictures farther apart than this show no camera movement that could be told from a cut.
_MAX_MOTION_STEP_S = 0.3


class ScenePerceiver:
    """Call `see` for every frame in order of time, then `conclude` once. Needs no model."""

    def __init__(self, settings: SceneSettings | None = None) -> None:
        self._settings = settings or SceneSettings()
        self._due = {"shots": -np.inf, "motion": -np.inf, "looks": -np.inf}
        self._shots = ShotWatch()
        self._last_motion: tuple[float, NDArray[np.float32]] | None = None
        self._steps: list[CameraStep] = []
        self._looks: list[Looks] = []
        self._colours: list[dict[str, float]] = []

    def see(self, frame: Frame) -> None:
        if self._is_due("shots", frame.time_s, self._settings.shots_fps):
            self._shots.see(frame)
        if self._is_due("motion", frame.time_s, self._settings.motion_fps):
            self._see_motion(frame)
        if self._is_due("looks", frame.time_s, self._settings.looks_fps):
            small = thumbnail(frame.rgb, SHOT_WIDTH_PX)
            self._looks.append(look(frame.time_s, small, frame.rgb))
            self._colours.append(colour_shares(small))

    def conclude(self, *, face: Perception, duration_s: float) -> Perception:
        """`face` gives framing and the number of people; scene never carries an emotion."""
        seen = Seen(self._shots.pictures(), tuple(self._steps), tuple(self._looks), tuple(self._colours))
        return conclude(seen, face=face, duration_s=duration_s)

    def _is_due(self, what: str, time_s: float, rate_hz: float) -> bool:
        # A third of a 60 fps frame of tolerance, so that frames a little early are not lost.
        if time_s < self._due[what] - 1 / 180:
            return False
        # On the beat, unless the clip starts or has a gap here.
        due_s, period_s = self._due[what], 1 / rate_hz
        self._due[what] = due_s + period_s if time_s < due_s + period_s else time_s + period_s
        return True

    def _see_motion(self, frame: Frame) -> None:
        luma = luma_of(thumbnail(frame.rgb, _MOTION_WIDTH_PX))
        if self._last_motion is not None:
            before_s, before = self._last_motion
            if before.shape == luma.shape and 0 < frame.time_s - before_s <= _MAX_MOTION_STEP_S:
                self._steps.append(camera_step(frame.time_s, luma, before_s, before))
        self._last_motion = (frame.time_s, luma)
