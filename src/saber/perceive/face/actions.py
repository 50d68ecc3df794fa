"""How strongly does each facial action show, from a face's measures and the same face at rest?

Action units (AU) are those of the Facial Action Coding System (Ekman & Friesen 1978; Ekman, Friesen &
Hager 2002). A coder sees wrinkles and bulges; a mesh sees only where edges went, so an intensity here
is `action-unit-like`: 5 x movement / the largest movement a face usually makes, cut at 0 and 5. FACS's
letters A-E are 1-5. AU14 and AU16, which move no edge by more than the mesh's noise, are left out, and
AU23 and AU24 (lips tightened, pressed) can't be told apart: they are one action here, `au24`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.measures import COLUMN, Region

__all__ = ["ACTIONS", "ACTION_COLUMN", "Action", "intensities"]


class Action(NamedTuple):
    """One action: its AU, where it shows, and the movement at which it counts as 5."""

    slug: str
    region: Region
    largest_iod: float
    """Own choice: the largest movement of this edge that faces make, in IOD of 63 mm. Brows about 6 mm up
    or down; upper lid 2 mm up, lower 2 mm; cheek and nose wings 4-5 mm; corners of the mouth 14 mm in a
    full smile, 4 mm down; lips apart 10 mm; jaw 16 mm."""


ACTIONS: tuple[Action, ...] = (
    Action("au01", "brows", 0.10),
    Action("au02", "brows", 0.10),
    Action("au04", "brows", 0.10),
    Action("au05", "lids", 0.035),
    Action("au06", "nose", 0.08),
    Action("au07", "lids", 0.03),
    Action("au09", "nose", 0.06),
    Action("au10", "mouth", 0.06),
    Action("au12", "mouth", 0.22),
    Action("au15", "mouth", 0.06),
    Action("au17", "mouth", 0.08),
    Action("au18", "mouth", 0.15),
    Action("au20", "mouth", 0.10),
    Action("au24", "mouth", 0.08),
    Action("au25", "mouth", 0.16),
    Action("au26", "mouth", 0.25),
    Action("au43", "lids", 0.70),
)
ACTION_COLUMN: dict[str, int] = {a.slug: i for i, a in enumerate(ACTIONS)}
_LARGEST = np.array([a.largest_iod for a in ACTIONS])


def intensities(measures: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intensities (n, len(ACTIONS)), 0-5, of measures (n, m) against the same face at rest, (m,) or (n, m).

    The zygomatic muscle takes the mouth's corners out and up: AU12 is the geometric mean of both, so that
    neither a stretched nor a lifted mouth alone is a smile. The frontalis's inner part (AU1) shows as an
    inner brow that rises, or stays up while the outer one sinks (the oblique brow of grief).
    A smile drags its neighbours along: it lifts the nose's wings and the upper lip by up to half of what
    it lifts the corners, and thins the lips by a quarter of what it widens them. AU9, AU10 and AU24
    count only what goes beyond that (own choice of the shares, from how skin hangs together).
    """
    change = measures - rest
    d = {name: change[:, column] for name, column in COLUMN.items()}
    # Corners up: over the face, or over the lips' middle when the jaw takes the whole mouth down.
    up = np.maximum(d["corner"], d["corner_curve"])
    smiling = np.clip(up / 0.02, 0, 1)
    out = np.maximum(d["mouth_width"], 0) / 2
    shut = np.clip(1 - measures[:, COLUMN["mouth_gap"]] / 0.06, 0, 1)
    opening_now = measures[:, COLUMN["lid_upper"]] - measures[:, COLUMN["lid_lower"]]
    opening_rest = np.broadcast_to(rest, measures.shape)
    opening_rest = opening_rest[:, COLUMN["lid_upper"]] - opening_rest[:, COLUMN["lid_lower"]]
    lift = np.maximum(up, 0)
    thinner = -(d["lip_upper_thickness"] + d["lip_lower_thickness"])
    moved = {
        "au01": np.maximum(d["brow_inner"], 0) + np.maximum(d["brow_inner"] - d["brow_outer"], 0),
        "au02": d["brow_outer"],
        "au04": np.maximum(-d["brow_inner"], 0) + np.maximum(-d["brow_gap"], 0),
        "au05": d["lid_upper"],
        "au06": d["cheek"],
        "au07": d["lid_lower"],
        "au09": (d["nose_wing"] - lift / 2) * np.clip(-d["brow_inner"] / 0.02, 0, 1),
        "au10": -d["lip_to_nose"] - lift / 2,
        "au12": np.sqrt(2 * out * lift),
        "au15": np.minimum(-d["corner_curve"], 0.02 - d["corner"]),
        "au17": -d["lip_to_chin"] * shut,
        "au18": -d["mouth_width"],
        "au20": out * (1 - smiling),
        "au24": (thinner - out / 2) * shut,
        "au25": d["mouth_gap"],
        "au26": -d["chin"],
        "au43": 1 - opening_now / np.maximum(opening_rest, 1e-3) - 0.2,
    }
    return np.asarray(5 * np.clip(np.stack([moved[a.slug] for a in ACTIONS], axis=1) / _LARGEST, 0, 1))
