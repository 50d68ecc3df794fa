"""How is a model stepped through its batches, so that a crash costs nothing and every log line can be
trusted?

The steps, several processes, sharding and mixed precision are transformers' `Trainer` on accelerate. Ours are
the order of the rows, the loss, what is saved, and the log: `log.jsonl` has one line for each logged step,
with the tokens of each kind that it saw and the share of the time that the device waited for clips.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from saber.core.errors import UsageError
from saber.omni import save_inputs
from saber.omni.quiet import quietly
from saber.train.adapters import load_tensors, save_adapter
from saber.train.audit import DataSettings, Sized
from saber.train.batches import Batch, Collator, Failing, Rows, plan, stop_at_failure
from saber.train.log_probs import Reader
from saber.train.settings import StepSettings
from saber.train.student import Student, language_model
from saber.train.towers import Senses

__all__ = ["Objective", "OnLog", "Stats", "last_checkpoint", "run_steps"]

Stats = dict[str, tuple[Tensor, Tensor | float]]
"""Name -> (sum, how many it is a sum over): what is logged is the quotient over steps and processes."""

OnLog = Callable[[dict[str, Any]], None]

KINDS = ("text", "video", "audio", "answer")


class Objective(Protocol):
    """A stage's loss."""

    def mass(self, batch: Batch) -> Tensor:
        """(m,) what the batch's sums are divided by, once added up over a whole step."""
        ...

    def __call__(self, log_probs: Tensor, batch: Batch, mass: Tensor) -> tuple[Tensor, Stats]:
        """The loss of one batch as its part of the step's, and what is to be logged."""
        ...


def run_steps(
    student: Student,
    rows: Sequence[Sized],
    collator: Collator,
    objective: Objective,
    steps: StepSettings,
    data: DataSettings,
    out: Path,
    on_log: OnLog | None = None,
    senses: Senses | None = None,
) -> dict[str, Any]:
    """Trains; goes on from the newest whole checkpoint in `out`. Returns the last log line.

    on_log: gets each line of the log as it is written.
    senses: what the towers make of clips is kept there; None runs them in every step.

    Raises ClipError when a clip fails during the run, UsageError when the sizes don't fit together.
    """
    from transformers import PrinterCallback, TrainingArguments

    world = int(os.environ.get("WORLD_SIZE", "1"))
    if steps.batch % (steps.micro_batch * world):
        raise UsageError(
            f"A step of {steps.batch} rows is not made of {world} processes x {steps.micro_batch} rows.",
            remedy="Choose batch as a multiple of micro_batch and of the number of processes.",
        )
    gpu = student.device.startswith("cuda")
    if (steps.fsdp or steps.deepspeed) and not gpu:
        raise UsageError(
            "fsdp and deepspeed need GPUs: on a CPU accelerate would pass them over in silence.",
            remedy="Take them out of the recipe: several processes then each hold the whole model.",
        )
    if (steps.fsdp or steps.deepspeed) and senses is not None:
        raise UsageError(
            "The towers' outputs can't be kept while the model lies in pieces.",
            remedy="Take cache_towers out of [data], or fsdp and deepspeed out of the steps.",
        )
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # forked workers would warn of it
    accumulate = steps.batch // (steps.micro_batch * world)
    order = plan([row.tokens for row in rows], steps.micro_batch, steps.epochs, steps.seed)
    total = math.ceil(math.ceil(len(order) / (steps.micro_batch * world)) / accumulate)
    total = min(total, steps.most_steps or total)
    pieces: dict[str, Any] = {}
    if steps.fsdp:
        pieces = {"fsdp": True, "fsdp_config": _pieces_of(student)}
    elif steps.deepspeed:
        pieces = {"deepspeed": _deepspeed(Path(steps.deepspeed))}
    arguments = TrainingArguments(
        output_dir=str(out),
        per_device_train_batch_size=steps.micro_batch,
        gradient_accumulation_steps=accumulate,
        max_steps=total,
        learning_rate=steps.learning_rate,
        lr_scheduler_type=steps.schedule,
        warmup_steps=math.ceil(steps.warmup * total),
        weight_decay=steps.weight_decay,
        max_grad_norm=steps.clip,
        logging_steps=steps.log_every,
        save_steps=steps.save_every,
        save_total_limit=steps.keep,
        seed=steps.seed,
        use_cpu=not gpu,
        remove_unused_columns=False,
        report_to=[],
        disable_tqdm=True,
        dataloader_num_workers=data.workers,
        dataloader_prefetch_factor=data.prefetch if data.workers else None,
        dataloader_persistent_workers=bool(data.workers),
        dataloader_pin_memory=gpu,
        ddp_find_unused_parameters=False if world > 1 else None,
        optim="adamw_torch",
        **pieces,
    )
    kept = last_checkpoint(out)
    given = Failing(Rows(rows, order, student.encoder, data, senses.kept if senses else None), collator)
    log = _LogFile(out / "log.jsonl", upto=kept[0] if kept else 0, on_log=on_log)
    with quietly():
        loop = _loop_class()(
            student=student,
            objective=objective,
            senses=senses,
            log_file=log,
            per_epoch=len(rows),
            args=arguments,
            train_dataset=given,
            data_collator=given.collate,
        )
        loop.remove_callback(PrinterCallback)
        loop.train(resume_from_checkpoint=str(kept[1]) if kept else None)
    return log.last


