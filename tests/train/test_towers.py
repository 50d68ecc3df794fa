"""Is what the towers make of a clip the same from the folder, and never taken for another's?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from omni.tiny_omni import make_tiny_omni
from saber.omni import Encoder, InputSettings
from saber.train import load_recipe, train_ca_dpo, train_sed
from saber.train.audit import DataSettings, Sized, audit
from saber.train.batches import Collator, Rows
from saber.train.log_probs import Reader
from saber.train.student import Student
from saber.train.towers import KeptSenses, Senses, open_senses
from train.test_stages import log_of, write_recipe
from train.tiny_training import SMALL, fresh, rows_of, write_rows

pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")
"""peft 0.21 asks transformers 5.24 by an old name."""


@pytest.fixture(scope="module", params=[False, True], ids=["Qwen2.5-Omni", "Qwen3-Omni"])
def base(request: pytest.FixtureRequest, tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not request.param:
        return tiny
    return make_tiny_omni(tmp_path_factory.mktemp("moe") / "moe", moe=True)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> DataSettings:
    """Clips that were read before are not read again."""
    return DataSettings(workers=1, cache=str(tmp_path_factory.mktemp("media")))


@pytest.fixture(scope="module")
def good(clips: list[Path], base: Path, media: DataSettings) -> list[Sized]:
    file = write_rows(Path(media.cache) / "rows.jsonl", rows_of(clips))
    return audit(file, Encoder(base, SMALL), media, pairs=True)[0]


@pytest.fixture
def student(base: Path) -> Student:
    return fresh(base, moved=True)


def opened(student: Student, folder: Path, **more: Any) -> Senses:
    senses = open_senses(student, kept_in(folder, **more))
    assert senses is not None
    return senses


def kept_in(folder: Path, **more: Any) -> DataSettings:
    return DataSettings(workers=1, cache_towers=str(folder), **more)


def read(
    student: Student, rows: list[Sized], media: DataSettings, senses: Senses | None, numbers: list[int]
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Log-probabilities of the answers of one batch, and the gradients of their sum."""
    shown = Rows(rows, numbers, student.encoder, media, senses.kept if senses else None)
    batch = Collator(rows, student.encoder)([shown[n] for n in range(len(numbers))])
    inputs = batch["inputs"] if senses is None else senses(batch)
    student.lm.train()
    found = Reader(student.lm)(inputs, batch["places"], batch["targets"])
    student.lm.zero_grad()
    found.sum().backward()
    gradients = {n: p.grad.clone() for n, p in student.lm.named_parameters() if p.grad is not None}
    return found.detach(), gradients


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_kept_or_not_a_batch_has_the_same_loss_and_gradients(
    student: Student, good: list[Sized], media: DataSettings, tmp_path: Path, dtype: torch.dtype
) -> None:
    for name, parameter in student.lm.named_parameters():
        parameter.data = parameter.data if "lora_" in name else parameter.data.to(dtype)
    senses = opened(student, tmp_path / "towers")
    plain, plain_gradients = read(student, good, media, None, [0, 3])
    first, _ = read(student, good, media, senses, [0, 3])
    assert senses.told() == (2, 2)
    again, gradients = read(student, good, media, senses, [0, 3])
    assert senses.told() == (0, 2), "nothing runs a second time"
    assert torch.equal(first, again)
    assert len(list((tmp_path / "towers").iterdir())) == 2
    # Of one clip alone the kernels round differently than of two in a batch.
    near = 2e-4 if dtype is torch.float32 else 0.15
    assert torch.allclose(plain, again, atol=near)
    assert set(gradients) == set(plain_gradients)
    if dtype is torch.float32:
        largest = max(float(g.abs().max()) for g in plain_gradients.values())
        assert all(torch.allclose(gradients[n], g, atol=1e-4 * largest) for n, g in plain_gradients.items())


def test_alone_it_is_the_librarys_own_number(
    student: Student, good: list[Sized], media: DataSettings, tmp_path: Path
) -> None:
    senses = opened(student, tmp_path / "towers")
    read(student, good, media, senses, [2])
    plain, _ = read(student, good, media, None, [2])
    kept, _ = read(student, good, media, senses, [2])
    assert torch.equal(plain, kept)


def test_only_some_kept_the_rest_is_computed(
    student: Student, good: list[Sized], media: DataSettings, tmp_path: Path
) -> None:
    senses = opened(student, tmp_path / "towers")
    whole, _ = read(student, good, media, senses, [0, 1, 2])
    next((tmp_path / "towers").iterdir()).unlink()
    senses.told()
    mixed, _ = read(student, good, media, senses, [0, 1, 2])
    assert senses.told() == (1, 3)
    assert torch.equal(whole, mixed)


