"""How is a judge asked, and what is kept of what it said?

Requests go through a `Caller`, whose cache answers a question that was asked before: a run that was killed
asks only what is left, and a run is scored again without a call. A reply that can't be read is asked for
again with another seed; every reply is kept word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from saber.core.errors import BudgetSpentError, ModelError
from saber.evaluate.records import Exchange
from saber.evaluate.settings import EvaluateSettings
from saber.infer import ClipMedia, jpegs
from saber.models import Caller, Kind, Media, Request, Sampling

__all__ = ["Judge"]

T = TypeVar("T", float, str)
R = TypeVar("R")


class Judge:
    """A model that rates. One event loop owns it."""

    def __init__(self, caller: Caller, settings: EvaluateSettings) -> None:
        self._caller = caller
        self._settings = settings
        self.answered_by: set[str] = set()
        self.failure: ModelError | None = None
        """Of the last call that failed."""

    @property
    def model(self) -> str:
        return self._caller.model.spec

    @property
    def at_once(self) -> int:
        """Samples that are worth having under way at the same time."""
        return 2 * self._caller.pace.concurrency

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Run judging to its end from code that is not asynchronous."""
        return self._caller.run(work)

    @property
    def decoding(self) -> dict[str, object]:
        return asdict(self._sampling(1))

    def frames(self, clip: Path | None, count: int) -> tuple[Media, ...]:
        """At most so many pictures of the clip, if the judge takes pictures and there is a clip. Raises
        ClipError when it can't be read."""
        if clip is None or Kind.FRAMES not in self._caller.model.takes or not clip.is_file():
            return ()
        return jpegs(ClipMedia(clip).frames(count, 512))

    async def ask(
        self, purpose: str, user: str, read: Callable[[str], T | None], *, media: tuple[Media, ...] = ()
    ) -> tuple[T | None, tuple[Exchange, ...]]:
        """What was read from the judge's reply, None when nothing could be, and all that was said.

        A call that fails is kept as an exchange without a reply. Raises BudgetSpentError: nothing more can be
        asked then, and what was answered is in the cache.
        """
        said: list[Exchange] = []
        for attempt in range(1, self._settings.judge_tries + 1):
            request = Request(user=user, media=media, sampling=self._sampling(attempt))
            key = request.key(self.model)
            try:
                reply = await self._caller.ask(request)
            except BudgetSpentError:
                raise
            except ModelError as error:
                said.append(Exchange(purpose=purpose, key=key, reply=None, error=error.reason))
                self.failure = error
                break  # the caller has tried as often as its patience says
            self.answered_by.add(reply.model)
            value = read(reply.text)
            said.append(
                Exchange(
                    purpose=purpose,
                    key=key,
                    reply=reply.text,
                    value=value,
                    error="" if value is not None else "unreadable",
                )
            )
            if value is not None:
                return value, tuple(said)
        return None, tuple(said)

    def _sampling(self, attempt: int) -> Sampling:
        """Greedy at first; a second try must be able to differ."""
        return Sampling(
            temperature=0.0 if attempt == 1 else 0.7,
            max_tokens=self._settings.judge_max_tokens,
            seed=self._settings.seed + attempt - 1,
        )
