"""What did people's votes on face and voice teach, and what stands in where nobody was asked?

The numbers in `fusion_weights.json` were fitted by `bench/fit_fusion.py` on the votes of CREMA-D (Cao et
al. 2014, IEEE Transactions on Affective Computing 5(4); database under ODbL 1.0): some ten people per
clip only heard it, some ten only saw it, some ten did both. That covers two modalities and six emotions.
The rest is our own choice, made here and nowhere else:

- Surprise was not among the answers. Its weight is the median of the five other emotions'; it is taken
  to be recognised as often as they are on average, and mistaken for others as often as they are.
- Body and words were never judged alone. Both get the pull of the voice, the weaker of the two measured
  channels, so that what was not measured can't outvote a face, and in the means of valence and arousal
  half a share, between face and voice. At peak intensity a body tells more than that (Aviezer, Trope &
  Todorov 2012, Science 338); we know of no open votes to fit it from.
- Neutral words, and a body that does nothing, fit every emotion: people say neutral things with feeling,
  and mostly without a gesture. There, neutral is no evidence for or against any emotional state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean, median

from saber.core.records import Record
from saber.core.taxonomy import EMOTIONS, Emotion, Modality

__all__ = ["WEIGHTS_FILE", "ArousalGap", "FittedModality", "FittedVotes", "HumanVotes", "human_votes"]

WEIGHTS_FILE = Path(__file__).with_name("fusion_weights.json")
_ASKED = tuple(e for e in EMOTIONS if e is not Emotion.SURPRISE)
_EMOTIONAL = tuple(e for e in _ASKED if e is not Emotion.NEUTRAL)

Shares = dict[Emotion, float]


class FittedModality(Record):
    """What was fitted for the face or the voice, over the six emotions that people could answer."""

    pull: Shares
    valence_pull: float
    arousal_pull: float
    shown_as: dict[Emotion, Shares]


class ArousalGap(Record):
    """How far the arousal of a face and that of a voice lie apart, root mean square on the -1..1 scale."""

    one_clip: float
    unrelated: float
    say: float
    """Weight of this evidence beside that of the emotions, with which it overlaps; 1 = independent."""


class FittedVotes(Record):
    """The content of `fusion_weights.json`; the fields are those of `HumanVotes`, before completion."""

    attribution: str
    fitted_on: str
    panel_votes: float
    smoothing: float
    witnesses: float
    arousal_gap: ArousalGap
    face: FittedModality
    voice: FittedModality


@dataclass(frozen=True)
class HumanVotes:
    """Everything that fusion and consistency take from people, for all modalities and emotions.

    Attributes:
        panel_votes: how many people one fully trusted reading stands for.
        smoothing: imaginary votes added to every emotion, so that none is ever ruled out.
        pull: the exponent of a modality's reading in the pool, by emotion; 1 = product rule.
        valence_pull, arousal_pull: a modality's weight in the mean; face and voice sum to 1.
        witnesses: how many independent witnesses a panel is worth (its members err alike).
        arousal_gap: how far face and voice may lie apart in arousal and still show one state.
        shown_as: P(answer | state) of people who get this modality only: [modality][state][answer].
    """

    panel_votes: float
    smoothing: float
    witnesses: float
    arousal_gap: ArousalGap
    pull: Mapping[Modality, Shares]
    valence_pull: Mapping[Modality, float]
    arousal_pull: Mapping[Modality, float]
    shown_as: Mapping[Modality, Mapping[Emotion, Shares]]


@cache
def human_votes() -> HumanVotes:
    """The shipped numbers, completed."""
    return complete(FittedVotes.model_validate_json(WEIGHTS_FILE.read_text(encoding="utf-8")))


def complete(fitted: FittedVotes) -> HumanVotes:
    """Fills in surprise, body and words as the head of this file says."""
    face, voice = Modality.FACE, Modality.VOICE
    unasked = (Modality.BODY, Modality.SPEECH)
    half = dict.fromkeys(unasked, 0.5)
    heard = _with_surprise(fitted.voice.shown_as)
    pull_face, pull_voice = (
        {**m.pull, Emotion.SURPRISE: median(m.pull[e] for e in _EMOTIONAL)}
        for m in (fitted.face, fitted.voice)
    )
    return HumanVotes(
        panel_votes=fitted.panel_votes,
        smoothing=fitted.smoothing,
        witnesses=fitted.witnesses,
        arousal_gap=fitted.arousal_gap,
        pull={face: pull_face, voice: pull_voice, **dict.fromkeys(unasked, pull_voice)},
        valence_pull={face: fitted.face.valence_pull, voice: fitted.voice.valence_pull, **half},
        arousal_pull={face: fitted.face.arousal_pull, voice: fitted.voice.arousal_pull, **half},
        shown_as={
            face: _with_surprise(fitted.face.shown_as),
            voice: heard,
            **dict.fromkeys(unasked, _neutral_says_nothing(heard)),
        },
    )


def _with_surprise(asked: Mapping[Emotion, Shares]) -> dict[Emotion, Shares]:
    """Six states and answers become seven; every row still sums to 1."""
    table: dict[Emotion, Shares] = {}
    for state in _ASKED:
        mistaken = fmean(asked[state][a] for a in _EMOTIONAL if a is not state)
        row = {**asked[state], Emotion.SURPRISE: mistaken}
        table[state] = {a: share / (1 + mistaken) for a, share in row.items()}
    recognised = fmean(table[e][e] for e in _EMOTIONAL)
    as_neutral = fmean(table[e][Emotion.NEUTRAL] for e in _EMOTIONAL)
    mistaken = (1 - recognised - as_neutral) / len(_EMOTIONAL)
    table[Emotion.SURPRISE] = {
        Emotion.NEUTRAL: as_neutral,
        **dict.fromkeys(_EMOTIONAL, mistaken),
        Emotion.SURPRISE: recognised,
    }
    return table


def _neutral_says_nothing(table: Mapping[Emotion, Shares]) -> dict[Emotion, Shares]:
    """Neutral becomes as likely in every state; the other answers keep their proportions."""
    neutral = fmean(row[Emotion.NEUTRAL] for row in table.values())
    telling: dict[Emotion, Shares] = {}
    for state, row in table.items():
        scale = (1 - neutral) / (1 - row[Emotion.NEUTRAL])
        telling[state] = {a: neutral if a is Emotion.NEUTRAL else share * scale for a, share in row.items()}
    return telling
