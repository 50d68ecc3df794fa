"""How is the server doing, as a monitoring system reads it? Prometheus' text format, version 0.0.4."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["exposition"]


def exposition(
    counts: Mapping[str, int],
    gauges: Mapping[str, float],
    totals: Mapping[str, float],
    answers: Mapping[int, int],
) -> str:
    """counts: clips by state; gauges: what goes up and down; totals: what only grows; answers: by status."""
    lines = ["# HELP saber_analyses Clips by state.", "# TYPE saber_analyses gauge"]
    lines += [f'saber_analyses{{state="{state}"}} {count}' for state, count in counts.items()]
    for kind, figures in (("gauge", gauges), ("counter", totals)):
        for name, value in figures.items():
            lines += [f"# TYPE saber_{name} {kind}", f"saber_{name} {value:g}"]
    lines += ["# HELP saber_answers_total Answers by HTTP status.", "# TYPE saber_answers_total counter"]
    lines += [
        f'saber_answers_total{{status="{status}"}} {count}' for status, count in sorted(answers.items())
    ]
    return "\n".join(lines) + "\n"
