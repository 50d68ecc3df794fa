"""Does what was written of a clip hold? Checks that fail closed: what can't be told is not passed."""

from saber.verify.hear import HearStage
from saber.verify.rewriter import Rewriter
from saber.verify.settings import CHECKS, HearSettings, VerifySettings, required_checks
from saber.verify.stage import VerifyStage

__all__ = [
    "CHECKS",
    "HearSettings",
    "HearStage",
    "Rewriter",
    "VerifySettings",
    "VerifyStage",
    "required_checks",
]
