"""Does a model that writes whole annotations get through SABER-Test, whatever it answers?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from saber.core.errors import BudgetSpentError
from saber.evaluate import Annotating, Asking, Context, Outcome, Response, Sample
from saber.evaluate.saber_test import SaberTest
from saber.infer import InferSettings
from saber.media import MediaSettings
from saber.models import Budget, Caller, Request
from saber.models.scripted import ScriptedModel
from sample_cues import sample_cues

SAMPLE = Sample(id="a", part="inconsistent", truth="happiness", media="a.mp4", cluster="1")
GOOD = json.dumps(
    {
        "scene": "A plain room in low light.",
        "face": "A broad smile appears and the mouth opens.",
        "body": "She leans forward.",
        "voice": "The voice is hard and loud.",
        "speech": "Oh great.",
        "reasoning": "The smile contradicts the hard voice.",
        "emotion": "Happiness",
    }
)


def answered(tmp_path: Path, script: Callable[[Request], str], budget: Budget | None = None) -> Response:
    context = Context(tmp_path, tmp_path / "out", measure=lambda _: sample_cues())
    (tmp_path / "a.mp4").write_bytes(b"clip")
    with Caller(ScriptedModel(script, takes=frozenset()), budget=budget) as caller:
        asking = Asking(caller, InferSettings(retries=1, form="json"), MediaSettings())
        responder = Annotating(asking, context)
        return caller.run(responder.respond(SAMPLE, tmp_path / "a.mp4", ""))


def test_an_annotation_is_scored_in_all_its_parts(tmp_path: Path) -> None:
    response = answered(tmp_path, lambda _: GOOD)
    told = json.loads(response.text or "")
    assert told["facial_exp_desc"] == "A broad smile appears and the mouth opens."
    score = SaberTest().score(
        SAMPLE, response, Context(tmp_path, tmp_path / "out", measure=lambda _: sample_cues())
    )
    assert (score.outcome, score.answer) == (Outcome.RIGHT, "happiness")
    assert score.values["face_supported"] >= 1
    assert score.values["conflict"] == 1
    assert score.values["conflict_by_field"] == 0


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("I'm sorry, but I can't describe people.", Outcome.REFUSAL),
        ("It is raining.", Outcome.INVALID),
        ("", Outcome.NO_ANSWER),
    ],
)
def test_what_is_no_annotation_is_what_it_is(tmp_path: Path, answer: str, outcome: Outcome) -> None:
    response = answered(tmp_path, lambda _: answer)
    assert response.text == answer
    assert response.error
    assert SaberTest().score(SAMPLE, response, Context(tmp_path, tmp_path)).outcome is outcome


def test_a_spent_budget_ends_the_run_and_a_missing_clip_its_sample(tmp_path: Path) -> None:
    with pytest.raises(BudgetSpentError):
        answered(tmp_path, lambda _: GOOD, Budget(tokens=10))
    context = Context(tmp_path, tmp_path / "out")
    with Caller(ScriptedModel(lambda _: GOOD)) as caller:
        responder = Annotating(Asking(caller, InferSettings(), MediaSettings()), context)
        nowhere = asyncio.run(responder.respond(SAMPLE, None, ""))
    assert (nowhere.text, nowhere.error) == (None, "clip_missing")
