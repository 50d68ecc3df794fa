"""What did each modality suggest, moment by moment, in the form in which the timeline draws it?"""

from __future__ import annotations

from dataclasses import dataclass

from saber.core.records import Cues, Reading
from saber.core.taxonomy import MODALITIES, Modality
from saber.report.names import emotion_name
from saber.report.strings import Strings

__all__ = ["Block", "ModalityLane", "lane_as_json", "modality_lanes", "top_of"]

STEPS = 1_500
"""At most so many valence steps per modality are sent to the page."""
JOIN_S = 0.25
"""Own choice: stretches with the same top emotion that lie closer than this are drawn as one."""


@dataclass(frozen=True)
class Block:
    """A stretch in which one emotion leads."""

    start_s: float
    end_s: float
    emotion: str
    share: float
    """Mean share of that emotion, 0-1."""


@dataclass(frozen=True)
class ModalityLane:
    """One modality over time. `whole` when it has only one reading, for all of its stretch."""

    modality: Modality
    blocks: tuple[Block, ...]
    steps: tuple[tuple[float, float, float, float], ...]
    """Start and end in seconds, valence and arousal, -1..1."""
    whole: bool


def top_of(reading: Reading) -> tuple[str, float]:
    """The leading emotion and its share."""
    emotion = max(reading.probs, key=lambda e: reading.probs[e])
    return emotion.value, reading.probs[emotion]


def modality_lanes(cues: Cues) -> list[ModalityLane]:
    """A lane for each modality that was read at all."""
    lanes = []
    for modality in MODALITIES:
        perception = cues.of(modality.value)
        moments = _apart(perception.moments)
        whole = not moments and perception.overall is not None
        if perception.overall is not None and not moments:
            moments = [(perception.overall, perception.overall.end_s)]
        if moments:
            every = -(-len(moments) // STEPS)
            steps = tuple((m.start_s, end, m.valence, m.arousal) for m, end in moments[::every])
            lanes.append(ModalityLane(modality, _blocks(moments), steps, whole))
    return lanes


def lane_as_json(lane: ModalityLane, strings: Strings) -> dict[str, object]:
    return {
        "modality": lane.modality.value,
        "whole": lane.whole,
        "blocks": [
            [
                round(b.start_s, 3),
                round(b.end_s, 3),
                emotion_name(strings, b.emotion),
                round(b.share, 2),
            ]
            for b in lane.blocks
        ],
        "steps": [[round(value, 3) for value in step] for step in lane.steps],
    }


def _apart(moments: tuple[Reading, ...]) -> list[tuple[Reading, float]]:
    """The moments and their ends, an overlap given to the later one."""
    ordered = sorted(moments, key=lambda m: m.start_s)
    nexts = [*ordered[1:], None]
    return [
        (m, m.end_s if later is None else min(m.end_s, later.start_s))
        for m, later in zip(ordered, nexts[: len(ordered)], strict=True)
    ]


def _blocks(moments: list[tuple[Reading, float]]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    shares: list[float] = []
    for moment, end_s in moments:
        emotion, share = top_of(moment)
        last = blocks[-1] if blocks else None
        if last is not None and last.emotion == emotion and moment.start_s - last.end_s <= JOIN_S:
            shares.append(share)
            blocks[-1] = Block(last.start_s, end_s, emotion, sum(shares) / len(shares))
        else:
            shares = [share]
            blocks.append(Block(moment.start_s, end_s, emotion, share))
    return tuple(blocks)
