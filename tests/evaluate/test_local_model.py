"""Does a clip really reach local weights that are asked a benchmark's questions, and only what is left of it
when it was changed?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evaluate import drive
from evaluate.made_up import crema_d, emer, emobench_m, mme_emotion, ov_merd, write_json, write_lines
from media_maker import make_clip
from omni.tiny_omni import make_tiny_omni
from saber.core.errors import UsageError
from saber.evaluate import (
    ABLATIONS,
    Asking,
    EvaluateSettings,
    Response,
    Sample,
    Subject,
    bench_of,
    evaluate,
    read_rows,
    read_run,
)
from saber.evaluate.ablate import ablate
from saber.infer import InferSettings
from saber.media import MediaSettings
from saber.models import Caller, LocalSettings

if TYPE_CHECKING:
    from saber.omni.encoder import Encoded

pytest.importorskip("torch")
pytest.importorskip("transformers")

from saber.models.hf import HFModel

CONFIG = (
    '[model.local]\ndevice = "cpu"\ninputs = "stated"\n[infer]\nmax_tokens = 3\nretries = 0\nform = "tags"\n'
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_omni(tmp_path_factory.mktemp("checkpoints") / "tiny")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=0.6, sound="speech")
    return path.read_bytes()


def _emobench(data: Path) -> list[str]:
    files = emobench_m(data, per_scenario=1)
    for name in files:
        if not name.startswith(("RAVDSS_speech", "MC-EIU", "smile")):
            (data / name).unlink()
    return [str(files[path.name][0]["video"]) for path in data.glob("*.json")]


def _emer(data: Path) -> list[str]:
    return [f"video/{name}.mp4" for name in emer(data, 2)]


def _ov_merd(data: Path) -> list[str]:
    ov_merd(data, [["joyful"], ["weary"]])
    return ["clips/clip_0.mp4", "clips/clip_1.mp4"]


def _mme(data: Path) -> list[str]:
    mme_emotion(data)
    return [f"{task}/{n}.mp4" for task in ("ER-Lab", "IR") for n in range(4)]


def _crema_d(data: Path) -> list[str]:
    crema_d(data, {"1001_A_HAP_XX": ("H", "H", "H"), "1002_A_SAD_XX": ("S", "H", "S")})
    return ["VideoFlash/1001_A_HAP_XX.flv", "VideoFlash/1002_A_SAD_XX.flv"]


def _saber_test(data: Path) -> list[str]:
    rows = [{"id": half, "media": f"{half}.mp4", "half": half, "emotion": "happy", "speaker": half}
            for half in ("consistent", "inconsistent")]  # fmt: skip
    write_lines(data / "saber-test.jsonl", rows)
    return ["consistent.mp4", "inconsistent.mp4"]


@pytest.mark.parametrize(
    ("bench", "make", "judge"),
    [
        ("emobench-m", _emobench, ""),
        ("emer", _emer, "7"),
        ("ov-merd", _ov_merd, ""),
        ("mme-emotion", _mme, "<step>Step 1: sad</step><score>Step 1: 1/1</score>"),
        ("crema-d", _crema_d, ""),
        ("saber-test", _saber_test, ""),
    ],
)
def test_media_reach_the_model_on_every_benchmark(
    bench: str, make: Callable[[Path], list[str]], judge: str, tiny: Path, clip: bytes, tmp_path: Path
) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    for name in make(data):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(clip)
    (tmp_path / "saber.toml").write_text(CONFIG)
    told = [bench, "--data", str(data), "--out", str(out), "--config", str(tmp_path / "saber.toml")]
    told += ["--model", f"hf:{tiny}", "--send", "media"]
    if judge:
        told += ["--judge", f"scripted:{write_json(tmp_path / 'judge.json', [judge])}"]
    assert drive.main(told) == 0
    rows = list(read_rows(out))
    assert rows
    for sample, response, _ in rows:
        assert response.went == ({} if bench == "saber-test" else {"video": 1, "audio": 1}), sample.id
        assert response.tokens["video_tokens"] > 0
        assert response.tokens["audio_tokens"] > 0
        assert response.tokens["prompt_tokens"] > response.tokens["video_tokens"]
    run = read_run(out)
    assert run.sent.startswith("video file, sound")
    assert run.answered_by[0].startswith("tiny (")
    assert run.prompt.startswith("one.en, version ") == (bench == "saber-test")


class Watched(HFModel):
    """Keeps what each request becomes: the tensors that the weights get."""

    def __init__(self, name: str, settings: LocalSettings) -> None:
        super().__init__(name, settings)
        self.seen: list[Encoded] = []

    def _prepare(self, request: Any, speak: Any) -> Any:
        job = super()._prepare(request, speak)
        self.seen.append(job.order.prompt)
        return job


def picture(prompt: Encoded) -> Any:
    return prompt.pixels[0].numpy()


def sound(prompt: Encoded) -> Any:
    return prompt.mels[0].numpy()


@pytest.fixture
def watched(tiny: Path) -> Iterator[tuple[Asking, Watched]]:
    model = Watched(str(tiny), LocalSettings(device="cpu", inputs="stated"))
    with Caller(model) as caller:
        yield Asking(caller, InferSettings(max_tokens=2), MediaSettings()), model


def test_a_changed_clip_changes_what_the_weights_get_and_nothing_else(
    watched: tuple[Asking, Watched], tmp_path: Path
) -> None:
    asking, model = watched
    samples = [Sample(id=n, part="x", question="?", media=f"{n}.mp4", cluster=n) for n in ("talk", "tone")]
    for sample, kind in zip(samples, ("speech", "tone"), strict=True):
        make_clip(tmp_path / f"{sample.id}.mp4", seconds=1.0, sound=kind)

    def got(clip: Path) -> Encoded:
        asking.caller.run(asking.respond(samples[0], clip, ""))
        return model.seen[-1]

    as_is, other = got(tmp_path / "talk.mp4"), got(tmp_path / "tone.mp4")
    changed = {
        variant: got(clip)
        for variant in ABLATIONS
        for sample, clip in ablate(samples, tmp_path, variant, tmp_path / "made", 0)
        if sample.id == "talk"
    }
    for variant in ("mute", "shuffle"):
        assert np.array_equal(picture(changed[variant]), picture(as_is))
    # The mean colour of black pictures is one number in each channel, and they have no edges.
    dark = picture(changed["black"])
    assert dark.shape == picture(as_is).shape
    assert dark.std() < 0.2 * picture(as_is).std()
    assert dark.max() < picture(as_is).mean()
    silence, talk, tone = sound(changed["mute"]), sound(as_is), sound(other)
    assert np.ptp(silence) == 0
    length = min(m.shape[1] for m in (silence, talk, tone, sound(changed["shuffle"]))) - 10

    def apart(a: Any, b: Any) -> float:
        """Containers differ in whether an encoder's run-in is heard: within 50 ms."""
        return min(float(np.abs(a[:, at : at + length] - b[:, 5 : 5 + length]).mean()) for at in range(10))

    assert apart(sound(changed["black"]), talk) < 0.25 * apart(talk, tone)
    assert apart(sound(changed["shuffle"]), tone) < 0.25 * apart(talk, tone)
    assert apart(silence, talk) > 0.2
    sizes = {len(p.ids) for p in (as_is, *changed.values())}
    assert max(sizes) - min(sizes) <= 2, "as many tokens as before, but for a frame of padding"


