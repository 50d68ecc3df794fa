"""Which utterances does MultiDialog hold?

Read from the page and the loading script of https://huggingface.co/datasets/IVLLab/MultiDialog (subsets,
archives, and the fields conv_id, utterance_id, from, value, emotion and audpath of the metadata) and
https://multidialog.github.io (12 actors, scripts of Topical-Chat).

    metadata/train/train_metadata_0000.jsonl
    data/train/train_chunks_0000.tar.gz     unpacked anywhere below the folder: one .wav an utterance

A row's file is found by the name in `audpath`; a video of the same name is read before the sound. How the
videos that are given out elsewhere are named is not known: where they are one a conversation, no row finds
one and they are noted as left out. `from` is the part in the script (gpt or user), not a person: speakers
are not known, and a conversation is the group. The emotion is the script's, so `intended`; "Curious to dive
deeper" is none of the seven.

Not checked: anything, against a real download.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import Emotion, emotion_from
from saber.corpora.layout import clip, folder_of, media_under, stem, takes, unlike
from saber.corpora.reading import LeftOut, Missing, Notes
from saber.corpora.rows import jsonl_rows
from saber.corpora.settings import SourceSettings

__all__ = ["EMOTIONS", "read_multidialog"]

_KEY = "multidialog"
_FIELDS = ("conv_id", "utterance_id", "from", "value", "emotion", "audpath")
EMOTIONS = {"disgusting": Emotion.DISGUST, "surprising": Emotion.SURPRISE}
"""Beside the words that are known everywhere."""


def read_multidialog(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """The utterances of the subsets whose metadata is there."""
    tables = sorted(folder_of(folder).rglob("*_metadata_*.jsonl")) or sorted(folder.glob("metadata.jsonl"))
    if not tables:
        raise unlike(folder, "MultiDialog", "metadata/train/train_metadata_0000.jsonl", _KEY)
    chosen = takes(media_under(folder), _KEY, notes)
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for table in tables:
        where = table.relative_to(folder).as_posix()
        part = table.name.split("_metadata")[0] if "_metadata" in table.name else ""
        for number, row in jsonl_rows(table, _FIELDS):
            name = stem(str(row["audpath"]))
            if name not in chosen:
                notes.missing.append(Missing(_KEY, where, str(row["audpath"])))
            elif chosen[name] in found:
                raise UsageError(f"Row {number} of {table} is about {name}, as an earlier one is.")
            else:
                found[chosen[name]] = part, row
    unlisted = sorted(set(chosen.values()) - set(found))
    notes.left_out += [LeftOut(_KEY, path, "not_in_table") for path in unlisted]
    for path, (part, row) in sorted(found.items()):
        said = str(row["emotion"] or "")
        yield clip(
            _KEY,
            settings,
            folder,
            path,
            group=f"{_KEY}:{row['conv_id']}",
            language="en",
            transcript=str(row["value"]) or None,
            label=EMOTIONS.get(said.strip().casefold()) or emotion_from(said),
            label_said=said or None,
            label_from="intended" if said else None,
            extra={"role": str(row["from"]), "turn": str(row["utterance_id"])}
            | ({"part": part} if part else {}),
        )