def test_another_tower_budget_clip_or_question_has_another_key(
    tiny: Path, clips: list[Path], tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(clips[0].read_bytes())
    row: dict[str, Any] = {**rows_of(clips)[0], "videos": [str(clip)], "audios": [str(clip)]}
    told = {**row, "messages": [*row["messages"][:-1], {"role": "assistant", "content": "another answer"}]}
    asked = {**row, "messages": [{"role": "user", "content": "<video><audio>And now?"}, row["messages"][-1]]}
    encoder = Encoder(tiny, SMALL)
    file = write_rows(tmp_path / "rows.jsonl", [row, told, asked])
    good = [sized.row for sized in audit(file, encoder, DataSettings(workers=1), pairs=False)[0]]
    student = fresh(tiny)

    def now() -> KeptSenses:
        return opened(student, tmp_path / "towers").kept

    before = now()
    key = before.key(good[0], encoder)
    assert key == now().key(good[0], encoder) == before.key(good[1], encoder)
    assert before.key(good[2], encoder) != key
    budgets = [replace(SMALL, max_frames=5), replace(SMALL, max_pixels=3920), replace(SMALL, fps=2.0)]
    assert len({key, *(before.key(good[0], Encoder(tiny, budget)) for budget in budgets)}) == 4
    with torch.no_grad():
        next(student.lm.model.audio_tower.parameters()).view(-1)[0] += 1e-3
    assert now().key(good[0], encoder) != key
    student = fresh(tiny)
    student.lm.model.visual.to(torch.bfloat16)
    assert now().key(good[0], encoder) != key
    clip.write_bytes(clips[3].read_bytes())
    assert before.key(good[0], encoder) != key
    assert isinstance(encoder.settings, InputSettings)


def test_the_folder_never_grows_beyond_its_bound(
    student: Student, good: list[Sized], media: DataSettings, tmp_path: Path
) -> None:
    whole = opened(student, tmp_path / "all")
    expected, _ = read(student, good, media, whole, [0, 1, 2, 3])
    sizes = sorted(file.stat().st_size for file in (tmp_path / "all").iterdir())
    bound = sizes[-1] * 2.5
    bounded = opened(student, tmp_path / "some", cache_towers_gb=bound / 1e9)
    for _ in range(2):
        found, _ = read(student, good, media, bounded, [0, 1, 2, 3])
        assert torch.equal(found, expected)
    files = list((tmp_path / "some").iterdir())
    assert len(files) == 2
    assert sum(file.stat().st_size for file in files) <= bound
    assert bounded.told() == (6, 8)
    full = opened(student, tmp_path / "some", cache_towers_gb=bound / 1e9)
    read(student, good, media, full, [2])
    assert len(list((tmp_path / "some").iterdir())) == 2, "what an earlier run left counts too"


def test_a_broken_file_is_made_again(
    student: Student, good: list[Sized], media: DataSettings, tmp_path: Path
) -> None:
    senses = opened(student, tmp_path / "towers")
    expected, _ = read(student, good, media, senses, [0])
    file = next((tmp_path / "towers").iterdir())
    file.write_bytes(file.read_bytes()[:1000])
    assert torch.equal(read(student, good, media, senses, [0])[0], expected)
    assert torch.equal(read(student, good, media, senses, [0])[0], expected)
    assert senses.told() == (2, 3)


def test_both_stages_have_the_same_curve_and_run_the_towers_once(
    tiny: Path, clips: list[Path], tmp_path: Path
) -> None:
    found = []
    for name in ("plain", "kept"):
        folder = tmp_path / name
        folder.mkdir()
        write_rows(folder / "rows.jsonl", rows_of(clips))
        file = write_recipe(folder, tiny, epochs=3)
        text = file.read_text().replace("epochs = 12", "epochs = 2")
        if name == "kept":
            text = text.replace("[data]\n", f'[data]\ncache_towers = "{folder}/towers"\n')
        file.write_text(text)
        train_sed(load_recipe(file))
        train_ca_dpo(load_recipe(file))
        found.append([log_of(folder / stage) for stage in ("sed", "ca-dpo")])
    for plain, kept in zip(*found, strict=True):
        for a, b in zip(plain, kept, strict=True):
            assert a["loss"] == pytest.approx(b["loss"], abs=2e-4)
            assert (a["video_tokens"], a["audio_tokens"]) == (b["video_tokens"], b["audio_tokens"])
    assert [line["towers_ran"] for line in found[1][0]] == [1.0, 0.0, 0.0]
    assert [line["towers_ran"] for line in found[1][1]] == [0.0, 0.0], "the same questions, the same towers"
    assert "towers_ran" not in found[0][0][0]
