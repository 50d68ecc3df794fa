"""How long does a training step wait for its clips, and what is saved by keeping what became of them?

    python bench/train_data.py --media DIR [--clips 12] [--epochs 3] [--longest 16]

SED on real clips with video and sound, a Qwen2.5-Omni of random weights (two layers, so that there is the
least work to hide the reading behind), rank 8, one line for each number of workers and each thing that is
kept: nothing, the frames and spectra (`cache`), or what the towers make of them (`cache_towers`). Of the
epochs after the first: the share of the time in which the step waits, and for how many of its questions the
towers ran; processor seconds and clock of the whole run, workers and isolated readers included; the loss of
the last step, which must not depend on any of it; and what lies on disk.

Then floating-point operations of a step of one clip (forward and backward, counted), with the towers and
without, and how much the towers are of a step of 7B (arithmetic: two operations for each weight and place,
three times that behind the trained layers).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from omni import clips_of, read
from random_omni import SIZES, random_omni
from saber.omni import InputSettings

KEPT = ("nothing", "cache", "cache_towers")
ANSWER = "<face>A smile appears.</face><voice>The pitch is high.</voice><reasoning>Both agree. {}</reasoning>"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--longest", type=int, default=16, help="frames of a clip")
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--one", nargs=3, metavar=("FOLDER", "WORKERS", "KEPT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(train(Path(options.one[0]), int(options.one[1]), options.one[2], options)))
        return 0
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent)
        rows = prepare(folder, options)
        print(f"{rows} clips with video and sound.\n")
        print("| workers | kept | waiting | towers ran | s | CPU s | last loss | MB on disk |")
        print("|---|---|---|---|---|---|---|---|")
        for workers in options.workers:
            for kept in KEPT:
                told = alone(folder, workers, kept)
                print(
                    f"| {workers} | {kept} | {100 * told['waiting']:.1f} % | {100 * told['ran']:.0f} % "
                    f"| {told['seconds']:.1f} | {told['cpu_seconds']:.1f} | {told['loss']:.5f} "
                    f"| {told['bytes'] / 1e6:.0f} |",
                    flush=True,
                )
        operations(folder, options)
    return 0


def prepare(folder: Path, options: argparse.Namespace) -> int:
    """Weights and rows; returns how many rows."""
    budget = InputSettings(max_frames=options.longest)
    loaded, encoder = random_omni(SIZES["tiny"], folder / "model", "cpu", "float32", budget)
    loaded.thinker.save_pretrained(folder / "model")
    found = []
    for path in clips_of(options.media, 100):
        frames, sound, _ = read(path, encoder.settings)
        if frames and sound is not None and sound.samples.any():
            found.append(path.resolve())
    found = (found * options.clips)[: options.clips]
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as out:
        for number, path in enumerate(found):
            question = {"role": "user", "content": f"<video><audio>What is felt? ({number})"}
            answer = {"role": "assistant", "content": ANSWER.format(number)}
            row = {"messages": [question, answer], "videos": [str(path)], "audios": [str(path)]}
            out.write(json.dumps(row) + "\n")
    return len(found)


def recipe_of(folder: Path, out: Path, workers: int, kept: str, options: argparse.Namespace) -> Path:
    keeps = "" if kept == "nothing" else f'{kept} = "{out}/kept"'
    file = out / "recipe.toml"
    file.write_text(
        f"""
[model]
base = "{folder}/model"
device = "cpu"
[lora]
rank = 8
[inputs]
max_frames = {options.longest}
[data]
check = "probe"
workers = {workers}
{keeps}
[sed]
rows = "{folder}/rows.jsonl"
out = "{out}/sed"
[sed.steps]
epochs = {options.epochs}
batch = 2
micro_batch = 1
learning_rate = 1e-3
save_every = 1000
""",
        encoding="utf-8",
    )
    return file


def alone(folder: Path, workers: int, kept: str) -> dict[str, float]:
    command = [sys.executable, __file__, *sys.argv[1:], "--one", str(folder), str(workers), kept]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    told: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def train(folder: Path, workers: int, kept: str, options: argparse.Namespace) -> dict[str, float]:
    import torch

    from saber.train import load_recipe, train_sed

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(dir=folder) as parent:
        out = Path(parent)
        recipe = load_recipe(recipe_of(folder, out, workers, kept, options))
        lines: list[dict[str, Any]] = []
        started = time.perf_counter()
        train_sed(recipe, lines.append)
        took = time.perf_counter() - started
        later = [line for line in lines if line["epoch"] > 1]
        spent = sum(line["seconds"] for line in later)
        held = out / "kept"
        files = [f.stat().st_size for f in held.iterdir()] if held.exists() else []
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "waiting": sum(line["waiting"] * line["seconds"] for line in later) / spent,
        "ran": sum(line.get("towers_ran", 1.0) for line in later) / len(later),
        "seconds": took,
        "cpu_seconds": sum(u.ru_utime + u.ru_stime for u in used),
        "loss": lines[-1]["loss"],
        "bytes": float(sum(files)),
    }


def operations(folder: Path, options: argparse.Namespace) -> None:
    """Counted, of the first row."""
    from torch.utils.flop_counter import FlopCounterMode

    from saber.train.adapters import LoraSettings
    from saber.train.audit import DataSettings, audit
    from saber.train.batches import Collator, Rows
    from saber.train.log_probs import Reader
    from saber.train.student import ModelSettings, open_student
    from saber.train.towers import open_senses

    settings = ModelSettings(str(folder / "model"), device="cpu", attention="eager", checkpointing=False)
    budget = InputSettings(max_frames=options.longest)
    student = open_student(settings, LoraSettings(rank=8), budget)
    data = DataSettings(check="probe", workers=1, cache_towers=str(folder / "counted"))
    rows, _ = audit(folder / "rows.jsonl", student.encoder, data, pairs=False)
    senses = open_senses(student, data)
    assert senses is not None
    counted = []
    for kept in (None, senses, senses):
        shown = Rows(rows, [0], student.encoder, data, senses.kept if kept else None)[0]
        batch = Collator(rows, student.encoder)([shown])
        counter = FlopCounterMode(display=False)
        with counter:
            inputs = batch["inputs"] if kept is None else kept(batch)
            Reader(student.lm)(inputs, batch["places"], batch["targets"]).sum().backward()
        student.lm.zero_grad()
        counted.append(counter.get_total_flops())
    plain, first, again = counted
    print(
        f"\nA step of this model on {rows[0].prompt.all} tokens: {plain / 1e9:.2f} GFLOP; kept the first time"
    )
    print(f"{first / 1e9:.2f}, read {again / 1e9:.2f}: {100 * (1 - again / plain):.0f} % less.")
    counts = rows[0].prompt
    # Weights: the vision tower of Qwen2.5-Omni-7B 0.67e9, the sound tower 0.64e9, the layers of text 6.5e9.
    towers = 2 * 0.67e9 * counts.video * 4 + 2 * 0.64e9 * counts.audio * 2
    text = 2 * 6.5e9 * 3 * rows[0].tokens
    share = 100 * towers / (towers + text)
    print(f"7B, the same tokens (arithmetic, attention left out): towers {towers / 1e12:.0f} TFLOP, text")
    print(f"{text / 1e12:.0f} TFLOP with the backward pass: the towers are {share:.0f} %.")


if __name__ == "__main__":
    raise SystemExit(main())
