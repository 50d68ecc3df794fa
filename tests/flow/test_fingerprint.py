"""What makes a row stale, and what does not?"""

from __future__ import annotations

import pytest

from saber.core.dataset import Annotated, Check, Perceived, Source, Verified, Writer
from saber.core.records import Annotation, Record
from saber.core.taxonomy import Dimension
from saber.flow import fingerprint
from saber.flow.fingerprint import of_record, of_row, of_set


class Holder(Record):
    writers: dict[str, tuple[Writer | None, ...]]


WRITER = Writer(model="m", prompt_sha256="p", seconds=1.5, cost=0.1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (WRITER, WRITER.model_copy(update={"seconds": 9.0, "cost": None}), True),
        (WRITER, WRITER.model_copy(update={"prompt_sha256": "q"}), False),
        (
            Holder(writers={"a": (None, WRITER)}),
            Holder(writers={"a": (None, WRITER.model_copy(update={"seconds": 2.0}))}),
            True,
        ),
        (Holder(writers={"a": (None, WRITER)}), Holder(writers={"b": (None, WRITER)}), False),
        (
            Perceived(cues_path="x", sha256="y", seconds=1.0),
            Perceived(cues_path="x", sha256="y", seconds=2.0),
            True,
        ),
        (
            Verified(annotated=None, checks=(), required=("speech",)),
            Verified(annotated=None, checks=(Check(name="speech", passed=True, limit=0.2, judge="j"),)),
            True,
        ),
        (Check(name="a", passed=None, judge="j"), Check(name="a", passed=False, judge="j"), False),
    ],
)
def test_a_record_counts_for_what_it_says_not_for_what_it_took(
    one: Record, other: Record, same: bool
) -> None:
    assert (of_record(one) == of_record(other)) is same


def test_asides_are_found_however_deep() -> None:
    assert fingerprint._has_asides(Verified)  # through Annotated and its writers
    assert fingerprint._has_asides(Annotated)
    assert not fingerprint._has_asides(Source)
    assert not fingerprint._has_asides(Annotation)
    assert Annotated.model_fields["written_by"].annotation == dict[Dimension, Writer]


def test_everything_that_an_answer_depends_on_counts() -> None:
    stage, a, b = b"s" * 32, b"a" * 32, b"b" * 32
    prints = {
        of_row(stage, [a], {}),
        of_row(stage, [b], {}),
        of_row(stage, [a, b], {}),
        of_row(stage, [b, a], {}),
        of_row(b"t" * 32, [a], {}),
        of_row(stage, [a], {"text": "x"}),
        of_row(stage, [a], {"text": "y"}),
        of_set([("i", a)]),
        of_set([("j", a)]),
        of_set([("i", a), ("j", a)]),
    }
    assert len(prints) == 10
    assert of_row(stage, [a], {"x": 1, "y": 2}) == of_row(stage, [a], {"y": 2, "x": 1})
