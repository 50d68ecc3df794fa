"""How does a model write one text of an annotation again, told what was wrong with it?

annotation + what a check found -question for that part alone-> Request -Caller-> the part's new text
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass

from saber.core.records import Annotation, Cues
from saber.core.taxonomy import Dimension, Language
from saber.infer.conversation import Conversation
from saber.infer.material import Gatherer, Material, Stage
from saber.infer.prompt import PromptInfo, prompt
from saber.infer.question import Question
from saber.infer.settings import InferSettings
from saber.infer.source import MediaSource
from saber.infer.written import Attempt, Outcome
from saber.models import Caller
from saber.sed import annotation_of, texts_of

__all__ = ["Rewritten", "rewrite_async", "rewrite_prompt"]

SECTION: dict[Dimension, tuple[str, Stage]] = {
    Dimension.SCENE: ("scene", Stage.VISUAL),
    Dimension.FACE: ("face", Stage.VISUAL),
    Dimension.BODY: ("body", Stage.VISUAL),
    Dimension.ACOUSTIC: ("voice", Stage.ACOUSTIC),
    Dimension.SPEECH: ("speech", Stage.ACOUSTIC),
    Dimension.REASONING: ("reasoning", Stage.REASONING),
}
"""A dimension's tag in SED text, and the stage that has what it is written from."""


@dataclass(frozen=True)
class Rewritten:
    """What came of it. `annotation` None: nothing usable; `message` says why."""

    annotation: Annotation | None
    outcome: Outcome
    reason: str
    message: str
    prompt: PromptInfo
    attempts: tuple[Attempt, ...]

    @property
    def cost(self) -> float | None:
        """Money for all attempts; None when no price is known."""
        paid = [a.cost for a in self.attempts if not a.cached and a.cost is not None]
        return sum(paid) if paid else None

    @property
    def seconds(self) -> float:
        return sum(a.seconds for a in self.attempts)


async def rewrite_async(
    cues: Cues,
    media: MediaSource | None,
    caller: Caller,
    annotation: Annotation,
    dimension: Dimension,
    reason: str,
    *,
    settings: InferSettings | None = None,
    language: Language = Language.ENGLISH,
    round_: int = 2,
) -> Rewritten:
    """The annotation with one text written anew, from what that text may rest on and nothing else.

    Args:
        reason: what a check found, in words.
        round_: 2 the first time; another seed each time.

    A model that does not hear is not asked for speech: it would copy the transcript. Raises ClipError when
    the media can't be read again.
    """
    settings = settings or InferSettings()
    name, stage = SECTION[dimension]
    texts = texts_of(annotation)
    evidence = None
    material = Material()
    if stage is Stage.REASONING:
        evidence = {key: text for key, text in texts.items() if key != name}
    else:
        gatherer = Gatherer(cues.clip, media, caller.model, settings)
        material = await asyncio.to_thread(gatherer.gather, stage)
    info = rewrite_prompt(stage, language)
    if dimension is Dimension.SPEECH and not material.heard:
        sentence = f"{caller.model.spec} does not hear the clip, so it can't write down its words again."
        return Rewritten(None, Outcome.INVALID, "not_heard", sentence, info, ())
    question = Question(
        stage,
        cues,
        material,
        language,
        settings,
        caller.model.constrains,
        evidence,
        only=name,
        correction=prompt("rewrite", language).fill(
            "correction", reason=reason, text=json.dumps(texts[name], ensure_ascii=False)
        ),
        seed_step=round_ * (settings.retries + 1),
    )
    recognised = cues.transcript.text if cues.transcript else ""
    talk = Conversation(caller, language, settings.retries, recognised)
    ending = await talk.ask(question)
    written = annotation_of({**texts, **ending.texts}) if name in ending.texts else None
    message = ending.message
    if written is None and not message:
        message = f"{caller.model.spec} gave no usable text in {len(talk.attempts)} attempts."
    return Rewritten(
        written, ending.outcome, ending.reason or ending.outcome.value, message, info, tuple(talk.attempts)
    )


def rewrite_prompt(stage: Stage, language: Language) -> PromptInfo:
    """All the files that such a request is made of, as one."""
    used = [prompt(name, language) for name in (stage.value, "parts", "retry", "rewrite")]
    digest = hashlib.sha256("\0".join(p.text for p in used).encode()).hexdigest()
    version = ".".join(str(p.version) for p in used)
    return PromptInfo(f"rewrite.{stage.value}.{language.value}", version, digest)
