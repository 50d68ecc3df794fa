"""Which clips are consistent, where does each clip go, and does anything leak between the splits?"""

from saber.split.benchmarks import Benchmark, Draw, benchmarks, corpus_key, in_saber
from saber.split.compare import CompareSettings, CompareStage
from saber.split.leakage import LeakageSettings, Placed, find_leaks, placed
from saber.split.leaks import Leaks
from saber.split.settings import SplitSettings
from saber.split.stage import SplitStage
from saber.split.summary import Summary

__all__ = [
    "Benchmark",
    "CompareSettings",
    "CompareStage",
    "Draw",
    "LeakageSettings",
    "Leaks",
    "Placed",
    "SplitSettings",
    "SplitStage",
    "Summary",
    "benchmarks",
    "corpus_key",
    "find_leaks",
    "in_saber",
    "placed",
]
