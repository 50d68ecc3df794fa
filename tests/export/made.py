"""Which small dataset do the tests of the export use? Made by the real runner, of records made by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from saber.core.dataset import (
    Annotated,
    Assigned,
    Check,
    Clip,
    Compared,
    Fingerprints,
    Heard,
    Perceived,
    Source,
    Unique,
    Verified,
    Writer,
)
from saber.core.records import Annotation, AudioDescription, AudioInfo, ClipInfo, Record, VideoInfo
from saber.core.taxonomy import DIMENSIONS, Dimension, Emotion, Modality
from saber.flow import Answer, Drop, FlowSettings, Item, Keep, Many, Tools, outputs, run
from saber.instruct import InstructSettings, InstructStage
from saber.split import SplitSettings, SplitStage
from split.dataset import annotated, compared

CLIPS = 40
DROPPED_BY_CLEAN, DROPPED_BY_VERIFY, FAILED = "a/clip03", "a/clip05", "b/clip06"
AGAIN = "a/clip01"
"""Written again after a check; its first text must not come out."""
TEXTS_ONLY = "a/clip11"
EMOTIONS = (Emotion.HAPPINESS, Emotion.ANGER, Emotion.SADNESS, None)


@dataclass
class Give:
    """A stage that gives each item the answer made for it by hand."""

    name: str
    needs: tuple[str, ...]
    makes: type[Record]
    answer: Callable[[Item], Answer]
    version: int = 1
    work: ClassVar[Literal["set"]] = "set"

    @property
    def settings(self) -> Mapping[str, object]:
        return {}

    def decide(self, items: Iterable[Item], tools: Tools) -> Iterator[tuple[str, Answer]]:
        for item in items:
            if not (self.name == "perceive" and item.id == FAILED):
                yield item.id, self.answer(item)


def clip_text(name: str, language: str) -> Annotation:
    """Texts that are told apart by the clip's name, with characters that files trip over."""
    if language == "zh":
        return Annotation(
            scene=f"{name} 的房间普通，光线偏暗。",
            face="2.1 秒起嘴角上扬。",
            body="1.9 秒时身体前倾。",
            audio=AudioDescription(acoustic="音调偏高，起伏较大。", speech="太好了。<laughter>"),
            reasoning="笑容与生硬的嗓音\n相互矛盾。",
        )
    return Annotation(
        scene=f'The room of {name} is "plain"\u2028and | low-lit \N{FACE WITH TEARS OF JOY}.',
        face="The lip corners rise from 2.1 s.\n\tThe brows too.",
        body="The person leans forward, 1, 2, \\ and 3.",
        audio=AudioDescription(acoustic="It is pitched high.", speech="Oh <laughter> great, 2024-01-31."),
        reasoning="The smile and the hard voice disagree.",
    )


def source(folder: Path, number: int) -> Source:
    """Even numbers above 5 are of the corpus `b`, whose texts and media may not be passed on; the others are
    of `a`, of which only the media of `TEXTS_ONLY` may not."""
    corpus = "ab"[number % 2 == 0 and number > 5]
    name = f"clip{number:02d}"
    emotion = EMOTIONS[number % 4]
    return Source(
        id=f"{corpus}/{name}",
        corpus=corpus,
        path=str(folder / corpus / f"{name}.MP4"),
        speaker=f"{corpus}:{number % 20}" if number % 7 else None,
        # With neither, where a clip goes would hang on the path of its file.
        group=None if number % 7 else f"{corpus}:film{number}",
        language="zh" if number % 3 == 0 else "en",
        label=emotion,
        label_said=None if emotion is None else emotion.upper(),
        label_from=None if emotion is None else "annotators",
        terms="unknown" if corpus == "b" else "meld" if name == "clip11" else "own",
        unimodal={Modality.VOICE: Emotion.SADNESS} if number == 8 else {},
        extra={"intensity": 0.5, "室": "客厅"} if number == 8 else {},
    )


def make_workspace(folder: Path, *, instruct: bool = True, clips: int = CLIPS, cut: bool = False) -> Path:
    """A workspace, beside it the raw clips in `raw`. Whatever an answer hangs on is in the item's id.

    With `cut`, each clip becomes two stretches of its file.
    """
    raw, workspace = folder / "raw", folder / "workspace"
    sources = [source(raw, number) for number in range(clips)]
    for one in sources:
        Path(one.path).parent.mkdir(parents=True, exist_ok=True)
        Path(one.path).write_bytes(f"the media of {one.id}".encode())
    stages: list[Any] = [
        *([Give("cut", ("source",), Source, _cut)] if cut else []),
        Give("clean", ("cut" if cut else "source",), Clip, clean),
        Give("duplicates", ("clean",), Unique, lambda item: Keep(Unique())),
        Give("perceive", ("clean", "duplicates"), Perceived, _perceive),
        Give("annotate", ("source", "perceive"), Annotated, _annotate),
        Give("hear", ("annotate",), Heard, _hear),
        Give("verify", ("source", "annotate", "hear"), Verified, _verify),
        Give("compare", ("annotate", "verify"), Compared, _compare),
        SplitStage(
            SplitSettings(train_ratio=0.5, validation_ratio=0.2, test_ratio=0.3, saber_test_clips=4, seed=1)
        ),
    ]
    if instruct:
        stages.append(InstructStage(InstructSettings()))
    settings = FlowSettings(workers=1, max_error_ratio=1.0)
    done = run(stages, sources, workspace, settings=settings)
    assert done.state == "done"
    return workspace


