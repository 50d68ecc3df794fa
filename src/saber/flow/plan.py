"""Which stage follows which, and whose records does each one read?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saber.core.dataset import Source
from saber.core.errors import UsageError
from saber.core.records import Record
from saber.flow.stage import Stage

__all__ = ["SOURCE", "Need", "Plan", "find"]

SOURCE = "source"
"""The name under which the raw clips stand in the ledger, as if a stage had made them."""


@dataclass(frozen=True)
class Need:
    """Where a record that a stage reads is found.

    `up` counts the steps from the stage's input towards the source. 0 is the record of the stage that it
    follows. `beside`: the record lies on a side branch, under the id that its item has `up` steps above.
    """

    stage: str
    up: int
    beside: bool


class Plan:
    """The stages in the order in which they run. Raises UsageError when they don't fit together."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = tuple(stages)
        self.kinds: dict[str, type[Record]] = {SOURCE: Source}
        self._chains: dict[str, tuple[str, ...]] = {SOURCE: ()}
        for stage in self.stages:
            if stage.name in self.kinds:
                raise UsageError(f"Two stages are called {stage.name!r}.")
            if not stage.needs:
                raise UsageError(f"Stage {stage.name!r} needs no record, so it has nothing to work on.")
            for need in stage.needs:
                if need not in self.kinds:
                    raise UsageError(
                        f"Stage {stage.name!r} needs records of {need!r}, which no stage before it makes.",
                        remedy=f"Before it come: {', '.join(self.kinds)}.",
                    )
            before = stage.needs[-1]
            self._chains[stage.name] = (before, *self._chains[before])
            self.kinds[stage.name] = stage.makes

    def stage(self, name: str) -> Stage:
        """Raises UsageError when there is none of this name."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        known = ", ".join(stage.name for stage in self.stages)
        raise UsageError(f"There is no stage {name!r}.", remedy=f"Stages: {known}.")

    def chain(self, name: str) -> tuple[str, ...]:
        """From the stage that `name` follows up to the source."""
        return self._chains[name]

    def needs(self, stage: Stage) -> tuple[Need, ...]:
        return tuple(find(self._chains, self._chains[stage.name], need) for need in stage.needs)

    @property
    def chains(self) -> dict[str, tuple[str, ...]]:
        return dict(self._chains)

    def needers(self, name: str) -> tuple[str, ...]:
        """The stages that read the records of `name`."""
        return tuple(stage.name for stage in self.stages if name in stage.needs)

    def downstream(self, name: str) -> tuple[str, ...]:
        """The stages that read the records of `name`, or those of one that does, and so on."""
        found = {name}
        for stage in self.stages:
            if found & set(stage.needs):
                found.add(stage.name)
        return tuple(stage.name for stage in self.stages if stage.name in found and stage.name != name)


def find(chains: Mapping[str, Sequence[str]], chain: Sequence[str], need: str) -> Need:
    """Where the record of stage `need` is, seen from the first stage of `chain`."""
    if need in chain:
        return Need(need, chain.index(need), beside=False)
    # A side branch: the last stage that both have in common is where the ids are the same.
    return Need(need, next(up for up, common in enumerate(chain) if common in chains[need]), beside=True)
