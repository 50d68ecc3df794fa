"""What can a user change about cleaning, cutting and near-duplicates?"""

from __future__ import annotations

from dataclasses import dataclass, field

from saber.clean.thresholds import threshold
from saber.media import MediaSettings
from saber.perceive.voice import VoiceSettings

__all__ = ["CleanSettings", "CutSettings", "DuplicatesSettings"]


def _default(setting: str) -> float:
    return threshold(setting).limit


@dataclass(frozen=True)
class CleanSettings:
    """The table `[clean]`. Every limit's meaning and source: `saber.clean.thresholds`, `docs/cleaning.md`.

    Attributes:
        require_picture, require_sound: a clip without is dropped. False: what it has is still checked.
        require_speech, require_face: False: neither asked nor measured.
        all_checks: go on after the first failure, so that every score is known; for calibrating.
        voice: how speech is found.
    """

    min_duration_s: float = _default("min_duration_s")
    max_duration_s: float = _default("max_duration_s")
    min_side_px: float = _default("min_side_px")
    min_fps: float = _default("min_fps")
    min_level_db: float = _default("min_level_db")
    max_clipping_ratio: float = _default("max_clipping_ratio")
    min_speech_s: float = _default("min_speech_s")
    min_snr_db: float = _default("min_snr_db")
    min_luminance: float = _default("min_luminance")
    max_black_ratio: float = _default("max_black_ratio")
    max_frozen_ratio: float = _default("max_frozen_ratio")
    min_sharpness: float = _default("min_sharpness")
    min_face_ratio: float = _default("min_face_ratio")
    max_picture_loss_ratio: float = _default("max_picture_loss_ratio")
    max_sound_loss_ratio: float = _default("max_sound_loss_ratio")
    require_picture: bool = True
    require_sound: bool = True
    require_speech: bool = True
    require_face: bool = True
    all_checks: bool = False
    voice: VoiceSettings = field(default_factory=VoiceSettings)

    def __post_init__(self) -> None:
        if not 0 <= self.min_duration_s < self.max_duration_s <= MediaSettings().max_duration_s:
            most_s = MediaSettings().max_duration_s
            raise ValueError(
                f"0 <= min_duration_s < max_duration_s <= {most_s:g} must hold; longer videos are for [cut]"
            )
        for name in ("min_luminance", "min_face_ratio", *(n for n in vars(self) if n.endswith("_ratio"))):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} lies between 0 and 1, not {getattr(self, name)}")
        for name in ("min_side_px", "min_fps", "min_speech_s", "min_sharpness"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} can't be negative")


@dataclass(frozen=True)
class CutSettings:
    """The table `[cut]`: long videos into clips of one utterance, at shots and pauses.

    Attributes:
        cut: whether the stage is there at all.
        min_utterance_s: shorter utterances are joined to a neighbour in the same shot, else left out.
        max_utterance_s: longer ones are divided at their longest pauses.
        min_pause_s: speech goes on over shorter pauses (Goldman-Eisler 1968: below 0.25 s is articulation;
            own choice: a sentence's end is longer).
        pad_s: kept around an utterance, as far as pause and shot allow.
        shots: also cut where the picture does; False for sound alone.
    """

    cut: bool = False
    min_utterance_s: float = 1.0
    max_utterance_s: float = 15.0
    min_pause_s: float = 0.5
    pad_s: float = 0.2
    shots: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.min_utterance_s < self.max_utterance_s:
            raise ValueError("0 < min_utterance_s < max_utterance_s must hold")
        if self.min_pause_s < 0.1:
            raise ValueError(f"min_pause_s must be at least 0.1, not {self.min_pause_s}")
        if not 0 <= self.pad_s <= 2:
            raise ValueError(f"pad_s lies between 0 and 2, not {self.pad_s}")


@dataclass(frozen=True)
class DuplicatesSettings:
    """The table `[duplicates]`. Distances are shares of differing bits at the best alignment; chance is 0.5.

    A clip repeats another when picture and sound are this near, those of the two that both have. Without
    sound in both the picture alone must be nearer: people before one wall look alike.

    Attributes:
        max_picture_distance, max_sound_distance, max_picture_alone_distance: see above.
        drop: False keeps all clips and only names the nearest.
    """

    max_picture_distance: float = 0.2
    max_sound_distance: float = 0.15
    max_picture_alone_distance: float = 0.0
    drop: bool = True

    def __post_init__(self) -> None:
        for name in ("max_picture_distance", "max_sound_distance", "max_picture_alone_distance"):
            if not 0 <= getattr(self, name) < 0.5:
                raise ValueError(f"{name} must be 0 or more and below 0.5, where chance is")
