"""Where does a long video divide into clips of one utterance?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from saber.clean.settings import CutSettings
from saber.core.dataset import Source
from saber.core.errors import ClipError
from saber.core.records import Record, Sound, Span
from saber.core.settings import resolved
from saber.flow import Answer, Drop, Item, Many, Tools
from saber.media import MediaSettings, open_clip, probe
from saber.perceive.scene import ShotWatch
from saber.perceive.voice import voice_activity

__all__ = ["CutStage", "utterances"]

_READ = MediaSettings(fps=12.5, max_side_px=160, max_duration_s=300.0)
"""Shots are told from small pictures; a long film is read in parts of five minutes, so memory stays flat."""
_OVERLAP_S = 2.0
"""Parts overlap, so that a change or a word at the edge is seen whole in one of them."""
_LONGEST_FILM_S = 6 * 3600.0
_SAME_CHANGE_S = 0.2


class CutStage:
    """One source becomes several, each a stretch of it: `#t=start-end` is put to its id, in hundredths of a
    second, so the same video with the same settings is cut into the same ids.

    Dropped is a source in which nobody speaks long enough, or that can't be read. What the corpus says of the
    whole (label, transcript) is not true of a part: the stretches don't have it; speaker and group they have.
    """

    name = "cut"
    version = 1
    needs: tuple[str, ...] = ("source",)
    makes: type[Record] = Source
    work: ClassVar[Literal["process"]] = "process"

    def __init__(self, settings: CutSettings | None = None, *, timeout_s: float = 4 * 3600.0) -> None:
        self._settings = settings or CutSettings(cut=True)
        self.timeout_s = timeout_s

    @property
    def settings(self) -> Mapping[str, object]:
        return resolved(self._settings)

    def open(self, tools: Tools) -> None:
        """Loads the model now, so that a missing package stops the run and not each video."""
        voice_activity(Sound(np.sin(np.arange(16_000) / 20).astype(np.float32)))

    def __call__(self, item: Item) -> Answer:
        source = item.of("source", Source)
        try:
            speech, changes_s, ends_s = _read(source, shots=self._settings.shots)
        except ClipError as error:
            return Drop(error.reason, str(error))
        start_s = source.start_s or 0.0
        found = utterances(speech, changes_s, start_s, ends_s, self._settings)
        if not found:
            return Drop("no_utterance", "Nobody speaks for long enough between two pauses or cuts.")
        return Many({f"#t={a:.2f}-{b:.2f}": _stretch(source, a, b) for a, b in found})

    def close(self) -> None: ...


def _stretch(source: Source, start_s: float, end_s: float) -> Source:
    return source.model_copy(
        update={
            "id": f"{source.id}#t={start_s:.2f}-{end_s:.2f}",
            "start_s": start_s,
            "end_s": end_s,
            "transcript": None,
            "label": None,
            "label_said": None,
            "label_from": None,
        }
    )


def _read(source: Source, *, shots: bool) -> tuple[list[Span], list[float], float]:
    """Speech, changes of shot and end, all on the file's clock."""
    path = Path(source.path)
    begin_s = source.start_s or 0.0
    end_s = source.end_s if source.end_s is not None else min(probe(path).duration_s, _LONGEST_FILM_S)
    speech: list[Span] = []
    changes_s: list[float] = []
    for first_s, last_s in _parts(begin_s, end_s):
        with open_clip(path, _READ, stretch=(first_s, last_s)) as part:
            own_from_s = first_s if first_s == begin_s else first_s + _OVERLAP_S / 2
            speech += [
                Span(start_s=max(first_s + span.start_s, own_from_s), end_s=first_s + span.end_s)
                for span in voice_activity(part.sound)
                if first_s + span.end_s > own_from_s
            ]
            watch = ShotWatch()
            if shots:
                for frame in part.frames():
                    watch.see(frame)
            changes_s += [first_s + t for t in watch.changes_s()]
    return _joined(speech), _apart(sorted(changes_s)), end_s


