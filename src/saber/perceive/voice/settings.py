"""Which numbers can a user change about how the voice is measured?"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["VoiceSettings"]


@dataclass(frozen=True)
class VoiceSettings:
    """Settings of the voice stage; the defaults are the documented methods."""

    min_activity_prob: float = 0.5
    """Silero speech probability from which a 32 ms chunk opens a stretch of speech (its authors' default)."""
    weak_activity_prob: float = 0.2
    """The same where nothing reaches that: own choice, above what noise, chords and sirens get (0.16)."""
    min_speech_s: float = 0.1
    """Shorter stretches of speech are dropped: own choice, about half a syllable."""
    min_gap_s: float = 0.1
    """Shorter gaps do not split a stretch (Silero's own default for streaming use)."""
    pad_s: float = 0.03
    """Each stretch is widened by this much on both sides (Silero's own default)."""
    pitch_floor_hz: float = 75.0
    pitch_ceiling_hz: float = 600.0
    """Search range of the first pass (Boersma 1993 uses 75 Hz and up; 600 Hz holds excited voices)."""
    min_pause_s: float = 0.25
    """Shorter silences are articulation, not pauses (Goldman-Eisler 1968)."""
    min_voiced_s: float = 0.15
    """With less voiced speech there is no pitch or emotion (`too_short`): own choice, one syllable."""
    min_snr_db: float = 3.0
    """Below this signal-to-noise ratio fine measures (jitter, HNR, ...) are `too_noisy`: own choice."""
    moment_s: float = 1.0
    """Length of the windows that moments are read from; about five syllables."""
    track_step_s: float = 0.02

    def __post_init__(self) -> None:
        if not 40.0 <= self.pitch_floor_hz < self.pitch_ceiling_hz <= 1000.0:
            raise ValueError("pitch_floor_hz and pitch_ceiling_hz must satisfy 40 <= floor < ceiling <= 1000")
        if not 0.0 < self.weak_activity_prob <= self.min_activity_prob < 1.0:
            raise ValueError("0 < weak_activity_prob <= min_activity_prob < 1 must hold")
        if min(self.moment_s, self.track_step_s) < 0.01:
            raise ValueError("moment_s and track_step_s must be at least 0.01 s")