def _deepspeed(file: Path) -> dict[str, Any]:
    """The configuration. UsageError for one that can't be read or that cuts the weights (ZeRO stage 3), which
    we could not save whole."""
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        stage = int(content.get("zero_optimization", {}).get("stage", 0))
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UsageError(f"{file} is no configuration of DeepSpeed: {error}.") from error
    if stage > 2:
        raise UsageError(
            f"{file} asks for ZeRO stage {stage}, whose weights are not saved whole here.",
            remedy="Use stage 2, or fsdp = true, which cuts the weights too.",
        )
    return content


def _pieces_of(student: Student) -> dict[str, Any]:
    """What FSDP cuts on its own. UsageError for weights of two widths, which it does not take."""
    if len(kinds := {str(weight.dtype) for weight in student.lm.parameters()}) > 1:
        raise UsageError(
            f"FSDP takes weights of one width, and these are {' and '.join(sorted(kinds))}.",
            remedy='Set dtype = "float32" in [model], or do without fsdp: an adapter is small.',
        )
    layers = sorted({type(layer).__name__ for layer in language_model(student.lm).layers})
    return {"version": 2, "transformer_layer_cls_to_wrap": layers}


def last_checkpoint(out: Path) -> tuple[int, Path] | None:
    """Step and folder of the newest checkpoint that was written to its end; None when there is none."""
    whole = []
    for folder in out.glob("checkpoint-*"):
        try:
            # Written last of all.
            state = json.loads((folder / "trainer_state.json").read_text(encoding="utf-8"))
            whole.append((int(state["global_step"]), folder))
        except (OSError, ValueError, KeyError):
            continue
    return max(whole, default=None)


class _LogFile:
    """One JSON object a line; lines after the step that a run goes on from are cut off."""

    def __init__(self, file: Path, upto: int, on_log: OnLog | None = None) -> None:
        self.last: dict[str, Any] = {}
        self._file, self._on_log = file, on_log
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        kept = []
        for line in lines:
            try:
                told = json.loads(line)
            except ValueError:
                continue  # half a line, at which the run died
            if told["step"] <= upto:
                kept.append(line)
                self.last = told
        file.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def add(self, line: dict[str, Any]) -> None:
        self.last = line
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
        if self._on_log is not None:
            self._on_log(line)


