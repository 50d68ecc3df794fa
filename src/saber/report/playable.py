"""Can today's browsers play this file as it is, showing and sounding just what was analysed?

Judged by what the demuxer and decoders found, never by the file's name. Only what the current Chrome,
Firefox and Edge all play counts; what is doubtful gets a preview instead.
"""

from __future__ import annotations

from saber.core.records import ClipInfo

__all__ = ["browser_type"]

# Container (one of the demuxer's names) -> MIME type, video codecs, audio codecs. WebM shares its demuxer
# with Matroska, which Firefox does not play: `doctype` tells them apart.
_MP4 = (
    "video/mp4",
    "audio/mp4",
    frozenset({"h264", "av1", "vp9"}),
    frozenset({"aac", "mp3", "opus", "flac"}),
)
_WEBM = ("video/webm", "audio/webm", frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"}))
_CONTAINERS = {
    "mp4": _MP4,
    "mov": _MP4,
    "webm": _WEBM,
    "matroska": _WEBM,
    "ogg": ("video/ogg", "audio/ogg", frozenset[str](), frozenset({"opus", "vorbis", "flac"})),
    "mp3": ("", "audio/mpeg", frozenset[str](), frozenset({"mp3"})),
    "wav": ("", "audio/wav", frozenset[str](), frozenset({"pcm_s16le", "pcm_u8"})),
    "flac": ("", "audio/flac", frozenset[str](), frozenset({"flac"})),
    "aac": ("", "audio/aac", frozenset[str](), frozenset({"aac"})),
}
_EIGHT_BIT_420 = frozenset({"yuv420p", "yuvj420p"})
"""Other layouts decode in some browsers only (10-bit H.264 in none)."""


def browser_type(clip: ClipInfo, head: bytes) -> str | None:
    """The MIME type under which browsers play the file whole, or None.

    None also when the player would differ from what was analysed: parts of the file were lost, or there
    are several tracks of a kind and the browser would choose for itself.

    Args:
        clip: as found by the reader.
        head: the first bytes of the file (64 are enough).
    """
    row = next((_CONTAINERS[n] for n in clip.container.split(",") if n in _CONTAINERS), None)
    if row is None or clip.losses.any:
        return None
    video_type, audio_type, video_codecs, audio_codecs = row
    if row is _WEBM and b"webm" not in head[:64]:
        return None
    if clip.audio is not None and (clip.audio.codec not in audio_codecs or clip.audio.tracks > 1):
        return None
    if clip.video is None:
        return audio_type if clip.audio is not None else None
    if clip.video.codec not in video_codecs or clip.video.pixel_format not in _EIGHT_BIT_420:
        return None
    return video_type if clip.video.tracks == 1 else None
