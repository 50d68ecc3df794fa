"""Which callers did a test open? They are closed when it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infer.stand_ins import OPEN


@pytest.fixture(autouse=True)
def _closed_callers() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()
