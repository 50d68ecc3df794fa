"""Is our preference loss the known one, and is it the same with both answers in one row?"""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from omni.tiny_omni import make_tiny_omni
from saber.omni import Heard, Message, Seen, Words
from saber.omni.quiet import quietly
from saber.train.batches import Batch
from saber.train.ca_dpo import CaDpoObjective, answer_log_probs
from saber.train.dpo import DpoLoss, preference_loss
from saber.train.log_probs import Reader, log_probs
from saber.train.packed import blind_mask, pack, target_places
from saber.train.student import Student, collate_rows
from train.tiny_training import fresh

pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")
"""TRL 1.16 asks transformers 5.24 by an old name."""

ANSWERS = (
    ("happy and calm, the pitch is high", "sad"),
    ("the person smiles", "The brows are raised; the speech is fast and the voice angry"),
)


def values(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def test_the_loss_is_the_formula_written_out() -> None:
    chosen, rejected = values(-10.0, -40.0), values(-12.0, -30.0)
    chosen_ref, rejected_ref = values(-11.0, -38.0), values(-11.5, -31.0)
    sizes = torch.tensor([5, 20]), torch.tensor([4, 10])

    def of(form: DpoLoss) -> list[float]:
        return preference_loss(chosen, rejected, chosen_ref, rejected_ref, *sizes, form).loss.tolist()

    def log_sigmoid(x: float) -> float:
        return -math.log1p(math.exp(-x))

    h = [(-10 + 11) - (-12 + 11.5), (-40 + 38) - (-30 + 31)]
    assert h == [1.5, -3.0]
    assert of(DpoLoss(beta=0.2)) == pytest.approx([-log_sigmoid(0.2 * x) for x in h])
    assert of(DpoLoss(beta=0.2, label_smoothing=0.1)) == pytest.approx(
        [-0.9 * log_sigmoid(0.2 * x) - 0.1 * log_sigmoid(-0.2 * x) for x in h]
    )
    per_token = [1 / 5 + 0.5 / 4, -2 / 20 - 1 / 10]
    assert of(DpoLoss(beta=2.0, length_normalised=True)) == pytest.approx(
        [-log_sigmoid(2 * x) for x in per_token]
    )
    found = preference_loss(chosen, rejected, chosen_ref, rejected_ref, *sizes, DpoLoss(beta=0.2))
    assert found.margin.tolist() == pytest.approx([0.3, -0.6])
    assert found.accuracy.tolist() == [1.0, 0.0]
    assert float(found.nll) == 50.0
    assert found.kl.tolist() == [pytest.approx([0.2, -0.125]), pytest.approx([-0.1, 0.1])]


@pytest.mark.parametrize("bad", [{"beta": 0.0}, {"label_smoothing": 0.5}, {"sft": -1.0}])
def test_settings_out_of_range_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        DpoLoss(**bad)


def test_log_probs_in_chunks_are_those_of_full_logits_with_their_gradients() -> None:
    torch.manual_seed(0)
    hidden = torch.randn(13, 8, requires_grad=True)
    head = torch.randn(50, 8, requires_grad=True)
    targets = torch.randint(50, (13,))
    weights = torch.randn(13)
    whole = torch.log_softmax(hidden @ head.T, -1)[torch.arange(13), targets]
    expected = torch.autograd.grad((whole * weights).sum(), (hidden, head))
    found = log_probs(hidden, head, targets, chunk=4)
    assert torch.allclose(found, whole, atol=1e-6)
    for ours, theirs in zip(
        torch.autograd.grad((found * weights).sum(), (hidden, head)), expected, strict=True
    ):
        assert torch.allclose(ours, theirs, atol=1e-5)
    assert log_probs(hidden[:0], head, targets[:0]).shape == (0,)


def test_no_answer_sees_another_and_all_see_the_prompt() -> None:
    student_row = _plain(3)
    rows = [pack(student_row, [[7, 8], [9]]), pack(student_row, [[7], [8]])]
    mask = blind_mask(rows, 6)[:, 0].int()
    assert mask[0].tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1, 0],
        [1, 1, 1, 0, 0, 1],
    ]
    assert mask[1, 5].tolist() == [1, 1, 1, 0, 0, 0], "padding sees something"
    assert rows[0].row.positions[0].tolist() == [0, 1, 2, 3, 4, 3]
    places, owner = target_places(rows, 6)
    assert places.tolist() == [2, 3, 2, 8, 8]
    assert owner.tolist() == [0, 0, 1, 2, 3]
    with pytest.raises(ValueError, match="no answer may be empty"):
        pack(student_row, [[1], []])


