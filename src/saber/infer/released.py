"""Is a prompt the one that was released with the SABER weights, and what does its kind of answer say?

The prompt itself does not ship: it is recognised by its hash. It asks in Chinese for four things one after
the other: the scene; the sound; face and body; the state of mind as a whole. Source:
github.com/zxzhao0/SABER-LLM, `infer/SABER_Swift_Infer.sh`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from saber.infer.prose import JOINT, read_prose

__all__ = ["BY_ORDER", "is_released", "read_released"]

RELEASED_SHA256 = "791d349377d0aa5e7379429cc8686810142a41a2d343bb05624b277f25ba1dcd"
"""Of the prompt's letters and digits (`_core`)."""

BY_ORDER = "read_by_order"
"""Problem slug: the parts have no headings and were told apart by the order in which they were asked for."""

_MEDIA_TAG = re.compile(r"<\s*/?\s*(?:video|audio|image)\s*>", re.IGNORECASE)
_ITEM = re.compile(r"^(?:[-*•]\s+|\(?(?:\d{1,2}|[一二三四五六七八九十])[.、)）]\s*)", re.MULTILINE)
_TASKS = 4
_ABOUT = {
    "voice": re.compile(r"声|音|语|沉默|voice|vocal|sound|audio|tone|speech|silen", re.IGNORECASE),
    "face": re.compile(
        r"面|表情|眼|目光|眉|嘴|脸|face|facial|expression|eye|gaze|brow|mouth|smil", re.IGNORECASE
    ),
    "body": re.compile(
        r"身|肢|姿|手|肩|头|臂|站|坐|body|posture|gestur|hand|shoulder|head|arm|stand|sit", re.IGNORECASE
    ),
}
"""Words without which a part is hardly about the thing that its place in the order says."""


def is_released(prompt: str, sha256: str = RELEASED_SHA256) -> bool:
    """Whatever its line breaks, bullets, spaces, width of punctuation, and tags for the media."""
    return hashlib.sha256(_core(prompt).encode()).hexdigest() == sha256


def _core(prompt: str) -> str:
    """The letters and digits. `\\n` as two characters is a line break: people copy the prompt out of JSON."""
    plain = unicodedata.normalize("NFKC", _MEDIA_TAG.sub("", prompt.replace("\\n", "\n")))
    return "".join(c for c in plain.casefold() if c.isalnum())


def read_released(answer: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Section -> text of an answer to the released prompt, and what there is to say of the reading.

    By its headings; without any, by its four parts (bullets, numbers or paragraphs) in the order of the four
    tasks; five where face and body have one each. What does not fit that can't be told apart: then the
    result is empty.
    """
    texts, joint = read_prose(answer)
    if texts:
        return texts, (JOINT,) if joint else ()
    parts = _parts(answer.strip())
    problems: tuple[str, ...] = (BY_ORDER,)
    if len(parts) == _TASKS + 1:
        told = dict(zip(("scene", "voice", "face", "body", "reasoning"), parts, strict=True))
    elif len(parts) == _TASKS:
        scene, voice, seen, reasoning = parts
        told = {"scene": scene, "voice": voice, "face": seen, "body": seen, "reasoning": reasoning}
        problems = (BY_ORDER, JOINT)
    else:
        return {}, ()
    if JOINT in problems:
        fits = any(_ABOUT[name].search(told[name]) for name in ("face", "body"))
    else:
        fits = all(_ABOUT[name].search(told[name]) for name in ("face", "body"))
    return (told, problems) if fits and _ABOUT["voice"].search(told["voice"]) else ({}, ())


def _parts(answer: str) -> list[str]:
    """Items of a list, else paragraphs, else lines; a line that only announces what follows is none."""
    marks = list(_ITEM.finditer(answer))
    if len(marks) >= _TASKS:
        ends = [*(m.start() for m in marks[1:]), len(answer)]
        return [answer[m.end() : end].strip() for m, end in zip(marks, ends, strict=True)]
    paragraphs = [p.strip() for p in re.split(r"\n\s*\n", answer) if p.strip()]
    if len(paragraphs) < _TASKS:
        paragraphs = [line.strip() for line in answer.splitlines() if line.strip()]
    return [p for p in paragraphs if not p.endswith((":", "："))]
