"""Which benchmarks are there?"""

from __future__ import annotations

from saber.core.errors import UsageError
from saber.evaluate.bench import Bench
from saber.evaluate.crema_d import CremaD
from saber.evaluate.emer import Emer
from saber.evaluate.emobench_m import EmoBenchM
from saber.evaluate.mme_emotion import MmeEmotion
from saber.evaluate.ov_merd import OvMerd
from saber.evaluate.saber_test import SaberTest

__all__ = ["BENCHES", "bench_of"]

BENCHES: dict[str, type[Bench]] = {
    bench.name: bench for bench in (SaberTest, Emer, EmoBenchM, OvMerd, MmeEmotion, CremaD)
}


def bench_of(name: str) -> Bench:
    """UsageError when there is none of that name."""
    if name not in BENCHES:
        raise UsageError(f"There is no benchmark {name!r}.", remedy=f"Known: {', '.join(BENCHES)}.")
    return BENCHES[name]()
