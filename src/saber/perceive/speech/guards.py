"""Which of the recogniser's words were really said, and which did it make up?

Whisper writes fluent sentences over noise, music and silence. A run of words is refused when one of
these holds; what is refused is reported as unintelligible, never replaced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from saber.core.records import Span
from saber.perceive.speech.recogniser import Heard, HeardWord

__all__ = ["refusal", "said_inside"]

# The first three are the thresholds of OpenAI's reference decoder (Radford et al. 2022, section 4.5).
# There the last two must hold together; here each is enough, because a missing word is better than an
# invented one. Compression must be joined by a repeated phrase.
MAX_COMPRESSION_RATIO = 2.4
MIN_LOG_PROB = -1.0
MAX_NO_SPEECH_PROB = 0.6
MAX_TOKENS_PER_S = 12.0
"""Words (Chinese: characters) per second of the run. Own choice: nobody speaks so fast."""
MAX_REPEATS = 6
"""Of a word or a phrase, one after the other. Own choice: people say a word four times for emphasis."""
MAX_COMPRESSIBLE_REPEATS = 3
"""The same where the whole run compresses too well. Compression alone is no proof: rhetoric that begins
each clause alike ("it was the best of times, it was the worst of times") compresses like a loop."""
_OUTSIDE_S = 0.5
_DOUBTFUL_LOG_PROB = -0.7
_DOUBTFUL_NO_SPEECH = 0.3

_PHANTOMS = frozenset({
    "you", "thank you", "thanks", "thank you for watching", "thanks for watching", "bye", "mm", "hmm", "oh",
    "please subscribe", "subtitles by the amara org community", "thank you very much", "i m sorry", "so",
    "字幕由amara org社区提供", "谢谢观看", "谢谢大家",
    "请不吝点赞订阅转发打赏支持明镜与点点栏目", "感谢观看", "中文字幕",
})  # fmt: skip
"""Lines that Whisper is known to write where nothing is said (subtitle credits, parting phrases), without
punctuation. They are real words too, so they are refused only when the model itself is in doubt."""


def refusal(heard: Heard, language: str) -> str | None:
    """Why the run of words is not to be believed (a slug), or None when it is."""
    if not heard.words:
        return "empty"
    compressible = heard.compression_ratio > MAX_COMPRESSION_RATIO
    if _repeats(heard.text, language) >= (MAX_COMPRESSIBLE_REPEATS if compressible else MAX_REPEATS):
        return "looping"
    if heard.log_prob < MIN_LOG_PROB:
        return "improbable"
    if heard.no_speech_prob > MAX_NO_SPEECH_PROB:
        return "no_speech"
    plain = _plain(heard.text)
    doubtful = heard.log_prob < _DOUBTFUL_LOG_PROB or heard.no_speech_prob > _DOUBTFUL_NO_SPEECH
    if plain in _PHANTOMS and doubtful and heard.no_speech_prob > _DOUBTFUL_NO_SPEECH / 2:
        return "phantom"
    duration_s = heard.words[-1].end_s - heard.words[0].start_s
    count = len(_units(heard.text, language))
    if count > 3 and count > MAX_TOKENS_PER_S * max(duration_s, 1e-6):
        return "too_fast"
    return None


def said_inside(word: HeardWord, place: Span, activity: Sequence[Span]) -> bool:
    """Whether the word's middle lies in voice activity, give or take half a second."""
    middle = (place.start_s + place.end_s) / 2
    return bool(word.text.strip()) and any(
        span.start_s - _OUTSIDE_S <= middle <= span.end_s + _OUTSIDE_S for span in activity
    )


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


def _units(text: str, language: str) -> list[str]:
    plain = _plain(text)
    return list(plain.replace(" ", "")) if language == "zh" else plain.split()


def _repeats(text: str, language: str) -> int:
    """How often a phrase of up to eight units stands in a row, at most; 1 when none is repeated."""
    units = _units(text, language)
    most = 1
    for size in range(1, 9):
        for start in range(size):
            repeats = 1
            for i in range(start + size, len(units) - size + 1, size):
                repeats = repeats + 1 if units[i : i + size] == units[i - size : i] else 1
                most = max(most, repeats)
    return most
