"""How large is each split, and what keeps two clips in the same one?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SPLITS", "SplitSettings"]

SPLITS: tuple[Literal["train", "validation", "test"], ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class SplitSettings:
    """The ratios and distances are own choices: SABER's authors publish none but the size of their test.

    Attributes:
        train_ratio, validation_ratio, test_ratio: of each corpus' clips; they sum to 1.
        tolerance_ratio: how far a corpus' share may be from its ratio before components are moved away from
            where their hash puts them.
        seed: another seed is another draw.
        together: what two clips of different splits must not share. A file, and being near-duplicates,
            always count.
        max_linked_picture_distance, max_linked_sound_distance: a kept clip whose nearest kept neighbour
            is no further away, in picture or in sound, stays with it. Shares of differing bits.
        saber_test_clips: size of SABER-Test, both halves together; 1,800 as the authors' own.
    """

    train_ratio: float = 0.8
    validation_ratio: float = 0.1
    test_ratio: float = 0.1
    tolerance_ratio: float = 0.02
    seed: int = 0
    together: Literal["speaker_and_group", "speaker", "group"] = "speaker_and_group"
    max_linked_picture_distance: float = 0.2
    max_linked_sound_distance: float = 0.2
    saber_test_clips: int = 1800

    def __post_init__(self) -> None:
        if min(self.ratios) < 0 or abs(sum(self.ratios) - 1) > 1e-6:
            raise ValueError(f"the three ratios must be 0 or more and sum to 1, not {self.ratios}")
        if not 0 < self.tolerance_ratio <= 1:
            raise ValueError(f"tolerance_ratio must be above 0 up to 1, not {self.tolerance_ratio}")
        for name in ("max_linked_picture_distance", "max_linked_sound_distance"):
            if not 0 <= getattr(self, name) < 0.5:
                raise ValueError(f"{name} must be 0 or more and below 0.5, where chance is")
        if self.saber_test_clips < 0 or self.saber_test_clips % 2:
            raise ValueError(f"saber_test_clips must be even and not negative, not {self.saber_test_clips}")

    @property
    def ratios(self) -> tuple[float, float, float]:
        return self.train_ratio, self.validation_ratio, self.test_ratio
