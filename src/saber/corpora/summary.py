"""What did reading a corpus give?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from saber.core.taxonomy import MODALITIES, Modality
from saber.corpora.reading import Notes
from saber.corpora.settings import SourceSettings
from saber.corpora.sources import sources

__all__ = ["Summary", "summarise"]


@dataclass(frozen=True)
class Summary:
    """Counts of one source. In each table the key None is for clips of which the corpus does not say it."""

    clips: int
    speakers: int
    without_speaker: int
    groups: int
    without_group: int
    with_transcript: int
    languages: dict[str | None, int]
    labels: dict[str | None, int]
    """By the seven emotions; None: no label, or one that names none of them."""
    labels_said: dict[str | None, int]
    """In the corpus' own words."""
    unimodal: dict[Modality, int]
    """Clips of which it says what that modality shows by itself; a modality that has none is left out."""
    missing: int
    """Clips that its tables name and its folder does not hold."""
    left_out: dict[str, int]
    """Why, and how many files or rows."""


def summarise(settings: SourceSettings, notes: Notes) -> Summary:
    """Reads the whole source, no media file of it; `notes` names what is missing and left out.

    Raises UsageError as the reading does.
    """
    clips = with_transcript = without_speaker = without_group = 0
    speakers: set[str] = set()
    groups: set[str] = set()
    languages: Counter[str | None] = Counter()
    labels: Counter[str | None] = Counter()
    said: Counter[str | None] = Counter()
    unimodal: Counter[Modality] = Counter()
    for source in sources([settings], notes):
        clips += 1
        with_transcript += source.transcript is not None
        without_speaker += source.speaker is None
        without_group += source.group is None
        speakers |= {source.speaker} if source.speaker else set()
        groups |= {source.group} if source.group else set()
        languages[source.language] += 1
        labels[source.label] += 1
        said[source.label_said] += 1
        unimodal.update(source.unimodal.keys())
    return Summary(
        clips=clips,
        speakers=len(speakers),
        without_speaker=without_speaker,
        groups=len(groups),
        without_group=without_group,
        with_transcript=with_transcript,
        languages=dict(languages.most_common()),
        labels=dict(labels.most_common()),
        labels_said=dict(said.most_common()),
        unimodal={modality: unimodal[modality] for modality in MODALITIES if unimodal[modality]},
        missing=len(notes.missing),
        left_out=dict(Counter(each.why for each in notes.left_out).most_common()),
    )
