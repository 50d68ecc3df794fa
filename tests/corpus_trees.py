"""What does a small copy of each corpus look like, as it is published?

`TREES[key](folder, file)` makes one below `folder`; `file` writes a media file at a path. What a reader must
make of it is written by hand in the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["TREES", "Media", "write"]

Media = Callable[[Path], None]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _all(folder: Path, media: Media, paths: Sequence[str]) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        media(folder / path)


def crema_d(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        [
            "VideoFlash/1001_DFA_ANG_XX.flv",
            "VideoFlash/1001_IEO_HAP_HI.flv",
            "VideoFlash/1076_MTI_SAD_XX.flv",
            "VideoFlash/1002_XYZ_ANG_XX.flv",
            "AudioWAV/1001_DFA_ANG_XX.wav",
            "AudioWAV/1002_ITS_NEU_XX.wav",
            "AudioMP3/1001_DFA_ANG_XX.mp3",
        ],
    )
    write(
        folder / "processedResults/summaryTable.csv",
        '"","FileName","VoiceVote","VoiceLevel","FaceVote","FaceLevel","MultiModalVote","MultiModalLevel"\n'
        '"1","1001_DFA_ANG_XX","N","69.1","A","92.22","A:D","64.78:1"\n'
        '"2","1001_IEO_HAP_HI","H","71.67","H","57","H","57.38"\n'
        '"3","1002_ITS_NEU_XX","N","67.71","N","62.62","S","56.56"\n'
        '"4","1003_TSI_FEA_XX","F","67.71","F","62.62","F","56.56"\n',
    )


def mead(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        [
            "M003/video/front/angry/level_1/001.mp4",
            "M003/video/left_30/angry/level_1/001.mp4",
            "M003/audio/angry/level_1/001.m4a",
            "M003/audio/neutral/level_1/002.m4a",
            "W009_video/video/down/contempt/level_3/021.mp4",
            "W009_video/video/down/bored/level_3/021.mp4",
        ],
    )


_MELD_HEADING = (
    "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n"
)


def meld(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        [
            "train_splits/dia0_utt0.mp4",
            "train_splits/dia0_utt1.mp4",
            "train_splits/dia125_utt3.mp4",
            "train_splits/._dia0_utt0.mp4",
            "dev/dev_splits_complete/dia0_utt0.mp4",
            "dev/dev_splits_complete/dia66_utt9.mp4",
        ],
    )
    write(
        folder / "train_sent_emo.csv",
        _MELD_HEADING
        + '1,"Well, I’m here.",Chandler,neutral,neutral,0,0,8,21,"00:16:16,059","00:16:21,731"\n'
        + '2,You did?,The Interviewer,joy,positive,0,1,8,21,"00:16:21,940","00:16:20,000"\n'
        + '3,Gone.,Ross,anger,negative,125,3,8,21,"00:16:21,940","00:16:23,442"\n',
    )
    write(
        folder / "dev/dev_sent_emo.csv",
        _MELD_HEADING
        + '1,"Oh my God, no.",Phoebe,sadness,negative,0,0,4,7,"00:20:57,256","00:21:00,049"\n'
        + '2,What?,Monica,surprise,negative,110,7,4,7,"00:21:01,927","00:21:03,261"\n',
    )


def mc_eiu(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        [
            "Track1/English/Annotation/Training/s1_d2_0.mp4",
            "Track1/English/Annotation/Validation/s1_d2_1.mp4",
            "Track1/English/NoAnnotation/00017.mp4",
            "Track2/Mandarin/Training/00001.mp4",
            "readme/film.mp4",
        ],
    )
    english = folder / "Track1/English/Annotation"
    write(english / "Training_transcription.csv", ",name,sentence\n0,s1_d2_0,Are you there?\n")
    write(english / "Validation_transcription.csv", ",name,sentence\n0,s1_d2_1,\n1,s1_d2_2,Gone\n")
    write(english / "train_files.txt", "s1_d2_0.mp4 happy questioning\n")
    write(english / "val_files.txt", "s1_d2_1.mp4 neutral agreeing\n\n")
    write(folder / "Track2/Mandarin/Training_transcription.csv", "name,sentence\n00001,你好，怎么了？\n")


def mer2025(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        [
            *("video/sample_1.mp4", "video/sample_2.mp4", "video/sample_3.mp4", "video/sample_4.mp4"),
            "audio/sample_1.wav",
        ],
    )
    write(
        folder / "subtitle_chieng.csv",
        "name,chinese,english\nsample_1,你疯了吗,Are you mad\nsample_2,,\nsample_9,走吧,Go\n",
    )
    write(
        folder / "track1_train_disdim.csv", "name,discrete,valence\nsample_1,angry,-1\nsample_2,worried,-2\n"
    )
    write(
        folder / "track2_train_mercaptionplus.csv",
        "name,openset\nsample_1,\"['angry']\"\nsample_3,\"['curious', 'happy']\"\n",
    )
    write(folder / "track2_train_ovmerd.csv", "name,openset\nsample_1,\"['furious']\"\n")
    write(folder / "track_all_candidates.csv", "name\nsample_4\n")


def msp_improv(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        [
            "session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.avi",
            "session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav",
            "session1/S01A/T/MSP-IMPROV-S01A-M01-T-MF02.avi",
            "session2/S04H/R/MSP-IMPROV-S04H-F02-R-FF01.wav",
            "session2/S04H/R/MSP-IMPROV-S04H-F02-R-FF02.wav",
            "session2/S04H/R/calibration.wav",
        ],
    )
    write(
        folder / "Evaluation.txt",
        "UTD-IMPROV-S01A-F01-P-FM01.avi; N; A:2.500000; V:3.200000; D:3.000000 ; N:4.100000;\n"
        "WORKER0001; Neutral; Neutral; A:3.0; V:3.0; D:3.0; N:4.0;\n"
        "\n"
        "UTD-IMPROV-S01A-M01-T-MF02.avi; A; A:4.000000; V:1.500000; D:4.000000 ; N:NaN;\n"
        "UTD-IMPROV-S04H-F02-R-FF01.avi; X; A:3.000000; V:3.000000; D:3.000000 ; N:3.000000;\n"
        "UTD-IMPROV-S05N-F03-S-FM09.avi; O; A:3.000000; V:3.000000; D:3.000000 ; N:3.000000;\n",
    )


def multidialog(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        [
            "data/test_freq/test_freq_chunks_0000/t_aa_0.wav",
            "data/test_freq/test_freq_chunks_0000/t_aa_1.wav",
            "video/t_aa_1.mp4",
            "video/t_aa.mp4",
        ],
    )
    rows = [
        {"conv_id": "t_aa", "utterance_id": 0, "from": "gpt", "value": "Do you like dogs?",
         "emotion": "Curious to dive deeper", "audpath": "test_freq/t_aa/t_aa_0.wav"},
        {"conv_id": "t_aa", "utterance_id": 1, "from": "user", "value": "They bite!",
         "emotion": "Disgusting", "audpath": "test_freq/t_aa/t_aa_1.wav"},
        {"conv_id": "t_aa", "utterance_id": 2, "from": "gpt", "value": "Never.",
         "emotion": "Neutral", "audpath": "test_freq/t_aa/t_aa_2.wav"},
    ]  # fmt: skip
    write(
        folder / "metadata/test_freq/test_freq_metadata_0000.jsonl",
        "".join(json.dumps(row) + "\n" for row in rows),
    )


def ravdess(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        [
            "Video_Speech_Actor_01/Actor_01/01-01-02-01-01-01-01.mp4",
            "Video_Speech_Actor_01/Actor_01/02-01-02-01-01-01-01.mp4",
            "Audio_Speech_Actors_01-24/Actor_01/03-01-02-01-01-01-01.wav",
            "Audio_Speech_Actors_01-24/Actor_24/03-01-08-02-02-02-24.wav",
            "Audio_Song_Actors_01-24/Actor_24/03-02-06-02-02-02-24.wav",
            "Audio_Song_Actors_01-24/Actor_24/03-02-09-02-02-02-24.wav",
        ],
    )


def ch_sims_v2(folder: Path, media: Media) -> None:
    _all(
        folder,
        media,
        ["Raw/aqgy3/0001.mp4", "Raw/aqgy3/0002.mp4", "Raw/video_0002/0007.mp4"],
    )
    write(
        folder / "meta.csv",
        "\ufeffvideo_id,clip_id,text,label,label_T,label_A,label_V,annotation,mode\n"
        "aqgy3,0001,我不想嫁给李茶,-0.8,-0.6,-0.4,,Negative,train\n"
        "video_0002,7,好,0.0,0.2,0.0,0.0,Neutral,test\n"
        "aqgy3,0003,没有,0.5,0.5,0.5,0.5,Positive,valid\n",
    )


def memor(folder: Path, media: Media) -> None:
    _all(folder, media, ["clips/s01e03_4.mp4", "clips/s01e03_9.mp4"])
    write(
        folder / "anno.json",
        json.dumps(
            {
                "primary": [
                    {"clip": "s01e03_4", "character": "penny", "moment": 61.5, "emotion": "joy"},
                    {"clip": "s01e03_4", "character": "leonard", "moment": 66.0, "emotion": "trust"},
                    {"clip": "s01e03_4", "character": "leonard", "moment": 66.0, "emotion": "joy"},
                    {"clip": "s01e03_4", "character": "penny", "moment": 90.0, "emotion": "fear"},
                    {"clip": "s02e01_1", "character": "amy", "moment": 3.0, "emotion": "anger"},
                ],
                "fine_grained": [
                    {"clip": "s01e03_4", "character": "penny", "moment": 61.5, "emotion": "serenity"},
                ],
            }
        ),
    )
    write(
        folder / "data.json",
        json.dumps(
            {
                "s01e03_4": {
                    "start": 60.0, "end": 70.0, "seg_start": [60.0, 65.5], "seg_end": [65.5, 70.0],
                    "on_character": ["penny", "leonard"], "speakers": ["penny", "leonard"],
                },
            }
        ),
    )  # fmt: skip


TREES: dict[str, Callable[[Path, Media], None]] = {
    "crema-d": crema_d,
    "mead": mead,
    "meld": meld,
    "mc-eiu": mc_eiu,
    "mer2025": mer2025,
    "msp-improv": msp_improv,
    "multidialog": multidialog,
    "ravdess": ravdess,
    "ch-sims-v2": ch_sims_v2,
    "memor": memor,
}
