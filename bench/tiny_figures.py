"""What do answers about held-out people come to, and how sure is it?

    form        the answer is valid SED text with a label
    supported   its measurable claims that the cues support, of all that are measurable; beside it how many
                supported claims an answer holds, so that silence earns nothing
    emotion     consistent half: the label is the emotion that is shown and acted; mean over emotions
    senses      inconsistent half: the reasoning gives the face its emotion and the voice its own; mean over
                emotions, both senses counted
    either      inconsistent half: the label is the emotion of the face or that of the voice
    imitated    the label is the one that the factory's writer gave, where it gave one

A broken answer is wrong in all of them. Intervals: 95 % by drawing whole held-out speakers (BCa, 2,000
draws), answers of all seeds averaged within a clip first; the spread over seeds stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from saber.core.taxonomy import EMOTIONS, Emotion, Modality
from saber.evaluate.statistics import Array, Bootstrap, Measured
from saber.grounding import Summary, check_claims, emotions_by_channel
from saber.sed import read_answer
from tiny_rows import Case

__all__ = ["FIGURES", "Told", "counts", "judged", "table"]

FIGURES = ("form", "supported", "claims", "emotion", "senses", "either", "imitated")

_Part = tuple[str, float, float]
"""Class within which it counts, hits, out of how many."""


@dataclass(frozen=True)
class Told:
    """One answer, judged."""

    case: str
    speaker: str
    consistent: bool
    face: str
    voice: str
    learned: str
    valid: bool
    label: str | None
    said_face: str | None
    said_voice: str | None
    supported: int
    measurable: int
    text: str

    def parts(self, figure: str) -> list[_Part]:
        """What the answer adds to a figure."""
        match figure:
            case "form":
                return [("", self.valid, 1)]
            case "supported":
                return [("", self.supported, self.measurable)]
            case "claims":
                return [("", self.supported, 1)]
            case "imitated" if self.learned:
                return [("", self.label == self.learned, 1)]
            case "emotion" if self.consistent:
                return [(self.face, self.label == self.face, 1)]
            case "senses" if not self.consistent:
                return [
                    (self.face, self.said_face == self.face, 1),
                    (self.voice, self.said_voice == self.voice, 1),
                ]
            case "either" if not self.consistent:
                return [("", self.label in (self.face, self.voice), 1)]
        return []


def judged(case: Case, text: str) -> Told:
    """The answer against what is known of its clip."""
    answer = read_answer(text)
    valid = answer.valid and answer.emotion is not None and answer.annotation is not None
    claims = Summary()
    said: dict[Modality, tuple[Emotion, ...]] = {}
    if valid and answer.annotation is not None:
        claims = Summary.of(check_claims(answer.annotation, case.cues))
        said = emotions_by_channel(answer.texts["reasoning"])
    return Told(
        case=case.name,
        speaker=case.speaker,
        consistent=case.consistent,
        face=case.face.value,
        voice=case.voice.value,
        learned=str(read_answer(case.answer).emotion or ""),
        valid=valid,
        label=str(answer.emotion) if valid else None,
        said_face=_first(said, Modality.FACE),
        said_voice=_first(said, Modality.VOICE),
        supported=claims.supported,
        measurable=claims.measurable,
        text=text,
    )


def _first(said: Mapping[Modality, tuple[Emotion, ...]], sense: Modality) -> str | None:
    return said[sense][0].value if sense in said else None


# --- the table -----------------------------------------------------------------------------------


def table(
    stages: Mapping[str, Mapping[int, Sequence[Told]]], differences: Sequence[tuple[str, str]]
) -> tuple[str, dict[str, Any]]:
    """Markdown and its numbers.

    Args:
        stages: name -> seed -> answers about the same clips in the same order.
        differences: (from, to), names of stages.
    """
    first = next(iter(next(iter(stages.values())).values()))
    draws = Bootstrap([told.speaker for told in first])
    columns = {name: {f: _columns(seeds, f) for f in FIGURES} for name, seeds in stages.items()}
    lines = [f"| | {' | '.join(FIGURES)} |", "|---" * (len(FIGURES) + 1) + "|"]
    numbers: dict[str, Any] = {"speakers": draws.clusters, "clips": len(first), "stages": {}, "changes": {}}
    for name, seeds in stages.items():
        found = {f: draws.of_sums(columns[name][f], _mean) for f in FIGURES}
        by_seed = {f: [_value(_columns({s: told}, f)) for s, told in seeds.items()] for f in FIGURES}
        cells = [_cell(f, found[f], by_seed[f]) for f in FIGURES]
        lines.append(f"| {name} | {' | '.join(cells)} |")
        numbers["stages"][name] = {f: {**_plain(found[f]), "by_seed": by_seed[f]} for f in FIGURES}
    for before, after in differences:
        found = {
            f: draws.of_sums(np.hstack([columns[before][f], columns[after][f]]), _difference) for f in FIGURES
        }
        name = f"{after} less {before}"
        lines.append(f"| *{name}* | {' | '.join(_change(f, found[f]) for f in FIGURES)} |")
        numbers["changes"][name] = {f: _plain(found[f]) for f in FIGURES}
    return "\n".join(lines), numbers


def counts(stages: Mapping[str, Sequence[Told]]) -> str:
    """Markdown: how many answers there are, say "neutral", copy the face's emotion into the label, and name
    each sense's emotion rightly; for the senses of the inconsistent half by itself too."""
    heads = (
        "answers",
        "say neutral",
        "label as the face",
        "faces",
        "voices",
        "inconsistent",
        "faces",
        "voices",
    )
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name, told in stages.items():
        torn = [one for one in told if not one.consistent]
        cells = [
            len(told),
            sum(one.label == Emotion.NEUTRAL for one in told),
            sum(one.label is not None and one.label == one.said_face for one in told),
            *_right(told),
            len(torn),
            *_right(torn),
        ]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _right(told: Sequence[Told]) -> tuple[int, int]:
    """Faces, voices whose emotion is named."""
    return sum(one.said_face == one.face for one in told), sum(one.said_voice == one.voice for one in told)


