"""Does a change re-run exactly what depends on it, and does any history end where a fresh run does?"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flow.trial_stages import Ask, Rank, Word, results
from saber.core.dataset import Source
from saber.core.errors import BudgetSpentError, ClipError
from saber.core.records import Record
from saber.flow import Answer, Drop, Item, Keep, Many, run, status


@dataclass
class Trial(Ask):
    """In this process, so that many histories can be tried; `worked` says what it was asked about."""

    does: str = "keep"
    rule: int = 0
    version: int = 1

    def __post_init__(self) -> None:
        self.worked: list[str] = []

    @property
    def settings(self) -> Mapping[str, object]:
        return {"does": self.does, "rule": self.rule}

    async def start(self, tools: object) -> None:
        pass

    async def ask(self, item: Item) -> Answer:
        self.worked.append(item.id)
        texts = [_text(record) for record in item.records.values()]
        whole = "|".join(texts)
        number = sum(map(ord, whole)) + self.rule
        if self.does == "cut":
            return Many({f"#{self.name}{n}": Word(text=whole, number=n) for n in range(1 + number % 3)})
        if self.does == "drop" and number % 3 == 0:
            return Drop("third")
        if self.does == "fail" and number % 4 == 0:
            raise ClipError("no", reason="fourth")
        if self.does == "coarse":
            # Settings that change, records that mostly do not.
            return Keep(Word(text="even" if (number - self.rule) % 2 else "odd", number=self.rule // 4))
        return Keep(Word(text=f"{self.name}({whole})", number=self.rule))


def _text(record: Record) -> str:
    return record.path if isinstance(record, Source) else f"{record.text}{record.number}"  # type: ignore[attr-defined]


def pipeline(rules: tuple[int, ...]) -> list[Trial | Rank]:
    a, b, c, d, e, most = rules
    return [
        Trial("one", needs=("source",), does="drop", rule=a),
        Trial("cut", needs=("source", "one"), does="cut", rule=b),
        Trial("side", needs=("source", "one"), does="coarse", rule=c),
        Trial("two", needs=("source", "side", "cut"), does="fail", rule=d),
        Rank("rank", needs=("cut", "two"), most=most),
        Trial("end", needs=("cut", "side", "two", "rank"), does="keep", rule=e),
    ]


NAMES = ("one", "cut", "side", "two", "rank", "end")
RULES = st.tuples(*[st.integers(0, 5)] * 5, st.integers(1, 12))
CLIPS = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from("abc")), unique_by=lambda clip: clip[0], max_size=8
)


def listed(clips: list[tuple[int, str]]) -> list[Source]:
    return [Source(id=f"c{n}", corpus="folder", path=path, terms="unknown") for n, path in clips]


class StopHere(Trial):
    """The budget is spent after some rows: the rest of this run does not take place."""

    left = 2

    async def ask(self, item: Item) -> Answer:
        if self.left <= 0:
            raise BudgetSpentError("spent")
        self.left -= 1
        return await super().ask(item)


def stopped(stages: list[Trial | Rank], place: int) -> list[Trial | Rank]:
    stage = stages[place % len(stages)]
    if isinstance(stage, Rank):
        return stages
    short = StopHere(stage.name, needs=stage.needs, does=stage.does, rule=stage.rule)
    return [short if one is stage else one for one in stages]


PAST = st.tuples(RULES, CLIPS, st.integers(1, 6), st.none() | st.integers(0, 5))
"""Of an earlier run: its rules, its clips, how many of the stages it had, and at which the budget ended."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=st.lists(PAST, min_size=1, max_size=4), rules=RULES, clips=CLIPS)
def test_any_history_ends_where_a_fresh_run_does(
    history: list[tuple[tuple[int, ...], list[tuple[int, str]], int, int | None]],
    rules: tuple[int, ...],
    clips: list[tuple[int, str]],
) -> None:
    with TemporaryDirectory() as old, TemporaryDirectory() as fresh:
        for past, had, some, stop in history:
            stages = pipeline(past)[:some]
            with suppress(BudgetSpentError):
                run(stages if stop is None else stopped(stages, stop), listed(had), Path(old))
            sums(Path(old))
        run(pipeline(rules), listed(clips), Path(old))
        run(pipeline(rules), listed(clips), Path(fresh))
        sums(Path(old))
        assert counts(Path(old)) == counts(Path(fresh))
        assert results(Path(old), NAMES) == results(Path(fresh), NAMES)
        last = pipeline(rules)
        run(last, listed(clips), Path(old))
        assert [stage.worked for stage in last if isinstance(stage, Trial)] == [[]] * 5


