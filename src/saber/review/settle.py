"""What follows from what several reviewers said of one item, each for themselves?

Until `needed` of them have decided a field it waits. Then, where all say the same, it is settled; where they
don't, one has to adjudicate, and that word counts. What is compared is what would stand afterwards: who
accepts a text and who corrects it to the same words agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from saber.core.dataset import Half, Writer
from saber.core.decisions import DecidedHalf, DecidedLabel, DecidedText, Decision, Rejected, judge_of
from saber.core.taxonomy import Dimension, Emotion
from saber.core.transcripts import tokens
from saber.review.records import FIELDS, FieldName, FieldState, State
from saber.review.seen import Seen
from saber.review.store import Made

__all__ = ["ITEM", "KEEP", "REJECT", "Settlement", "Voice", "lapsed", "settle", "voice", "voices"]

ITEM: Literal["item"] = "item"
KEEP, REJECT = "keep", "reject"
NO_EMOTION = "none"


@dataclass(frozen=True)
class Voice:
    """What one decision says of one field."""

    made: Made
    value: str
    """What would stand: the text, the emotion or `none`, the half; `keep` or `reject`."""
    key: str
    """Equal for values that say the same."""
    corrected: bool


@dataclass(frozen=True)
class Settlement:
    state: State
    fields: tuple[FieldState, ...]
    reviewers: int
    """How many have decided anything."""
    decision: Decision | None
    """For `verify`; None: nothing is settled there."""
    half: DecidedHalf | None
    """For `compare`."""
    corrected: bool
    """Whether something was settled otherwise than it stood."""

    @property
    def settled_by(self) -> tuple[str, ...]:
        """The judges of all that is settled."""
        found: list[str] = []
        if self.decision is not None:
            if self.decision.rejected is not None:
                found += self.decision.rejected.by
            for text in self.decision.texts.values():
                found += text.by
            if self.decision.emotion is not None:
                found += self.decision.emotion.by
        if self.half is not None:
            found += self.half.by
        return tuple(dict.fromkeys(found))


def settle(decisions: Sequence[Made], needed: int, now: Seen) -> Settlement:
    """What follows from the decisions that count, of what stands `now`.

    What lapsed (another file; another text than the accepted one) has no voice any more.
    """
    spoken = {field: voices(decisions, field, now) for field in FIELDS}
    whole = _whole(decisions, spoken, now)
    item, item_value, item_voices = _outcome(whole, needed)
    states = [
        FieldState(
            field=ITEM,
            state=item,
            reviewers=len(whole),
            value=item_value.value if item_value is not None else None,
        )
    ]
    reviewers = len({v.made.reviewer for v in whole})
    if item_value is not None and item_value.key == REJECT:
        rejected = _rejected(item_value, item_voices, now)
        at = max(v.made.at for v in item_voices)
        decision = Decision(rejected=rejected, media=now.media, at=at)
        return Settlement("settled", tuple(states), reviewers, decision, None, corrected=False)
    texts: dict[Dimension, DecidedText] = {}
    label: DecidedLabel | None = None
    half: DecidedHalf | None = None
    corrected = False
    latest = 0.0
    for field in FIELDS:
        said = [v for v in spoken[field] if any(w.made.id == v.made.id and w.key == KEEP for w in whole)]
        state, chosen, alike = _outcome(said, needed)
        settled = chosen is not None and item == "settled"
        states.append(
            FieldState(
                field=field,
                state=state if item == "settled" or state != "settled" else "waiting",
                reviewers=len(said),
                value=chosen.value if chosen is not None and settled else None,
            )
        )
        if chosen is None or not settled:
            continue
        corrected |= chosen.corrected
        by = tuple(judge_of(v.made.reviewer) for v in alike)
        at = max(v.made.at for v in alike)
        if field == "half":
            half = DecidedHalf(
                half=cast("Half", chosen.value), by=by, words=chosen.made.body.words, media=now.media, at=at
            )
            continue
        latest = max(latest, at)
        if field == "emotion":
            emotion = None if chosen.value == NO_EMOTION else Emotion(chosen.value)
            label = DecidedLabel(
                emotion=emotion, corrected=chosen.corrected, by=by, of=chosen.made.seen.emotion_first
            )
            continue
        dimension = Dimension(field)
        seen = chosen.made.seen
        writer = Writer(model=judge_of(chosen.made.reviewer)) if chosen.corrected else seen.writers[dimension]
        texts[dimension] = DecidedText(
            text=chosen.value,
            writer=writer,
            corrected=chosen.corrected,
            by=by,
            of=seen.firsts[dimension],
            language=seen.language,
        )
    kept = Decision(texts=texts, emotion=label, media=now.media, at=latest) if texts or label else None
    return Settlement(_overall(states), tuple(states), reviewers, kept, half, corrected)


def voices(decisions: Sequence[Made], field: FieldName, now: Seen | None = None) -> list[Voice]:
    """What the decisions say of that field; with `now`, without those that lapsed."""
    found = (voice(made, field) for made in decisions)
    return [v for v in found if v is not None and (now is None or not lapsed(v, field, now))]


def voice(made: Made, field: FieldName) -> Voice | None:
    """What a decision says of a field; None: nothing."""
    body = made.body
    if body.verdict == "accept":
        verdict, said = "accept", None
    elif body.verdict == "correct" and field in body.fields:
        verdict, said = body.fields[field].verdict, body.fields[field].value
    else:
        return None
    seen = _seen(made.seen, field)
    if verdict == "unsure" or (verdict == "accept" and seen is None):
        return None
    value = seen if said is None or verdict == "accept" else said.strip()
    assert value is not None
    key = _key(value, field)
    # The same words in another spelling agree with those shown, and still stand as they were written.
    corrected = verdict == "correct" and value != seen
    return Voice(made, value, key, corrected)


def lapsed(said: Voice, field: FieldName, now: Seen) -> bool:
    """Whether a decision is about something else than what is there now."""
    seen = said.made.seen
    if seen.media != now.media:
        return True
    if field == "half":
        return False
    if field == "emotion":
        return not said.corrected and seen.emotion_first != now.emotion_first
    if field != "speech" and seen.language != now.language:
        return True
    if said.corrected:
        return False
    return seen.firsts[Dimension(field)] != now.firsts[Dimension(field)]


def _whole(decisions: Sequence[Made], spoken: dict[FieldName, list[Voice]], now: Seen) -> list[Voice]:
    """Who keeps the item, who rejects it."""
    found = []
    for made in decisions:
        if made.body.verdict == "reject":
            same_texts = made.seen.first == now.first or made.body.reason != "wrong_texts"
            if made.seen.media == now.media and same_texts:
                found.append(Voice(made, REJECT, REJECT, corrected=False))
        elif any(v.made.id == made.id for of_field in spoken.values() for v in of_field):
            found.append(Voice(made, KEEP, KEEP, corrected=False))
    return found


def _outcome(said: Sequence[Voice], needed: int) -> tuple[State, Voice | None, list[Voice]]:
    """The state, the voice that stands, and all that say the same."""
    if not said:
        return "open", None, []
    judges = [v for v in said if v.made.body.adjudicates]
    if judges:
        chosen = max(judges, key=lambda v: v.made.id)
    elif len(said) < needed:
        return "waiting", None, []
    elif len({v.key for v in said}) > 1:
        return "disagreement", None, []
    else:
        chosen = next((v for v in said if v.corrected), said[0])
    alike = [chosen, *(v for v in said if v.key == chosen.key and v is not chosen)]
    return "settled", chosen, alike


def _overall(states: Sequence[FieldState]) -> State:
    found = {one.state for one in states}
    for state in ("disagreement", "waiting", "settled"):
        if state in found:
            return cast("State", state)
    return "open"


def _rejected(chosen: Voice, alike: Sequence[Voice], now: Seen) -> Rejected:
    assert chosen.made.body.reason is not None
    return Rejected(
        reason=chosen.made.body.reason,
        words=" / ".join(dict.fromkeys(v.made.body.words for v in alike if v.made.body.words)),
        by=tuple(judge_of(v.made.reviewer) for v in alike),
        of=now.first,
    )


def _seen(seen: Seen, field: FieldName) -> str | None:
    if field == "emotion":
        return NO_EMOTION if seen.emotion is None else seen.emotion.value
    if field == "half":
        return seen.half
    return seen.texts[Dimension(field)]


def _key(value: str, field: FieldName) -> str:
    """Words are compared as transcripts are: without case and punctuation; other texts but for spaces."""
    if field == "speech":
        language: Literal["zh", "en"] = "zh" if any("一" <= c <= "鿿" for c in value) else "en"
        return " ".join(tokens(value, language))
    return " ".join(value.split())
