"""Is a prompt of the user's own sent word for word, and its free answer taken as it is or not at all?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infer.stand_ins import MadeMedia, scripted, tags
from saber.core.errors import UsageError
from saber.infer import InferSettings, Outcome, dry_run, write_annotation
from saber.infer.prose import read_prose
from saber.models import Kind
from sample_cues import TEXT, sample_cues

PROMPT = "请描述这段视频：$场景、声音、表情。\n\n然后判断情绪。"
TAKES = frozenset({Kind.FRAMES, Kind.AUDIO})
CHINESE = """好的，以下是分析：

**1. 场景与背景**：房间里光线偏暗。
只有一个人。

**2. 音频分析**：声音偏高，语速较快。

**3. 面部表情**：2.1 秒起嘴角上扬。

**4. 肢体语言**：身体前倾。

### 整体情绪状态
表面高兴，实际生气。"""
ENGLISH = """Scene: A dim room.
Facial expression: The lip corners rise.
- Body language: The person leans forward.
Audio: High and fast.
Transcript: Oh great, thanks.
Overall emotional state: Angry, behind a smile."""


@pytest.fixture
def own(tmp_path: Path) -> InferSettings:
    file = tmp_path / "mine.md"
    file.write_text(PROMPT, encoding="utf-8")
    return InferSettings(prompt_file=file, send="media", frames=2)


def test_it_is_sent_word_for_word_with_the_media_and_without_cues(own: InferSettings) -> None:
    caller, model = scripted([CHINESE], TAKES)
    written = write_annotation(sample_cues(), MadeMedia(), caller, own)
    (asked,) = model.asked
    assert asked.user == PROMPT
    assert asked.system == ""
    assert asked.schema is None
    assert [m.kind for m in asked.media] == [Kind.FRAMES, Kind.FRAMES, Kind.AUDIO]
    assert (written.mode, written.prompt.name, written.prompt.version) == ("own", "mine.md", "own")
    assert written.sent.cues == ()


def test_prose_under_headings_becomes_the_record_in_the_models_own_words(own: InferSettings) -> None:
    caller, _ = scripted([CHINESE], TAKES)
    written = write_annotation(sample_cues(), MadeMedia(), caller, own)
    assert written.outcome is Outcome.OK
    annotation = written.require()
    assert annotation.scene == "房间里光线偏暗。\n只有一个人。"
    assert annotation.audio.acoustic == "声音偏高，语速较快。"
    assert annotation.face == "2.1 秒起嘴角上扬。"
    assert annotation.body == "身体前倾。"
    assert annotation.reasoning == "表面高兴，实际生气。"
    assert (annotation.audio.speech, written.speech_from) == (TEXT, "recogniser")
    caller, _ = scripted([ENGLISH], TAKES)
    written = write_annotation(sample_cues(), MadeMedia(), caller, own)
    assert written.require().body == "The person leans forward."
    assert (written.require().audio.speech, written.speech_from) == ("Oh great, thanks.", "model")


def test_an_answer_in_sed_form_is_read_as_such(own: InferSettings) -> None:
    caller, _ = scripted([tags(["scene", "face", "body", "voice", "speech", "reasoning"])], TAKES)
    written = write_annotation(sample_cues(), MadeMedia(), caller, own)
    assert (written.outcome, written.speech_from) == (Outcome.OK, "model")


def test_one_part_on_two_dimensions_stands_in_both_and_says_so(own: InferSettings) -> None:
    joint = ENGLISH.replace("Facial expression: The", "Facial expressions and body language: The")
    caller, _ = scripted(["\n".join(x for x in joint.splitlines() if not x.startswith("- Body"))], TAKES)
    written = write_annotation(sample_cues(), MadeMedia(), caller, own)
    assert written.problems == ("joint_section",)
    assert written.require().face == written.require().body == "The lip corners rise."


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        ("She smiles while the voice is hard. I think that she is angry.", Outcome.NOT_STRUCTURED),
        ("Scene: A room.\nFacial expression: A smile.", Outcome.NOT_STRUCTURED),
        ("抱歉，我无法分析视频。", Outcome.REFUSED),
        ('{"video_desc": "A room."}', Outcome.INVALID),
        ("", Outcome.INVALID),
    ],
)
def test_what_does_not_fall_into_sections_is_kept_as_it_is_and_asked_once(
    own: InferSettings, raw: str, outcome: Outcome
) -> None:
    caller, model = scripted([raw], TAKES)
    written = write_annotation(sample_cues(), MadeMedia(), caller, own)
    assert (written.outcome, written.annotation) == (outcome, None)
    assert written.attempts[0].raw == raw
    assert len(model.asked) == 1


@pytest.mark.parametrize("send", ["cues", "media"])
def test_without_media_it_would_ask_about_nothing(own: InferSettings, send: str) -> None:
    caller, model = scripted([CHINESE], TAKES if send == "cues" else frozenset())
    settings = InferSettings(prompt_file=own.prompt_file, send=send)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="--send"):
        write_annotation(sample_cues(), MadeMedia(), caller, settings)
    with pytest.raises(UsageError, match="--send"):
        dry_run(sample_cues(), MadeMedia(), caller, settings)
    assert model.asked == []


@pytest.mark.parametrize("content", [None, b"  \n", b"\xff\xfe"])
def test_a_prompt_that_is_none_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "mine.md"
    if content is not None:
        file.write_bytes(content)
    caller, _ = scripted([CHINESE], TAKES)
    with pytest.raises(UsageError, match=r"mine\.md"):
        write_annotation(sample_cues(), MadeMedia(), caller, InferSettings(prompt_file=file, send="media"))


def test_sentences_are_no_headings() -> None:
    assert read_prose("1. The face of the person shows a smile that does not last.\nShe sounds calm.") == (
        {},
        False,
    )
    assert read_prose("What the face shows\nis unclear") == ({}, False)
    assert read_prose("## Face\nA smile.\n## Weather\nSunny.")[0] == {"face": "A smile.\n## Weather\nSunny."}


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail_and_every_line_is_the_answers(raw: str) -> None:
    texts, _ = read_prose(raw)
    for told in texts.values():
        assert all(line in raw for line in told.splitlines())
