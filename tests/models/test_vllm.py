"""Does vLLM in this process keep the contract, and does it answer as the same weights do by themselves?

Needs an environment with vLLM; `test_vllm_environment.py` runs this file there. Weights are tiny and random,
of the real architecture.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import numpy as np
import pytest

if find_spec("vllm") is None:
    pytest.skip("vLLM is not installed here: see test_vllm_environment.py", allow_module_level=True)

from models.contract import ASKED, Backend, ModelContract, sample
from omni.tiny_omni import make_tiny_omni
from saber.models import Kind, LocalSettings
from saber.models.vllm import VLLMModel

SMALL = LocalSettings(context_tokens=8192, cache_gb=0.5, inputs="stated")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_omni(tmp_path_factory.mktemp("checkpoints") / "tiny")


class TestInProcess(ModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls, tiny: Path) -> Backend:
        return Backend(
            open=lambda: VLLMModel(str(tiny), SMALL),
            takes=frozenset(Kind),
            goes_to=None,
            constrains=True,
            counts_media=frozenset(Kind),
            context_tokens=8192,
        )
