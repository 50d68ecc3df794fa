"""How do many items pass through the stages, so that nothing is lost or done twice?"""

from saber.flow.engines import ENGINES
from saber.flow.estimate import Estimate, StageEstimate, estimate
from saber.flow.ledger import Ledger
from saber.flow.look_in import Outcome, items, outcomes, outputs, redo, retry, review, status, withdraw
from saber.flow.run import OnProgress, run
from saber.flow.settings import FlowSettings
from saber.flow.stage import Answer, CallStage, Drop, Item, Keep, Many, ProcessStage, SetStage, Stage, Tools
from saber.flow.status import RunState, StageStatus, Status

__all__ = [
    "ENGINES",
    "Answer",
    "CallStage",
    "Drop",
    "Estimate",
    "FlowSettings",
    "Item",
    "Keep",
    "Ledger",
    "Many",
    "OnProgress",
    "Outcome",
    "ProcessStage",
    "RunState",
    "SetStage",
    "Stage",
    "StageEstimate",
    "StageStatus",
    "Status",
    "Tools",
    "estimate",
    "items",
    "outcomes",
    "outputs",
    "redo",
    "retry",
    "review",
    "run",
    "status",
    "withdraw",
]
