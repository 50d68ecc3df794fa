"""How is an annotation written as SED text?

    <visual_evidence>
    <scene>...</scene>
    <face>...</face>
    <body>...</body>
    </visual_evidence>
    <acoustic_evidence>
    <voice>...</voice>
    <speech>...</speech>
    </acoustic_evidence>
    <reasoning>...</reasoning>

The order is the method: P(Y|X) = P(E_v|X) P(E_a|E_v,X) P(R|E_v,E_a,X), so that a model writing from left to
right has perceived before it reasons. Tags and not headings: a heading may occur in prose, and a cut-off end
shows. `read_answer` reads this form back without loss, and the JSON form too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from saber.core.records import Annotation, AudioDescription

__all__ = ["GROUPS", "LABEL", "SECTIONS", "annotation_of", "render", "render_texts", "texts_of", "unescape"]

SECTIONS: tuple[str, ...] = ("scene", "face", "body", "voice", "speech", "reasoning")
"""Section tags in SED order; each is one of the six dimensions (`voice` holds the acoustic features)."""

GROUPS: dict[str, tuple[str, ...]] = {
    "visual_evidence": ("scene", "face", "body"),
    "acoustic_evidence": ("voice", "speech"),
}

LABEL = "emotion"
"""One word after the reasoning, where it was asked for. No part of an annotation, so `render` writes none."""

# Only SED's own tags are special: event tags such as <laughter> are part of a transcript.
_OWN_TAG = re.compile(r"<(\\*)(/?(?:" + "|".join((*SECTIONS, *GROUPS, LABEL)) + r")>)", re.IGNORECASE)


def render(annotation: Annotation) -> str:
    """The annotation as SED text."""
    return render_texts(texts_of(annotation))


def render_texts(texts: Mapping[str, str]) -> str:
    """SED text of these sections (and of the label under `LABEL`), in SED order whatever theirs."""
    lines: list[str] = []
    inside = ""
    for name in (*SECTIONS, LABEL):
        if name not in texts:
            continue
        group = next((g for g, names in GROUPS.items() if name in names), "")
        if group != inside:
            lines += [f"</{inside}>"] * bool(inside) + [f"<{group}>"] * bool(group)
            inside = group
        lines.append(f"<{name}>{_escape(texts[name])}</{name}>")
    return "\n".join([*lines, *[f"</{inside}>"] * bool(inside)])


def texts_of(annotation: Annotation) -> dict[str, str]:
    """Section tag -> text, in SED order."""
    return {
        "scene": annotation.scene,
        "face": annotation.face,
        "body": annotation.body,
        "voice": annotation.audio.acoustic,
        "speech": annotation.audio.speech,
        "reasoning": annotation.reasoning,
    }


def annotation_of(texts: dict[str, str]) -> Annotation:
    """The record of six texts; KeyError when one is missing."""
    return Annotation(
        scene=texts["scene"],
        face=texts["face"],
        body=texts["body"],
        audio=AudioDescription(acoustic=texts["voice"], speech=texts["speech"]),
        reasoning=texts["reasoning"],
    )


def unescape(text: str) -> str:
    """A section's text as it was before `render`."""
    return _OWN_TAG.sub(lambda m: f"<{m[1][1:]}{m[2]}", text)


def _escape(text: str) -> str:
    # <face> inside a text becomes <\face>, <\face> becomes <\\face>: one level each way, so nothing is lost.
    return _OWN_TAG.sub(lambda m: f"<\\{m[1]}{m[2]}", text)
