"""Which quantities are measured of the face?"""

from __future__ import annotations

from saber.core.catalogue.spec import CueSpec

__all__ = ["SPECS"]

SPECS: tuple[CueSpec, ...] = ()
