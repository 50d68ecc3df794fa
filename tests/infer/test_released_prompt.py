"""Is the prompt released with the SABER weights recognised, and its prose read into the record?

The prompt itself is not here; another of the same build stands for it, and its hash for the known one.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infer.stand_ins import MadeMedia, calling, scripted
from saber.infer import InferSettings, Outcome, Written, write_annotation
from saber.infer.released import RELEASED_SHA256, is_released, read_released
from saber.models import Kind, Reply, Request
from saber.models.scripted import ScriptedModel
from sample_cues import TEXT, sample_cues

OURS = "请依次回答四个问题：\n- 场景如何？\n- 声音如何？\n- 面部和身体如何？\n- 最后，情绪如何？"
KNOWN = hashlib.sha256("请依次回答四个问题场景如何声音如何面部和身体如何最后情绪如何".encode()).hexdigest()

SCENE = "视频中一名女子站在厨房里，背景是白色橱柜，光线明亮。"
VOICE = "说话者为成年女性，音调偏高，语速较快，在“好吧”之前有停顿。"
FACE = "她眉头微皱，嘴角上扬，目光避开镜头。"
BODY = "她双臂交叉，身体略向后靠。"
WHOLE = "综合来看，她嘴上答应，表情和姿态却显出不满，情绪为愤怒。"


@pytest.mark.parametrize(
    "written",
    [
        OURS,
        OURS.replace("\n", "\\n"),
        OURS.replace("\n- ", " "),
        f"<video><audio>{OURS}\n\n",
        OURS.replace("，", ",").replace("？", "?"),
        OURS.replace("\n", "\r\n"),
        "\ufeff" + OURS,
    ],
)
def test_a_prompt_is_recognised_however_it_was_copied(written: str) -> None:
    assert is_released(written, KNOWN)


@pytest.mark.parametrize("other", ["", OURS[:-3], OURS.replace("四", "五"), OURS + "用英文回答。"])
def test_another_prompt_is_not_the_released_one(other: str) -> None:
    assert not is_released(other, KNOWN)
    assert not is_released(other, RELEASED_SHA256)


def ask(folder: Path, answer: str, monkeypatch: pytest.MonkeyPatch, text: str = OURS) -> Written:
    """One clip with the prompt file, the hash of ours taken for the known one."""
    file = folder / "infer.txt"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr("saber.infer.prompt.is_released", lambda told: is_released(told, KNOWN))
    caller, _ = scripted([answer], frozenset({Kind.VIDEO, Kind.FRAMES, Kind.AUDIO}))
    settings = InferSettings(prompt_file=file, send="media", frames=2, most_media_mb=1e-6)
    return write_annotation(sample_cues(), MadeMedia(), caller, settings)


def test_provenance_says_that_it_was_the_released_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = "\n".join(f"- {part}" for part in (SCENE, VOICE, FACE + BODY, WHOLE))
    written = ask(tmp_path, answer, monkeypatch)
    told = written.provenance()
    assert (told["mode"], told["outcome"]) == ("released", "ok")
    assert told["prompt"] == {
        "name": "infer.txt",
        "version": "released",
        "sha256": hashlib.sha256(OURS.encode()).hexdigest(),
    }
    other = ask(tmp_path, answer, monkeypatch, OURS + "用英文回答。")
    assert (other.mode, other.prompt.version, other.outcome) == ("own", "own", Outcome.NOT_STRUCTURED)


@pytest.mark.parametrize(
    "answer",
    [
        "\n".join(f"- {part}" for part in (SCENE, VOICE, FACE + BODY, WHOLE)),
        "\n\n".join((SCENE, VOICE, FACE + BODY, WHOLE)),
        "\n".join((SCENE, VOICE, FACE + BODY, WHOLE)),
        "好的，以下是对该媒体的分析：\n\n" + "\n\n".join((SCENE, VOICE, FACE + BODY, WHOLE)),
        "\n".join(f"{i}. {part}" for i, part in enumerate((SCENE, VOICE, FACE + BODY, WHOLE), 1)),
        "一、" + SCENE + "\n二、" + VOICE + "\n三、" + FACE + BODY + "\n四、" + WHOLE,
    ],
)
def test_four_parts_without_headings_are_read_in_the_order_of_the_tasks(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = ask(tmp_path, answer, monkeypatch)
    annotation = written.require()
    assert written.problems == ("read_by_order", "joint_section")
    assert (annotation.scene, annotation.audio.acoustic, annotation.reasoning) == (SCENE, VOICE, WHOLE)
    assert annotation.face == annotation.body == FACE + BODY
    assert (annotation.audio.speech, written.speech_from) == (TEXT, "recogniser")


def test_five_parts_give_face_and_body_their_own() -> None:
    told, problems = read_released("\n\n".join((SCENE, VOICE, FACE, BODY, WHOLE)))
    assert problems == ("read_by_order",)
    assert (told["face"], told["body"]) == (FACE, BODY)


HEADED = f"""### 视频场景及背景信息
{SCENE}

