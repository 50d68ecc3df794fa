"""Does somebody hear the clip who had no part in its transcript, and is it said when nobody can?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from media_maker import make_clip
from saber.core.dataset import Clip, Fingerprints, Heard
from saber.core.records import ModelInfo, Sound
from saber.flow import Item, Keep, Tools
from saber.media import probe
from saber.perceive.speech import SpeechSettings, hear_again, second_recognisers, transcribed_by
from saber.pipeline import perceive
from saber.storage import write_cues
from saber.verify import HearSettings, HearStage
from saber.verify.words import apart
from saber.weights import locate
from sample_cues import sample_cues


def info(name: str, role: str, source: str = "packaged", sha256: str | None = None) -> ModelInfo:
    return ModelInfo(role=role, name=name, version="1", licence="MIT", source=source, sha256=sha256)  # type: ignore[arg-type]


TINY = info("whisper-tiny.en", "speech_recognition_en")
BASE = info("whisper-base", "speech_recognition")
SILENCE = Sound(np.zeros(32_000, np.float32))


def heard_by(*models: ModelInfo, language: str = "en") -> tuple[str, ...]:
    cues = sample_cues()
    assert cues.transcript is not None
    cues = cues.model_copy(
        update={
            "speech": cues.speech.model_copy(update={"models": models}),
            "transcript": cues.transcript.model_copy(update={"language": language}),
        }
    )
    return tuple(model.name for model in transcribed_by(cues))


def test_who_wrote_the_transcript() -> None:
    assert heard_by(BASE, TINY) == ("whisper-tiny.en",)
    # The English model was only asked for laughter.
    assert heard_by(BASE, TINY, language="zh") == ("whisper-base", "whisper-tiny.en")
    assert heard_by(info("my-whisper", "speech_recognition", "user"), TINY) == ("my-whisper",)
    assert heard_by() == ()


def test_in_chinese_nobody_is_left_when_the_only_recogniser_wrote_the_words() -> None:
    assert hear_again(SILENCE, "zh", [BASE, TINY]) is None


def test_the_weights_count_and_not_only_the_name() -> None:
    renamed = locate("speech_recognition").info.model_copy(update={"name": "another-name"})
    assert hear_again(SILENCE, "zh", [renamed]) is None


def test_the_preferred_one_is_of_another_maker_where_it_is_installed() -> None:
    found = hear_again(SILENCE, "en", [TINY])
    assert found is not None
    assert found.text == ""
    assert found.model.name == second_recognisers()[0]
    assert found.model.name in ("moonshine-tiny.en", "whisper-base")


@pytest.mark.parametrize("kind", ["silence", "tone", "noise"])
def test_in_what_is_no_speech_no_words_are_heard(kind: str, tmp_path: Path) -> None:
    record = hear(make_clip(tmp_path / "a.mp4", seconds=2.0, sound=kind), tmp_path)
    assert record.transcript == ""
    assert record.recogniser in second_recognisers()


def test_a_clip_without_sound_is_silent_by_measurement(tmp_path: Path) -> None:
    record = hear(make_clip(tmp_path / "a.mp4", seconds=1.0, sound=None), tmp_path)
    assert (record.transcript, record.recogniser, record.reason) == ("", "measured", "no_sound")


def hear(path: Path, workspace: Path, settings: HearSettings | None = None) -> Heard:
    clip = Clip(media_path=str(path), info=probe(path), checks=(), fingerprints=Fingerprints())
    cues = sample_cues()
    cues = cues.model_copy(update={"speech": cues.speech.model_copy(update={"models": (BASE, TINY)})})
    item = Item("a/1", {"clean": clip, "perceive": write_cues(workspace, "a/1", cues, 0.0)})
    stage = HearStage(settings)
    stage.open(Tools(workspace=workspace))
    answer = stage(item)
    assert isinstance(answer, Keep)
    assert isinstance(answer.record, Heard)
    return answer.record


@pytest.mark.parametrize("broken", [{"beam_size": 0}, {"threads": 0}])
def test_settings_out_of_range_are_refused(broken: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        HearSettings(**broken)  # type: ignore[arg-type]


@pytest.mark.media
def test_two_recognisers_hear_the_same_words_in_real_speech(media_dir: Path, tmp_path: Path) -> None:
    path = media_dir / "asr_en" / "librispeech-1995-1837-0001.wav"
    cues = perceive(path)
    first = transcribed_by(cues)
    assert cues.transcript is not None
    record = hear(path, tmp_path)
    assert record.recogniser not in {model.name for model in first}
    rate = apart(record.transcript or "", cues.transcript.text).rate
    assert rate is not None
    assert rate < 0.2


@pytest.mark.media
def test_chinese_is_heard_by_the_multilingual_one_alone(media_dir: Path) -> None:
    from saber.infer import ClipMedia

    sound = ClipMedia(media_dir / "asr_zh" / "zero_shot_prompt.wav").sound()
    assert sound is not None
    found = hear_again(sound, "zh", [TINY], SpeechSettings())
    assert found is not None
    assert (found.language, found.model.name) == ("zh", "whisper-base")
    rate = apart("希望你以后能够做的比我还好呦", found.text).rate
    assert rate is not None
    assert rate < 0.4
