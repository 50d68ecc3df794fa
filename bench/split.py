"""What do the split and the leakage report of 600,000 clips cost, and how even does the split come out?

    python bench/split.py [--clips 600000] [--no-leakage]

The clips are invented: ten corpora of about the sizes, speakers and dialogues that SABER's ten have, near-
duplicates of 1 %. Each job runs in a process of its own; seconds and peak memory are told beside those of a
bare sort of the same rows (their ids and two names each, as Python objects) in the same run. The records
themselves are shared between clips, so that what is measured is what the stage keeps.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from saber.core.dataset import Annotated, Assigned, Compared, Opinion, Source, Unique, Verified, Writer
from saber.core.records import Annotation, AudioDescription, Consistency, EmotionEstimate
from saber.core.taxonomy import DIMENSIONS, EMOTIONS
from saber.flow import Item, Keep, Tools
from saber.split import Placed, SplitStage, find_leaks

CORPORA = (
    # name, language, share of all clips, speakers (0: unknown), clips a dialogue (0: none)
    ("crema-d", "en", 0.012, 91, 0),
    ("ravdess", "en", 0.008, 24, 0),
    ("mead", "en", 0.290, 48, 0),
    ("meld", "en", 0.022, 260, 10),
    ("mc-eiu", "zh", 0.090, 900, 12),
    ("mer2025", "zh", 0.216, 0, 0),
    ("msp-improv", "en", 0.014, 12, 0),
    ("multidialog", "en", 0.306, 12, 20),
    ("ch-sims-v2", "zh", 0.028, 470, 0),
    ("memor", "en", 0.014, 7, 5),
)
JUDGED = ("consistent",) * 6 + ("inconsistent",) * 2 + ("unclear",) * 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=600_000)
    parser.add_argument("--no-leakage", action="store_true")
    parser.add_argument("--job", choices=tuple(JOBS), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        print(json.dumps(timed(arguments.job, arguments.clips)))
        return 0
    jobs = [j for j in JOBS if not (arguments.no_leakage and j == "leakage")]
    told = {job: in_child(job, arguments.clips) for job in jobs}
    print(f"{arguments.clips} clips, medians of 3 runs, each in a process of its own\n")
    print("| job | seconds | / bare sort | us a clip | bytes a clip |")
    print("|---|---|---|---|---|")
    for job, (seconds, size, _) in told.items():
        print(
            f"| {job} | {seconds:.2f} | {seconds / told['bare sort'][0]:.2f} | "
            f"{seconds / arguments.clips * 1e6:.1f} | {size / arguments.clips:.0f} |"
        )
    print("\n" + told["split"][2])
    return 0


def in_child(job: str, clips: int) -> tuple[float, float, str]:
    """Median seconds and bytes of three runs, and what the last one said."""
    runs = []
    for _ in range(3):
        call = [sys.executable, __file__, "--job", job, "--clips", str(clips)]
        runs.append(json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout))
    return sorted(r[0] for r in runs)[1], sorted(r[1] for r in runs)[1], runs[-1][2]


def timed(job: str, clips: int) -> tuple[float, float, str]:
    """Seconds of the job, without those of inventing its clips; bytes above what the process held before."""
    start = time.perf_counter()
    for _ in items(clips) if job != "leakage" else placed(clips):
        pass
    inventing = time.perf_counter() - start
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    said = JOBS[job](clips)
    seconds = time.perf_counter() - start - inventing
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, said


def bare_sort(clips: int) -> str:
    rows = []
    for item in items(clips):
        source = item.of("source", Source)
        rows.append((source.speaker or "", source.group or "", item.id))
    rows.sort()
    return str(len(rows))


def split(clips: int) -> str:
    stage = SplitStage()
    kept = 0
    with tempfile.TemporaryDirectory() as workspace:
        for _, answer in stage.decide(items(clips), Tools(workspace=Path(workspace))):
            assert isinstance(answer, Keep)
            assert isinstance(answer.record, Assigned)
            kept += 1
    assert kept == clips
    assert stage.summary is not None
    text = stage.summary.markdown()
    cells = text.index("\n\n| corpus, language, emotion |")
    return text[:cells] + "\n"


def leakage(clips: int) -> str:
    found = find_leaks(placed(clips))
    return f"{found.pictures_total} pairs look alike, {found.equal_texts_total} texts are equal"


JOBS = {"bare sort": bare_sort, "split": split, "leakage": leakage}


def invented(clips: int) -> Iterator[tuple[Source, str | None, str]]:
    """Each clip's source, the clip that it nearly repeats, and its half."""
    r = random.Random(0)
    last = ""
    for corpus, language, share, speakers, in_dialogue in CORPORA:
        for n in range(round(share * clips)):
            dialogue = n // in_dialogue if in_dialogue else None
            # Two to six people meet in a dialogue, the first six of a series more often than others.
            among = speakers if dialogue is None else min(speakers, 6 if dialogue % 10 else speakers)
            speaker = f"{corpus}:{r.randrange(among)}" if speakers else None
            name = f"{corpus}/part{n // 1000:03}/clip{n:06}.mp4"
            source = Source.model_construct(
                id=name,
                corpus=corpus,
                path=f"/corpora/{name}",
                start_s=None,
                end_s=None,
                speaker=speaker,
                group=None if dialogue is None else f"{corpus}:dia{dialogue}",
                language=language,
                transcript=None,
                label=r.choice(EMOTIONS),
                label_said=None,
                label_from=None,
                terms="unknown",
                extra={},
            )
            yield source, last if last and r.random() < 0.01 else None, r.choice(JUDGED)
            last = name


def items(clips: int) -> Iterable[Item]:
    verified, unique = Verified(annotated=None, checks=()), Unique()
    compared = {
        half: Compared(
            half=half,
            because="agreed",
            opinions=(Opinion(judge="measured", verdict=half),),
        )
        for half in set(JUDGED)
    }
    for source, near, half in invented(clips):
        yield Item(
            source.id,
            {
                "source": source,
                "annotate": ANNOTATED,
                "verify": verified,
                "duplicates": Unique.model_construct(nearest=near, picture_distance=0.1, sound_distance=None)
                if near
                else unique,
                "compare": compared[half],
            },
        )


def placed(clips: int) -> Iterator[Placed]:
    r = random.Random(1)
    words = ["".join(r.choices("abcdefghij", k=5)) for _ in range(5000)]
    for number, (source, _, _) in enumerate(invented(clips)):
        yield Placed(
            id=source.id,
            corpus=source.corpus,
            split=("train", "validation", "test")[max(0, number % 10 - 7)],
            speaker=source.speaker,
            group=source.group,
            file=source.path,
            text=" ".join(r.choices(words, k=10)),
            picture=[f"{r.getrandbits(64):x}" for _ in range(5)],
            sound=[f"{r.getrandbits(64):x}" for _ in range(5)],
        )


ANNOTATED = Annotated(
    annotation=Annotation(
        scene="A room.",
        face="A smile.",
        body="Still.",
        audio=AudioDescription(acoustic="Even.", speech="Well."),
        reasoning="Calm.",
    ),
    written_by=dict.fromkeys(DIMENSIONS, Writer(model="embedded")),
    language="en",
    emotion_said=None,
    emotion=EmotionEstimate(label=None, probs=None, valence=None, arousal=None),
    modalities={},
    consistency=Consistency(verdict="unclear", score=None),
)

if __name__ == "__main__":
    sys.exit(main())
