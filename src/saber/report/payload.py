"""What data does the timeline need, and what does it say in words?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from saber.core.records import Analysis, Conflict
from saber.report.curves import Curve, curves
from saber.report.embed import Waveform
from saber.report.names import HUES, MARKS, clock, emotion_name, name_of, reason_name
from saber.report.readings import ModalityLane, lane_as_json, modality_lanes
from saber.report.strings import BROWSER_KEYS, Strings

__all__ = ["Timeline", "conflict_label", "timeline"]

MAX_WORDS = 6_000
"""Own choice: forty minutes of quick speech; a longer transcript is in the record."""


@dataclass(frozen=True)
class Timeline:
    """`data` goes to the script; `in_words` is the same for those who don't see it."""

    data: dict[str, object]
    in_words: list[str]


def timeline(analysis: Analysis, sound: Waveform | None, strings: Strings) -> Timeline:
    """The lanes of this clip. Without `analysis.cues` only conflicts and evidence can be drawn."""
    cues = analysis.cues
    drawn = [] if cues is None else curves(cues, strings)
    lanes = [] if cues is None else modality_lanes(cues)
    words = () if cues is None or cues.transcript is None else cues.transcript.words[:MAX_WORDS]
    activity = () if cues is None else cues.voice_activity
    data: dict[str, object] = {
        "duration": max(analysis.clip.duration_s, 0.001),
        "strings": {key: strings(key) for key in BROWSER_KEYS},
        "modalities": {
            key: [name_of(strings, "modality", key), strings.pick(MARKS[key])]
            for key in ("scene", "face", "body", "voice", "speech")
        }
        | {"fused": [strings("fused"), strings.pick(MARKS["fused"])]},
        "absent": {
            m.value: reason_name(strings, e.reason) for m, e in analysis.modalities.items() if not e.present
        },
        "waveform": None if sound is None else sound.as_json(),
        "words": [[w.text, round(w.start_s, 3), round(w.end_s, 3), round(w.prob, 2)] for w in words],
        "activity": [[round(s.start_s, 3), round(s.end_s, 3)] for s in activity],
        "curves": [curve.as_json() for curve in drawn],
        "readings": [lane_as_json(lane, strings) for lane in lanes],
        "conflicts": [
            {
                "start": c.start_s,
                "end": c.end_s,
                "strength": c.strength,
                "between": [m.value for m in c.between],
                "label": conflict_label(c, strings),
            }
            for c in analysis.consistency.conflicts
        ],
        "evidence": [
            {
                "id": e.id,
                "dimension": e.dimension.value,
                "name": name_of(strings, "dimension", e.dimension.value),
                "hue": HUES[e.dimension.value],
                "start": e.start_s,
                "end": e.end_s,
                "claim": e.claim,
            }
            for e in analysis.evidence
        ],
    }
    return Timeline(data, list(_in_words(analysis, drawn, lanes, strings)))


def conflict_label(conflict: Conflict, strings: Strings) -> str:
    """`Face: happiness ≠ Voice: anger`."""
    colon = strings.pick((": ", "："))
    sides = [
        f"{name_of(strings, 'modality', m.value)}{colon}{emotion_name(strings, says)}"
        for m, says in zip(conflict.between, conflict.says, strict=True)
    ]
    return " ≠ ".join(sides)


def _in_words(
    analysis: Analysis, drawn: list[Curve], lanes: list[ModalityLane], strings: Strings
) -> Iterator[str]:
    for conflict in analysis.consistency.conflicts:
        what = conflict_label(conflict, strings)
        yield strings("alt_conflict", what=what, start=clock(conflict.start_s), end=clock(conflict.end_s))
    for lane in lanes:
        for block in lane.blocks[:50]:
            yield strings(
                "alt_moment",
                modality=name_of(strings, "modality", lane.modality.value),
                emotion=f"{emotion_name(strings, block.emotion)} {block.share:.0%}",
                start=clock(block.start_s),
                end=clock(block.end_s),
            )
    cues = analysis.cues
    if cues is not None and cues.transcript is not None and cues.transcript.words:
        words = cues.transcript.words
        yield strings(
            "alt_words", count=len(words), start=clock(words[0].start_s), end=clock(words[-1].end_s)
        )
    if cues is not None and cues.voice_activity:
        spoken_s = sum(s.duration_s for s in cues.voice_activity)
        yield strings("alt_activity", count=len(cues.voice_activity), seconds=f"{spoken_s:.1f}")
    for curve in drawn:
        yield curve.described
