"""Which of the six dimensions does each part of a prose answer speak of?

For weights that were trained with a prompt of their own and answer in paragraphs under headings, not in a
form. A part belongs to the dimensions that its heading names; text without a heading belongs to none, and
nothing is guessed from its content.
"""

from __future__ import annotations

import re

__all__ = ["JOINT", "read_prose"]

JOINT = "joint_section"
"""Problem slug: one part of the answer speaks of several dimensions at once and stands in each of them."""

_MARKED = re.compile(
    r"^\s*(?P<mark>(?:#{1,6}\s*|[-*•]\s+|\(?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、)）:：]\s*|\*\*)*)"
    r"(?P<name>[^:：*\n]{2,40}?)\s*(?P<end>\*\*\s*[:：]?|[:：]\s*(?:\*\*)?|$)\s*(?P<rest>.*)$"
)

_SPEECH = re.compile(
    r"transcript|spoken words|speech content|verbatim|台词|说话内容|语音内容|话语|转写", re.IGNORECASE
)
_EVIDENCE = {
    "scene": re.compile(r"\b(?:scene|setting|background|environment)|场景|背景|环境", re.IGNORECASE),
    "face": re.compile(r"\b(?:face|facial|expressions?|gaze)\b|面部|表情|眼神|目光", re.IGNORECASE),
    "body": re.compile(r"\b(?:body|gestures?|posture)\b|肢体|身体|姿态|手势|动作", re.IGNORECASE),
    "voice": re.compile(
        r"\b(?:audio|voice|vocal|acoustic|tone|prosody|sound)\b|音频|声音|嗓音|语音|声学|语调|语气",
        re.IGNORECASE,
    ),
}  # fmt: skip
_REASONING = re.compile(
    r"\b(?:emotions?|emotional|overall|reasoning|conclusion|summary)\b|情绪|情感|综合|总结|整体|结论|推理",
    re.IGNORECASE,
)


def read_prose(text: str) -> tuple[dict[str, str], bool]:
    """Section -> text, in the answer's own words, and whether a part went into several sections.

    Empty when no heading names a dimension.
    """
    texts: dict[str, list[str]] = {}
    current: tuple[str, ...] = ()
    joint = False
    for line in text.splitlines():
        heading = _heading(line)
        if heading is not None:
            current, rest = heading
            joint = joint or len(current) > 1
            line = rest
        for name in current:
            texts.setdefault(name, []).append(line)
    joined = {name: "\n".join(lines).strip() for name, lines in texts.items()}
    return {name: told for name, told in joined.items() if told}, joint


def _heading(line: str) -> tuple[tuple[str, ...], str] | None:
    """The dimensions that a heading names, and what follows it on its line; None for a line that is none."""
    found = _MARKED.match(line)
    if found is None or not (found["mark"].strip(" -*•") or "**" in found[0] or found["end"].strip()):
        return None
    if not found["end"] and not found["mark"].strip().startswith(("#", "*")) and len(found["name"]) > 20:
        return None  # a numbered sentence
    name = found["name"]
    if _SPEECH.search(name):
        return ("speech",), found["rest"]
    named = tuple(section for section, words in _EVIDENCE.items() if words.search(name))
    if not named and _REASONING.search(name):
        named = ("reasoning",)
    return (named, found["rest"]) if named else None
