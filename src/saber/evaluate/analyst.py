"""How does the embedded analyst answer a benchmark's questions?

It stands behind the same protocol as every other model, so that its answers are cached and counted like
theirs. Of a closed set it takes the label that its seven probabilities favour; it has no opinion on jokes
and sarcasm.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

from saber.annotate import Embedded, annotate
from saber.core.errors import ClipError, MissingPieceError, RefusedCallError
from saber.core.records import Cues, Probs
from saber.core.taxonomy import AFFECT, EMOTIONS, Emotion, Language, emotion_from
from saber.models import EMBEDDED, Kind, Reply, Request, Usage
from saber.pipeline import perceive

__all__ = ["FITTED_ON", "AnalystModel", "answer_json", "choose"]

FITTED_ON = ("crema-d",)
"""How much it trusts a face against a voice comes from these votes, those of 69 actors; nothing else of it
was fitted. What the recogniser of its words was trained on is not published."""

POLAR = {"positive": 1, "neutral": 0, "negative": -1}
NEUTRAL_BAND = 0.15
"""Own choice: a valence this near to 0 is neutral. Not fitted to any benchmark."""


class AnalystModel:
    """The embedded analyst as a model. `request.schema` says what is wanted: {"labels": [...]} one of them,
    {"annotation": true} the six dimensions as JSON; without one, prose."""

    spec = EMBEDDED
    takes = frozenset({Kind.VIDEO})
    goes_to: str | None = None
    constrains = True

    def __init__(
        self, cues_of: Callable[[Path], Cues] = perceive, language: Language = Language.ENGLISH
    ) -> None:
        self._cues_of = cues_of
        self._language = language

    async def ask(self, request: Request) -> Reply:
        wanted = request.schema or {}
        labels = wanted.get("labels")
        if labels is not None and not can_choose(labels):
            return self._reply("")
        if not request.media:
            raise RefusedCallError("The analyst needs a clip.", reason="no_clip")
        try:
            found = await asyncio.to_thread(self._analyze, request)
        except (ClipError, MissingPieceError) as error:
            raise RefusedCallError(error.message, reason=error.reason, remedy=error.remedy) from error
        if labels is not None:
            probs = found.emotion.probs
            chosen = choose(probs, found.emotion.valence, labels) if probs is not None else None
            if chosen is None:
                return self._reply("")
            return self._reply(json.dumps({"emotion": chosen, "probs": _shares(probs)}))
        return self._reply(answer_json(found) if wanted.get("annotation") else _prose(found))

    def _analyze(self, request: Request) -> Embedded:
        # The reader wants a file; what it is called decides nothing.
        with tempfile.NamedTemporaryFile(suffix=".clip") as file:
            file.write(request.media[0].data)
            file.flush()
            return annotate(self._cues_of(Path(file.name)), language=self._language)

    def _reply(self, text: str) -> Reply:
        return Reply(texts=(text,), model=self.spec, usage=Usage(0, 0))

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        reply = await self.ask(request)
        yield reply.text
        yield reply

    async def close(self) -> None:
        pass


def answer_json(found: Embedded) -> str:
    """The six dimensions under the released keys, and beside them the label, what it thinks of the agreement
    of the modalities, and its distribution."""
    probs = found.emotion.probs
    return json.dumps(
        {
            **found.annotation.model_dump(by_alias=True),
            "emotion": found.emotion.label.value if found.emotion.label else "",
            "consistency": found.consistency.verdict,
            "consistency_score": found.consistency.score,
            "probs": _shares(probs),
        },
        ensure_ascii=False,
    )


def _shares(probs: Probs | None) -> dict[str, float] | None:
    return None if probs is None else {e.value: round(p, 4) for e, p in probs.items()}


def can_choose(labels: Sequence[str]) -> bool:
    folded = {label.casefold() for label in labels}
    return folded <= POLAR.keys() or any(emotion_from(label) for label in folded)


def choose(probs: Probs, valence: float | None, labels: Sequence[str]) -> str | None:
    """The label that the analyst's reading favours; None when it can't tell these labels apart.

    Of polarities by the sign of the valence, with a band for neutral. Of emotions the likeliest that is among
    the labels; where two labels stand for one emotion (calm and neutral) the one that bears its own name.
    """
    folded = {label.casefold(): label for label in labels}
    if folded.keys() <= POLAR.keys():
        if valence is None:
            valence = sum(p * AFFECT[e][0] for e, p in probs.items())
        sign = 0 if abs(valence) < NEUTRAL_BAND and "neutral" in folded else (1 if valence > 0 else -1)
        return next((folded[name] for name, value in POLAR.items() if value == sign and name in folded), None)
    of_emotion: dict[Emotion, str] = {}
    for name, label in folded.items():
        emotion = emotion_from(name)
        if emotion is not None and (emotion not in of_emotion or name == emotion.value):
            of_emotion[emotion] = label
    if not of_emotion:
        return None
    likeliest = max((e for e in EMOTIONS if e in of_emotion), key=lambda e: probs[e])
    return of_emotion[likeliest]


def _prose(found: Embedded) -> str:
    said = found.annotation
    return " ".join((said.scene, said.face, said.body, said.audio.acoustic, said.reasoning))
