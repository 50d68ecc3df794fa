"""Which clips does a RAVDESS download hold, and what do their names say?

Read from the description of the corpus: https://zenodo.org/records/1188976 (archives, folders `Actor_01` to
`Actor_24`, and the seven parts of a name) and Livingstone & Russo 2018, PLoS ONE 13(5): e0196391.

    Actor_01/01-01-06-01-02-01-01.mp4
             |  |  |  |  |  |  +- actor, 01 to 24
             |  |  |  |  |  +- repetition
             |  |  |  |  +- statement
             |  |  |  +- intensity
             |  |  +- emotion
             |  +- channel: speech or song
             +- modality: picture and sound, picture alone, sound alone

Each performance is published three times. The one with picture and sound is read; the others only where it
is not there. "calm" counts as neutral, as everywhere here; `label_said` keeps it.

Checked: names, against 720 audio files of a real copy. Not checked: the video archives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.taxonomy import emotion_from
from saber.corpora.layout import clip, folder_of, media_under, stem, takes, unlike
from saber.corpora.reading import LeftOut, Notes
from saber.corpora.settings import SourceSettings

__all__ = ["EMOTIONS", "read_ravdess"]

_KEY = "ravdess"
_NAME = re.compile(r"(0[1-3])-(0[12])-(0[1-8])-(0[12])-(0[12])-(0[12])-(0[1-9]|1\d|2[0-4])")
_MODALITIES = {"01": "picture and sound", "03": "sound", "02": "picture"}
"""In the order of preference."""
_CHANNELS = {"01": "speech", "02": "song"}
EMOTIONS = {
    "01": "neutral", "02": "calm", "03": "happy", "04": "sad",
    "05": "angry", "06": "fearful", "07": "disgust", "08": "surprised",
}  # fmt: skip
_INTENSITIES = {"01": "normal", "02": "strong"}
_STATEMENTS = {"01": "Kids are talking by the door", "02": "Dogs are sitting by the door"}


def read_ravdess(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """Speech and song of all actors that are there; what is said is one of two sentences."""
    found = media_under(folder_of(folder))
    named = [path for path in found if _NAME.fullmatch(stem(path))]
    if not named:
        raise unlike(folder, "RAVDESS", "Actor_01 with files such as 01-01-01-01-01-01-01.mp4", _KEY)
    notes.left_out += [LeftOut(_KEY, path, "odd_name") for path in sorted(set(found) - set(named))]
    chosen = takes(named, _KEY, notes, key_of=lambda path: stem(path)[3:], order=_preferred)
    for path in sorted(chosen.values()):
        modality, channel, emotion, intensity, statement, repetition, actor = stem(path).split("-")
        yield clip(
            _KEY,
            settings,
            folder,
            path,
            speaker=f"{_KEY}:{actor}",
            language="en",
            transcript=_STATEMENTS[statement],
            label=emotion_from(EMOTIONS[emotion]),
            label_said=EMOTIONS[emotion],
            label_from="intended",
            extra={
                "intensity": _INTENSITIES[intensity],
                "channel": _CHANNELS[channel],
                "modality": _MODALITIES[modality],
                "repetition": float(repetition),
            },
        )


def _preferred(path: str) -> tuple[int, str]:
    return list(_MODALITIES).index(stem(path)[:2]), path
