"""What does the body measurably do in a clip? Front door: BodyPerceiver."""

from saber.perceive.body.outline import BONES, JOINTS
from saber.perceive.body.perceiver import BodyPerceiver
from saber.perceive.body.settings import BodySettings

__all__ = ["BONES", "JOINTS", "BodyPerceiver", "BodySettings"]
