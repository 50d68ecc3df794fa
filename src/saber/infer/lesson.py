"""How is a model asked while it learns? As it is asked later, and in other words for the same.

The wording `analyze` is, letter for letter, what `saber analyze --model` sends with the video and the sound
in one request. A model that only ever saw that wording would know no other, so the file `lesson` holds some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from saber.core.records import ClipInfo, Cues
from saber.core.taxonomy import Language
from saber.infer.form import filled
from saber.infer.material import Stage, as_files
from saber.infer.prompt import info_of, prompt
from saber.infer.question import Question
from saber.infer.settings import InferSettings
from saber.models import Kind

__all__ = ["PHRASINGS", "Lesson", "lesson", "lesson_prompts"]

PHRASINGS: tuple[str, ...] = ("analyze", "plain", "question", "terse")
"""`analyze`, and the parts of the prompt file `lesson`. `terse` shows no form: it is to be known by heart."""


@dataclass(frozen=True)
class Lesson:
    """One question, and what answers it."""

    system: str
    user: str
    attached: tuple[Kind, ...]
    """`VIDEO` and `AUDIO` as there are, in the order in which a request carries them, before the text."""
    sections: tuple[str, ...]
    """What the answer holds, in SED order; the label among them where it is asked for."""
    instructions: tuple[str, ...]
    """What is asked of each section."""
    json_form: bool

    def answer(self, texts: Mapping[str, str]) -> str:
        """The answer in the form that is asked for. KeyError when a section is missing."""
        return filled({name: texts[name] for name in self.sections}, json_form=self.json_form)


def lesson(
    clip: Cues | ClipInfo,
    language: Language,
    *,
    phrasing: str = "analyze",
    form: Literal["tags", "json"] = "tags",
    labelled: bool = True,
) -> Lesson:
    """The question about a clip whose video and sound are attached as files.

    Args:
        clip: all its cues where it has no picture or no sound (what is missing is told as cues, as it is to
            a served model); otherwise the clip alone will do.
        language: to ask and to be answered in.
        phrasing: one of `PHRASINGS`.
        form: of the answer.
        labelled: one word for the whole is asked for too.
    """
    info = clip if isinstance(clip, ClipInfo) else clip.clip
    material = as_files(info)
    question = Question(
        Stage.ONE, clip, material, language, InferSettings(form=form), constrains=False, labelled=labelled
    )
    if phrasing == "analyze":
        request = question.request()
        system, user = request.system, request.user
    else:
        words = prompt("lesson", language)
        system = words.parts[f"{phrasing}_system"]
        user = question.user(words, phrasing, json_form=form == "json")
    return Lesson(
        system=system,
        user=user,
        attached=tuple(m.kind for m in material.media),
        sections=question.sections,
        instructions=question.instructions,
        json_form=form == "json",
    )


def lesson_prompts() -> dict[str, str]:
    """SHA-256 of all that a lesson's words come from, by language."""
    return {
        code: digest
        for language in Language
        for code, digest in (
            (f"prompt_{language.value}", info_of("one", language).sha256),
            (f"lesson_{language.value}", prompt("lesson", language).sha256),
        )
    }
