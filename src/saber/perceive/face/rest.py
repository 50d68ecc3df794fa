"""What does this face look like at rest, if the clip may be all smile?

Two sources are weighed. The clip: the middle of the fifth of its good pictures in which brows, nose and
mouth together are nearest to an average face at rest (the lids don't choose: people differ more in them
than they move them). The population: the average face, with the spread between people. The shorter the
clip was watched, the less its calmest moment may be trusted to be rest, and the more the population
counts; and no one's rest is put further than two spreads from the average, so that a smile that never
ends stays a smile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.measures import MEASURES, REST_MEAN, REST_SD

__all__ = ["Rest", "estimate_rest"]

_CALM_SHARE = 0.2
_SETTLING_S = 4.0
"""Own choice: spontaneous expressions mostly last 0.5-4 s (Ekman 2003, Emotions Revealed), so a face
watched for several times that has probably been at rest in between."""
_FURTHEST_SD = 2.0
_FURTHEST_PER_REGION = 9.0
"""Mean squared distance, in spreads, at which a region counts as not at rest; further is no worse."""
_CHOOSING = tuple(
    [i for i, m in enumerate(MEASURES) if m.region == region] for region in ("brows", "nose", "mouth")
)


@dataclass(frozen=True)
class Rest:
    """A face at rest: `measures` (m,) in IOD, and `sd` (m,) how uncertain each is."""

    measures: NDArray[np.float64]
    sd: NDArray[np.float64]


def estimate_rest(measures: NDArray[np.float64], good: NDArray[np.bool_], watched_s: float) -> Rest:
    """From the measures (n, m) of the pictures that are `good` (n,), seen for `watched_s` in all.

    With no good picture: the population's.
    """
    if not good.any():
        return Rest(REST_MEAN.copy(), REST_SD.copy())
    usable = measures[good]
    off = ((usable - REST_MEAN) / REST_SD) ** 2
    unrest = sum(np.minimum(off[:, columns].mean(1), _FURTHEST_PER_REGION) for columns in _CHOOSING)
    take = max(1, round(_CALM_SHARE * len(usable)))
    calm = np.argpartition(unrest, take - 1)[:take]
    calmest = np.median(usable[calm], axis=0)
    doubt = REST_SD * np.exp(-watched_s / _SETTLING_S)
    trust = REST_SD**2 / (REST_SD**2 + doubt**2)
    shift = np.clip(trust * (calmest - REST_MEAN), -_FURTHEST_SD * REST_SD, _FURTHEST_SD * REST_SD)
    return Rest(REST_MEAN + shift, REST_SD * np.sqrt(1 - trust))
