"""Were the words that a description quotes really said?"""

from __future__ import annotations

from collections.abc import Sequence

from saber.core.records import Cues
from saber.core.transcripts import tokens
from saber.grounding.records import CheckedClaim, Claim

__all__ = ["check_quote", "share_said"]

MIN_SHARE_SAID = 0.7
"""Own choice: of the quoted words, in order; recognisers miss up to three in ten in hard recordings."""
MAX_SHARE_UNSAID = 0.3
"""Own choice: so few words fit by chance (the, and, you); in between it can't be told."""
MIN_CONFIDENCE = 0.45
"""Of the transcript: where the catalogue's `speech.confidence` begins to be fair."""


def check_quote(claim: Claim, cues: Cues) -> CheckedClaim:
    """Supported when most quoted words are in the transcript in that order, contradicted when hardly any."""
    heard = cues.transcript
    if heard is None:
        return _open(claim, cues.speech.absent_reason or cues.voice.absent_reason or "no_words")
    quoted = tokens(claim.text, heard.language)
    if not quoted:
        return _open(claim, "no_words")
    if heard.confidence < MIN_CONFIDENCE:
        return _open(claim, "low_confidence")
    if _is_chinese(claim.text) != (heard.language == "zh"):
        return _open(claim, "other_language")
    share = share_said(quoted, tokens(heard.text, heard.language))
    if MAX_SHARE_UNSAID < share < MIN_SHARE_SAID:
        return _open(claim, "in_between", share)
    return CheckedClaim(
        claim=claim,
        verdict="supported" if share >= MIN_SHARE_SAID else "contradicted",
        cue="speech.word_count",
        value=share,
        unit="ratio",
        start_s=heard.words[0].start_s if heard.words else None,
        end_s=heard.words[-1].end_s if heard.words else None,
        confidence=heard.confidence,
    )


def share_said(quoted: Sequence[str], heard: Sequence[str]) -> float:
    """Length of the longest common subsequence over the number of quoted words, 0-1."""
    row = [0] * (len(heard) + 1)
    for word in quoted:
        above, row = row, [0]
        for i, other in enumerate(heard):
            row.append(above[i] + 1 if word == other else max(above[i + 1], row[i]))
    return row[-1] / len(quoted)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def _open(claim: Claim, reason: str, share: float | None = None) -> CheckedClaim:
    return CheckedClaim(
        claim=claim, verdict="not_measurable", cue="speech.word_count", value=share,
        unit="" if share is None else "ratio", reason=reason,
    )  # fmt: skip