def number_of(item: str) -> int:
    found = re.search(r"clip(\d+)", item)
    assert found is not None
    return int(found[1])


def _cut(item: Item) -> Answer:
    one = item.of("source", Source)
    return Many(
        {
            f"#t={n}-{n + 1}": one.model_copy(
                update={"id": f"{one.id}#t={n}-{n + 1}", "start_s": float(n), "end_s": n + 1.0}
            )
            for n in range(2)
        }
    )


def clean(item: Item) -> Answer:
    one = item.of("cut" if "cut" in item.records else "source", Source)
    made = Clip(
        media_path=one.path,
        info=ClipInfo(
            path=one.path,
            sha256=hashlib.sha256(Path(one.path).read_bytes()).hexdigest(),
            size_bytes=20,
            container="mp4",
            duration_s=number_of(item.id) / 2 + 0.25,
            video=VideoInfo(
                codec="h264",
                pixel_format="yuv420p",
                width=64,
                height=64,
                fps=25.0,
                rotation_deg=0,
                start_s=0.0,
                duration_s=None,
                tracks=1,
            ),
            audio=AudioInfo(
                codec="aac",
                rate_hz=16_000,
                channels=1,
                start_s=0.0,
                duration_s=None,
                track=0,
                tracks=1,
                chosen_because="only_track",
            ),
        ),
        checks=(
            Check(
                name="sharpness",
                passed=item.id != DROPPED_BY_CLEAN,
                score=number_of(item.id) + 1.0,
                limit=4.5,
                unit="dB",
                judge="measured",
            ),
        ),
        fingerprints=Fingerprints(),
    )
    return Drop("sharpness", "It is blurred.", made) if item.id == DROPPED_BY_CLEAN else Keep(made)


def _perceive(item: Item) -> Answer:
    return Keep(Perceived(cues_path="perceive/none.json.gz", sha256="0" * 64, seconds=1.0))


def _annotate(item: Item) -> Answer:
    one = item.of("source", Source)
    language = one.language or "en"
    text = clip_text(item.id, language)
    if item.id == AGAIN:
        text = text.model_copy(update={"face": "This was wrong."})
    made = annotated(text, language, emotion=None if item.id.endswith("7") else Emotion.HAPPINESS)
    writer = Writer(model="hf:/home/somebody/models/omni", prompt_sha256="ab" * 32, seconds=1.5)
    return Keep(
        made.model_copy(
            update={
                "written_by": {**dict.fromkeys(DIMENSIONS, writer), Dimension.SPEECH: Writer(model="base")},
                "provenance": {"written": {"model": "hf:/home/somebody/models/omni", "attempts": [1, None]}},
            }
        )
    )


def _hear(item: Item) -> Answer:
    return Keep(Heard(transcript="Oh great", language="en", recogniser="tiny.en"))


def _verify(item: Item) -> Answer:
    first = item.of("annotate", Annotated)
    if item.id == DROPPED_BY_VERIFY:
        return Drop("speech", "It says something else.")
    again = None
    if item.id == AGAIN:
        writer = first.written_by[Dimension.FACE].model_copy(update={"attempt": 2})
        again = first.model_copy(
            update={
                "annotation": clip_text(item.id, first.language),
                "written_by": {**first.written_by, Dimension.FACE: writer},
            }
        )
    checks = (
        Check(
            name="speech",
            passed=True,
            score=0.125,
            limit=0.3,
            unit="WER",
            judge="tiny.en",
            dimension=Dimension.SPEECH,
        ),
        Check(name="claims", passed=None, reason="nothing_claimed", judge="measured"),
    )
    return Keep(Verified(annotated=again, checks=checks, required=("speech",)))


def _compare(item: Item) -> Answer:
    number = number_of(item.id)
    return Keep(compared(("consistent", "inconsistent", "unclear")[number % 3]))


def kept(workspace: Path) -> dict[str, Assigned]:
    """Id -> where it went, by the ledger itself."""
    return dict(outputs(workspace, "split", Assigned))
