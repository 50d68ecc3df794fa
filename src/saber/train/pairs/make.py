"""How do questions become preference pairs?

candidates.jsonl   every answer with the parts of its score and where it comes from
pairs.jsonl        rows for `saber train ca-dpo` and for ms-swift
table.md, .json    what the pairs prefer
no_pair.jsonl      questions without a pair, and why
ms-swift.sh        how to train on the pairs with ms-swift
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from saber.core.errors import ModelError, UsageError
from saber.core.taxonomy import Language
from saber.models import Caller
from saber.sed import read_answer
from saber.train.pairs.counterfactual import swapped
from saber.train.pairs.dominance import Likelihood, dominance, swap_texts
from saber.train.pairs.draw import Drawn, draw
from saber.train.pairs.facts import KnownClips
from saber.train.pairs.judge import judge_request, read_judgement
from saber.train.pairs.people import Choice, read_choices
from saber.train.pairs.records import Candidate, Facts, Origin, Pair
from saber.train.pairs.score import score, with_part
from saber.train.pairs.select import balance_lengths, counted, pair_of, thin_out
from saber.train.pairs.settings import PairsSettings
from saber.train.pairs.table import Preferences, preferences
from saber.train.rows import BadRow, Medium, Row, read_rows, unfit

__all__ = ["MadePairs", "make_pairs"]

_AT_ONCE = 8
"""Own choice: questions whose media are in memory at the same time."""

_SWIFT = """#!/bin/sh
# Trains on these pairs with ms-swift (tried: 4.6). MODEL: the weights after SED.
VIDEO_MAX_PIXELS=105369 VIDEO_MIN_PIXELS=100352 FPS_MAX_FRAMES=40 ENABLE_AUDIO_OUTPUT=0 \\
swift rlhf --rlhf_type dpo --model "$MODEL" --dataset pairs.jsonl --train_type lora \\
  --freeze_vit true --freeze_aligner true --beta 0.1 --learning_rate 1e-5 --num_train_epochs 1 \\
  --per_device_train_batch_size 1 --gradient_accumulation_steps 64 --torch_dtype bfloat16
