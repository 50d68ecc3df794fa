"""How is a model asked for the six dimensions, and with how much patience?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from saber.models import Sampling

__all__ = ["InferSettings"]


@dataclass(frozen=True)
class InferSettings:
    """Defaults are own choices: eight pictures of 512 px are what most servers take in one message; the cues
    of a talking face of a few seconds need about 8,000 characters."""

    mode: Literal["one", "staged"] = "one"
    """`one`: one request in SED order. `staged`: the visual evidence from sight alone, the acoustic from
    sound alone, the reasoning from the two texts."""
    send: Literal["cues", "frames", "media"] | None = None
    """The most that the model may get, as `saber.models.Send`. None: `media` for a model in this process,
    which leaves nothing; `cues` for every other."""
    prompt_file: Path | None = None
    """A prompt of your own, sent word for word with the media instead of ours."""
    form: Literal["auto", "json", "tags"] = "auto"
    """Of the answer. `auto`: JSON where the model can be held to a schema, SED tags where it can't."""
    describe: Literal["unseen", "all"] = "unseen"
    """Cues as text for what the model does not get as media (`unseen`), or beside the media too (`all`)."""
    retries: int = 2
    """How often an unusable answer is asked for again, differently."""
    max_tokens: int = 2048
    """Of one answer."""
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    longest_cues_chars: int = 12_000
    longest_section_chars: int | None = None
    """Stated in the schema where set; not every server knows the limit (OpenAI's strict mode refuses it)."""
    frames: int = 8
    frame_side_px: int = 512
    most_media_mb: float = 20.0
    """Of one piece of media before it is encoded as text. A longer video is sent as frames instead."""

    def __post_init__(self) -> None:
        Sampling(self.temperature, self.top_p, self.max_tokens)  # says what is wrong with them
        if self.retries < 0:
            raise ValueError(f"retries must be 0 or more, not {self.retries}")
        if not 1 <= self.frames <= 256:
            raise ValueError(f"frames must be 1 to 256, not {self.frames}")
        if not 16 <= self.frame_side_px <= 4096:
            raise ValueError(f"frame_side_px must be 16 to 4096, not {self.frame_side_px}")
        if self.longest_cues_chars < 2000:
            raise ValueError(f"longest_cues_chars must be 2000 or more, not {self.longest_cues_chars}")
        if self.longest_section_chars is not None and self.longest_section_chars < 1:
            raise ValueError(f"longest_section_chars must be 1 or more, not {self.longest_section_chars}")
        if not self.most_media_mb > 0:
            raise ValueError(f"most_media_mb must be above 0, not {self.most_media_mb}")

    def sampling(self, attempt: int = 1) -> Sampling:
        """Another seed for each attempt: a repeated question is to be drawn anew."""
        return Sampling(self.temperature, self.top_p, self.max_tokens, 1, self.seed + attempt - 1)
