"""What is counted in the words: how many, how fast, and which kinds?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from saber.perceive.speech.sentences import Sentence

__all__ = ["count_kinds", "unit_count", "units_per_minute"]

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

_KINDS: dict[str, dict[str, re.Pattern[str]]] = {
    "en": {
        "speech.negations": re.compile(
            r"\b(?:no|not|never|nothing|nobody|none|neither|nor|nowhere|cannot|without)\b|n['’]t\b", re.I
        ),
        "speech.hedges": re.compile(
            r"\b(?:maybe|perhaps|possibly|probably|might|i (?:think|guess|suppose)|i['’]m not sure|"
            r"(?:kind|sort) of|kinda|sorta|somewhat|not really)\b",
            re.I,
        ),
        "speech.fillers": re.compile(r"\b(?:u+h+m*|u+m+|e+r+m*|h+m+|mm+)\b", re.I),
    },
    "zh": {
        # 不 also stands inside words that deny nothing.
        "speech.negations": re.compile(r"(?<![差要])不(?![过仅但错])|没|别(?![人的处])|从未|未曾|无法"),
        "speech.hedges": re.compile(
            r"可能|也许|或许|大概|好像|似乎|说不定|应该是|恐怕|不太确定|我觉得|我想(?=[，是他她它这那])"
        ),
        "speech.fillers": re.compile(r"[呃嗯唔]+|(?:那个[，、]?){2,}"),
    },
}  # fmt: skip


def unit_count(text: str, language: str) -> int:
    """Words; for Chinese, characters, and each word in another script as one."""
    if language != "zh":
        return len(_WORD.findall(text))
    return len(_HAN.findall(text)) + len(_WORD.findall(_HAN.sub(" ", text)))


def units_per_minute(sentences: Sequence[Sentence]) -> float | None:
    """Words or characters per minute of speech, or None for less than half a second of it.

    The time is that from the first to the last word of each sentence: the pauses between sentences are
    left out, those inside are counted.
    """
    speech_s = sum(s.span.duration_s for s in sentences)
    if speech_s < 0.5:
        return None
    return 60 * sum(unit_count(s.text, s.language) for s in sentences) / speech_s


def count_kinds(sentences: Sequence[Sentence]) -> dict[str, int | None]:
    """Cue name -> count over all sentences; None where a sentence's language has no word list."""
    listed = all(s.language in _KINDS for s in sentences)
    counts: dict[str, int | None] = {
        "speech.questions": sum(s.text.rstrip().endswith(("?", "？")) for s in sentences),
        "speech.exclamations": sum(s.text.rstrip().endswith(("!", "！")) for s in sentences),
    }
    for name in _KINDS["en"]:
        counts[name] = (
            sum(len(_KINDS[s.language][name].findall(s.text)) for s in sentences) if listed else None
        )
    return counts
