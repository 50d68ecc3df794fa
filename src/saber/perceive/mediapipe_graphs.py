"""How are MediaPipe's packaged graphs loaded without its drawing code, and kept quiet?

`import mediapipe` runs package files that load everything it can do: drawing (cv2, which needs
libGL.so.1 and so fails on a bare machine such as python:3.11-slim, and matplotlib), its task API
(jax) and more, for over a second. The three graph runners need none of it. So they are imported
below empty stand-ins for the three packages whose `__init__` does that, which are gone again when
the import ends: a later `import mediapipe` elsewhere in the process runs as if nothing had happened.

What comes back is therefore a private copy of those modules, and two repairs to it touch nobody else:
results are built without protobuf's deprecated `GetPrototype` (one warning per picture), and the
lines that the C++ code writes to standard error while a graph starts are held back.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import os
import sys
import tempfile
import threading
import types
import warnings
from collections.abc import Iterator
from typing import Any

from saber.core.errors import MissingPieceError

__all__ = ["Graphs", "solutions"]

_RUNNERS = ("face_detection", "face_mesh", "hands", "pose")
_SHELLS = {
    "mediapipe": (),
    "mediapipe.python": ("python",),
    "mediapipe.python.solutions": ("python", "solutions"),
}
_BINDINGS = "mediapipe.python._framework_bindings"
"""The compiled part. Python can't initialise it twice, nor protobuf a message file (`*_pb2`), so these
stay in `sys.modules`: genuine, whole, and shared with whoever imports MediaPipe later."""
_CHATTER = (
    b"Created TensorFlow Lite XNNPACK delegate",
    b"All log messages before absl::InitializeLog()",
    b"inference_feedback_manager.cc",
    b"Sets FaceBlendshapesGraph acceleration",
    b"landmark_projection_calculator.cc",
    b"gl_context",
)
_LOCK = threading.RLock()


class Graphs(types.SimpleNamespace):
    """The modules `face_detection`, `face_mesh`, `hands` and `pose` of `mediapipe.solutions`."""

    face_detection: Any
    face_mesh: Any
    hands: Any
    pose: Any


def solutions() -> Graphs:
    """The graph runners, quiet. Raises MissingPieceError when the package can't be imported."""
    with _LOCK:  # one import at a time: whoever comes in between would find the shells
        return _solutions()


@functools.cache
def _solutions() -> Graphs:
    remedy = "Run: pip install mediapipe==0.10.14"
    spec = importlib.util.find_spec("mediapipe")
    if spec is None or not spec.submodule_search_locations:
        raise MissingPieceError("MediaPipe is not installed.", remedy=remedy)
    try:
        with _package_shells(spec.submodule_search_locations[0]):
            runners = {n: importlib.import_module(f"mediapipe.python.solutions.{n}") for n in _RUNNERS}
            base = importlib.import_module("mediapipe.python.solution_base")
            getter = importlib.import_module("mediapipe.python.packet_getter")
    except (ImportError, AttributeError) as error:
        raise MissingPieceError(f"MediaPipe can't be imported: {error}.", remedy=remedy) from error
    getter.__dict__["symbol_database"] = _CurrentSymbolDatabase()
    _start_quietly(base.SolutionBase)
    return Graphs(**runners)


@contextlib.contextmanager
def _package_shells(root: str) -> Iterator[None]:
    """While open, `import mediapipe.x.y` loads only y; leaves `sys.modules` as it was."""
    before = {name: sys.modules.pop(name) for name in _passing()}
    try:
        for name, parts in _SHELLS.items():
            shell = types.ModuleType(name)
            shell.__path__ = [os.path.join(root, *parts)]
            sys.modules[name] = shell
        with warnings.catch_warnings():
            # protobuf 4's C types use what Python 3.12 deprecates; it says so on import.
            warnings.filterwarnings("ignore", message="Type google.*", category=DeprecationWarning)
            yield
    finally:
        for name in _passing():
            del sys.modules[name]
        sys.modules.update(before)


def _passing() -> list[str]:
    return [
        name
        for name in sys.modules
        if name.split(".")[0] == "mediapipe" and not name.startswith(_BINDINGS) and not name.endswith("_pb2")
    ]


class _CurrentSymbolDatabase:
    """What MediaPipe asks of protobuf's symbol database, answered by protobuf's current interface."""

    def __init__(self) -> None:
        self.pool: Any = importlib.import_module("google.protobuf.descriptor_pool").Default()
        self._factory: Any = importlib.import_module("google.protobuf.message_factory")

    def Default(self) -> _CurrentSymbolDatabase:  # noqa: N802 (protobuf's name)
        return self

    def GetPrototype(self, descriptor: Any) -> Any:  # noqa: N802 (protobuf's name)
        return self._factory.GetMessageClass(descriptor)


def _start_quietly(runner: Any) -> None:
    """Makes the runner's start, and its start anew, wait for the models to load and hold back log lines."""
    for name in ("__init__", "reset"):
        setattr(runner, name, _quiet(getattr(runner, name)))


def _quiet(start: Any) -> Any:
    @functools.wraps(start)
    def quiet_start(self: Any, *args: Any, **kwargs: Any) -> None:
        with _LOCK, _held_back():
            start(self, *args, **kwargs)
            self._graph.wait_until_idle()

    return quiet_start


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """Drops MediaPipe's known start-up lines from standard error; any other line is passed on after."""
    try:
        kept = os.dup(2)
    except OSError:  # no standard error to keep quiet
        yield
        return
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            caught.seek(0)
            for line in caught:
                if not any(known in line for known in _CHATTER):
                    os.write(2, line)