def sums(workspace: Path) -> None:
    for stage in status(workspace).stages:
        assert stage.pending >= 0
        assert stage.inputs == stage.kept + stage.dropped + stage.quarantined + stage.pending


def counts(workspace: Path) -> list[tuple[object, ...]]:
    return [
        (s.name, s.inputs, s.kept, s.dropped, s.quarantined, s.pending, s.reasons)
        for s in status(workspace).stages
    ]


def test_a_change_re_runs_what_depends_on_records_that_change(tmp_path: Path) -> None:
    clips = listed([(n, "abc"[n % 3]) for n in range(8)])
    rules = (1, 0, 0, 1, 0, 100)
    run(pipeline(rules), clips, tmp_path)

    def worked(rules: tuple[int, ...]) -> dict[str, int]:
        stages = pipeline(rules)
        found = run(stages, clips, tmp_path)
        assert {s.name: s.done_now for s in found.stages if s.name != "rank"} == {
            s.name: len(s.worked) for s in stages if isinstance(s, Trial)
        }
        return {s.name: s.done_now for s in found.stages}

    inputs = {s.name: s.inputs for s in status(tmp_path).stages}
    assert worked(rules) == dict.fromkeys(NAMES, 0)
    # Only the last stage's rule changes: only the last stage works.
    assert worked((1, 0, 0, 1, 3, 100)) == {**dict.fromkeys(NAMES, 0), "end": inputs["end"]}
    # `side` works again, its records stay the same: nobody after it does.
    assert worked((1, 0, 1, 1, 3, 100)) == {**dict.fromkeys(NAMES, 0), "side": inputs["side"]}
    # Now its records change: its readers work, and whoever reads theirs.
    again = worked((1, 0, 4, 1, 3, 100))
    assert again["one"] == again["cut"] == 0
    assert again["side"] == inputs["side"]
    assert again["two"] == inputs["two"]
    # The decision about all is made again; it puts every item in the same place.
    again = worked((1, 0, 4, 1, 3, 99))
    assert {name for name, count in again.items() if count} == {"rank"}


def test_one_changed_source_re_runs_its_own_rows_only(tmp_path: Path) -> None:
    clips = listed([(n, "b") for n in range(6)])
    stages = pipeline((0, 0, 0, 1, 0, 100))[:2]
    run(stages, clips, tmp_path)
    clips[2] = clips[2].model_copy(update={"transcript": "hello"})
    again = pipeline((0, 0, 0, 1, 0, 100))[:2]
    run(again, clips, tmp_path)
    assert again[0].worked == ["c2"]  # type: ignore[union-attr]
    # It also reads the source, which has changed.
    assert again[1].worked == ["c2"]  # type: ignore[union-attr]


def test_a_raised_version_re_runs_the_stage(tmp_path: Path) -> None:
    first = Trial("one", needs=("source",))
    run([first], listed([(1, "a")]), tmp_path)
    second = replace(first, version=2)
    run([second], listed([(1, "a")]), tmp_path)
    assert (first.worked, second.worked) == (["c1"], ["c1"])


def test_settings_must_be_plain_values(tmp_path: Path) -> None:
    class Odd(Trial):
        @property
        def settings(self) -> Mapping[str, object]:
            return {"path": Path("x")}

    with pytest.raises(Exception, match="not plain values"):
        run([Odd("one", needs=("source",))], listed([(1, "a")]), tmp_path)
