"""How does the chosen audio track become one gapless stretch of 16 kHz mono on the clip's clock?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import av
from av.audio.frame import AudioFrame

from saber.media.wire import SOUND_RATE_HZ
from saber.media.worker.clock import Clock
from saber.media.worker.source import begins_before, decode, demux, open_near
from saber.media.worker.survey import raw_time_s

__all__ = ["SoundOutcome", "read_sound"]

MAX_DRIFT_S = 0.04
"""How far sound may stand from its timestamp before silence is put in: one picture at 25 fps (own choice)."""
_MIX = {"rematrix_maxval": "1.0"}
"""The weights of a mix add up to 1. FFmpeg's default for float samples lets them exceed it, which makes
stereo 3 dB louder than mono and clips it."""
_BYTES_PER_SAMPLE = 4
_SILENCE_CHUNK = SOUND_RATE_HZ


@dataclass
class SoundOutcome:
    """start_s: when the first sample is heard, None when nothing could be decoded."""

    start_s: float | None = None
    samples: int = 0
    decoded: int = 0
    cut: bool = False
    """A limit ended the reading before the track ended."""
    lost_packets: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def end_s(self) -> float | None:
        return None if self.start_s is None else self.start_s + self.samples / SOUND_RATE_HZ


def read_sound(
    fd: int,
    stream_index: int,
    clock: Clock,
    max_duration_s: float,
    emit: Callable[[memoryview], None],
    start_s: float = 0.0,
    end_s: float | None = None,
) -> SoundOutcome:
    """Decodes the track and hands float32 samples to `emit` piece by piece; of a stretch, to the sample.

    Lost packets become silence, so that what follows stays in time.
    """
    outcome = SoundOutcome()
    near_s = clock.origin_s + start_s if start_s else None
    with open_near(fd, stream_index, near_s) as container:
        stream = container.streams[stream_index]
        limit_s = start_s + max_duration_s
        line = _Line(clock, start_s, limit_s if end_s is None else min(limit_s, end_s), emit, outcome)
        for packet in demux(container, [stream]):
            frames, failed = decode(packet)
            outcome.lost_packets += bool(failed and not begins_before(packet, near_s))
            for frame in frames:
                if isinstance(frame, AudioFrame) and frame.sample_rate > 0 and frame.samples > 0:
                    outcome.lost_packets += not line.add(frame)
            if line.full:
                if end_s is not None and end_s <= limit_s:
                    break
                outcome.cut = True
                outcome.notes.append(f"The sound was read up to the limit of {max_duration_s:g} s.")
                break
        line.finish()
    return outcome


class _Line:
    """Lays resampled pieces end to end, each at its time."""

    def __init__(
        self,
        clock: Clock,
        from_s: float,
        until_s: float,
        emit: Callable[[memoryview], None],
        outcome: SoundOutcome,
    ) -> None:
        self._clock = clock
        self._from_s = from_s
        self._until_s = until_s
        self._skip = 0
        """Samples still to leave out, because they stand before `from_s`."""
        self._limit = 0
        self._emit = emit
        self._outcome = outcome
        self._resampler: av.AudioResampler | None = None
        self._kind: tuple[str, str, int] | None = None
        self._laid_s = 0.0
        """Where the next piece would stand by counting samples at the track's own rate."""
        self.full = False

    def add(self, frame: AudioFrame) -> bool:
        """False when the frame has a layout that can't be mixed."""
        if self.full:
            return True
        lasts_s = frame.samples / frame.sample_rate
        time_s = self._clock.at(raw_time_s(frame.pts, frame.time_base), lasts_s)
        if time_s >= self._until_s:
            self.full = True
            return True
        if time_s + lasts_s <= self._from_s:
            return True
        self._outcome.decoded += 1
        if self._outcome.start_s is None:
            self._outcome.start_s = max(time_s, self._from_s)
            self._skip = round((self._outcome.start_s - time_s) * SOUND_RATE_HZ)
            self._limit = round((self._until_s - self._outcome.start_s) * SOUND_RATE_HZ)
            self._laid_s = time_s
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        gap = time_s - self._laid_s > MAX_DRIFT_S
        if self._resampler is not None and (gap or kind != self._kind):
            self._flush()
        if gap:
            self._fill_until(time_s)
            self._laid_s = time_s
        if self._resampler is None:
            self._resampler = av.AudioResampler("flt", "mono", SOUND_RATE_HZ, options=_MIX)
            self._kind = kind
        frame.pts = None
        try:
            pieces = self._resampler.resample(frame)
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError):
            self._resampler = None
            return False
        self._write(pieces)
        self._laid_s += lasts_s
        return True

    def finish(self) -> None:
        if self._resampler is not None and not self.full:
            self._flush()

    def _flush(self) -> None:
        assert self._resampler is not None
        if self._kind != ("flt", "mono", SOUND_RATE_HZ):  # then pieces pass through, and none is held back
            self._write(self._resampler.resample(None))
        self._resampler = None

    def _write(self, pieces: list[AudioFrame]) -> None:
        for piece in pieces:
            self._put(memoryview(piece.planes[0]).cast("B")[: piece.samples * _BYTES_PER_SAMPLE])

    def _fill_until(self, time_s: float) -> None:
        start_s = self._outcome.start_s
        assert start_s is not None
        missing = min(round((time_s - start_s) * SOUND_RATE_HZ), self._limit) - self._outcome.samples
        while missing > 0:
            piece = min(missing, _SILENCE_CHUNK)
            self._put(memoryview(bytes(piece * _BYTES_PER_SAMPLE)))
            missing -= piece

    def _put(self, data: memoryview) -> None:
        if self._skip:
            left_out = min(self._skip, data.nbytes // _BYTES_PER_SAMPLE)
            self._skip -= left_out
            data = data[left_out * _BYTES_PER_SAMPLE :]
        room = self._limit - self._outcome.samples
        if data.nbytes > room * _BYTES_PER_SAMPLE:
            data = data[: room * _BYTES_PER_SAMPLE]
            self.full = True
        if data.nbytes:
            self._outcome.samples += data.nbytes // _BYTES_PER_SAMPLE
            self._emit(data)
