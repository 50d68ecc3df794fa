"""Which clips does CH-SIMS v2 hold, and how positive is what is shown, said and heard?

Read from https://github.com/FlameSky-S/MMSA-FET/wiki/Dataset-and-Structure (the authors' toolkit: folders
and columns, for CH-SIMS) and MERTools' `preprocess/simsv2.py` (https://github.com/zeroQiaoba/MERTools),
which reads `ch-simsv2s` of version 2 in just that form. https://github.com/thuiar/ch-sims-v2 itself does
not describe it.

    meta.csv                  video_id,clip_id,text,label,label_T,label_A,label_V,annotation,mode
    Raw/aqgy3/0001.mp4

There are no emotions: the labels are sentiments from -1 to 1, of everything together, of the text, the
sound and the picture, so `label` is None and `extra` holds them. "Neutral" there is no emotion either.
Clips of one video are a group; who is seen is not said.

Not checked: anything, against a real download; of the unsupervised half, `ch-simsv2u`, whether it has a
table.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.corpora.layout import clip, find_file, folder_of, media_under, unlike
from saber.corpora.reading import LeftOut, Missing, Notes
from saber.corpora.rows import csv_rows, number_in
from saber.corpora.settings import SourceSettings

__all__ = ["read_ch_sims_v2"]

_KEY = "ch-sims-v2"
_SENTIMENTS = {
    "label": "sentiment",
    "label_T": "sentiment_text",
    "label_A": "sentiment_sound",
    "label_V": "sentiment_picture",
}


def read_ch_sims_v2(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """The clips that `meta.csv` lists, in Mandarin, with their sentiments."""
    table = find_file(folder_of(folder), "meta.csv", "label.csv")
    if table is None:
        raise unlike(folder, "CH-SIMS v2", "meta.csv beside a folder Raw", _KEY)
    raw = (table.parent / "Raw").relative_to(folder).as_posix()
    there = set(media_under(folder, raw))
    rows: dict[str, tuple[int, dict[str, str]]] = {}
    where = table.relative_to(folder).as_posix()
    for number, row in csv_rows(table, ("video_id", "clip_id", "text")):
        path = _path(raw, row, there)
        if path in rows:
            raise UsageError(f"Row {number} of {table} is about {path}, as an earlier one is.")
        rows[path] = number, row
    notes.left_out += [LeftOut(_KEY, path, "not_in_table", where) for path in sorted(there - set(rows))]
    for path, (number, row) in sorted(rows.items()):
        if path in there:
            yield _clip(folder, path, settings, row, f"Row {number} of {table}")
        else:
            notes.missing.append(Missing(_KEY, where, path))


def _path(raw: str, row: dict[str, str], there: set[str]) -> str:
    """Spreadsheets make 1 of the clip 0001 when they save the table."""
    path = f"{raw}/{row['video_id']}/{row['clip_id']}.mp4"
    padded = f"{raw}/{row['video_id']}/{row['clip_id'].zfill(4)}.mp4"
    return padded if path not in there and padded in there else path


def _clip(folder: Path, path: str, settings: SourceSettings, row: dict[str, str], where: str) -> Source:
    extra: dict[str, str | float] = {
        name: value
        for column, name in _SENTIMENTS.items()
        if (value := number_in(row.get(column, ""), where)) is not None
    }
    extra |= {
        name: row[column]
        for column, name in (("annotation", "sentiment_said"), ("mode", "part"))
        if row.get(column)
    }
    return clip(
        _KEY,
        settings,
        folder,
        path,
        group=f"{_KEY}:{row['video_id']}",
        language="zh",
        transcript=row["text"] or None,
        extra=extra,
    )
