"""Which measured curves does the timeline draw, on what scale, and which are shown at first?"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from saber.core.catalogue import CATALOGUE
from saber.core.records import Cues, Track
from saber.report.downsample import thin
from saber.report.names import name_of, number, quantity, quantity_name
from saber.report.strings import Strings

__all__ = ["Curve", "curves"]

POINTS_IN_ALL = 48_000
"""Own choice: with the finer ones below, about 0.7 MB of page for all curves together."""
POINTS_EACH = 2_400
POINTS_FINE = 8_000
"""For the curves of speech, which change within a syllable."""
FINE = ("voice.pitch", "voice.loudness")
SHOWN_FIRST = ("voice.pitch", "voice.loudness", "face.yaw", "face.gaze_x", "body.motion", "body.speed")
SHOWN_INTENSITIES = 5
"""So many of the strongest expression curves are shown at first."""
MAX_SPAN_DB = 60.0
"""Own choice: from the peaks of speech down to a quiet room; digital silence is far below."""
MIN_INTENSITY = 0.5
"""Own choice: a curve that never reaches this (of 5) is not shown at first; half a step of the scale."""


@dataclass(frozen=True)
class Curve:
    """One lane: a track, thinned, with its scale."""

    name: str
    sense: str
    label: str
    unit: str
    low: float
    high: float
    filled: bool
    """Drawn as an area from zero: for what has a meaningful zero."""
    shown: bool
    times_s: list[float]
    values: list[float | None]
    meaning: str
    """What the catalogue says of it; "" for a track that it does not know."""
    described: str
    """The lane in words."""

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "sense": self.sense,
            "label": self.label,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "filled": self.filled,
            "shown": self.shown,
            "t": [round(t * 1000) for t in self.times_s],
            "v": [None if v is None else float(f"{v:.4g}") for v in self.values],
            "about": self.meaning,
            "alt": self.described,
        }


def curves(cues: Cues, strings: Strings) -> list[Curve]:
    """A curve for each track that was measured at one moment at least, sense by sense."""
    tracks = [(p.sense, t) for p in cues.senses for t in p.tracks if any(v is not None for v in t.values)]
    points = min(POINTS_EACH, POINTS_IN_ALL // max(1, len(tracks)))
    shown = _shown_first([t for _, t in tracks])
    top = max((max(_there(t)) for _, t in tracks if t.unit == "intensity"), default=0.0)
    return [
        _curve(sense, t, POINTS_FINE if t.name in FINE else points, t.name in shown, top, strings)
        for sense, t in tracks
    ]


def _curve(sense: str, track: Track, points: int, shown: bool, top: float, strings: Strings) -> Curve:
    times_s, values = thin(track.times_s, track.values, points)
    there = _there(track)
    low, high = _scale(track.unit, there, top)
    label = quantity_name(strings, track.name)
    described = strings(
        "alt_curve",
        name=label,
        low=number(min(there)),
        high=quantity(strings, max(there), track.unit) if track.unit != "ratio" else number(max(there)),
        unit="",
        median=number(statistics.median(there)),
        share=round(100 * len(there) / len(track.values)),
    )
    return Curve(
        name=track.name,
        sense=sense,
        label=label,
        unit=name_of(strings, "unit", track.unit) if track.unit else "",
        low=low,
        high=high,
        filled=track.unit in {"intensity", "ratio", "1/s", "count"} and low == 0,
        shown=shown,
        times_s=times_s,
        values=values,
        meaning=f"{track.name}: {CATALOGUE[track.name].meaning}" if track.name in CATALOGUE else track.name,
        described=" ".join(described.split()).replace(" ,", ",").replace(" ，", "，"),
    )


def _scale(unit: str, there: list[float], top: float) -> tuple[float, float]:
    """Lowest and highest value of the lane. Intensities share one scale, so that they can be compared."""
    low, high = min(there), max(there)
    if unit == "intensity" and low >= 0:
        return 0.0, max(2.0, top)
    if unit == "deg" or (low < 0 < high and unit != "dB"):
        reach = max(abs(low), abs(high), 15.0 if unit == "deg" else 0.0)
        return -reach, reach
    if unit in {"ratio", "1/s", "count", "intensity"} and low >= 0:
        return 0.0, high or 1.0
    if unit == "dB":
        low = max(low, high - MAX_SPAN_DB)
    room = 0.08 * (high - low) or abs(high) * 0.1 or 1.0
    return low - room, high + room


def _shown_first(tracks: list[Track]) -> set[str]:
    names = {t.name for t in tracks if t.name in SHOWN_FIRST}
    ranked = sorted(
        ((max(_there(t)), t.name) for t in tracks if t.unit == "intensity"), key=lambda pair: -pair[0]
    )
    names |= {name for high, name in ranked[:SHOWN_INTENSITIES] if high >= MIN_INTENSITY}
    for sense in {t.name.split(".")[0] for t in tracks} - {n.split(".")[0] for n in names} - {"scene"}:
        names.add(next(t.name for t in tracks if t.name.startswith(f"{sense}.")))
    return names


def _there(track: Track) -> list[float]:
    return [v for v in track.values if v is not None]
