"""What does a whole analysis look like, made by hand: a smiling face, a hard voice, friendly words?

`sample_cues()` is what the senses would have measured, `sample_analysis()` the result around it. Every
number here is invented, for tests only; the names are the catalogue's.
"""

from __future__ import annotations

import math

from saber.core.catalogue import absent, measured, spec_of
from saber.core.records import (
    Analysis,
    Annotation,
    AudioDescription,
    AudioInfo,
    ClipInfo,
    Conflict,
    Consistency,
    Cue,
    Cues,
    EmotionEstimate,
    Evidence,
    Losses,
    ModalityEstimate,
    ModelInfo,
    Perception,
    Probs,
    Provenance,
    Reading,
    Span,
    Track,
    Transcript,
    VideoInfo,
    Word,
)
from saber.core.taxonomy import EMOTIONS, Dimension, Emotion, Language, Modality

DURATION_S = 6.0
WORDS = (
    ("Oh", 0.9, 1.1, 0.96),
    ("great,", 1.1, 1.6, 0.97),
    ("thank", 2.0, 2.3, 0.98),
    ("you", 2.3, 2.4, 0.99),
    ("so", 2.4, 2.6, 0.99),
    ("much", 2.6, 2.9, 0.98),
    ("for", 2.9, 3.0, 0.97),
    ("your", 3.0, 3.2, 0.95),
    ("help.", 3.2, 3.7, 0.93),
)
TEXT = "Oh great, thank you so much for your help. <laughter>"


def probs(**shares: float) -> Probs:
    """A distribution: the named shares, the rest spread evenly over the emotions not named."""
    others = [e for e in EMOTIONS if e.value not in shares]
    rest = (1.0 - sum(shares.values())) / len(others)
    return {e: shares.get(e.value, rest) for e in EMOTIONS}


def sample_clip() -> ClipInfo:
    return ClipInfo(
        path="clips/thanks.mp4",
        sha256="5f" * 32,
        size_bytes=812_345,
        container="mov,mp4",
        duration_s=DURATION_S,
        video=VideoInfo(
            codec="h264",
            pixel_format="yuv420p",
            width=640,
            height=360,
            fps=25.0,
            rotation_deg=0,
            start_s=0.0,
            duration_s=DURATION_S,
            tracks=1,
        ),
        audio=AudioInfo(
            codec="aac",
            rate_hz=48_000,
            channels=2,
            start_s=0.0,
            duration_s=DURATION_S,
            track=0,
            tracks=1,
            chosen_because="only_track",
        ),
        losses=Losses(video_packets=2, notes=("Two damaged video packets were skipped.",)),
    )


def curve(name: str, unit: str, step_s: float, value: object) -> Track:
    """A track of `value(time)` over the whole clip; None where the function says so."""
    times = tuple(round(i * step_s, 3) for i in range(int(DURATION_S / step_s) + 1))
    return Track(name=name, unit=unit, times_s=times, values=tuple(value(t) for t in times))  # type: ignore[operator]


def bump(time_s: float, start_s: float, apex_s: float, end_s: float) -> float:
    """A rise from 0 to 1 at the apex and back, 0 outside."""
    if not start_s < time_s < end_s:
        return 0.0
    side_s = apex_s - start_s if time_s <= apex_s else end_s - apex_s
    return 0.5 + 0.5 * math.cos(math.pi * (time_s - apex_s) / side_s)


def spoken(time_s: float) -> bool:
    return 0.9 <= time_s < 1.6 or 2.0 <= time_s < 3.7


def _cue(
    name: str,
    value: float | str,
    at: tuple[float, float] = (0.0, DURATION_S),
    *,
    apex_s: float | None = None,
    confidence: float = 0.9,
) -> Cue:
    return measured(spec_of(name), value, *at, apex_s=apex_s, confidence=confidence)


