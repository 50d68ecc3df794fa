"""Reading media: from a file that may be hostile to a clip's description, sound and pictures."""

from saber.media.reader import ClipReader, Counts, open_clip, probe
from saber.media.settings import FrameSampling, MediaSettings

__all__ = ["ClipReader", "Counts", "FrameSampling", "MediaSettings", "open_clip", "probe"]
