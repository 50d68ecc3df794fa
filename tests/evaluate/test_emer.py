"""Is EMER judged as published, is every reply kept, and is a judge's distance from the published one told?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from evaluate.judged import QUICK, JudgeOf
from evaluate.made_up import emer, write_lines, write_table
from saber.core.errors import MissingPieceError, UsageError
from saber.evaluate import Evaluated, Judge, Outcome, Subject, evaluate, published
from saber.evaluate.calibration import FILES, calibrate
from saber.evaluate.emer import Emer, first_number
from saber.models import Request


def reply(request: Request) -> str:
    """Clue overlap 7, label overlap 4.5; reduces every description to one word."""
    if request.user.endswith("情感："):
        return "高兴"
    return "分数：7；理由：都提到笑容" if "真实描述" in request.user else "分数：4.5；理由：相近"


def run(tmp_path: Path, answers: list[str | None], judge: Judge, translate: bool = False) -> Evaluated:
    names = emer(tmp_path / "data", len(answers))
    rows = [{"name": n, "reason": a} for n, a in zip(names, answers, strict=True) if a is not None]
    subject = Subject("made up", predictions=write_lines(tmp_path / "answers.jsonl", rows))
    settings = replace(QUICK, translate="zh" if translate else "none")
    return evaluate(Emer(), tmp_path / "data", subject, tmp_path / "out", judge=judge, settings=settings)


def figure(evaluated: Evaluated, row: str, column: str) -> tuple[float | None, int]:
    found = evaluated.run.figure("Overlap", row, column)
    assert found is not None
    return found.value, found.n


def test_means_over_what_was_rated_and_over_everything(tmp_path: Path, judge_of: JudgeOf) -> None:
    judge, model = judge_of(reply)
    found = run(tmp_path, ["他笑了。", "他很高兴。", "", "抱歉，我无法分析视频。"], judge)
    assert figure(found, "clue", "official") == (7, 2)
    assert figure(found, "label", "official") == (4.5, 2)
    assert figure(found, "clue", "strict") == (3.5, 4)
    assert found.run.outcomes["EMER"] == {"refusal": 1, "no_answer": 1, "rated": 2}
    # Per answer: the clues, the words of both, their overlap. Nothing for no answer.
    assert [e.purpose for e in found.scores[0].exchanges] == [
        "clue", "words of the truth", "words of the answer", "label",
    ]  # fmt: skip
    assert len(model.asked) == 8
    assert all(r.sampling.temperature == 0 for r in model.asked)
    assert found.scores[0].exchanges[0].reply == "分数：7；理由：都提到笑容"
    assert found.run.judge is not None
    assert found.run.judge.calibration is None
    assert set(found.run.judge.prompts_sha256) == {"zh/emer"}
    assert found.run.language == "judged in Chinese, nothing translated"


def test_an_unreadable_reply_is_asked_for_again_differently_and_then_told(
    tmp_path: Path, judge_of: JudgeOf
) -> None:
    judge, model = judge_of(lambda request: "高兴" if request.user.endswith("情感：") else "很高")
    found = run(tmp_path, ["他笑了。"], judge)
    assert found.scores[0].outcome is Outcome.UNJUDGED
    assert figure(found, "clue", "official") == (None, 0)
    assert figure(found, "clue", "without a rating") == (100, 1)
    clues = [r.sampling for r in model.asked if "真实描述" in r.user]
    assert len(clues) == QUICK.judge_tries
    assert len({(s.temperature, s.seed) for s in clues}) == QUICK.judge_tries
    assert [e.error for e in found.scores[0].exchanges[:3]] == ["unreadable"] * 3


def test_answers_are_translated_only_where_that_was_asked_for(tmp_path: Path, judge_of: JudgeOf) -> None:
    def translating(request: Request) -> str:
        return "他笑了。" if "译成中文" in request.user else reply(request)

    judge, model = judge_of(translating)
    found = run(tmp_path, ["He smiles."], judge, translate=True)
    assert "translated to Chinese" in found.run.language
    assert any("He smiles." in r.user and "译成中文" in r.user for r in model.asked)
    assert not any("He smiles." in r.user and "真实描述" in r.user for r in model.asked)


def test_a_second_run_asks_nothing_again(tmp_path: Path, judge_of: JudgeOf) -> None:
    judge, model = judge_of(reply, tmp_path / "calls.sqlite")
    first = run(tmp_path, ["他笑了。", "他很高兴。"], judge)
    assert len(model.asked) == 7, "both answers come to the same words, which are rated once"
    again, other = judge_of(reply, tmp_path / "calls.sqlite")
    second = run(tmp_path, ["他笑了。", "他很高兴。"], again)
    assert other.asked == []
    assert second.run == first.run
    third, more = judge_of(reply, tmp_path / "calls.sqlite")
    run(tmp_path, ["他笑了。", "他哭了。"], third)
    assert len(more.asked) == 2, "what is known already: the truth's words, and their overlap with these"


def test_the_english_table_and_its_prompts(tmp_path: Path) -> None:
    emer(tmp_path)
    sample = Emer().read(tmp_path, replace(QUICK, judge_language="en"))[0]
    assert "corners of his mouth" in str(sample.truth)
    assert "下雨了" in sample.question
    version_2 = [{"name": "a", "chinese": "他笑了。", "english": "He smiles."}]
    write_table(tmp_path / "v2" / "final-EMER-reason.csv", version_2)
    assert Emer().read(tmp_path / "v2", replace(QUICK, judge_language="en"))[0].truth == "He smiles."
    (tmp_path / "out").mkdir()
    with pytest.raises(MissingPieceError, match=r"gt-chi\.csv or gt\.csv or final-EMER-reason\.csv"):
        Emer().read(tmp_path / "out", QUICK)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'预测分数'：8；'原因'：……", 8),
        ("8.5", 8.5),
        ("10分", 10),
        ("Score: 7 of 10", 7),
        ("0", 0),
        ("85", None),
        ("7...", None),
        ("很高", None),
        ("", None),
    ],
)
def test_the_first_number_counts(text: str, value: float | None) -> None:
    assert first_number(text) == value


def test_calibration_tells_offset_and_order(tmp_path: Path, judge_of: JudgeOf) -> None:
    """This judge rates each clue overlap half a point higher, and the labels in the opposite order."""
    stated = {p.model: p.rows for p in published("emer")}
    names = [f"sample_{n}" for n in range(3)]
    write_table(tmp_path / "gt.csv", [{"names": n, "chi_reasons": "他笑了。"} for n in names])
    for stem, model in FILES.items():
        write_table(
            tmp_path / f"{stem}.csv", [{"names": n, "chi_reasons": f"模型{model}：{n}"} for n in names]
        )

    def biased(request: Request) -> str:
        model = re.search(r"模型([\w-]+)", request.user)
        if request.user.endswith("情感："):
            return f"模型{model[1]}" if model else "高兴"
        assert model is not None
        if "真实描述" in request.user:
            return f"{stated[model[1]]['clue'] + 0.5:.2f}"
        return f"{9 - stated[model[1]]['label']:.2f}"

    judge, _ = judge_of(biased)
    found = calibrate(tmp_path, tmp_path / "out", judge, QUICK)
    assert found.numbers["models"] == 6
    assert found.numbers["clue offset"] == pytest.approx(0.5)
    assert found.numbers["clue rank correlation"] == 1
    assert found.numbers["label rank correlation"] == -1
    assert ("Valley", "clue", 7.24, pytest.approx(7.74)) in found.rows
    with pytest.raises(UsageError, match="holds 0 of the six"):
        calibrate(tmp_path / "out", tmp_path / "out", judge, QUICK)
