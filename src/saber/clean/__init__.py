"""Is a raw clip fit to be annotated, and is it new? Cutting, cleaning and near-duplicates."""

from saber.clean.calibrate import Calibration, calibrate
from saber.clean.cut import CutStage
from saber.clean.document import document
from saber.clean.duplicates import DuplicatesStage
from saber.clean.settings import CleanSettings, CutSettings, DuplicatesSettings
from saber.clean.stage import CleanStage
from saber.clean.thresholds import THRESHOLDS, Threshold

__all__ = [
    "THRESHOLDS",
    "Calibration",
    "CleanSettings",
    "CleanStage",
    "CutSettings",
    "CutStage",
    "DuplicatesSettings",
    "DuplicatesStage",
    "Threshold",
    "calibrate",
    "document",
]
