"""How are two transcripts of the same speech compared fairly?

Event tags are taken out, then case, punctuation, script variants and the way in which numbers are
written stop mattering, then words (English) or characters (Chinese) are counted.
"""

from __future__ import annotations

from saber.core.transcripts.compare import ErrorCount, compare
from saber.core.transcripts.normalise import tokens
from saber.core.transcripts.tags import EVENTS, find_tags, strip_tags

__all__ = ["EVENTS", "ErrorCount", "compare", "find_tags", "strip_tags", "tokens"]
