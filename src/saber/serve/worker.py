"""What does a worker process do? It loads the models, then analyses clip after clip until its input ends.

    python -m saber.serve.worker

It talks in JSON lines: its opening and its tasks come on standard input, what it finds goes to standard
output.
What a clip leaves behind lies in the clip's folder before the clip is said to be done.
"""

from __future__ import annotations

import ctypes
import errno
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import ClipError, SaberError
from saber.core.records import Analysis, ClipInfo, Perception, Transcript
from saber.core.settings import build
from saber.core.taxonomy import Language
from saber.models import Caller, make_caller
from saber.pipeline import Settings, Watcher, analyze, warm_up
from saber.report import Embedded, embed, told
from saber.serve.overlay import Beat, Overlay, drawn
from saber.serve.results import Results

__all__ = ["main"]

SIGHT_EVERY_S = 0.2
PROGRESS_EVERY_S = 0.25
TEXT_EVERY_S = 0.1
MAX_WORDS = 6_000
_KILL_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux's prctl."""

log = logging.getLogger(__name__)


def main() -> int:
    # Libraries print; standard output is for messages only.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    opening = json.loads(sys.stdin.readline())
    _die_with(opening["server"])
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    worker = Worker(opening, out)
    try:
        warm_up(worker.settings)
    except SaberError as error:
        worker.say("cannot_start", error=_problem(error))
        return 1
    worker.say("ready")
    while True:
        worker.do(lines.get())


def _listen(lines: queue.SimpleQueue[dict[str, Any]]) -> None:
    """When the input ends, the server has ended or wants no more: also in the middle of a clip."""
    for line in sys.stdin:
        lines.put(json.loads(line))
    os._exit(0)


