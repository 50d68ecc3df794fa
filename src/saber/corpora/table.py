"""Which corpora can be read?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from saber.core.errors import UsageError
from saber.corpora.ch_sims_v2 import read_ch_sims_v2
from saber.corpora.crema_d import read_crema_d
from saber.corpora.folder import read_folder
from saber.corpora.manifest import read_manifest
from saber.corpora.mc_eiu import read_mc_eiu
from saber.corpora.mead import read_mead
from saber.corpora.meld import read_meld
from saber.corpora.memor import read_memor
from saber.corpora.mer2025 import read_mer2025
from saber.corpora.msp_improv import read_msp_improv
from saber.corpora.multidialog import read_multidialog
from saber.corpora.ravdess import read_ravdess
from saber.corpora.reading import Reader

__all__ = ["CORPORA", "Corpus", "corpus_of"]


@dataclass(frozen=True)
class Corpus:
    """One corpus.

    Attributes:
        terms: key of the table of terms; None: what the user says.
        ask: where its data is to be had.
        languages: what is spoken, as BCP-47 primary tags.
        labels: whose emotion labels it has, the first as long as nothing else is asked for; none for a corpus
            without any.
        tree: the files that are expected, one a line.
        known_from: what its layout was read from: what its owners state, code that reads it (theirs or
            others'), or code that leaves parts open.
        unchecked: what of the reading was never seen to be true of the real data.
    """

    key: str
    name: str
    read: Reader
    terms: str | None = None
    ask: str = ""
    languages: tuple[str, ...] = ()
    labels: tuple[Literal["intended", "annotators"], ...] = ()
    tree: tuple[str, ...] = ()
    known_from: Literal["ours", "documentation", "code", "code, in part"] = "ours"
    unchecked: str = ""


CORPORA: dict[str, Corpus] = {
    corpus.key: corpus
    for corpus in (
        Corpus("folder", "any folder of media files", read_folder, tree=("**/*.mp4, *.mov, *.wav, ...",)),
        Corpus(
            "manifest",
            "a CSV or JSONL file that lists clips",
            read_manifest,
            tree=("clips.csv", "the files that it names"),
        ),
        Corpus(
            "crema-d",
            "CREMA-D",
            read_crema_d,
            terms="crema-d",
            ask="https://github.com/CheyneyComputerScience/CREMA-D",
            languages=("en",),
            labels=("intended", "annotators"),
            tree=(
                "VideoFlash/1001_DFA_ANG_XX.flv",
                "AudioWAV/1001_DFA_ANG_XX.wav",
                "processedResults/summaryTable.csv",
            ),
            known_from="documentation",
            unchecked="The media files; the tables are as the real ones.",
        ),
        Corpus(
            "mead",
            "MEAD",
            read_mead,
            terms="mead",
            ask="https://wywu.github.io/projects/MEAD/MEAD.html",
            languages=("en",),
            labels=("intended",),
            tree=("M003/video/front/angry/level_1/001.mp4", "M003/audio/angry/level_1/001.m4a"),
            known_from="code",
            unchecked="Everything; whether the videos hold sound.",
        ),
        Corpus(
            "meld",
            "MELD",
            read_meld,
            terms="meld",
            ask="https://github.com/declare-lab/MELD",
            languages=("en",),
            labels=("annotators",),
            tree=(
                "train_sent_emo.csv",
                "train_splits/dia0_utt0.mp4",
                "dev_sent_emo.csv",
                "dev_splits_complete/dia0_utt0.mp4",
                "test_sent_emo.csv",
                "output_repeated_splits_test/dia0_utt0.mp4",
            ),
            known_from="documentation",
            unchecked="The media files; the tables of train and dev are as the real ones.",
        ),
        Corpus(
            "mc-eiu",
            "MC-EIU (MEIJU 2025)",
            read_mc_eiu,
            terms="mc-eiu",
            ask="https://ai-s2-lab.github.io/MEIJU2025-website",
            languages=("en", "zh"),
            labels=("annotators",),
            tree=(
                "Track1/English/Annotation/Training/NAME.mp4",
                "Track1/English/Annotation/Training_transcription.csv",
                "Track1/English/NoAnnotation/NAME.mp4",
                "Track2/Mandarin/Training/NAME.mp4",
                "Track2/Mandarin/train_files.txt",
            ),
            known_from="code, in part",
            unchecked="Everything; where the download has its labels, and what clips are called.",
        ),
        Corpus(
            "mer2025",
            "MER2025",
            read_mer2025,
            terms="mer2025",
            ask="https://huggingface.co/datasets/MERChallenge/MER2025",
            languages=("zh",),
            labels=("annotators",),
            tree=(
                "video/NAME.mp4",
                "subtitle_chieng.csv",
                "track1_train_disdim.csv",
                "track2_train_ovmerd.csv",
                "track2_train_mercaptionplus.csv",
                "track_all_candidates.csv",
            ),
            known_from="documentation",
            unchecked="Everything; whether all of it is in Mandarin.",
        ),
        Corpus(
            "msp-improv",
            "MSP-IMPROV",
            read_msp_improv,
            terms="msp-improv",
            ask="https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Improv.html",
            languages=("en",),
            labels=("annotators", "intended"),
            tree=("Evaluation.txt", "session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.avi"),
            known_from="code",
            unchecked="Everything; what the recording's letter means, and where transcripts are.",
        ),
        Corpus(
            "multidialog",
            "MultiDialog",
            read_multidialog,
            terms="multidialog",
            ask="https://huggingface.co/datasets/IVLLab/MultiDialog",
            languages=("en",),
            labels=("intended",),
            tree=(
                "metadata/train/train_metadata_0000.jsonl",
                "data/train/train_chunks_0000/NAME.wav (unpacked)",
            ),
            known_from="code, in part",
            unchecked="Everything; how videos are named, and who speaks.",
        ),
        Corpus(
            "ravdess",
            "RAVDESS",
            read_ravdess,
            terms="ravdess",
            ask="https://zenodo.org/records/1188976",
            languages=("en",),
            labels=("intended",),
            tree=("Actor_01/01-01-01-01-01-01-01.mp4",),
            known_from="documentation",
            unchecked="The video archives; the names are as in a real copy of the audio.",
        ),
        Corpus(
            "ch-sims-v2",
            "CH-SIMS v2",
            read_ch_sims_v2,
            terms="ch-sims-v2",
            ask="https://github.com/thuiar/ch-sims-v2",
            languages=("zh",),
            tree=("meta.csv", "Raw/aqgy3/0001.mp4"),
            known_from="code",
            unchecked="Everything; the unsupervised half.",
        ),
        Corpus(
            "memor",
            "MEmoR",
            read_memor,
            terms="memor",
            ask="https://github.com/sunlightsgy/MEmoR",
            languages=("en",),
            labels=("annotators",),
            tree=("anno.json", "data.json", "CLIP.mp4"),
            known_from="code, in part",
            unchecked="Everything; whether videos are given out, and what was said in a segment.",
        ),
    )
}


def corpus_of(key: str) -> Corpus:
    """Raises UsageError when there is none of this key."""
    if key not in CORPORA:
        raise UsageError(f"There is no corpus {key!r}.", remedy=f"Known: {', '.join(CORPORA)}.")
    return CORPORA[key]
