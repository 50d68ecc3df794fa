"""How does a model answer the samples: what of a clip does it get, and what stands for a missing answer?"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from saber.core.errors import BudgetSpentError, ClipError, ModelError, UsageError
from saber.core.taxonomy import Language
from saber.evaluate.analyst import AnalystModel
from saber.evaluate.context import Context
from saber.evaluate.records import Response, Sample
from saber.infer import (
    ClipMedia,
    InferSettings,
    Outcome,
    allowed,
    jpegs,
    video_file,
    wav,
    write_annotation_async,
)
from saber.media import MediaSettings
from saber.models import (
    EMBEDDED,
    Caller,
    Kind,
    Media,
    ModelSettings,
    Pace,
    Patience,
    Request,
    SqliteShelf,
    make_caller,
)

__all__ = ["Annotating", "Asking", "Responder", "open_caller", "questions_sha256", "respond_all"]


class Responder(Protocol):
    """Answers one sample. `clip`: the file it is about, an ablated copy included; None: there is none."""

    async def respond(self, sample: Sample, clip: Path | None, variant: str) -> Response: ...


@dataclass
class Asking:
    """A model that is asked the benchmark's own question, with as much of the clip as may be sent."""

    caller: Caller
    infer: InferSettings
    media: MediaSettings

    @property
    def decoding(self) -> dict[str, object]:
        return asdict(self.infer.sampling())

    @property
    def kinds(self) -> frozenset[Kind]:
        return self.caller.model.takes if self.embedded else allowed(self.caller.model, self.infer)

    @property
    def embedded(self) -> bool:
        return self.caller.model.spec == EMBEDDED

    @property
    def sent(self) -> str:
        """What of a clip the model gets, in words."""
        if self.embedded:
            return "the file, analysed in this process"
        named = {Kind.VIDEO: "video file", Kind.FRAMES: f"{self.infer.frames} frames", Kind.AUDIO: "sound"}
        kinds = self.kinds - {Kind.FRAMES} if Kind.VIDEO in self.kinds else self.kinds
        return ", ".join(named[k] for k in named if k in kinds) or "nothing: the question alone"

    async def respond(self, sample: Sample, clip: Path | None, variant: str) -> Response:
        try:
            pieces = await asyncio.to_thread(self._pieces, clip)
            reply = await self.caller.ask(self._request(sample, pieces))
        except (UsageError, BudgetSpentError):
            raise
        except (ClipError, ModelError) as error:
            return Response(
                sample=sample.id, variant=variant, text=None, error=error.reason, message=error.message
            )
        return Response(sample=sample.id, variant=variant, text=reply.text, by=reply.model)

    def _request(self, sample: Sample, pieces: tuple[Media, ...]) -> Request:
        schema = None
        if self.embedded:
            schema = {"labels": list(sample.labels)} if sample.labels else {"annotation": not sample.question}
        return Request(
            user=sample.question,
            media=pieces,
            schema=schema,
            sampling=self.infer.sampling(),
            clip=sample.id,
        )

    def _pieces(self, clip: Path | None) -> tuple[Media, ...]:
        kinds = self.kinds
        if not kinds or clip is None:
            return ()
        if not clip.is_file():
            raise ClipError(f"There is no clip {clip}.", reason="clip_missing")
        if self.embedded:
            return (_whole(clip),)
        source = ClipMedia(clip, self.media)
        pieces: tuple[Media, ...] = ()
        if Kind.VIDEO in kinds:
            pieces = (_whole(clip),)
        elif Kind.FRAMES in kinds:
            pieces = jpegs(source.frames(self.infer.frames, self.infer.frame_side_px))
        if Kind.AUDIO in kinds and (sound := source.sound()) is not None:
            pieces = (*pieces, wav(sound))
        return pieces


@dataclass
class Annotating:
    """A model that writes whole annotations: asked as `saber analyze` asks, with retries and all."""

    asking: Asking
    context: Context
    language: Language = Language.ENGLISH

    async def respond(self, sample: Sample, clip: Path | None, variant: str) -> Response:
        asking = self.asking
        try:
            if clip is None:
                raise ClipError(f"The sample {sample.id} has no clip.", reason="clip_missing")
            cues = await asyncio.to_thread(self.context.cues, sample, clip if variant else None)
            media = ClipMedia(clip, asking.media)
            written = await write_annotation_async(cues, media, asking.caller, asking.infer, self.language)
        except ClipError as error:
            return Response(
                sample=sample.id, variant=variant, text=None, error=error.reason, message=error.message
            )
        if written.outcome is Outcome.BUDGET_SPENT:
            raise BudgetSpentError(written.message)
        raw = next((a.raw for a in reversed(written.attempts) if a.raw is not None), None)
        if written.annotation is None:
            # An answer that can't be used is an answer; only a call that failed has none.
            return Response(
                sample=sample.id, variant=variant, text=raw, by=written.answered_by,
                error=written.reason, message=written.message,
            )  # fmt: skip
        told = {**written.annotation.model_dump(by_alias=True), "emotion": written.emotion_said}
        return Response(
            sample=sample.id,
            variant=variant,
            text=json.dumps(told, ensure_ascii=False),
            by=written.answered_by,
        )


def open_caller(
    spec: str, settings: ModelSettings, cache: Path, embedded: AnalystModel | None = None
) -> Caller:
    """The model of that spec; its answers are kept in `cache` where the settings name no other place."""
    caller = make_caller(spec, settings if settings.cache else _with_cache(settings, cache))
    if caller is not None:
        return caller
    # Its models share the processor's cores: one clip at a time.
    patience = Patience(tries=1, call_timeout_s=3600.0, total_timeout_s=3600.0)
    return Caller(
        embedded or AnalystModel(), pace=Pace(concurrency=1), patience=patience, shelf=SqliteShelf(cache)
    )


async def respond_all(
    responder: Responder, asked: Sequence[tuple[Sample, Path | None, str]], at_once: int
) -> list[Response]:
    """Every response in the order of what is asked. A call that fails is a response with its error; when
    none succeeds the first error is raised, for then it is not the samples' fault."""
    turns = asyncio.Semaphore(at_once)

    async def one(sample: Sample, clip: Path | None, variant: str) -> Response:
        async with turns:
            return await responder.respond(sample, clip, variant)

    tasks = [asyncio.create_task(one(*each)) for each in asked]
    try:
        responses = list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if responses and all(r.error and r.text is None for r in responses):
        first = responses[0]
        raise ModelError(
            f"None of the {len(responses)} samples got an answer. The first: {first.message}",
            reason=first.error,
        )
    return responses


def questions_sha256(samples: Sequence[Sample]) -> str:
    whole = hashlib.sha256()
    for sample in samples:
        whole.update(f"{sample.id}\0{sample.question}\0".encode())
    return whole.hexdigest()


def _whole(clip: Path) -> Media:
    """The file as it is."""
    try:
        digest = hashlib.sha256(clip.read_bytes()).hexdigest()
    except OSError as error:
        raise ClipError(f"{clip} can't be read: {error.strerror}.", reason="clip_unreadable") from error
    return video_file(clip, digest, 0.0)


def _with_cache(settings: ModelSettings, cache: Path) -> ModelSettings:
    return replace(settings, cache=cache)
