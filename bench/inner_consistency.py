"""Is it found when an annotation contradicts itself, and is one that does not left alone?

    python bench/inner_consistency.py [--list]

The descriptions of `claim_descriptions.jsonl` and `grounding_descriptions.jsonl` contradict themselves
nowhere: each alarm on them as they stand is a false one. For the former, `planted_contradictions.jsonl` has
sentences to add to the reasoning: plants, which contradict what another text says, and controls, which look
alike and don't (another time, a hedge, a condition, something that ended, somebody else). All were written
before the check was run on them. A plant is detected when the sentence takes part in a contradiction.

Printed: detection of plants, false alarms on controls and on untouched descriptions, each with its 95 %
Wilson interval, by language and part of the descriptions. The rules were mended once by what `--list` shows,
the plants that were missed and the false alarms of the parts `dev` and `first`, and only of those; and by the
first look at the untouched descriptions (7 of 38 raised an alarm then, and 1 of the 33 short ones).
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from claim_marks import SPLITS, Description, load
from saber.core.records import Annotation, AudioDescription
from saber.core.taxonomy import Dimension
from saber.grounding import Clash, inner_consistency

HERE = Path(__file__).parent
PLANTED = HERE / "planted_contradictions.jsonl"
SHORT = HERE / "grounding_descriptions.jsonl"
MENDED_BY = ("dev", "first")
UNSEEN = ("second", "third")
"""Their plants and controls were never looked at."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="also list misses and alarms of two of the parts")
    arguments = parser.parse_args()
    descriptions = {d.id: d for d in load()}
    planted = [json.loads(line) for line in PLANTED.read_text(encoding="utf-8").splitlines()]
    faults: list[str] = []
    print(
        "| part | language | plants detected | alarms on controls | alarms on untouched |\n"
        + "|---" * 5
        + "|"
    )
    groups = [(split, lang) for split in SPLITS for lang in ("en", "zh")]
    for parts, language in [*(((s,), lang) for s, lang in groups), (UNSEEN, "en"), (UNSEEN, "zh")]:
        chosen = {k: d for k, d in descriptions.items() if d.split in parts and d.language == language}
        rows = [row for row in planted if row["id"] in chosen]
        detected = [added(chosen[r["id"]], r["plant"], faults, True) for r in rows if "plant" in r]
        alarms = [added(chosen[r["id"]], r["control"], faults, False) for r in rows if "control" in r]
        untouched = [bool(inner_consistency(annotation(d))) for d in chosen.values()]
        name = parts[0] if len(parts) == 1 else "**second + third**"
        print(f"| {name} | {language} | {rate(detected)} | {rate(alarms)} | {rate(untouched)} |")
    short = [json.loads(line)["annotation"] for line in SHORT.read_text(encoding="utf-8").splitlines()]
    clashes = [bool(inner_consistency(Annotation.model_validate(a))) for a in short]
    print(f"| short descriptions of real clips | en + zh | | | {rate(clashes)} |")
    if arguments.list:
        print("\n" + "\n".join(dict.fromkeys(faults)))
    return 0


def annotation(description: Description, sentence: str = "") -> Annotation:
    gap = " " if description.language == "en" else ""
    texts = description.texts
    return Annotation(
        scene=texts[Dimension.SCENE],
        face=texts[Dimension.FACE],
        body=texts[Dimension.BODY],
        audio=AudioDescription(acoustic=texts[Dimension.ACOUSTIC], speech=""),
        reasoning=texts[Dimension.REASONING] + (gap + sentence if sentence else ""),
    )


def added(description: Description, sentence: str, faults: list[str], contradicts: bool) -> bool:
    """Does the sentence, added to the reasoning, take part in a contradiction?"""
    begin = len(description.texts[Dimension.REASONING])
    clashes = [c for c in inner_consistency(annotation(description, sentence)) if _takes_part(c, begin)]
    if description.split in MENDED_BY and bool(clashes) != contradicts:
        why = "; ".join(f"{c.a.text} ({c.a.dimension}) against {c.b.text}" for c in clashes) or "missed"
        faults.append(f"{description.id}: {sentence} -- {why}")
    return bool(clashes)


def _takes_part(clash: Clash, begin: int) -> bool:
    return any(c.dimension is Dimension.REASONING and c.start >= begin for c in (clash.a, clash.b))


def rate(outcomes: list[bool]) -> str:
    n, hits = len(outcomes), sum(outcomes)
    low, high = wilson(hits, n)
    return f"{hits} of {n} = {hits / n:.0%} ({low:.0%} to {high:.0%})"


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    p, d = hits / n, 1 + z * z / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    middle = (p + z * z / (2 * n)) / d
    return max(0.0, middle - half), min(1.0, middle + half)


if __name__ == "__main__":
    raise SystemExit(main())
