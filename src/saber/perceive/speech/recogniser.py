"""What does a Whisper model hear: which language, which words and when, which other sounds?"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import MissingPieceError, UsageError
from saber.core.records import ModelInfo
from saber.weights import locate

__all__ = ["Heard", "HeardWord", "Recogniser", "load"]

_SHORT_FRAMES = 1000
"""10 ms each. Language and other sounds are judged on 10 s instead of Whisper's 30: on the clips that
were tried the language comes out the same, in a third of the time."""


@dataclass(frozen=True)
class HeardWord:
    """A word as the model wrote it (leading space included); times in the sound that was given."""

    text: str
    start_s: float
    end_s: float
    prob: float


@dataclass(frozen=True)
class Heard:
    """What one run of the decoder wrote, with the model's own measures of doubt."""

    words: tuple[HeardWord, ...]
    log_prob: float
    """Mean log-probability of the tokens."""
    no_speech_prob: float
    compression_ratio: float
    """Length of the text over its zlib-compressed length: high when it repeats itself."""

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()


class Recogniser:
    """One loaded Whisper model. Safe to call from several threads."""

    def __init__(self, model: Any, info: ModelInfo) -> None:
        self._model = model
        self.info = info

    @property
    def multilingual(self) -> bool:
        return bool(self._model.model.is_multilingual)

    def languages(self, samples: NDArray[np.float32]) -> dict[str, float]:
        """Probability of each language over the first 10 s of 16 kHz mono samples; English-only: {en: 1}."""
        if not self.multilingual:
            return {"en": 1.0}
        found = self._model.model.detect_language(self._encode(samples))[0]
        return {token.strip("<|>"): float(prob) for token, prob in found}

    def transcribe(self, samples: NDArray[np.float32], language: str, beam_size: int) -> tuple[Heard, ...]:
        """The words in 16 kHz mono samples of any length; deterministic.

        Bracketed descriptions of other sounds are let through (Whisper suppresses them by default).
        """
        segments, _ = self._model.transcribe(
            samples,
            language=language if self.multilingual else "en",
            beam_size=beam_size,
            # One greedy-or-beam pass only: Whisper's fallback to sampling makes results differ from
            # run to run and invents text; what is doubtful is refused by the guards instead.
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            suppress_tokens=None,
            vad_filter=False,
        )
        return tuple(
            Heard(
                words=tuple(
                    HeardWord(w.word, float(w.start), float(w.end), min(1.0, max(0.0, float(w.probability))))
                    for w in segment.words or ()
                ),
                log_prob=float(segment.avg_logprob),
                no_speech_prob=float(segment.no_speech_prob),
                compression_ratio=float(segment.compression_ratio),
            )
            for segment in segments
        )

    def caption(self, samples: NDArray[np.float32]) -> str:
        """What the model writes for up to 10 s of sound, in English, other sounds than words included."""
        from faster_whisper.tokenizer import Tokenizer

        tokenizer = Tokenizer(self._model.hf_tokenizer, self.multilingual, task="transcribe", language="en")
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        result = self._model.model.generate(
            self._encode(samples), [prompt], beam_size=5, suppress_tokens=[], max_length=40
        )[0]
        return str(tokenizer.decode(result.sequences_ids[0])).strip()

    def _encode(self, samples: NDArray[np.float32]) -> Any:
        from faster_whisper.audio import pad_or_trim

        features = self._model.feature_extractor(samples[: 160 * _SHORT_FRAMES])
        return self._model.encode(pad_or_trim(features, _SHORT_FRAMES))


@functools.lru_cache(maxsize=4)
def load(role: str, override: str | None, device: str, threads: int) -> Recogniser:
    """The recogniser for that role, loaded once per process.

    Raises MissingPieceError, UsageError or WrongWeightsError in one sentence. Only an override that is
    a name on the hub may use the network.
    """
    located = locate(role, override)
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise MissingPieceError(
            "faster-whisper can't be imported.", remedy="Run: pip install faster-whisper"
        ) from error
    try:
        model = WhisperModel(
            str(located.path),
            device=device,
            compute_type="int8" if device == "cpu" else "default",
            cpu_threads=threads,
            local_files_only=True,
        )
    except (RuntimeError, ValueError) as error:
        raise UsageError(f"The speech model {located.path} can't be loaded: {error}.") from error
    return Recogniser(model, located.info)