def _die_with(server: int) -> None:
    """A killed server must not leave workers behind, not even one that hangs. Linux only; elsewhere the end
    of the input does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_KILL_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != server:
            os._exit(1)


class Worker:
    """Analyses clips, with models that stay loaded."""

    def __init__(self, opening: dict[str, Any], out: TextIO) -> None:
        settings = build(Settings, opening["settings"], "settings")
        self._limits = opening["limits"]
        longest_s = min(settings.media.max_duration_s, self._limits["max_duration_s"])
        self.settings = replace(
            settings,
            media=replace(settings.media, max_duration_s=longest_s),
            model=replace(
                settings.model,
                budget_tokens=opening["budget_tokens"],
                budget_money=opening["budget_money"],
            ),
        )
        self._callers: dict[str, Caller | None] = {}
        self._out = out
        self._lock = threading.Lock()

    def say(self, kind: str, **more: object) -> None:
        """One message; senses talk from two threads."""
        line = json.dumps({"kind": kind, **more}, ensure_ascii=False, separators=(",", ":"))
        with self._lock:
            self._out.write(line + "\n")
            self._out.flush()

    def do(self, task: dict[str, Any]) -> None:
        """One clip, whatever comes of it."""
        try:
            summary = self._survive(task)
        except SaberError as error:
            problem = _problem(error)
            # A message names the file as this process sees it.
            inside = str(Results(Path(task["folder"])).media)
            problem["message"] = problem["message"].replace(inside, task["name"])
            self.say("failed", job=task["id"], error=problem, spent=self._spent(task["model"]))
        else:
            self.say("done", job=task["id"], summary=summary, spent=self._spent(task["model"]))

    def _survive(self, task: dict[str, Any]) -> dict[str, object]:
        """A defect of ours, or a full disk, costs this clip, not the worker with its models."""
        try:
            return self._analyze(task)
        except SaberError:
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise ClipError(
                    "The server's disk is full.",
                    remedy="Make room, then send the clip again.",
                    reason="disk_full",
                ) from error
            log.exception("unexpected error in clip %s", task["id"])
            raise ClipError(
                f"An unexpected {type(error).__name__} stopped the analysis.",
                remedy="This is a defect of SABER: please report it with what the server's log says.",
                reason="defect",
            ) from error

    def _analyze(self, task: dict[str, Any]) -> dict[str, object]:
        results = Results(Path(task["folder"]))
        language = Language(task["language"])
        teller = Teller(self, task["id"], language, self._limits)
        analysis = analyze(
            results.media,
            language=language,
            model=self._caller(task["model"]) or "embedded",
            settings=self.settings,
            watcher=teller,
        )
        teller.stage("store")
        embedded = embed(analysis.clip)
        if not task["keep"]:
            embedded = Embedded(None, b"", False, embedded.waveform)
        results.write(_named(analysis, task["name"]), embedded, teller.overlay.whole())
        label = analysis.emotion.label
        return {
            "emotion": None if label is None else label.value,
            "verdict": analysis.consistency.verdict,
            "duration_s": analysis.clip.duration_s,
        }

    def _caller(self, spec: str) -> Caller | None:
        """Opened when it is first wanted."""
        if spec not in self._callers:
            self._callers[spec] = make_caller(spec, self.settings.model)
        return self._callers[spec]

    def _spent(self, spec: str) -> dict[str, float]:
        """All that this process has spent on that model."""
        caller = self._callers.get(spec)
        if caller is None:
            return {"tokens": 0, "money": 0.0}
        return {"tokens": caller.budget.tokens_spent, "money": caller.budget.money_spent}


class Teller(Watcher):
    """Passes on what is found in one clip, thinned to what a page can show."""

    def __init__(self, worker: Worker, job: str, language: Language, limits: dict[str, Any]) -> None:
        self.overlay = Overlay()
        self._worker = worker
        self._job = job
        self._language = language
        self._limits = limits
        self._stage = "load"
        self._share = 0.0
        self._progress_due_s = self._text_due_s = 0.0
        self._sight_beat = Beat(SIGHT_EVERY_S)
        self._text: list[str] = []

    def opened(self, clip: ClipInfo) -> None:
        """Raises ClipError when the clip is more than this server takes."""
        tracks = sum(track.tracks for track in (clip.video, clip.audio) if track is not None)
        if clip.duration_s > self._limits["max_duration_s"]:
            raise ClipError(
                f"The clip lasts {clip.duration_s:.0f} s; this server takes up to "
                f"{self._limits['max_duration_s']:g} s.",
                remedy="Cut it into shorter clips.",
                reason="clip_too_long",
            )
        if tracks > self._limits["max_streams"]:
            raise ClipError(
                f"The clip has {tracks} tracks; this server takes up to {self._limits['max_streams']}.",
                remedy="Keep one picture and one sound track.",
                reason="too_many_streams",
            )

    def stage(self, name: str) -> None:
        self._flush_text()
        self._stage = name
        self._tell_progress()

    def progress(self, share: float) -> None:
        self._share = round(share, 4)
        if time.monotonic() >= self._progress_due_s:
            self._tell_progress()

    def sight(
        self, time_s: float, faces: tuple[NDArray[np.float32], ...], body: NDArray[np.float64] | None
    ) -> None:
        if not self.overlay.wants(time_s):
            return
        frame = drawn(time_s, faces, body)
        self.overlay.add(frame)
        if self._sight_beat.falls(time_s):
            self._event("sight", frame)

    def words(self, transcript: Transcript) -> None:
        words = [
            [word.text, round(word.start_s, 3), round(word.end_s, 3), round(word.prob, 2)]
            for word in transcript.words[:MAX_WORDS]
        ]
        self._event("words", {"text": transcript.text, "language": transcript.language, "words": words})

    def perceived(self, perception: Perception) -> None:
        self._event("perceived", told(perception, self._language))

    def text(self, piece: str) -> None:
        self._text.append(piece)
        if time.monotonic() >= self._text_due_s:
            self._flush_text()

    def _flush_text(self) -> None:
        if self._text:
            self._event("text", {"piece": "".join(self._text)})
            self._text.clear()
            self._text_due_s = time.monotonic() + TEXT_EVERY_S

    def _tell_progress(self) -> None:
        self._progress_due_s = time.monotonic() + PROGRESS_EVERY_S
        self._event("progress", {"stage": self._stage, "share": self._share})

    def _event(self, kind: str, data: dict[str, object]) -> None:
        self._worker.say("event", job=self._job, event=kind, data=data)


def _named(analysis: Analysis, name: str) -> Analysis:
    """The record with the clip's name in place of the path at which this server keeps it."""
    clip = analysis.clip.model_copy(update={"path": name})
    cues = analysis.cues
    assert cues is not None
    return analysis.model_copy(update={"clip": clip, "cues": cues.model_copy(update={"clip": clip})})


def _problem(error: SaberError) -> dict[str, str]:
    return {"reason": error.reason, "message": error.message, "remedy": error.remedy}


if __name__ == "__main__":
    raise SystemExit(main())
