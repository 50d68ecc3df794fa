"""What can be set about verification, and which checks must a clip pass?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CHECKS", "HearSettings", "VerifySettings", "required_checks"]

SPEECH = "speech"
CAPTION = "visual_caption"
VISUAL = "visual_claims"
ACOUSTIC = "acoustic_claims"
EVIDENCE = "reasoning_evidence"
EMOTION = "reasoning_emotion"

CHECKS: tuple[str, ...] = (SPEECH, CAPTION, VISUAL, ACOUSTIC, EVIDENCE, EMOTION)
"""Every check there is; each record holds an answer to each, also where nobody could be asked.

    speech            the words against an independent recogniser and the corpus's transcript
    visual_caption    scene, face and body against another model's caption, by a judge
    visual_claims     what the three say against the measured cues
    acoustic_claims   what the acoustic text says against the measured cues
    reasoning_evidence  the reasoning uses what the five other texts and the cues tell, and only that
    reasoning_emotion   the emotion that it comes to follows from that
"""


@dataclass(frozen=True)
class HearSettings:
    """Who hears the clip a second time."""

    model: str | None = None
    """A Whisper model in CTranslate2 form, a folder or a name on the hub, that did not write the transcript.
    None: a packaged one that did not."""
    beam_size: int = 5
    threads: int = 2
    device: Literal["cpu", "cuda", "auto"] = "cpu"

    def __post_init__(self) -> None:
        for name in ("beam_size", "threads"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")


@dataclass(frozen=True)
class VerifySettings:
    """Who is asked, what is too much, and what has to pass. Thresholds: docs/verification.md."""

    captioner: str | None = None
    """Spec of a model that sees frames and captions them. None: no such model is served."""
    judge: str | None = None
    """Spec of a model that compares texts. None: the captioner judges too, where there is one."""
    required: tuple[str, ...] | None = None
    """Names of `CHECKS` that a clip must pass. None: all, but `visual_caption` only with a captioner."""
    rewrites: int = 2
    """How often a text that fails is written again by its own model before the clip is dropped."""
    max_word_error_rate: float = 0.5
    """Errors per word (Chinese: character) of the reference; above it the words are not the clip's."""
    max_contradicted: float = 0.2
    """Confidence of a text's contradicted claims over that of all its decided ones, 0-1."""
    max_unsupported: float = 0.3
    """Share of the measurable claims of texts by the embedded analyst that no measurement supports, 0-1."""
    max_invented: float = 0.0
    """Share of the reasoning's claims that none of the other texts make and no cue supports, 0-1."""
    max_figure_error: float = 0.15
    """Between a figure that the reasoning gives of an emotion and the measured one; a share of its range."""
    min_emotion_ratio: float = 0.7
    """Measured share of a named emotion over that of the likeliest one, 0-1, where it is greatest: in all
    modalities together or in one."""
    frames: int = 8
    """Pictures that the captioner gets."""
    frame_side_px: int = 512
    retries: int = 2
    """How often an unusable answer is asked for again."""
    max_tokens: int = 800
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("rewrites", "retries"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more, not {getattr(self, name)}")
        for name in (
            "max_contradicted",
            "max_unsupported",
            "max_invented",
            "max_figure_error",
            "min_emotion_ratio",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be 0 to 1, not {getattr(self, name)}")
        if self.max_word_error_rate < 0:
            raise ValueError(f"max_word_error_rate must be 0 or more, not {self.max_word_error_rate}")
        for name in ("frames", "frame_side_px", "max_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if unknown := set(self.required or ()) - set(CHECKS):
            raise ValueError(
                f"there is no check {sorted(unknown)[0]!r} to require; there are {', '.join(CHECKS)}"
            )
        if self.judge is not None and self.captioner is None and CAPTION in (self.required or ()):
            raise ValueError(f"{CAPTION} is required, but no captioner is named")


def required_checks(settings: VerifySettings) -> tuple[str, ...]:
    """Names of the checks that decide, in the order of `CHECKS`."""
    if settings.required is not None:
        return tuple(name for name in CHECKS if name in settings.required)
    return tuple(name for name in CHECKS if name != CAPTION or settings.captioner is not None)
