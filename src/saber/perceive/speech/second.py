"""What does a recogniser hear that had no part in the transcript?

Two recognisers that know nothing of each other rarely make the same mistake, so what both wrote was
probably said. The same weights twice would agree with themselves, and prove nothing: nobody answers then.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import MissingPieceError
from saber.core.records import Cues, ModelInfo, Sound
from saber.core.transcripts import simplified
from saber.perceive.speech.guards import refusal
from saber.perceive.speech.recogniser import load
from saber.perceive.speech.settings import SpeechSettings
from saber.weights import PACKAGED, inventory, locate

__all__ = ["SecondHearing", "hear_again", "second_recognisers", "transcribed_by"]

ENGLISH, ANY = "speech_recognition_en", "speech_recognition"
MOONSHINE = "second_recognition_en"

CANDIDATES = (MOONSHINE, ANY, ENGLISH)
"""Roles, in the order in which they are asked: first another maker's model, then another size of the same
family, which errs alike more often."""
ENGLISH_ONLY = frozenset({MOONSHINE, ENGLISH})

SILENT_DBFS = -60.0
"""Own choice: Moonshine writes "You" over digital silence; what is softer than this nobody said."""


@dataclass(frozen=True)
class SecondHearing:
    """What was heard: `text` is "" where no words were. `language`: a BCP-47 primary tag."""

    text: str
    language: str
    model: ModelInfo


def transcribed_by(cues: Cues) -> tuple[ModelInfo, ...]:
    """The recognisers that may have written the transcript's words; none where none was asked.

    The user's own model writes every language. Of the packaged ones the small English model writes English
    where it is installed, though the other one told the language.
    """
    told = {model.role: model for model in cues.speech.models if model.role in (ENGLISH, ANY)}
    if ANY in told and told[ANY].source != "packaged":
        return (told[ANY],)
    english = cues.transcript is not None and cues.transcript.language == "en"
    if english and ENGLISH in told:
        return (told[ENGLISH],)
    return tuple(told.values())


def second_recognisers() -> tuple[str, ...]:
    """Names of the packaged recognisers that are installed and sound, the preferred ones first."""
    rows = {row.role: row for row in inventory([m for m in PACKAGED if m.role in CANDIDATES])}
    return tuple(rows[role].name for role in CANDIDATES if rows[role].state == "ready")


def hear_again(
    sound: Sound,
    language: str | None,
    apart_from: Sequence[ModelInfo],
    settings: SpeechSettings | None = None,
) -> SecondHearing | None:
    """What another recogniser hears in the whole sound, whatever was taken for speech before.

    Args:
        sound: 16 kHz mono.
        language: of the transcript; None where it holds no words, so that any language may have been missed.
        apart_from: recognisers that wrote the transcript; one with their weights or name is not asked.
        settings: `model` names the recogniser to ask (a Whisper model in CTranslate2 form); None takes a
            packaged one.

    None: there is no such recogniser. Raises UsageError and WrongWeightsError of a model that can't be used,
    MissingPieceError when the one that is named can't be had.
    """
    settings = settings or SpeechSettings()
    if settings.model is not None:
        return _whisper(sound, language, apart_from, ANY, settings)
    for role in CANDIDATES:
        if role in ENGLISH_ONLY and language not in (None, "en"):
            continue
        try:
            if role == MOONSHINE:
                return _moonshine(sound)
            heard = _whisper(sound, language, apart_from, role, settings)
        except MissingPieceError:
            continue
        if heard is not None:
            return heard
    return None


def _whisper(
    sound: Sound,
    language: str | None,
    apart_from: Sequence[ModelInfo],
    role: str,
    settings: SpeechSettings,
) -> SecondHearing | None:
    chosen = locate(role, settings.model).info
    if any(_same(chosen, other) for other in apart_from):
        return None
    recogniser = load(role, settings.model, settings.device, settings.threads)
    if recogniser.multilingual:
        shares = recogniser.languages(sound.samples)
        language = max(shares, key=lambda tag: shares[tag])
    else:
        language = "en"
    runs = recogniser.transcribe(sound.samples, language, settings.beam_size)
    texts = [run.text for run in runs if refusal(run, language) is None]
    joined = ("" if language == "zh" else " ").join(texts).strip()
    return SecondHearing(simplified(joined) if language == "zh" else joined, language, recogniser.info)


def _moonshine(sound: Sound) -> SecondHearing:
    transcriber, info = _loaded_moonshine()
    lines = transcriber.transcribe_without_streaming(sound.samples.tolist(), sound.rate_hz).lines
    heard = [line.text.strip() for line in lines if _level_dbfs(sound, line) > SILENT_DBFS]
    return SecondHearing(" ".join(text for text in heard if text), "en", info)


@functools.cache
def _loaded_moonshine() -> tuple[Any, ModelInfo]:
    located = locate(MOONSHINE)
    try:
        from moonshine_voice.moonshine_api import ModelArch  # type: ignore[import-untyped]
        from moonshine_voice.transcriber import Transcriber  # type: ignore[import-untyped]
    except (ImportError, OSError) as error:  # OSError: its library does not fit this system
        raise MissingPieceError(
            f"moonshine-voice can't be imported: {error}.", remedy='Run: pip install "saber-llm[verify]"'
        ) from error
    return Transcriber(str(Path(located.path).parent), ModelArch.TINY), located.info


def _level_dbfs(sound: Sound, line: Any) -> float:
    first = max(0, int(line.start_time * sound.rate_hz))
    piece: NDArray[np.float32] = sound.samples[first : first + max(1, int(line.duration * sound.rate_hz))]
    power = float(np.mean(np.square(piece, dtype=np.float64))) if len(piece) else 0.0
    return 10.0 * float(np.log10(power)) if power > 0 else -np.inf


def _same(one: ModelInfo, other: ModelInfo) -> bool:
    return one.name == other.name or (one.sha256 is not None and one.sha256 == other.sha256)
