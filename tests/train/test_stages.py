"""Do both stages teach a model what its rows say, by what is seen and heard, and survive being killed?"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from media_maker import make_clip
from omni.tiny_omni import make_tiny_omni
from saber.core.errors import ClipError, UsageError
from saber.omni import Encoder, Loaded, Message, Order, load, write
from saber.train import load_recipe, train_ca_dpo, train_sed
from saber.train.adapters import load_tensors, save_adapter
from saber.train.audit import DataSettings, audit
from saber.train.batches import Collator, Rows
from saber.train.export import export_run, probe
from saber.train.log_probs import Reader
from saber.train.rows import BadRow, Row
from saber.train.student import Student
from saber.train.talks import prompt_talk
from train.tiny_training import SMALL, answer, fresh, rows_of, write_rows

pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")
"""peft 0.21 asks transformers 5.24 by an old name."""

RECIPE = """
[model]
base = "{base}"
device = "cpu"
[lora]
rank = 16
alpha = 32.0
[inputs]
fps = 4.0
min_frames = 4
max_frames = 6
min_pixels = 784
max_pixels = 4704
[data]
workers = {workers}
cache = "{folder}/cache"
[sed]
rows = "{folder}/rows.jsonl"
out = "{folder}/sed"
[sed.steps]
epochs = {epochs}
batch = 4
micro_batch = 2
learning_rate = 5e-3
schedule = "{schedule}"
save_every = {save_every}
seed = 1
[ca_dpo]
rows = "{folder}/rows.jsonl"
out = "{folder}/ca-dpo"
[ca_dpo.steps]
epochs = 12
batch = 4
micro_batch = 2
learning_rate = 2e-3
schedule = "constant"
save_every = 1000
"""


def write_recipe(
    folder: Path,
    base: Path,
    *,
    epochs: int = 50,
    save_every: int = 1000,
    workers: int = 0,
    schedule: str = "constant",
) -> Path:
    file = folder / "recipe.toml"
    file.write_text(
        RECIPE.format(
            folder=folder, base=base, epochs=epochs, save_every=save_every, workers=workers, schedule=schedule
        )
    )
    return file


@pytest.fixture(scope="module")
def trained(tiny: Path, clips: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which both stages have run on four clips, with video and sound."""
    folder = tmp_path_factory.mktemp("both")
    write_rows(folder / "rows.jsonl", rows_of(clips))
    recipe = load_recipe(write_recipe(folder, tiny))
    train_sed(recipe)
    train_ca_dpo(recipe)
    return folder


def kept(folder: Path) -> DataSettings:
    """Clips that were read before are not read again."""
    return DataSettings(workers=1, cache=str(folder / "cache"))


def log_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def losses(folder: Path) -> dict[int, float]:
    return {line["step"]: line["loss"] for line in log_of(folder)}


def test_sed_learns_a_few_clips_by_heart(trained: Path) -> None:
    log = log_of(trained / "sed")
    assert len(log) == 50
    assert log[0]["loss"] > 5
    # The output embedding is frozen and random, which keeps even a sure answer at about 0.1 a token.
    assert log[-1]["loss"] < 0.2
    assert all(log[-1][f"nll_{part}"] < 0.2 for part in ("visual", "acoustic", "reasoning"))


def test_every_line_counts_the_tokens_of_each_kind(trained: Path, tiny: Path) -> None:
    rows, bad = audit(trained / "rows.jsonl", Encoder(tiny, SMALL), kept(trained), pairs=False)
    assert not bad
    for line in log_of(trained / "sed"):
        assert line["rows"] == 4
        assert line["video_tokens"] == sum(row.prompt.video for row in rows) > 0
        assert line["audio_tokens"] == sum(row.prompt.audio for row in rows) > 0
        assert line["text_tokens"] == sum(row.prompt.text for row in rows)
        assert line["answer_tokens"] == sum(row.answers[0] for row in rows)
        assert 0 <= line["waiting"] <= 1


