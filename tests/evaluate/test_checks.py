"""Is a benchmark that is broken, or a flag without effect, said in one sentence with what to do next?"""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluate import drive
from evaluate.made_up import crema_d, emer, emobench_m, mme_emotion, ov_merd, write_json, write_lines
from saber.core.errors import UsageError
from saber.evaluate import BENCHES, EvaluateSettings, bench_of, read_run
from saber.evaluate.files import Clips


def said(capsys: pytest.CaptureFixture[str], *told: str) -> str:
    """The one line on stderr of a command that fails."""
    capsys.readouterr()
    assert drive.main(list(told)) == 1
    error = capsys.readouterr().err
    assert error.startswith("saber: ")
    assert error.count("\n") == 1, error
    return error.removeprefix("saber: ").strip()


@pytest.mark.parametrize("bench", list(BENCHES))
def test_every_benchmark_says_what_is_missing_and_what_to_do(
    bench: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = ["--judge", f"scripted:{write_json(tmp_path / 'judge.json', ['7'])}"]
    if bench_of(bench).judge == "none":
        assert "has nothing for a judge to do. Leave" in said(
            capsys, bench, "--data", str(tmp_path), "--model", "embedded", *judge
        )
        judge = []
    told = [bench, "--model", "embedded", "--out", str(tmp_path / "out"), *judge]
    nowhere = said(capsys, *told, "--data", str(tmp_path / "nowhere"))
    assert nowhere == (
        f"There is no folder {tmp_path}/nowhere. Name with --data the folder that the benchmark lies in."
    )
    (tmp_path / "empty").mkdir()
    empty = said(capsys, *told, "--data", str(tmp_path / "empty"))
    assert f"was found in {tmp_path}/empty. Expected: " in empty
    assert "saber run --until split" in empty if bench == "saber-test" else "Ask for it at https://" in empty


def test_clips_that_are_not_there_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    emobench_m(tmp_path / "data", per_scenario=1)
    told = ["emobench-m", "--data", str(tmp_path / "data"), "--model", "embedded"]
    error = said(capsys, *told, "--out", str(tmp_path / "out"))
    assert error.startswith(
        "None of the 13 samples got an answer. The first: There is no clip of the sample "
    )
    assert error.endswith("Put the clips below --data.")


def test_a_table_that_lists_a_sample_twice_or_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "answers.jsonl"
    ov_merd(data, [["joyful"]])
    write_lines(file, [{"id": "clip_0", "response": "joyful"}])
    told = ["ov-merd", "--data", str(data), "--predictions", str(file), "--out", str(tmp_path / "out")]
    table = data / "track2_train_ovmerd.csv"
    row = table.read_text().splitlines()[1]
    for text, why in (
        (f"name,openset\n{row}\n{row}\n", "lists the sample clip_0 2 times"),
        ("name,openset\n", "holds no sample"),
        ("name,openset\nclip_0,\n", "has no words for clip_0"),
        ("clip,openset\nclip_0,a\n", "has no column name"),
    ):
        table.write_text(text)
        error = said(capsys, *told)
        assert why in error
        assert "Leave one of them." in error or "https://github.com/zeroQiaoba/MERTools" in error


def test_questions_under_one_name_get_a_number(tmp_path: Path) -> None:
    mme_emotion(tmp_path)
    rows = [{"video_id": "a.mp4", "label": "sad", "label_set": ["sad"]}] * 2
    write_json(tmp_path / "ER-Lab" / "question" / "ER_Lab.json", rows)
    names = [s.id for s in bench_of("mme-emotion").read(tmp_path, EvaluateSettings())]
    assert names[:2] == ["ER-Lab/a.mp4", "ER-Lab/a.mp4#2"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--model", "embedded", "--send", "media"], "--send has nothing to act on"),
        (["--predictions", "x", "--send", "media"], "--send has nothing to act on"),
        (["--model", "scripted:x", "--ablate", "mute"], "Can't read the answers in x"),
    ],
)
def test_a_flag_without_effect_is_refused(
    more: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emer(tmp_path / "data")
    assert why in said(capsys, "emer", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "o"), *more)


