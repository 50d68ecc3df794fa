"""What do a clip's pictures say of its quality, seen one after another?

pictures at 4 a second, 320 px -> `Watch.see` each -> luminance, black, frozen, sharpness, hashes, faces
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from saber.clean.picture_print import cells, picture_hash
from saber.core.records import Frame
from saber.media import FrameSampling, MediaSettings

__all__ = ["PICTURES", "Watch"]

Floats = NDArray[np.float32]

PICTURES = MediaSettings(fps=4.0, max_side_px=320, sampling=FrameSampling(keyframes_first_s=8.0))
"""How clips are looked at. 4 a second: the least that shows for how long a picture stands still. Keyframes
first where the clip is long: of a short one all pictures cost hardly more."""

_BRIGHT_SHARE = 0.9
# FFmpeg's blackdetect, as in the scene sense: pixels under 0.10, and 98 % of them.
_BLACK_PIXEL = 0.10 * 255
_BLACK_SHARE = 0.98
_STILL = 0.025
_STILL_SHARE = 0.998
"""In a frozen picture this share of the cells changes by no more than so much of the luminance. Own choice:
the frozen pictures of four encoders at low rates stay under it, the lips of a person who only speaks do not.
A mean over the picture, as in FFmpeg's freezedetect, can't tell the two."""
_CELL_PX = 4
_NOISE = 0.25
"""Variance of what rounding and coding leave in a smooth picture, in levels of 255; own choice."""
_LEAST_GRADIENT = 2.0
"""Mean squared step between pixels, in levels of 255, below which no edge could be sharp; own choice."""
_HASH_EVERY = 2
_FACES_MOST = 8
_FACE_EVERY_S = 1.0
_FACES_LEAST = 4


class Watch:
    """Everything that is measured of the pictures but faces, which cost most and are counted at the end."""

    def __init__(self) -> None:
        self._bright: list[float] = []
        self._black: list[bool] = []
        self._still: list[bool] = []
        self._sharp: list[float] = []
        self._hashes: list[int] = []
        self._kept: list[Frame] = []
        self._last: Floats | None = None

    def see(self, frame: Frame) -> None:
        """The next picture, in order of time."""
        luma = luma_of(frame.rgb)
        black = float((luma < _BLACK_PIXEL).mean()) >= _BLACK_SHARE
        small = cells(luma, max(1, luma.shape[0] // _CELL_PX), max(1, luma.shape[1] // _CELL_PX))
        bright = float(np.quantile(small, _BRIGHT_SHARE))
        if self._last is not None:
            same_size = self._last.shape == small.shape
            still = same_size and _change(small, self._last) < _STILL * bright
            self._still.append(still and not black)
        self._last = small
        self._black.append(black)
        self._bright.append(bright / 255)
        sharp = sharpness(luma)
        if sharp is not None:
            self._sharp.append(sharp)
        if (len(self._black) - 1) % _HASH_EVERY == 0:
            self._hashes.append(picture_hash(luma))
        self._kept.append(frame)
        # Memory stays flat: of many pictures every second one is kept, then every fourth, ...
        if len(self._kept) > 16 * _FACES_MOST:
            self._kept = self._kept[::2]

    @property
    def seen(self) -> int:
        return len(self._black)

    @property
    def brightest(self) -> float:
        """The brightest picture's luminance."""
        return max(self._bright)

    @property
    def sharpest(self) -> float | None:
        """The sharpest picture's sharpness; None when none has an edge."""
        return max(self._sharp, default=None)

    @property
    def luminance(self) -> float | None:
        """Luma that a tenth of the picture exceeds, 0-1, the median picture; None without a picture."""
        return float(np.median(self._bright)) if self._bright else None

    @property
    def black_ratio(self) -> float | None:
        return float(np.mean(self._black)) if self._black else None

    @property
    def frozen_ratio(self) -> float | None:
        """Share of the steps in which nothing changes; None with fewer than two pictures."""
        return float(np.mean(self._still)) if self._still else None

    @property
    def sharpness(self) -> float | None:
        """The median picture's; None when most have no edge at all."""
        return float(np.median(self._sharp)) if 2 * len(self._sharp) > self.seen else None

    @property
    def hashes(self) -> tuple[str, ...]:
        """Two a second, in order of time, as hex."""
        return tuple(f"{value:016x}" for value in self._hashes)

    def for_faces(self) -> list[Frame]:
        """The pictures in which a face is looked for: spread over the clip, one a second, 4 to 8."""
        if not self._kept:
            return []
        lasts_s = self._kept[-1].time_s - self._kept[0].time_s
        wanted = int(np.clip(round(lasts_s / _FACE_EVERY_S), _FACES_LEAST, _FACES_MOST))
        count = min(wanted, len(self._kept))
        return [self._kept[int((i + 0.5) * len(self._kept) / count)] for i in range(count)]


def _change(small: Floats, before: Floats) -> float:
    """How much all but the most changed cells change at most; on a small picture those count too."""
    return float(np.quantile(np.abs(small - before), _STILL_SHARE))


def luma_of(rgb: NDArray[np.uint8]) -> Floats:
    """ITU-R BT.709 luma of the picture as coded, 0-255, shape (height, width)."""
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32)
    return np.asarray(rgb.astype(np.float32) @ weights, np.float32)


def sharpness(luma: Floats) -> float | None:
    """Variance of the Laplacian over the mean squared gradient; None without edges.

    Both are focus measures of Pertuz et al. 2013 (LAP4 with the 4-neighbour mask, GRA); their ratio is the
    mean squared frequency of the picture's change, so that neither contrast nor the amount of detail counts.
    White noise gives 5, a sharp picture at 320 px 1 to 3, one blurred by 1 % of its width under 0.2.
    """
    if min(luma.shape) < 3:
        return None
    middle = luma[1:-1, 1:-1]
    laplacian = 4 * middle - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]
    across, down = luma[1:-1, 1:-1] - luma[1:-1, :-2], middle - luma[:-2, 1:-1]
    gradient = float(np.mean(across**2) + np.mean(down**2))
    if gradient < _LEAST_GRADIENT:
        return None
    # Noise adds 16 + 4 times its variance to the one and 4 times to the other.
    return max(0.0, float(laplacian.var()) - 20 * _NOISE) / (gradient - 4 * _NOISE)
