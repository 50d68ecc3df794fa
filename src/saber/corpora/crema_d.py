"""Which clips does CREMA-D's repository hold, and what do their names and its raters say?

Read from the corpus' own README: https://github.com/CheyneyComputerScience/CREMA-D (names of files, the
twelve sentences, columns of `processedResults/summaryTable.csv`, and the clips that are not what their
names say).

    VideoFlash/1001_DFA_ANG_XX.flv
               |    |   |   +- level: LO, MD, HI, XX (not specified)
               |    |   +- emotion that the actor was asked for
               |    +- sentence
               +- actor

The same recording is there as video and twice as sound; the video is read, sound where there is no video.
`labels = "intended"` takes the emotion of the name. `labels = "annotators"` takes what most raters saw and
heard in the clip; with a tie there is no label, and `label_said` names the emotions that tied. The votes of
those who only heard or only saw it are its unimodal labels, and all votes are in `extra`, either way.

Checked: the tables, against the real ones. Not checked: the media files, of which no copy was at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import Emotion, Modality
from saber.corpora.layout import clip, fetched, find_file, folder_of, media_under, stem, takes, unlike
from saber.corpora.reading import LeftOut, Missing, Notes
from saber.corpora.rows import csv_rows
from saber.corpora.settings import SourceSettings

__all__ = ["EMOTIONS", "read_crema_d"]

_KEY = "crema-d"
_NAME = re.compile(r"(\d{4})_([A-Z]{3})_([A-Z]{3})_([A-Z]{2})")
EMOTIONS = {
    "ANG": Emotion.ANGER, "DIS": Emotion.DISGUST, "FEA": Emotion.FEAR,
    "HAP": Emotion.HAPPINESS, "NEU": Emotion.NEUTRAL, "SAD": Emotion.SADNESS,
}  # fmt: skip
_VOTES = {emotion[0]: label for emotion, label in EMOTIONS.items()}
_ALONE = (Modality.VOICE, Modality.FACE)
_LEVELS = {"LO": "low", "MD": "medium", "HI": "high"}
_SENTENCES = {
    "IEO": "It's eleven o'clock",
    "TIE": "That is exactly what happened",
    "IOM": "I'm on my way to the meeting",
    "IWW": "I wonder what this is about",
    "TAI": "The airplane is almost full",
    "MTI": "Maybe tomorrow it will be cold",
    "IWL": "I would like a new alarm clock",
    "ITH": "I think I have a doctor's appointment",
    "DFA": "Don't forget a jacket",
    "ITS": "I think I've seen this before",
    "TSI": "The surface is slick",
    "WSI": "We'll stop in a couple of minutes",
}
_FAULTS = {
    "1076_MTI_NEU_XX": "very short, without sound",
    "1076_MTI_SAD_XX": "very short, without sound",
    "1064_TIE_SAD_XX": "without duration",
    "1064_IEO_DIS_MD": "a minute long, with every emotion",
}
"""By the README, of the videos and the MP3 files. Of their WAV files it names one."""
_FAULTY_WAV = "1076_MTI_SAD_XX"


def read_crema_d(folder: Path, settings: SourceSettings, notes: Notes) -> Iterator[Source]:
    """The recordings that are there, with their raters' votes where `summaryTable.csv` is there too."""
    found = media_under(folder_of(folder))
    named = [path for path in found if _is_ours(path)]
    if not named:
        raise unlike(folder, "CREMA-D", "VideoFlash with files such as 1001_DFA_ANG_XX.flv", _KEY)
    notes.left_out += [LeftOut(_KEY, path, "odd_name") for path in sorted(set(found) - set(named))]
    fetched(folder, named)
    chosen = takes(named, _KEY, notes)
    table = find_file(folder, "summaryTable.csv", depth=5)
    votes = {} if table is None else _votes(table)
    if settings.labels == "annotators" and table is None:
        raise UsageError(
            f"The raters' votes of CREMA-D are not in {folder}.",
            remedy='Fetch processedResults/summaryTable.csv, or take labels = "intended".',
        )
    if table is not None:
        where = table.relative_to(folder).as_posix()
        notes.missing += [Missing(_KEY, where, name) for name in sorted(set(votes) - set(chosen))]
    for path in sorted(chosen.values()):
        name = stem(path)
        if name in _FAULTS and (name == _FAULTY_WAV or not path.lower().endswith(".wav")):
            notes.left_out.append(LeftOut(_KEY, path, "known_fault", _FAULTS[name]))
            continue
        yield _clip(folder, path, settings, votes.get(name, {}))


def _is_ours(path: str) -> bool:
    parts = _NAME.fullmatch(stem(path))
    return parts is not None and parts[2] in _SENTENCES and parts[3] in EMOTIONS


def _votes(table: Path) -> dict[str, dict[str, str]]:
    """Clip -> modality -> letters of the emotions that most raters chose, with colons between those tied."""
    columns = {"voice": "VoiceVote", "face": "FaceVote", "both": "MultiModalVote"}
    found = {}
    for number, row in csv_rows(table, ("FileName", *columns.values())):
        said = {modality: row[column] for modality, column in columns.items()}
        if odd := [v for v in said.values() if not set(v.split(":")) <= set(_VOTES)]:
            raise UsageError(f"Row {number} of {table}: there is no vote {odd[0]!r}.")
        found[row["FileName"]] = said
    return found


def _clip(folder: Path, path: str, settings: SourceSettings, votes: dict[str, str]) -> Source:
    actor, sentence, emotion, level = stem(path).split("_")
    extra = {f"vote_{modality}": vote for modality, vote in votes.items()} | {"intended": emotion}
    if level in _LEVELS:
        extra["intensity"] = _LEVELS[level]
    by_raters = settings.labels == "annotators"
    vote = votes.get("both")
    return clip(
        _KEY,
        settings,
        folder,
        path,
        speaker=f"{_KEY}:{actor}",
        language="en",
        transcript=_SENTENCES[sentence],
        label=(None if vote is None else _VOTES.get(vote)) if by_raters else EMOTIONS[emotion],
        label_said=vote if by_raters else emotion,
        label_from="annotators" if by_raters else "intended",
        unimodal={m: _VOTES[vote] for m in _ALONE if (vote := votes.get(m)) in _VOTES},
        extra=extra,
    )
