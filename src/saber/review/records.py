"""What does the review of a dataset say to whoever shows it, and what does it take from reviewers?

These records are the JSON of the API. All scores say what they are made of. Times of day are seconds since
1970, times in a clip seconds from its start.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from saber.core.dataset import Half
from saber.core.decisions import RejectReason
from saber.core.records import Record
from saber.core.taxonomy import Dimension, Emotion, Modality

__all__ = [
    "FIELDS",
    "KINDS",
    "AgreementReport",
    "Balance",
    "BlindPair",
    "CheckAgainstPeople",
    "CheckView",
    "ChoiceIn",
    "ChoiceMade",
    "ChoiceReport",
    "ClaimView",
    "ConflictView",
    "Dashboard",
    "DecisionIn",
    "DecisionView",
    "FieldAgreement",
    "FieldDecision",
    "FieldName",
    "FieldState",
    "Figure",
    "GapBand",
    "Histogram",
    "ItemState",
    "ItemView",
    "Kind",
    "Notice",
    "OpinionView",
    "Order",
    "PreferenceAnswer",
    "PreferencesView",
    "Queue",
    "QueueItem",
    "ReadingView",
    "ReviewProgress",
    "Reviewer",
    "ReviewerCount",
    "Saved",
    "StageYield",
    "State",
    "Summary",
    "TextView",
    "WordPiece",
    "WordsView",
    "Worth",
]

FieldName = Literal["scene", "face", "body", "acoustic", "speech", "reasoning", "emotion", "half"]
"""What can be decided singly: the six texts (`speech` is the transcript), the emotion that is said, and
whether what is seen fits what is heard."""
FIELDS: tuple[FieldName, ...] = (
    "scene", "face", "body", "acoustic", "speech", "reasoning", "emotion", "half",
)  # fmt: skip

Kind = Literal[
    "disagreement",
    "outdated",
    "quarantined",
    "failed_check",
    "near_limit",
    "unknown_check",
    "judges_disagree",
    "contradicted_claims",
    "transcript_differs",
    "inconsistent",
    "emotion_differs",
]
"""Why an item is worth a look."""
KINDS: tuple[Kind, ...] = (
    "disagreement", "outdated", "quarantined", "failed_check", "near_limit", "unknown_check",
    "judges_disagree", "contradicted_claims", "transcript_differs", "inconsistent", "emotion_differs",
)  # fmt: skip

Order = Literal["worth", "random"]
"""Of the queue. `random` is the same at each call: a sample by which a whole dataset can be judged."""

State = Literal["open", "waiting", "disagreement", "settled"]
"""`open`: nobody has decided. `waiting`: somebody has, and more reviewers are needed. `disagreement`: they
contradict each other, and one has to adjudicate. `settled`: whatever was decided is decided by enough."""

Notice = Literal["emotion_without_reasoning", "text_without_reasoning"]
"""What was corrected while the reasoning was not: may it name the other emotion, or rest on the old text?"""

Reviewer = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+$",
    ),
]
"""1 to 40 characters, none of them a control character or one that turns the direction of writing."""
_LongText = Annotated[str, StringConstraints(max_length=20_000)]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
_Seconds = Annotated[float, Field(ge=0.0, le=86_400.0)]


# --- decisions -------------------------------------------------------------------------------


class FieldDecision(Record):
    """What a reviewer says of one field."""

    verdict: Literal["accept", "correct", "unsure"]
    value: _LongText | None = None
    """With `correct`: the text; of `emotion` one of the seven or `none`; of `half` consistent, inconsistent
    or unclear."""

    @model_validator(mode="after")
    def _has_a_value_to_correct(self) -> FieldDecision:
        if (self.verdict == "correct") != (self.value is not None and bool(self.value.strip())):
            raise ValueError("`correct` goes with a value that is not empty, and the others without one")
        return self


class DecisionIn(Record):
    """A decision as a reviewer sends it. Sent again it replaces the earlier one of the same reviewer.

    `accept`: everything as it is shown, `fields` empty. `correct`: what `fields` say; the fields that they do
    not name stay undecided. `reject`: the clip leaves the dataset. `unsure`: seen, and not counted.
    """

    reviewer: Reviewer
    verdict: Literal["accept", "correct", "reject", "unsure"]
    fields: dict[FieldName, FieldDecision] = Field(default_factory=dict)
    reason: RejectReason | None = None
    words: _Words = ""
    """Free words on it; needed where the reason is `other`."""
    seconds: _Seconds = 0.0
    """That the reviewer spent on the item."""
    saw: Annotated[str, StringConstraints(max_length=64)]
    """`ItemView.saw` of the record that was looked at. Another record by now: the decision is refused."""
    adjudicates: bool = False
    """Decides a disagreement, and is then the one that counts."""

    @model_validator(mode="after")
    def _is_whole(self) -> DecisionIn:
        if (self.verdict == "correct") != bool(self.fields):
            raise ValueError("`correct` goes with fields, and the others without")
        if (self.verdict == "reject") != (self.reason is not None):
            raise ValueError("`reject` goes with a reason, and the others without")
        if self.reason == "other" and not self.words:
            raise ValueError("the reason `other` needs words")
        words: tuple[tuple[FieldName, tuple[str, ...]], ...] = (
            ("emotion", (*Emotion, "none")),
            ("half", ("consistent", "inconsistent", "unclear")),
        )
        for name, known in words:
            said = self.fields.get(name)
            if said is not None and said.verdict == "correct" and said.value not in known:
                raise ValueError(f"the {name} is one of {', '.join(known)}")
        return self


class DecisionView(Record):
    """A decision that was made. Others' are shown only where that can no longer sway anybody."""

    reviewer: str
    at: float
    verdict: Literal["accept", "correct", "reject", "unsure"]
    fields: dict[FieldName, FieldDecision]
    reason: RejectReason | None
    words: str
    seconds: float
    adjudicates: bool
    active: bool
    """False: replaced or taken back since."""
    outdated: bool
    """It was about another record than the one that stands now."""