"""

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class MadePairs:
    """What was made, and why some questions have no pair."""

    pairs: int
    questions: int
    no_pair: dict[str, int]
    table: Preferences
    file: Path


def make_pairs(
    settings: PairsSettings,
    caller: Caller,
    judge: Caller | None = None,
    on_progress: OnProgress | None = None,
    facts_of: Callable[[Row], Facts] | None = None,
    likelihood: Likelihood | None = None,
) -> MadePairs:
    """Draws, scores and pairs. Answers that an earlier call has drawn are not drawn again.

    facts_of: what is known of a question's clip; None asks the workspace that the settings name.
    likelihood: of the model that answers, for the part `dominance`.

    Raises UsageError when there are no questions, or none of them has a pair, or `dominance` has a weight and
    nothing tells it; ClipError when a clip can't be read any more.
    """
    if settings.weights.dominance and likelihood is None:
        raise UsageError("`dominance` has a weight in [pairs.weights], and no weights are here to tell it.")
    settings.out.mkdir(parents=True, exist_ok=True)
    facts_of = facts_of or KnownClips(Path(settings.workspace) if settings.workspace else None).of
    choices = read_choices(Path(settings.choices) if settings.choices else None)
    left_out: list[BadRow] = []
    rows: list[Row] = []
    facts: dict[str, Facts] = {}
    for row in read_rows(settings.rows, pairs=False):
        bad = row if isinstance(row, BadRow) else unfit(row)
        if bad is not None:
            left_out.append(bad)
        elif isinstance(row, Row):
            facts[row.name] = facts_of(row)
            if settings.only_inconsistent and facts[row.name].half != "inconsistent":
                left_out.append(BadRow(row.name, "not_inconsistent", "Only the inconsistent half is taken."))
            else:
                rows.append(row)
    _check(choices, [*rows])
    drawn = _drawn(rows, caller, settings, on_progress)
    scored = _scored(rows, drawn, facts, settings, judge)
    if likelihood is not None and settings.weights.dominance:
        scored = _with_dominance(rows, scored, likelihood, settings)
    pairs: list[Pair] = []
    for row in rows:
        if row.name in choices:
            pairs.append(_of_people(row, choices[row.name], facts[row.name], settings))
            continue
        told = drawn[row.name]
        found = told if isinstance(told, str) else pair_of(scored[row.name], settings)
        if isinstance(found, Pair):
            pairs.append(found)
        else:
            reason, detail = ("model_failed", told) if isinstance(told, str) else (str(found), "")
            left_out.append(BadRow(row.name, reason, detail))
    pairs, thinned = thin_out(pairs, settings.counterfactuals)
    pairs, unbalanced = balance_lengths(pairs)
    counts = counted([bad.reason for bad in left_out])
    counts |= {name: n for name, n in (("too_many_made", thinned), ("length_balance", unbalanced)) if n}
    if not pairs:
        raise UsageError(f"No question of {settings.rows} has a pair: {counts}.")
    table = preferences(pairs)
    _write(settings.out, rows, scored, pairs, left_out, table)
    return MadePairs(len(pairs), len(rows), counts, table, settings.out / "pairs.jsonl")


def _check(choices: dict[str, Choice], rows: Sequence[Row]) -> None:
    unknown = sorted(set(choices) - {row.name for row in rows})
    if unknown:
        raise UsageError(f"{len(unknown)} choices are about no question here, {unknown[0]} among them.")


def _drawn(
    rows: Sequence[Row], caller: Caller, settings: PairsSettings, on_progress: OnProgress | None
) -> dict[str, Drawn | str]:
    """By name of the question. What is drawn is kept at once, one line a question."""
    file = settings.out / "drawn.jsonl"
    key = {row.name: _key(row, caller, settings) for row in rows}
    kept: dict[str, Drawn] = {}
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                told = json.loads(line)
                kept[told["key"]] = {origin: tuple(texts) for origin, texts in told["answers"].items()}
            except (ValueError, KeyError, AttributeError):
                continue  # half a line, at which an earlier call died
    found: dict[str, Drawn | str] = {name: kept[k] for name, k in key.items() if k in kept}
    missing = [row for row in rows if row.name not in found]
    with file.open("a", encoding="utf-8") as out:
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            for row, told in zip(some, draw(some, caller, settings), strict=True):
                found[row.name] = told
                if not isinstance(told, str):
                    drawn = {"key": key[row.name], "row": row.name, "answers": told}
                    out.write(json.dumps(drawn, ensure_ascii=False) + "\n")
            out.flush()
            if on_progress is not None:
                on_progress(len(found), len(rows))
    return found


def _key(row: Row, caller: Caller, settings: PairsSettings) -> str:
    drawn = (settings.candidates, settings.temperature, settings.top_p, settings.max_tokens, settings.seed)
    said = repr((row.turns, caller.model.spec, drawn, bool(settings.counterfactuals)))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _scored(
    rows: Sequence[Row],
    drawn: dict[str, Drawn | str],
    facts: dict[str, Facts],
    settings: PairsSettings,
    judge: Caller | None,
) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for row in rows:
        told = drawn[row.name]
        texts: list[tuple[Origin, str]] = []
        if not isinstance(told, str):
            texts = [(origin, text) for origin, all_of in told.items() for text in dict.fromkeys(all_of)]
        found[row.name] = _candidates(row, texts, facts[row.name], settings, judge)
    if not settings.counterfactuals:
        return found
    best = {name: _best(candidates) for name, candidates in found.items()}
    for place, row in enumerate(rows):
        own = best[row.name]
        if own is None:
            continue
        others = _others(rows, place, best)
        origins: tuple[Origin, ...] = ("swapped_acoustic", "swapped_visual")
        made = [(origin, text) for origin in origins if (text := swapped(own, others, origin)) is not None]
        found[row.name] += _candidates(row, made, facts[row.name], settings, judge)
    return found


def _others(rows: Sequence[Row], place: int, best: dict[str, str | None]) -> list[str]:
    """The next questions' answers, in a circle: which one is taken does not depend on how good it is."""
    return [text for row in (*rows[place + 1 :], *rows[:place]) if (text := best[row.name]) is not None]


