"""Which small dataset do these tests review? Four made clips, run through all stages by the real command."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from made_once import made_once
from media_maker import make_clip
from saber.core.dataset import Annotated, Verified
from saber.flow import Ledger, items
from saber.review import DecisionIn, FieldDecision, ReviewRoom, Saved

SETTINGS = """
workspace = "made"

[[source]]
path = "list.csv"
corpus = "manifest"
terms = "own"

[clean]
require_face = false
require_speech = false
max_frozen_ratio = 1.0

[verify]
required = ["speech"]

[split]
saber_test_clips = 0
"""
KEPT = ("manifest/a", "manifest/c", "manifest/d")
DROPPED = "manifest/b"
"""Its transcript in the list is false, so the words are found wrong."""
ALL = tuple(sorted((*KEPT, DROPPED)))
STAGES = ("clean", "duplicates", "perceive", "annotate", "hear", "verify", "compare", "split", "instruct")


def make_dataset(folder: Path) -> Path:
    """The workspace of a whole run."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate("abcd", 1):
        make_clip(
            folder / f"{name}.mp4",
            seconds=1.5 + 0.3 * seed,
            size=(320, 240),
            sound="tone" if name != "c" else "noise",
            picture=_moving(seed),
        )
    rows = ["id,path,speaker,language,transcript"]
    rows += [f"{n},{n}.mp4,{n},en,{'hello my dear old friend' if n == 'b' else ''}" for n in "abcd"]
    (folder / "list.csv").write_text("\n".join(rows) + "\n")
    (folder / "dataset.toml").write_text(SETTINGS)
    run(folder)
    return folder / "made"


def dataset_once(factory: pytest.TempPathFactory) -> Path:
    """The folder of `make_dataset`, made once for all tests, which leave it as it is."""
    return made_once(factory, "reviewed", make_dataset)


def dataset_copy(factory: pytest.TempPathFactory) -> Path:
    """One that may be changed; the clips stay where they were."""
    return shutil.copytree(dataset_once(factory), factory.mktemp("reviewed"), dirs_exist_ok=True)


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """`saber run` in that folder; it must end well."""
    answer = saber("run", folder / "dataset.toml", *more)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer


def saber(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "saber.cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def ended_at(workspace: Path) -> dict[tuple[str, str], float]:
    """(stage, item) -> when the row was written."""
    with Ledger(workspace, read_only=True) as ledger:
        return {(stage, item): at for stage, item, at in ledger.rows("SELECT stage, item, at FROM row")}


def annotations(workspace: Path) -> dict[str, Annotated]:
    """What stands, of every clip that verification keeps."""
    kinds = {"annotate": Annotated, "verify": Verified}
    return {
        item.id: item.of("verify", Verified).stands(item.of("annotate", Annotated))
        for item in items(workspace, kinds)
    }


def decide(room: ReviewRoom, item: str, reviewer: str, verdict: str, **other: object) -> Saved:
    """A decision on what is shown now; texts, `emotion` and `half` by their names, None accepts."""
    fields = {
        name: FieldDecision(verdict="accept" if value is None else "correct", value=value)  # type: ignore[arg-type]
        for name, value in other.items()
        if name in ("scene", "face", "body", "acoustic", "speech", "reasoning", "emotion", "half")
    }
    rest = {name: value for name, value in other.items() if name not in fields}
    body = {
        "reviewer": reviewer,
        "verdict": verdict,
        "fields": fields,
        "saw": room.item(item, reviewer).saw,
        "seconds": 12.5,
        **rest,
    }
    return room.decide(item, DecisionIn.model_validate(body))


def _moving(seed: int) -> Callable[[int], NDArray[np.uint8]]:
    blocks = np.random.default_rng(seed).integers(30, 226, (6, 8), dtype=np.uint8)
    still = np.kron(blocks, np.ones((40, 40), np.uint8))

    def picture(index: int) -> NDArray[np.uint8]:
        return np.repeat(np.roll(still, (seed + 2) * index, axis=1)[..., None], 3, axis=2)

    return picture
