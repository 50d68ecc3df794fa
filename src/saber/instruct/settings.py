"""Which conversations are made, and in which form?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["InstructSettings"]


@dataclass(frozen=True)
class InstructSettings:
    """Own choices; the authors' wordings and form of training are not published.

    Attributes:
        form: of the answers, `tags` (SED text) or `json` (the public keys, in SED order).
        phrasings: `all`: each clip is asked about in one of several wordings, chosen by the hash of its id.
            `analyze`: always in the one that `saber analyze --model` sends.
        label: one word for the whole is asked for where the writer gave one of the seven.
        sound: `clip`: the sound is read out of the clip's own file. `wav`: it is extracted once, as 16 kHz
            mono WAV, for trainers that can't read sound out of a video.
        seed: another seed chooses other wordings.
    """

    form: Literal["tags", "json"] = "tags"
    phrasings: Literal["all", "analyze"] = "all"
    label: bool = True
    sound: Literal["clip", "wav"] = "clip"
    seed: int = 0
