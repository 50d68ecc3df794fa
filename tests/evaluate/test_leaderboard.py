"""Are comparable runs put in order with their paired difference, and others refused?"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluate.judged import QUICK, JudgeOf
from evaluate.made_up import crema_d, emer, emobench_m, write_lines
from saber.cli import leaderboard
from saber.core.errors import UsageError
from saber.evaluate import EvaluateSettings, Subject, bench_of, compare, evaluate, keep, read_run
from saber.models import Request

CLIPS = {f"{1001 + n // 4}_S{n}_ANG_XX": ("A", "S", "S" if n % 3 else "A") for n in range(80)}


def kept(tmp_path: Path, name: str, right: int, settings: EvaluateSettings = QUICK) -> Path:
    """A run that answers the first `right` clips as people do, and the others with fear."""
    crema_d(tmp_path / "data", CLIPS)
    bench = bench_of("crema-d")
    samples = bench.read(tmp_path / "data", settings)
    rows = [{"name": s.id, "response": s.truth if n < right else "fear"} for n, s in enumerate(samples)]
    subject = Subject(name, predictions=write_lines(tmp_path / f"{name}.jsonl", rows))
    keep(
        evaluate(bench, tmp_path / "data", subject, tmp_path / name, settings=settings),
        tmp_path / name,
        tmp_path,
    )
    return tmp_path / name


def test_the_better_run_comes_first_and_the_difference_is_paired(tmp_path: Path) -> None:
    runs = [kept(tmp_path, "worse", 40), kept(tmp_path, "better", 44)]
    board = compare(runs)
    assert [run.model for run, _ in board.rows] == ["better", "worse"]
    assert board.columns[0] == bench_of("crema-d").ranked_by
    apart, of_all = board.differences
    assert of_all.figure == ("Agreement with people", "all clips", "strict")
    assert (of_all.value, of_all.n) == (pytest.approx(100 * 4 / 80), 80)
    assert apart.figure == bench_of("crema-d").ranked_by
    assert (apart.first, apart.other, apart.n, apart.unit) == ("better", "worse", 80, "points")
    assert apart.value == pytest.approx(100 * 4 / 80)
    assert apart.low is not None
    assert apart.high is not None
    # Four clips of one actor of twenty, who may be missing from a draw; the other run is never the better.
    assert apart.low == 0
    assert apart.value < apart.high < 20
    alone = board.rows[0][1][0]
    assert alone is not None
    assert alone.low is not None
    assert alone.high is not None
    assert apart.high - apart.low < 0.5 * (alone.high - alone.low)


def test_equal_runs_differ_by_nothing(tmp_path: Path) -> None:
    for apart in compare([kept(tmp_path, "a", 40), kept(tmp_path, "b", 40)]).differences:
        assert (apart.value, apart.low, apart.high) == (0, None, None)


def test_a_figure_that_only_one_of_them_has_is_no_difference(tmp_path: Path) -> None:
    """The ranking figure of made clips may be open: nobody knows what they show. The others still compare."""
    lines = [
        {"id": f"c{n}", "media": f"c{n}.mp4", "half": ("consistent", "inconsistent")[n % 2],
         "speaker": str(n), **({} if n % 2 else {"emotion": "happy"})}
        for n in range(12)
    ]  # fmt: skip
    write_lines(tmp_path / "data" / "saber-test.jsonl", lines)
    folders = []
    for name, right in (("a", 6), ("b", 2)):
        rows = [
            {"id": f"c{n}", "response": json.dumps({"emotion": "happiness" if n < right else "sadness"})}
            for n in range(12)
        ]
        subject = Subject(name, predictions=write_lines(tmp_path / f"{name}.jsonl", rows))
        data, out = tmp_path / "data", tmp_path / name
        keep(evaluate(bench_of("saber-test"), data, subject, out, settings=QUICK), out, data)
        folders.append(out)
    board = compare(folders)
    (apart,) = board.differences
    assert apart.figure == ("Emotion match", "consistent", "strict")
    assert (apart.value, apart.n) == (pytest.approx(100 * (3 - 1) / 6), 6)


def test_a_part_of_a_benchmark_is_ranked_by_what_there_is(tmp_path: Path) -> None:
    for name in emobench_m(tmp_path / "data", 6):
        if not name.startswith("MOSI_"):
            (tmp_path / "data" / name).unlink()
    bench, folders = bench_of("emobench-m"), []
    samples = bench.read(tmp_path / "data", QUICK)
    for name, right in (("worse", 2), ("better", 5)):
        rows = [{"id": s.id, "response": s.truth if n < right else "?"} for n, s in enumerate(samples)]
        subject = Subject(name, predictions=write_lines(tmp_path / f"{name}.jsonl", rows))
        out = tmp_path / name
        keep(evaluate(bench, tmp_path / "data", subject, out, settings=QUICK), out, tmp_path / "data")
        folders.append(out)
    board = compare(folders)
    assert board.columns == (("Accuracy", "MOSI", "official"),)
    assert [run.model for run, _ in board.rows] == ["better", "worse"]
    (apart,) = board.differences
    assert (apart.value, apart.n) == (pytest.approx(100 * 3 / 6), 6)


def test_a_run_reads_back_as_it_was_written(tmp_path: Path) -> None:
    folder = kept(tmp_path, "a", 40)
    text = (folder / "run.json").read_text()
    assert read_run(folder).model_dump_json(indent=1) + "\n" == text
    assert not np.isnan(json.loads(text)["figures"][0]["value"])
    assert "drawn" not in text


def test_runs_that_did_not_count_the_same_are_refused(tmp_path: Path, judge_of: JudgeOf) -> None:
    whole = kept(tmp_path, "whole", 40)
    with pytest.raises(UsageError, match="whole and part don't compare: their samples differ"):
        compare([whole, kept(tmp_path, "part", 3, replace(QUICK, limit=5))])
    with pytest.raises(UsageError, match="levels of confidence differ"):
        compare([whole, kept(tmp_path, "surer", 40, replace(QUICK, level=0.9))])
    with pytest.raises(UsageError, match="Two runs are called whole"):
        compare([whole, whole])

    def judged(name: str, words: str, settings: EvaluateSettings = QUICK) -> Path:
        names = emer(tmp_path / "emer", 3)
        rows = [{"name": n, "reason": "他笑了。"} for n in names]
        subject = Subject(name, predictions=write_lines(tmp_path / f"{name}.jsonl", rows))

        def reply(request: Request) -> str:
            return words if request.user.endswith(("情感：", "Emotions:")) else "7"

        judge, _ = judge_of(reply, settings=settings)
        bench = bench_of("emer")
        keep(
            evaluate(bench, tmp_path / "emer", subject, tmp_path / name, judge=judge, settings=settings),
            tmp_path / name,
            tmp_path / "emer",
        )
        return tmp_path / name

    chinese = judged("chinese", "高兴")
    assert len(compare([chinese, judged("another", "高兴")]).rows) == 2
    with pytest.raises(UsageError, match="languages of judging differ"):
        compare([chinese, judged("translated", "高兴", replace(QUICK, translate="zh"))])
    with pytest.raises(UsageError, match="judge's decodings differ"):
        compare([chinese, judged("longer", "高兴", replace(QUICK, judge_max_tokens=99))])
    with pytest.raises(UsageError, match="benchmarks differ"):
        compare([whole, chinese])
    with pytest.raises(UsageError, match="Can't read the run"):
        compare([tmp_path / "nothing"])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    leaderboard.arguments(parser)
    folders = [str(kept(tmp_path, "worse", 40)), str(kept(tmp_path, "better", 44))]
    assert leaderboard.run(parser.parse_args(folders)) == 0
    told = capsys.readouterr().out
    assert told.index("better") < told.index("worse")
    assert "+5.0" in told
    assert "[+0.0, +" in told
    assert "not known what they were trained on" in told
    assert leaderboard.run(parser.parse_args([*folders, "--json"])) == 0
    assert json.loads(capsys.readouterr().out)["differences"][0]["value"] == pytest.approx(5)
