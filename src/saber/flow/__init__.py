"""How do many items pass through the stages, so that nothing is lost or done twice?"""

from saber.flow.stage import Answer, CallStage, Drop, Item, Keep, Many, ProcessStage, SetStage, Stage, Tools

__all__ = [
    "Answer",
    "CallStage",
    "Drop",
    "Item",
    "Keep",
    "Many",
    "ProcessStage",
    "SetStage",
    "Stage",
    "Tools",
]
