"""What is a model asked about sight against sound, and can its answer be used?"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal, get_args

from pydantic import StringConstraints, ValidationError

from saber.core.dataset import Annotated as AnnotatedClip
from saber.core.prompts import Prompt, prompt_of
from saber.core.records import Record
from saber.core.taxonomy import EMOTIONS, Emotion, Language
from saber.models import Request, Sampling

__all__ = ["Comparison", "compare_prompt", "comparison_request", "read_comparison"]

Shown = Literal["neutral", "happiness", "sadness", "anger", "fear", "disgust", "surprise", "mixed", "unclear"]
Verdict = Literal["consistent", "inconsistent", "unclear"]


class Comparison(Record):
    """A model's answer. The reason stands before the verdict, so that it is not made up afterwards."""

    visual_emotion: Shown
    acoustic_emotion: Shown
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    verdict: Verdict

    @property
    def visual(self) -> Emotion | None:
        return _emotion(self.visual_emotion)

    @property
    def acoustic(self) -> Emotion | None:
        return _emotion(self.acoustic_emotion)


def compare_prompt(language: Language) -> Prompt:
    return prompt_of("saber.split", "compare", language)


def comparison_request(
    clip: AnnotatedClip, language: Language, sampling: Sampling, *, clip_id: str = "", why: str = ""
) -> Request:
    """The two sides' texts, without the reasoning, which would give the answer away.

    Args:
        clip: the annotation whose sides are compared.
        language: of the prompt, and of the reason asked for.
        sampling: how the answer is drawn.
        clip_id: for messages.
        why: what was wrong with the answer before; "" on the first try.
    """
    words = compare_prompt(language)
    texts = clip.annotation
    # As JSON strings, so that no word of a description can pass for a part of the prompt.
    evidence = {
        "seen": {"scene": texts.scene, "face": texts.face, "body": texts.body},
        "heard": {"voice": texts.audio.acoustic, "speech": texts.audio.speech},
    }
    user = words.fill(
        "user",
        evidence=json.dumps(evidence, ensure_ascii=False, indent=1),
        form=json.dumps(dict.fromkeys(Comparison.model_fields, "..."), indent=1),
        emotions=", ".join(get_args(Shown)),
        verdicts=", ".join(get_args(Verdict)),
    )
    if why:
        user += "\n\n" + words.fill("again", why=why)
    return Request(user=user, system=words.parts["system"], schema=_schema(), sampling=sampling, clip=clip_id)


def read_comparison(raw: str) -> Comparison | str:
    """The answer, or in a few words what is wrong with it.

    Fences, thoughts and text around the object are passed over, and a trailing comma is taken out. Nothing
    else is repaired: a missing verdict is not guessed.
    """
    text = _THOUGHT.sub("", raw)
    start = text.find("{")
    if start < 0:
        return "it holds no JSON object"
    try:
        value, _ = json.JSONDecoder().raw_decode(_TRAILING.sub(r"\1", text[start:]))
    except json.JSONDecodeError as error:
        return f"the JSON is broken ({error.msg})"
    if isinstance(value, dict):
        value = {
            k: v.strip().casefold() if k in _WORDS and isinstance(v, str) else v for k, v in value.items()
        }
    try:
        return Comparison.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(str(p) for p in first['loc']) or 'the object'}: {first['msg']}"


_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_TRAILING = re.compile(r",(\s*[}\]])")
_WORDS = frozenset({"visual_emotion", "acoustic_emotion", "verdict"})


def _schema() -> dict[str, Any]:
    """Of the answer, with no more than every server with constrained decoding knows."""
    fields = Comparison.model_json_schema()["properties"]
    kept = {
        name: {key: told[key] for key in ("type", "enum") if key in told} for name, told in fields.items()
    }
    return {"type": "object", "properties": kept, "required": list(kept), "additionalProperties": False}


def _emotion(shown: str) -> Emotion | None:
    return Emotion(shown) if shown in EMOTIONS else None