### 音频分析
- **说话内容**：“好吧，就这样。”
- **语调**：音调偏高。
- **情感色彩**：带有不满。
- 语速较快。

### 面部表情和肢体语言
- **面部表情**：{FACE}
- **肢体语言**：{BODY}

### 情绪状态综合分析
- **表面**：答应。
- **整体情绪**：愤怒。"""


def test_headings_with_points_below_them_are_read_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = ask(tmp_path, HEADED, monkeypatch)
    annotation = written.require()
    assert written.problems == ()
    assert annotation.scene == SCENE
    assert annotation.audio.speech == "“好吧，就这样。”"
    # A point about feeling below the voice is about the voice, and keeps its name.
    assert annotation.audio.acoustic == "- **语调**：音调偏高。\n- **情感色彩**：带有不满。\n- 语速较快。"
    assert (annotation.face, annotation.body) == (FACE, BODY)
    assert annotation.reasoning == "- **表面**：答应。\n- **整体情绪**：愤怒。"


def test_bullets_may_be_the_headings() -> None:
    told, _ = read_released(
        f"- **场景**\n{SCENE}\n- **音频**\n{VOICE}\n- **面部表情**\n{FACE}\n"
        f"- **肢体语言**\n{BODY}\n- **情绪**\n{WHOLE}"
    )
    assert told == {"scene": SCENE, "voice": VOICE, "face": FACE, "body": BODY, "reasoning": WHOLE}


@pytest.mark.parametrize(
    "answer",
    [
        "\n\n".join((SCENE, VOICE, WHOLE)),
        "\n\n".join((SCENE, VOICE, FACE, BODY, WHOLE, "希望以上分析对您有帮助。")),
        "\n\n".join((VOICE, SCENE, WHOLE, "以上。")),
        SCENE + VOICE + FACE + BODY + WHOLE,
    ],
)
def test_what_can_not_be_told_apart_is_not_guessed(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = ask(tmp_path, answer, monkeypatch)
    assert (written.outcome, written.annotation) == (Outcome.NOT_STRUCTURED, None)
    assert written.attempts[0].raw == answer


@given(st.text(alphabet="声音面表情身场景情绪：:*#-1.一、\n  a", max_size=120))
def test_reading_never_fails_and_never_adds_a_word(answer: str) -> None:
    told, _ = read_released(answer)
    for text in told.values():
        assert all(line in answer for line in text.splitlines())


def test_the_package_holds_no_copy_of_the_prompt() -> None:
    folder = files("saber.infer").joinpath("prompts")
    for path in (path for language in folder.iterdir() for path in language.iterdir()):
        assert not is_released(path.read_text(encoding="utf-8"))


def test_an_answer_that_ended_at_the_limit_is_no_annotation(tmp_path: Path) -> None:
    """Prose does not show that its end is missing; the backend says so."""
    file = tmp_path / "infer.txt"
    file.write_text(OURS, encoding="utf-8")

    class Cut(ScriptedModel):
        async def ask(self, request: Request) -> Reply:
            return replace(await super().ask(request), cut_off=True)

    settings = InferSettings(prompt_file=file, send="media", frames=2)
    caller = calling(Cut(lambda _: HEADED, takes=frozenset({Kind.FRAMES, Kind.AUDIO})))
    written = write_annotation(sample_cues(), MadeMedia(), caller, settings)
    assert (written.outcome, written.annotation) == (Outcome.INVALID, None)
    assert "cut_off" in written.problems