def _columns(seeds: Mapping[int, Sequence[Told]], figure: str) -> Array:
    """(clips, 2 classes): hits and out of how many, averaged over seeds."""
    answers = list(seeds.values())
    classes = ["", *_sorted_names()]
    sums = np.zeros((len(answers[0]), 2 * len(classes)))
    for told in answers:
        for place, one in enumerate(told):
            for name, hits, of in one.parts(figure):
                at = classes.index(name)
                sums[place, at] += hits
                sums[place, len(classes) + at] += of
    mean: Array = sums / len(answers)
    return mean


def _sorted_names() -> list[str]:
    return [emotion.value for emotion in EMOTIONS]


def _mean(sums: Array) -> Array:
    """Of the classes that are there, unweighted."""
    half = sums.shape[-1] // 2
    hits, of = sums[..., :half], sums[..., half:]
    shares = np.divide(hits, of, out=np.full_like(hits, np.nan), where=of > 0)
    there = ~np.isnan(shares)
    count = there.sum(-1)
    total = np.where(there, shares, 0.0).sum(-1)
    found: Array = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return found


def _difference(sums: Array) -> Array:
    half = sums.shape[-1] // 2
    found: Array = _mean(sums[..., half:]) - _mean(sums[..., :half])
    return found


def _value(columns: Array) -> float | None:
    value = float(_mean(columns.sum(0)))
    return None if np.isnan(value) else round(value, 4)


def _plain(found: Measured) -> dict[str, float | None]:
    told = asdict(found)
    return {name: None if told[name] is None else round(told[name], 4) for name in ("value", "low", "high")}


def _form(figure: str) -> Callable[[float], str]:
    return (lambda v: f"{v:.1f}") if figure == "claims" else (lambda v: f"{100 * v:.0f}")


def _cell(figure: str, found: Measured, by_seed: Sequence[float | None]) -> str:
    """`43 [35, 52] (41 43 46)`: percent (claims: how many), interval by speaker, each seed."""
    if found.value is None:
        return "-"
    form = _form(figure)
    span = "" if found.low is None or found.high is None else f" [{form(found.low)}, {form(found.high)}]"
    each = f" ({' '.join('-' if v is None else form(v) for v in by_seed)})" if len(by_seed) > 1 else ""
    return f"{form(found.value)}{span}{each}"


def _change(figure: str, found: Measured) -> str:
    if found.value is None:
        return "-"

    def signed(value: float) -> str:
        return f"{value:+.1f}" if figure == "claims" else f"{100 * value:+.0f}"

    if found.low is None or found.high is None:
        return signed(found.value)
    return f"{signed(found.value)} [{signed(found.low)}, {signed(found.high)}]"
