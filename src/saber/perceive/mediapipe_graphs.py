"""How are MediaPipe's packaged graphs loaded?"""

from __future__ import annotations

import os
from typing import Any

from saber.core.errors import MissingPieceError

__all__ = ["solutions"]


def solutions() -> Any:
    """`mediapipe.solutions`, quiet. Raises MissingPieceError when the package can't be imported."""
    os.environ.setdefault("GLOG_minloglevel", "3")
    try:
        import mediapipe
    except ImportError as error:
        raise MissingPieceError(
            f"MediaPipe can't be imported: {error}.", remedy="Run: pip install mediapipe==0.10.14"
        ) from error
    return mediapipe.solutions