class FieldState(Record):
    """How far a field is decided. `item` is the clip as a whole: kept or rejected."""

    field: FieldName | Literal["item"]
    state: State
    reviewers: int
    """How many have decided it."""
    value: str | None = None
    """What was settled; None while it is not."""


class ItemState(Record):
    """How far an item is decided."""

    state: State
    fields: tuple[FieldState, ...]
    reviewers: int
    needed: int
    settled_by: tuple[str, ...] = ()
    awaits_run: bool = False
    """What was settled is not in the dataset yet: the next `saber run` brings it there."""
    stale: tuple[str, ...] = ()
    """The stages that it will do again for this item."""


class Saved(Record):
    """What a decision, or taking one back, came to."""

    item: str
    state: ItemState
    notices: tuple[Notice, ...] = ()


# --- queue -----------------------------------------------------------------------------------


class Worth(Record):
    """One reason why an item is worth a look, and what it adds to the item's score."""

    kind: Kind
    points: float
    words: str
    """In English; `kind`, `about`, `score` and `limit` say the same for a program."""
    about: str = ""
    """The check or the field."""
    score: float | None = None
    limit: float | None = None


class QueueItem(Record):
    item: str
    score: float
    """Sum of the points of `worth`."""
    worth: tuple[Worth, ...]
    state: State
    status: Literal["kept", "dropped", "quarantined"]
    """At `verify`, as the last run left it."""
    stage: str
    """The last stage that it came to."""
    reason: str
    """Slug of the drop; "" for a kept one."""
    corpus: str
    language: str
    """That its texts are written in."""
    split: str | None
    half: Half | None
    emotion: Emotion | None
    duration_s: float | None


class Queue(Record):
    """One page of what is to be looked at, the most worth first."""

    items: tuple[QueueItem, ...]
    offset: int
    total: int
    """Items that fit the filters."""
    indexed: int
    """Items that were scored so far; `known` are there. Fewer: ask again, it goes on."""
    known: int


# --- one item --------------------------------------------------------------------------------


class TextView(Record):
    """One of the six texts."""

    dimension: Dimension
    text: str
    written_by: str
    attempt: int
    state: State
    earlier: str | None = None
    """What the annotator first wrote, where another text stands now."""


class WordPiece(Record):
    """A stretch of two transcripts beside each other."""

    kind: Literal["same", "substituted", "deleted", "inserted"]
    """`deleted`: heard and not written. `inserted`: written and not heard."""
    heard: str
    written: str


class WordsView(Record):
    """The words that the annotation gives beside those of somebody else."""

    by: str
    """The recogniser, or `corpus`."""
    heard: str | None
    """None: nobody heard, and `reason` says why."""
    reason: str = ""
    pieces: tuple[WordPiece, ...] = ()
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    of: int = 0
    """Words (Chinese: characters) of what was heard."""