def _loop_class() -> Any:
    from transformers import Trainer

    class Loop(Trainer):
        """transformers' trainer with our loss, checkpoints and log."""

        loss_is_scaled_for_ga = True

        def __init__(
            self,
            *,
            student: Student,
            objective: Objective,
            senses: Senses | None,
            log_file: _LogFile,
            per_epoch: int,
            **given: Any,
        ) -> None:
            super().__init__(model=Reader(student.lm), **given)
            self._student, self._objective, self._senses = student, objective, senses
            self._log_file, self._per_epoch = log_file, per_epoch
            self._sums: dict[str, list[Any]] = {}
            self._counts = torch.zeros(len(KINDS), dtype=torch.long)
            self._rows = 0
            self._waited_s, self._since = 0.0, time.perf_counter()
            # Before transformers 5.24, which reads the class attribute above, this said the same.
            self.model_accepts_loss_kwargs = True

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            rows: Any = self.train_dataset
            return torch.utils.data.SequentialSampler(rows)

        def get_batch_samples(self, *given: Any, **named: Any) -> Any:
            started = time.perf_counter()
            found = super().get_batch_samples(*given, **named)
            self._waited_s += time.perf_counter() - started
            return found

        def _get_num_items_in_batch(self, batch_samples: list[Batch], device: Any) -> Tensor:
            for batch in batch_samples:
                stop_at_failure(batch)
            mass = torch.stack([self._objective.mass(batch) for batch in batch_samples]).sum(0).to(device)
            if self.accelerator.num_processes > 1:
                mass = self.accelerator.reduce(mass, "sum")
            return mass

        def compute_loss(
            self, model: Any, inputs: Batch, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Tensor:
            given = inputs["inputs"] if self._senses is None else self._senses(inputs)
            log_probs = model(given, inputs["places"], inputs["targets"])
            loss, stats = self._objective(log_probs, inputs, num_items_in_batch)
            for name, (total, count) in stats.items():
                held = self._sums.setdefault(name, [0.0, 0.0])
                held[0], held[1] = held[0] + total.detach(), held[1] + count
            self._counts += inputs["counts"].sum(0).cpu()
            self._rows += len(inputs["names"])
            # Gradients are averaged over the processes, and the mass is that of all of them.
            scaled: Tensor = loss * self.accelerator.num_processes
            return scaled

        def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
            if "loss" not in logs:  # the summary at the end, which is no step
                return
            logs |= self._told()
            super().log(logs, start_time)
            if self.is_world_process_zero():
                epoch = self.state.global_step * self._per_step / self._per_epoch
                self._log_file.add({"step": self.state.global_step, **logs, "epoch": round(epoch, 4)})

        @property
        def _per_step(self) -> int:
            a = self.args
            size: int = a.per_device_train_batch_size * a.gradient_accumulation_steps * a.world_size
            return size

        def _told(self) -> dict[str, float]:
            now = time.perf_counter()
            took_s, waited_s = now - self._since, self._waited_s
            if self._senses is not None:
                ran, asked = self._senses.told()
                self._sums["towers_ran"] = [float(ran), float(asked)]
            names = sorted(self._sums)
            sums = torch.tensor(
                [[float(v) for v in self._sums[n]] for n in names] + [[float(c), 0.0] for c in self._counts]
                + [[float(self._rows), 0.0]],
                dtype=torch.float64 if self.args.device.type != "mps" else torch.float32,
                device=self.args.device,
            )  # fmt: skip
            if self.accelerator.num_processes > 1:
                sums = self.accelerator.reduce(sums, "sum")
            values = sums.tolist()
            told = {n: v[0] / v[1] for n, v in zip(names, values, strict=False) if v[1]}
            counted = [int(v[0]) for v in values[len(names) :]]
            told |= {f"{kind}_tokens": float(c) for kind, c in zip(KINDS, counted, strict=False)}
            told |= {
                "rows": float(counted[-1]),
                "seconds": round(took_s, 3),
                "waiting": round(min(1.0, waited_s / took_s), 4) if took_s > 0 else 0.0,
            }
            self._sums, self._rows = {}, 0
            self._counts.zero_()
            self._waited_s, self._since = 0.0, now
            return told

        def _save(
            self, output_dir: str | None = None, state_dict: Mapping[str, Tensor] | None = None
        ) -> None:
            if not self.args.should_save:
                return
            folder = Path(str(output_dir or self.args.output_dir))
            folder.mkdir(parents=True, exist_ok=True)
            student = self._student
            if student.lora is not None:
                named = state_dict or dict(student.lm.named_parameters())
                save_adapter(named, student.lora, folder, student.form)
            else:
                whole = state_dict and {k.removeprefix("lm."): v for k, v in state_dict.items()}
                student.lm.save_pretrained(folder, state_dict=whole)
            if student.encoder.settings is not None:
                save_inputs(student.encoder.settings, folder)

        def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
            folder = Path(resume_from_checkpoint)
            if self._student.lora is not None:
                load_tensors(self._student.lm, folder)
                return
            kind = type(self._student.lm)
            found = kind.from_pretrained(folder, dtype=self._student.lm.dtype, local_files_only=True)
            self._student.lm.load_state_dict(found.state_dict())

    return Loop
