"""Do scene, face and body, as they were described, fit what another model sees in the pictures?"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from saber.core.dataset import Annotated as AnnotatedClip
from saber.core.dataset import Check
from saber.core.prompts import Prompt, prompt_of
from saber.core.records import Record
from saber.core.taxonomy import Dimension, Language
from saber.infer import MediaSource, jpegs
from saber.models import Caller, Media, Reply, Request, Sampling
from saber.verify.asked import Cost, ask_until_usable, read_answer, rulings_schema
from saber.verify.independence import same_model
from saber.verify.quoted import stands_in
from saber.verify.settings import CAPTION, VerifySettings

__all__ = ["SEEN", "Caption", "caption_checks", "uncaptioned", "write_caption"]

NOBODY = "nobody"
SEEN = (Dimension.SCENE, Dimension.FACE, Dimension.BODY)
SHORTEST = 40
"""Characters; own choice. Less is no caption of scene, face and body."""

Ruling = Literal["agree", "contradict", "cannot_tell"]


@dataclass(frozen=True)
class Caption:
    """What the captioner says of the pictures. `text` None: nothing usable, and `why`."""

    text: str | None
    by: str
    """The captioner's spec."""
    answered_by: str = ""
    """The name that its server gives."""
    why: str = ""

    def told(self) -> dict[str, Any]:
        return {"text": self.text, "by": self.by, "answered_by": self.answered_by, "why": self.why}


class _Part(Record):
    """The quotation stands before the verdict, so that it is not looked for afterwards."""

    quote: str
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    verdict: Ruling


class _Compared(Record):
    scene: _Part
    face: _Part
    body: _Part


async def write_caption(
    caller: Caller, media: MediaSource, language: Language, settings: VerifySettings, clip: str, cost: Cost
) -> Caption:
    """The captioner's words on the clip's pictures alone; it gets no text about the clip.

    Raises ModelError without an answer, ClipError when the media can't be read.
    """
    pictures = await asyncio.to_thread(lambda: jpegs(media.frames(settings.frames, settings.frame_side_px)))
    spec = caller.model.spec
    if not pictures:
        return Caption(None, spec, why="there is no picture to be read")
    words = _prompt("caption", language)

    def request(why: str, attempt: int) -> Request:
        return _caption_request(words, pictures, settings, clip, why, attempt)

    def read(reply: Reply) -> Caption | str:
        text = reply.text.strip()
        if reply.cut_off:
            return "it was cut off"
        return Caption(text, spec, reply.model) if len(text) >= SHORTEST else "it is too short"

    found = await ask_until_usable(caller, request, read, settings.retries, cost)
    return Caption(None, spec, why=found) if isinstance(found, str) else found


async def caption_checks(
    caller: Caller, caption: Caption, clip: AnnotatedClip, settings: VerifySettings, clip_id: str, cost: Cost
) -> tuple[Check, ...]:
    """A check for each of the three texts, by a judge who sees the caption and the texts, and no picture.

    `caption_contradicts`; unknown: `cannot_tell` the caption does not say, `not_independent` the captioner
    or the judge wrote that text, `no_caption`, `no_usable_answer`.
    """
    judge = caller.model.spec
    if caption.text is None:
        return tuple(_check(d, None, "no_caption", caption.why, caption.by) for d in SEEN)
    wrote = {
        d: next(
            (
                name
                for name in (caption.by, caption.answered_by, judge)
                if name and same_model(name, clip.written_by[d].model)
            ),
            None,
        )
        for d in SEEN
    }
    language = Language(clip.language)
    words = _prompt("visual", language)
    texts = {d.value: clip.annotation.text_of(d) for d in SEEN}

    def request(why: str, attempt: int) -> Request:
        # As JSON strings, so that no word of a text can pass for a part of the prompt.
        material = json.dumps({"caption": caption.text, "texts": texts}, ensure_ascii=False, indent=1)
        part = {"quote": "...", "reason": "...", "verdict": "agree | contradict | cannot_tell"}
        form = json.dumps(dict.fromkeys(texts, part), indent=1)
        user = words.fill("user", material=material, form=form)
        if why:
            user += "\n\n" + words.fill("again", why=why)
        return Request(
            user=user,
            system=words.parts["system"],
            schema=rulings_schema(tuple(texts), ("agree", "contradict", "cannot_tell")),
            sampling=Sampling(max_tokens=settings.max_tokens, seed=settings.seed + attempt),
            clip=clip_id,
        )

    def read(reply: Reply) -> _Compared | str:
        found = read_answer(reply.text, _Compared)
        if isinstance(found, str):
            return found
        for dimension in SEEN:
            part: _Part = getattr(found, dimension.value)
            # A verdict that rests on words which nobody wrote is no verdict.
            if part.verdict != "cannot_tell" and not stands_in(part.quote, caption.text or ""):
                return f"{dimension.value}.quote does not stand in the caption"
        return found

    found = await ask_until_usable(caller, request, read, settings.retries, cost)
    if isinstance(found, str):
        return tuple(_check(d, None, "no_usable_answer", found, judge) for d in SEEN)
    checks = []
    for dimension in SEEN:
        part: _Part = getattr(found, dimension.value)
        if (name := wrote[dimension]) is not None:
            checks.append(_check(dimension, None, "not_independent", f"{name} wrote this text.", judge))
            continue
        passed = {"agree": True, "contradict": False, "cannot_tell": None}[part.verdict]
        reason = {"agree": "", "contradict": "caption_contradicts", "cannot_tell": "cannot_tell"}[
            part.verdict
        ]
        quote = f" Caption of {caption.by}: “{part.quote}”." if part.quote else ""
        checks.append(_check(dimension, passed, reason, f"{part.reason}{quote}", judge))
    return tuple(checks)


def uncaptioned(why: str) -> tuple[Check, ...]:
    """The three checks that nobody could make, and why (a slug)."""
    return tuple(_check(d, None, why, "", NOBODY) for d in SEEN)


def _caption_request(
    words: Prompt, pictures: tuple[Media, ...], settings: VerifySettings, clip: str, why: str, attempt: int
) -> Request:
    user = words.fill("user", count=len(pictures))
    if why:
        user += "\n\n" + words.fill("again", why=why)
    return Request(
        user=user,
        system=words.parts["system"],
        media=pictures,
        sampling=Sampling(max_tokens=settings.max_tokens, seed=settings.seed + attempt),
        clip=clip,
    )


def _prompt(name: str, language: Language) -> Prompt:
    return prompt_of("saber.verify", name, language)


def _check(dimension: Dimension, passed: bool | None, reason: str, detail: str, judge: str) -> Check:
    return Check(name=CAPTION, passed=passed, reason=reason, detail=detail, judge=judge, dimension=dimension)
