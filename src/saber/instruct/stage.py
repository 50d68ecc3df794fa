"""How do the train split's clips become rows to train on?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from saber.core.dataset import Annotated, Assigned, Clip, Example, Perceived, Verified
from saber.core.errors import ClipError
from saber.core.records import ClipInfo, Cues, Record
from saber.core.settings import resolved
from saber.flow import Answer, Drop, Item, Keep, Tools
from saber.infer import ClipMedia, lesson_prompts, wav
from saber.instruct.conversation import UnfitError, conversation
from saber.instruct.settings import InstructSettings
from saber.storage import inside, name_of, read_cues, write_whole

__all__ = ["InstructStage"]

HELD_BACK = {"validation": "for_validation", "test": "for_test"}


class InstructStage:
    """Makes an `Example` of every clip of the train split.

    The others end here: `for_validation`, `for_test`, and `for_saber_test` for those of SABER-Test. Of the
    train split end here what no conversation can be made of (`UnfitError`), with the reason.
    """

    name = "instruct"
    version = 1
    needs = ("clean", "perceive", "annotate", "verify", "split")
    makes: type[Record] = Example
    work: ClassVar[Literal["process"]] = "process"
    timeout_s = 60.0

    def __init__(self, settings: InstructSettings | None = None) -> None:
        self._settings = settings or InstructSettings()
        self._tools: Tools | None = None

    @property
    def settings(self) -> Mapping[str, object]:
        return {**resolved(self._settings), **lesson_prompts()}

    def open(self, tools: Tools) -> None:
        self._tools = tools

    def __call__(self, item: Item) -> Answer:
        """Keep or Drop. Raises ClipError: the clip's sound or its cues can't be read again."""
        assert self._tools is not None
        assigned = item.of("split", Assigned)
        if assigned.split != "train":
            reason = "for_saber_test" if assigned.saber_test else HELD_BACK[assigned.split]
            return Drop(reason, f"The clip is of the {assigned.split} split.")
        workspace = self._tools.workspace
        clip = item.of("clean", Clip)
        stands = item.of("verify", Verified).stands(item.of("annotate", Annotated))
        told: Cues | ClipInfo = clip.info
        if clip.info.video is None or clip.info.audio is None:
            told = read_cues(workspace, item.of("perceive", Perceived))
        video = sound = str(inside(workspace, clip.media_path).absolute())
        if self._settings.sound == "wav" and clip.info.audio is not None:
            sound = str(_extracted(video, workspace / self.name / f"{name_of(item.id)}.wav").absolute())
        try:
            return Keep(
                conversation(item.id, told, stands, video=video, sound=sound, settings=self._settings)
            )
        except UnfitError as unfit:
            return Drop(unfit.reason, unfit.detail)

    def close(self) -> None:
        self._tools = None


def _extracted(media: str, path: Path) -> Path:
    """The clip's sound as a WAV file of its own."""
    sound = ClipMedia(media).sound()
    if sound is None:
        raise ClipError(f"{media} has no sound any more.", reason="clip_changed")
    write_whole(path, wav(sound).data)
    return path
