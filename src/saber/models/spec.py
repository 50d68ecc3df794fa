"""Which model does `--model SPEC` mean, and what surrounds the calls to it?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from saber.core.errors import UsageError
from saber.models.budget import Budget, Price
from saber.models.caller import Caller, Patience, Shelf
from saber.models.local import LocalSettings
from saber.models.model import Model
from saber.models.pace import Pace
from saber.models.request import Kind, Request, Send

__all__ = ["EMBEDDED", "IN_PROCESS", "ModelSettings", "check_spec", "default_send", "make_caller"]

_LOCAL_S = 3600.0

EMBEDDED = "embedded"
"""The analyst that is part of the package: rules, no model, so there is nothing to call."""


@dataclass(frozen=True)
class ModelSettings:
    """Where the model is, what it can do, and what calls to it may take.

    What a served model can take and do can't be asked of a server, so it is stated here. Prices are as the
    user's contract says, per million tokens.
    """

    base_url: str | None = None
    """Up to and including the version, e.g. `http://127.0.0.1:8000/v1`."""
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key; "" sends none."""
    takes_frames: bool = False
    takes_video: bool = False
    takes_audio: bool = False
    constrains: bool = True
    """The server honours `response_format` with a JSON schema."""
    concurrency: int = 4
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    tries: int = 5
    call_timeout_s: float | None = None
    """None: 120 s of a server; an hour of a model in this process, which may be a large one on a CPU."""
    total_timeout_s: float | None = None
    """All tries together. None: 600 s of a server, an hour of a model in this process."""
    budget_tokens: int | None = None
    budget_money: float | None = None
    prompt_price: float | None = None
    answer_price: float | None = None
    currency: str = "USD"
    cache: Path | None = None
    """A file that keeps answers, so that no question is paid for twice. None keeps none."""
    local: LocalSettings = field(default_factory=LocalSettings)
    """Of a model in this process."""

    def __post_init__(self) -> None:
        if (self.prompt_price is None) != (self.answer_price is None):
            raise ValueError("prompt_price and answer_price go together")
        if self.budget_money is not None and self.prompt_price is None:
            raise ValueError("budget_money needs prompt_price and answer_price")
        for name in ("concurrency", "tries"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)}")
        for name in ("call_timeout_s", "total_timeout_s", "requests_per_minute", "tokens_per_minute"):
            if (limit := getattr(self, name)) is not None and limit <= 0:
                raise ValueError(f"{name} must be above 0, not {limit}")
        for name in ("budget_tokens", "budget_money", "prompt_price", "answer_price"):
            if (limit := getattr(self, name)) is not None and limit < 0:
                raise ValueError(f"{name} can't be negative, and is {limit}")

    @property
    def takes(self) -> frozenset[Kind]:
        able = {Kind.FRAMES: self.takes_frames, Kind.VIDEO: self.takes_video, Kind.AUDIO: self.takes_audio}
        return frozenset(kind for kind, can in able.items() if can)

    @property
    def price(self) -> Price | None:
        if self.prompt_price is None or self.answer_price is None:
            return None
        return Price(self.prompt_price, self.answer_price, self.currency)


Opener = Callable[[str, ModelSettings, Mapping[str, str]], Model]


def _openai(name: str, settings: ModelSettings, environ: Mapping[str, str]) -> Model:
    from saber.models.openai import OpenAIModel

    if settings.base_url is None:
        raise UsageError(
            f"Where is the server of openai:{name}?",
            remedy="Give its address, such as --base-url http://127.0.0.1:8000/v1.",
        )
    return OpenAIModel(
        name,
        settings.base_url,
        api_key=environ.get(settings.api_key_env) or None if settings.api_key_env else None,
        takes=settings.takes,
        constrains=settings.constrains,
    )


def _scripted(name: str, settings: ModelSettings, environ: Mapping[str, str]) -> Model:
    """Answers from a JSON list of strings, one after the other, the last one again and again."""
    from saber.models.scripted import ScriptedModel

    try:
        answers = json.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"Can't read the answers in {name}: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{name} is not valid JSON: {error}.") from error
    if not isinstance(answers, list) or not answers or not all(isinstance(a, str) for a in answers):
        raise UsageError(f"{name} must hold a JSON list of strings.")
    left = iter(answers)

    def next_answer(request: Request) -> str:
        return str(next(left, answers[-1]))

    return ScriptedModel(next_answer, spec=f"scripted:{name}", takes=settings.takes)


def _hf(name: str, settings: ModelSettings, environ: Mapping[str, str]) -> Model:
    from saber.models.hf import HFModel

    return HFModel(name, settings.local)


def _vllm(name: str, settings: ModelSettings, environ: Mapping[str, str]) -> Model:
    from saber.models.vllm import VLLMModel

    return VLLMModel(name, settings.local)


OPENERS: dict[str, Opener] = {"openai": _openai, "hf": _hf, "vllm": _vllm, "scripted": _scripted}
"""By the word before the colon. What a spec may be is this table and `EMBEDDED`."""

IN_PROCESS = frozenset({"hf", "vllm"})
"""Models that run in this process. A server, also one on this machine, may hand on what it gets."""


def default_send(spec: str) -> Send:
    """The most that the model may get where the user does not say: media stay here, so they may be used."""
    return Send.MEDIA if spec.partition(":")[0] in IN_PROCESS else Send.CUES


def check_spec(spec: str) -> str:
    """The kind of model that `spec` names. UsageError when there is none, before any long work."""
    kind, _, name = spec.partition(":")
    if spec == EMBEDDED:
        return EMBEDDED
    if kind not in OPENERS or not name:
        raise UsageError(
            f"There is no model {spec!r}.",
            remedy="Known: embedded, openai:MODEL (with --base-url), hf:PATH_OR_ID[+ADAPTER], "
            "vllm:PATH_OR_ID[+ADAPTER], scripted:FILE.",
        )
    return kind


def make_caller(
    spec: str, settings: ModelSettings | None = None, environ: Mapping[str, str] | None = None
) -> Caller | None:
    """The model of that spec with its pace, patience, budget and cache; None for the embedded analyst.

    Nothing is sent yet. Raises UsageError in one sentence when the spec, the address or a file is wrong.
    """
    settings = settings or ModelSettings()
    kind = check_spec(spec)
    if kind == EMBEDDED:
        return None
    model = OPENERS[kind](spec.partition(":")[2], settings, os.environ if environ is None else environ)
    return Caller(
        model,
        patience=_patience(kind, settings),
        pace=Pace(
            concurrency=settings.concurrency,
            requests_per_minute=settings.requests_per_minute,
            tokens_per_minute=settings.tokens_per_minute,
        ),
        budget=Budget(tokens=settings.budget_tokens, money=settings.budget_money, price=settings.price),
        shelf=_shelf(settings.cache),
    )


def _patience(kind: str, settings: ModelSettings) -> Patience:
    call_s, total_s = (_LOCAL_S, _LOCAL_S) if kind in IN_PROCESS else (120.0, 600.0)
    return Patience(
        tries=settings.tries,
        call_timeout_s=settings.call_timeout_s or call_s,
        total_timeout_s=settings.total_timeout_s or total_s,
    )


def _shelf(file: Path | None) -> Shelf | None:
    from saber.models.shelf import SqliteShelf

    return None if file is None else SqliteShelf(file)
