"""Does a settings file mean what it says, and is every mistake in it named?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from saber.core.errors import UsageError
from saber.core.settings import build, read_toml, resolved


@dataclass(frozen=True)
class Inner:
    rate_hz: float = 5.0
    count: int = 3
    mode: Literal["fast", "slow"] = "fast"
    file: Path | None = None


@dataclass(frozen=True)
class Outer:
    inner: Inner = field(default_factory=Inner)
    on: bool = True


def test_given_values_replace_defaults_and_the_rest_stays() -> None:
    built = build(Outer, {"inner": {"rate_hz": 7, "file": "x.bin"}}, "t")
    assert built == Outer(Inner(rate_hz=7.0, file=Path("x.bin")))
    assert resolved(built) == {
        "inner": {"rate_hz": 7.0, "count": 3, "mode": "fast", "file": "x.bin"},
        "on": True,
    }


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"inner": {"rate": 1}}, "t.inner.rate"),
        ({"inner": {"count": 1.5}}, "t.inner.count"),
        ({"inner": {"count": True}}, "t.inner.count"),
        ({"inner": {"mode": "medium"}}, "t.inner.mode"),
        ({"inner": 3}, "t.inner"),
        ({"on": "yes"}, "t.on"),
    ],
)
def test_a_mistake_is_named(table: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words.replace(".", r"\.")):
        build(Outer, table, "t")


@dataclass(frozen=True)
class Choosing:
    send: Literal["cues", "frames"] | None = None
    names: tuple[str, ...] | None = None


def test_a_choice_that_may_be_left_out_can_be_made() -> None:
    assert build(Choosing, {"send": "frames", "names": ["a"]}, "t") == Choosing("frames", ("a",))
    with pytest.raises(UsageError, match=r"t\.send must be 'cues' or 'frames' or left out, not 'all'"):
        build(Choosing, {"send": "all"}, "t")
    with pytest.raises(UsageError, match=r"t\.names\[0\] must be str"):
        build(Choosing, {"names": [1]}, "t")


def test_a_file_that_is_no_toml_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("inner = [")
    with pytest.raises(UsageError, match="not a valid TOML"):
        read_toml(file)
    with pytest.raises(UsageError, match="Can't read"):
        read_toml(tmp_path / "none.toml")
