"""What does the analyst write of a few cues with fixed clauses, so that texts can be written out by hand?"""

from __future__ import annotations

from typing import Any

from saber.core.catalogue import CueSpec, Level, Norm, absent, measured
from saber.core.records import Cue, Cues, Perception
from saber.core.taxonomy import Dimension
from sample_cues import sample_cues


def _spec(name: str, dimension: Dimension, kind: Any, unit: str, *levels: Level, **more: Any) -> CueSpec:
    return CueSpec(
        name=name, dimension=dimension, kind=kind, unit=unit, meaning="m", method="m", levels=levels, **more
    )


SPECS = (
    _spec(
        "scene.light",
        Dimension.SCENE,
        "summary",
        "ratio",
        Level("dim", "the picture is dim", "画面偏暗", below=0.4),
        Level("usual", "the light is even", "光线均匀", at_least=0.4, notable=False),
        salience=1.0,
    ),
    _spec(
        "scene.shots",
        Dimension.SCENE,
        "summary",
        "count",
        Level("one", "the clip is a single shot", "全片为单一镜头", below=1.5, notable=False),
        Level("more", "the clip has {value} shots", "全片共 {value} 个镜头", at_least=1.5),
        salience=2.0,
        digits=0,
    ),
    _spec(
        "face.smile",
        Dimension.FACE,
        "event",
        "intensity",
        Level("slight", "the corners of the lips rise slightly", "嘴角略微上扬", below=2.0),
        Level("clear", "the corners of the lips rise clearly", "嘴角明显上扬", at_least=2.0),
        salience=2.0,
        range=(0.0, 5.0),
    ),
    _spec(
        "face.brow_lowering",
        Dimension.FACE,
        "event",
        "intensity",
        Level("any", "the brows draw down", "眉头下压", at_least=0.0),
        salience=1.5,
        range=(0.0, 5.0),
    ),
    _spec(
        "face.gaze",
        Dimension.FACE,
        "category",
        "",
        Level("camera", "the gaze stays on the camera", "目光看向镜头"),
        Level("away", "the gaze is turned away", "目光移开"),
    ),
    _spec(
        "body.lean",
        Dimension.BODY,
        "summary",
        "deg",
        Level(
            "forward", "the trunk leans forward by {value} {unit}", "身体前倾 {value} {unit}", at_least=5.0
        ),
        Level("upright", "the trunk is upright", "身体端正", below=5.0, notable=False),
        digits=0,
    ),
    _spec(
        "voice.pitch",
        Dimension.ACOUSTIC,
        "summary",
        "Hz",
        Level("usual", "the pitch is typical", "音调正常", below=1.0, notable=False),
        Level(
            "high", "the voice is high-pitched ({value} {unit})", "音调偏高（{value} {unit}）", at_least=1.0
        ),
        salience=3.0,
        digits=0,
        levels_on="z",
        norm=Norm(200.0, 30.0, "invented"),
    ),
    _spec(
        "voice.range",
        Dimension.ACOUSTIC,
        "summary",
        "semitone",
        Level("wide", "the pitch moves widely", "音调起伏大", at_least=8.0),
        salience=2.0,
    ),
    _spec(
        "voice.pause",
        Dimension.ACOUSTIC,
        "event",
        "s",
        Level("any", "the voice pauses", "说话停顿", at_least=0.0),
        salience=1.0,
    ),
    _spec(
        "speech.laughter",
        Dimension.SPEECH,
        "event",
        "ratio",
        Level("any", "laughter is heard", "传来笑声", at_least=0.0),
        salience=2.0,
    ),
    _spec("speech.words", Dimension.SPEECH, "summary", "count"),
)

CATALOGUE = {spec.name: spec for spec in SPECS}


def cue(name: str, value: float | str, start_s: float, end_s: float, **more: Any) -> Cue:
    return measured(CATALOGUE[name], value, start_s, end_s, **more)


def with_cues(cues: Cues, **senses: tuple[Cue, ...]) -> Cues:
    """The same clip, in which these senses measured something else."""
    return cues.model_copy(
        update={name: cues.of(name).model_copy(update={"cues": told}) for name, told in senses.items()}
    )


def without(cues: Cues, sense: str, reason: str) -> Cues:
    """The same clip, in which one sense perceived nothing."""
    names = [n for n in CATALOGUE if n.startswith(f"{sense}.")]
    gone = Perception(
        sense=sense,
        present=False,
        absent_reason=reason,
        cues=tuple(absent(CATALOGUE[n], reason) for n in names),
    )
    update: dict[str, object] = {sense: gone}
    if sense == "speech":
        update["transcript"] = None
    return cues.model_copy(update=update)


def resting_on(cues: Cues, sense: str, *names: str) -> Cues:
    """The same clip, in which that sense's reading rests on these cues."""
    perception = cues.of(sense)
    assert perception.overall is not None
    reading = perception.overall.model_copy(update={"rests_on": names})
    return cues.model_copy(update={sense: perception.model_copy(update={"overall": reading})})


def small_cues() -> Cues:
    """The sample clip, measured in this catalogue's cues only."""
    cues = with_cues(
        sample_cues(),
        scene=(cue("scene.light", 0.3, 0.0, 6.0), cue("scene.shots", 1.0, 0.0, 6.0)),
        face=(
            cue("face.smile", 3.1, 2.1, 3.4, apex_s=2.8),
            cue("face.smile", 3.4, 4.0, 4.4, apex_s=4.2),
            cue("face.smile", 1.4, 0.1, 0.4, apex_s=0.2),
            cue("face.brow_lowering", 1.6, 4.2, 4.9, apex_s=4.5, confidence=0.4),
            cue("face.gaze", "camera", 0.0, 6.0),
        ),
        body=(cue("body.lean", 9.4, 0.0, 6.0),),
        voice=(
            cue("voice.pitch", 262.0, 0.9, 3.7),
            cue("voice.range", 11.2, 0.9, 3.7),
            cue("voice.pause", 0.4, 1.6, 2.0),
        ),
        speech=(cue("speech.laughter", 0.8, 3.8, 4.2),),
    )
    cues = resting_on(cues, "face", "face.smile")
    cues = resting_on(cues, "body")
    return resting_on(cues, "voice", "voice.range", "voice.pitch")
