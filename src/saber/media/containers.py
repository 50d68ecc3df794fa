"""Which kinds of file may be opened, and what is a file that can't be?

The allow-list holds demuxers that read one file and nothing else. Left out on purpose are all that
follow a name found inside the file (concat, hls, dash, sdp, rtsp, image sequences, playlists), raw
streams without timestamps, still pictures, and formats nobody ships clips of people in.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

__all__ = ["ALLOWED_DEMUXERS", "bytes_missing", "why_unreadable"]

ALLOWED_DEMUXERS = (
    "mov",  # also mp4, m4a, 3gp
    "matroska",  # also webm
    "avi",
    "asf",  # wmv, wma
    "flv",
    "mpeg",  # program stream: mpg, vob
    "mpegts",
    "ogg",
    "mxf",
    "gif",
    "wav",
    "w64",
    "aiff",
    "au",
    "caf",
    "mp3",
    "aac",
    "flac",
    "amr",
    "ac3",
    "eac3",
)

_KINDS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM file"),
    (8, b"AVI ", "an AVI file"),
    (8, b"WAVE", "a WAV file"),
    (0, b"OggS", "an Ogg file"),
    (0, b"FLV\x01", "an FLV file"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
    (0, b"\x00\x00\x01\xba", "an MPEG file"),
    (0, b"fLaC", "a FLAC file"),
    (0, b"GIF8", "a GIF file"),
    (0, b"ID3", "an MP3 file"),
)
_STILLS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*")
_LISTS = (b"ffconcat", b"#extm3u", b"<?xml", b"<mpd", b"<asx", b"<svg", b"[playlist]", b"v=0")
_MAX_BOXES = 100_000
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"moof", b"styp")


def why_unreadable(fd: int, size_bytes: int) -> str:
    """What is wrong with a file that no demuxer accepted: the end of a sentence that its name begins."""
    start = os.pread(fd, 4096, 0)
    if start[4:8] in _MP4_BOXES:
        if not _has_index(fd, size_bytes):
            return "is an MP4 or QuickTime file without its index (moov): it was cut off or never finished"
        return "is an MP4 or QuickTime file whose index is damaged"
    for offset, magic, name in _KINDS:
        if start[offset : offset + len(magic)] == magic:
            return f"starts like {name}, but its header is damaged or cut off"
    if start.startswith(_STILLS) or start[8:12] == b"WEBP":
        return "is a still picture, not a clip"
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_LISTS):
        return "is a playlist or a description that names other files, which are never opened"
    if not any(byte < 9 or 13 < byte < 32 for byte in start):
        return "is a text file, not a media file"
    return "is not a media file of a kind that can be read"


def bytes_missing(fd: int, size_bytes: int) -> int:
    """How much longer the file declares to be than it is, by its outermost boxes; 0 where it does not say.

    FFmpeg does not tell: it shortens the declared duration of a cut AVI file without a word.
    """
    head = os.pread(fd, 12, 0)
    if head[:4] == b"RIFF" and len(head) == 12:
        (length,) = struct.unpack("<I", head[4:8])
        streamed = length in (0, 0xFFFFFFFF)  # written by a program that could not go back
        return 0 if streamed else max(0, 8 + length - size_bytes)
    if head[4:8] in _MP4_BOXES:
        return max(
            (end - size_bytes for kind, end in _boxes(fd, size_bytes) if kind in _MP4_BOXES), default=0
        )
    return 0


def _has_index(fd: int, size_bytes: int) -> bool:
    """Is there a whole `moov` box at the top level of the file?"""
    return any(kind == b"moov" and end <= size_bytes for kind, end in _boxes(fd, size_bytes))


def _boxes(fd: int, size_bytes: int) -> Iterator[tuple[bytes, int]]:
    """Kind and end of the top-level boxes of an MP4 file (ISO 14496-12, 4.2)."""
    position = 0
    for _ in range(_MAX_BOXES):
        head = os.pread(fd, 16, position)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
        elif length == 0:
            length = size_bytes - position
        if length < 8:
            return
        position += length
        yield kind, position
