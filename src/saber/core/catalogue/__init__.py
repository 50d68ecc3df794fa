"""Which quantities are measured, in what unit, how, and when is a value worth a word?

One table of `CueSpec` per sense; `CATALOGUE` is all of them by name. The report, the embedded
analyst, the prompts and every check of a claim against a measurement speak of these names only.
"""

from __future__ import annotations

from saber.core.catalogue import body, face, scene, speech, voice
from saber.core.catalogue.spec import CueSpec, Level, Norm, absent, level_of, measured

__all__ = ["CATALOGUE", "CueSpec", "Level", "Norm", "absent", "level_of", "measured", "spec_of"]

CATALOGUE: dict[str, CueSpec] = {
    spec.name: spec
    for table in (scene.SPECS, face.SPECS, body.SPECS, voice.SPECS, speech.SPECS)
    for spec in table
}


def spec_of(name: str) -> CueSpec:
    """The catalogue's entry of that name; KeyError for a name that is not in it."""
    return CATALOGUE[name]