def _plain(size: int) -> Any:
    from saber.omni import Encoded, TokenCounts

    line = np.broadcast_to(np.arange(size), (3, size))
    return Encoded(np.arange(size), line, (), (), (), (), TokenCounts(size, 0, 0))


# --- against TRL ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def student(tiny: Path) -> Student:
    return fresh(tiny, moved=True)


def _prompts(student: Student) -> list[Any]:
    """Two questions with video and sound of different lengths."""
    draw = np.random.default_rng(0)
    made = []
    for number in range(2):
        frames = [
            draw.integers(0, 255, (56 + 28 * number, 84, 3), dtype=np.uint8) for _ in range(4 + 2 * number)
        ]
        sound = (draw.standard_normal(16_000 + 3_000 * number) * 0.1).astype(np.float32)
        turn = Message("user", (Seen(frames, 0.5), Heard(sound), Words("What is felt?")))
        made.append(student.encoder.encode([Message("system", (Words("You describe."),)), turn]))
    return made


def _one_row_each(student: Student) -> Batch:
    """Our batch: prompt, chosen and rejected in one row."""
    ids = [[student.encoder.answer_ids(text) for text in two] for two in ANSWERS]
    packed = [pack(prompt, two) for prompt, two in zip(_prompts(student), ids, strict=True)]
    inputs = collate_rows([row.row for row in packed], student.encoder)
    length = inputs["input_ids"].shape[1]
    inputs["attention_mask"] = blind_mask(packed, length)
    places, owner = target_places(packed, length)
    return {
        "inputs": inputs,
        "places": places,
        "targets": torch.tensor([token for two in ids for one in two for token in one]),
        "owner": owner,
        "lengths": torch.tensor([len(one) for two in ids for one in two]),
    }


def _padded(student: Student) -> dict[str, torch.Tensor]:
    """TRL's batch: all chosen, then all rejected, each with the whole prompt and its media again."""
    prompts = _prompts(student)
    rows = [
        prompt.followed_by(student.encoder.answer_ids(two[side]))
        for side in (0, 1)
        for prompt, two in zip(prompts, ANSWERS, strict=True)
    ]
    inputs = collate_rows(rows, student.encoder)
    inputs["completion_mask"] = torch.zeros_like(inputs["input_ids"])
    for place, row in enumerate(rows):
        inputs["completion_mask"][place, len(prompts[place % 2].ids) : len(row.ids)] = 1
    return inputs


