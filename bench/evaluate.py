"""What does scoring cost beside a bare loop over scikit-learn, and how good is the embedded analyst?

    python bench/evaluate.py [--answers 10000] [--media DIR] [--keep DIR] [--small]

Printed: seconds to score that many cached answers of EmoBench-M (made-up questions), with and without
intervals, and their ratio to a loop over scikit-learn's metrics on the same labels in the same run. With
real clips, the first real tables: the analyst on RAVDESS speech in EmoBench-M's layout (voices only); on
small SABER-Tests of filmed and of photographed faces under voices that agree or not, with the sound muted,
the picture black, the sound shuffled; and its fusion on CREMA-D, given the votes of those who only heard
and only saw each clip. --small: beside it SmolLM2-135M on a llama.cpp server, which is asked the questions
of EmoBench-M without a clip, and on a few clips writes from measured cues; and the paired differences.
--keep leaves the runs there, so that a second call asks nothing again.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from cremad import ANSWERS, read_votes
from evaluate_clips import moving, photographed
from faults import load_loopback
from fusion import shipped
from saber.evaluate import (
    AnalystModel,
    Annotating,
    Asking,
    Context,
    EvaluateSettings,
    EvaluationSettings,
    Response,
    Run,
    Sample,
    Subject,
    bench_of,
    cell,
    compare,
    evaluate,
    keep,
    markdown,
    open_caller,
    with_interval,
)
from saber.evaluate.run import draws_of, score_all
from saber.evaluate.scenarios import SCENARIOS
from saber.infer import InferSettings
from saber.models import ModelSettings

EMOTIONS = {"01": "neutral", "02": "calm", "03": "happy", "04": "sad", "05": "angry", "06": "fearful",
            "07": "disgust", "08": "surprised"}  # fmt: skip
FEW = 3
"""Clips of each half that a small model on two cores describes in bearable time."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--media", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--small", action="store_true")
    arguments = parser.parse_args()
    speed(arguments.answers)
    if arguments.media is None:
        return
    with contextlib.ExitStack() as stack:
        out = arguments.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="saber-evaluate-"))
        )
        media = arguments.media
        print(report(voices(media, out / "voices")))
        print(report(conflicts(moving, media, out / "moving")))
        print(report(conflicts(photographed, media, out / "photographed")))
        print(report(votes(media, out / "votes")))
        if arguments.small:
            with load_loopback().smollm() as address:
                small(address, out)


def speed(count: int) -> None:
    """Made-up questions of the twelve closed scenarios, half of the answers right. Each way the fastest of
    three, so that what else the machine does counts less."""
    bench, rng = bench_of("emobench-m"), random.Random(0)
    closed = [s for s in SCENARIOS if s.labels and not s.intents]
    samples, responses = [], []
    for number in range(count):
        scenario = closed[number % len(closed)]
        truth, answer = rng.choice(scenario.labels), rng.choice(scenario.labels)
        answer = truth if rng.random() < 0.5 else answer
        name = f"{scenario.key}/{number}"
        samples.append(Sample(id=name, part=scenario.key, truth=truth, labels=scenario.labels))
        responses.append(Response(sample=name, text=f"{{'emotion': '{answer}'}}"))
    context, settings = Context(Path(), Path()), EvaluateSettings()
    scores = score_all(bench, samples, responses, context)

    def bare() -> None:
        for scenario in closed:
            inside = [n for n, s in enumerate(samples) if s.part == scenario.key]
            true = [str(samples[n].truth) for n in inside]
            said = [str(responses[n].text)[13:-2] for n in inside]
            accuracy_score(true, said)
            precision_recall_fscore_support(true, said, average="weighted", zero_division=0)

    scored_s = fastest(lambda: score_all(bench, samples, responses, context))
    figures_s = fastest(lambda: bench.figures(samples, scores, draws_of(bench, samples, settings)))
    bare_s = fastest(bare)
    print(
        f"{count} answers: read and scored in {scored_s:.2f} s; all figures with {settings.resamples} "
        f"resamples of each {figures_s:.2f} s more"
    )
    print(
        f"a bare loop over scikit-learn, labels given, no interval: {bare_s:.2f} s; ratio "
        f"{scored_s / bare_s:.1f} to read and score, {(scored_s + figures_s) / bare_s:.1f} in all"
    )


def fastest(work: Callable[[], object]) -> float:
    took = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took)


def voices(media: Path, folder: Path) -> Run:
    """RAVDESS speech, first statement and repetition, as the scenario Speech Emotion Recognition."""
    question = "<video>\nChoose one of: {}. Respond in the format: {{'emotion': 'label'}}."
    labels = next(s.labels for s in SCENARIOS if s.key == "RAVDSS_speech")
    data = linked(folder, media)
    rows = []
    for path in sorted((media / "ravdess_audio16k").rglob("*.flac")):
        if path.stem.split("-")[4:6] != ["01", "01"]:
            continue
        turns = [
            {"from": "human", "value": question.format(", ".join(labels))},
            {"from": "gpt", "value": EMOTIONS[path.stem.split("-")[2]]},
        ]
        rows.append({"id": path.stem, "video": f"media/{path.relative_to(media)}", "conversations": turns})
    (data / "RAVDSS_speech_bench.json").write_text(json.dumps(rows), encoding="utf-8")
    return run_analyst("emobench-m", data, folder / "out", EvaluateSettings())


