"""Which limits does cleaning hold a clip against, where do they come from, and what do they mean?

The one table. `docs/cleaning.md` is made from it; `CleanSettings` takes its defaults from it; a drop's reason
is a row's `reason`, or `<check>_unknown` where the quantity could not be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["NEEDS", "THRESHOLDS", "Threshold", "threshold"]


@dataclass(frozen=True)
class Threshold:
    """One limit.

    Attributes:
        check: name of the quantity, `Check.name`.
        reason: the drop's slug when it does not pass.
        setting: key of the table `[clean]` that changes the limit.
        limit: the default.
        unit: of score and limit.
        keeps: `at_least` the limit, or `at_most`.
        asked: after which step the score is known: `header`, `sound`, `speech`, `picture`, `end`.
        source: who proposes the limit, or that it is an own choice and on what grounds.
        means: one sentence for a person.
    """

    check: str
    reason: str
    setting: str
    limit: float
    unit: str
    keeps: Literal["at_least", "at_most"]
    asked: Literal["header", "sound", "speech", "picture", "end"]
    source: str
    means: str

    def passes(self, score: float, limit: float) -> bool:
        return score >= limit if self.keeps == "at_least" else score <= limit


THRESHOLDS: tuple[Threshold, ...] = (
    Threshold(
        "shortest", "too_short", "min_duration_s", 1.0, "s", "at_least", "header",
        "Own choice: two or three words; the shortest utterances of acted corpora last a little over 1 s.",
        "How long the clip is.",
    ),
    Threshold(
        "longest", "too_long", "max_duration_s", 30.0, "s", "at_most", "header",
        "The window of Whisper (Radford et al. 2022), by which later stages hear; longer videos are "
        "for `[cut]`.",
        "How long the clip is.",
    ),
    Threshold(
        "resolution", "low_resolution", "min_side_px", 180, "px", "at_least", "header",
        "Own choice: a face that fills a third of the height then has 60 px, above the 48 px from which the "
        "face sense reads with full confidence.",
        "The shorter side of the picture, upright and with square pixels.",
    ),
    Threshold(
        "frame_rate", "low_frame_rate", "min_fps", 12.0, "1/s", "at_least", "header",
        "The face sense's own floor: below it blinks and micro-expressions fall between pictures.",
        "Pictures a second, declared or counted.",
    ),
    Threshold(
        "loudness", "mute", "min_level_db", -60.0, "dBFS", "at_least", "sound",
        "Own choice: 30 dB under the level of quiet speech in a usual recording; nobody hears it.",
        "Level of the loudest tenth of the sound, in stretches of 0.1 s.",
    ),
    Threshold(
        "clipping", "clipped", "max_clipping_ratio", 0.01, "ratio", "at_most", "sound",
        "Own choice, checked on clean and clipped recordings: clean speech has about 1 in 10,000 there.",
        "Share of the samples within 2 % of the sound's greatest magnitude, where flat tops pile up.",
    ),
    Threshold(
        "speech", "no_speech", "min_speech_s", 0.3, "s", "at_least", "speech",
        "Own choice: one or two syllables; the least of 80 acted utterances is 0.41 s.",
        "How long somebody speaks, by Silero's voice activity.",
    ),
    Threshold(
        "snr", "noisy", "min_snr_db", 5.0, "dB", "at_least", "speech",
        "Own choice, checked on clean and noisy recordings; the fine measures of the voice stop at 3 dB.",
        "Power of the speech over that of what is there between it.",
    ),
    Threshold(
        "luminance", "too_dark", "min_luminance", 0.2, "ratio", "at_least", "picture",
        "Own choice, checked on lit and darkened clips.",
        "Luma that a tenth of the picture exceeds, the median picture; 1 is white.",
    ),
    Threshold(
        "black", "black_picture", "max_black_ratio", 0.2, "ratio", "at_most", "picture",
        "Black as in FFmpeg's blackdetect (98 % of the pixels under 0.10). The share: own choice.",
        "Share of the pictures that are black.",
    ),
    Threshold(
        "frozen", "frozen_picture", "max_frozen_ratio", 0.5, "ratio", "at_most", "picture",
        "Own choice: nobody who speaks stays still for half of the time.",
        "Share of the steps of a quarter second in which nothing in the picture changes.",
    ),
    Threshold(
        "sharpness", "blurred", "min_sharpness", 0.4, "", "at_least", "picture",
        "Laplacian and gradient energy: focus measures of Pertuz et al. 2013. Limit: own choice between real "
        "clips (0.96 and more) and the same ones blurred by 0.5 % of their width (0.2 to 0.5).",
        "Variance of the Laplacian over the mean squared gradient, at 320 px, the median picture.",
    ),
    Threshold(
        "face", "no_face", "min_face_ratio", 0.5, "ratio", "at_least", "picture",
        "Own choice: the face is what half of the annotation is about.",
        "Share of the pictures looked at, one a second or at least four, in which there is a face.",
    ),
    Threshold(
        "picture_loss", "picture_lost", "max_picture_loss_ratio", 0.05, "ratio", "at_most", "end",
        "Own choice: less than a tenth of a second in an utterance of 2 s.",
        "Share of the pictures that could not be decoded, came out damaged, or are missing at the end.",
    ),
    Threshold(
        "sound_loss", "sound_lost", "max_sound_loss_ratio", 0.05, "ratio", "at_most", "end",
        "Own choice, as for pictures.",
        "Share of the sound that could not be decoded or is missing at the end.",
    ),
)  # fmt: skip
"""In the order in which they are asked: cheap ones first."""

NEEDS = {
    "picture": ("no_picture", "require_picture", "The clip has no moving picture."),
    "sound": ("no_sound", "require_sound", "The clip has no sound track."),
}
"""What a clip must have at all: check -> reason, setting, sentence."""

_BY_CHECK = {row.check: row for row in THRESHOLDS}
_BY_SETTING = {row.setting: row for row in THRESHOLDS}


def threshold(name: str) -> Threshold:
    """The row of a check, or of a setting. KeyError when there is none."""
    return _BY_CHECK[name] if name in _BY_CHECK else _BY_SETTING[name]
