"""How much of a clip does an Omni model get, and where is that kept?

The same numbers must hold in training and in use, so they are kept beside the checkpoint.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from saber.core.errors import UsageError
from saber.core.settings import build

__all__ = [
    "PRESETS",
    "RELEASED",
    "RELEASED_MAX_TOKENS",
    "STATED",
    "InputSettings",
    "carry_over",
    "load_inputs",
    "save_inputs",
]

FILE = "saber_inputs.json"

_SMALL_FILES = (
    "tokenizer*.json",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "chat_template.*",
    "preprocessor_config.json",
    "processor_config.json",
    "generation_config.json",
    FILE,
)
"""Of a checkpoint: all that its input is made with, and its answers are ended by."""


@dataclass(frozen=True)
class InputSettings:
    """The defaults are what the released inference script of SABER-LLM really gives the model.

    It sets VIDEO_MAX_PIXELS=50176, FPS_MAX_FRAMES=40, MAX_PIXELS=1003520 and 4,096 new tokens, but no least
    number of pixels. Qwen's reader then takes 128*28*28 as the least and lifts the most to 1.05 times that,
    so each frame has about twice the pixels that the script names. `STATED` holds what it names.

    Sight and sound stay apart, the sound after the pictures (`use_audio_in_video` off): the released script
    gives the sound as an entry of its own, an ablation can take one away, and the serving engines do not
    agree on the positions of interleaved tokens.
    """

    fps: float = 2.0
    """Frames a second, before the two limits."""
    min_frames: int = 4
    max_frames: int = 40
    min_pixels: int = 100_352
    """Of one frame; smaller ones are enlarged."""
    max_pixels: int = 105_369
    """Of one frame; larger ones are reduced."""
    picture_max_pixels: int = 1_003_520
    """Of a picture that is given alone."""
    max_sound_s: float = 300.0
    """The encoder of Qwen2.5-Omni reads no more; the library drops the rest in silence, we refuse it."""

    def __post_init__(self) -> None:
        if not 0 < self.fps <= 60:
            raise ValueError(f"fps must be above 0 up to 60, not {self.fps}")
        if not 1 <= self.min_frames <= self.max_frames:
            raise ValueError(f"min_frames must be 1 to max_frames, not {self.min_frames}")
        if not 1 <= self.min_pixels <= self.max_pixels:
            raise ValueError(f"min_pixels must be 1 to max_pixels, not {self.min_pixels}")
        if self.picture_max_pixels < self.min_pixels:
            raise ValueError(
                f"picture_max_pixels must not be under min_pixels, and is {self.picture_max_pixels}"
            )
        if not self.max_sound_s > 0:
            raise ValueError(f"max_sound_s must be above 0, not {self.max_sound_s}")


RELEASED = InputSettings()
"""What the released script gives."""

RELEASED_MAX_TOKENS = 4096
"""Of an answer, in the released script: what `max_tokens` of a request is to be for the released weights."""

STATED = InputSettings(min_pixels=12_544, max_pixels=50_176)
"""What the released script names, with a least of our own choice; half the video tokens of `RELEASED`."""

PRESETS: dict[str, InputSettings] = {"released": RELEASED, "stated": STATED}


def save_inputs(settings: InputSettings, folder: Path) -> Path:
    """Writes the settings beside a checkpoint; returns the file."""
    file = folder / FILE
    file.write_text(json.dumps(asdict(settings), indent=1) + "\n", encoding="utf-8")
    return file


def load_inputs(folder: Path) -> InputSettings | None:
    """The settings kept beside the checkpoint, or None. Raises UsageError when they can't be used."""
    file = folder / FILE
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} can't be read: {error}.", remedy="Remove it, or write it again.") from error
    if not isinstance(content, dict):
        raise UsageError(f"{file} must hold a JSON object.", remedy="Remove it, or write it again.")
    return build(InputSettings, content, str(file))


def carry_over(folder: Path, to: Path) -> list[str]:
    """Copies what the input is made with beside weights that were trained from those in `folder`.

    Returns the names of the files. Without them the new folder could not be asked anything, or would be asked
    in another form than it was trained in. A file that is there already is kept.
    """
    names = sorted({file.name for pattern in _SMALL_FILES for file in folder.glob(pattern)})
    for name in names:
        if not (to / name).exists():
            shutil.copyfile(folder / name, to / name)
    return names
