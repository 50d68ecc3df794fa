"""Are sizes, mel, positions and token counts what arithmetic by hand gives, and is bad input refused?"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from saber.core.errors import UsageError
from saber.omni import (
    RELEASED,
    STATED,
    Encoder,
    Family,
    Heard,
    InputSettings,
    Message,
    Seen,
    Words,
    collate,
    fit_size,
    frame_count,
    load_inputs,
    read_layout,
    save_inputs,
)
from saber.omni.hearing import log_mel
from saber.omni.positions import rope_positions

GREY = np.full((56, 112, 3), 128, np.uint8)
SECOND = np.zeros(16_000, np.float32)


def user(*parts: Words | Seen | Heard) -> list[Message]:
    return [Message("user", parts)]


@pytest.mark.parametrize(
    ("size", "limits", "fitted"),
    [
        ((56, 112), (1, 10**6), (56, 112)),  # fits as it is
        ((60, 100), (1, 10**6), (56, 112)),  # 60/28 = 2.14 -> 2, 100/28 = 3.57 -> 4
        ((1080, 1920), (100_352, 105_369), (224, 420)),  # /4.436: 243.5 -> 8 * 28, 432.8 -> 15 * 28
        ((100, 100), (100_352, 105_369), (336, 336)),  # x3.168: 316.8 -> 12 * 28
        ((30, 1000), (1, 784), (28, 140)),  # /6.186: 4.8 -> one token at least, 161.7 -> 5 * 28
    ],
)
def test_a_frame_is_fitted_to_whole_tokens(
    size: tuple[int, int], limits: tuple[int, int], fitted: tuple[int, int]
) -> None:
    assert fit_size(*size, 28, *limits) == fitted


def test_a_frame_that_is_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="stretched"):
        fit_size(1, 201, 28, 1, 10**6)


@pytest.mark.parametrize(
    ("lasts_s", "fps", "count"),
    [
        (3.0, 25, 6),
        (3.7, 25, 6),  # 7.4 -> even
        (0.5, 25, 4),  # the least
        (0.08, 25, 2),  # no more than there are
        (0.04, 25, 1),
        (60.0, 25, 40),  # the most
        (0.0, 25, 40),  # unknown
        (5.0, 0.0, 40),
        (10.0, 1.0, 10),
    ],
)
def test_how_many_frames_are_taken(lasts_s: float, fps: float, count: int) -> None:
    assert frame_count(lasts_s, fps, RELEASED) == count


def test_the_released_and_the_stated_settings_differ_by_about_two_in_video_tokens(tiny: Path) -> None:
    frames = [np.zeros((360, 640, 3), np.uint8)] * 40
    tokens = [
        Encoder(tiny, s).encode(user(Seen(frames, 0.5), Words("x"))).counts.video for s in (RELEASED, STATED)
    ]
    assert tokens == [20 * 8 * 15, 20 * 6 * 10]  # 224 x 420, and 168 x 280 of 50,176 pixels


def test_tokens_are_counted_by_kind(either: Path) -> None:
    encoder = Encoder(either, InputSettings(min_pixels=1, max_pixels=10**6))
    plain = encoder.encode(user(Words("Hello")))
    assert (plain.counts.video, plain.counts.audio) == (0, 0)
    assert plain.counts.all == len(plain.ids)
    px = encoder.layout.side_step_px
    frames = [np.zeros((2 * px, 3 * px, 3), np.uint8)] * 4
    full = encoder.encode(user(Seen(frames, 0.5), Heard(SECOND), Words("Hello")))
    # 4 frames are 2 grids of 2 x 3 tokens; 100 mel frames are 25 tokens, or one window of 13.
    assert full.counts.video == 2 * 2 * 3
    assert full.counts.audio == (25 if encoder.layout.family is Family.QWEN2_5 else 13)
    assert full.counts.text == plain.counts.text + 4  # the marks around each
    assert int((full.ids == encoder.layout.video).sum()) == full.counts.video
    assert int((full.ids == encoder.layout.audio).sum()) == full.counts.audio


def test_positions_by_hand(tiny: Path) -> None:
    layout = read_layout(tiny)
    v, a = layout.video, layout.audio
    ids = np.array([5, layout.vision_start, v, v, v, v, layout.vision_end, a, a, 6])
    # Two grids of 2 x 1 tokens, 1.3 s apart: 1.3 * 25 = 32.5, rounded down.
    found = rope_positions(ids, [(2, 4, 2)], [1.3], layout)
    assert found.tolist() == [
        [0, 1, 2, 2, 34, 34, 35, 36, 37, 38],
        [0, 1, 2, 3, 2, 3, 35, 36, 37, 38],
        [0, 1, 2, 2, 2, 2, 35, 36, 37, 38],
    ]


def test_qwen3_positions_are_not_rounded(tiny_moe: Path) -> None:
    layout = read_layout(tiny_moe)
    ids = np.array([layout.vision_start, layout.video, layout.video, layout.vision_end])
    found = rope_positions(ids, [(2, 2, 2)], [0.5], layout)
    np.testing.assert_allclose(found[0], [0, 1, 1 + 0.5 * 13, 2 + 0.5 * 13])


def test_a_tone_lies_in_its_mel_band(either: Path) -> None:
    layout = read_layout(either)
    at_s = np.arange(8_000) / 16_000
    mel = log_mel(np.sin(2 * np.pi * 500 * at_s).astype(np.float32), layout)
    # 500 Hz is 7.5 of Slaney's mel; 8 kHz is 15 + 27 * ln 8 / ln 6.4 = 45.2; 129 steps.
    band = 7.5 / (15 + 27 * np.log(8) / np.log(6.4)) * 129 - 1
    assert abs(int(mel.mean(1).argmax()) - band) <= 1
    assert mel.shape == (128, 50)


def test_silence_and_a_blink_of_sound_are_input_too(either: Path) -> None:
    layout = read_layout(either)
    for samples in (0, 1, 300, 1600):
        mel = log_mel(np.zeros(samples, np.float32), layout)
        assert mel.shape == (128, 10)
        assert layout.sound_tokens(10) >= 1
        assert float(mel.std()) == 0


def test_what_is_said_cannot_open_a_turn_or_a_video(either: Path) -> None:
    encoder = Encoder(either)
    control = sorted(encoder.tokenizer.get_added_vocab())
    attack = encoder.encode(user(Seen([GREY] * 2, 0.5), Words("".join(control))))
    friendly = encoder.encode(user(Seen([GREY] * 2, 0.5), Words("a")))
    for token in encoder.tokenizer.get_added_vocab().values():
        assert (attack.ids == token).sum() == (friendly.ids == token).sum()


def test_a_batch_refuses_media_that_its_text_does_not_hold(tiny: Path) -> None:
    encoder = Encoder(tiny)
    encoded = encoder.encode(user(Heard(SECOND), Words("x")))
    deaf = replace(encoded, mels=())
    with pytest.raises(ValueError, match="25 audio tokens, the media 0 and 0"):
        collate([deaf], encoder.layout, encoder.pad_id)


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_is_masked_on_the_side_that_was_asked_for(tiny: Path, side: str) -> None:
    encoder = Encoder(tiny)
    short, long = encoder.encode(user(Words("a"))), encoder.encode(user(Heard(SECOND), Words("a")))
    batch = collate([short, long], encoder.layout, encoder.pad_id, side)  # type: ignore[arg-type]
    mask = batch["attention_mask"].numpy()
    assert mask.sum(1).tolist() == [len(short.ids), len(long.ids)]
    assert mask[0, -1] == (side == "left")
    assert batch["input_ids"].numpy()[0][mask[0] == 1].tolist() == short.ids.tolist()
    assert batch["position_ids"].numpy()[:, 0][:, mask[0] == 1].tolist() == short.positions.tolist()


def test_an_answer_after_the_prompt_counts_on_from_its_largest_position(tiny: Path) -> None:
    encoder = Encoder(tiny)
    prompt = encoder.encode(user(Seen([GREY] * 8, 2.0), Words("x")))
    answer = encoder.answer_ids("happy")
    whole = prompt.followed_by(answer)
    assert answer[-1] == encoder.end_id
    assert whole.counts.text == prompt.counts.text + len(answer)
    assert whole.positions[:, -1].tolist() == [prompt.positions.max() + len(answer)] * 3


def test_sound_that_is_too_long_is_refused_and_not_cut(tiny: Path) -> None:
    encoder = Encoder(tiny, InputSettings(max_sound_s=0.5))
    with pytest.raises(UsageError, match=r"lasts 1 s.*0\.5 s"):
        encoder.encode(user(Heard(SECOND), Words("x")))


def test_the_settings_stay_beside_the_checkpoint(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    assert load_inputs(folder) is None
    assert Encoder(folder).settings == RELEASED
    save_inputs(InputSettings(fps=1.0, max_frames=8), folder)
    assert Encoder(folder).settings == InputSettings(fps=1.0, max_frames=8)
    (folder / "saber_inputs.json").write_text('{"frames": 3}')
    with pytest.raises(UsageError, match="frames"):
        Encoder(folder)
    (folder / "saber_inputs.json").write_text("[]")
    with pytest.raises(UsageError, match="JSON object"):
        Encoder(folder)


@pytest.mark.parametrize(
    "wrong",
    [
        {"fps": 0.0},
        {"min_frames": 50},
        {"min_pixels": 200_000},
        {"picture_max_pixels": 1},
        {"max_sound_s": 0.0},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).split("_")[-1]):
        InputSettings(**wrong)  # type: ignore[arg-type]


def test_a_template_that_forgets_the_video_is_noticed(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    template = "{% for m in messages %}{{ m.role }}{% endfor %}"
    (folder / "chat_template.jinja").write_text(template)
    with pytest.raises(UsageError, match="0 of 1 videos"):
        Encoder(folder).encode(user(Seen([GREY] * 2, 0.5), Words("x")))


def test_without_a_template_one_sentence_says_so(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    for file in folder.glob("chat_template.*"):
        file.unlink()
    with pytest.raises(UsageError, match="no chat template"):
        Encoder(folder)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (None, "has no config.json"),
        ("[1]", "JSON object"),
        ("{", "can't be read"),
        ('{"model_type": "llama"}', "'llama', which is no Qwen-Omni"),
        ('{"model_type": "qwen2_5_omni", "thinker_config": {}}', "lacks or garbles"),
    ],
)
def test_a_folder_that_is_no_omni_checkpoint(
    tiny: Path, tmp_path: Path, config: str | None, said: str
) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    shutil.copy(tiny / "preprocessor_config.json", tmp_path)
    with pytest.raises(UsageError, match=said) as error:
        read_layout(tmp_path)
    assert error.value.remedy


def test_a_thinker_that_was_saved_alone_is_known(tiny: Path, tmp_path: Path) -> None:
    config = json.loads((tiny / "config.json").read_text())["thinker_config"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    shutil.copy(tiny / "preprocessor_config.json", tmp_path)
    assert read_layout(tmp_path) == read_layout(tiny)


def test_the_room_is_entered_without_torch() -> None:
    program = "import sys, saber.omni, saber.models.hf; print({'torch', 'transformers'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "set()"
