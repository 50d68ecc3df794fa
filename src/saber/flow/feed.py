"""Which rows are handed out next, and how many at once?"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from saber.flow.rows import Done, Task, given_up

__all__ = ["Feed"]

_MOST_AT_ONCE = 256
_WEIGHT = 0.1
"""Of the newest row in the running mean of seconds a row."""


class Feed:
    """Rows for workers: suspects first and alone, then what came back from a worker that died, then new ones.

    chunk_s: work handed out at once. tries: how often a row may be there when its worker dies.
    """

    def __init__(self, tasks: Iterator[Task], chunk_s: float, tries: int) -> None:
        self._tasks = tasks
        self._chunk_s = chunk_s
        self._tries = tries
        self._suspects: deque[Task] = deque()
        self._returned: deque[Task] = deque()
        self._failures: dict[str, int] = {}
        self._mean_s: float | None = None
        self._drained = False

    @property
    def suspects(self) -> bool:
        """Whether the next rows handed out are one suspect."""
        return bool(self._suspects)

    @property
    def empty(self) -> bool:
        """Nothing is left to hand out, as far as is known."""
        return self._drained and not self._suspects and not self._returned

    def next(self) -> list[Task]:
        """Rows for one worker; none: nothing is left."""
        if self._suspects:
            return [self._suspects.popleft()]
        size = 1
        if self._mean_s is not None:
            size = max(1, min(_MOST_AT_ONCE, int(self._chunk_s / max(self._mean_s, 1e-6))))
        given: list[Task] = []
        while len(given) < size and self._returned:
            given.append(self._returned.popleft())
        while len(given) < size and not self._drained:
            task = next(self._tasks, None)
            if task is None:
                self._drained = True
            else:
                given.append(task)
        return given

    def learn(self, done: Done) -> None:
        """A row has ended."""
        self._failures.pop(done.item, None)
        self._mean_s = (
            done.seconds if self._mean_s is None else (1 - _WEIGHT) * self._mean_s + _WEIGHT * done.seconds
        )

    def give_back(self, tasks: list[Task]) -> None:
        """Rows that a dead worker had not begun."""
        self._returned.extend(tasks)

    def blame(self, task: Task, reason: str, detail: str, seconds: float) -> Done | None:
        """A worker died at this row: it is tried again alone, or given up when that was its last try."""
        failures = self._failures.pop(task.item, 0) + 1
        if failures >= self._tries:
            return given_up(task, reason, detail, seconds)
        self._failures[task.item] = failures
        self.suspect(replace(task, tried=task.tried + 1))
        return None

    def suspect(self, task: Task) -> None:
        """Hand it out next, and alone."""
        self._suspects.append(task)
