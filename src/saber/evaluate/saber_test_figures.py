"""Which figures does SABER-Test give?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from saber.core.taxonomy import DIMENSIONS, Dimension
from saber.evaluate.bench import figure
from saber.evaluate.records import COUNTED, Figure, Outcome, Sample, Score
from saber.evaluate.statistics import Array, Bootstrap, Measured

__all__ = ["saber_test_figures"]

HALVES = ("consistent", "inconsistent")
Mask = NDArray[np.bool_]


def saber_test_figures(samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> list[Figure]:
    """samples, scores and the samples of `draws` run in parallel; changed clips come among them."""
    made = _Figures(samples, scores, draws)
    return [
        *made.match(), *made.sides(), *made.evidence(), *made.words(), *made.conflict(), *made.ablations(),
    ]  # fmt: skip


class _Figures:
    def __init__(self, samples: Sequence[Sample], scores: Sequence[Score], draws: Bootstrap) -> None:
        self._scores, self._draws = scores, draws
        self._as_is: Mask = np.array([not s.variant for s in scores])
        self._half: dict[str, Mask] = {
            half: np.array([s.part == half for s in scores]) & self._as_is for half in HALVES
        }
        truth = np.array([s.truth is not None for s in samples])
        nan = float("nan")
        self._right = np.array(
            [
                float(s.outcome is Outcome.RIGHT) if known and s.outcome in COUNTED else nan
                for s, known in zip(scores, truth, strict=True)
            ]
        )
        read = np.array([s.outcome in (Outcome.RIGHT, Outcome.WRONG) for s in scores])
        self._right_of_read = np.where(read, self._right, nan)

    def _column(self, name: str) -> Array:
        return np.array([s.values.get(name, float("nan")) for s in self._scores], dtype=float)

    def match(self) -> list[Figure]:
        """Per half, both, and the drop; strict over every clip with a label, or only of readable answers."""
        found = []
        for column, values in (("strict", self._right), ("of readable", self._right_of_read)):
            for half in HALVES:
                found.append(
                    figure("Emotion match", half, column, self._draws.mean(values, self._half[half]))
                )
            found.append(figure("Emotion match", "both", column, self._draws.mean(values, self._as_is)))
            found.append(figure("Emotion match", "drop", column, self._drop(values), unit="points"))
        return found

    def sides(self) -> list[Figure]:
        """Of the clips whose picture and sound show different emotions."""
        name = "Whose side the answer takes"
        found = []
        for column in ("visual", "acoustic", "neither"):
            measured = self._draws.mean(self._column(f"follows_{column}"), self._half["inconsistent"])
            if measured.value is not None:
                found.append(figure(name, "inconsistent", column, measured))
        return found

    def evidence(self) -> list[Figure]:
        """Supported claims over those that a measurement decides; and how many it decides."""
        found = []
        for dimension in DIMENSIONS:
            if dimension is Dimension.SPEECH:
                continue
            supported, contradicted, open_ = (
                self._column(f"{dimension.value}_{verdict}")
                for verdict in ("supported", "contradicted", "not_measurable")
            )
            decided = supported + contradicted
            for half in HALVES:
                measured = self._ratio(supported, decided, self._half[half])
                found.append(figure("Claims supported, of those decided", dimension.value, half, measured))
            drop = self._ratio_drop(supported, decided)
            found.append(
                figure("Claims supported, of those decided", dimension.value, "drop", drop, unit="points")
            )
            share = self._ratio(decided, decided + open_, self._as_is)
            found.append(figure("Claims supported, of those decided", dimension.value, "decided", share))
        return [f for f in found if f.n] if any(f.value is not None for f in found) else []

    def words(self) -> list[Figure]:
        errors, words = self._column("word_errors"), self._column("words")
        found = [
            figure("Word error rate", half, "speech", self._ratio(errors, words, self._half[half]))
            for half in HALVES
        ]
        return found if any(f.value is not None for f in found) else []

    def conflict(self) -> list[Figure]:
        """Named among inconsistent clips, and falsely among consistent ones; balanced accuracy of the two."""
        said = self._column("conflict")
        hits, alarms = (said, self._half["inconsistent"]), (said, self._half["consistent"])
        table = "Conflict named"
        found = [
            figure(table, "inconsistent (to be named)", "share", self._draws.mean(*hits)),
            figure(table, "consistent (false alarm)", "share", self._draws.mean(*alarms)),
            figure(
                table,
                "balanced accuracy",
                "share",
                self._draws.of_means([hits, alarms], lambda m: (m[..., 0] + 1 - m[..., 1]) / 2),
            ),
            figure(table, "read by words", "share", self._draws.mean(1 - self._column("conflict_by_field"))),
        ]
        return [f for f in found if f.n]

    def ablations(self) -> list[Figure]:
        """Answers that stay the same though a part of the clip is gone, and what it costs."""
        as_is = {s.sample: i for i, s in enumerate(self._scores) if not s.variant}
        found = []
        for variant in dict.fromkeys(s.variant for s in self._scores if s.variant):
            same, before, after = (np.full(len(self._scores), np.nan) for _ in range(3))
            for i, score in enumerate(self._scores):
                first = as_is.get(score.sample)
                if score.variant != variant or first is None:
                    continue
                base = self._scores[first]
                if score.answer is not None and base.answer is not None:
                    same[i] = score.answer == base.answer
                before[i], after[i] = self._right[first], self._right[i]
            for half in (*HALVES, "both"):
                among = np.array([half in ("both", s.part) for s in self._scores])
                found.append(
                    figure(
                        "Clips changed", f"{variant}, {half}", "same answer", self._draws.mean(same, among)
                    )
                )
                if variant != "shuffle":  # with another's sound the label need not be true any more
                    both = among & np.isfinite(before) & np.isfinite(after)
                    loss = self._draws.of_means(
                        [(before, both), (after, both)], lambda m: m[..., 1] - m[..., 0]
                    )
                    found.append(
                        figure("Clips changed", f"{variant}, {half}", "match, change", loss, unit="points")
                    )
        return [f for f in found if f.n]

    def _drop(self, values: Array) -> Measured:
        parts = [(values, self._half[half]) for half in HALVES]
        return self._draws.of_means(parts, lambda m: m[..., 0] - m[..., 1])

    def _ratio(self, part: Array, whole: Array, among: Mask) -> Measured:
        """Sum over sum: a text with many claims counts more than one with few."""
        counted = among & np.isfinite(part) & np.isfinite(whole) & (whole > 0)
        columns = np.stack([part, whole], axis=1)
        return self._draws.of_sums(
            np.where(counted[:, None], columns, 0.0), lambda s: s[..., 0] / s[..., 1], counted
        )

    def _ratio_drop(self, part: Array, whole: Array) -> Measured:
        columns, counted = [], np.zeros(len(part), bool)
        for half in HALVES:
            inside = self._half[half] & np.isfinite(part) & np.isfinite(whole) & (whole > 0)
            columns += [np.where(inside, part, 0.0), np.where(inside, whole, 0.0)]
            counted |= inside
        return self._draws.of_sums(
            np.stack(columns, axis=1), lambda s: s[..., 0] / s[..., 1] - s[..., 2] / s[..., 3], counted
        )
