"""Do the readers take the real names and tables of which there are copies?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from corpus_trees import write
from saber.core.taxonomy import Emotion
from saber.corpora import Notes, SourceSettings, sources

pytestmark = pytest.mark.media


def test_ravdess_audio(media_dir: Path) -> None:
    notes = Notes()
    settings = SourceSettings(media_dir / "ravdess_audio16k", corpus="ravdess")
    found = {source.id: source for source in sources([settings], notes)}
    # 60 of an actor: 8 for each emotion, and 4 that are neutral, which calm is counted as.
    assert len(found) == 12 * 60
    assert {s.speaker for s in found.values()} == {f"ravdess:{actor:02d}" for actor in range(1, 13)}
    assert Counter(s.label for s in found.values()) == {
        emotion: 12 * (12 if emotion is Emotion.NEUTRAL else 8) for emotion in Emotion
    }
    assert notes == Notes()
    source = found["ravdess/Actor_01/03-01-01-01-02-01-01.flac"]
    assert (source.label, source.transcript) == (Emotion.NEUTRAL, "Dogs are sitting by the door")


def test_melds_tables(media_dir: Path, tmp_path: Path) -> None:
    for part in ("train", "dev"):
        text = (media_dir / f"annotations/meld/{part}_sent_emo.csv").read_text(encoding="utf-8")
        write(tmp_path / f"{part}_sent_emo.csv", text)
    for name in ("dia0_utt0", "dia0_utt1", "dia1038_utt16"):
        write(tmp_path / f"train_splits/{name}.mp4", "media")
    notes = Notes()
    found = {s.id: s for s in sources([SourceSettings(tmp_path, corpus="meld")], notes)}
    assert set(found) == {f"meld/train_splits/{n}.mp4" for n in ("dia0_utt0", "dia0_utt1", "dia1038_utt16")}
    assert len(notes.missing) == 9989 + 1109 - 3
    first = found["meld/train_splits/dia0_utt0.mp4"]
    assert first.transcript is not None
    assert first.transcript.startswith("also I was the point person on my company’s transition")
    assert (first.speaker, first.label, first.group) == ("meld:Chandler", Emotion.NEUTRAL, "meld:train/dia0")
    assert first.extra["seconds_listed"] == pytest.approx(5.672)


def test_crema_ds_votes(media_dir: Path, tmp_path: Path) -> None:
    write(tmp_path / "AudioWAV/1001_IEO_SAD_HI.wav", "media")
    text = (media_dir / "annotations/cremad/summaryTable.csv").read_text(encoding="utf-8")
    write(tmp_path / "processedResults/summaryTable.csv", text)
    notes = Notes()
    (source,) = sources([SourceSettings(tmp_path, corpus="crema-d", labels="annotators")], notes)
    assert len(notes.missing) == 7441
    # Asked for sadness; most heard neutral, saw anger or fear, and took both together for neutral.
    assert source.label is Emotion.NEUTRAL
    assert source.extra == {
        "vote_voice": "N",
        "vote_face": "A:F",
        "vote_both": "N",
        "intended": "SAD",
        "intensity": "high",
    }