def conflicts(make: Callable[[Path, Path], None], media: Path, folder: Path) -> Run:
    data = linked(folder, media)
    make(media, data)
    settings = EvaluateSettings(ablations=("mute", "black", "shuffle"))
    return run_analyst("saber-test", data, folder / "out", settings)


def votes(media: Path, folder: Path) -> Run:
    """The analyst's own fusion, given people's votes by modality; only actors that it was not fitted on."""
    everybody = read_votes(media)
    held_out = everybody.take(everybody.held_out)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for clip, probs in zip(held_out.clips, np.exp(shipped(held_out)), strict=True):
        told = dict(zip((e.value for e in ANSWERS), map(float, probs), strict=True))
        answer = {"emotion": max(told, key=told.__getitem__), "probs": told}
        rows.append({"id": clip, "response": json.dumps(answer)})
    predictions = folder / "fusion.jsonl"
    predictions.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    data = folder / "data"
    data.mkdir(exist_ok=True)
    kept = set(held_out.clips)
    source = media / "annotations/cremad/tabulatedVotes.csv"
    copied = data / source.name
    with (
        source.open(encoding="utf-8", newline="") as file,
        copied.open("w", encoding="utf-8", newline="") as copy,
    ):
        reader = csv.DictReader(file)
        writer = csv.DictWriter(copy, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(row for row in reader if row["fileName"] in kept)
    subject = Subject("embedded fusion of people's votes", predictions=predictions)
    evaluated = evaluate(bench_of("crema-d"), data, subject, folder / "out")
    keep(evaluated, folder / "out", data)
    return evaluated.run


def run_analyst(bench: str, data: Path, out: Path, settings: EvaluateSettings) -> Run:
    whole = replace(EvaluationSettings(), evaluate=settings)
    analyst = AnalystModel(Context(data, out, settings).cues_of)
    with open_caller("embedded", whole.model, out / "calls.sqlite", analyst) as caller:
        subject = Subject(
            "embedded", asking=Asking(caller, whole.infer, whole.media), trained_on=("crema-d",)
        )
        evaluated = evaluate(bench_of(bench), data, subject, out, settings=settings)
    keep(evaluated, out, data)
    return evaluated.run


def small(address: str, out: Path) -> None:
    """A model without eyes and ears, for what the tables and the paired differences look like."""
    model = ModelSettings(base_url=address, concurrency=2)
    blind = replace(EvaluationSettings(), model=model)
    blind = replace(blind, infer=replace(blind.infer, max_tokens=24))
    ask(blind, "emobench-m", out / "voices")
    show([out / "voices/out", out / "voices/small"])
    few = EvaluateSettings(limit=FEW, ablations=("mute", "black"))
    for name in ("few", "small"):
        use_again(out / "moving/out", out / "moving" / name)
    run_analyst("saber-test", out / "moving/data", out / "moving/few", few)
    told = replace(blind, evaluate=few, infer=InferSettings(max_tokens=400, retries=1))
    print(report(ask(told, "saber-test", out / "moving")))
    show([out / "moving/few", out / "moving/small"])


def use_again(made: Path, out: Path) -> None:
    """Another run's measurements and changed clips."""
    out.mkdir(exist_ok=True)
    for name in ("cues", "ablated"):
        if not (out / name).exists():
            (out / name).symlink_to((made / name).resolve(), target_is_directory=True)


def ask(whole: EvaluationSettings, bench: str, folder: Path) -> Run:
    data, to = folder / "data", folder / "small"
    patient = replace(whole.model, call_timeout_s=1800.0, total_timeout_s=3600.0)
    with open_caller("openai:smollm2-135m", patient, to / "calls.sqlite") as caller:
        asking = Asking(caller, whole.infer, whole.media)
        responder = None
        if bench == "saber-test":
            responder = Annotating(asking, Context(data, to, whole.evaluate))
        subject = Subject("SmolLM2-135M", asking=asking, responder=responder, trained_on=())
        evaluated = evaluate(bench_of(bench), data, subject, to, settings=whole.evaluate)
    keep(evaluated, to, data)
    return evaluated.run


def show(folders: list[Path]) -> None:
    """What `saber leaderboard` says of the runs."""
    board = compare(folders)
    for run, figures in board.rows:
        known = [f"{c[1]} {cell(f)}" for c, f in zip(board.columns, figures, strict=True) if f is not None]
        print(f"{run.model}: {', '.join(known)}")
    for d in board.differences:
        told = with_interval(d.value, d.low, d.high, d.unit, signed=True)
        print(f"{d.first} minus {d.other}, {', '.join(d.figure[1:])}: {told}, {d.n} samples")
    print(*board.notes, sep="\n")


def report(run: Run) -> str:
    """The report without what a reader of a bench does not need."""
    return markdown(run).split("## Published numbers")[0].split("## Training data")[0]


def linked(folder: Path, media: Path) -> Path:
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    if not (data / "media").exists():
        (data / "media").symlink_to(media.resolve(), target_is_directory=True)
    return data


if __name__ == "__main__":
    main()
