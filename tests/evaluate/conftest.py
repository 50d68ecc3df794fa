"""A judge for tests: a scripted model behind the real caller, its cache included; closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evaluate.judged import QUICK, JudgeOf
from report.conftest import browser
from saber.evaluate import EvaluateSettings, Judge
from saber.models import Caller, Request, SqliteShelf
from saber.models.scripted import ScriptedModel

__all__ = ["browser", "judge_of"]


@pytest.fixture
def judge_of() -> Iterator[JudgeOf]:
    """(script, cache, settings) -> the judge, and its model, which remembers what it was asked."""
    opened: list[Caller] = []

    def make(
        script: Callable[[Request], str], cache: Path | None = None, settings: EvaluateSettings = QUICK
    ) -> tuple[Judge, ScriptedModel]:
        model = ScriptedModel(script, takes=frozenset())
        opened.append(Caller(model, shelf=None if cache is None else SqliteShelf(cache)))
        return Judge(opened[-1], settings), model

    yield make
    for caller in opened:
        caller.close()
