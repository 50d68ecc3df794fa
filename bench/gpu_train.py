"""How fast does the 7B model train on this GPU, how near to the GPU's own limit, and in how much memory?

    python bench/gpu_train.py                                  7B, random weights, on the first GPU
    python bench/gpu_train.py --size tiny --device cpu         the same path on a CPU, in seconds

Random weights in the published layout, LoRA on the language model, clips with video and sound made here:
speed and memory are those of the real ones. A step is loss, gradients and AdamW, as the two stages take it.
One table for SED, beside TRL's trainer on the same batch; one for CA-DPO, beside the padded form (each answer
a row of its own with its clip, all logits, the reference in the step), which is what TRL computes where it
takes such rows; one for K candidates of one clip.

`tokens/s`: of the rows, each prompt counted once. `of the limit`: operations that the loss needs (forward,
and backward to the adapter: no gradient of frozen weights, nothing computed twice), a second, over what a
product of two large matrices reaches here in the same run. ms-swift can't be imported beside this
transformers; `sed_step.py --swift PYTHON --device cuda` runs it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gpu_omni import Watch, candidates, made_clip
from random_omni import SIZES, random_omni
from saber.omni import PRESETS, Encoded, Encoder
from saber.omni.quiet import quietly
from saber.train.adapters import LoraSettings, add_lora
from saber.train.audit import Sized
from saber.train.batches import Batch, Collator, Shown
from saber.train.ca_dpo import CaDpoObjective, answer_log_probs
from saber.train.dpo import DpoLoss
from saber.train.log_probs import Reader
from saber.train.packed import pack
from saber.train.rows import Row
from saber.train.sed import SedObjective
from saber.train.student import collate_rows
from steps import moved, tokenizer

SENTENCES = (
    "The brows are drawn together and the voice is raised, so the face and the voice agree. ",
    "A smile is seen while the voice is low and flat, so the face and the voice do not agree. ",
)
IGNORED = -100


@dataclass(frozen=True)
class Case:
    """A model with rows to learn from.

    Attributes:
        lm: the thinker, LoRA inside.
        encoder: of its input.
        device: where it lies.
        rows: with a chosen and a rejected answer each.
        prompts: their questions with video and sound.
        limit: operations a second of a product of matrices.
    """

    lm: Any
    encoder: Encoder
    device: str
    rows: Sequence[Sized]
    prompts: Sequence[Encoded]
    limit: float

    def batch(self, size: int, *, pairs: bool) -> Batch:
        """Of the first `size` rows, with or without their rejected answers, on the device."""
        rows = [one if pairs else _without_rejected(one) for one in self.rows[:size]]
        shown = [Shown(number, prompt) for number, prompt in enumerate(self.prompts[:size])]
        batch = Collator(rows, self.encoder)(shown)
        return {name: _placed(value, self.device) for name, value in batch.items()}


Step = Callable[[], Any]
"""Returns the loss."""
Way = Callable[[Case, int], Step]
"""Makes the step of the first so many rows."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="7b")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--inputs", choices=PRESETS, default="released", help="how much of the clip it gets")
    parser.add_argument("--seconds", type=float, default=8.0, help="of a made clip (default: 8)")
    parser.add_argument("--answer", type=int, default=400, help="tokens of an answer, about (default: 400)")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--steps", type=int, default=3, help="measured, after one that is not (default: 3)")
    parser.add_argument("--candidates", type=int, default=10, help="K, at most (default: 10)")
    parser.add_argument("--tokens", type=int, default=128, help="of a candidate (default: 128)")
    options = parser.parse_args()
    import torch

    cuda = options.device.startswith("cuda")
    if cuda and not torch.cuda.is_available():
        sys.exit("torch finds no GPU here; --size tiny --device cpu runs the same path on a CPU.")
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as parent:
        loaded, encoder = random_omni(
            SIZES[options.size],
            Path(parent) / "omni",
            options.device,
            "bfloat16" if cuda else "float32",
            PRESETS[options.inputs],
        )
        weights = sum(weight.numel() for weight in loaded.thinker.parameters())
        clips = [encoder.encode([made_clip(options.seconds, seed)]) for seed in range(max(options.batches))]
        limit = _limit(options.device, loaded.thinker.dtype)
        name = torch.cuda.get_device_name() if cuda else "CPU"
        print(f"{name}, torch {torch.__version__}: `{options.size}`, {weights / 1e6:.1f} million weights,")
        print(f"{loaded.thinker.dtype}; a product of two matrices reaches {limit / 1e12:.2f} TFLOP/s.")
        candidates(clips[0], loaded, encoder, options.candidates, options.tokens)
        lm = loaded.thinker
        lm.requires_grad_(False)
        torch.manual_seed(0)
        add_lora(lm, LoraSettings(options.rank, 2.0 * options.rank), Path("random"))
        moved(lm)
        for parameter in lm.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()
        lm.gradient_checkpointing_enable({"use_reentrant": False})
        lm.disable_input_require_grads()
        lm.train()
        answers = [_words(encoder, sentence, options.answer) for sentence in SENTENCES]
        rows = [_row(number, clip, answers, encoder) for number, clip in enumerate(clips)]
        case = Case(lm, encoder, options.device, rows, clips, limit)
        counts, sizes = clips[0].counts, rows[0].answers
        print(
            f"\nA row: {counts.text} text, {counts.video} video, {counts.audio} audio tokens; answers {sizes}"
        )
        sed: Mapping[str, Way] = {"ours": _sed} | ({"TRL": _trl_sed} if find_spec("trl") else {})
        _table("SED", sed, case, options, pairs=False)
        _table("CA-DPO", {"ours": _ca_dpo, "padded form": _padded}, case, options, pairs=True)