class CheckView(Record):
    stage: Literal["clean", "verify"]
    name: str
    passed: bool | None
    required: bool
    score: float | None
    limit: float | None
    distance: float | None
    """Of the score from the limit; None where there is no score."""
    unit: str
    reason: str
    detail: str
    judge: str
    dimension: Dimension | None
    counts: bool
    """False: a reviewer's decision stands in its place."""


class ClaimView(Record):
    """Something that a text says, and whether it was measured."""

    dimension: Dimension
    start: int
    """Offset of its first character in the text."""
    end: int
    text: str
    status: Literal["supported", "contradicted", "not_measurable"]
    why: str
    cue: str | None
    value: float | str | None
    unit: str
    start_s: float | None
    end_s: float | None
    confidence: float


class OpinionView(Record):
    judge: str
    verdict: Half | None
    visual: Emotion | None
    acoustic: Emotion | None
    reason: str


class ReadingView(Record):
    """What one modality alone was measured to show."""

    modality: Modality
    present: bool
    emotion: Emotion | None
    share: float | None
    valence: float | None
    arousal: float | None
    confidence: float | None
    reason: str | None


class ConflictView(Record):
    between: tuple[Modality, Modality]
    about: str
    says: tuple[str, str]
    start_s: float
    end_s: float
    strength: float


class ItemView(Record):
    """All that a reviewer looks at. Nothing in it is markup."""

    item: str
    saw: str
    """To be sent back with the decision."""
    state: ItemState
    status: Literal["kept", "dropped", "quarantined"]
    stage: str
    reason: str
    detail: str
    corpus: str
    speaker: str | None
    group: str | None
    terms: str
    corpus_label: Emotion | None
    corpus_label_said: str | None
    corpus_label_from: str | None
    corpus_transcript: str | None
    language: str
    duration_s: float | None
    has_picture: bool
    has_sound: bool
    media: str
    """File name, for a person; the file itself is had by the item's id."""
    cues_path: str | None
    """Of the measurements, relative to the workspace; None: they can't be read; `cues_absent` says why."""
    cues_absent: str
    texts: tuple[TextView, ...]
    words: tuple[WordsView, ...]
    caption: str | None
    """What the captioner wrote of the pictures alone; None: there was none."""
    captioned_by: str | None
    claims: tuple[ClaimView, ...]
    checks: tuple[CheckView, ...]
    emotion_said: Emotion | None
    emotion_measured: Emotion | None
    emotion_state: State
    readings: tuple[ReadingView, ...]
    consistency: Literal["consistent", "inconsistent", "unclear"]
    consistency_score: float | None
    conflicts: tuple[ConflictView, ...]
    half: Half | None
    """None: the clip did not come to that comparison."""
    half_because: str | None
    half_state: State
    opinions: tuple[OpinionView, ...]
    split: str | None
    saber_test: bool
    worth: tuple[Worth, ...]
    score: float
    mine: DecisionView | None
    """The asking reviewer's own decision."""
    history: tuple[DecisionView, ...]
    """All decisions that the asking reviewer may see, oldest first."""
    hidden: int
    """Decisions of others that are not shown, so that they sway nobody."""


# --- summary, agreement ----------------------------------------------------------------------


class ReviewerCount(Record):
    reviewer: str
    decisions: int
    """Items that the reviewer has decided, unsure ones too."""
    unsure: int
    seconds: float


class ReviewProgress(Record):
    items: int
    """That can be reviewed: all that came to `verify`."""
    open: int
    waiting: int
    disagreement: int
    settled: int
    outdated: int
    """Settled ones whose record has changed so that the decision counts no more."""
    rejected: int
    corrected: int
    """Items of which at least one field was settled otherwise than the machine had it."""
    awaits_run: int
    reviewers: tuple[ReviewerCount, ...]
    needed: int


class Summary(Record):
    """What there is to review."""

    progress: ReviewProgress
    kinds: dict[str, int]
    """Kind -> items."""
    stages: tuple[str, ...]
    corpora: tuple[str, ...]
    languages: tuple[str, ...]
    splits: tuple[str, ...]
    indexed: int
    known: int
    run: Literal["running", "done", "stopped", "failed", "killed"]
    """State of the last `saber run`."""
    preferences: bool
    """Are there answers to choose between?"""


