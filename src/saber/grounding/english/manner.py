"""Which English words say in what manner somebody speaks or sits, where no measurement decides it?

Only whether texts agree with each other is asked of them.
"""

from __future__ import annotations

from saber.grounding.vocabulary import HEARD, SEEN, Phrase

__all__ = ["PHRASES"]

_VOICE = ("voice", "tone", "delivery", "speech", "manner of speaking", "intonation")
_SPEAK = ("speak*", "spoke", "talk*", "answer*", "repl*", "deliver*", "sound*")


def _of_voice(*words: str) -> str:
    return " | ".join(f"{word} {thing}" for word in words for thing in _VOICE)


def _speaking(*words: str) -> str:
    return " | ".join(f"{verb} {word}" for verb in _SPEAK for word in words)


PHRASES = (
    Phrase(
        _of_voice("confident", "assured", "self-assured", "firm", "unshaken", "resolute")
        + " | "
        + _speaking(
            "with confidence",
            "with great confidence",
            "confidently",
            "with assurance",
            "firmly",
            "resolutely",
            "without a trace of doubt",
            "with full confidence",
            "confident",
            "assured",
            "with conviction",
        )
        + " | vocal confidence | confidence in her voice | confidence in his voice",
        "speaking.confident",
        HEARD,
    ),
    Phrase(
        _of_voice("calm", "composed", "relaxed", "tranquil", "serene", "unagitated")
        + " | "
        + _speaking("calmly", "with composure", "in a calm manner", "serenely", "calm", "composed"),
        "speaking.calm",
        HEARD,
    ),
    Phrase(
        _of_voice("agitated", "excited", "frantic", "hysterical", "heated")
        + " | "
        + _speaking(
            "frantically", "hysterically", "excitedly", "in agitation", "agitated", "frantic", "hysterical"
        ),
        "speaking.agitated",
        HEARD,
    ),
    Phrase(
        "relaxed posture | relaxed body | relaxed pose | at ease in the chair | body is relaxed | "
        "posture is relaxed",
        "posture.relaxed",
        SEEN,
    ),
    Phrase(
        "upright posture | erect posture | proud posture | posture is upright | posture is erect",
        "posture.upright",
        SEEN,
    ),
)