# --- the table -----------------------------------------------------------------------------------


def _table(
    stage: str,
    ways: Mapping[str, Way],
    case: Case,
    options: argparse.Namespace,
    *,
    pairs: bool,
) -> None:
    print(f"\n| {stage}: rows at once | | s a step | tokens/s | x ours | of the limit | peak GB | loss |")
    print("|---|---|---|---|---|---|---|---|")
    for size in options.batches:
        rows = case.rows[:size]
        tokens = sum(row.prompt.all + sum(row.answers[: 1 + pairs]) for row in rows)
        needed = sum(_operations(case.lm, row, pairs=pairs) for row in rows)
        ours = 0.0
        for name, make in ways.items():
            found = _measured(make, case, size, options.steps)
            if found is None:
                print(f"| {size} | {name} | does not fit | | | | | |", flush=True)
                continue
            seconds, peak_gb, loss = found
            ours = ours or seconds
            share = needed / seconds / case.limit
            print(
                f"| {size} | {name} | {seconds:.3f} | {tokens / seconds:.0f} | {seconds / ours:.2f} | "
                f"{100 * share:.0f} % | {peak_gb:.2f} | {loss:.4f} |",
                flush=True,
            )


def _measured(make: Way, case: Case, size: int, steps: int) -> tuple[float, float, float] | None:
    """Least seconds of a step, peak GB, and the loss before the first; None when it does not fit."""
    import torch

    trained = [parameter for parameter in case.lm.parameters() if parameter.requires_grad]
    # Nothing moves, so that every way is measured on the same weights.
    optimizer = torch.optim.AdamW(trained, lr=0.0)
    took, peak_gb, loss = [], 0.0, 0.0
    try:
        step = make(case, size)
        for turn in range(steps + 1):
            with Watch(case.device) as watch:
                value = step()
                value.backward()
                optimizer.step()
                optimizer.zero_grad()
            if turn == 0:
                loss = float(value.detach())
            else:
                took.append(watch.seconds)
                peak_gb = max(peak_gb, watch.peak_gb)
    except torch.OutOfMemoryError:
        optimizer.zero_grad()
        torch.cuda.empty_cache()
        return None
    return min(took), peak_gb, loss


def _limit(device: str, dtype: Any) -> float:
    """Operations a second of the product of two square matrices, the best of ten."""
    import torch

    side = 8192 if device.startswith("cuda") else 1024
    one, other = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    took = []
    for _ in range(10):
        with Watch(device) as watch:
            one @ other
        took.append(watch.seconds)
    return 2.0 * side**3 / min(took)


def _operations(lm: Any, row: Sized, *, pairs: bool) -> float:
    """That the loss of a row and its gradient need: 2 for each weight and token forward, as many backward to
    what lies below frozen weights; attention over half of the square forward, twice that backward; towers
    forward only (four patches to a video token, two positions to a sound token); the output layer at the
    answers."""
    text, config = lm.model.language_model, lm.config.get_text_config()
    answers = sum(row.answers[: 1 + pairs])
    length = row.prompt.all + answers
    width = int(text.layers[0].self_attn.q_proj.weight.shape[0])
    layers = 2.0 * _linear(text.layers) * length
    attention = 2.0 * length**2 * width * len(text.layers)
    head = 2.0 * int(config.vocab_size) * int(config.hidden_size) * answers
    towers = 2.0 * (
        _linear(lm.model.visual.blocks) * 4 * row.prompt.video
        + _linear(lm.model.audio_tower.layers) * 2 * row.prompt.audio
    )
    return 2 * layers + 3 * attention + 2 * head + towers


def _linear(part: Any) -> int:
    """Weights of its linear layers, without adapters."""
    return sum(p.numel() for name, p in part.named_parameters() if p.dim() == 2 and "lora_" not in name)


# --- the ways ------------------------------------------------------------------------------------


def _sed(case: Case, size: int) -> Step:
    batch, reader, objective = case.batch(size, pairs=False), Reader(case.lm), SedObjective()

    def step() -> Any:
        found = reader(batch["inputs"], batch["places"], batch["targets"])
        return objective(found, batch, objective.mass(batch))[0]

    return step


