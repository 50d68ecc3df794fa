"""Do local weights keep the contract of every backend?"""

from __future__ import annotations

from pathlib import Path

import pytest

from models.contract import Backend, ModelContract
from saber.models import Kind, LocalSettings
from saber.models.hf import HFModel
from saber.omni import can_constrain


class TestQwen25(ModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls, endless: Path) -> Backend:
        return Backend(
            open=lambda: HFModel(str(endless), LocalSettings(device="cpu")),
            takes=frozenset(Kind),
            goes_to=None,
            constrains=can_constrain(),
            counts_media=frozenset(Kind),
            context_tokens=32_768,
        )


class TestQwen3(TestQwen25):
    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls, endless_moe: Path) -> Backend:
        return Backend(
            open=lambda: HFModel(str(endless_moe), LocalSettings(device="cpu")),
            takes=frozenset(Kind),
            goes_to=None,
            constrains=can_constrain(),
            counts_media=frozenset(Kind),
            context_tokens=32_768,
        )