@pytest.fixture(scope="module")
def trl(student: Student, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """TRL's own trainer around the same model; the reference is that model before its adapter moved."""
    pytest.importorskip("trl")
    datasets = pytest.importorskip("datasets")
    with warnings.catch_warnings(), quietly():
        warnings.simplefilter("ignore")
        from trl import DPOConfig, DPOTrainer

        arguments = DPOConfig(
            output_dir=str(tmp_path_factory.mktemp("trl")), report_to=[], use_cpu=True, bf16=False,
            disable_tqdm=True,
        )  # fmt: skip
        yield DPOTrainer(
            model=student.lm,
            ref_model=_reference(student),
            args=arguments,
            train_dataset=datasets.Dataset.from_list([{"prompt": "a", "chosen": "b", "rejected": "c"}] * 2),
            processing_class=student.encoder.tokenizer,
        )


def _reference(student: Student) -> Any:
    model = copy.deepcopy(student.lm)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.zero_()
    return model


def _gradients(student: Student, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    student.lm.zero_grad()
    loss.backward()
    found = {n: p.grad.clone() for n, p in student.lm.named_parameters() if p.grad is not None}
    student.lm.zero_grad()
    return found


def _ours(student: Student, form: DpoLoss) -> tuple[float, dict[str, torch.Tensor]]:
    batch = _one_row_each(student)
    with torch.no_grad():
        read = Reader(_reference(student))(batch["inputs"], batch["places"], batch["targets"])
    batch["reference"] = answer_log_probs(read, batch)
    objective = CaDpoObjective(form)
    found = Reader(student.lm, chunk=16)(batch["inputs"], batch["places"], batch["targets"])
    loss, _ = objective(found, batch, objective.mass(batch))
    return float(loss), _gradients(student, loss)


@pytest.mark.parametrize(
    ("form", "names", "weights"),
    [
        (DpoLoss(), ["sigmoid"], [1.0]),
        (DpoLoss(beta=0.5, sft=0.3), ["sigmoid", "sft"], [1.0, 0.3]),
        (DpoLoss(beta=5.0, length_normalised=True), ["sigmoid_norm"], [1.0]),
    ],
    ids=["standard", "with SFT term", "length-normalised"],
)
def test_loss_and_gradients_are_those_of_trl_on_the_padded_form(
    student: Student, trl: Any, form: DpoLoss, names: list[str], weights: list[float]
) -> None:
    trl.loss_types, trl.loss_weights, trl.beta = names, weights, form.beta
    expected = trl._compute_loss(student.lm, _padded(student), False)
    gradients = _gradients(student, expected)
    loss, found = _ours(student, form)
    assert loss == pytest.approx(float(expected), abs=2e-6)
    assert set(found) == set(gradients)
    assert len(found) == 28, "two layers of seven linear layers, two tensors each; none of the towers"
    largest = max(float(g.abs().max()) for g in gradients.values())
    assert largest > 1e-2, "there is something to compare"
    for name, gradient in gradients.items():
        assert torch.allclose(found[name], gradient, atol=1e-5 * largest), name


def test_label_smoothing_is_trl_of_the_pairs_both_ways_round(student: Student, trl: Any) -> None:
    trl.loss_types, trl.loss_weights, trl.beta = ["sigmoid"], [1.0], 0.5
    padded = _padded(student)
    swapped = {**padded, **_swapped(padded)}
    straight = _gradients(student, a := trl._compute_loss(student.lm, padded, False))
    turned = _gradients(student, b := trl._compute_loss(student.lm, swapped, False))
    loss, found = _ours(student, replace(DpoLoss(beta=0.5), label_smoothing=0.2))
    assert loss == pytest.approx(0.8 * float(a) + 0.2 * float(b), abs=2e-6)
    for name, gradient in found.items():
        assert torch.allclose(gradient, 0.8 * straight[name] + 0.2 * turned[name], atol=1e-5), name


def _swapped(padded: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Rejected first. The media are the prompts', twice, so they stay as they are."""
    rows = torch.tensor([2, 3, 0, 1])
    found = {name: padded[name][rows] for name in ("input_ids", "attention_mask", "completion_mask")}
    return {**found, "position_ids": padded["position_ids"][:, rows]}


@pytest.mark.parametrize("moe", [False, True], ids=["Qwen2.5-Omni", "Qwen3-Omni"])
def test_an_answer_counts_the_same_whatever_stands_beside_it(
    moe: bool, student: Student, tmp_path: Path
) -> None:
    if moe:
        student = fresh(make_tiny_omni(tmp_path / "moe", moe=True), moved=True)
    prompt = _prompts(student)[0]
    ids = [student.encoder.answer_ids(text) for text in (*ANSWERS[0], ANSWERS[1][1])]

    def read(answers: list[list[int]]) -> list[float]:
        row = pack(prompt, answers)
        inputs = collate_rows([row.row], student.encoder)
        length = inputs["input_ids"].shape[1]
        inputs["attention_mask"] = blind_mask([row], length)
        places, owner = target_places([row], length)
        with torch.no_grad():
            found = Reader(student.lm)(inputs, places, torch.tensor([t for one in answers for t in one]))
        return found.new_zeros(len(answers)).index_add(0, owner, found).tolist()  # type: ignore[no-any-return]

    alone = [read([one])[0] for one in ids]
    assert read(ids) == pytest.approx(alone, abs=1e-4)
    assert read([ids[2], ids[0]]) == pytest.approx([alone[2], alone[0]], abs=1e-4)