def test_a_clip_gives_what_it_has(watched: tuple[Asking, Watched], tmp_path: Path) -> None:
    asking, model = watched

    def got(path: Path) -> Response:
        sample = Sample(id="a", part="x", question="Which?", media=path.name)
        return asking.caller.run(asking.respond(sample, path, ""))

    heard = got(make_clip(tmp_path / "voice.flac", codec=None, sound="speech", sound_codec="flac"))
    assert heard.went == {"audio": 1}
    assert (heard.tokens["video_tokens"], heard.tokens["audio_tokens"] > 0) == (0, True)
    seen = got(make_clip(tmp_path / "silent.mp4", sound=None))
    assert seen.went == {"video": 1}
    assert (seen.tokens["video_tokens"] > 0, seen.tokens["audio_tokens"]) == (True, 0)
    asking.infer = replace(asking.infer, most_media_mb=1e-4)
    large = got(make_clip(tmp_path / "large.mp4", sound=None))
    assert large.went == {"frames": 8}
    assert large.notes == ("video_too_large",)
    asked = len(model.seen)
    gone = got(tmp_path / "nothing.mp4")
    assert (gone.text, gone.error) == (None, "clip_missing")
    (tmp_path / "broken.mp4").write_bytes(b"no clip")
    assert got(tmp_path / "broken.mp4").error == "clip_unreadable"
    asking.infer = replace(asking.infer, most_media_mb=20.0, send="frames")
    assert got(tmp_path / "voice.flac").error == "nothing_to_send"
    assert len(model.seen) == asked, "a question that a clip belongs to is not asked without it"


def test_taking_away_what_a_model_does_not_get_is_no_test_of_it(
    watched: tuple[Asking, Watched], tmp_path: Path
) -> None:
    asking, _ = watched
    crema_d(tmp_path, {"1001_A_HAP_XX": ("H", "H", "H")})
    make_clip(tmp_path / "1001_A_HAP_XX.mp4")
    for send, variant in (("cues", "black"), ("cues", "mute"), ("frames", "shuffle")):
        asking.infer = replace(asking.infer, send=send)
        with pytest.raises(
            UsageError, match=f"ablation {variant} changes the .*, which this model does not get"
        ):
            evaluate(
                bench_of("crema-d"), tmp_path, Subject("tiny", asking=asking), tmp_path / "out",
                settings=EvaluateSettings(ablations=(variant,)),
            )  # fmt: skip
