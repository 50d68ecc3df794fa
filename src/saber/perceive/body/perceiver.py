"""What does the body do in this clip? Frames in, a Perception out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Frame, Perception
from saber.perceive.body.conclude import conclude
from saber.perceive.body.gate import PersonGate
from saber.perceive.body.motion import MotionSample, QuantityOfMotion, body_box
from saber.perceive.body.reader import LandmarkReader, MediaPipeReader
from saber.perceive.body.settings import BodySettings
from saber.perceive.body.sighting import Hand, Sighting

__all__ = ["BodyPerceiver"]

# Hands are looked for in every sampled picture while any are in view or the body is moving, else in
# every second one: the search costs nearly as much as the pose. Own choice: a hand that comes into
# view changes far more than 4 % of the body's box.
_HANDS_MEMORY_S = 1.0
_MOVING = 0.04


class BodyPerceiver:
    """Call `see` for every frame in order of time, then `conclude` once.

    It decides itself which frames it uses. Loads its models at the first frame; raises
    MissingPieceError there when they are not installed. `reader` is a seam for other models and tests.
    """

    def __init__(self, settings: BodySettings | None = None, *, reader: LandmarkReader | None = None) -> None:
        self._settings = settings or BodySettings()
        self._reader = reader
        self._gate = PersonGate(self._settings)
        self._motion = QuantityOfMotion()
        self._sightings: list[Sighting] = []
        self._moves: list[MotionSample] = []
        self._next_pose_s = self._next_motion_s = -np.inf
        self._hands_seen_s = -np.inf
        self._hands_skipped = False

    def see(self, frame: Frame) -> NDArray[np.float64] | None:
        """The next picture, in order of time.

        Returns the pose as it was last looked at, to be drawn: (33, 3), x and y as shares of the picture's
        width and height, and visibility 0-1; None where no person is seen.
        """
        # Half a frame of tolerance, so that 25 fps material meets a 25 fps demand.
        if frame.time_s >= self._next_motion_s - 0.5 / 60:
            self._next_motion_s = frame.time_s + 1 / self._settings.motion_fps
            self._see_motion(frame)
        if frame.time_s >= self._next_pose_s - 0.5 / 60:
            due_s = self._next_pose_s + 1 / self._settings.pose_fps
            self._next_pose_s = due_s if due_s > frame.time_s else frame.time_s + 1 / self._settings.pose_fps
            self._sightings.append(self._look(frame))
        last = self._sightings[-1] if self._sightings else None
        return None if last is None or last.pose is None else last.pose / np.array([*last.size_px, 1.0])

    @property
    def looked_at_s(self) -> tuple[float, ...]:
        """Times of the frames in which a body was looked for."""
        return tuple(sighting.time_s for sighting in self._sightings)

    def conclude(self, *, duration_s: float) -> Perception:
        return conclude(tuple(self._sightings), tuple(self._moves), duration_s=duration_s)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()

    def _see_motion(self, frame: Frame) -> None:
        last = self._sightings[-1] if self._sightings else None
        box, head = body_box(last) if last is not None and last.person else (None, None)
        sample = self._motion.see(frame.time_s, frame.rgb, box, head)
        if sample is not None:
            self._moves.append(sample)

    def _look(self, frame: Frame) -> Sighting:
        if self._reader is None:
            self._reader = MediaPipeReader()
        step = max(1, -(-frame.rgb.shape[1] // self._settings.max_width_px))
        rgb = np.ascontiguousarray(frame.rgb[::step, ::step])
        size_px = (rgb.shape[1], rgb.shape[0])
        faces = self._reader.faces(rgb)
        if not self._gate.worth_a_look(frame.time_s, faces):
            return Sighting(frame.time_s, size_px)
        pose = self._reader.pose(rgb)
        stretch, face = self._gate.admit(frame.time_s, pose, faces)
        if stretch is None:
            return Sighting(frame.time_s, size_px)
        return Sighting(frame.time_s, size_px, face, pose, self._look_for_hands(frame.time_s, rgb), stretch)

    def _look_for_hands(self, time_s: float, rgb: NDArray[np.uint8]) -> tuple[Hand, ...] | None:
        assert self._reader is not None
        moving = bool(self._moves) and self._moves[-1].net >= _MOVING
        if not (moving or self._hands_skipped or time_s - self._hands_seen_s <= _HANDS_MEMORY_S):
            self._hands_skipped = True
            return None
        self._hands_skipped = False
        hands = self._reader.hands(rgb)
        if hands:
            self._hands_seen_s = time_s
        return hands
