"""Does each `--model SPEC` become the model that it names, or one sentence that says what is wrong?"""

from __future__ import annotations

import asyncio
import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from models.loopback import Proxy
from saber.core.errors import BudgetSpentError, MissingPieceError, UsageError
from saber.core.settings import build, resolved
from saber.models import Kind, ModelSettings, Request, Sampling, check_spec, make_caller

LOCAL = ModelSettings(base_url="http://127.0.0.1:9/v1")


def test_the_embedded_analyst_has_no_model_to_call() -> None:
    assert check_spec("embedded") == "embedded"
    assert make_caller("embedded") is None


@pytest.mark.parametrize("spec", ["", "gpt", "openai", "openai:", "embedded:x", "http://x", ":x", "Embedded"])
def test_an_unknown_spec_is_refused_with_the_known_ones(spec: str) -> None:
    with pytest.raises(UsageError, match="embedded, openai:MODEL") as error:
        check_spec(spec)
    assert repr(spec) in error.value.message


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed here")
def test_without_vllm_one_sentence_says_where_to_install_it_and_what_to_do_instead() -> None:
    with pytest.raises(MissingPieceError, match=r"vllm.*not installed.*environment of its own.*openai:MODEL"):
        make_caller("vllm:some/weights+adapter", LOCAL)


def test_a_server_needs_an_address() -> None:
    with pytest.raises(UsageError, match="--base-url"):
        make_caller("openai:some-model")


def test_a_model_name_may_hold_colons_and_slashes() -> None:
    caller = make_caller("openai:org/model:7b", LOCAL, {})
    assert caller is not None
    assert "org/model:7b" in caller.model.spec
    assert caller.model.goes_to is None
    caller.close()


def test_what_the_model_takes_is_as_stated() -> None:
    caller = make_caller("openai:m", ModelSettings(base_url="https://a.example/v1", takes_audio=True), {})
    assert caller is not None
    assert caller.model.takes == {Kind.AUDIO}
    assert caller.model.goes_to == "a.example"
    caller.close()


@pytest.mark.parametrize(
    ("variable", "environ", "sent"),
    [
        ("OPENAI_API_KEY", {"OPENAI_API_KEY": "sk-one"}, "sk-one"),
        ("MY_KEY", {"OPENAI_API_KEY": "sk-one", "MY_KEY": "sk-two"}, "sk-two"),
        ("MY_KEY", {"OPENAI_API_KEY": "sk-one"}, None),
        ("", {"OPENAI_API_KEY": "sk-one", "": "sk-three"}, None),
    ],
)
def test_the_key_comes_from_the_named_variable_and_stays_out_of_the_settings(
    variable: str, environ: dict[str, str], sent: str | None
) -> None:
    proxy = Proxy()

    async def run() -> None:
        async with proxy.running() as address:
            settings = ModelSettings(base_url=address, api_key_env=variable)
            caller = make_caller("openai:m", settings, environ)
            assert caller is not None
            await caller.ask(Request(user="x", sampling=Sampling(max_tokens=4)))
            await caller.model.close()
            assert "sk-" not in json.dumps(resolved(settings))
            assert "sk-" not in caller.model.spec

    asyncio.run(run())
    assert ("sk-" in proxy.headers[0]) == (sent is not None)
    assert (sent or "") in proxy.headers[0]


def test_the_budget_price_and_cache_of_the_settings_are_used(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text('["one", "two"]')
    settings = ModelSettings(
        budget_money=1e-9, prompt_price=2.0, answer_price=3.0, cache=tmp_path / "kept.sqlite"
    )
    caller = make_caller(f"scripted:{file}", settings)
    assert caller is not None
    with pytest.raises(BudgetSpentError, match="USD"):
        caller.run(caller.ask(Request(user="x")))
    caller.close()
    assert (tmp_path / "kept.sqlite").exists()


def test_scripted_answers_come_in_order_and_the_last_one_again(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text('["one", "two"]')
    caller = make_caller(f"scripted:{file}")
    assert caller is not None
    asked = Request(user="x")
    assert [caller.run(caller.ask(asked)).text for _ in range(3)] == ["one", "two", "two"]
    caller.close()


@pytest.mark.parametrize("content", [None, "{", "[]", '{"a": 1}', "[1]"])
def test_a_script_that_is_none_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "answers.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UsageError):
        make_caller(f"scripted:{file}")


@pytest.mark.parametrize(
    "table",
    [
        {"prompt_price": 1.0},
        {"budget_money": 1.0},
        {"concurrency": 0},
        {"requests_per_minute": 0},
        {"budget_tokens": -1},
        {"api_key": "sk-secret"},
    ],
)
def test_settings_that_do_not_fit_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        build(ModelSettings, table, "model")


def test_settings_come_from_a_table() -> None:
    table = {"base_url": "https://a.example/v1", "takes_video": True, "cache": "kept.sqlite"}
    settings = build(ModelSettings, table, "model")
    assert settings.takes == {Kind.VIDEO}
    assert settings.cache == Path("kept.sqlite")
    assert settings.price is None
