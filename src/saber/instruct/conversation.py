"""Which conversation does an annotation make, and does it say what the annotation says?"""

from __future__ import annotations

import re
from hashlib import blake2b

from saber.core.dataset import Annotated, Example, Message
from saber.core.records import ClipInfo, Cues
from saber.core.taxonomy import Language
from saber.infer import PHRASINGS, lesson
from saber.instruct.settings import InstructSettings
from saber.models import Kind
from saber.sed import LABEL, read_answer, texts_of

__all__ = ["UnfitError", "conversation", "phrasing_of"]

TAGS = {Kind.VIDEO: "<video>", Kind.AUDIO: "<audio>"}
"""Where a medium goes in: the n-th tag of a kind stands for the n-th file of it (ms-swift, LLaMA-Factory)."""

_MARKS = re.compile(
    r"<(?:image|video|audio|bbox|ref-object|cot-process|start-image)>"
    r"|<\|[^|<>\s]{1,40}\|>"
    r"|</?(?:tool_call|tool_response|think|s|unk|pad)>"
)
"""What a trainer or a tokenizer takes for more than text: ms-swift's tags, Qwen's special tokens."""


class UnfitError(Exception):
    """No conversation can be made of the annotation. `reason` is a slug, `detail` one sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def phrasing_of(clip_id: str, settings: InstructSettings) -> str:
    """The wording in which the clip is asked about."""
    if settings.phrasings == "analyze":
        return "analyze"
    digest = blake2b(f"{settings.seed}\0{clip_id}".encode(), digest_size=8).digest()
    return PHRASINGS[int.from_bytes(digest, "little") % len(PHRASINGS)]


def conversation(
    clip_id: str,
    clip: Cues | ClipInfo,
    annotated: Annotated,
    *,
    video: str,
    sound: str,
    settings: InstructSettings,
) -> Example:
    """The question with its media, and the annotation as its answer.

    Args:
        clip_id: chooses the wording.
        clip: as `saber.infer.lesson` wants it.
        annotated: what is to be learned.
        video, sound: the files; used as far as the clip has a picture and sound.
        settings: the form.

    Raises UnfitError: the answer could not be read back as the annotation, holds a trainer's own tags, or
    tells of words that nobody can hear in the clip.
    """
    language = Language(annotated.language)
    said = annotated.emotion_said if settings.label else None
    asked = lesson(
        clip,
        language,
        phrasing=phrasing_of(clip_id, settings),
        form=settings.form,
        labelled=said is not None,
    )
    texts = texts_of(annotated.annotation) | ({LABEL: said.value} if said is not None else {})
    if "speech" not in asked.sections and texts["speech"].strip():
        raise UnfitError("speech_unheard", "The annotation holds speech, and the clip has no sound.")
    answer = asked.answer(texts)
    user = "".join(TAGS[kind] for kind in asked.attached) + asked.user
    if marks := sorted({m[0] for text in (asked.system, asked.user, answer) for m in _MARKS.finditer(text)}):
        raise UnfitError("special_token", f"A trainer would not read {', '.join(marks)} as text.")
    read = read_answer(
        answer,
        language=language,
        transcript=texts["speech"],
        instructions=asked.instructions,
        expect=[name for name in asked.sections if name != LABEL],
    )
    wrong = [str(p) for p in read.problems]
    if any(read.texts.get(name) != texts[name] for name in asked.sections):
        wrong.append("not_the_same")
    if wrong:
        raise UnfitError("unusable_target", f"Read back, the answer is {', '.join(wrong)}.")
    return Example(
        messages=(
            Message(role="system", content=asked.system),
            Message(role="user", content=user),
            Message(role="assistant", content=answer),
        ),
        videos=(video,) if Kind.VIDEO in asked.attached else (),
        audios=(sound,) if Kind.AUDIO in asked.attached else (),
        language=language.value,
    )
