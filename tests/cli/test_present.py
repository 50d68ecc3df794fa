"""Is everything that matters on the terminal, whatever its width, colours, language and encoding?"""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from saber.cli.present import present
from saber.core.records import Analysis, Consistency, EmotionEstimate, ModalityEstimate
from saber.core.taxonomy import Language, Modality
from sample_cues import sample_analysis

EN, ZH = Language.ENGLISH, Language.CHINESE


def shown(analysis: Analysis, width: int = 80, *, terminal: bool = False, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    console = Console(
        file=file,
        width=width,
        force_terminal=terminal,
        color_system="truecolor" if terminal else None,
        _environ={},
    )
    present(analysis, console)
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("language", [EN, ZH])
def test_no_line_is_wider_than_the_terminal(width: int, language: Language) -> None:
    lines = shown(sample_analysis(language), width).splitlines()
    assert max(cell_len(line) for line in lines) <= width


def test_everything_is_on_the_page() -> None:
    text = shown(sample_analysis(EN, body_visible=False), 120)
    for part in (
        "thanks.mp4", "6.0 s", "640×360", "anger 41%", "happiness 30%", "valence -0.08", "arousal +0.44",
        "INCONSISTENT", "0.21", "face happiness but voice anger", "2.1–3.4 s",
        "voice negative but words positive (valence)", "happiness 78%", "+0.62", "-0.48", "0.65",
        "no body is visible", "The picture is dim.", "e2 2.1–3.4 s", "e3 e4 0.9–3.7 s",
        "Oh great, thank you so much for your help. <laughter>", "Two damaged video packets were skipped.",
    ):  # fmt: skip
        assert part in text
    for heading in ("Scene", "Face", "Body", "Sound", "Speech", "Reasoning"):
        assert any(line.startswith(f"  {heading} ") for line in text.splitlines())


def test_the_labels_are_chinese_too() -> None:
    text = shown(sample_analysis(ZH, body_visible=False), 100)
    for part in (
        "愤怒 41%",
        "不一致",
        "面部 高兴 而 声音 愤怒",
        "画面中看不到身体",
        "效价",
        "推理",
        "2.1–3.4 秒",
    ):
        assert part in text
    assert "valence" not in text
    assert "Reasoning" not in text


def test_markup_in_the_words_is_shown_as_it_is() -> None:
    analysis = sample_analysis(EN)
    audio = analysis.annotation.audio.model_copy(update={"speech": "[bold]really[/] <cough> :smile:"})
    annotation = analysis.annotation.model_copy(update={"audio": audio})
    text = shown(analysis.model_copy(update={"annotation": annotation}))
    assert "[bold]really[/] <cough> :smile:" in text


def test_a_pipe_gets_no_colour_and_no_padding() -> None:
    text = shown(sample_analysis(EN))
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_a_terminal_gets_the_conflict_in_colour() -> None:
    text = shown(sample_analysis(EN), terminal=True)
    assert "\x1b[1;37;41m ✗ INCONSISTENT" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_an_ascii_terminal_gets_ascii(terminal: bool) -> None:
    text = shown(sample_analysis(EN), terminal=terminal, encoding="ascii")
    assert "x INCONSISTENT" in text
    assert "####" in text
    assert "2.1-3.4 s" in text


def test_an_encoding_without_chinese_does_not_fail() -> None:
    assert "0.21" in shown(sample_analysis(ZH), encoding="latin-1")


def test_nothing_known_is_shown_as_not_known() -> None:
    silent = ModalityEstimate(present=False, reason="unheard_of_reason")
    analysis = sample_analysis(EN).model_copy(
        update={
            "emotion": EmotionEstimate(label=None, probs=None, valence=None, arousal=None),
            "modalities": dict.fromkeys(Modality, silent),
            "consistency": Consistency(verdict="unclear", score=None),
            "evidence": (),
        }
    )
    text = shown(analysis)
    assert "emotion can't be told" in text
    assert "? UNCLEAR" in text
    assert text.count("—") == len(Modality)


def test_a_modality_without_a_reading_is_not_shown_as_absent() -> None:
    analysis = sample_analysis(EN)
    modalities = {**analysis.modalities, Modality.BODY: ModalityEstimate(present=True)}
    assert "no emotion read" in shown(analysis.model_copy(update={"modalities": modalities}))


def test_a_contradicted_claim_is_marked_with_what_was_measured() -> None:
    analysis = sample_analysis()
    assert "Contradicted" not in shown(analysis)
    first, *others = analysis.evidence
    wrong = first.model_copy(update={"verdict": "contradicted"})
    page = shown(analysis.model_copy(update={"evidence": (wrong, *others)}), 100)
    assert page.count("Contradicted by the measurement") == 1
    assert first.cue in page
    assert "!" in shown(analysis.model_copy(update={"evidence": (wrong, *others)}), encoding="ascii")


def test_no_words_are_told_as_such() -> None:
    analysis = sample_analysis(EN)
    audio = analysis.annotation.audio.model_copy(update={"speech": ""})
    annotation = analysis.annotation.model_copy(update={"audio": audio})
    assert "no words recognised" in shown(analysis.model_copy(update={"annotation": annotation}))
