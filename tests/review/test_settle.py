"""What follows from what several reviewers said, each for themselves? By outcomes worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from saber.core.dataset import Writer
from saber.core.decisions import mark_of
from saber.core.taxonomy import DIMENSIONS, Dimension, Emotion
from saber.review.records import DecisionIn
from saber.review.seen import Seen
from saber.review.settle import Settlement, settle
from saber.review.store import Made

TEXTS = {d: f"The {d} text." for d in DIMENSIONS} | {Dimension.SPEECH: "It's twenty to five."}


def seen(**other: Any) -> Seen:
    given: dict[str, Any] = {
        "saw": "mark",
        "status": "kept",
        "language": "en",
        "texts": TEXTS,
        "writers": {d: Writer(model="embedded") for d in DIMENSIONS},
        "firsts": {d: mark_of(TEXTS[d]) for d in DIMENSIONS},
        "first": "all",
        "emotion": Emotion.HAPPINESS,
        "emotion_first": Emotion.HAPPINESS,
        "half": "consistent",
        "media": "file",
        "checks": (),
        "blind": True,
    }
    return Seen.model_validate({**given, **other})


NOW = seen()


def made(number: int, reviewer: str, verdict: str, what: Seen = NOW, **other: Any) -> Made:
    fields = {
        name: {"verdict": value} if value in ("accept", "unsure") else {"verdict": "correct", "value": value}
        for name, value in other.pop("fields", {}).items()
    }
    body = {"reviewer": reviewer, "verdict": verdict, "fields": fields, "saw": "mark", **other}
    return Made(number, "clip", reviewer, float(number), DecisionIn.model_validate(body), what, None)


def state_of(found: Settlement, field: str) -> str:
    return next(one.state for one in found.fields if one.field == field)


def test_nothing_said_is_open_and_unsure_is_nothing_said() -> None:
    assert settle([], 1, NOW).state == "open"
    found = settle([made(1, "ann", "unsure"), made(2, "ben", "correct", fields={"face": "unsure"})], 1, NOW)
    assert (found.state, found.decision, found.half, found.reviewers) == ("open", None, None, 0)


def test_one_accepts_everything_that_is_shown() -> None:
    found = settle([made(1, "ann", "accept")], 1, NOW)
    assert found.state == "settled"
    assert found.decision is not None
    assert {d: t.text for d, t in found.decision.texts.items()} == TEXTS
    assert {t.writer.model for t in found.decision.texts.values()} == {"embedded"}
    assert found.decision.emotion is not None
    assert found.decision.emotion.emotion is Emotion.HAPPINESS
    assert found.half is not None
    assert (found.half.half, found.half.by, found.half.at) == ("consistent", ("person:ann",), 1.0)
    assert not found.corrected
    # Of a clip that nobody compared there is no half to be accepted.
    assert settle([made(1, "ann", "accept", seen(half=None))], 1, seen(half=None)).half is None


def test_a_field_is_decided_singly_and_the_others_stay_open() -> None:
    found = settle([made(1, "ann", "correct", fields={"face": "A smile.", "scene": "accept"})], 1, NOW)
    assert found.state == "settled"
    assert [state_of(found, name) for name in ("face", "scene", "body")] == ["settled", "settled", "open"]
    assert found.decision is not None
    assert set(found.decision.texts) == {Dimension.FACE, Dimension.SCENE}
    face = found.decision.texts[Dimension.FACE]
    assert (face.text, face.corrected, face.writer.model) == ("A smile.", True, "person:ann")
    assert found.corrected


def test_two_are_waited_for_and_then_agree() -> None:
    one = made(1, "ann", "accept")
    waiting = settle([one], 2, NOW)
    assert (waiting.state, waiting.decision, waiting.half) == ("waiting", None, None)
    found = settle([one, made(2, "ben", "accept")], 2, NOW)
    assert found.state == "settled"
    assert found.settled_by == ("person:ann", "person:ben")


def test_who_corrects_it_to_the_same_words_agrees_and_the_writer_is_who_wrote_them() -> None:
    said = [
        made(1, "ann", "correct", fields={"speech": "it is twenty to five", "face": "A  smile."}),
        made(2, "ben", "correct", fields={"speech": "It is twenty to five!", "face": "A smile."}),
    ]
    found = settle(said, 2, NOW)
    assert found.decision is not None
    assert found.state == "settled"
    assert found.decision.texts[Dimension.SPEECH].text == "it is twenty to five"
    assert found.decision.texts[Dimension.FACE].by == ("person:ann", "person:ben")
    # A correction that leaves the text as it was shown is an acceptance.
    same = settle([made(1, "ann", "correct", fields={"face": TEXTS[Dimension.FACE]})], 1, NOW)
    assert same.decision is not None
    assert not same.decision.texts[Dimension.FACE].corrected


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        (("accept", {}), ("reject", {"reason": "no_person"}), "item"),
        (("accept", {}), ("correct", {"fields": {"face": "Other."}}), "face"),
        (
            ("correct", {"fields": {"emotion": "fear"}}),
            ("correct", {"fields": {"emotion": "none"}}),
            "emotion",
        ),
        (("correct", {"fields": {"half": "unclear"}}), ("accept", {}), "half"),
    ],
)
def test_two_who_contradict_each_other_have_to_be_adjudicated(one: Any, other: Any, field: str) -> None:
    said = [made(1, "ann", one[0], **one[1]), made(2, "ben", other[0], **other[1])]
    found = settle(said, 2, NOW)
    assert found.state == "disagreement"
    assert state_of(found, field) == "disagreement"
    kept = set() if found.decision is None else set(found.decision.texts)
    assert field not in kept
    # With one more asked for, nobody is told that the first two disagree.
    assert settle(said, 3, NOW).state == "waiting"
    judged = settle([*said, made(3, "zoe", other[0], adjudicates=True, **other[1])], 2, NOW)
    assert state_of(judged, field) == "settled"
    assert judged.settled_by[0] == "person:zoe"


def test_two_reject_for_different_reasons_and_it_is_rejected() -> None:
    said = [
        made(1, "ann", "reject", reason="no_person"),
        made(2, "ben", "reject", reason="other", words="A cartoon."),
    ]
    found = settle(said, 2, NOW)
    assert found.decision is not None
    assert found.decision.rejected is not None
    assert found.decision.rejected.by == ("person:ann", "person:ben")
    assert found.decision.rejected.words == "A cartoon."
    assert found.half is None


def test_what_was_said_of_something_else_has_no_voice() -> None:
    accepted, corrected = made(1, "ann", "accept"), made(2, "ann", "correct", fields={"face": "A smile."})
    rejected = made(3, "ann", "reject", reason="no_person")
    for_texts = made(4, "ann", "reject", reason="wrong_texts")
    other_file = seen(media="another")
    assert {settle([m], 1, other_file).state for m in (accepted, corrected, rejected, for_texts)} == {"open"}
    other_text = seen(
        first="others",
        firsts={**NOW.firsts, Dimension.FACE: "another"},
        texts={**TEXTS, Dimension.FACE: "New."},
    )
    left = settle([accepted], 1, other_text)
    assert state_of(left, "face") == "open"
    assert state_of(left, "scene") == "settled"
    assert settle([corrected], 1, other_text).state == "settled"
    assert settle([rejected], 1, other_text).state == "settled"
    assert settle([for_texts], 1, other_text).state == "open"
    chinese = settle([accepted], 1, seen(language="zh"))
    assert state_of(chinese, "face") == "open"
    assert state_of(chinese, "speech") == "settled"


@pytest.mark.parametrize(
    "body",
    [
        {"verdict": "correct"},
        {"verdict": "accept", "fields": {"face": {"verdict": "accept"}}},
        {"verdict": "reject"},
        {"verdict": "reject", "reason": "other"},
        {"verdict": "accept", "reason": "no_person"},
        {"verdict": "correct", "fields": {"face": {"verdict": "correct", "value": "  "}}},
        {"verdict": "correct", "fields": {"face": {"verdict": "accept", "value": "x"}}},
        {"verdict": "correct", "fields": {"emotion": {"verdict": "correct", "value": "joyful"}}},
        {"verdict": "correct", "fields": {"half": {"verdict": "correct", "value": "both"}}},
        {"verdict": "correct", "fields": {"mood": {"verdict": "accept"}}},
        {"verdict": "accept", "reviewer": ""},
        {"verdict": "accept", "reviewer": "a" * 41},
        {"verdict": "accept", "reviewer": "ann\nben"},
        {"verdict": "accept", "reviewer": "ann\u202e"},
        {"verdict": "accept", "seconds": -1},
        {"verdict": "accept", "seconds": float("nan")},
    ],
)
def test_a_decision_that_says_nothing_or_two_things_is_none(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DecisionIn.model_validate({"reviewer": "ann", "saw": "mark", **body})
