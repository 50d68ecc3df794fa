"""Does `saber evaluate` do as it is told, and say in one sentence what is wrong?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from evaluate import drive
from evaluate.made_up import crema_d, emer, emobench_m, write_json, write_lines, write_table
from media_maker import make_clip
from saber.cli import evaluate as command
from saber.core.errors import UsageError
from saber.evaluate import BENCHES, EvaluateSettings, bench_of, read_rows, read_run
from saber.evaluate.calibration import FILES


@pytest.fixture
def data(tmp_path: Path) -> Path:
    emobench_m(tmp_path / "data")
    return tmp_path / "data"


def answers(tmp_path: Path, *replies: str) -> str:
    return f"scripted:{write_json(tmp_path / 'script.json', list(replies))}"


def test_the_benchmarks_are_those_that_there_are() -> None:
    assert sorted(command.BENCHES) == sorted(BENCHES)


def test_a_model_is_asked_and_its_run_kept(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = answers(tmp_path, "{'emotion': 'neutral'}")
    out = tmp_path / "out"
    told = [
        "emobench-m",
        "--data",
        str(data),
        "--model",
        model,
        "--out",
        str(out),
        "--trained-on",
        "meld,mead",
    ]
    assert drive.main([*told, "--name", "always neutral"]) == 0
    printed = capsys.readouterr()
    assert "EmoBench-M · always neutral · 52 samples" in printed.out
    assert "9 calls, 43 answers from the cache" in printed.err, "without clips, equal questions are one"
    run = read_run(out)
    assert (run.model, run.responses_from, run.sent) == (
        "always neutral",
        "model",
        "nothing: the question alone",
    )
    assert run.decoding is not None
    assert run.decoding["temperature"] == 0.0
    assert {o.corpus for o in run.contamination} == {"meld"}
    assert run.outcomes["MOSI"] == {"right": 2, "wrong": 2}
    assert run.outcomes["MC-EIU"] == {"invalid": 4}
    report = (out / "report.md").read_text(encoding="utf-8")
    assert "meld" in report
    assert run.data_sha256 in report
    assert "Gemini-2.0-Flash" in report
    assert (out / "report.html").is_file()
    assert drive.main([*told, "--name", "always neutral", "--json"]) == 0
    again = capsys.readouterr()
    assert json.loads(again.out) == json.loads((out / "run.json").read_text())
    assert "No call was made; 52 answers from the cache" in again.err


def test_a_call_that_fails_is_no_answer_and_a_dead_server_no_run(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("[model]\ntries = 1\n")
    told = ["emobench-m", "--data", str(data), "--model", "openai:x", "--base-url", "http://127.0.0.1:9/v1"]
    assert drive.main([*told, "--out", str(tmp_path / "out"), "--config", str(config)]) == 1
    assert "None of the 52 samples got an answer." in capsys.readouterr().err
    assert not (tmp_path / "out" / "run.json").exists()


def test_a_limit_is_said(data: Path, tmp_path: Path) -> None:
    model = answers(tmp_path, "neutral")
    told = [
        "emobench-m",
        "--data",
        str(data),
        "--model",
        model,
        "--out",
        str(tmp_path / "out"),
        "--limit",
        "1",
    ]
    assert drive.main(told) == 0
    run = read_run(tmp_path / "out")
    assert run.samples == 13
    assert any("Only the first 1 samples" in note for note in run.notes)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ([], "Who answers?"),
        (["--model", "embedded", "--predictions", "x"], "Who answers?"),
        (["--predictions", "nothing.jsonl"], "Can't read the predictions"),
        (["--predictions", "x", "--ablate", "mute"], "Ablations ask the model again"),
        (["--model", "embedded", "--ablate", "deaf"], "no deaf among mute, black, shuffle"),
        (["--model", "gpt"], "There is no model 'gpt'"),
        (["--model", "embedded", "--judge-base-url", "x"], "--judge-base-url has nothing to act on"),
        (["--model", "embedded", "--judge", "embedded"], "can't judge"),
        (["--model", "embedded", "--calibration", "x"], "Who is calibrated?"),
        (["--model", "embedded", "--limit", "0"], "limit must be 1 or more"),
        (["--model", "embedded", "--config", "no.toml"], "Can't read the settings file"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    data: Path, tmp_path: Path, more: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    told = ["emobench-m", "--data", str(data), "--out", str(tmp_path / "out"), *more]
    with pytest.raises(UsageError) as caught:
        command.run(parser.parse_args(told))
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_calibration_is_kept_and_belongs_to_one_judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["sample_0", "sample_1"]
    write_table(tmp_path / "gt.csv", [{"names": n, "chi_reasons": "他笑了。"} for n in names])
    for stem in FILES:
        write_table(tmp_path / f"{stem}.csv", [{"names": n, "chi_reasons": f"{stem}：{n}"} for n in names])
    judge = ["--judge", answers(tmp_path, "7")]
    told = ["emer", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    assert drive.main([*told, *judge, "--calibrate", str(tmp_path)]) == 0
    assert "clue offset: " in capsys.readouterr().out
    file = tmp_path / "out" / "calibration.json"
    answer = write_lines(tmp_path / "a.jsonl", [{"name": n, "reason": "他笑了。"} for n in names])
    told += ["--predictions", str(answer), "--calibration", str(file)]
    assert drive.main([*told, *judge]) == 0
    run = read_run(tmp_path / "out")
    assert run.judge is not None
    assert run.judge.calibration is not None
    # Mean of the six published clue scores: 6.923; this judge gives 7.
    assert run.judge.calibration["clue offset"] == pytest.approx(
        7 - (6.42 + 6.64 + 6.95 + 7.14 + 7.15 + 7.24) / 6, abs=1e-4
    )
    assert "clue rank correlation" not in run.judge.calibration, "a judge that never varies has no order"
    assert drive.main([*told, *judge, "--judge-lang", "en"]) == 1
    assert "with other prompts, language or decoding" in capsys.readouterr().err


def test_the_analyst_on_a_made_clip_with_and_without_its_sound(tmp_path: Path) -> None:
    """Colours and a buzz: nobody is there, and the answer says so."""
    (tmp_path / "data").mkdir()
    make_clip(tmp_path / "data" / "a.mp4", seconds=0.6, sound="speech")
    row = {"id": "a", "media": "a.mp4", "half": "inconsistent", "emotion": "happy", "speaker": "1"}
    write_lines(tmp_path / "data" / "saber-test.jsonl", [row])
    told = [
        "saber-test",
        "--data",
        str(tmp_path / "data"),
        "--model",
        "embedded",
        "--out",
        str(tmp_path / "out"),
    ]
    assert drive.main([*told, "--ablate", "mute,shuffle"]) == 0
    run = read_run(tmp_path / "out")
    assert run.sent == "the file, analysed in this process"
    assert set(run.outcomes) == {"inconsistent", "inconsistent [mute]"}, "nobody can lend it another sound"
    (_, response, score), (_, muted, _) = read_rows(tmp_path / "out")
    assert "video_desc" in (response.text or "")
    assert "scene_supported" in score.values
    assert muted.variant == "mute"
    assert len(list((tmp_path / "out" / "cues").iterdir())) == 2, "each file is measured once"


def test_votes_are_read_beside_clips_of_any_kind(tmp_path: Path) -> None:
    crema_d(tmp_path, {"1001_A_HAP_XX": ("H", "H", "H")})
    (tmp_path / "VideoFlash").mkdir()
    (tmp_path / "VideoFlash" / "1001_A_HAP_XX.flv").write_bytes(b"clip")
    (sample,) = bench_of("crema-d").read(tmp_path, EvaluateSettings())
    assert sample.media == "VideoFlash/1001_A_HAP_XX.flv"


def test_what_a_spent_budget_or_a_broken_call_leaves_is_said(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("[model]\nbudget_tokens = 300\n")
    told = [
        "emobench-m",
        "--data",
        str(data),
        "--model",
        answers(tmp_path, "neutral"),
        "--config",
        str(config),
    ]
    assert drive.main([*told, "--out", str(tmp_path / "spent")]) == 1
    assert "The budget of 300 tokens does not cover this call" in capsys.readouterr().err
    assert not (tmp_path / "spent" / "run.json").exists()
    (data / "MOSI_0.mp4").write_bytes(b"no clip")
    for name in ("MOSI_1", "MOSI_2"):
        make_clip(data / f"{name}.mp4", seconds=0.2)
    config.write_text("[model]\ntakes_frames = true\n[infer]\nframes = 1\nframe_side_px = 32\n")
    for path in data.glob("*.json"):
        if not path.name.startswith("MOSI_"):
            path.unlink()
    assert drive.main([*told, "--send", "frames", "--out", str(tmp_path / "broken")]) == 0
    run = read_run(tmp_path / "broken")
    assert run.sent == "up to 1 pictures"
    assert run.outcomes["MOSI"]["no_answer"] == 2
    assert any("clip_missing 1, clip_unreadable 1" in note for note in run.notes)


def test_where_the_clips_lie_makes_no_other_benchmark(tmp_path: Path) -> None:
    emer(tmp_path / "data", 2)
    rows = [{"name": f"sample_{n:08}", "reason": "他笑了。"} for n in range(2)]
    told = [
        "emer",
        "--data",
        str(tmp_path / "data"),
        "--predictions",
        str(write_lines(tmp_path / "a.jsonl", rows)),
    ]
    told += ["--judge", answers(tmp_path, "7"), "--out", str(tmp_path / "out")]
    assert drive.main(told) == 0
    before = read_run(tmp_path / "out").data_sha256
    (tmp_path / "data" / "video").mkdir()
    (tmp_path / "data" / "video" / "sample_00000000.mp4").write_bytes(b"clip")
    assert drive.main(told) == 0
    assert read_run(tmp_path / "out").data_sha256 == before
    assert next(read_rows(tmp_path / "out"))[0].media == "video/sample_00000000.mp4"


def test_a_judge_that_never_answers_makes_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    emer(tmp_path / "data", 2)
    rows = [{"name": f"sample_{n:08}", "reason": "他笑了。"} for n in range(2)]
    config = tmp_path / "settings.toml"
    config.write_text("[judge]\ntries = 1\n")
    told = [
        "emer",
        "--data",
        str(tmp_path / "data"),
        "--predictions",
        str(write_lines(tmp_path / "a.jsonl", rows)),
    ]
    told += ["--judge", "openai:x", "--judge-base-url", "http://127.0.0.1:9/v1", "--config", str(config)]
    assert drive.main([*told, "--out", str(tmp_path / "out")]) == 1
    assert "The judge answered nothing." in capsys.readouterr().err
    assert not (tmp_path / "out" / "run.json").exists()
