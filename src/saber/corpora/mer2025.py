"""Which clips does MER2025 hold, and which emotions do its three kinds of labels name?

Read from the baseline's README files (https://github.com/zeroQiaoba/MERTools, MER2025: folders and tables)
and, for the columns, `toolkit/preprocess/mer2025.py` and the dataset classes there.

    video/NAME.mp4                       132,171 clips; audio/NAME.wav holds their sound and is not read
    subtitle_chieng.csv                  name,chinese,english: recognised speech and its translation
    track1_train_disdim.csv              name,discrete: worried, happy, neutral, angry, surprise or sad
    track2_train_mercaptionplus.csv      name,openset: any emotion words, chosen with a model's help
    track2_train_ovmerd.csv              name,openset: any emotion words, by people
    track_all_candidates.csv             name: among them the test clips

`label` comes from the first track; "worried" is none of the seven. The words of the second are in
`extra["openset"]`, people's before the model's. The descriptions of the third track are long texts and are
not taken over. Neither speakers nor series are said, so a split can't keep them apart; part of the clips
come from MC-EIU and M3ED, whose clips near-duplicates must find.

Not checked: anything, against a real download; nor that all clips are in Mandarin, as the series are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import emotion_from
from saber.corpora.layout import clip, find_file, folder_of, media_under, stem, takes, unlike
from saber.corpora.reading import Missing, Notes
from saber.corpora.rows import csv_rows
from saber.corpora.settings import SourceSettings

__all__ = ["read_mer2025"]

_KEY = "mer2025"
_SUBTITLES = "subtitle_chieng.csv"
_DISCRETE = "track1_train_disdim.csv"
_OPEN = ("track2_train_ovmerd.csv", "track2_train_mercaptionplus.csv")
_CANDIDATES = "track_all_candidates.csv"


def read_mer2025(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """Every clip in `video`, labelled or not; with sound only, the folder is not one that can be read."""
    video = find_file(folder_of(folder), "video")
    if video is None:
        raise unlike(folder, "MER2025", "folder video", _KEY)
    root = video.parent
    if not any((root / name).is_file() for name in (_SUBTITLES, _DISCRETE, *_OPEN)):
        raise unlike(folder, "MER2025", f"{_SUBTITLES} beside the folder video", _KEY)
    below = video.relative_to(folder).as_posix()
    chosen = takes(media_under(folder, below), _KEY, notes)
    subtitles = _column(root / _SUBTITLES, "chinese")
    discrete = _column(root / _DISCRETE, "discrete")
    words = _column(root / _OPEN[1], "openset") | _column(root / _OPEN[0], "openset")
    candidates = _column(root / _CANDIDATES, "name")
    named = {
        _SUBTITLES: subtitles, _DISCRETE: discrete, f"{_OPEN[0]} or {_OPEN[1]}": words,
        _CANDIDATES: candidates,
    }  # fmt: skip
    absent: dict[str, str] = {}
    for table, said in named.items():
        absent |= {name: table for name in said if name not in chosen and name not in absent}
    notes.missing += [Missing(_KEY, table, f"{below}/{name}.mp4") for name, table in sorted(absent.items())]
    for path in sorted(chosen.values()):
        name = stem(path)
        label = discrete.get(name) or None
        extra: dict[str, str | float] = {"openset": words[name]} if words.get(name) else {}
        if name in candidates:
            extra["part"] = "candidates"
        yield clip(
            _KEY,
            settings,
            folder,
            path,
            language="zh",
            transcript=subtitles.get(name) or None,
            label=None if label is None else emotion_from(label),
            label_said=label,
            label_from=None if label is None else "annotators",
            extra=extra,
        )


def _column(table: Path, column: str) -> dict[str, str]:
    """Clip -> its cell; empty without the table, because each track is fetched on its own."""
    found: dict[str, str] = {}
    if not table.is_file():
        return found
    for number, row in csv_rows(table, ("name", column)):
        if row["name"] in found:
            raise UsageError(f"Row {number} of {table} is about {row['name']}, as an earlier one is.")
        found[row["name"]] = row[column].strip()
    return found
