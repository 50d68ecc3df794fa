"""How is the clip opened so that nothing else can be, and read past what is broken in it?"""

from __future__ import annotations

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

__all__ = ["MAX_DEMUX_ERRORS", "ClipFile", "decode", "demux", "open_container"]

MAX_DEMUX_ERRORS = 16
"""Failed reads in a row after which the rest of a file is given up (own choice)."""


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
