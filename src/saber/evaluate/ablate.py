"""What is left of a clip without its sound, without its picture, or with another clip's sound?

An answer that does not change when the sound is gone did not listen. The changed clip is a file of its own,
so that any model can be asked about it: what is kept is copied as it is encoded, what is taken away gives
way to black pictures or digital silence of the same length.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from saber.core.errors import ClipError
from saber.evaluate.records import Sample

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

__all__ = ["ablate", "donors", "write_ablated"]

RATE_HZ = 16_000


def ablate(
    samples: Sequence[Sample], data: Path, variant: str, folder: Path, seed: int
) -> Iterator[tuple[Sample, Path]]:
    """Each sample that can be ablated so, and its changed clip; one that is there already is not made again.

    A clip without the track in question stays out: taking nothing away tests nothing. So does a clip that
    can't be read; it fails as it is, too.
    """
    with_media = [s for s in samples if s.media]
    other = donors(with_media, seed) if variant == "shuffle" else {}
    for sample in with_media:
        clip = data / str(sample.media)
        donor = other.get(sample.id)
        if variant == "shuffle" and donor is None:
            continue
        try:
            sources = [clip] if donor is None else [clip, data / donor]
            name = hashlib.sha256("|".join([*map(_digest, sources), variant]).encode()).hexdigest()[:24]
            target = folder / f"{name}.mkv"
            if not target.exists():
                folder.mkdir(parents=True, exist_ok=True)
                partial = folder / f".{name}.{os.getpid()}.mkv"
                write_ablated(clip, partial, variant, data / donor if donor else None)
                os.replace(partial, target)
        except ClipError:
            continue
        yield sample, target


def donors(samples: Sequence[Sample], seed: int) -> dict[str, str]:
    """Sample -> the clip that lends it its sound: of another speaker and with another truth where there is
    one, otherwise at least another clip."""
    found = {}
    for sample in samples:
        who = sample.cluster or sample.id
        others = [s for s in samples if s.media != sample.media]
        best = (
            [s for s in others if s.truth != sample.truth and (s.cluster or s.id) != who]
            or [s for s in others if s.truth != sample.truth]
            or others
        )
        if best:
            draw = random.Random(f"{seed}|{sample.id}")
            found[sample.id] = str(draw.choice(best).media)
    return found


def write_ablated(clip: Path, target: Path, variant: str, donor: Path | None = None) -> None:
    """Write the changed clip as Matroska. Raises ClipError when a file can't be read or lacks the track."""
    import av

    try:
        with av.open(str(clip)) as source, av.open(str(target), "w", format="matroska") as made:
            video = next((s for s in source.streams.video), None)
            audio = next((s for s in source.streams.audio), None)
            if (variant == "black" and video is None) or (variant != "black" and audio is None):
                raise ClipError(f"{clip} has no such track.", reason="track_missing")
            if variant == "black":
                _black(source, made, video, audio)
            elif variant == "mute":
                _new_sound(source, made, video, lambda n: np.zeros(n, np.int16))
            else:
                assert donor is not None
                sound = _read_sound(donor)
                _new_sound(source, made, video, lambda n: np.resize(sound, n))
    except (av.FFmpegError, OSError, ValueError) as error:
        target.unlink(missing_ok=True)
        raise ClipError(f"{clip} can't be changed: {error}.", reason="ablation_failed") from error
    except ClipError:
        target.unlink(missing_ok=True)
        raise


def _digest(file: Path) -> str:
    """Of its content: a clip that was replaced under the same name is another one."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ClipError(f"{file} can't be read: {error.strerror}.", reason="clip_unreadable") from error


def _black(source: InputContainer, made: OutputContainer, video: Any, audio: Any) -> None:
    """Black pictures for as long as there were pictures; the sound is copied."""
    from fractions import Fraction

    from av.video.frame import VideoFrame

    rate = Fraction(video.average_rate or 25).limit_denominator(1000)
    length_s = float(video.duration * video.time_base) if video.duration else (source.duration or 0) / 1e6
    stream = made.add_stream("mpeg4", rate=rate)
    stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
    kept = made.add_stream_from_template(audio) if audio is not None else None
    black = np.zeros((video.height, video.width, 3), np.uint8)
    for index in range(max(1, round(length_s * rate))):
        frame = VideoFrame.from_ndarray(black, format="rgb24")
        frame.pts, frame.time_base = index, 1 / rate
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))
    if kept is not None:
        _copy(source, made, audio, kept)


def _new_sound(source: InputContainer, made: OutputContainer, video: Any, sound_of: Any) -> None:
    """The picture is copied; other samples take the place of as many as there were."""
    from av.audio.frame import AudioFrame

    samples = _read_sound(Path(source.name))
    kept: Any = made.add_stream_from_template(video) if video is not None else None
    if kept is not None and video.average_rate:
        # Not part of a template; a reader that samples pictures by their rate would take others without it.
        kept.codec_context.framerate = video.average_rate
    stream = made.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
    if kept is not None:
        _copy(source, made, video, kept)
    instead = np.ascontiguousarray(sound_of(len(samples)), np.int16)
    for begin in range(0, len(instead), RATE_HZ):
        frame = AudioFrame.from_ndarray(instead[None, begin : begin + RATE_HZ], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, begin
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))


def _copy(source: InputContainer, made: OutputContainer, stream: Any, kept: Any) -> None:
    for packet in source.demux(stream):
        if packet.dts is not None:
            packet.stream = kept
            made.mux(packet)


def _read_sound(clip: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """The first sound track, 16 kHz mono; as much as can be decoded."""
    import av

    pieces = []
    with av.open(str(clip)) as source:
        if not source.streams.audio:
            raise ClipError(f"{clip} has no sound.", reason="track_missing")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        try:
            for frame in source.decode(audio=0):
                pieces += [f.to_ndarray()[0] for f in resampler.resample(frame)]
        except av.FFmpegError:
            pass  # what was decoded until here counts
        pieces += [f.to_ndarray()[0] for f in resampler.resample(None)]
    if not pieces:
        raise ClipError(f"{clip} has no sound that can be read.", reason="track_missing")
    return np.concatenate(pieces)
