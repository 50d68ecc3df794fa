"""Which conversation does a model learn from a clip?"""

from saber.instruct.conversation import UnfitError, conversation, phrasing_of
from saber.instruct.settings import InstructSettings
from saber.instruct.stage import InstructStage

__all__ = ["InstructSettings", "InstructStage", "UnfitError", "conversation", "phrasing_of"]
