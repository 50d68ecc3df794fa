"""What does a reviewer get to see of one item?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from saber.core.dataset import Annotated, Check, Verified
from saber.core.decisions import REVIEW
from saber.core.errors import ClipError
from saber.core.records import Cues
from saber.core.taxonomy import DIMENSIONS, MODALITIES, Dimension
from saber.grounding import CheckedClaim, check_claims
from saber.review.known import Known
from saber.review.records import (
    CheckView,
    ClaimView,
    ConflictView,
    DecisionView,
    ItemState,
    ItemView,
    OpinionView,
    ReadingView,
    State,
    TextView,
    WordsView,
    Worth,
)
from saber.review.words import words_view
from saber.review.worth import distance, worth_of
from saber.storage import read_cues

__all__ = ["item_view", "worth_of_known"]


def item_view(
    workspace: Path,
    known: Known,
    state: ItemState,
    mine: DecisionView | None,
    history: Sequence[DecisionView],
    hidden: int,
) -> ItemView:
    """All of it. Measurements that can't be read are told as absent, and everything else is shown."""
    stands, source = known.stands, known.source
    cues, absent = _cues(workspace, known)
    states: dict[str, State] = {one.field: one.state for one in state.fields}
    verified = known.verified
    caption = {} if verified is None else (verified.provenance.get("caption") or {})
    worth = worth_of_known(known)
    info = known.clip.info
    own = source.holding_for(known.id)
    compared = known.compared
    return ItemView(
        item=known.id,
        saw=known.saw,
        state=state,
        status="kept" if known.status == "pending" else known.status,
        stage=known.stage,
        reason=known.reason,
        detail=known.detail,
        corpus=source.corpus,
        speaker=source.speaker,
        group=source.group,
        terms=source.terms,
        corpus_label=own.label,
        corpus_label_said=own.label_said,
        corpus_label_from=own.label_from,
        corpus_transcript=own.transcript,
        language=stands.language,
        duration_s=info.duration_s,
        has_picture=info.video is not None,
        has_sound=info.audio is not None,
        media=Path(known.clip.media_path).name,
        cues_path=None if cues is None or known.perceived is None else known.perceived.cues_path,
        cues_absent=absent,
        texts=tuple(_text(known, d, states.get(d.value, "open")) for d in DIMENSIONS),
        words=tuple(_words(known, own.transcript)),
        caption=caption.get("text"),
        captioned_by=caption.get("by"),
        claims=() if cues is None else tuple(_claims(stands, cues)),
        checks=tuple(_checks(known)),
        emotion_said=stands.emotion_said,
        emotion_measured=stands.emotion.label,
        emotion_state=states.get("emotion", "open"),
        readings=tuple(_readings(stands)),
        consistency=stands.consistency.verdict,
        consistency_score=stands.consistency.score,
        conflicts=tuple(
            ConflictView(
                between=c.between,
                about=c.about,
                says=c.says,
                start_s=c.start_s,
                end_s=c.end_s,
                strength=c.strength,
            )
            for c in stands.consistency.conflicts
        ),
        half=known.half,
        half_because=None if compared is None else compared.because,
        half_state=states.get("half", "open"),
        opinions=tuple(
            OpinionView(
                judge=o.judge, verdict=o.verdict, visual=o.visual, acoustic=o.acoustic, reason=o.reason
            )
            for o in (() if compared is None else compared.opinions)
        ),
        split=None if known.assigned is None else known.assigned.split,
        saber_test=known.assigned is not None and known.assigned.saber_test,
        worth=worth,
        score=round(sum(one.points for one in worth), 4),
        mine=mine,
        history=tuple(history),
        hidden=hidden,
    )


def worth_of_known(known: Known) -> tuple[Worth, ...]:
    """Why it is worth a look, from the records as they are."""

    def plain(record: Any) -> Any:
        return None if record is None else record.model_dump(mode="json", by_alias=True)

    return worth_of(
        known.status, known.reason, plain(known.stands), plain(known.verified), plain(known.compared)
    )


def _cues(workspace: Path, known: Known) -> tuple[Cues | None, str]:
    if known.perceived is None:
        return None, "Nothing was measured of it."
    try:
        return read_cues(workspace, known.perceived), ""
    except ClipError as error:
        return None, str(error)


def _text(known: Known, dimension: Dimension, state: State) -> TextView:
    stands = known.stands
    text, first = stands.annotation.text_of(dimension), known.first.annotation.text_of(dimension)
    writer = stands.written_by[dimension]
    return TextView(
        dimension=dimension,
        text=text,
        written_by=writer.model,
        attempt=writer.attempt,
        state=state,
        earlier=None if text == first else first,
    )


def _words(known: Known, transcript: str | None) -> list[WordsView]:
    written = known.stands.annotation.text_of(Dimension.SPEECH)
    found = []
    if (heard := known.heard) is not None:
        language = heard.language or known.stands.language
        found.append(
            words_view(written, heard.transcript, heard.recogniser or "nobody", language, heard.reason)
        )
    if transcript is not None:
        language = known.source.language or known.stands.language
        found.append(words_view(written, transcript, "corpus", language))
    return found


def _claims(stands: Annotated, cues: Cues) -> list[ClaimView]:
    return [_claim(one) for one in check_claims(stands.annotation, cues)]


def _claim(one: CheckedClaim) -> ClaimView:
    why = (one.reason or "").replace("_", " ")
    if one.verdict != "not_measurable":
        why = f"measured as {one.level}" if one.level not in (None, "none") else "measured, and not there"
    return ClaimView(
        dimension=one.claim.dimension,
        start=one.claim.start,
        end=one.claim.end,
        text=one.claim.text,
        status=one.verdict,
        why=why,
        cue=one.cue,
        value=one.value,
        unit=one.unit,
        start_s=one.start_s,
        end_s=one.end_s,
        confidence=one.confidence,
    )


def _checks(known: Known) -> list[CheckView]:
    found = [_check("clean", check, None) for check in known.clip.checks]
    if known.verified is not None:
        found += [_check("verify", check, known.verified) for check in known.verified.checks]
    return found


def _check(stage: Any, check: Check, verified: Verified | None) -> CheckView:
    decided = set()
    if verified is not None:
        decided = {c.dimension for c in verified.checks if c.name == REVIEW and c.passed}
    return CheckView(
        stage=stage,
        name=check.name,
        passed=check.passed,
        required=verified is None or check.name in verified.required,
        score=check.score,
        limit=check.limit,
        distance=distance({"score": check.score, "limit": check.limit}),
        unit=check.unit,
        reason=check.reason,
        detail=check.detail,
        judge=check.judge,
        dimension=check.dimension,
        counts=check.name == REVIEW or check.dimension is None or check.dimension not in decided,
    )


def _readings(stands: Annotated) -> list[ReadingView]:
    found = []
    for modality in MODALITIES:
        one = stands.modalities.get(modality)
        if one is None:
            continue
        likeliest = max(one.probs, key=lambda e: one.probs[e]) if one.probs else None  # type: ignore[index]
        found.append(
            ReadingView(
                modality=modality,
                present=one.present,
                emotion=likeliest,
                share=None if likeliest is None or one.probs is None else one.probs[likeliest],
                valence=one.valence,
                arousal=one.arousal,
                confidence=one.confidence,
                reason=one.reason,
            )
        )
    return found
