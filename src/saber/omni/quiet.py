"""How does a library stay silent while an answer is on the screen?"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["quietly"]


@contextmanager
def quietly() -> Iterator[None]:
    """transformers and peft show no progress bars and no warnings meanwhile; what matters is raised."""
    from transformers.utils import logging

    log: Any = logging
    verbosity, bars = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.set_verbosity(verbosity)
        if bars:
            log.enable_progress_bar()