def test_the_learned_answers_are_written_and_need_the_sound(trained: Path, tiny: Path) -> None:
    """The first two clips have the same pictures: only their sound tells which answer is whose."""
    encoder = Encoder(tiny, SMALL)
    rows, _ = audit(trained / "rows.jsonl", encoder, kept(trained), pairs=False)
    model = load(tiny, trained / "sed" / "adapter", device="cpu")
    assert [_written(model, encoder, sized.row) for sized in rows] == [answer(n) for n in range(4)]
    swapped = replace(rows[0].row, turns=_with_sound_of(rows[1].row, rows[0].row))
    assert _written(model, encoder, swapped) == answer(1)


def _with_sound_of(other: Row, row: Row) -> Any:
    turns = []
    for turn, others in zip(row.turns, other.turns, strict=True):
        parts = [
            b if getattr(a, "kind", "") == "audio" else a
            for a, b in zip(turn.parts, others.parts, strict=True)
        ]
        turns.append(replace(turn, parts=tuple(parts)))
    return tuple(turns)


def _written(model: Loaded, encoder: Encoder, row: Row) -> str:
    talk = prompt_talk(row, encoder.settings)
    assert not isinstance(talk, BadRow)
    order = Order(encoder.encode([Message(m.role, m.parts) for m in talk]), max_tokens=200)
    draft = write([order], model, encoder, encoder.stop_ids)[0][0]
    return str(encoder.tokenizer.decode(draft.tokens))


def test_without_its_sound_the_same_rows_are_unlikely(trained: Path, tiny: Path) -> None:
    student = fresh(tiny, rank=16)
    load_tensors(student.lm, trained / "sed" / "adapter")

    def nll(drop: str | None) -> float:
        rows, _ = audit(trained / "rows.jsonl", student.encoder, kept(trained), pairs=False)
        collator = Collator(rows, student.encoder)
        batch = collator([Rows(rows, [0, 1], student.encoder, kept(trained))[n] for n in (0, 1)])
        if drop is not None:
            batch["inputs"][drop] = torch.zeros_like(batch["inputs"][drop])
        with torch.no_grad():
            found = Reader(student.lm)(batch["inputs"], batch["places"], batch["targets"])
        return -float(found.mean())

    whole = nll(None)
    assert whole < 0.2
    assert nll("input_features") > whole + 0.1
    assert abs(nll("pixel_values_videos") - whole) > 1e-3, "sound alone tells the clips apart, pictures count"


def test_ca_dpo_learns_to_prefer_and_starts_where_sed_ended(trained: Path) -> None:
    log = log_of(trained / "ca-dpo")
    first, last = log[0], log[-1]
    assert first["loss"] == pytest.approx(0.6931, abs=2e-3), "policy and reference are the same"
    assert first["margin"] == pytest.approx(0.0, abs=2e-3)
    assert last["loss"] < 0.3
    assert last["accuracy"] == 1.0
    assert last["margin"] == pytest.approx(last["chosen_reward"] - last["rejected_reward"], abs=1e-3)
    assert last["kl_rejected"] < 0
    assert last["audio_tokens"] == log_of(trained / "sed")[-1]["audio_tokens"], (
        "the prompt is read once a pair"
    )


@pytest.mark.parametrize("moe", [False, True], ids=["Qwen2.5-Omni", "Qwen3-Omni"])
def test_only_the_language_model_learns(moe: bool, tiny: Path, tmp_path: Path) -> None:
    """Of Qwen3-Omni its attention: the experts are no linear layers."""
    base = make_tiny_omni(tmp_path / "moe", moe=True) if moe else tiny
    student = fresh(base, checkpointing=True)
    learning = [name for name, p in student.lm.named_parameters() if p.requires_grad]
    assert len(learning) == (16 if moe else 28)
    assert all("language_model.layers" in name and "lora_" in name for name in learning)
    save_adapter(dict(student.lm.named_parameters()), student.lora, tmp_path / "adapter", "thinker")
    told = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())["target_modules"]
    assert len(told) == len(learning) / 2
    assert all(name.startswith("thinker.model.layers.") for name in told)


