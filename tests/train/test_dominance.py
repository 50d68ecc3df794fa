"""Does the swap test tell a conclusion that rests on one modality from one that rests on both?"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from saber.core.errors import UsageError
from saber.models import Caller
from saber.models.scripted import ScriptedModel
from saber.sed import render_texts
from saber.train.adapters import save_adapter
from saber.train.log_probs import Reader
from saber.train.packed import pack, target_places
from saber.train.pairs import PairsSettings, ScoreWeights, likelihood_of, make_pairs
from saber.train.pairs.dominance import LEAST, WeightsLikelihood, dominance, swap_texts
from saber.train.rows import Row, read_rows
from saber.train.student import collate_rows
from saber.train.talks import encode_prompt
from train.tiny_training import SMALL, fresh, rows_of, write_rows

HAPPY = {
    "scene": "A room.",
    "face": "A smile appears.",
    "body": "The trunk is upright.",
    "voice": "The pitch is high.",
    "speech": "we won",
    "reasoning": "The smile of the face and the high pitch of the voice agree.",
    "emotion": "happiness",
}
SAD = {
    **HAPPY,
    "face": "The lip corners turn down.",
    "body": "The shoulders are slumped.",
    "voice": "The pitch is low.",
    "reasoning": "The corners of the mouth and the low pitch of the voice agree.",
    "emotion": "sadness",
}


def test_the_three_beginnings_differ_in_their_evidence_alone() -> None:
    found = swap_texts(render_texts(HAPPY), [render_texts(HAPPY), render_texts(SAD)])
    assert found is not None
    own, visual, acoustic = (beginning for beginning, _ in found)
    assert {ending for _, ending in found} == {"happiness</emotion>"}
    assert all(beginning.endswith("\n<emotion>") for beginning, _ in found)
    assert "reasoning" not in own
    assert "A smile appears." in own
    assert "The pitch is high." in own
    assert visual == own.replace(HAPPY["face"], SAD["face"]).replace(HAPPY["body"], SAD["body"])
    assert acoustic == own.replace(HAPPY["voice"], SAD["voice"])
    assert swap_texts(render_texts(HAPPY), [render_texts(HAPPY)]) is None, "no other emotion to swap with"
    assert swap_texts("no form", [render_texts(SAD)]) is None
    unlabelled = {name: text for name, text in HAPPY.items() if name != "emotion"}
    assert swap_texts(render_texts(unlabelled), [render_texts(SAD)]) is None


@pytest.mark.parametrize(
    ("own", "visual", "acoustic", "part", "why"),
    [
        (-0.1, -2.1, -2.1, 1.0, "both count"),
        (-0.1, -4.1, -1.1, 0.25, "both count"),
        (-0.1, -3.1, -0.1, 0.0, "visual evidence alone decides"),
        (-0.1, -0.05, -3.1, 0.0, "acoustic evidence alone decides"),
        (-0.1, -0.2, -0.1, None, "neither moves"),
        (-0.1, -0.1 - LEAST, -0.1, 0.0, "visual evidence alone"),
    ],
)
def test_the_part_by_hand(own: float, visual: float, acoustic: float, part: float | None, why: str) -> None:
    found, told = dominance(own, visual, acoustic)
    assert found == (None if part is None else pytest.approx(part))
    assert why in told


def truth(row: Row, continuations: Sequence[tuple[str, str]]) -> list[float]:
    """A model whose conclusion about the first clip follows the face alone, about others face and voice."""
    first = row.name.endswith(":1")
    found = []
    for beginning, ending in continuations:
        happy = 0.9 if "A smile appears." in beginning else 0.1
        if not first and "The pitch is high." not in beginning:
            happy = min(happy, 0.1)
        found.append(math.log(happy if ending.startswith("happiness") else 1 - happy))
    return found


@pytest.fixture
def questions(clips: list[Path], tmp_path: Path) -> Path:
    rows: list[dict[str, Any]] = rows_of(clips)
    for row in rows:
        row["messages"][-1]["content"] = render_texts(HAPPY)
    return write_rows(tmp_path / "questions.jsonl", rows)


def made(questions: Path, out: Path, weights: ScoreWeights, **more: Any) -> list[dict[str, Any]]:
    """Candidates of four clips: the last is answered as sad, the others as happy; each once worse."""
    settings = PairsSettings(rows=questions, out=out, candidates=2, counterfactuals=0.0, weights=weights)
    worse = {"reasoning": "The smile of the face shows it, the smile alone, and no more is said."}
    turns: dict[str, int] = {}

    def script(request: Any) -> str:
        turns[request.clip] = turns.get(request.clip, 0) + 1
        of = SAD if request.clip.endswith(":4)") else HAPPY
        return render_texts({**of, **(worse if turns[request.clip] % 2 == 0 else {})})

    with Caller(ScriptedModel(script)) as caller:
        make_pairs(settings, caller, **more)
    return [json.loads(line) for line in (out / "candidates.jsonl").read_text().splitlines()]


def test_a_model_that_follows_the_face_alone_is_found_out(questions: Path, tmp_path: Path) -> None:
    weights = ScoreWeights(dominance=2.0)
    told = made(questions, tmp_path / "pairs", weights, likelihood=truth)
    parts = {c["row"].split(":")[1]: c["scores"]["dominance"] for c in told}
    assert parts["1"] == 0.0
    assert parts["2"] == parts["3"] == pytest.approx(1.0)
    first = next(c["scores"] for c in told if c["row"].endswith(":1"))
    assert "visual evidence alone decides" in first["why"]["dominance"]
    plain = made(questions, tmp_path / "plain", ScoreWeights())
    assert {c["scores"]["dominance"] for c in plain} == {None}, "not computed without a weight"
    before = next(c["scores"]["total"] for c in plain if c["row"].endswith(":1"))
    assert first["total"] < before
    assert "score: dominance" in (tmp_path / "pairs" / "table.md").read_text()


def test_a_weight_that_nothing_tells_is_refused(questions: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no weights are here"):
        made(questions, tmp_path / "pairs", ScoreWeights(dominance=1.0))
    with pytest.raises(UsageError, match="gives none"):
        likelihood_of("openai:qwen")


def test_real_weights_hold_an_ending_as_likely_as_alone(tiny: Path, questions: Path, tmp_path: Path) -> None:
    """Of tiny random weights with an adapter: all continuations in one row, against each in its own."""
    student = fresh(tiny, moved=True)
    save_adapter(dict(student.lm.named_parameters()), student.lora, tmp_path / "adapter", student.form)
    (tmp_path / "adapter" / "saber_inputs.json").write_text(json.dumps(vars(SMALL)))
    row = next(r for r in read_rows(questions, pairs=False) if isinstance(r, Row))
    texts = swap_texts(render_texts(HAPPY), [render_texts(SAD)])
    assert texts is not None
    likelihood = WeightsLikelihood(f"{tiny}+{tmp_path / 'adapter'}", device="cpu")
    found = likelihood(row, texts)
    prompt = encode_prompt(row, student.encoder)
    words = student.encoder.tokenizer
    for (beginning, ending), held in zip(texts, found, strict=True):
        ids, last = (words(text, add_special_tokens=False)["input_ids"] for text in (beginning, ending))
        packed = pack(prompt, [[*ids, *last]])  # type: ignore[arg-type]
        inputs = collate_rows([packed.row], student.encoder)
        places, _ = target_places([packed], inputs["input_ids"].shape[1])
        with torch.no_grad():
            alone = Reader(student.lm)(inputs, places[-len(last) :], torch.tensor(last)).sum()
        assert held == pytest.approx(float(alone), abs=1e-3)
    assert len(set(found)) == 3
