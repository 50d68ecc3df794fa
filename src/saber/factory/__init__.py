"""Which stages make a dataset of raw clips, and how are they run?"""

from saber.factory.annotate import EmbeddedAnnotate, ModelAnnotate
from saber.factory.perceive import PerceiveStage
from saber.factory.rewrite import ModelRewriter
from saber.factory.run import Made, estimate_dataset, make_dataset
from saber.factory.settings import AnnotateSettings, DatasetSettings, load_dataset
from saber.factory.stages import STAGES, stages_of

__all__ = [
    "STAGES",
    "AnnotateSettings",
    "DatasetSettings",
    "EmbeddedAnnotate",
    "Made",
    "ModelAnnotate",
    "ModelRewriter",
    "PerceiveStage",
    "estimate_dataset",
    "load_dataset",
    "make_dataset",
    "stages_of",
]
