"""How much of the emotions do the words hold that SmolLM2 reads? A linear reader of them tells.

It is taught what the faces show and the voices act, which the small model is not in SED, on the same people,
and writes an answer of the same form: a peer for the figures of emotion, and no bound (it sees which clauses
are there, and no order).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from saber.core.taxonomy import Emotion
from saber.sed import LABEL, render_texts
from tiny_rows import OPEN, Case, clauses

SENSES = ("face", "voice")


def linear_reader(learned: Sequence[Case]) -> Callable[[Case], str]:
    """Logistic regression with scikit-learn's default penalty, one for each sense, over which clauses stand
    there. The whole gets the emotion of the sense that is surer."""
    readers = {sense: _reader(learned, sense) for sense in SENSES}

    def answer(case: Case) -> str:
        found = {sense: readers[sense](case) for sense in SENSES}
        surest = max(SENSES, key=lambda sense: found[sense][1])
        reasoning = f"The face suggests {found['face'][0]}, the voice {found['voice'][0]}."
        return render_texts(
            dict.fromkeys(("scene", "face", "body", "voice"), OPEN)
            | {"speech": "", "reasoning": reasoning, LABEL: found[surest][0].value}
        )

    return answer


def _reader(learned: Sequence[Case], sense: str) -> Callable[[Case], tuple[Emotion, float]]:
    words = sorted({words for case in learned for words in clauses(case.cues, sense)})

    def row(case: Case) -> list[bool]:
        there = set(clauses(case.cues, sense))
        return [one in there for one in words]

    model = LogisticRegression(max_iter=1000)
    model.fit(np.array([row(case) for case in learned]), [getattr(case, sense).value for case in learned])

    def read(case: Case) -> tuple[Emotion, float]:
        shares = model.predict_proba(np.array([row(case)]))[0]
        best = int(shares.argmax())
        return Emotion(model.classes_[best]), float(shares[best])

    return read
