"""Which way is up, and is the picture mirrored, by the file's display matrix?"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

__all__ = ["UPRIGHT", "Orientation", "orientation_of"]


@dataclass(frozen=True)
class Orientation:
    """What shows the picture upright: swap rows with columns, then reverse the columns (`flip_x`) and
    the rows (`flip_y`). The eight combinations are all quarter turns with and without a mirror."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def clockwise_deg(self) -> int:
        """The rotation in it, without the mirror."""
        if self.transpose:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0


UPRIGHT = Orientation()


def orientation_of(frame: VideoFrame) -> Orientation:
    """The nearest quarter turn to the frame's display matrix.

    The matrix maps (x, y) to (a x + c y, b x + d y), y pointing down (ISO 14496-12, 8.3.2); it is
    stored as a, b, u, c, d, v, x, y, w.
    """
    data = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]
    if data is None:
        return UPRIGHT
    raw = bytes(data)
    if len(raw) != 36:
        return UPRIGHT
    a, b, _, c, d, *_ = struct.unpack("=9i", raw)
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(transpose=True, flip_x=c < 0, flip_y=b < 0)
    return Orientation(flip_x=a < 0, flip_y=d < 0)
