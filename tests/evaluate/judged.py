"""Few resamples, for tests that are not about intervals; and what the fixture `judge_of` is."""

from __future__ import annotations

from collections.abc import Callable

from saber.evaluate import EvaluateSettings, Judge
from saber.models.scripted import ScriptedModel

QUICK = EvaluateSettings(resamples=200)
JudgeOf = Callable[..., tuple[Judge, ScriptedModel]]
