"""How do the cues of many clips become annotations, by the embedded analyst or by a model?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar, Literal

from saber.annotate import ConsistencySettings, Embedded, annotate
from saber.core.dataset import Annotated, Clip, Perceived, Writer
from saber.core.errors import BudgetSpentError, ModelError
from saber.core.records import Cues, Record
from saber.core.settings import resolved
from saber.core.taxonomy import Dimension, Language
from saber.flow import Answer, Drop, Item, Keep, Tools
from saber.infer import ClipMedia, InferSettings, Outcome, Written, prompt_used, write_annotation_async
from saber.media import MediaSettings
from saber.models import EMBEDDED, Caller, ModelSettings, check_spec, make_caller
from saber.perceive.speech import transcribed_by
from saber.storage import inside, read_cues

__all__ = ["EmbeddedAnnotate", "ModelAnnotate", "annotated", "recogniser_of"]


class EmbeddedAnnotate:
    """The embedded analyst writes what the cues say. Nothing is dropped: what is missing, it says so."""

    name = "annotate"
    version = 1
    needs: tuple[str, ...] = ("perceive",)
    makes: type[Record] = Annotated
    work: ClassVar[Literal["process"]] = "process"
    timeout_s = 60.0

    def __init__(
        self, language: Language = Language.ENGLISH, consistency: ConsistencySettings | None = None
    ) -> None:
        self._language = language
        self._consistency = consistency or ConsistencySettings()
        self._workspace = Path()

    @property
    def settings(self) -> Mapping[str, object]:
        return {"model": EMBEDDED, "language": self._language, "consistency": resolved(self._consistency)}

    def open(self, tools: Tools) -> None:
        self._workspace = tools.workspace

    def __call__(self, item: Item) -> Answer:
        began_s = time.perf_counter()
        cues = read_cues(self._workspace, item.of("perceive", Perceived))
        measured = annotate(cues, language=self._language, settings=self._consistency)
        return Keep(annotated(cues, measured, self._language, seconds=time.perf_counter() - began_s))

    def close(self) -> None: ...


class ModelAnnotate:
    """A model writes; the emotion, the modalities and the consistency stay what was measured.

    A clip of which the model writes nothing usable is dropped (`model_invalid`, `model_refused`). Where the
    model was not reached, that is an error of the row, which `saber retry` tries again. A spent budget stops
    the run.
    """

    name = "annotate"
    version = 1
    needs: tuple[str, ...] = ("clean", "perceive")
    makes: type[Record] = Annotated
    work: ClassVar[Literal["call"]] = "call"

    def __init__(
        self,
        spec: str,
        *,
        model: ModelSettings | None = None,
        infer: InferSettings | None = None,
        media: MediaSettings | None = None,
        language: Language = Language.ENGLISH,
        consistency: ConsistencySettings | None = None,
        caller: Caller | None = None,
    ) -> None:
        """`caller` takes the place of the one that the spec names, and is not closed here."""
        if caller is None:
            check_spec(spec)
        self.spec = spec
        self._model = model or ModelSettings()
        self._infer = infer or InferSettings()
        self._media = media or MediaSettings()
        self._language = language
        self._consistency = consistency or ConsistencySettings()
        self._given = caller
        self._caller: Caller | None = None
        self._workspace = Path()
        # The caller keeps its own time for each question; this is only the last resort.
        self.timeout_s = 24 * 3600.0
        self.concurrency = self._model.concurrency

    @property
    def settings(self) -> Mapping[str, object]:
        return {
            "model": self.spec,
            "language": self._language,
            "infer": resolved(self._infer),
            "prompt": asdict(prompt_used(self._infer, self._language)),
            "consistency": resolved(self._consistency),
        }

    async def start(self, tools: Tools) -> None:
        self._workspace = tools.workspace
        self._caller = self._given or make_caller(self.spec, self._model)

    async def ask(self, item: Item) -> Answer:
        """Keep or Drop. Raises ModelError without an answer, ClipError when media or cues can't be read."""
        assert self._caller is not None
        cues = await asyncio.to_thread(read_cues, self._workspace, item.of("perceive", Perceived))
        measured = annotate(cues, language=self._language, settings=self._consistency)
        media = ClipMedia(inside(self._workspace, item.of("clean", Clip).media_path), self._media)
        began_s = time.perf_counter()
        written = await write_annotation_async(cues, media, self._caller, self._infer, self._language)
        seconds = time.perf_counter() - began_s
        cost, tokens = written.cost, written.usage.total_tokens
        if written.annotation is None:
            return _unwritten(written, cost, tokens)
        return Keep(annotated(cues, measured, self._language, written, seconds=seconds), cost, tokens)

    async def stop(self) -> None:
        caller, self._caller = self._caller, None
        if caller is not None and caller is not self._given:
            await caller.model.close()  # in the loop that opened its connections
            caller.close()


def _unwritten(written: Written, cost: float | None, tokens: int | None) -> Drop:
    """What becomes of a clip that the model wrote nothing usable of."""
    if written.outcome is Outcome.BUDGET_SPENT:
        raise BudgetSpentError(
            written.message,
            remedy="What was written is kept. A budget counts anew in each run: raise it, or run again.",
        )
    if written.outcome in (Outcome.FAILED, Outcome.CALL_REFUSED):
        raise ModelError(written.message, reason=written.reason)
    return Drop(f"model_{written.outcome.value}", written.message, cost=cost, tokens=tokens)


def annotated(
    cues: Cues,
    measured: Embedded,
    language: Language,
    written: Written | None = None,
    *,
    seconds: float,
    attempt: int = 1,
) -> Annotated:
    """The record of an annotation: the model's if there is one, the embedded analyst's otherwise."""
    heard_by = Writer(model=recogniser_of(cues), attempt=attempt)
    if written is None:
        author = Writer(model=EMBEDDED, seconds=round(seconds, 3), attempt=attempt)
        annotation, said = measured.annotation, measured.emotion.label
    else:
        author = Writer(
            model=written.model,
            prompt_sha256=written.prompt.sha256,
            seconds=round(seconds, 3),
            cost=written.cost,
            attempt=attempt,
        )
        annotation, said = written.require(), written.emotion
    by_recogniser = written is None or written.speech_from == "recogniser"
    return Annotated(
        annotation=annotation,
        written_by={
            dimension: heard_by if dimension is Dimension.SPEECH and by_recogniser else author
            for dimension in Dimension
        },
        language=language,
        emotion_said=said,
        emotion=measured.emotion,
        modalities=measured.modalities,
        consistency=measured.consistency,
        provenance={} if written is None else {"written": written.provenance()},
    )


def recogniser_of(cues: Cues) -> str:
    """Who wrote the transcript: the name of the recogniser, or "recogniser" where none is told."""
    writers = {model.role: model.name for model in transcribed_by(cues)}
    # Where either may have written, it was the multilingual one: the other writes English alone.
    return writers.get("speech_recognition") or next(iter(writers.values()), "recogniser")
