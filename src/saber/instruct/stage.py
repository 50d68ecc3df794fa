"""How do the train split's clips become rows to train on?"""

from __future__ import annotations

import gzip
import hashlib
import os
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
        clip = item.of("clean", Clip)
        stands = item.of("verify", Verified).stands(item.of("annotate", Annotated))
        told: Cues | ClipInfo = clip.info
        if clip.info.video is None or clip.info.audio is None:
            told = _cues(self._tools.workspace, item.of("perceive", Perceived))
        sound = clip.media_path
        if self._settings.sound == "wav" and clip.info.audio is not None:
            sound = _extracted(item.id, clip, self._tools.workspace / self.name)
        try:
            return Keep(
                conversation(
                    item.id, told, stands, video=clip.media_path, sound=sound, settings=self._settings
                )
            )
        except UnfitError as unfit:
            return Drop(unfit.reason, unfit.detail)

    def close(self) -> None:
        self._tools = None


def _cues(workspace: Path, perceived: Perceived) -> Cues:
    path = workspace / perceived.cues_path
    try:
        text = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise ClipError(f"The cues in {path} can't be read: {error}.", reason="cues_unreadable") from error
    if hashlib.sha256(text).hexdigest() != perceived.sha256:
        raise ClipError(f"The cues in {path} are not those that were measured.", reason="cues_changed")
    return Cues.model_validate_json(text)


def _extracted(clip_id: str, clip: Clip, folder: Path) -> str:
    """The clip's sound as a WAV file of its own, named by the clip's id."""
    sound = ClipMedia(clip.media_path).sound()
    if sound is None:
        raise ClipError(f"{clip.media_path} has no sound any more.", reason="clip_changed")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(clip_id.encode()).hexdigest()[:32]}.wav"
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_bytes(wav(sound).data)
    os.replace(partial, path)
    return str(path)
