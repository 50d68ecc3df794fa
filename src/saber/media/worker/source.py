"""How is the clip opened so that nothing else can be, and read past what is broken in it?"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import av
import av.subtitles.codeccontext  # PyAV loads these two when it meets subtitles,
import av.subtitles.stream  # when no file can be opened any more
from av.container import InputContainer
from av.frame import Frame
from av.packet import Packet
from av.stream import Discard, Stream

from saber.media.containers import ALLOWED_DEMUXERS

__all__ = ["MAX_DEMUX_ERRORS", "ClipFile", "begins_before", "decode", "demux", "open_container", "open_near"]

MAX_DEMUX_ERRORS = 16
"""Failed reads in a row after which the rest of a file is given up (own choice)."""
_RUN_UP_S = 1.0
"""So much earlier a search begins: decoders need a keyframe, or a few packets, to warm up (own choice)."""
_LAND_PACKETS = 200


class ClipFile:
    """Standard input as a file object; it has no name, so that only the content decides what it is."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self, size: int) -> bytes:
        return os.read(self._fd, size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return os.lseek(self._fd, offset, whence)

    def tell(self) -> int:
        return os.lseek(self._fd, 0, os.SEEK_CUR)


def open_container(fd: int) -> InputContainer:
    """The clip from its start. Raises av.FFmpegError when no allowed demuxer accepts it."""
    os.lseek(fd, 0, os.SEEK_SET)
    container = av.open(
        ClipFile(fd),
        mode="r",
        # "none" is no protocol's name; a list that is merely empty would mean "no restriction".
        options={"protocol_whitelist": "none", "format_whitelist": ",".join(ALLOWED_DEMUXERS)},
        metadata_errors="replace",
        io_open=_refuse_other_files,
    )
    assert isinstance(container, InputContainer)
    return container


def open_near(fd: int, stream_index: int, raw_s: float | None) -> InputContainer:
    """The clip, so that reading the stream gives what stands at `raw_s` and some of what goes before.

    From the start where the file can't be searched, or the search lands too late: recordings without an
    index, timestamps that run backwards. None: from the start too.
    """
    if raw_s is not None and _lands_before(fd, stream_index, raw_s):
        container = open_container(fd)
        _seek(container, stream_index, raw_s)
        return container
    return open_container(fd)


def _seek(container: InputContainer, stream_index: int, raw_s: float) -> None:
    stream = container.streams[stream_index]
    assert stream.time_base is not None
    container.seek(round((raw_s - _RUN_UP_S) / stream.time_base), stream=stream)


def _lands_before(fd: int, stream_index: int, raw_s: float) -> bool:
    """Whether a search for this time gives something that is to be shown or heard before it."""
    with open_container(fd) as container:
        try:
            _seek(container, stream_index, raw_s)
        except MemoryError:
            raise
        except (av.FFmpegError, OSError):
            return False
        for packet in itertools.islice(demux(container, [container.streams[stream_index]]), _LAND_PACKETS):
            for frame in decode(packet)[0]:
                if frame.pts is None or frame.time_base is None:
                    return False
                return float(frame.pts * frame.time_base) <= raw_s
    return False


def begins_before(packet: Packet[Stream] | None, raw_s: float | None) -> bool:
    """Whether the packet belongs to the run-up to a stretch that begins at `raw_s`."""
    if packet is None or packet.pts is None or raw_s is None:
        return False
    return float(packet.pts * packet.time_base) < raw_s


def _refuse_other_files(url: str, flags: int, options: dict[str, str]) -> object:
    raise PermissionError("a clip may not open another file")


def demux(container: InputContainer, streams: list[Stream]) -> Iterator[Packet[Stream] | None]:
    """The packets of `streams` (the rest is skipped unread), with None for a read that failed.

    Ends with one empty packet per stream, which flushes its decoder.
    """
    wanted = {stream.index for stream in streams}
    for stream in container.streams:
        stream.discard = Discard.default if stream.index in wanted else Discard.all
    failed = 0
    packets = container.demux(streams)
    while failed < MAX_DEMUX_ERRORS:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except MemoryError:
            raise
        except av.FFmpegError:
            failed += 1
            packets = container.demux(streams)
            yield None
            continue
        failed = 0
        yield packet
    for stream in streams:
        flush: Packet[Stream] = Packet()
        flush.stream = stream
        yield flush


def decode(packet: Packet[Stream] | None) -> tuple[list[Frame], int]:
    """What the packet decodes to, and 1 if it (or the read that should have given it) failed.

    The empty packet at the end is tried until the decoder is dry: with threads, a bad packet fails
    again there while good pictures wait behind it.
    """
    if packet is None:
        return [], 1
    frames: list[Frame] = []
    failed = 0
    for _ in range(1 if packet.size else MAX_DEMUX_ERRORS):
        try:
            frames += packet.decode()  # type: ignore[arg-type]
            break
        except (MemoryError, EOFError) as error:
            if isinstance(error, MemoryError):
                raise
            break
        except av.FFmpegError:
            failed = 1
    return frames, failed
