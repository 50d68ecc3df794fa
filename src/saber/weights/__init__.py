"""Weights: which model files are used, and are they what they should be?

The user's own model comes first, then one from a hub if the user named it, then the packaged one,
whose every file is checked by hash.
"""

from __future__ import annotations

from saber.weights.inventory import InventoryRow, inventory
from saber.weights.locate import Located, locate
from saber.weights.table import PACKAGED, ROLES, PackagedFile, PackagedModel
from saber.weights.verify import WrongWeightsError, cache_folder

__all__ = [
    "PACKAGED",
    "ROLES",
    "InventoryRow",
    "Located",
    "PackagedFile",
    "PackagedModel",
    "WrongWeightsError",
    "cache_folder",
    "inventory",
    "locate",
]
