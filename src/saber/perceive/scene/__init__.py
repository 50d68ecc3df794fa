"""What does the picture show apart from the person? Front door: ScenePerceiver."""

from saber.perceive.scene.perceiver import ScenePerceiver
from saber.perceive.scene.settings import SceneSettings

__all__ = ["ScenePerceiver", "SceneSettings"]
