"""A model that answers what it was told to: for tests, and to try a pipeline without one."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable

from saber.models.model import check_takes
from saber.models.request import Kind, Reply, Request, Usage

__all__ = ["ScriptedModel"]


class ScriptedModel:
    """Answers with `script(request)`; remembers every request in `asked`."""

    goes_to: str | None = None
    constrains = False

    def __init__(
        self,
        script: Callable[[Request], str],
        *,
        spec: str = "scripted",
        takes: frozenset[Kind] | None = None,
    ) -> None:
        self.spec = spec
        self.takes = frozenset(Kind) if takes is None else takes
        self.asked: list[Request] = []
        self._script = script

    async def ask(self, request: Request) -> Reply:
        check_takes(self, request)
        self.asked.append(request)
        texts = tuple(self._script(request) for _ in range(request.sampling.n))
        return Reply(texts=texts, model=self.spec, usage=Usage(prompt_tokens=0, answer_tokens=0))

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        reply = await self.ask(request)
        for piece in re.findall(r"\S+\s*|\s+", reply.text):
            yield piece
        yield reply

    async def close(self) -> None:
        pass
