"""Which stretches of the sound are given to the recogniser, and where do its times lie in the clip?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Sound, Span

__all__ = ["Excerpt", "excerpt", "join_spans", "loud_gaps"]

MAX_GAP_S = 1.0
"""Pauses up to this long stay inside a stretch, so that the recogniser hears whole sentences. Own choice."""
PAD_S = 0.3
"""Kept before and after: voice activity misses soft first and last sounds. Own choice."""


@dataclass(frozen=True)
class Excerpt:
    """Pieces of a sound put one after the other.

    `samples` float32, shape (n,); `spans` are where the pieces come from, on the clip's clock.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    spans: tuple[Span, ...]

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz

    def in_clip(self, start_s: float, end_s: float) -> Span:
        """Where a stretch of the excerpt lies in the clip.

        A stretch that reaches over a seam is cut to the piece that holds its middle, because the
        pieces are not neighbours in the clip.
        """
        middle = (start_s + end_s) / 2
        begun = 0.0
        for i, span in enumerate(self.spans):
            last = i == len(self.spans) - 1
            if middle < begun + span.duration_s or last:
                shift = span.start_s - begun
                start = min(max(start_s + shift, span.start_s), span.end_s)
                return Span(start_s=start, end_s=min(max(end_s + shift, start), span.end_s))
            begun += span.duration_s
        raise ValueError("an excerpt without pieces has no place in the clip")


def join_spans(
    activity: Sequence[Span],
    sound: Sound,
    *,
    max_gap_s: float = MAX_GAP_S,
    pad_s: float = PAD_S,
) -> tuple[Span, ...]:
    """Voice activity as longer stretches: short pauses filled, padded, inside the sound, in order."""
    joined: list[Span] = []
    for span in sorted(activity, key=lambda s: s.start_s):
        start = max(span.start_s - pad_s, sound.start_s)
        end = min(span.end_s + pad_s, sound.end_s)
        if end <= start:
            continue
        if joined and start - joined[-1].end_s <= max_gap_s - 2 * pad_s:
            joined[-1] = Span(start_s=joined[-1].start_s, end_s=max(joined[-1].end_s, end))
        else:
            joined.append(Span(start_s=start, end_s=end))
    return tuple(joined)


def excerpt(sound: Sound, spans: Sequence[Span]) -> Excerpt:
    """The sound inside the spans, which must be in order and inside the sound."""
    kept: list[Span] = []
    pieces: list[NDArray[np.float32]] = []
    for span in spans:
        first = round((span.start_s - sound.start_s) * sound.rate_hz)
        piece = sound.samples[max(first, 0) : round((span.end_s - sound.start_s) * sound.rate_hz)]
        if len(piece):
            start_s = sound.start_s + max(first, 0) / sound.rate_hz
            pieces.append(piece)
            kept.append(Span(start_s=start_s, end_s=start_s + len(piece) / sound.rate_hz))
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return Excerpt(samples, sound.rate_hz, tuple(kept))


def loud_gaps(
    sound: Sound, taken: Sequence[Span], *, min_s: float, floor_dbfs: float, below_voice_db: float, most: int
) -> tuple[Span, ...]:
    """Stretches outside `taken` that are loud enough to hold a sound worth naming, at most `most`.

    Loud: in frames of 50 ms, RMS above `floor_dbfs`, and not more than `below_voice_db` below the
    median of the frames inside `taken`. Neighbouring loud frames are joined over up to 0.4 s (the
    pauses between the bursts of a laugh). The loudest come first to be kept; the answer is in order.
    """
    hop = max(1, round(0.05 * sound.rate_hz))
    frames = sound.samples[: len(sound.samples) // hop * hop].reshape(-1, hop)
    if not len(frames):
        return ()
    level_db = 10 * np.log10(np.mean(frames.astype(np.float64) ** 2, axis=1) + 1e-12)
    middle_s = sound.start_s + (np.arange(len(frames)) + 0.5) * hop / sound.rate_hz
    inside = np.zeros(len(frames), bool)
    for span in taken:
        inside |= (middle_s >= span.start_s) & (middle_s < span.end_s)
    floor = floor_dbfs
    if inside.any():
        floor = max(floor, float(np.median(level_db[inside])) - below_voice_db)
    found: list[tuple[float, Span]] = []
    run: list[int] = []
    bridge = round(0.4 * sound.rate_hz / hop)
    for i in [*np.flatnonzero((level_db > floor) & ~inside), None]:
        if run and (i is None or i - run[-1] > bridge or inside[run[-1] : i].any()):
            span = Span(
                start_s=float(middle_s[run[0]]) - 0.5 * hop / sound.rate_hz,
                end_s=float(middle_s[run[-1]]) + 0.5 * hop / sound.rate_hz,
            )
            if span.duration_s >= min_s:
                found.append((float(np.max(level_db[run])), span))
            run = []
        if i is not None:
            run.append(int(i))
    found.sort(key=lambda item: -item[0])
    return tuple(sorted((span for _, span in found[:most]), key=lambda span: span.start_s))
