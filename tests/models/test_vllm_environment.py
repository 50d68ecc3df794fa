"""Does the suite of the models in vLLM pass where vLLM is installed?

vLLM does not install beside MediaPipe (protobuf), so its tests run in its own environment, from here.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from models.vllm_server import environment, vllm_python

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_suite_of_vllm_in_process_passes_in_its_environment() -> None:
    command = [vllm_python(), "-m", "pytest", "tests/models/test_vllm.py", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        list(map(str, command)), env=environment(), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "not installed here" not in done.stdout