def sample_face() -> Perception:
    smile = probs(happiness=0.78, neutral=0.10, surprise=0.05)
    return Perception(
        sense="face",
        present=True,
        cues=(
            _cue("face.presence", 1.0),
            _cue("face.smile", 3.1, (2.1, 3.4), apex_s=2.8, confidence=0.86),
            _cue("face.frown", 1.6, (4.2, 4.9), apex_s=4.5, confidence=0.55),
        ),
        tracks=(
            curve("face.au12", "intensity", 0.04, lambda t: 3.1 * bump(t, 2.1, 2.8, 3.4)),
            curve("face.au04", "intensity", 0.04, lambda t: 1.6 * bump(t, 4.2, 4.5, 4.9)),
            curve("face.mouth_motion", "ratio", 0.04, lambda t: None if t > 5.6 else 0.3 * spoken(t)),
        ),
        overall=Reading(
            modality=Modality.FACE,
            start_s=0.0,
            end_s=6.0,
            probs=smile,
            valence=0.62,
            arousal=0.35,
            confidence=0.7,
            rests_on=("face.au12",),
        ),
        moments=(
            Reading(
                modality=Modality.FACE,
                start_s=2.1,
                end_s=3.4,
                probs=probs(happiness=0.88),
                valence=0.74,
                arousal=0.42,
                confidence=0.8,
                rests_on=("face.au12",),
            ),
            Reading(
                modality=Modality.FACE,
                start_s=4.2,
                end_s=4.9,
                probs=probs(anger=0.4, neutral=0.3),
                valence=-0.2,
                arousal=0.2,
                confidence=0.45,
                rests_on=("face.au04",),
            ),
        ),
        models=(
            ModelInfo(
                role="face_mesh",
                name="mediapipe face mesh",
                version="0.10.14",
                licence="Apache-2.0",
                source="packaged",
            ),
        ),
    )


def sample_body(*, visible: bool) -> Perception:
    if not visible:
        gone = ("body.motion_mean", "body.lean")
        return Perception(
            sense="body",
            present=False,
            absent_reason="no_body",
            cues=tuple(absent(spec_of(n), "no_body") for n in gone),
        )
    return Perception(
        sense="body",
        present=True,
        cues=(
            _cue("body.motion_mean", 0.11, confidence=0.8),
            _cue("body.lean", 0.16, (1.9, 3.6), apex_s=2.6, confidence=0.6),
        ),
        tracks=(curve("body.motion", "ratio", 0.08, lambda t: 0.04 + 0.2 * bump(t, 1.8, 2.5, 3.9)),),
        overall=Reading(
            modality=Modality.BODY,
            start_s=0.0,
            end_s=6.0,
            probs=probs(neutral=0.4, anger=0.2),
            valence=-0.05,
            arousal=0.3,
            confidence=0.3,
            rests_on=("body.motion_mean",),
        ),
    )


def sample_voice() -> Perception:
    hard = probs(anger=0.62, disgust=0.12, neutral=0.10)
    return Perception(
        sense="voice",
        present=True,
        cues=(
            _cue("voice.pitch_median", 262.0, (0.9, 3.7), confidence=0.9),
            _cue("voice.pitch_level", 3.8, (0.9, 3.7), confidence=0.8),
            _cue("voice.pitch_range", 13.6, (0.9, 3.7), confidence=0.8),
            _cue("voice.effort", 2.1, (0.9, 3.7), confidence=0.8),
        ),
        tracks=(
            curve("voice.pitch", "Hz", 0.02, lambda t: 225 + 55 * math.sin(2.1 * t) if spoken(t) else None),
            curve(
                "voice.loudness",
                "dB",
                0.02,
                lambda t: -24 + 8 * bump(t, 1.9, 2.5, 3.8) if spoken(t) else -58.0,
            ),
        ),
        overall=Reading(
            modality=Modality.VOICE,
            start_s=0.9,
            end_s=3.7,
            probs=hard,
            valence=-0.48,
            arousal=0.57,
            confidence=0.65,
            rests_on=("voice.effort", "voice.pitch_level"),
        ),
        moments=(
            Reading(
                modality=Modality.VOICE,
                start_s=2.0,
                end_s=3.7,
                probs=probs(anger=0.7),
                valence=-0.52,
                arousal=0.66,
                confidence=0.65,
                rests_on=("voice.effort",),
            ),
        ),
    )


def sample_speech() -> Perception:
    return Perception(
        sense="speech",
        present=True,
        overall=Reading(
            modality=Modality.SPEECH,
            start_s=0.9,
            end_s=3.7,
            probs=probs(happiness=0.55, neutral=0.2),
            valence=0.45,
            arousal=0.2,
            confidence=0.5,
            rests_on=(),
        ),
        models=(
            ModelInfo(
                role="speech_recognition",
                name="whisper base",
                version="1.0.0",
                sha256="ab" * 32,
                licence="MIT",
                source="packaged",
            ),
        ),
    )


def sample_scene() -> Perception:
    return Perception(
        sense="scene",
        present=True,
        cues=(
            _cue("scene.shots", 1.0),
            _cue("scene.people", 1.0, confidence=0.9),
            _cue("scene.luma", 0.22),
        ),
    )


def sample_cues(*, body_visible: bool = True) -> Cues:
    """A woman says thanks in a hard voice and smiles while saying it."""
    return Cues(
        clip=sample_clip(),
        scene=sample_scene(),
        face=sample_face(),
        body=sample_body(visible=body_visible),
        voice=sample_voice(),
        speech=sample_speech(),
        voice_activity=(Span(start_s=0.9, end_s=1.6), Span(start_s=2.0, end_s=3.7)),
        transcript=Transcript(
            text=TEXT,
            language="en",
            language_prob=0.99,
            words=tuple(Word(text=w, start_s=a, end_s=b, prob=p) for w, a, b, p in WORDS),
            confidence=0.91,
        ),
    )