def _trl_sed(case: Case, size: int) -> Step:
    trl: Any = import_module("trl")
    datasets: Any = import_module("datasets")
    datasets.disable_progress_bars()
    batch = case.batch(size, pairs=False)
    labels = _labels(batch)
    with quietly(), tempfile.TemporaryDirectory() as folder:
        config = trl.SFTConfig(
            output_dir=folder, report_to=[], use_cpu=not case.device.startswith("cuda"), bf16=False,
            gradient_checkpointing=True, disable_tqdm=True,
        )  # fmt: skip
        nothing = datasets.Dataset.from_list([{"text": "a"}] * 2)
        trainer = trl.SFTTrainer(
            model=case.lm, args=config, train_dataset=nothing, processing_class=tokenizer()
        )
    count = (labels != IGNORED).sum()
    return lambda: trainer.compute_loss(
        case.lm, batch["inputs"] | {"labels": labels}, num_items_in_batch=count
    )


def _labels(batch: Batch) -> Any:
    """(B, L): each target where it stands in its row."""
    import torch

    ids = batch["inputs"]["input_ids"]
    flat = torch.full_like(ids, IGNORED).flatten()
    flat[batch["places"] + 1] = batch["targets"]
    return flat.view_as(ids)


def _ca_dpo(case: Case, size: int) -> Step:
    """The reference was computed before, as the stage does."""
    batch, reader, objective = case.batch(size, pairs=True), Reader(case.lm), CaDpoObjective(DpoLoss())
    batch["reference"] = _reference(
        case.lm, lambda: answer_log_probs(reader(batch["inputs"], batch["places"], batch["targets"]), batch)
    )

    def step() -> Any:
        found = reader(batch["inputs"], batch["places"], batch["targets"])
        return objective(found, batch, objective.mass(batch).to(case.device))[0]

    return step


def _padded(case: Case, size: int) -> Step:
    """Each answer a row with its clip, all logits in float32, the reference computed in the step."""
    batch = case.batch(size, pairs=True)
    rows = [
        pack(prompt, [case.encoder.answer_ids(text)]).row
        for sized, prompt in zip(case.rows[:size], case.prompts, strict=False)
        for text in (sized.row.answer, str(sized.row.rejected))
    ]
    inputs = _placed(collate_rows(rows, case.encoder), case.device)
    ids = inputs["input_ids"]
    objective = CaDpoObjective(DpoLoss())
    places = _answer_places(rows, batch["lengths"].tolist(), ids.shape[1]).to(case.device)

    def scores() -> Any:
        logits = case.lm(**inputs, use_cache=False).logits.float()
        told = logits[:, :-1].log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
        return (told * places[:, 1:]).sum(1)

    def step() -> Any:
        import torch

        reference, answers = _reference(case.lm, scores), scores()
        lengths = batch["lengths"]
        owner = torch.arange(len(lengths), device=case.device)
        given = {"owner": owner, "lengths": lengths, "reference": reference}
        return objective(answers, given, objective.mass(given).to(case.device))[0]

    return step


def _answer_places(rows: Sequence[Encoded], answers: Sequence[int], length: int) -> Any:
    """(B, L) 1 where a token of the answer stands."""
    import torch

    places = torch.zeros(len(rows), length)
    for place, (row, count) in enumerate(zip(rows, answers, strict=True)):
        places[place, len(row.ids) - count : len(row.ids)] = 1
    return places


def _reference(lm: Any, scores: Callable[[], Any]) -> Any:
    """What the model says without its adapter."""
    import torch
    from peft.tuners.lora import LoraLayer

    layers = [module for module in lm.modules() if isinstance(module, LoraLayer)]
    for layer in layers:
        layer.enable_adapters(False)
    try:
        with torch.no_grad():
            return scores()
    finally:
        for layer in layers:
            layer.enable_adapters(True)


# --- rows ----------------------------------------------------------------------------------------


def _row(number: int, prompt: Encoded, answers: Sequence[str], encoder: Encoder) -> Sized:
    clip = Path(f"made-{number}.mp4")
    row = Row(f"made:{number}", (), answers[0], answers[1], (clip,), (clip,))
    return Sized(row, prompt.counts, tuple(len(encoder.answer_ids(text)) for text in answers))


def _without_rejected(sized: Sized) -> Sized:
    row = sized.row
    return Sized(
        Row(row.name, row.turns, row.answer, None, row.videos, row.audios), sized.prompt, sized.answers[:1]
    )


def _words(encoder: Encoder, sentence: str, tokens: int) -> str:
    return sentence * max(1, round(tokens / len(encoder.answer_ids(sentence))))


def _placed(value: Any, device: str) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        return value.to(device)
    return {name: _placed(one, device) for name, one in value.items()} if isinstance(value, dict) else value


if __name__ == "__main__":
    main()
