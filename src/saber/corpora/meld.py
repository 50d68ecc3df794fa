"""Which clips does MELD's raw data hold, and what do its tables say of them?

Read from the corpus' README: https://github.com/declare-lab/MELD ("Description of Raw Data", columns of the
tables) and `utils/read_meld.py` there. The names of the folders of the dev and test parts are only in its
issues (https://github.com/declare-lab/MELD/issues/22) and in code that reads them.

    train_sent_emo.csv   train_splits/dia0_utt0.mp4
    dev_sent_emo.csv     dev_splits_complete/dia0_utt0.mp4
    test_sent_emo.csv    output_repeated_splits_test/dia0_utt0.mp4

Dialogues are numbered from 0 in each part, so a group is `meld:train/dia0`. Speakers are characters of the
show Friends; a name such as "Waiter" or "All" may be more than one person. `extra["seconds_listed"]` is how
long the utterance is by the table: users report clips that are cut wrongly, and minutes long instead of
seconds.

Checked: the tables of train and dev, against the real ones. Not checked: the media files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import emotion_from
from saber.corpora.layout import clip, find_file, folder_of, media_under, unlike
from saber.corpora.reading import LeftOut, Missing, Notes
from saber.corpora.rows import csv_rows
from saber.corpora.settings import SourceSettings

__all__ = ["read_meld"]

_KEY = "meld"
_PARTS = {
    "train": ("train_splits",),
    "dev": ("dev_splits_complete", "dev_splits"),
    "test": ("output_repeated_splits_test", "test_splits"),
}
_COLUMNS = (
    "Utterance", "Speaker", "Emotion", "Sentiment", "Dialogue_ID", "Utterance_ID",
    "Season", "Episode", "StartTime", "EndTime",
)  # fmt: skip
_TIME = re.compile(r"(\d+):(\d\d):(\d\d)[,.] *(\d{1,3})")
_FAULTS = {
    ("train", "dia125_utt3"): "can't be opened (issues 39 and 52)",
    ("train", "dia309_utt0"): "cut wrongly (issue 20)",
    ("test", "dia220_utt0"): "cut wrongly, four minutes long (issue 20)",
    ("test", "dia38_utt4"): "cut wrongly, five minutes long (issue 20)",
}
"""What users of MELD report of single clips, at github.com/declare-lab/MELD/issues."""


def read_meld(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """The utterances of the parts whose tables are there."""
    folder_of(folder)
    rows: dict[str, tuple[str, dict[str, str]]] = {}
    tables = 0
    for part, names in _PARTS.items():
        table = find_file(folder, f"{part}_sent_emo.csv", depth=4)
        clips = find_file(folder, *names, depth=3)
        if table is None:
            if clips is not None:
                raise UsageError(
                    f"{clips} is there without {part}_sent_emo.csv.",
                    remedy="Fetch it from data/MELD of github.com/declare-lab/MELD.",
                )
            continue
        tables += 1
        rows |= _part(part, table, (clips or folder / names[0]).relative_to(folder), folder, notes)
    if not tables:
        raise unlike(folder, "MELD", "train_sent_emo.csv", _KEY)
    for path in sorted(rows):
        part, row = rows[path]
        yield _clip(folder, path, settings, part, row)


def _part(
    part: str, table: Path, clips: Path, folder: Path, notes: Notes
) -> dict[str, tuple[str, dict[str, str]]]:
    """Path -> part and row, of the clips of this part that are there and known to be sound."""
    there = set(media_under(folder, clips.as_posix()))
    named: set[str] = set()
    found: dict[str, tuple[str, dict[str, str]]] = {}
    where = table.relative_to(folder).as_posix()
    for number, row in csv_rows(table, _COLUMNS):
        name = f"dia{row['Dialogue_ID']}_utt{row['Utterance_ID']}"
        path = (clips / f"{name}.mp4").as_posix()
        if path in named:
            raise UsageError(f"Row {number} of {table} is about {name}, as an earlier one is.")
        named.add(path)
        if path not in there:
            notes.missing.append(Missing(_KEY, where, path))
        elif (part, name) in _FAULTS:
            notes.left_out.append(LeftOut(_KEY, path, "known_fault", _FAULTS[part, name]))
        else:
            found[path] = part, row
    notes.left_out += [LeftOut(_KEY, path, "not_in_table", where) for path in sorted(there - named)]
    return found


def _clip(folder: Path, path: str, settings: SourceSettings, part: str, row: dict[str, str]) -> Source:
    extra: dict[str, str | float] = {
        "part": part,
        "sentiment": row["Sentiment"],
        "season": row["Season"],
        "episode": row["Episode"],
    }
    start, end = _seconds(row["StartTime"]), _seconds(row["EndTime"])
    if start is not None and end is not None and end > start:
        extra["seconds_listed"] = round(end - start, 3)
    return clip(
        _KEY,
        settings,
        folder,
        path,
        speaker=f"{_KEY}:{row['Speaker'].strip()}" if row["Speaker"].strip() else None,
        group=f"{_KEY}:{part}/dia{row['Dialogue_ID']}",
        language="en",
        transcript=row["Utterance"],
        label=emotion_from(row["Emotion"]),
        label_said=row["Emotion"],
        label_from="annotators",
        extra=extra,
    )


def _seconds(time: str) -> float | None:
    """Of `hh:mm:ss,ms`; None for what is written otherwise."""
    parts = _TIME.fullmatch(time.strip())
    if parts is None:
        return None
    hours, minutes, seconds, thousandths = map(int, parts.groups())
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
