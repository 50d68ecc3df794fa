"""How do worker processes do rows, when any of them may crash, hang or eat the memory?

Each worker answers row by row and in order, so when it dies it is known which row it was at: the answers
before it stand, those after it go to others, and that row is tried again alone in a new process.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import wait
from pathlib import Path

from saber.core.errors import StageFailedError
from saber.core.records import Record
from saber.flow.feed import Feed
from saber.flow.rows import Done, Task
from saber.flow.settings import FlowSettings
from saber.flow.stage import ProcessStage, Tools

__all__ = ["Crew"]

_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from saber.flow.worker import serve; serve(int(sys.argv[2]), int(sys.argv[3]))"
)
_LOOK_S = 0.1
"""How often time and memory are looked at."""
_LAST_WORDS = 300
_LOG_BYTES = 1 << 20
_END_S = 5.0
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Crew:
    """Workers for one stage. Use it in a `with` statement: at its end no process is left."""

    def __init__(
        self,
        stage: ProcessStage,
        kinds: Mapping[str, type[Record]],
        tools: Tools,
        settings: FlowSettings,
        workers: int,
    ) -> None:
        self._stage = stage
        self._settings = settings
        self._workers = workers
        if type(stage).__module__ == "__main__":
            raise StageFailedError(
                f"Stage {stage.name!r} is defined in the program itself, where workers can't find it.",
                remedy="Move its class into a module of its own and import it.",
            )
        wanted = {name: kinds[name] for name in stage.needs}
        try:
            self._opening = pickle.dumps((stage, wanted, tools))
        except Exception as error:
            raise StageFailedError(
                f"Stage {stage.name!r} can't be sent to a worker process ({error}).",
                remedy="It has to pickle; what is heavy or open belongs into its `open`.",
            ) from error
        self._hands: list[_Hand] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self._hands:
            hand.end()
        self._hands.clear()

    def work(self, feed: Feed, stopping: Callable[[], bool]) -> Iterator[Done | None]:
        """Each row as it ends, in any order; None now and then, so that the caller gets a turn.

        Rows are taken from `feed` as workers get free. Once `stopping` is true no row is begun any more.
        Raises StageFailedError when the stage can't be opened. May be called again: workers stay.
        """
        while True:
            stop = stopping()
            if not stop:
                self._fill(feed)
            busy = [hand for hand in self._hands if hand.tasks]
            if not busy and (stop or feed.empty):
                return
            if stop and not any(hand.opened for hand in busy):
                return
            ready = wait([hand.pipe for hand in busy], timeout=_LOOK_S)
            for hand in busy:
                if hand.pipe in ready:
                    yield from self._listen(hand, feed)
                else:
                    yield from self._watch(hand, feed)
            yield None

    def _fill(self, feed: Feed) -> None:
        """Give every idle worker something to do; start workers as long as there is."""
        while not feed.empty:
            hand = next((hand for hand in self._hands if not hand.tasks), None)
            if hand is None and len(self._hands) >= self._workers:
                return
            if hand is not None and feed.suspects and hand.rows:
                # A suspect gets a new process: what earlier rows left behind must not count against it.
                hand.end()
                self._hands.remove(hand)
                hand = None
            if not (given := feed.next()):
                return
            if hand is None:
                hand = _Hand(self._opening, self._settings)
                self._hands.append(hand)
            self._give(hand, given)

    def _give(self, hand: _Hand, tasks: list[Task]) -> None:
        hand.tasks.extend(tasks)
        hand.since_s = time.monotonic()
        if hand.opened:
            hand.send(tasks)

    def _listen(self, hand: _Hand, feed: Feed) -> Iterator[Done]:
        try:
            while hand.pipe.poll():
                message = json.loads(hand.pipe.recv_bytes())
                if "cannot_open" in message:
                    raise StageFailedError(
                        f"Stage {self._stage.name!r} can't start: {message['cannot_open']}",
                        remedy=message["remedy"],
                    )
                hand.since_s = time.monotonic()
                if "opened" in message:
                    hand.opened = True
                    hand.send(list(hand.tasks))
                    continue
                done = Done.of(message)
                if done.item != hand.tasks[0].item:
                    raise ValueError(done.item)
                hand.tasks.popleft()
                hand.rows += 1
                feed.learn(done)
                yield done
        except (EOFError, ConnectionError):
            yield from self._lost(hand, feed, "crashed", hand.epitaph())
        except (ValueError, KeyError, TypeError) as error:
            yield from self._lost(hand, feed, "crashed", f"Its process talked nonsense ({error!r}).")

    def _watch(self, hand: _Hand, feed: Feed) -> Iterator[Done]:
        """Has the worker run past its time or memory?"""
        waited_s = time.monotonic() - hand.since_s
        if not hand.opened:
            if waited_s > self._settings.open_timeout_s:
                raise StageFailedError(
                    f"Stage {self._stage.name!r} was not ready after {waited_s:.0f} s.",
                    remedy="Raise flow.open_timeout_s if it needs longer to load.",
                )
            return
        if waited_s > self._stage.timeout_s:
            yield from self._lost(hand, feed, "timed_out", f"Not done after {self._stage.timeout_s:g} s.")
            return
        limit_mb = self._settings.memory_limit_mb
        if limit_mb and (used := hand.memory_mb()) > limit_mb:
            yield from self._lost(
                hand, feed, "out_of_memory", f"It used {used:.0f} MB; flow.memory_limit_mb is {limit_mb}."
            )

    def _lost(self, hand: _Hand, feed: Feed, reason: str, detail: str) -> Iterator[Done]:
        """The worker is no more: who was it, and what becomes of the other rows it held?"""
        hand.end()
        self._hands.remove(hand)
        if not hand.opened:
            raise StageFailedError(
                f"Stage {self._stage.name!r} crashed while it started: {detail}",
                remedy="Try it on one clip; `saber doctor` says what is missing.",
            )
        guilty = hand.tasks.popleft()
        feed.give_back(list(hand.tasks))
        hand.tasks.clear()
        if (done := feed.blame(guilty, reason, detail, time.monotonic() - hand.since_s)) is not None:
            yield done


class _Hand:
    """One worker process."""

    def __init__(self, opening: bytes, settings: FlowSettings) -> None:
        self.tasks: deque[Task] = deque()
        self.opened = False
        self.rows = 0
        self.since_s = time.monotonic()
        self.pipe, theirs = Pipe()
        self._log, name = tempfile.mkstemp(prefix="saber-worker-")
        os.unlink(name)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, json.dumps(_path()), str(theirs.fileno()), str(os.getpid())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                env=_environment(settings.threads),
                process_group=0,  # Ctrl-C reaches the driver alone, which decides what becomes of the row
            )
        with contextlib.suppress(ConnectionError):  # a worker that died at once is found out by listening
            self.pipe.send_bytes(opening)

    def send(self, tasks: list[Task]) -> None:
        if os.fstat(self._log).st_size > _LOG_BYTES:
            os.ftruncate(self._log, 0)
        with contextlib.suppress(ConnectionError):
            self.pipe.send(tasks)

    def memory_mb(self) -> float:
        """Resident and its own; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self._process.pid}/statm").read_text().split()
        except OSError:
            return 0.0
        return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGESIZE") / 2**20

    def epitaph(self) -> str:
        """How the process ended, and its last words."""
        try:
            code = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            return "It closed its connection and went on."
        size = os.fstat(self._log).st_size
        words = os.pread(self._log, _LAST_WORDS, max(0, size - _LAST_WORDS))
        said = " ".join(
            "".join(c if c.isprintable() else " " for c in words.decode(errors="replace")).split()
        )
        if code >= 0:
            how = f"Its process ended with exit code {code}"
        else:
            try:
                how = f"Its process was ended by {signal.Signals(-code).name}"
            except ValueError:
                how = f"Its process was ended by signal {-code}"
            if -code == signal.SIGKILL:
                how += ", as the system does when memory runs out"
        return f"{how}{': ' + said if said else '.'}"

    def end(self) -> None:
        """Ends it: at once when it is at work, else when it has closed its stage."""
        if self.opened and not self.tasks:
            self.send([])
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_S)
        self._process.kill()
        self._process.wait()
        self.pipe.close()
        os.close(self._log)


def _path() -> list[str]:
    return [os.path.abspath(entry) for entry in sys.path if entry]


def _environment(threads: int) -> dict[str, str]:
    """As ours, with the thread pools of numeric libraries kept from fighting over the processors."""
    return {"OMP_WAIT_POLICY": "passive", **os.environ, **dict.fromkeys(_THREADS, str(threads))}
