"""At which time of the clip does a picture or a piece of sound stand, also when its timestamp lies?

Timestamps of real files are missing, run backwards (a camera or a transport stream that was cut
together) or leap far ahead. The clock never goes back; where it has to guess, it counts.
"""

from __future__ import annotations

__all__ = ["MAX_LEAP_S", "Clock"]

MAX_LEAP_S = 10.0
"""A step ahead longer than this, and beyond the declared end, is a damaged timestamp (own choice)."""


class Clock:
    """Maps raw timestamps of one stream, in decoding order, to times on the clip's clock.

    origin_s: raw time that is the clip's 0. end_s: declared end on the clip's clock.
    """

    def __init__(self, origin_s: float, end_s: float) -> None:
        self.origin_s = origin_s
        self._end_s = end_s
        self._shift_s = 0.0
        self._next_s: float | None = None
        self._last_s = -1.0
        self.missing = 0
        """How many timestamps were not there: usual in some formats, and guessed from what went before."""
        self.impossible = 0
        """How many ran backwards or leapt far ahead, and were replaced."""

    def at(self, raw_s: float | None, lasts_s: float) -> float:
        """The time of what has the raw timestamp `raw_s` and lasts `lasts_s` seconds."""
        expected_s = self._next_s
        time_s = None
        if raw_s is not None:
            true_s = raw_s - self.origin_s
            if expected_s is None:
                time_s = max(0.0, true_s)
            else:
                # The plain reading first: one bad timestamp must not shift all that follow.
                for candidate_s, shift_s in ((true_s, 0.0), (true_s + self._shift_s, self._shift_s)):
                    if self._fits(candidate_s, expected_s):
                        time_s, self._shift_s = candidate_s, shift_s
                        break
        if time_s is None:
            time_s = expected_s or 0.0
            if raw_s is None:
                self.missing += 1
            else:
                self.impossible += 1
                self._shift_s = time_s - (raw_s - self.origin_s)
        self._last_s = time_s
        self._next_s = time_s + lasts_s
        return time_s

    def _fits(self, time_s: float, expected_s: float) -> bool:
        if time_s <= self._last_s:
            return False
        return time_s - expected_s <= MAX_LEAP_S or time_s <= self._end_s + 1.0
