"""Which clips does MC-EIU hold, as the MEIJU 2025 challenge gives them out?

Read from the challenge's baseline (https://github.com/AI-S2-Lab/MEIJU2025-baseline: `config.py`,
`feature_extraction_main.py` and `data/multimodal_dataset.py`). https://github.com/MC-EIU/MC-EIU publishes
features only, of which nothing is read.

    Track1/English/Annotation/Training/NAME.mp4       and Validation
    Track1/English/Annotation/Training_transcription.csv    name,sentence
    Track1/English/NoAnnotation/NAME.mp4
    Track2/Mandarin/Training/NAME.mp4                 and Validation
    Track2/Mandarin/Training_transcription.csv
    .../train_files.txt                               NAME.mp4 happy questioning

A clip's emotion and intent are read from every `*_files.txt` below its language; the baseline has them
beside the features, and whether the download names them so is not known. The name's part before the last
number is the dialogue where it has the form that MC-EIU's own code splits (DIALOGUE is two parts, as in
`a_b_3`), and then the group. Who speaks is in features only.

Not checked: anything, against a real download.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import emotion_from
from saber.corpora.layout import MEDIA_SUFFIXES, clip, folder_of, media_under, stem, unlike
from saber.corpora.reading import LeftOut, Missing, Notes
from saber.corpora.rows import csv_rows, lines_of
from saber.corpora.settings import SourceSettings

__all__ = ["EMOTIONS", "read_mc_eiu"]

_KEY = "mc-eiu"
_LANGUAGES = {"English": "en", "Mandarin": "zh"}
EMOTIONS = ("happy", "surprise", "sad", "disgust", "anger", "fear", "neutral")
_DIALOGUE = re.compile(r"([^_]+_[^_]+)_\d+")


def read_mc_eiu(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """The clips of each language that is there, in both tracks, annotated or not."""
    folder_of(folder)
    media = media_under(folder)
    found = [(path, place) for path in media if (place := _place(path))]
    if not found:
        raise unlike(folder, "MC-EIU (MEIJU 2025)", "Track1/English/Annotation/Training with clips", _KEY)
    notes.left_out += [LeftOut(_KEY, path, "odd_name") for path in media if not _place(path)]
    places = sorted({place for _, place in found})
    said = {place: _labels(folder / place) for place in places}
    spoken = {place: _sentences(folder / place) for place in places}
    there = {(place, stem(path)) for path, place in found}
    for place in places:
        named = {**spoken[place], **said[place]}
        notes.missing += [
            Missing(_KEY, where, f"{place}/**/{name}.mp4")
            for name, (where, *_) in sorted(named.items())
            if (place, name) not in there
        ]
    for path, place in sorted(found):
        language = PurePosixPath(place).name
        name = stem(path)
        _, emotion, intent = said[place].get(name, ("", None, None))
        dialogue = _DIALOGUE.fullmatch(name)
        yield clip(
            _KEY,
            settings,
            folder,
            path,
            group=f"{_KEY}:{language}/{dialogue[1]}" if dialogue else None,
            language=_LANGUAGES[language],
            transcript=spoken[place].get(name, ("", ""))[1] or None,
            label=None if emotion is None else emotion_from(emotion),
            label_said=emotion,
            label_from=None if emotion is None else "annotators",
            extra={} if intent is None else {"intent": intent},
        )


def _place(path: str) -> str:
    """The folder of the language, with what lies above it; "" for a file outside of any."""
    parts = PurePosixPath(path).parts
    return next(("/".join(parts[: i + 1]) for i, part in enumerate(parts[:-1]) if part in _LANGUAGES), "")


def _sentences(place: Path) -> dict[str, tuple[str, str]]:
    """Clip -> table and what is said."""
    return {
        _bare(row["name"]): (table.name, row["sentence"])
        for table in sorted(place.rglob("*_transcription.csv"))
        for _, row in csv_rows(table, ("name", "sentence"))
    }


def _labels(place: Path) -> dict[str, tuple[str, str, str]]:
    """Clip -> table, emotion and intent."""
    found: dict[str, tuple[str, str, str]] = {}
    for table in sorted(place.rglob("*_files.txt")):
        for number, line in lines_of(table):
            cells = line.split()
            if len(cells) != 3 or cells[1] not in EMOTIONS:
                raise UsageError(
                    f"Row {number} of {table} is not a clip, an emotion and an intent: {line!r}.",
                    remedy=f"Emotions: {', '.join(EMOTIONS)}.",
                )
            found[_bare(cells[0])] = table.name, cells[1], cells[2]
    return found


def _bare(name: str) -> str:
    """Without the ending of a media file, which some tables write."""
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in MEDIA_SUFFIXES else name