class Figure(Record):
    """A number with its 95 % interval. None: it can't be had, and `why` says why."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    """Items that it rests on."""
    why: str = ""


class FieldAgreement(Record):
    """How far reviewers agree on one field, before they saw each other's decisions."""

    field: FieldName | Literal["item"]
    items: int
    """That two or more have decided."""
    decisions: int
    percent: Figure
    """Share of pairs of decisions about an item that are the same, 0-1."""
    kappa: Figure
    """Cohen's kappa; only where exactly two reviewers have items in common."""
    alpha: Figure
    """Krippendorff's alpha, nominal."""
    categories: dict[str, int]


class CheckAgainstPeople(Record):
    """What reviewers said of texts, by what a check had said of them."""

    check: str
    dimension: Dimension | None
    judge: str
    accepted_when_passed: Figure
    accepted_when_failed: Figure
    accepted_when_unknown: Figure


class AgreementReport(Record):
    fields: tuple[FieldAgreement, ...]
    checks: tuple[CheckAgainstPeople, ...]
    machine: tuple[CheckAgainstPeople, ...]
    """The same for what the machine decided altogether: kept or dropped (`verify`), the emotion, the half."""


# --- dashboard -------------------------------------------------------------------------------


class StageYield(Record):
    name: str
    inputs: int
    kept: int
    dropped: int
    quarantined: int
    pending: int
    reasons: dict[str, int]
    seconds: float
    cost: float | None
    tokens: int | None


class Histogram(Record):
    """Scores of one check. `counts[i]` lie from `edges[i]` to `edges[i + 1]`, the last edge included."""

    stage: Literal["clean", "verify"]
    check: str
    dimension: Dimension | None
    judge: str
    unit: str
    limits: tuple[float, ...]
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    passed: int
    failed: int
    unknown: int
    of: int
    """Items that it was counted over."""


class Balance(Record):
    """Items by one property. Of those that came to `verify`; `kept` of them stand."""

    by: Literal["emotion", "language", "corpus", "split", "half"]
    counts: dict[str, int]
    kept: dict[str, int]


class Dashboard(Record):
    stages: tuple[StageYield, ...]
    run: Literal["running", "done", "stopped", "failed", "killed"]
    at: float
    """When the yield was true."""
    cost: float | None
    tokens: int | None
    histograms: tuple[Histogram, ...]
    sampled: bool
    """The histograms are of a random sample, the same at each call; all else is of everything."""
    balance: tuple[Balance, ...]
    review: ReviewProgress
    indexed: int
    known: int


# --- preferences -----------------------------------------------------------------------------


class PreferenceAnswer(Record):
    id: str
    """Says nothing of where the answer comes from."""
    text: str


class BlindPair(Record):
    """Two answers to one question, in random order."""

    question: str
    prompt: str
    """What was asked, without media."""
    clip: str
    has_media: bool
    a: PreferenceAnswer
    b: PreferenceAnswer


class PreferencesView(Record):
    pair: BlindPair | None
    """None: this reviewer has seen them all."""
    done: int
    total: int
    report: ChoiceReport | None = None
    """Only for one who has seen them all, so that it sways nobody."""


class ChoiceIn(Record):
    """What a reviewer prefers. Sent again it replaces the earlier one."""

    reviewer: Reviewer
    question: str
    a: str
    """Id of the answer that stood first."""
    b: str
    choice: Literal["a", "b", "tie", "both_bad"]
    why: _Words = ""
    seconds: _Seconds = 0.0


class ChoiceMade(Record):
    question: str
    done: int
    total: int


class GapBand(Record):
    """How often people prefer the answer that the scorer prefers, where its scores lie so far apart."""

    low: float
    high: float
    agreement: Figure


class ChoiceReport(Record):
    """Of everybody's choices."""

    choices: int
    reviewers: int
    decided: int
    """Questions with a majority for one answer: those that `saber pairs` reads."""
    ties: int
    both_bad: int
    split: int
    """Questions on which people disagree without a majority."""
    scorer: Figure
    """How often a decided preference is the scorer's."""
    by_gap: tuple[GapBand, ...]
    alpha: Figure
    """Krippendorff's alpha between people, nominal over the answers, tie and both bad."""
    first_shown: Figure
    """Share of decided choices that fell on the answer that stood first: 0.5 without a habit."""