def sample_analysis(language: Language = Language.ENGLISH, *, body_visible: bool = True) -> Analysis:
    """The whole result around `sample_cues`, its text written by hand."""
    cues = sample_cues(body_visible=body_visible)
    zh = language is Language.CHINESE
    claims = (
        (Dimension.SCENE, "scene.luma", "The picture is dim.", "画面偏暗。"),
        (
            Dimension.FACE,
            "face.smile",
            "The corners of the mouth rise from 2.1 s to 3.4 s, strongest at 2.8 s.",
            "嘴角上扬（2.1 至 3.4 秒，2.8 秒时最强）。",
        ),
        (
            Dimension.BODY,
            "body.motion_mean",
            "There is a fair amount of movement from 0.0 s to 6.0 s.",
            "身体动作幅度中等（0.0 至 6.0 秒）。",
        ),
        (
            Dimension.ACOUSTIC,
            "voice.pitch_level",
            "The voice is high-pitched from 0.9 s to 3.7 s.",
            "音调偏高（0.9 至 3.7 秒）。",
        ),
        (
            Dimension.ACOUSTIC,
            "voice.pitch_range",
            "The pitch moves widely from 0.9 s to 3.7 s.",
            "音调起伏较大（0.9 至 3.7 秒）。",
        ),
    )
    evidence: list[Evidence] = []
    text: dict[Dimension, str] = dict.fromkeys(Dimension, "")
    by_name = {c.name: c for p in cues.senses for c in p.cues if c.status == "measured"}
    for dimension, name, english, chinese in claims:
        if name not in by_name:
            continue
        claim = chinese if zh else english
        cue = by_name[name]
        text[dimension] += claim if zh or not text[dimension] else f" {claim}"
        evidence.append(
            Evidence(
                id=f"e{len(evidence) + 1}",
                dimension=dimension,
                claim=claim,
                start_s=cue.start_s,
                end_s=cue.end_s,
                cue=name,
                value=cue.value,
                unit=cue.unit,
                confidence=cue.confidence,
            )
        )
    if not body_visible:
        text[Dimension.BODY] = "画面中看不到身体。" if zh else "No body is visible in the picture."
    reasoning = (
        "面部表现为高兴，而声音更像愤怒；两者在 2.1 至 3.4 秒之间相互矛盾。"
        if zh
        else "The face suggests happiness while the voice suggests anger; they disagree from 2.1 s to 3.4 s."
    )
    return Analysis(
        clip=cues.clip,
        annotation=Annotation(
            scene=text[Dimension.SCENE],
            face=text[Dimension.FACE],
            body=text[Dimension.BODY],
            audio=AudioDescription(acoustic=text[Dimension.ACOUSTIC], speech=TEXT),
            reasoning=reasoning,
        ),
        emotion=EmotionEstimate(
            label=Emotion.ANGER,
            probs=probs(anger=0.41, happiness=0.3, neutral=0.12),
            valence=-0.08,
            arousal=0.44,
        ),
        modalities={m: _estimate(cues.of(m.value)) for m in Modality},
        consistency=Consistency(
            verdict="inconsistent",
            score=0.21,
            conflicts=(
                Conflict(
                    between=(Modality.FACE, Modality.VOICE),
                    about="emotion",
                    says=("happiness", "anger"),
                    start_s=2.1,
                    end_s=3.4,
                    strength=0.82,
                ),
                Conflict(
                    between=(Modality.VOICE, Modality.SPEECH),
                    about="valence",
                    says=("negative", "positive"),
                    start_s=2.0,
                    end_s=3.7,
                    strength=0.5,
                ),
            ),
        ),
        evidence=tuple(evidence),
        provenance=Provenance(
            version="0.1.0",
            model="embedded",
            language=language.value,
            models=cues.face.models + cues.speech.models,
            settings={},
            seconds={"media": 0.21, "face": 1.4, "body": 0.9, "voice": 0.4, "speech": 1.9, "annotate": 0.01},
        ),
        cues=cues,
    )


def _estimate(perception: Perception) -> ModalityEstimate:
    reading = perception.overall
    if reading is None:
        return ModalityEstimate(present=False, reason=perception.absent_reason)
    return ModalityEstimate(
        present=True,
        probs=reading.probs,
        valence=reading.valence,
        arousal=reading.arousal,
        confidence=reading.confidence,
    )
