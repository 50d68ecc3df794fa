"""Which clips are consistent, where does each clip go, and does anything leak between the splits?"""

from saber.split.compare import CompareSettings, CompareStage
from saber.split.settings import SplitSettings
from saber.split.stage import SplitStage
from saber.split.summary import Summary

__all__ = ["CompareSettings", "CompareStage", "SplitSettings", "SplitStage", "Summary"]
