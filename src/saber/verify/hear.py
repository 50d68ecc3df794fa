"""How is a clip heard a second time, by a recogniser that had no part in its transcript?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from saber.core.dataset import Clip, Heard, Perceived
from saber.core.records import Record
from saber.core.settings import resolved
from saber.flow import Answer, Item, Keep, Tools
from saber.infer import ClipMedia
from saber.perceive.speech import SpeechSettings, hear_again, second_recognisers, transcribed_by
from saber.storage import inside, read_cues
from saber.verify.settings import HearSettings

__all__ = ["HearStage"]


class HearStage:
    """Adds `Heard`. Drops nothing: what it means that nobody could hear is for verification to say.

    It listens to the whole sound, not only to the stretches that were taken for speech, so that speech which
    voice activity missed is heard too.
    """

    name = "hear"
    version = 1
    needs: tuple[str, ...] = ("clean", "perceive", "annotate")
    makes: type[Record] = Heard
    work: ClassVar[Literal["process"]] = "process"

    def __init__(self, settings: HearSettings | None = None, *, timeout_s: float = 600.0) -> None:
        self._settings = settings or HearSettings()
        self.timeout_s = timeout_s
        self._workspace = Path()

    @property
    def settings(self) -> Mapping[str, object]:
        packaged = [] if self._settings.model is not None else list(second_recognisers())
        return {**resolved(self._settings), "packaged": packaged}

    def open(self, tools: Tools) -> None:
        self._workspace = tools.workspace

    def __call__(self, item: Item) -> Answer:
        """Keep. Raises ClipError when media or cues can't be read again, UsageError, WrongWeightsError and
        MissingPieceError of a model that was named."""
        began_s = time.perf_counter()
        cues = read_cues(self._workspace, item.of("perceive", Perceived))
        clip = item.of("clean", Clip)
        sound = None
        if clip.info.audio is not None:
            sound = ClipMedia(inside(self._workspace, clip.media_path)).sound()
        if sound is None:
            return Keep(
                Heard(transcript="", language=None, recogniser="measured", reason="no_sound", seconds=0.0)
            )
        language = cues.transcript.language if cues.transcript and cues.transcript.words else None
        writers = transcribed_by(cues)
        heard = hear_again(
            sound,
            language,
            writers,
            SpeechSettings(
                model=self._settings.model,
                beam_size=self._settings.beam_size,
                threads=self._settings.threads,
                device=self._settings.device,
            ),
        )
        seconds = round(time.perf_counter() - began_s, 3)
        if heard is None:
            wrote = ", ".join(model.name for model in writers) or "nobody"
            return Keep(
                Heard(
                    transcript=None,
                    language=None,
                    recogniser=None,
                    reason="no_other_recogniser",
                    detail=f"No recogniser of {language or 'any language'} but {wrote} is there.",
                    seconds=seconds,
                )
            )
        return Keep(
            Heard(
                transcript=heard.text,
                language=heard.language,
                recogniser=heard.model.name,
                sha256=heard.model.sha256,
                seconds=seconds,
            )
        )

    def close(self) -> None: ...
