"""What is a claim found in a description, and what is said of it against the measurements?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from saber.core.records import Record
from saber.core.taxonomy import Dimension

__all__ = ["CheckedClaim", "Claim", "Degree", "Summary", "Verdict", "When"]

Verdict = Literal["supported", "contradicted", "not_measurable"]
Degree = Literal["slight", "plain", "strong"]
Ratio = Annotated[float, Field(ge=0.0, le=1.0)]


class When(Record):
    """The stretch that a text names: in seconds, or as shares (0-1) of the clip ("at the end")."""

    start: Annotated[float, Field(ge=0.0)]
    end: float | None
    """None: until the end of the clip."""
    unit: Literal["s", "ratio"]

    def span_s(self, duration_s: float) -> tuple[float, float]:
        """The same stretch in seconds of a clip that lasts `duration_s`."""
        scale = 1.0 if self.unit == "s" else duration_s
        return self.start * scale, duration_s if self.end is None else self.end * scale


class Claim(Record):
    """Something that a text says of what can be seen or heard."""

    dimension: Dimension
    """In which of the six texts it stands."""
    text: str
    """The words from the thing spoken of to what is said of it, as they stand in the text."""
    start: Annotated[int, Field(ge=0)]
    """Offset of its first character in the dimension's text."""
    end: Annotated[int, Field(ge=0)]
    """Offset after its last character."""
    family: str
    """What it is about: a key of `FAMILIES`, e.g. `pitch_level`."""
    direction: str
    """What it says of it: a key of that family, e.g. `high`."""
    negated: bool = False
    ended: bool = False
    """It was so and is so no more ("the smile fades"); then `negated` holds too."""
    hedged: bool = False
    degree: Degree = "plain"
    when: When | None = None

    @model_validator(mode="after")
    def _offsets_fit(self) -> Self:
        if self.end - self.start != len(self.text):
            raise ValueError("a claim's text is as long as the stretch between its offsets")
        return self


class CheckedClaim(Record):
    """A claim and what the measurements say of it.

    `not_measurable` always has a `reason` (a slug): `no_measure` nothing in the catalogue measures this;
    `not_seen` the event was not found, and nothing measured rules it out; `in_between` the value is
    neither clearly so nor clearly not; `other_time` it happened, but not when the text says;
    `low_confidence`; or the reason for which the cue is absent (`no_face`, `too_short`, ...).
    """

    claim: Claim
    verdict: Verdict
    cue: str | None = None
    """Catalogue name of the deciding cue; where nothing decides, of the one that would."""
    value: float | str | None = None
    unit: str = ""
    level: str | None = None
    """Slug of the cue's level in the catalogue; `none`: measured, and below the lowest level."""
    start_s: float | None = None
    end_s: float | None = None
    """Over what stretch the deciding cue was measured."""
    reason: str | None = None
    confidence: Ratio = 0.0
    """How sure the verdict is: the deciding cue's confidence, halved for a hedged claim; 0 for none."""

    @property
    def score(self) -> float:
        """-1 surely contradicted, 0 can't be told, 1 surely supported."""
        sign = {"supported": 1.0, "contradicted": -1.0, "not_measurable": 0.0}[self.verdict]
        return sign * self.confidence


class Summary(Record):
    """How many claims of a description rest on what was measured."""

    supported: int = 0
    contradicted: int = 0
    not_measurable: int = 0

    @classmethod
    def of(cls, claims: Iterable[CheckedClaim]) -> Summary:
        counts = Counter[str](claim.verdict for claim in claims)
        return cls(**{verdict: counts[verdict] for verdict in cls.model_fields})

    @property
    def measurable(self) -> int:
        return self.supported + self.contradicted

    @property
    def supported_share(self) -> float | None:
        """Supported claims over measurable ones, 0-1; None when none was measurable: that is no merit
        and no fault, so don't count it as either."""
        return self.supported / self.measurable if self.measurable else None
