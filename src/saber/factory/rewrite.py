"""How is a text of an annotation written again by its own model, after a check did not let it pass?"""

from __future__ import annotations

import asyncio
from pathlib import Path

from saber.core.dataset import Annotated, Clip, Perceived, Writer
from saber.core.taxonomy import Dimension, Language
from saber.flow import Item, Tools
from saber.infer import ClipMedia, InferSettings, rewrite_async
from saber.media import MediaSettings
from saber.models import Caller, ModelSettings, make_caller
from saber.storage import inside, read_cues

__all__ = ["ModelRewriter"]


class ModelRewriter:
    """The `Rewriter` of verification: asks the model that wrote the annotation, for one text at a time."""

    def __init__(
        self,
        spec: str,
        *,
        model: ModelSettings | None = None,
        infer: InferSettings | None = None,
        media: MediaSettings | None = None,
        caller: Caller | None = None,
    ) -> None:
        """`caller` takes the place of the one that the spec names, and is not closed here."""
        self.spec = spec
        self._model = model or ModelSettings()
        self._infer = infer or InferSettings()
        self._media = media or MediaSettings()
        self._given = caller
        self._caller: Caller | None = None
        self._workspace = Path()

    async def start(self, tools: Tools) -> None:
        self._workspace = tools.workspace
        self._caller = self._given or make_caller(self.spec, self._model)

    async def stop(self) -> None:
        caller, self._caller = self._caller, None
        if caller is not None and caller is not self._given:
            await caller.model.close()  # in the loop that opened its connections
            caller.close()

    async def __call__(self, item: Item, dimension: Dimension, reason: str, attempt: int) -> Annotated | None:
        """The annotation with that text anew; None when nothing usable came. Raises ClipError when media or
        cues can't be read again."""
        assert self._caller is not None
        before = item.of("annotate", Annotated)
        cues = await asyncio.to_thread(read_cues, self._workspace, item.of("perceive", Perceived))
        media = ClipMedia(inside(self._workspace, item.of("clean", Clip).media_path), self._media)
        again = await rewrite_async(
            cues,
            media,
            self._caller,
            before.annotation,
            dimension,
            reason,
            settings=self._infer,
            language=Language(before.language),
            round_=attempt,
        )
        if again.annotation is None:
            return None
        writer = Writer(
            model=self._caller.model.spec,
            prompt_sha256=again.prompt.sha256,
            seconds=round(again.seconds, 3),
            cost=again.cost,
            attempt=attempt,
        )
        return before.model_copy(
            update={
                "annotation": again.annotation,
                "written_by": {**before.written_by, dimension: writer},
            }
        )