def _with_dominance(
    rows: Sequence[Row], scored: dict[str, list[Candidate]], likelihood: Likelihood, settings: PairsSettings
) -> dict[str, list[Candidate]]:
    """With that part of the answers that the model wrote; into the others evidence was put already."""
    best = {name: _best(candidates) for name, candidates in scored.items()}
    found: dict[str, list[Candidate]] = {}
    for place, row in enumerate(rows):
        others = _others(rows, place, best)
        told: list[Candidate] = []
        for candidate in scored[row.name]:
            texts = None
            if candidate.scores.structure and not candidate.origin.startswith("swapped"):
                texts = swap_texts(candidate.text, others)
            if texts is None:
                told.append(candidate)
                continue
            value, why = dominance(*likelihood(row, texts))
            scores = with_part(candidate.scores, "dominance", value, why, settings.weights)
            told.append(candidate.model_copy(update={"scores": scores}))
        found[row.name] = told
    return found


def _candidates(
    row: Row, texts: Sequence[tuple[Origin, str]], facts: Facts, settings: PairsSettings, judge: Caller | None
) -> list[Candidate]:
    judged: list[float | None] = [None] * len(texts)
    if judge is not None and settings.weights.judge and texts:
        judged = _judged([text for _, text in texts], facts, row.clip, judge)
    labelled = read_answer(row.answer).emotion is not None
    return [
        Candidate(
            row=row.name,
            clip=row.clip,
            text=text,
            origin=origin,
            scores=score(text, facts, settings.weights, judged=opinion, labelled=labelled),
        )
        for (origin, text), opinion in zip(texts, judged, strict=True)
    ]


def _judged(texts: Sequence[str], facts: Facts, clip: str, judge: Caller) -> list[float | None]:
    requests = [judge_request(text, facts.language or Language.ENGLISH, clip) for text in texts]
    found: list[float | None] = [None] * len(texts)

    async def ask() -> None:
        async for place, reply in judge.ask_all(requests):
            found[place] = None if isinstance(reply, ModelError) else read_judgement(reply.text)

    judge.run(ask())
    return found


def _best(candidates: Sequence[Candidate]) -> str | None:
    drawn = [c for c in candidates if c.origin == "drawn" and c.scores.structure]
    return max(drawn, key=lambda c: c.scores.total).text if drawn else None


def _of_people(row: Row, choice: Choice, facts: Facts, settings: PairsSettings) -> Pair:
    chosen, rejected = _candidates(row, [("person", text) for text in choice], facts, settings, None)
    return Pair(chosen, rejected, by="person")


def _write(
    out: Path,
    rows: Sequence[Row],
    scored: dict[str, list[Candidate]],
    pairs: Sequence[Pair],
    left_out: Sequence[BadRow],
    table: Preferences,
) -> None:
    by_name = {row.name: row for row in rows}
    _lines(out / "candidates.jsonl", (c.model_dump(mode="json") for name in scored for c in scored[name]))
    _lines(out / "pairs.jsonl", (_row(by_name[pair.chosen.row], pair) for pair in pairs))
    _lines(
        out / "no_pair.jsonl",
        ({"row": bad.name, "reason": bad.reason, "detail": bad.detail} for bad in left_out),
    )
    (out / "table.md").write_text(table.markdown(), encoding="utf-8")
    (out / "table.json").write_text(table.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (out / "ms-swift.sh").write_text(_SWIFT, encoding="utf-8")


def _row(row: Row, pair: Pair) -> dict[str, object]:
    """The question with both answers, in the form of ms-swift's preference rows."""
    messages = [
        {
            "role": turn.role,
            "content": "".join(f"<{p.kind}>" if isinstance(p, Medium) else p for p in turn.parts),
        }
        for turn in row.turns
    ]
    return {
        "messages": [*messages, {"role": "assistant", "content": pair.chosen.text}],
        "rejected_response": pair.rejected.text,
        "videos": [str(file.resolve()) for file in row.videos],
        "audios": [str(file.resolve()) for file in row.audios],
        "pair": {
            "by": pair.by,
            "gap": round(pair.gap, 6),
            "rejected_from": pair.rejected.origin,
            "row": row.name,
        },
    }


def _lines(file: Path, objects: Iterable[dict[str, object]]) -> None:
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8") as out:
        for told in objects:
            out.write(json.dumps(told, ensure_ascii=False) + "\n")
    part.replace(file)
