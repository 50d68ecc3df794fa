"""How near is the person and how many people are there? From what the face sense measured."""

from __future__ import annotations

from collections import Counter

import numpy as np

from saber.core.catalogue import absent, measured, spec_of
from saber.core.records import Cue, Perception

__all__ = ["framing_cue", "people_cue"]

_HEIGHT_NAME = "face.height_ratio"
_COUNT_NAME = "face.count"
# Face height over picture height, from this on; the reasoning is at scene.framing in the catalogue.
_SIZES = (
    (0.80, "extreme_close_up"),
    (0.33, "close_up"),
    (0.22, "medium_close_up"),
    (0.145, "medium"),
    (0.10, "medium_long"),
    (0.0, "long"),
)


def framing_cue(face: Perception, start_s: float, end_s: float) -> Cue:
    """Absent where there is no face, or the face sense did not measure its height."""
    spec = spec_of("scene.framing")
    heights = _values(face, _HEIGHT_NAME)
    if not heights:
        return absent(spec, "no_face" if not face.present else "face_height_unknown", start_s, end_s)
    height = float(np.median(heights))
    size = next(name for limit, name in _SIZES if height >= limit)
    # Near a border either name fits: 10 % of the height away from it the choice is safe.
    nearest = min(abs(height - limit) / limit for limit, _ in _SIZES if limit)
    return measured(spec, size, start_s, end_s, confidence=0.6 + 0.4 * min(1.0, nearest / 0.1))


def people_cue(face: Perception, start_s: float, end_s: float) -> Cue:
    """The commonest count above 0. Absent where no face is seen: a person may be there all the same."""
    spec = spec_of("scene.people")
    counts = [round(v) for v in _values(face, _COUNT_NAME) if v >= 0.5]
    if not counts:
        return absent(spec, "no_face" if not face.present else "people_unknown", start_s, end_s)
    count, times = Counter(counts).most_common(1)[0]
    return measured(spec, float(count), start_s, end_s, confidence=times / len(counts))


def _values(face: Perception, name: str) -> list[float]:
    track = face.track(name)
    return [] if track is None else [v for v in track.values if v is not None]
