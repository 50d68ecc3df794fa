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


_BULLET = re.compile(r"(\s*)(?:[-*•]\s+)?(?=\S)")


def read_prose(text: str) -> tuple[dict[str, str], bool]:
    """Section -> text, in the answer's own words, and whether a part went into several sections.

    Empty when no heading names a dimension.
    """
    reading = _Reading()
    for line in text.splitlines():
        reading.take(line)
    joined = {name: "\n".join(lines).strip() for name, lines in reading.texts.items()}
    return {name: told for name, told in joined.items() if told}, reading.joint


class _Reading:
    """Where in the answer we are."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.joint = False
        self._at: tuple[str, ...] = ()
        self._above: tuple[str, ...] = ()
        """What a heading that stands alone on its line names: the points below it are its own."""
        self._depth = 0

    def take(self, line: str) -> None:
        heading, depth = _heading(line), _depth(line)
        if self._above and depth > self._depth:
            # A point of the part above. It may say of which of the part's dimensions it is, or what was said;
            # "- Emotion: anger" under the voice is about the voice all the same.
            self._at = self._above
            named = set(heading[0]) if heading else set[str]()
            if heading and (named < set(self._above) or (named == {"speech"} and "voice" in self._above)):
                self._at, line = heading
        elif heading is not None and heading[0] != self._at:
            self._at, line = heading
            self._above, self._depth = (() if line.strip() else self._at), depth
        if line.strip():
            self.joint = self.joint or len(self._at) > 1
        for name in self._at:
            self.texts.setdefault(name, []).append(line)


def _depth(line: str) -> int:
    """How far a line is below a paragraph: a bullet by one, and by one more for each two spaces before it."""
    found = _BULLET.match(line)
    return 0 if found is None else len(found[1].expandtabs()) // 2 + (found.end() > len(found[1]))


def _heading(line: str) -> tuple[tuple[str, ...], str] | None:
    """The dimensions that a heading names, and what follows it on its line; None for a line that is none."""
    found = _MARKED.match(line)
    if found is None or not (found["mark"].strip(" -*•") or "**" in found[0] or found["end"].strip()):
        return None
    if not found["end"] and not found["mark"].strip().startswith(("#", "*")) and len(found["name"]) > 20:
        return None  # a numbered sentence
    name = found["name"]
    # "Audio (speech content and tone)" is about the voice; "spoken words" alone are a transcript.
    named = tuple(section for section, words in _EVIDENCE.items() if words.search(_SPEECH.sub("", name)))
    if not named and _SPEECH.search(name):
        return ("speech",), found["rest"]
    if not named and _REASONING.search(name):
        named = ("reasoning",)
    return (named, found["rest"]) if named else None
