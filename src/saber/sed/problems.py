"""What can be wrong with a model's answer?"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["FATAL", "Problem"]


class Problem(StrEnum):
    """Stable slugs. An answer with one of `FATAL` is not an annotation."""

    EMPTY = "empty"
    REFUSAL = "refusal"
    NOT_STRUCTURED = "not_structured"
    MISSING_SECTION = "missing_section"
    """A section that was asked for is not there, or says nothing (only the speech may be empty)."""
    CUT_OFF = "cut_off"
    WRONG_LANGUAGE = "wrong_language"
    ECHO = "echo"
    """A section only repeats the transcript, or begins by reciting the request."""
    SWAPPED_ORDER = "swapped_order"
    REPEATED_SECTION = "repeated_section"
    UNKNOWN_SECTION = "unknown_section"
    REPAIRED = "repaired"
    """The JSON was not valid as written (a trailing comma, a raw line break) and was read all the same."""


FATAL = frozenset(
    {
        Problem.EMPTY,
        Problem.REFUSAL,
        Problem.NOT_STRUCTURED,
        Problem.MISSING_SECTION,
        Problem.CUT_OFF,
        Problem.WRONG_LANGUAGE,
        Problem.ECHO,
    }
)
