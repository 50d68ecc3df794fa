"""What do clips and annotations look like that are made by hand for the checks' tests?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saber.annotate import annotate
from saber.core.dataset import Annotated, Clip, Fingerprints, Heard, Perceived, Source, Writer
from saber.core.records import Annotation, AudioDescription, Cues
from saber.core.taxonomy import DIMENSIONS, Dimension, Language
from saber.flow import Item
from saber.storage import write_cues
from sample_cues import sample_cues

WORDS = "Oh great, thank you so much for your help."
"""What is said in the sample clip; its smile is from 2.1 s to 3.4 s, its voice high and strained."""


def annotated(
    cues: Cues | None = None,
    language: Language = Language.ENGLISH,
    *,
    model: str = "embedded",
    emotion: Any = ...,
    **texts: str,
) -> Annotated:
    """The embedded annotation of the sample clip; `texts` replaces some of the six by their names."""
    found = annotate(cues or sample_cues(), language=language)
    whole = {d: found.annotation.text_of(d) for d in DIMENSIONS} | {Dimension(k): v for k, v in texts.items()}
    return Annotated(
        annotation=Annotation(
            scene=whole[Dimension.SCENE],
            face=whole[Dimension.FACE],
            body=whole[Dimension.BODY],
            audio=AudioDescription(acoustic=whole[Dimension.ACOUSTIC], speech=whole[Dimension.SPEECH]),
            reasoning=whole[Dimension.REASONING],
        ),
        written_by={
            d: Writer(model="whisper-tiny.en" if d is Dimension.SPEECH else model) for d in DIMENSIONS
        },
        language=language,
        emotion_said=found.emotion.label if emotion is ... else emotion,
        emotion=found.emotion,
        modalities=found.modalities,
        consistency=found.consistency,
    )


def heard(text: str | None = WORDS, by: str = "another", **other: Any) -> Heard:
    if text is None:
        return Heard(transcript=None, language=None, recogniser=None, reason="no_other_recogniser", **other)
    return Heard(transcript=text, language="en", recogniser=by, **other)


def source(transcript: str | None = None, name: str = "a/1", path: str = "a.mp4") -> Source:
    return Source(id=name, corpus="folder", path=path, transcript=transcript, terms="unknown")


def records(
    workspace: Path,
    first: Annotated,
    *,
    cues: Cues | None = None,
    hearing: Heard | None = None,
    transcript: str | None = None,
    media: str = "a.mp4",
    name: str = "a/1",
) -> dict[str, Any]:
    """What verification reads of one clip; its cues lie in the workspace."""
    cues = cues or sample_cues()
    perceived = write_cues(workspace, name, cues, 0.0)
    assert isinstance(perceived, Perceived)
    return {
        "source": source(transcript, name, media),
        "clean": Clip(media_path=media, info=cues.clip, checks=(), fingerprints=Fingerprints()),
        "perceive": perceived,
        "annotate": first,
        "hear": heard() if hearing is None else hearing,
    }


def item(workspace: Path, first: Annotated, **other: Any) -> Item:
    return Item(id="a/1", records=records(workspace, first, **other))
