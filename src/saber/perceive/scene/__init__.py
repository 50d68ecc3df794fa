"""What does the picture show apart from the person? ScenePerceiver; where shots change: ShotWatch."""

from saber.perceive.scene.perceiver import ScenePerceiver
from saber.perceive.scene.settings import SceneSettings
from saber.perceive.scene.shot_watch import ShotWatch

__all__ = ["ScenePerceiver", "SceneSettings", "ShotWatch"]