def test_a_prompt_of_ones_own_is_for_annotations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    emobench_m(tmp_path / "data", per_scenario=1)
    config = tmp_path / "saber.toml"
    config.write_text('[infer]\nprompt_file = "mine.txt"\n')
    model = f"scripted:{write_json(tmp_path / 'model.json', ['happy'])}"
    told = ["emobench-m", "--data", str(tmp_path / "data"), "--model", model, "--config", str(config)]
    assert "asks its own questions" in said(capsys, *told, "--out", str(tmp_path / "out"))


def test_a_clip_is_found_wherever_it_was_unpacked_and_never_guessed(tmp_path: Path) -> None:
    for name in ("AudioWAV/a.wav", "VideoFlash/a.flv", "b/b.mp4", "c/b.mp4", "only/c.flac"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"clip")
    clips = Clips(tmp_path)
    assert clips.of("a") == "VideoFlash/a.flv", (
        "the picture before the sound, whatever the folders are called"
    )
    assert clips.of("c") == "only/c.flac"
    assert clips.of("d") is None
    with pytest.raises(UsageError, match=r"Two clips .* are called b: b/b.mp4 and c/b.mp4"):
        clips.of("b")
    assert clips.named("b/b.mp4") == "b/b.mp4"
    assert clips.named("elsewhere/a.mp4") == "VideoFlash/a.flv"
    assert clips.named("elsewhere/d.mp4") == "elsewhere/d.mp4"


@pytest.mark.parametrize(
    ("trained", "report"),
    [
        ("crema-d,mead", "crema-d | samples of the benchmark | 2 |"),
        ("saber", "crema-d | samples of the benchmark | 2 |"),
        ("mead", "Trained on mead: no corpus that this benchmark is known to draw from."),
        ("none", "Trained on nothing that is known."),
        ("my-corpus", "Of my-corpus it is not known whether the benchmark draws from it."),
        ("", "Unknown: nobody said what the model was trained on"),
    ],
)
def test_what_a_model_was_trained_on_is_held_against_the_samples(
    trained: str, report: str, tmp_path: Path
) -> None:
    crema_d(tmp_path / "data", {"1001_A_HAP_XX": ("H", "H", "H"), "1002_A_SAD_XX": ("S", "S", "S")})
    rows = [{"id": "1001_A_HAP_XX", "response": "happiness"}, {"id": "another", "response": "sadness"}]
    file = write_lines(tmp_path / "answers.jsonl", rows)
    told = ["crema-d", "--data", str(tmp_path / "data"), "--predictions", str(file)]
    told += ["--out", str(tmp_path / "out"), *(["--trained-on", trained] if trained else [])]
    assert drive.main(told) == 0
    text = (tmp_path / "out" / "report.md").read_text()
    assert report in text
    assert "The file answers 1 of 2 samples." in text
    assert "count for nothing: 1, the first 'another'." in text
    assert read_run(tmp_path / "out").sources_known


def test_where_the_samples_corpora_are_not_stated_nothing_is_claimed(tmp_path: Path) -> None:
    rows = [{"id": "a", "media": "a.mp4", "half": "consistent", "emotion": "happy"}]
    write_lines(tmp_path / "data" / "saber-test.jsonl", rows)
    file = write_lines(tmp_path / "answers.jsonl", [{"id": "a", "response": '{"emotion": "happiness"}'}])
    told = [
        "saber-test",
        "--data",
        str(tmp_path / "data"),
        "--predictions",
        str(file),
        "--trained-on",
        "meld",
    ]
    assert drive.main([*told, "--out", str(tmp_path / "out")]) == 0
    assert "an overlap can't be told" in (tmp_path / "out" / "report.md").read_text()
    write_lines(tmp_path / "data" / "saber-test.jsonl", [{**rows[0], "corpus": "MELD"}])
    assert drive.main([*told, "--out", str(tmp_path / "out")]) == 0
    assert [o.corpus for o in read_run(tmp_path / "out").contamination] == ["meld"]