def _parts(begin_s: float, end_s: float) -> Iterator[tuple[float, float]]:
    """Stretches that overlap; the last one is not much shorter than the overlap."""
    step_s = _READ.max_duration_s - _OVERLAP_S
    first_s = begin_s
    while True:
        last_s = min(first_s + _READ.max_duration_s, end_s)
        yield first_s, last_s
        if last_s >= end_s:
            return
        first_s += step_s


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans that overlap become one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start_s):
        if joined and span.start_s <= joined[-1].end_s:
            joined[-1] = Span(start_s=joined[-1].start_s, end_s=max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return joined


def _apart(changes_s: Sequence[float]) -> list[float]:
    """The same change is seen in two parts that overlap."""
    return [t for i, t in enumerate(changes_s) if i == 0 or t - changes_s[i - 1] > _SAME_CHANGE_S]


def utterances(
    speech: Sequence[Span], changes_s: Sequence[float], begin_s: float, end_s: float, settings: CutSettings
) -> list[tuple[float, float]]:
    """Start and end of each utterance, in order, none overlapping another.

    Within a shot, speech goes on over pauses shorter than `min_pause_s`. What is longer than
    `max_utterance_s` is divided at its longest pause, again and again; speech without one, where it must be.
    What is shorter than `min_utterance_s` goes to the nearer neighbour in the shot while that leaves it short
    enough, else it is left out. Each is widened by `pad_s`, up to the middle of the pause and not over a cut.
    """
    edges_s = [begin_s, *(t for t in changes_s if begin_s < t < end_s), end_s]
    found: list[tuple[float, float]] = []
    for first_s, last_s in pairwise(edges_s):
        inside = [
            Span(start_s=max(span.start_s, first_s), end_s=min(span.end_s, last_s))
            for span in speech
            if span.start_s < last_s and span.end_s > first_s
        ]
        groups = _grouped(inside, settings)
        found += _padded(groups, first_s, last_s, settings)
    return [(a, b) for a, b in found if b - a >= settings.min_utterance_s]


def _grouped(spans: Sequence[Span], settings: CutSettings) -> list[list[Span]]:
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span.start_s - groups[-1][-1].end_s < settings.min_pause_s:
            groups[-1].append(span)
        else:
            groups.append([span])
    divided = [part for group in groups for part in _divided(group, settings.max_utterance_s)]
    return _merged(divided, settings)


def _divided(group: list[Span], longest_s: float) -> list[list[Span]]:
    """The group in parts no longer than `longest_s`, divided at pauses, the longest first."""
    start_s, end_s = group[0].start_s, group[-1].end_s
    if end_s - start_s <= longest_s:
        return [group]
    if len(group) > 1:
        pauses_s = [b.start_s - a.end_s for a, b in pairwise(group)]
        at = pauses_s.index(max(pauses_s)) + 1
        return _divided(group[:at], longest_s) + _divided(group[at:], longest_s)
    count = int((end_s - start_s) // longest_s) + 1
    step_s = (end_s - start_s) / count
    return [[Span(start_s=start_s + i * step_s, end_s=start_s + (i + 1) * step_s)] for i in range(count)]


def _merged(groups: list[list[Span]], settings: CutSettings) -> list[list[Span]]:
    """Groups that are too short joined to the nearer neighbour, where the two together are short enough."""
    groups = list(groups)
    at = 0
    while at < len(groups):
        group = groups[at]
        if _length_s(group) >= settings.min_utterance_s:
            at += 1
            continue
        near = [
            (abs(gap_s), other)
            for other, gap_s in (
                (at - 1, group[0].start_s - groups[at - 1][-1].end_s if at else 0.0),
                (at + 1, groups[at + 1][0].start_s - group[-1].end_s if at + 1 < len(groups) else 0.0),
            )
            if 0 <= other < len(groups)
            and _length_s(sorted([*groups[other], *group], key=lambda s: s.start_s))
            <= settings.max_utterance_s
        ]
        if not near:
            at += 1
            continue
        other = min(near)[1]
        first = min(at, other)
        groups[first : first + 2] = [[*groups[first], *groups[first + 1]]]
        at = first
    return groups


def _length_s(group: Sequence[Span]) -> float:
    return group[-1].end_s - group[0].start_s


def _padded(
    groups: Sequence[Sequence[Span]], first_s: float, last_s: float, settings: CutSettings
) -> list[tuple[float, float]]:
    padded = []
    for i, group in enumerate(groups):
        start_s, end_s = group[0].start_s, group[-1].end_s
        room_before_s = start_s - first_s if i == 0 else (start_s - groups[i - 1][-1].end_s) / 2
        room_after_s = last_s - end_s if i + 1 == len(groups) else (groups[i + 1][0].start_s - end_s) / 2
        a = start_s - min(settings.pad_s, room_before_s)
        b = end_s + min(settings.pad_s, room_after_s)
        padded.append((round(a, 2), round(b, 2)))
    return padded
