"""What exactly is a model asked in one stage, and how is it asked again?"""

from __future__ import annotations

import json
from dataclasses import dataclass

from saber.core.prompts import Prompt
from saber.core.records import ClipInfo, Cues
from saber.core.taxonomy import Language
from saber.infer.cues_text import cues_text
from saber.infer.form import LABELS, answer_schema, keys_of, skeleton
from saber.infer.material import Material, Stage
from saber.infer.prompt import prompt
from saber.infer.settings import InferSettings
from saber.models import Kind, Request
from saber.sed import GROUPS, LABEL, SECTIONS, Answer, Problem

__all__ = ["Question", "sections_of"]


@dataclass(frozen=True)
class Question:
    """One stage's question. `evidence` is what the reasoning stage reads: section -> text."""

    stage: Stage
    cues: Cues | ClipInfo
    """The clip alone will do where no cue is told."""
    material: Material
    language: Language
    settings: InferSettings
    constrains: bool
    evidence: dict[str, str] | None = None
    labelled: bool = True
    """The label is asked for, in a stage that has one."""
    only: str | None = None
    """Of the stage's sections this one alone."""
    correction: str = ""
    """What an earlier answer to this, since checked, had wrong."""
    seed_step: int = 0
    """Added to the seed: the same question in a later round is to be drawn anew."""

    @property
    def clip(self) -> ClipInfo:
        return self.cues if isinstance(self.cues, ClipInfo) else self.cues.clip

    @property
    def sections(self) -> tuple[str, ...]:
        if self.only is not None:
            return (self.only,)
        told = sections_of(self.stage, heard=self.material.heard)
        return told if self.labelled else tuple(name for name in told if name != LABEL)

    @property
    def instructions(self) -> tuple[str, ...]:
        """What is asked of each section."""
        parts = prompt("parts", self.language).parts
        return tuple(parts[name] for name in self.sections if name != LABEL)

    def request(
        self, attempt: int = 1, last: Answer | None = None, problems: tuple[Problem, ...] = ()
    ) -> Request:
        """The request; from the second attempt on it says what was wrong with the `last` answer."""
        json_form = self._json_form(attempt)
        words = prompt(self.stage.value, self.language)
        again = self._again(last, problems, json_form=json_form) if problems else ""
        again = "\n\n".join(part for part in (self.correction, again) if part)
        schema = answer_schema(self.sections, self.settings.longest_section_chars) if json_form else None
        return Request(
            user=self.user(words, "user", json_form=json_form, again=again),
            system=words.fill("system"),
            media=self.material.media,
            schema=schema,
            sampling=self.settings.sampling(attempt + self.seed_step),
            clip=self.clip.sha256[:12],
        )

    def user(self, words: Prompt, part: str, *, json_form: bool, again: str = "") -> str:
        """What the user's message says: that part of the prompt, filled in, and why it is asked `again`."""
        values = {"sections": self._guide(json_form=json_form), "form": self._form(json_form=json_form)}
        if self.stage is Stage.REASONING:
            values["evidence"] = self._evidence()
        else:
            values |= {
                "duration": f"{self.clip.duration_s:.1f}",
                "attached": self._attached(),
                "cues": self._cues(),
            }
        text = words.fill(part, **values) + ("\n\n" + again if again else "")
        return "\n".join(line.rstrip() for line in text.split("\n")).replace("\n\n\n", "\n\n").strip()

    def _json_form(self, attempt: int) -> bool:
        if self.settings.form != "auto":
            return self.settings.form == "json"
        # Without a schema to hold it to, a model that failed twice in one form may manage the other.
        return self.constrains or attempt > 2

    def _guide(self, *, json_form: bool) -> str:
        parts = prompt("parts", self.language)
        colon = "：" if self.language is Language.CHINESE else ": "
        told = {name: parts.parts[name] for name in self.sections if name != LABEL}
        if LABEL in self.sections:
            told[LABEL] = parts.fill(LABEL, emotions=", ".join(LABELS))
        return "\n".join(
            f"- {keys_of(name, json_form=json_form)}{colon}{text}" for name, text in told.items()
        )

    def _form(self, *, json_form: bool) -> str:
        form = skeleton(self.sections, json_form=json_form)
        return prompt("parts", self.language).fill("json" if json_form else "tags", skeleton=form)

    def _attached(self) -> str:
        parts = prompt("parts", self.language)
        frames = [m for m in self.material.media if m.kind is Kind.FRAMES]
        kinds = {m.kind for m in self.material.media}
        said = []
        if frames:
            times = ", ".join(f"{m.time_s:.1f} s" for m in frames)
            said.append(parts.fill("frames", count=len(frames), times=times))
        if Kind.VIDEO in kinds:
            said.append(parts.fill("video"))
        if Kind.AUDIO in kinds:
            said.append(parts.fill("sound"))
        return ("" if self.language is Language.CHINESE else " ").join(said)

    def _cues(self) -> str:
        if not self.material.groups:
            return ""
        assert isinstance(self.cues, Cues)
        text = cues_text(
            self.cues, self.language, self.material.groups, longest_chars=self.settings.longest_cues_chars
        )
        return f"{prompt('parts', self.language).fill('cues')}\n\n{text}"

    def _evidence(self) -> str:
        """The two observers' texts; quoted, so that none of their words can pass for a part of the prompt."""
        assert self.evidence is not None
        told = {
            group: {name: self.evidence[name] for name in names if name in self.evidence}
            for group, names in GROUPS.items()
        }
        return json.dumps(told, ensure_ascii=False, indent=1)

    def _again(self, last: Answer | None, problems: tuple[Problem, ...], *, json_form: bool) -> str:
        words = prompt("retry", self.language)
        blank = [
            n for n in self.sections if n != LABEL and not (last and last.texts.get(n, "").strip(". \n"))
        ]
        named = ", ".join(keys_of(n, json_form=json_form) for n in blank)
        why = [words.fill(p.value, missing=named) if p is Problem.MISSING_SECTION else words.fill(p.value)
               for p in problems]  # fmt: skip
        return words.fill("lead", why=("" if self.language is Language.CHINESE else " ").join(why))


def sections_of(stage: Stage, *, heard: bool) -> tuple[str, ...]:
    """What is asked for. Speech only of a model that hears: the others would copy the transcript, with
    mistakes, where the recogniser's own is at hand."""
    acoustic = ("voice", "speech") if heard else ("voice",)
    return {
        Stage.ONE: (*GROUPS["visual_evidence"], *acoustic, "reasoning", LABEL),
        Stage.VISUAL: GROUPS["visual_evidence"],
        Stage.ACOUSTIC: acoustic,
        Stage.REASONING: ("reasoning", LABEL),
        Stage.OWN: SECTIONS,
    }[stage]
