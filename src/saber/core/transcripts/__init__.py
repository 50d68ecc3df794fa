"""How are two transcripts of the same speech compared fairly?

Event tags are taken out, then case, punctuation, script variants and the way in which numbers are
written stop mattering, then words (English) or characters (Chinese) are counted.
"""

from __future__ import annotations

from saber.core.transcripts.compare import Difference, ErrorCount, aligned, compare, differences
from saber.core.transcripts.normalise import tokens
from saber.core.transcripts.simplified import simplified
from saber.core.transcripts.tags import EVENTS, event_named, find_tags, strip_tags

__all__ = [
    "EVENTS",
    "Difference",
    "ErrorCount",
    "aligned",
    "compare",
    "differences",
    "event_named",
    "find_tags",
    "simplified",
    "strip_tags",
    "tokens",
]
