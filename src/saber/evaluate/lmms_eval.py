"""How does a benchmark become a task of lmms-eval, for people who evaluate there?

Written are the samples as JSON Lines, a task file and the few functions that it names. They ask the same
questions and count one thing, the label as we read it; everything else comes of `saber evaluate BENCH
--predictions LOG` on the log that `lmms_eval --log_samples` writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError
from saber.evaluate.answers import read_label
from saber.evaluate.bench import Bench, read_samples
from saber.evaluate.settings import EvaluateSettings
from saber.storage import write_whole

__all__ = ["answered", "as_read", "export_task", "text", "visual"]

TASK = """\
# {title} for lmms-eval, written by saber evaluate --export-lmms-eval.
# lmms_eval --include_path THIS_FOLDER --tasks {task} --log_samples --output_path LOGS ...
# and then: saber evaluate {bench} --data DATA --predictions LOGS/.../*_samples_{task}.jsonl
task: {task}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {samples}
test_split: test
output_type: generate_until
doc_to_visual: !function utils.visual
doc_to_text: !function utils.text
doc_to_target: truth
process_results: !function utils.process
generation_kwargs:
  max_new_tokens: 512
  temperature: 0
  do_sample: false
metric_list:
  - metric: {metric}
    aggregation: mean
    higher_is_better: true
metadata:
  version: {protocol}
"""
FUNCTIONS = '''\
"""The functions of the task file; all of them are SABER's."""

from saber.evaluate.lmms_eval import text, visual  # noqa: F401
from saber.evaluate.lmms_eval import {metric} as process  # noqa: F401
'''


def export_task(bench: Bench, data: Path, out: Path, settings: EvaluateSettings) -> Path:
    """The task file. UsageError for a benchmark that asks for whole annotations: a question is put there."""
    if bench.form != "question":
        raise UsageError(
            f"{bench.title} asks for annotations, not with a question, and is no task of lmms-eval.",
            remedy="Use --model.",
        )
    task = f"saber_{bench.name.replace('-', '_')}"
    lines = []
    samples = read_samples(bench, data, settings)
    for sample in samples:
        media = str((data / sample.media).resolve()) if sample.media else ""
        truth = ", ".join(sample.truth) if isinstance(sample.truth, tuple) else sample.truth or ""
        row = {
            "id": sample.id, "part": sample.part, "question": sample.question, "media": media,
            "labels": list(sample.labels), "truth": truth,
        }  # fmt: skip
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    metric = "as_read" if any(s.labels for s in samples) else "answered"
    write_whole(out / "samples.jsonl", "".join(lines).encode())
    write_whole(out / "utils.py", FUNCTIONS.format(metric=metric).encode())
    task_file = out / f"{task}.yaml"
    told = TASK.format(
        title=bench.title,
        bench=bench.name,
        task=task,
        samples=json.dumps(str((out / "samples.jsonl").resolve())),
        metric=metric,
        protocol=bench.protocol,
    )
    write_whole(task_file, told.encode())
    return task_file


def visual(doc: Mapping[str, Any]) -> list[str]:
    """The clip's path, as lmms-eval hands it to its models."""
    return [doc["media"]] if doc["media"] else []


def text(doc: Mapping[str, Any], kwargs: Mapping[str, Any] | None = None) -> str:
    """The benchmark's question, word for word; prompts of a model's own go around it."""
    before, after = ((kwargs or {}).get(f"{side}_prompt") or "" for side in ("pre", "post"))
    return f"{before}{doc['question']}{after}"


def as_read(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float | str]:
    """1 where the answer chooses the true label, else 0. Questions that ask for two labels, or for a text,
    count 0 here: score the log for them."""
    labels = doc["labels"]
    chosen = read_label(results[0], labels).label if labels else None
    return {"as_read": float(chosen is not None and chosen == doc["truth"]), **_named(doc)}


def answered(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float | str]:
    """1 where there is an answer at all: the benchmark needs a judge for more."""
    return {"answered": float(bool(results[0].strip())), **_named(doc)}


def _named(doc: Mapping[str, Any]) -> dict[str, str]:
    """The log leaves the sample itself out, and keeps whatever is counted of it."""
    return {"id": doc["id"]}
