"""Does a reasoning use the evidence and only that, and does its emotion follow, as a model judges it?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import StringConstraints

from saber.core.dataset import Annotated as AnnotatedClip
from saber.core.dataset import Check
from saber.core.prompts import prompt_of
from saber.core.records import Record
from saber.core.taxonomy import DIMENSIONS, Dimension, Language
from saber.models import Caller, Reply, Request, Sampling
from saber.verify.asked import Cost, ask_until_usable, read_answer, rulings_schema
from saber.verify.independence import same_model
from saber.verify.quoted import stands_in
from saber.verify.settings import EMOTION, EVIDENCE, VerifySettings

__all__ = ["judge_reasoning", "prompts_used"]

PROMPTS = {"captioner": ("caption",), "judge": ("visual", "reasoning")}
OTHERS = tuple(d for d in DIMENSIONS if d is not Dimension.REASONING)


class _Ruling(Record):
    """The quotation and the reason stand before the verdict, so that they are not made up afterwards."""

    quote: str
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    verdict: Literal["yes", "no", "cannot_tell"]


class _Judged(Record):
    evidence: _Ruling
    emotion: _Ruling


async def judge_reasoning(
    caller: Caller, clip: AnnotatedClip, settings: VerifySettings, clip_id: str, cost: Cost
) -> tuple[Check, ...]:
    """A check of the evidence (`reasoning_invented`) and one of the emotion (`emotion_unfounded`).

    Unknown: `cannot_tell`, `not_independent` the judge wrote the reasoning, `no_usable_answer`.
    """
    judge = caller.model.spec
    if same_model(judge, clip.written_by[Dimension.REASONING].model):
        why = f"{judge} wrote the reasoning."
        return tuple(_check(name, None, "not_independent", why, judge) for name in (EVIDENCE, EMOTION))
    reasoning = clip.annotation.text_of(Dimension.REASONING)

    def request(why: str, attempt: int) -> Request:
        return _request(clip, settings, clip_id, why, attempt)

    def read(reply: Reply) -> _Judged | str:
        found = read_answer(reply.text, _Judged)
        if isinstance(found, str):
            return found
        for name in ("evidence", "emotion"):
            ruling: _Ruling = getattr(found, name)
            if ruling.verdict == "no" and not stands_in(ruling.quote, reasoning):
                return f"{name}.quote does not stand in the reasoning"
        return found

    found = await ask_until_usable(caller, request, read, settings.retries, cost)
    if isinstance(found, str):
        return tuple(_check(name, None, "no_usable_answer", found, judge) for name in (EVIDENCE, EMOTION))
    return (
        _ruled(EVIDENCE, found.evidence, "reasoning_invented", judge),
        _ruled(EMOTION, found.emotion, "emotion_unfounded", judge),
    )


def prompts_used(parts: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of each prompt file that these parts (captioner, judge) are asked with."""
    digests = {}
    for name in (name for part in parts for name in PROMPTS[part]):
        texts = "\0".join(prompt_of("saber.verify", name, language).text for language in Language)
        digests[name] = hashlib.sha256(texts.encode()).hexdigest()
    return digests


def _request(clip: AnnotatedClip, settings: VerifySettings, clip_id: str, why: str, attempt: int) -> Request:
    words = prompt_of("saber.verify", "reasoning", Language(clip.language))
    material = {
        "evidence": {d.value: clip.annotation.text_of(d) for d in OTHERS},
        "reasoning": clip.annotation.text_of(Dimension.REASONING),
        "emotion": None if clip.emotion_said is None else clip.emotion_said.value,
    }
    ruling = {"quote": "...", "reason": "...", "verdict": "yes | no | cannot_tell"}
    user = words.fill(
        "user",
        # As JSON strings, so that no word of a text can pass for a part of the prompt.
        material=json.dumps(material, ensure_ascii=False, indent=1),
        form=json.dumps(dict.fromkeys(("evidence", "emotion"), ruling), indent=1),
    )
    if why:
        user += "\n\n" + words.fill("again", why=why)
    return Request(
        user=user,
        system=words.parts["system"],
        schema=rulings_schema(("evidence", "emotion"), ("yes", "no", "cannot_tell")),
        sampling=Sampling(max_tokens=settings.max_tokens, seed=settings.seed + attempt),
        clip=clip_id,
    )


def _ruled(name: str, ruling: _Ruling, slug: str, judge: str) -> Check:
    passed = {"yes": True, "no": False, "cannot_tell": None}[ruling.verdict]
    reason = {"yes": "", "no": slug, "cannot_tell": "cannot_tell"}[ruling.verdict]
    quote = f" “{ruling.quote}”" if ruling.quote else ""
    return _check(name, passed, reason, f"{ruling.reason}{quote}", judge)


def _check(name: str, passed: bool | None, reason: str, detail: str, judge: str) -> Check:
    return Check(
        name=name, passed=passed, reason=reason, detail=detail, judge=judge, dimension=Dimension.REASONING
    )
