"""What stands in for a model's answers and for a clip's media in these tests?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from saber.core.records import Frame, Sound
from saber.models import Caller, Kind, Request
from saber.models.scripted import ScriptedModel

TEXTS = {
    "scene": "A plain room in low light.",
    "face": "The lip corners rise from 2.1 s.",
    "body": "The person leans forward at 1.9 s.",
    "voice": "It is pitched high and moves widely.",
    "speech": "Oh great.",
    "reasoning": "The smile and the hard voice disagree.",
    "emotion": "anger",
}
CHINESE_TEXTS = {
    "scene": "房间普通，光线偏暗。",
    "face": "2.1 秒起嘴角上扬。",
    "body": "1.9 秒时身体前倾。",
    "voice": "音调偏高，起伏较大。",
    "speech": "Oh great.",
    "reasoning": "笑容与生硬的嗓音相互矛盾。",
    "emotion": "anger",
}


def tags(names: Iterable[str], texts: dict[str, str] = TEXTS, **other: str) -> str:
    """SED text of these sections; `other` replaces some."""
    told = {**texts, **other}
    return "\n".join(f"<{name}>{told[name]}</{name}>" for name in names)


def asked_sections(request: Request) -> list[str]:
    """The sections whose tags the request's form shows."""
    return [name for name in TEXTS if f"<{name}>" in request.user]


def good(request: Request) -> str:
    """An answer as it should be, to whatever stage asks."""
    return tags(asked_sections(request))


def scripted(
    script: Callable[[Request], str] | list[str], takes: frozenset[Kind] = frozenset(), **around: object
) -> tuple[Caller, ScriptedModel]:
    """A caller around a model that answers by a function, or from a list whose last item is repeated."""
    if isinstance(script, list):
        left, last = iter(script), script[-1]
        model = ScriptedModel(lambda _: next(left, last), takes=takes)
    else:
        model = ScriptedModel(script, takes=takes)
    return calling(model, **around), model


OPEN: list[Caller] = []


def calling(model: ScriptedModel, **around: object) -> Caller:
    """A caller that is closed when the test ends."""
    OPEN.append(Caller(model, **around))  # type: ignore[arg-type]
    return OPEN[-1]


class MadeMedia:
    """Pictures and sound made on the spot; counts how often each was read."""

    def __init__(self, path: Path = Path("nowhere.mp4"), sound_s: float = 0.5) -> None:
        self.path = path
        self.reads: list[str] = []
        self._sound_s = sound_s

    def frames(self, count: int, side_px: int) -> tuple[Frame, ...]:
        self.reads.append("frames")
        rgb = np.zeros((36, 64, 3), np.uint8)
        rgb[:, :32] = (220, 30, 30)
        rgb[:, 32:] = (30, 30, 220)
        return tuple(Frame(i, i * 0.5, rgb) for i in range(count))

    def sound(self) -> Sound | None:
        self.reads.append("sound")
        t = np.arange(int(self._sound_s * 16_000)) / 16_000
        return Sound((0.5 * np.sin(2 * np.pi * 440 * t)).astype(np.float32), start_s=0.25)
