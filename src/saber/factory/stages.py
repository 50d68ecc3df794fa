"""Which stages take raw clips to a dataset, in which order? The data factory's main flow.

Source -cut-> Source -clean-> Clip -duplicates-> Unique -perceive-> Perceived -annotate-> Annotated
  -hear-> Heard -verify-> Verified -compare-> Compared -split-> Assigned -instruct-> Example
"""

from __future__ import annotations

from collections.abc import Sequence

from saber.clean import CleanStage, CutStage, DuplicatesStage
from saber.core.errors import UsageError
from saber.core.taxonomy import Language
from saber.factory.annotate import EmbeddedAnnotate, ModelAnnotate
from saber.factory.perceive import PerceiveStage
from saber.factory.rewrite import ModelRewriter
from saber.factory.settings import DatasetSettings
from saber.flow import Stage
from saber.instruct import InstructStage
from saber.models import EMBEDDED
from saber.split import CompareStage, SplitStage
from saber.verify import HearStage, VerifyStage

__all__ = ["STAGES", "stages_of"]

STAGES = (
    "cut", "clean", "duplicates", "perceive", "annotate", "hear", "verify", "compare", "split", "instruct",
)  # fmt: skip
"""Their names, in order; `cut` is there only where it is wanted."""


def stages_of(settings: DatasetSettings, until: str | None = None) -> Sequence[Stage]:
    """The stages with these settings, up to `until`. UsageError when there is no such stage."""
    if until is not None and until not in STAGES:
        raise UsageError(f"There is no stage {until!r}.", remedy=f"Stages: {', '.join(STAGES)}.")
    verify, compare = settings.verify, settings.compare
    stages: list[Stage] = [
        CleanStage(settings.clean, after="cut" if settings.cut.cut else "source"),
        DuplicatesStage(settings.duplicates),
        PerceiveStage(settings.analysis, after="duplicates"),
        _annotate(settings),
        HearStage(settings.hear),
        VerifyStage(
            verify,
            annotator=settings.annotate.model,
            captioner_model=settings.model(verify.captioner),
            judge_model=settings.model(verify.judge or verify.captioner),
            media=settings.analysis.media,
            rewrite=_rewriter(settings),
        ),
        CompareStage(compare, settings.model(compare.model)),
        SplitStage(settings.split),
        InstructStage(settings.instruct),
    ]
    if settings.cut.cut:
        stages.insert(0, CutStage(settings.cut))
    if until is not None:
        last = STAGES.index(until)
        stages = [stage for stage in stages if STAGES.index(stage.name) <= last]
    _servers(settings, {stage.name for stage in stages})
    return stages


def _servers(settings: DatasetSettings, names: set[str]) -> None:
    """What is missing about a server is said now, not after hours of measuring."""
    asked = {
        "annotate": (settings.annotate.model,),
        "verify": (settings.verify.captioner, settings.verify.judge),
        "compare": (settings.compare.model,),
    }
    for spec in (spec for name, specs in asked.items() if name in names for spec in specs):
        if spec is not None and spec.startswith("openai:") and settings.model(spec).base_url is None:
            raise UsageError(
                f"Where is the server of {spec}?",
                remedy=f'Give its address: base_url in [models."{spec}"] or in [model].',
            )
    eyes = settings.verify.captioner if "verify" in names else None
    if eyes is not None and eyes.startswith("openai:") and not settings.model(eyes).takes_frames:
        raise UsageError(
            f"The captioner {eyes} takes no pictures.",
            remedy="Set takes_frames = true for it, or name a model that sees.",
        )


def _annotate(settings: DatasetSettings) -> Stage:
    language = Language(settings.annotate.language)
    consistency = settings.analysis.consistency
    if settings.annotate.model == EMBEDDED:
        return EmbeddedAnnotate(language, consistency)
    return ModelAnnotate(
        settings.annotate.model,
        model=settings.model(settings.annotate.model),
        infer=settings.analysis.infer,
        media=settings.analysis.media,
        language=language,
        consistency=consistency,
    )


def _rewriter(settings: DatasetSettings) -> ModelRewriter | None:
    """The embedded analyst would write the same again."""
    if settings.annotate.model == EMBEDDED:
        return None
    return ModelRewriter(
        settings.annotate.model,
        model=settings.model(settings.annotate.model),
        infer=settings.analysis.infer,
        media=settings.analysis.media,
    )