def test_towers_are_read_without_gradient_and_checkpointing_changes_nothing(tiny: Path, rows: Path) -> None:
    found = []
    for checkpointing in (False, True):
        student = fresh(tiny, moved=True, checkpointing=checkpointing)
        good, _ = audit(rows, student.encoder, DataSettings(workers=1), pairs=False)
        batch = Collator(good, student.encoder)([Rows(good, [0], student.encoder, DataSettings())[0]])
        graphs: list[bool] = []
        for tower in (student.lm.model.visual, student.lm.model.audio_tower):
            tower.register_forward_hook(lambda *a, g=graphs: g.append(a[-1].last_hidden_state.requires_grad))
        student.lm.train()
        loss = -Reader(student.lm)(batch["inputs"], batch["places"], batch["targets"]).sum()
        loss.backward()
        assert graphs == [False, False]
        found.append([p.grad.clone() for _, p in student.lm.named_parameters() if p.grad is not None])
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(*found, strict=True))


# --- resuming ------------------------------------------------------------------------------------


def test_killed_and_gone_on_the_loss_curve_is_the_same(tiny: Path, clips: list[Path], tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
        write_rows(folder / "rows.jsonl", rows_of(clips) + rows_of(clips[:3]))
    train_sed(load_recipe(write_recipe(whole, tiny, epochs=6, save_every=3)))
    recipe = write_recipe(killed, tiny, epochs=6, save_every=3)
    program = (
        "import sys, torch; torch.set_num_threads(1)\n"
        "import time\n"
        "from saber.train import load_recipe, train_sed\n"
        "from pathlib import Path\n"
        "def say(line):\n"
        "    print(line['step'], flush=True)\n"
        "    time.sleep(600 if line['step'] == 5 else 0)\n"
        "train_sed(load_recipe(Path(sys.argv[1])), say)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, recipe], stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stdout is not None
            for line in running.stdout:
                if line.strip() == "5":
                    break
        finally:
            running.send_signal(signal.SIGKILL)
    before = losses(killed / "sed")
    assert sorted(before) == [1, 2, 3, 4, 5]
    half = killed / "sed" / "checkpoint-6"
    half.mkdir()  # a checkpoint that was being written when the power went
    (half / "adapter_model.safetensors").write_bytes(b"half")
    seen: list[int] = []
    train_sed(load_recipe(recipe), lambda line: seen.append(line["step"]))
    assert seen[0] == 4, "it goes on from the checkpoint of step 3"
    expected, found = losses(whole / "sed"), losses(killed / "sed")
    assert list(found) == list(expected) == list(range(1, 12))
    assert found == pytest.approx(expected, abs=1e-6)


def test_a_run_that_has_ended_is_not_trained_again(trained: Path, tiny: Path) -> None:
    seen: list[Any] = []
    found = train_sed(load_recipe(trained / "recipe.toml"), seen.append)
    assert not seen
    assert found.model == trained / "sed" / "adapter"
    assert found.last["step"] == 50


def test_a_folder_with_another_run_is_refused(trained: Path) -> None:
    recipe = load_recipe(trained / "recipe.toml")
    assert recipe.sed is not None
    other = replace(recipe, sed=replace(recipe.sed, steps=replace(recipe.sed.steps, learning_rate=1e-4)))
    with pytest.raises(UsageError, match=r"settings\.steps\.learning_rate differs"):
        train_sed(other)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_clip_that_fails_during_the_run_stops_it_in_one_sentence(
    workers: int, tiny: Path, clips: list[Path], tmp_path: Path
) -> None:
    """Also in a worker, whose exceptions torch turns into text."""
    rows = rows_of(clips)
    silent = make_clip(tmp_path / "silent.mp4", sound="silence", sound_codec="pcm_s16le", format="mov")
    rows[2]["audios"] = [str(silent)]
    write_rows(tmp_path / "rows.jsonl", rows)
    file = write_recipe(tmp_path, tiny, epochs=1, workers=workers)
    file.write_text(file.read_text().replace("[data]", '[data]\ncheck = "probe"'))
    for train in (train_sed, train_ca_dpo):
        with pytest.raises(ClipError, match=r"silent\.mp4 has no sound, or only zeros") as failed:
            train(load_recipe(file))
        assert len(str(failed.value).splitlines()) == 1
        assert failed.value.reason == "no_sound"
        file.write_text(file.read_text().replace("[sed]", "[sed_]").split("[sed_]")[0]
                        + file.read_text()[file.read_text().index("[ca_dpo]"):])  # fmt: skip


def test_two_processes_learn_what_one_learns(tiny: Path, tmp_path: Path) -> None:
    """The same steps of the same rows: the losses of both stages are the same numbers."""
    program = tmp_path / "train.py"
    program.write_text(
        "import sys, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from saber.train import load_recipe, train_ca_dpo, train_sed\n"
        "recipe = load_recipe(Path(sys.argv[1]))\n"
        "train_sed(recipe), train_ca_dpo(recipe)\n"
    )
    found = []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        folder.mkdir()
        words = [
            {
                "messages": [
                    {"role": "user", "content": f"case {n}"},
                    {"role": "assistant", "content": answer(n)},
                ],
                "rejected_response": answer(n + 1) + " and more",
            }
            for n in range(6)
        ]
        write_rows(folder / "rows.jsonl", words)
        file = write_recipe(folder, tiny, epochs=1, schedule="linear")
        text = file.read_text().replace("epochs = 12", "epochs = 1")
        file.write_text(
            text.replace("micro_batch = 2", "micro_batch = 1").replace("\nbatch = 4", "\nbatch = 2")
        )
        if processes == 1:
            train_sed(load_recipe(file))
            train_ca_dpo(load_recipe(file))
        else:
            torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
            command = [sys.executable, *torchrun, str(program), str(file)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=600)
            assert done.returncode == 0, done.stderr
        found.append((log_of(folder / "sed"), log_of(folder / "ca-dpo")))
    for one, two in zip(*found, strict=True):
        assert len(one) == len(two) == 3
        for a, b in zip(one, two, strict=True):
            assert a["loss"] == pytest.approx(b["loss"], abs=1e-5)
            assert (a["rows"], a["answer_tokens"]) == (b["rows"], b["answer_tokens"])


# --- what leaves ---------------------------------------------------------------------------------


def test_adapters_and_the_merge_give_the_trained_models_output(
    trained: Path, tiny: Path, tmp_path: Path
) -> None:
    done = export_run(trained / "sed", tmp_path / "out")
    assert set(done.differences) == {"adapter", "adapter-thinker", "merged"}
    assert done.differences["adapter"] == done.differences["adapter-thinker"] == 0
    assert done.differences["merged"] < 1e-5 < 1e-2 < done.moved
    _same_in_peft(tiny, tmp_path / "out" / "adapter", load(tiny, trained / "sed" / "adapter", device="cpu"))
    encoder = Encoder(tmp_path / "out" / "merged")
    assert encoder.settings == SMALL, "the budget goes with the weights"
    rows, _ = audit(trained / "rows.jsonl", encoder, kept(trained), pairs=False)
    merged = load(tmp_path / "out" / "merged", device="cpu")
    assert _written(merged, encoder, rows[2].row) == answer(2)
    card = (tmp_path / "out" / "README.md").read_text()
    assert "Not measured" in card
    assert "**Unknown.** The terms of the rows" in card
    assert "rank 16" in card
    assert "max_pixels 4704" in card
    assert "nll_acoustic" in card
    with pytest.raises(UsageError, match="not empty"):
        export_run(trained / "sed", tmp_path / "out")


def _same_in_peft(base: Path, adapter: Path, ours: Loaded) -> None:
    """peft itself, on the library's own class, loads the adapter as what it is."""
    import peft

    plain = load(base, device="cpu")
    student = Student(plain.thinker, Encoder(base, SMALL), base, None, "cpu")
    before = probe(student)
    student.lm = peft.PeftModel.from_pretrained(plain.thinker, str(adapter)).get_base_model()
    after = probe(student)
    expected = probe(Student(ours.thinker, student.encoder, base, None, "cpu"))
    assert float((after - expected).abs().max()) < 1e-5
    assert float((after - before).abs().max()) > 0.1


def test_an_unfinished_run_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no run"):
        export_run(tmp_path, tmp_path / "out")
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(UsageError, match="has not ended"):
        export_run(tmp_path, tmp_path / "out")
