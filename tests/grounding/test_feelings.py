"""Which emotions does a text name, and of what? By texts read by hand."""

from __future__ import annotations

import pytest

from saber.core.taxonomy import Emotion, Modality
from saber.grounding import Feeling, emotions_by_channel, feelings_in

A, F, H, N = Emotion.ANGER, Emotion.FEAR, Emotion.HAPPINESS, Emotion.NEUTRAL
FACE, VOICE = Modality.FACE, Modality.VOICE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The face suggests anger, the voice fear.", [(A, Modality.FACE), (F, Modality.VOICE)]),
        ("He is not angry but happy.", [(H, None)]),
        ("rather than anger, happiness", [(H, None)]),
        ("She says “I am so angry” and is happy.", [(H, None)]),
        ("并非愤怒，而是高兴。", [(H, None)]),
        ("The likeliest reading is happiness (43%), ahead of anger (18%).", [(H, None)]),
        ("最可能的是高兴（43%），其次是愤怒（18%）。", [(H, None)]),
        ("Its valence is close to neutral, its arousal raised.", []),
        ("Nothing of the kind.", []),
    ],
)
def test_emotions_that_a_text_names(text: str, found: list[tuple[Emotion, Modality | None]]) -> None:
    assert [*feelings_in(text)] == [Feeling(e, c) for e, c in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The face suggests anger, the voice neutral. They disagree.", {FACE: (A,), VOICE: (N,)}),
        ("His face looks happy while the voice sounds angry.", {FACE: (H,), VOICE: (A,)}),
        ("The face is happy but his tone is not angry, it is fearful.", {FACE: (H,)}),
        ("The face and the voice are both joyful.", {FACE: (H,), VOICE: (H,)}),
        ("The face is happy and the voice sad.", {}),
        ("The voice, not the face, is angry.", {}),
        ("The face is happy. The face is angry, too.", {FACE: (H, A)}),
        ("面部表情显得高兴，但语气愤怒。", {FACE: (H,), VOICE: (A,)}),
        ("面部高兴而声音愤怒。", {FACE: (H,), VOICE: (A,)}),
        ("声音并非愤怒而是高兴。", {VOICE: (H,)}),
    ],
)
def test_emotions_that_a_text_gives_a_channel(text: str, found: dict[Modality, tuple[Emotion, ...]]) -> None:
    assert emotions_by_channel(text) == found
