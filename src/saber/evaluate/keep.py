"""How is a run kept, and read again?

`run.json` holds the run, `samples.jsonl` every sample with its response and score, judge's words included,
and `report.md` and `report.html` what a person reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from saber.core.errors import UsageError
from saber.evaluate.markdown import markdown
from saber.evaluate.page import page
from saber.evaluate.records import Response, Run, Sample, Score
from saber.evaluate.run import Evaluated
from saber.storage import write_whole

__all__ = ["keep", "read_rows", "read_run"]


def keep(evaluated: Evaluated, out: Path, data: Path) -> None:
    """Write the four files; each is whole or not there. `data`: where the clips of the page lie."""
    rows = list(zip(evaluated.samples, evaluated.responses, evaluated.scores, strict=True))
    lines = (
        f'{{"sample":{s.model_dump_json()},"response":{r.model_dump_json()},"score":{c.model_dump_json()}}}\n'
        for s, r, c in rows
    )
    write_whole(out / "samples.jsonl", "".join(lines).encode())
    write_whole(out / "report.html", page(evaluated.run, rows, data, out).encode())
    write_whole(out / "report.md", markdown(evaluated.run).encode())
    write_whole(out / "run.json", (evaluated.run.model_dump_json(indent=1) + "\n").encode())


def read_run(path: Path) -> Run:
    """The run of `run.json`, or of the folder that holds it. UsageError when it can't be read."""
    file = path / "run.json" if path.is_dir() else path
    try:
        return Run.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UsageError(f"Can't read the run {file}: {error.strerror}.") from error
    except ValidationError as error:
        raise UsageError(
            f"{file} is no run of this version of saber evaluate: {error.errors()[0]['msg']}."
        ) from error


def read_rows(folder: Path) -> Iterator[tuple[Sample, Response, Score]]:
    """What `samples.jsonl` holds. UsageError when it can't be read."""
    file = folder / "samples.jsonl"
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield (
                Sample.model_validate(row["sample"]),
                Response.model_validate(row["response"]),
                Score.model_validate(row["score"]),
            )
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"Can't read the samples in {file}: {error}.") from error
