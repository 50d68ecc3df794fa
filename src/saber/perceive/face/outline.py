"""Which of the mesh's landmarks draw a face so that a person sees where it was found?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FACE_LINES", "OUTLINE"]

FACE_LINES: tuple[tuple[str, tuple[int, ...], bool], ...] = (
    ("oval", (
        10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
    ), True),
    ("right brow", (70, 63, 105, 66, 107), False),
    ("left brow", (300, 293, 334, 296, 336), False),
    ("right eye", (33, 160, 159, 158, 133, 153, 145, 144), True),
    ("left eye", (263, 387, 386, 385, 362, 380, 374, 373), True),
    ("nose bridge", (168, 6, 197, 195, 5, 4), False),
    ("nostrils", (98, 97, 2, 326, 327), False),
    ("outer lips", (61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181), True),
    ("inner lips", (78, 81, 13, 311, 308, 402, 14, 178), True),
    ("right pupil", (468,), False),
    ("left pupil", (473,), False),
)  # fmt: skip
"""Name, landmarks in order, and whether the last joins the first. Left and right are the person's own."""

OUTLINE: NDArray[np.intp] = np.array([landmark for _, line, _ in FACE_LINES for landmark in line])
"""All of them in a row, (95,): the rows of `SeenFace.outline`."""
