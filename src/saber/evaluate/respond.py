"""How does a model answer the samples: what of a clip does it get, and what stands for a missing answer?"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from saber.core.errors import BudgetSpentError, ClipError, ModelError, UsageError
from saber.core.taxonomy import Language
from saber.evaluate.analyst import AnalystModel
from saber.evaluate.context import Context
from saber.evaluate.records import Response, Sample
from saber.infer import (
    ClipMedia,
    Gatherer,
    InferSettings,
    Material,
    Outcome,
    Stage,
    allowed,
    prompt_used,
    video_file,
    write_annotation_async,
)
from saber.media import MediaSettings, probe
from saber.models import (
    EMBEDDED,
    Caller,
    Kind,
    ModelSettings,
    Pace,
    Patience,
    Request,
    SqliteShelf,
    Usage,
    make_caller,
)

__all__ = ["Annotating", "Asking", "Responder", "open_caller", "questions_sha256", "respond_all"]


class Responder(Protocol):
    """Answers one sample. `clip`: the file it is about, an ablated copy included; None: there is none."""

    @property
    def sent(self) -> str:
        """What of a clip the model gets, in words."""
        ...

    @property
    def gets(self) -> frozenset[str]:
        """`picture`, `sound`, in whatever form it gets them."""
        ...

    @property
    def prompt(self) -> str:
        """Name, version and SHA-256 of our own prompt; "" where the samples' questions are asked."""
        ...

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
        return self.media_sent or "nothing: the question alone"

    @property
    def media_sent(self) -> str:
        frames = f"up to {self.infer.frames} pictures"
        named = {Kind.VIDEO: "video file", Kind.FRAMES: frames, Kind.AUDIO: "sound"}
        kinds = self.kinds - {Kind.FRAMES} if Kind.VIDEO in self.kinds else self.kinds
        return ", ".join(named[k] for k in named if k in kinds)

    @property
    def gets(self) -> frozenset[str]:
        picture = {"picture"} if self.kinds & {Kind.VIDEO, Kind.FRAMES} else set()
        sound = {"sound"} if self.kinds & {Kind.VIDEO, Kind.AUDIO} else set()
        return frozenset(picture | sound)

    @property
    def prompt(self) -> str:
        return ""

    async def respond(self, sample: Sample, clip: Path | None, variant: str) -> Response:
        material = Material()
        try:
            material = await asyncio.to_thread(self._material, sample, clip)
            reply = await self.caller.ask(self._request(sample, material))
        except (UsageError, BudgetSpentError):
            raise
        except (ClipError, ModelError) as error:
            return Response(
                sample=sample.id, variant=variant, text=None, error=error.reason, message=error.message,
                went=_went(material), notes=material.notes,
            )  # fmt: skip
        return Response(
            sample=sample.id,
            variant=variant,
            text=reply.text,
            by=reply.model,
            went=_went(material),
            tokens=_tokens([reply.usage]),
            notes=material.notes,
        )

    def _request(self, sample: Sample, material: Material) -> Request:
        schema = None
        if self.embedded:
            schema = {"labels": list(sample.labels)} if sample.labels else {"annotation": not sample.question}
        return Request(
            user=sample.question,
            media=material.media,
            schema=schema,
            sampling=self.infer.sampling(),
            clip=sample.id,
        )

    def _material(self, sample: Sample, clip: Path | None) -> Material:
        """What goes of the clip: the sound alone of a clip without a picture, pictures of a file that is too
        large. Raises ClipError where a model that takes media would be asked without any."""
        if not self.kinds:
            return Material()
        if clip is None or not clip.is_file():
            where = " below the data" if clip is None else f": {clip}"
            raise ClipError(f"There is no clip of the sample {sample.id}{where}.", reason="clip_missing")
        if self.embedded:
            return Material((video_file(clip, _sha256(clip), 0.0),))
        source = ClipMedia(clip, self.media)
        gatherer = Gatherer(probe(clip, self.media), source, self.caller.model, self.infer)
        material = gatherer.gather(Stage.OWN)
        if not material.media:
            raise ClipError(f"Nothing of {clip} can go to this model: {self.sent}.", reason="nothing_to_send")
        return material


@dataclass
class Annotating:
    """A model that writes whole annotations: asked as `saber analyze` asks, with retries and all."""

    asking: Asking
    context: Context
    language: Language = Language.ENGLISH

    @property
    def sent(self) -> str:
        if self._own:
            return self.asking.media_sent or "nothing: the prompt alone"
        cues = "measured cues as text"
        if not self.asking.kinds:
            return cues
        every = self.asking.infer.describe == "all"
        return f"{self.asking.media_sent}, and {cues} {'' if every else 'of what it does not get'}".strip()

    @property
    def gets(self) -> frozenset[str]:
        return self.asking.gets if self._own else frozenset({"picture", "sound"})

    @property
    def prompt(self) -> str:
        used = prompt_used(self.asking.infer, self.language)
        return f"{used.name}, version {used.version}, sha256 {used.sha256}"

    @property
    def _own(self) -> bool:
        """A prompt of the user's own goes with media, and without cues."""
        return self.asking.infer.prompt_file is not None

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
        account: dict[str, Any] = {
            "tokens": _tokens([a.usage for a in written.attempts]),
            "notes": written.sent.notes,
        }
        raw = next((a.raw for a in reversed(written.attempts) if a.raw is not None), None)
        if written.annotation is None:
            # An answer that can't be used is an answer; only a call that failed has none.
            return Response(
                sample=sample.id, variant=variant, text=raw, by=written.answered_by,
                error=written.reason, message=written.message, **account,
            )  # fmt: skip
        told = written.annotation.model_dump(by_alias=True)
        if written.emotion_said:
            told["emotion"] = written.emotion_said
        return Response(
            sample=sample.id,
            variant=variant,
            text=json.dumps(told, ensure_ascii=False),
            by=written.answered_by,
            **account,
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
    responder: Responder,
    asked: Sequence[tuple[Sample, Path | None, str]],
    at_once: int,
    told: Callable[[str, int, int], None],
) -> list[Response]:
    """Every response in the order of what is asked. A call that fails is a response with its error; when
    none succeeds the first error is raised, for then it is not the samples' fault."""
    turns = asyncio.Semaphore(at_once)
    done = 0

    async def one(sample: Sample, clip: Path | None, variant: str) -> Response:
        nonlocal done
        async with turns:
            response = await responder.respond(sample, clip, variant)
        done += 1
        told("answers", done, len(asked))
        return response

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
            remedy="Put the clips below --data." if first.error == "clip_missing" else "",
        )
    return responses


def questions_sha256(samples: Sequence[Sample]) -> str:
    whole = hashlib.sha256()
    for sample in samples:
        whole.update(f"{sample.id}\0{sample.question}\0".encode())
    return whole.hexdigest()


def _sha256(clip: Path) -> str:
    try:
        return hashlib.sha256(clip.read_bytes()).hexdigest()
    except OSError as error:
        raise ClipError(f"{clip} can't be read: {error.strerror}.", reason="clip_unreadable") from error


def _went(material: Material) -> dict[str, int]:
    """Pieces by kind."""
    return dict(Counter(piece.kind.value for piece in material.media))


def _tokens(used: Sequence[Usage]) -> dict[str, int]:
    """Sums of what the backend counted; what it did not count is not there."""
    found: dict[str, int] = {}
    for usage in used:
        for name, count in asdict(usage).items():
            if count is not None:
                found[name] = found.get(name, 0) + count
    return found


def _with_cache(settings: ModelSettings, cache: Path) -> ModelSettings:
    return replace(settings, cache=cache)
