"""How good is a model on the field's benchmarks, counted in the open?"""

from saber.evaluate.analyst import FITTED_ON, AnalystModel
from saber.evaluate.bench import Bench
from saber.evaluate.benches import BENCHES, bench_of
from saber.evaluate.calibration import Calibrated, calibrate, read_calibration
from saber.evaluate.context import Context
from saber.evaluate.judge import Judge
from saber.evaluate.keep import keep, read_rows, read_run
from saber.evaluate.leaderboard import Board, compare
from saber.evaluate.lmms_eval import export_task
from saber.evaluate.markdown import (
    OUTCOME_NAMES,
    cell,
    grid,
    headline,
    markdown,
    provenance,
    with_interval,
)
from saber.evaluate.published import Published, published
from saber.evaluate.records import Figure, Outcome, Response, Run, Sample, Score
from saber.evaluate.respond import Annotating, Asking, open_caller
from saber.evaluate.run import Evaluated, Subject, Told, evaluate, prompts_sha256
from saber.evaluate.settings import ABLATIONS, EvaluateSettings, EvaluationSettings

__all__ = [
    "ABLATIONS",
    "BENCHES",
    "FITTED_ON",
    "OUTCOME_NAMES",
    "AnalystModel",
    "Annotating",
    "Asking",
    "Bench",
    "Board",
    "Calibrated",
    "Context",
    "EvaluateSettings",
    "Evaluated",
    "EvaluationSettings",
    "Figure",
    "Judge",
    "Outcome",
    "Published",
    "Response",
    "Run",
    "Sample",
    "Score",
    "Subject",
    "Told",
    "bench_of",
    "calibrate",
    "cell",
    "compare",
    "evaluate",
    "export_task",
    "grid",
    "headline",
    "keep",
    "markdown",
    "open_caller",
    "prompts_sha256",
    "provenance",
    "published",
    "read_calibration",
    "read_rows",
    "read_run",
    "with_interval",
]
