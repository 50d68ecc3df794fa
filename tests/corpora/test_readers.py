"""Does each reader make of a small copy of its corpus what a person reads there?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus_trees import TREES, write
from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.taxonomy import Emotion, Modality
from saber.corpora import Notes, SourceSettings, sources


def read(key: str, folder: Path, labels: str = "") -> tuple[dict[str, Source], Notes]:
    """The clips by id, and the notes, of a small copy."""
    TREES[key](folder, lambda path: path.write_bytes(b"media"))
    notes = Notes()
    found = list(sources([SourceSettings(folder, corpus=key, labels=labels)], notes))
    return {source.id: source for source in found}, notes


def said(source: Source, *fields: str) -> tuple[Any, ...]:
    return tuple(getattr(source, field) for field in fields)


def lost(notes: Notes) -> tuple[list[str], list[tuple[str, str]]]:
    return [m.path for m in notes.missing], [(left.path, left.why) for left in notes.left_out]


WHOSE = ("speaker", "group", "language", "transcript", "label", "label_said", "label_from", "terms")


def test_crema_d_as_intended(tmp_path: Path) -> None:
    clips, notes = read("crema-d", tmp_path)
    assert list(clips) == [
        "crema-d/AudioWAV/1002_ITS_NEU_XX.wav",
        "crema-d/VideoFlash/1001_DFA_ANG_XX.flv",
        "crema-d/VideoFlash/1001_IEO_HAP_HI.flv",
    ]
    angry = clips["crema-d/VideoFlash/1001_DFA_ANG_XX.flv"]
    assert said(angry, *WHOSE) == (
        *("crema-d:1001", None, "en", "Don't forget a jacket"),
        *(Emotion.ANGER, "ANG", "intended", "crema-d"),
    )
    assert angry.unimodal == {Modality.VOICE: Emotion.NEUTRAL, Modality.FACE: Emotion.ANGER}
    assert angry.extra == {"intended": "ANG", "vote_voice": "N", "vote_face": "A", "vote_both": "A:D"}
    assert angry.path == str(tmp_path / "VideoFlash/1001_DFA_ANG_XX.flv")
    assert clips["crema-d/VideoFlash/1001_IEO_HAP_HI.flv"].extra["intensity"] == "high"
    assert lost(notes) == (
        ["1003_TSI_FEA_XX"],
        [
            ("VideoFlash/1002_XYZ_ANG_XX.flv", "odd_name"),
            ("AudioMP3/1001_DFA_ANG_XX.mp3", "repeats"),
            ("AudioWAV/1001_DFA_ANG_XX.wav", "repeats"),
            ("VideoFlash/1076_MTI_SAD_XX.flv", "known_fault"),
        ],
    )


def test_crema_d_as_annotators_saw_and_heard_it(tmp_path: Path) -> None:
    clips, _ = read("crema-d", tmp_path, "annotators")
    whose = ("label", "label_said", "label_from")
    assert {name[-19:-4]: said(clip, *whose) for name, clip in clips.items()} == {
        "1002_ITS_NEU_XX": (Emotion.SADNESS, "S", "annotators"),
        "1001_DFA_ANG_XX": (None, "A:D", "annotators"),
        "1001_IEO_HAP_HI": (Emotion.HAPPINESS, "H", "annotators"),
    }


def test_crema_d_without_votes(tmp_path: Path) -> None:
    write(tmp_path / "AudioWAV/1002_ITS_NEU_XX.wav", "media")
    (clip,) = sources([SourceSettings(tmp_path, corpus="crema-d")])
    assert clip.extra == {"intended": "NEU"}
    with pytest.raises(UsageError, match=r"votes of CREMA-D are not in .*summaryTable\.csv"):
        list(sources([SourceSettings(tmp_path, corpus="crema-d", labels="annotators")]))


def test_crema_ds_faulty_clips_have_sound_files_that_are_not(tmp_path: Path) -> None:
    for name in ("1064_IEO_DIS_MD", "1076_MTI_SAD_XX"):
        write(tmp_path / f"AudioWAV/{name}.wav", "media")
    notes = Notes()
    (clip,) = sources([SourceSettings(tmp_path, corpus="crema-d")], notes)
    assert clip.id == "crema-d/AudioWAV/1064_IEO_DIS_MD.wav"
    assert lost(notes)[1] == [("AudioWAV/1076_MTI_SAD_XX.wav", "known_fault")]


def test_crema_d_before_git_lfs_fetched_it(tmp_path: Path) -> None:
    write(
        tmp_path / "AudioWAV/1002_ITS_NEU_XX.wav",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    )
    with pytest.raises(UsageError, match=r"placeholders of git-lfs\. Run there: git lfs pull"):
        list(sources([SourceSettings(tmp_path, corpus="crema-d")]))


def test_a_vote_that_does_not_exist_is_named_by_its_row(tmp_path: Path) -> None:
    write(tmp_path / "AudioWAV/1002_ITS_NEU_XX.wav", "media")
    write(
        tmp_path / "processedResults/summaryTable.csv",
        "FileName,VoiceVote,FaceVote,MultiModalVote\n1002_ITS_NEU_XX,N,N,A:Q\n",
    )
    with pytest.raises(UsageError, match=r"Row 2 of .*summaryTable.csv: there is no vote 'A:Q'"):
        list(sources([SourceSettings(tmp_path, corpus="crema-d")]))


def test_mead(tmp_path: Path) -> None:
    clips, notes = read("mead", tmp_path)
    whose = ("speaker", "language", "label", "label_said", "label_from", "extra")
    assert {name: said(clip, *whose) for name, clip in clips.items()} == {
        "mead/M003/audio/neutral/level_1/002.m4a": (
            *("mead:M003", "en", Emotion.NEUTRAL, "neutral", "intended"),
            {"intensity": 1.0, "view": "none"},
        ),
        "mead/M003/video/front/angry/level_1/001.mp4": (
            *("mead:M003", "en", Emotion.ANGER, "angry", "intended"),
            {"intensity": 1.0, "view": "front"},
        ),
        "mead/M003/video/left_30/angry/level_1/001.mp4": (
            *("mead:M003", "en", Emotion.ANGER, "angry", "intended"),
            {"intensity": 1.0, "view": "left_30"},
        ),
        "mead/W009_video/video/down/contempt/level_3/021.mp4": (
            *("mead:W009", "en", None, "contempt", "intended"),
            {"intensity": 3.0, "view": "down"},
        ),
    }
    assert lost(notes)[1] == [
        ("W009_video/video/down/bored/level_3/021.mp4", "odd_name"),
        ("M003/audio/angry/level_1/001.m4a", "repeats"),
    ]


def test_meld(tmp_path: Path) -> None:
    clips, notes = read("meld", tmp_path)
    assert [said(clip, "id", *WHOSE) for clip in clips.values()] == [
        (
            *("meld/dev/dev_splits_complete/dia0_utt0.mp4", "meld:Phoebe", "meld:dev/dia0", "en"),
            *("Oh my God, no.", Emotion.SADNESS, "sadness", "annotators", "meld"),
        ),
        (
            *("meld/train_splits/dia0_utt0.mp4", "meld:Chandler", "meld:train/dia0", "en"),
            *("Well, I’m here.", Emotion.NEUTRAL, "neutral", "annotators", "meld"),
        ),
        (
            *("meld/train_splits/dia0_utt1.mp4", "meld:The Interviewer", "meld:train/dia0", "en"),
            *("You did?", Emotion.HAPPINESS, "joy", "annotators", "meld"),
        ),
    ]
    assert clips["meld/train_splits/dia0_utt0.mp4"].extra == {
        "part": "train",
        "sentiment": "neutral",
        "season": "8",
        "episode": "21",
        "seconds_listed": 5.672,
    }
    assert "seconds_listed" not in clips["meld/train_splits/dia0_utt1.mp4"].extra
    assert [(m.named_in, m.path) for m in notes.missing] == [
        ("dev/dev_sent_emo.csv", "dev/dev_splits_complete/dia110_utt7.mp4")
    ]
    assert lost(notes)[1] == [
        ("train_splits/dia125_utt3.mp4", "known_fault"),
        ("dev/dev_splits_complete/dia66_utt9.mp4", "not_in_table"),
    ]


def test_melds_clips_without_their_table(tmp_path: Path) -> None:
    write(tmp_path / "output_repeated_splits_test/dia0_utt0.mp4", "media")
    with pytest.raises(UsageError, match=r"is there without test_sent_emo\.csv\. Fetch it from data/MELD"):
        list(sources([SourceSettings(tmp_path, corpus="meld")]))


def test_melds_tables_without_their_clips(tmp_path: Path) -> None:
    TREES["meld"](tmp_path, lambda path: None)
    with pytest.raises(
        UsageError, match=r"none of the 5 clips that its tables name, such as train_splits/dia0"
    ):
        list(sources([SourceSettings(tmp_path, corpus="meld")]))


def test_mc_eiu(tmp_path: Path) -> None:
    clips, notes = read("mc-eiu", tmp_path)
    assert [said(clip, "id", *WHOSE, "extra") for clip in clips.values()] == [
        (
            *("mc-eiu/Track1/English/Annotation/Training/s1_d2_0.mp4", None, "mc-eiu:English/s1_d2", "en"),
            *("Are you there?", Emotion.HAPPINESS, "happy", "annotators", "mc-eiu"),
            {"intent": "questioning"},
        ),
        (
            *("mc-eiu/Track1/English/Annotation/Validation/s1_d2_1.mp4", None, "mc-eiu:English/s1_d2", "en"),
            *(None, Emotion.NEUTRAL, "neutral", "annotators", "mc-eiu"),
            {"intent": "agreeing"},
        ),
        (
            *("mc-eiu/Track1/English/NoAnnotation/00017.mp4", None, None, "en"),
            *(None, None, None, None, "mc-eiu", {}),
        ),
        (
            *("mc-eiu/Track2/Mandarin/Training/00001.mp4", None, None, "zh"),
            *("你好，怎么了？", None, None, None, "mc-eiu", {}),
        ),
    ]
    assert lost(notes) == (["Track1/English/**/s1_d2_2.mp4"], [("readme/film.mp4", "odd_name")])


def test_a_line_of_mc_eiu_that_names_no_emotion(tmp_path: Path) -> None:
    write(tmp_path / "English/a.mp4", "media")
    write(tmp_path / "English/train_files.txt", "a.mp4 bored questioning\n")
    with pytest.raises(
        UsageError, match=r"Row 1 of .*train_files.txt is not a clip, an emotion and an intent"
    ):
        list(sources([SourceSettings(tmp_path, corpus="mc-eiu")]))


def test_mer2025(tmp_path: Path) -> None:
    clips, notes = read("mer2025", tmp_path)
    whose = ("language", "transcript", "label", "label_said", "label_from", "extra")
    assert {name: said(clip, *whose) for name, clip in clips.items()} == {
        "mer2025/video/sample_1.mp4": (
            *("zh", "你疯了吗", Emotion.ANGER, "angry", "annotators"),
            {"openset": "['furious']"},
        ),
        "mer2025/video/sample_2.mp4": ("zh", None, None, "worried", "annotators", {}),
        "mer2025/video/sample_3.mp4": ("zh", None, None, None, None, {"openset": "['curious', 'happy']"}),
        "mer2025/video/sample_4.mp4": ("zh", None, None, None, None, {"part": "candidates"}),
    }
    assert [(m.named_in, m.path) for m in notes.missing] == [("subtitle_chieng.csv", "video/sample_9.mp4")]


def test_msp_improv_by_its_evaluators(tmp_path: Path) -> None:
    clips, notes = read("msp-improv", tmp_path)
    whose = ("speaker", "group", "language", "label", "label_said", "label_from", "extra")
    assert {name.split("/")[-1]: said(clip, *whose) for name, clip in clips.items()} == {
        "MSP-IMPROV-S01A-F01-P-FM01.avi": (
            *("msp-improv:F01", "msp-improv:session1", "en", Emotion.NEUTRAL, "N", "annotators"),
            {
                "intended": "A",
                "sentence": "S01",
                "recording": "P",
                "activation": 2.5,
                "valence": 3.2,
                "dominance": 3.0,
                "naturalness": 4.1,
            },
        ),
        "MSP-IMPROV-S01A-M01-T-MF02.avi": (
            *("msp-improv:M01", "msp-improv:session1", "en", Emotion.ANGER, "A", "annotators"),
            {
                "intended": "A",
                "sentence": "S01",
                "recording": "T",
                "activation": 4.0,
                "valence": 1.5,
                "dominance": 4.0,
            },
        ),
        "MSP-IMPROV-S04H-F02-R-FF01.wav": (
            *("msp-improv:F02", "msp-improv:session2", "en", None, "X", "annotators"),
            {
                "intended": "H",
                "sentence": "S04",
                "recording": "R",
                "activation": 3.0,
                "valence": 3.0,
                "dominance": 3.0,
                "naturalness": 3.0,
            },
        ),
    }
    assert lost(notes) == (
        ["S05N-F03-S-FM09"],
        [
            ("session2/S04H/R/calibration.wav", "odd_name"),
            ("session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav", "repeats"),
            ("session2/S04H/R/MSP-IMPROV-S04H-F02-R-FF02.wav", "not_in_table"),
        ],
    )


def test_msp_improv_by_its_scenarios(tmp_path: Path) -> None:
    clips, _ = read("msp-improv", tmp_path, "intended")
    assert [said(clip, "label", "label_said", "label_from") for clip in clips.values()] == [
        (Emotion.ANGER, "A", "intended"),
        (Emotion.ANGER, "A", "intended"),
        (Emotion.HAPPINESS, "H", "intended"),
    ]


def test_a_line_of_the_evaluation_that_is_cut_off(tmp_path: Path) -> None:
    write(tmp_path / "session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav", "media")
    write(tmp_path / "Evaluation.txt", "UTD-IMPROV-S01A-F01-P-FM01.avi; N; A:2.5; V:3\n")
    with pytest.raises(UsageError, match=r"Row 1 of .*Evaluation.txt can't be understood"):
        list(sources([SourceSettings(tmp_path, corpus="msp-improv")]))


def test_multidialog(tmp_path: Path) -> None:
    clips, notes = read("multidialog", tmp_path)
    assert [said(clip, "id", *WHOSE, "extra") for clip in clips.values()] == [
        (
            "multidialog/data/test_freq/test_freq_chunks_0000/t_aa_0.wav",
            *(None, "multidialog:t_aa", "en", "Do you like dogs?"),
            *(None, "Curious to dive deeper", "intended", "multidialog"),
            {"role": "gpt", "turn": "0", "part": "test_freq"},
        ),
        (
            "multidialog/video/t_aa_1.mp4",
            *(None, "multidialog:t_aa", "en", "They bite!"),
            *(Emotion.DISGUST, "Disgusting", "intended", "multidialog"),
            {"role": "user", "turn": "1", "part": "test_freq"},
        ),
    ]
    assert lost(notes) == (
        ["test_freq/t_aa/t_aa_2.wav"],
        [
            ("data/test_freq/test_freq_chunks_0000/t_aa_1.wav", "repeats"),
            ("video/t_aa.mp4", "not_in_table"),
        ],
    )


def test_ravdess(tmp_path: Path) -> None:
    clips, notes = read("ravdess", tmp_path)
    whose = ("speaker", "transcript", "label", "label_said", "extra")
    assert {name.split("/")[-1]: said(clip, *whose) for name, clip in clips.items()} == {
        "01-01-02-01-01-01-01.mp4": (
            *("ravdess:01", "Kids are talking by the door", Emotion.NEUTRAL, "calm"),
            {"intensity": "normal", "channel": "speech", "modality": "picture and sound", "repetition": 1.0},
        ),
        "03-01-08-02-02-02-24.wav": (
            *("ravdess:24", "Dogs are sitting by the door", Emotion.SURPRISE, "surprised"),
            {"intensity": "strong", "channel": "speech", "modality": "sound", "repetition": 2.0},
        ),
        "03-02-06-02-02-02-24.wav": (
            *("ravdess:24", "Dogs are sitting by the door", Emotion.FEAR, "fearful"),
            {"intensity": "strong", "channel": "song", "modality": "sound", "repetition": 2.0},
        ),
    }
    assert {(path.split("/")[-1], why) for path, why in lost(notes)[1]} == {
        ("03-02-09-02-02-02-24.wav", "odd_name"),
        ("03-01-02-01-01-01-01.wav", "repeats"),
        ("02-01-02-01-01-01-01.mp4", "repeats"),
    }


def test_ravdess_prefers_sound_to_a_mute_picture(tmp_path: Path) -> None:
    for name in ("Actor_02/02-01-05-01-02-01-02.mp4", "Actor_02/03-01-05-01-02-01-02.wav"):
        write(tmp_path / name, "media")
    notes = Notes()
    (clip,) = sources([SourceSettings(tmp_path, corpus="ravdess")], notes)
    assert said(clip, "id", "label") == ("ravdess/Actor_02/03-01-05-01-02-01-02.wav", Emotion.ANGER)
    assert lost(notes)[1] == [("Actor_02/02-01-05-01-02-01-02.mp4", "repeats")]


def test_ch_sims_v2(tmp_path: Path) -> None:
    clips, notes = read("ch-sims-v2", tmp_path)
    whose = ("speaker", "group", "language", "transcript", "label", "label_said", "label_from", "extra")
    assert {name: said(clip, *whose) for name, clip in clips.items()} == {
        "ch-sims-v2/Raw/aqgy3/0001.mp4": (
            *(None, "ch-sims-v2:aqgy3", "zh", "我不想嫁给李茶", None, None, None),
            {
                "sentiment": -0.8,
                "sentiment_text": -0.6,
                "sentiment_sound": -0.4,
                "sentiment_said": "Negative",
                "part": "train",
            },
        ),
        "ch-sims-v2/Raw/video_0002/0007.mp4": (
            *(None, "ch-sims-v2:video_0002", "zh", "好", None, None, None),
            {
                "sentiment": 0.0,
                "sentiment_text": 0.2,
                "sentiment_sound": 0.0,
                "sentiment_picture": 0.0,
                "sentiment_said": "Neutral",
                "part": "test",
            },
        ),
    }
    assert lost(notes) == (["Raw/aqgy3/0003.mp4"], [("Raw/aqgy3/0002.mp4", "not_in_table")])


def test_memor(tmp_path: Path) -> None:
    clips, notes = read("memor", tmp_path)
    whose = ("start_s", "end_s", "speaker", "group", "language", "label", "label_said", "extra")
    assert {name: said(clip, *whose) for name, clip in clips.items()} == {
        "memor/clips/s01e03_4.mp4#t=0-5.5/penny@61.5": (
            *(0.0, 5.5, "memor:penny", "memor:s01e03", "en", Emotion.HAPPINESS, "joy"),
            {"fine_grained": "serenity"},
        ),
        "memor/clips/s01e03_4.mp4#t=5.5-10/leonard@66": (
            *(5.5, 10.0, "memor:leonard", "memor:s01e03", "en", None, "trust", {}),
        ),
    }
    assert lost(notes) == (
        ["s02e01_1.mp4"],
        [
            ("anno.json: s01e03_4, leonard at 66", "repeated_row"),
            ("anno.json: s01e03_4, penny at 90", "no_stretch"),
            ("clips/s01e03_9.mp4", "not_in_table"),
        ],
    )


def test_memor_without_segments_says_of_which_clip(tmp_path: Path) -> None:
    TREES["memor"](tmp_path, lambda path: path.write_bytes(b"media"))
    write(tmp_path / "data.json", '{"s01e03_4": {"start": 0, "seg_start": [0], "seg_end": []}}')
    with pytest.raises(UsageError, match=r"data.json does not say when the segments of s01e03_4 are"):
        list(sources([SourceSettings(tmp_path, corpus="memor")]))
