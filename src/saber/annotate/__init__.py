"""Annotate: what do the measured cues add up to, in words, numbers and a verdict? Cues in, Embedded out."""

from __future__ import annotations

from saber.annotate.analyst import Embedded, annotate
from saber.annotate.consistency import ConsistencySettings
from saber.annotate.wording import Wording, wording_for

__all__ = ["ConsistencySettings", "Embedded", "Wording", "annotate", "wording_for"]
