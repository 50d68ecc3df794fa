"""Do MediaPipe's graphs run on a bare machine, quietly, and without a trace in the process?"""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest


def run(code: str, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *flags, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


BARE = """
    import sys
    for name in ("cv2", "matplotlib", "jax", "sounddevice"):
        sys.modules[name] = None  # what a machine without libGL.so.1 amounts to: the import fails
"""
USE = """
    import numpy as np
    from saber.perceive.mediapipe_graphs import solutions
    graphs = solutions()
    picture = np.zeros((64, 64, 3), np.uint8)
    for graph in (graphs.face_mesh.FaceMesh(refine_landmarks=True), graphs.pose.Pose(), graphs.hands.Hands()):
        graph.process(picture)
        graph.close()
"""


def test_it_runs_without_cv2_and_says_nothing() -> None:
    done = run(BARE + USE, "-W", "error")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert done.stderr == ""


def test_it_leaves_nothing_but_the_real_thing_behind() -> None:
    done = run(
        """
    import os, sys, warnings
    import numpy  # adds warning filters of its own
    before, filters = dict(os.environ), list(warnings.filters)
    """
        + USE
        + """
    assert solutions() is graphs
    left = [n for n in sys.modules if n.split(".")[0] == "mediapipe"]
    assert "mediapipe" not in left, left
    assert not [n for n in left if not n.endswith("_pb2") and "_framework_bindings" not in n], left
    assert not {"cv2", "matplotlib", "jax"} & set(sys.modules)
    assert dict(os.environ) == before
    assert warnings.filters == filters
    """
    )
    assert done.returncode == 0, done.stderr


def test_two_threads_may_be_the_first() -> None:
    done = run("""
    from concurrent.futures import ThreadPoolExecutor
    from saber.perceive.mediapipe_graphs import solutions
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: solutions(), range(4)))
    assert all(graphs is found[0] for graphs in found)
    """)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_the_whole_package_still_works_beside_it(first: str) -> None:
    """Whoever imports all of MediaPipe, before or after, gets all of it, drawing included."""
    pytest.importorskip("cv2", reason="the whole package needs cv2 and libGL", exc_type=ImportError)
    theirs = """
    import mediapipe
    import numpy as np
    mediapipe.solutions.drawing_utils.DrawingSpec()
    whole = mediapipe.solutions.face_mesh.FaceMesh()
    whole.process(np.zeros((64, 64, 3), np.uint8))
    whole.close()
    """
    check = """
    assert mediapipe.solutions.face_mesh is not graphs.face_mesh
    """
    done = run((theirs + USE if first == "theirs" else USE + theirs) + check)
    assert done.returncode == 0, done.stderr


def test_other_lines_on_standard_error_come_through() -> None:
    done = run("""
    import os
    from saber.perceive.mediapipe_graphs import _held_back
    with _held_back():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\\n")
        os.write(2, b"something broke\\n")
    """)
    assert done.stderr == "something broke\n"


def test_a_missing_package_is_one_sentence_with_a_remedy() -> None:
    done = run("""
    import importlib.util
    importlib.util.find_spec = lambda name: None
    from saber.core.errors import MissingPieceError
    from saber.perceive.mediapipe_graphs import solutions
    try:
        solutions()
    except MissingPieceError as error:
        assert "pip install mediapipe" in error.remedy
    else:
        raise SystemExit("no error")
    """)
    assert done.returncode == 0, done.stderr
