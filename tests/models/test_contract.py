"""Does every backend that runs here keep the contract?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.contract import Backend, ModelContract
from models.loopback import smollm
from saber.models import Kind
from saber.models.openai import OpenAIModel
from saber.models.scripted import ScriptedModel


class TestScripted(ModelContract):
    takes = frozenset(Kind)

    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls) -> Backend:
        return Backend(
            open=lambda: ScriptedModel(lambda request: f"Of {request.user} a word or two.", takes=cls.takes),
            takes=cls.takes,
            goes_to=None,
            constrains=False,
            counts=False,
            reads_media=False,
            writes=False,
            draws=False,
            seeded=False,
        )


class TestScriptedForTextOnly(TestScripted):
    takes = frozenset()


class TestServed(ModelContract):
    """Real weights behind a real server with OpenAI's API, text only."""

    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls) -> Iterator[Backend]:
        with smollm() as address:
            yield Backend(
                open=lambda: OpenAIModel("smollm2", address),
                takes=frozenset(),
                goes_to=None,
                constrains=True,
                counts_all_answers=False,  # llama.cpp states the tokens of one of them
                context_tokens=4096,  # 8,192 shared by two slots
            )
