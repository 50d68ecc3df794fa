"""Are steps rated as published, and is what can't be parsed counted and not dropped in silence?"""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluate.judged import QUICK, JudgeOf
from evaluate.made_up import mme_emotion, write_json, write_lines
from saber.core.errors import MissingPieceError, UsageError
from saber.evaluate import Subject, evaluate
from saber.evaluate.mme_emotion import MmeEmotion, read_ratings, step_scores, who
from saber.models import Request


@pytest.mark.parametrize(
    ("reply", "scores"),
    [
        ("<score>Step 1: 1/1, Step 2: 0/1, Step 3: 1/1</score>", (1.0, 0.5, 0.75)),
        ("Fine. <score>Step 1: 0/1,\nStep 2: 1/1</score>", (1.0, 0.0, 0.5)),
        ("<score>Step 1: 1/1</score>", (1.0, 0.0, 0.5)),
        ("<score></score>", None),
        ("Step 1: 1/1", None),
    ],
)
def test_steps_to_scores(reply: str, scores: tuple[float, ...] | None) -> None:
    ratings = read_ratings(reply)
    assert (tuple(step_scores(ratings).values()) if ratings else None) == scores


def test_official_leaves_out_what_strict_counts_as_nothing(tmp_path: Path, judge_of: JudgeOf) -> None:
    mme_emotion(tmp_path / "data")

    def reply(request: Request) -> str:
        if "Break it down" in request.user:
            return "no steps" if "garbled" in request.user else "<step>Step 1: loud. Step 2: angry.</step>"
        assert "A loud voice." in request.user
        return f"<score>Step 1: 1/1, Step 2: {int('True label: angry' in request.user)}/1</score>"

    answers = [
        {"id": f"ER-Lab/ER-Lab/{n}.mp4", "response": t}
        for n, t in enumerate(("angry", "angry", "garbled", ""))
    ]
    judge, _ = judge_of(reply)
    subject = Subject("made up", predictions=write_lines(tmp_path / "a.jsonl", answers))
    run = evaluate(
        MmeEmotion(), tmp_path / "data", subject, tmp_path / "out", judge=judge, settings=QUICK
    ).run
    assert run.outcomes["ER-Lab"] == {"no_answer": 1, "rated": 2, "unjudged": 1}

    def value(row: str, column: str) -> float | None:
        found = run.figure("Scores", row, column)
        assert found is not None
        return found.value

    # Labels go angry, happy: the first is right, the second wrong; every step of reasoning holds.
    assert value("ER-Lab", "Rec-S official") == 50
    assert value("ER-Lab", "Rea-S official") == 100
    assert value("ER-Lab", "CoT-S official") == 75
    assert value("ER-Lab", "Rec-S strict") == 25
    assert value("ER-Lab", "CoT-S strict") == 37.5
    assert value("ER-Lab", "not parsed") == 25
    assert value("IR", "Rec-S official") is None
    assert value("overall", "Rec-S strict") == 12.5


@pytest.mark.parametrize(
    ("clip", "cluster"),
    [
        ("IEMOCAP/video/Ses05M_impro03_F023.mp4", "IEMOCAP/video 05F"),
        ("IEMOCAP/video/Ses05F_script01_1_M002.mp4", "IEMOCAP/video 05M"),
        ("MC-EIU/video/dia_167_utt_8_ch.mkv", "MC-EIU/video dialogue 167_ch"),
        ("MELD/video/dia12_utt3.mp4", "MELD/video dialogue 12"),
        ("DFEW/video/00012.mp4", None),
    ],
)
def test_who_speaks_where_a_clips_name_says_so(clip: str, cluster: str | None) -> None:
    assert who(clip) == cluster


def test_the_published_layout_is_read_and_another_refused(tmp_path: Path) -> None:
    mme_emotion(tmp_path)
    samples = MmeEmotion().read(tmp_path, QUICK)
    assert len(samples) == 8
    assert samples[0].extra["audio_clue"] == "A loud voice."
    assert "angry, happy" in samples[0].question
    write_json(tmp_path / "SA" / "question" / "SA.json", [{"video": "x"}])
    with pytest.raises(UsageError, match=r"Row 1 of .* is no question with a video_id and a label"):
        MmeEmotion().read(tmp_path, QUICK)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(MissingPieceError, match="FunAudioLLM"):
        MmeEmotion().read(tmp_path / "nothing", QUICK)
    with pytest.raises(UsageError, match="needs a judge"):
        evaluate(MmeEmotion(), tmp_path, Subject("x", predictions=tmp_path / "x"), tmp_path / "out")
