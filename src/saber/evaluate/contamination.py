"""Which corpora was the model trained on that the benchmark draws from?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from saber.evaluate.records import Overlap
from saber.split import Draw, benchmarks, corpus_key, in_saber

__all__ = ["SABER", "overlaps", "own_overlaps", "strangers"]

SABER = "saber"
"""Stands for the ten corpora that the authors' SABER is built from."""


def overlaps(benchmark: str | None, trained_on: Sequence[str]) -> tuple[Overlap, ...]:
    """What of the benchmark comes from these corpora, by the table of `saber.split`. By corpus only: whether
    the same clips are meant, a leakage report on the training rows must say."""
    trained = {corpus_key(name) for name in trained_on if name.casefold() != SABER}
    everything = any(name.casefold() == SABER for name in trained_on)
    draws = next((b.draws for b in benchmarks() if b.name == benchmark), ())

    def held(draw: Draw) -> bool:
        if draw.corpus == "*":
            return everything or any(in_saber(name) for name in trained)
        return draw.corpus in trained or (everything and in_saber(draw.corpus))

    return tuple(
        Overlap(corpus=d.corpus, part=d.part, relation=d.relation, clips=d.clips, source=d.source)
        for d in draws
        if held(d)
    )


def own_overlaps(corpora: Iterable[str | None], trained_on: Sequence[str]) -> tuple[Overlap, ...]:
    """Likewise of a benchmark that says of each sample which corpus it comes from."""
    trained = {corpus_key(name) for name in trained_on if name.casefold() != SABER}
    everything = any(name.casefold() == SABER for name in trained_on)
    counts = Counter(corpus_key(name) for name in corpora if name)
    return tuple(
        Overlap(
            corpus=corpus,
            part="samples of the benchmark",
            relation="the benchmark's own clips; which of them it met, the training rows must say",
            clips=count,
            source="the benchmark's own records",
        )
        for corpus, count in sorted(counts.items())
        if corpus in trained or (everything and in_saber(corpus))
    )


def strangers(trained_on: Sequence[str]) -> list[str]:
    """Those names that the table of corpora does not know: no overlap can be found for them."""
    known = {draw.corpus for benchmark in benchmarks() for draw in benchmark.draws}
    return [
        name
        for name in trained_on
        if name.casefold() != SABER and not in_saber(name) and corpus_key(name) not in known
    ]
