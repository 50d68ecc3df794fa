"""Perceiving: what do the faces in a clip measurably do, and what do they express?"""

from __future__ import annotations

from saber.perceive.face.detector import FaceDetector
from saber.perceive.face.outline import FACE_LINES
from saber.perceive.face.perceiver import FacePerceiver
from saber.perceive.face.settings import FaceSettings

__all__ = ["FACE_LINES", "FaceDetector", "FacePerceiver", "FaceSettings"]
