"""Which stages make a dataset of raw clips, and how are they run?"""

from saber.factory.annotate import EmbeddedAnnotate, ModelAnnotate
from saber.factory.perceive import PerceiveStage

__all__ = ["EmbeddedAnnotate", "ModelAnnotate", "PerceiveStage"]
