"""What are the pose's points called, and which of them are joined when a body is drawn?"""

from __future__ import annotations

__all__ = ["BONES", "JOINTS"]

JOINTS = (
    "nose", "left eye inner", "left eye", "left eye outer", "right eye inner", "right eye", "right eye outer",
    "left ear", "right ear", "mouth left", "mouth right", "left shoulder", "right shoulder", "left elbow",
    "right elbow", "left wrist", "right wrist", "left little finger", "right little finger",
    "left index finger", "right index finger", "left thumb", "right thumb", "left hip", "right hip",
    "left knee", "right knee", "left ankle", "right ankle", "left heel", "right heel", "left foot",
    "right foot",
)  # fmt: skip
"""Names of the 33 rows of the pose; left and right are the person's own."""

BONES = (
    (11, 12), (11, 13), (13, 15), (15, 17), (15, 19), (15, 21), (12, 14), (14, 16), (16, 18), (16, 20),
    (16, 22), (11, 23), (12, 24), (23, 24), (23, 25), (25, 27), (27, 29), (27, 31), (24, 26), (26, 28),
    (28, 30), (28, 32),
)  # fmt: skip
"""Pairs of rows that are joined by a line. The head's points stand alone: a face's outline shows more."""
