"""How does an annotation pass its checks, or is written again until it does, or its clip dropped?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from saber.core.dataset import Annotated, Check, Clip, Heard, Perceived, Source, Verified
from saber.core.decisions import REVIEW, decided
from saber.core.errors import UsageError
from saber.core.records import Cues, Record
from saber.core.settings import resolved
from saber.core.taxonomy import Dimension, Language
from saber.flow import Answer, Drop, Item, Keep, Tools
from saber.infer import ClipMedia
from saber.media import MediaSettings
from saber.models import EMBEDDED, Caller, Kind, ModelSettings, check_spec, make_caller
from saber.storage import inside, read_cues
from saber.verify.asked import Cost
from saber.verify.caption import Caption, caption_checks, uncaptioned, write_caption
from saber.verify.claims import claims_checks
from saber.verify.figures import figures_check
from saber.verify.independence import same_model
from saber.verify.judge import judge_reasoning, prompts_used
from saber.verify.reasoning import emotion_check, evidence_check
from saber.verify.reviewed import REJECTED, Reviewed, why_rejected
from saber.verify.rewriter import Rewriter
from saber.verify.settings import CAPTION, VerifySettings, required_checks
from saber.verify.speech import speech_checks
from saber.verify.verdict import Verdict, decide, failed_dimensions

__all__ = ["VerifyStage"]


class VerifyStage:
    """Adds `Verified`, or drops with the slug of the first required check that did not pass.

    A text that a required check finds wrong is written again by the model that wrote it, told why, up to
    `rewrites` times; then every check is made anew. What could not be told (`NAME_unknown`) is not passed.

    What people decided stands above the checks, which are made and told all the same: a rejected clip is
    dropped (`rejected_by_reviewer`), a corrected text takes the place of the one that was written, and a text
    that was accepted or corrected needs no check to pass. docs/review.md says when a decision lapses.

    A server that does not answer is an error of the item, which can be tried again; an answer that stays
    unusable is "unknown". Raises UsageError at once where captioner or judge is the annotator.
    """

    name = "verify"
    version = 1
    needs: tuple[str, ...] = ("source", "clean", "perceive", "annotate", "hear")
    makes: type[Record] = Verified
    work: ClassVar[Literal["call"]] = "call"

    def __init__(
        self,
        settings: VerifySettings | None = None,
        *,
        annotator: str,
        captioner_model: ModelSettings | None = None,
        judge_model: ModelSettings | None = None,
        media: MediaSettings | None = None,
        rewrite: Rewriter | None = None,
        captioner: Caller | None = None,
        judge: Caller | None = None,
    ) -> None:
        """`captioner` and `judge` take the place of those that the specs name, and are not closed here."""
        self._settings = settings or VerifySettings()
        self._annotator = annotator
        self._media = media or MediaSettings()
        self._rewrite = rewrite
        self._models = {
            "captioner": captioner_model or ModelSettings(),
            "judge": judge_model or ModelSettings(),
        }
        self._given = {"captioner": captioner, "judge": judge}
        self._specs = self._chosen()
        self._callers: dict[str, Caller] = {}
        self._workspace = Path()
        # The callers keep their own time for each question; this is only the last resort.
        self.timeout_s = 24 * 3600.0
        self.concurrency = max(m.concurrency for m in self._models.values())

    @property
    def settings(self) -> Mapping[str, object]:
        return {
            **resolved(self._settings),
            "required": list(self.required),
            "annotator": self._annotator,
            "models": dict(self._specs),
            "prompts": prompts_used(self._specs),
            "rewritten": self._rewrite is not None,
        }

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the checks that a clip must pass."""
        captions = "captioner" in self._specs
        settings = self._settings
        if captions and settings.captioner is None:
            settings = replace(settings, captioner=self._specs["captioner"])
        return required_checks(settings)

    async def start(self, tools: Tools) -> None:
        self._workspace = tools.workspace
        for part, spec in self._specs.items():
            caller = self._given[part] or make_caller(spec, self._models[part])
            assert caller is not None
            self._callers[part] = caller
        captioner = self._callers.get("captioner")
        if captioner is not None and Kind.FRAMES not in captioner.model.takes:
            raise UsageError(
                f"The captioner {captioner.model.spec} takes no pictures.",
                remedy="Set takes_frames = true for it, or name a model that sees.",
            )
        if self._rewrite is not None:
            await self._rewrite.start(tools)

    async def stop(self) -> None:
        callers, self._callers = self._callers, {}
        for part, caller in callers.items():
            if caller is not self._given[part]:
                await caller.model.close()  # in the loop that opened its connections
                caller.close()
        if self._rewrite is not None:
            await self._rewrite.stop()

    async def ask(self, item: Item) -> Answer:
        """Keep or Drop. Raises ModelError when a server does not answer, ClipError when media or cues can't
        be read again."""
        first = item.of("annotate", Annotated)
        clip = _Clip(
            item=item,
            first=first,
            cues=await asyncio.to_thread(read_cues, self._workspace, item.of("perceive", Perceived)),
            reviewed=Reviewed(decided(item.reviewed), first, item.of("clean", Clip).info.sha256),
        )
        clip.caption = await self._caption(clip)
        stands, attempt = clip.reviewed.applied_to(first), 1
        checks = await self._checks(clip, stands)
        verdict = self._verdict(clip, checks)
        while not verdict.stands and self._may_rewrite(clip) and attempt <= self._settings.rewrites:
            again = await self._again(clip, stands, checks, attempt)
            if again is None:
                break
            stands, attempt = clip.reviewed.applied_to(again), attempt + 1
            checks = await self._checks(clip, stands)
            verdict = self._verdict(clip, checks)
        reviews = clip.reviewed.checks(checks, self.required)
        record = Verified(
            annotated=None if stands is first else stands,
            checks=(*checks, *reviews),
            required=(*self.required, *([REVIEW] if clip.reviewed.counts else [])),
            attempts=attempt,
            provenance={
                "earlier": clip.earlier,
                "caption": None if clip.caption is None else clip.caption.told(),
                "asked": clip.cost.told(),
                # What was decided, so that one can tell whether a later decision is in this record.
                **({"reviewed": dict(item.reviewed)} if item.reviewed else {}),
            },
        )
        cost, tokens = clip.cost.money, clip.cost.tokens
        if verdict.stands:
            return Keep(record, cost, tokens)
        return Drop(verdict.reason, verdict.detail, record, cost, tokens)

    def _verdict(self, clip: _Clip, checks: tuple[Check, ...]) -> Verdict:
        """What follows from the checks, as far as people have not decided."""
        if (rejected := clip.reviewed.rejected) is not None:
            return Verdict(False, REJECTED, f"By {', '.join(rejected.by)}: {why_rejected(rejected)}.")
        return decide(checks, self.required, clip.reviewed.settles)

    def _may_rewrite(self, clip: _Clip) -> bool:
        return self._rewrite is not None and clip.reviewed.rejected is None

    async def _caption(self, clip: _Clip) -> Caption | None:
        captioner = self._callers.get("captioner")
        if captioner is None or clip.cues.clip.video is None or clip.reviewed.rejected is not None:
            return None
        path = inside(self._workspace, clip.item.of("clean", Clip).media_path)
        media = ClipMedia(path, self._media)
        language = Language(clip.first.language)
        return await write_caption(captioner, media, language, self._settings, clip.item.id, clip.cost)

    async def _checks(self, clip: _Clip, stands: Annotated) -> tuple[Check, ...]:
        """Every check of the annotation."""
        settings = self._settings
        heard = clip.item.of("hear", Heard)
        source = clip.item.of("source", Source).holding_for(clip.item.id)
        figures = figures_check(stands, settings.max_figure_error)
        measured = await asyncio.to_thread(
            lambda: (
                *speech_checks(stands, heard, source, settings.max_word_error_rate),
                *claims_checks(stands, clip.cues, settings.max_contradicted, settings.max_unsupported),
                evidence_check(stands, clip.cues, settings.max_invented),
                *([figures] if figures is not None else []),
                emotion_check(stands, settings.min_emotion_ratio),
            )
        )
        # Of a rejected clip no model is asked: it costs, and changes nothing.
        judge = None if clip.reviewed.rejected is not None else self._callers.get("judge")
        if clip.caption is None:
            why = "no_picture" if "captioner" in self._callers else "no_captioner"
            why = REJECTED if clip.reviewed.rejected is not None else why
            captioned = uncaptioned(why)
        elif judge is None:
            captioned = uncaptioned("no_judge")
        else:
            captioned = await caption_checks(judge, clip.caption, stands, settings, clip.item.id, clip.cost)
        judged: tuple[Check, ...] = ()
        if judge is not None:
            judged = await judge_reasoning(judge, stands, settings, clip.item.id, clip.cost)
        return (*measured, *captioned, *judged)

    async def _again(
        self, clip: _Clip, stands: Annotated, checks: tuple[Check, ...], attempt: int
    ) -> Annotated | None:
        """The annotation with each text that failed written anew; None when none could be."""
        assert self._rewrite is not None
        open_ = [check for check in checks if not clip.reviewed.settles(check)]
        failed = {
            dimension: why
            for dimension, why in failed_dimensions(open_, self.required).items()
            if dimension not in clip.reviewed.dimensions
        }
        rewritten: list[Dimension] = []
        current = stands
        for dimension, reason in failed.items():
            item = replace(clip.item, records={**clip.item.records, "annotate": current})
            again = await self._rewrite(item, dimension, reason, attempt + 1)
            if again is None or again.annotation == current.annotation:
                continue
            current = again
            rewritten.append(dimension)
            clip.cost.pay(again.written_by[dimension].cost)
        clip.earlier.append(
            {
                "attempt": attempt,
                "failed": {dimension.value: reason for dimension, reason in failed.items()},
                "rewritten": [dimension.value for dimension in rewritten],
            }
        )
        return current if rewritten else None

    def _chosen(self) -> dict[str, str]:
        """Part -> spec of the models that are asked. UsageError when one may not be."""
        named = {"captioner": self._settings.captioner, "judge": self._settings.judge}
        for part, caller in self._given.items():
            if caller is not None:
                named[part] = caller.model.spec
            elif (spec := named[part]) is not None:
                check_spec(spec)
        if named["judge"] is None and named["captioner"] is not None:
            named["judge"] = named["captioner"]
            self._given["judge"] = self._given["captioner"]
        chosen = {part: spec for part, spec in named.items() if spec is not None}
        for part, spec in chosen.items():
            if spec == EMBEDDED:
                raise UsageError(f"The {part} must be a model; {EMBEDDED} is none.")
            if same_model(spec, self._annotator):
                raise UsageError(
                    f"The {part} {spec} is the model that writes the annotation ({self._annotator}).",
                    remedy="A model can't check itself: name another one, or none.",
                )
        if CAPTION in (self._settings.required or ()) and "captioner" not in chosen:
            raise UsageError(
                f"The check {CAPTION} is required, but no captioner is named.",
                remedy='Name one: captioner = "openai:MODEL" in [verify].',
            )
        return chosen


@dataclass
class _Clip:
    """One clip on its way through its checks."""

    item: Item
    first: Annotated
    cues: Cues
    reviewed: Reviewed
    caption: Caption | None = None
    cost: Cost = field(default_factory=Cost)
    earlier: list[dict[str, Any]] = field(default_factory=list)
