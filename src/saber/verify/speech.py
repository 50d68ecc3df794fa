"""Were the words that an annotation gives really said?"""

from __future__ import annotations

from saber.core.dataset import Annotated, Check, Heard, Source
from saber.core.taxonomy import Dimension
from saber.core.transcripts import Difference
from saber.verify.settings import SPEECH
from saber.verify.words import apart

__all__ = ["NOBODY", "speech_checks"]

NOBODY = "nobody"
"""The judge of a check that nobody could make."""

MOST_DIFFERENCES = 8


def speech_checks(clip: Annotated, heard: Heard, source: Source, limit: float) -> tuple[Check, ...]:
    """The words against what another recogniser heard, and against the corpus's transcript if it has one.

    `limit`: errors per word (Chinese: character) of the reference that are still the same words. Reasons:
    `speech_mismatch` too many differ, `speech_missed` words were said and none are given, `speech_invented`
    words are given and none were said, `not_independent` reference and text come from the same hand, or why
    nobody heard (`no_other_recogniser`).
    """
    said = clip.annotation.text_of(Dimension.SPEECH)
    writer = clip.written_by[Dimension.SPEECH].model
    checks = [_against_recogniser(said, writer, heard, limit)]
    if source.transcript is not None:
        checks.append(
            _unknown("corpus", "not_independent", "The words are the corpus's own.")
            if writer == "corpus"
            else _against(said, source.transcript, "corpus", limit)
        )
    return tuple(checks)


def _against_recogniser(said: str, writer: str, heard: Heard, limit: float) -> Check:
    if heard.transcript is None or heard.recogniser is None:
        return _unknown(NOBODY, heard.reason or "not_heard", heard.detail)
    if heard.recogniser == writer:
        return _unknown(heard.recogniser, "not_independent", f"{writer} wrote the words and heard them.")
    return _against(said, heard.transcript, heard.recogniser, limit)


def _against(said: str, reference: str, judge: str, limit: float) -> Check:
    found = apart(reference, said)
    rate = found.rate
    reason, detail = "", ""
    if rate is None and found.hypothesis_length:
        reason, detail = "speech_invented", f"No words were heard; written is “{_short(said)}”."
    elif rate is None:
        detail = "No words were heard and none are written."
    elif not found.hypothesis_length:
        reason, detail = "speech_missed", f"Nothing is written; heard was “{_short(reference)}”."
    elif rate > limit:
        reason = "speech_mismatch"
    if not detail and found.where:
        detail = f"Heard was “{_short(reference)}”. {_told(found.where)}"
    return Check(
        name=SPEECH,
        passed=not reason,
        # Without a reference there is no rate: neither the perfect one nor any other.
        score=rate if rate is None else round(rate, 4),
        limit=limit,
        unit=found.unit,
        reason=reason,
        detail=detail,
        judge=judge,
        dimension=Dimension.SPEECH,
    )


def _told(where: tuple[Difference, ...]) -> str:
    """The words that differ: heard/written, a dash for nothing."""
    pairs = [f"{_joined(d.reference)}/{_joined(d.hypothesis)}" for d in where[:MOST_DIFFERENCES]]
    more = f" and {len(where) - MOST_DIFFERENCES} more" if len(where) > MOST_DIFFERENCES else ""
    return f"Heard/written: {', '.join(pairs)}{more}."


def _joined(words: tuple[str, ...]) -> str:
    # Chinese tokens are single characters.
    return ("" if all(len(w) == 1 and not w.isascii() for w in words) else " ").join(words) or "–"


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"


def _unknown(judge: str, reason: str, detail: str) -> Check:
    return Check(
        name=SPEECH, passed=None, reason=reason, detail=detail, judge=judge, dimension=Dimension.SPEECH
    )
