"""What is told of a sense as soon as it has concluded, before the whole page can be made?"""

from __future__ import annotations

from saber.core.catalogue import CATALOGUE, CueSpec, level_of
from saber.core.records import Cue, Perception
from saber.core.taxonomy import Language
from saber.report.names import quantity, quantity_name, reason_name, value_name
from saber.report.strings import Strings

__all__ = ["told"]


def told(perception: Perception, language: Language) -> dict[str, object]:
    """The sense's measured cues in words, and what emotion it suggests alone.

    `cues`: those with something to say first, each {name, text, value, unit, start_s, end_s, notable}.
    `overall`: {label, probs, valence, arousal, confidence}, or None. `absent_reason` is a sentence part.
    """
    strings = Strings(language.value)
    lines = [_line(cue, strings) for cue in perception.cues if cue.status == "measured"]
    reading = perception.overall
    return {
        "sense": perception.sense,
        "present": perception.present,
        "absent_reason": None if perception.present else reason_name(strings, perception.absent_reason),
        "cues": sorted(lines, key=lambda line: not line["notable"]),
        "overall": None
        if reading is None
        else {
            "label": max(reading.probs, key=reading.probs.__getitem__).value,
            "probs": {emotion.value: round(share, 4) for emotion, share in reading.probs.items()},
            "valence": round(reading.valence, 3),
            "arousal": round(reading.arousal, 3),
            "confidence": round(reading.confidence, 3),
        },
    }


def _line(cue: Cue, strings: Strings) -> dict[str, object]:
    spec = CATALOGUE.get(cue.name)
    level = None if spec is None else level_of(spec, cue)
    if isinstance(cue.value, str):
        value = value_name(strings, spec, cue.value)
    else:
        value = quantity(strings, cue.value, cue.unit, _digits(spec))
    if level is not None:
        clause = strings.pick((level.en, level.zh))
        # A clause has the unit's name in it.
        bare = value if isinstance(cue.value, str) else quantity(strings, cue.value, "", _digits(spec))
        text = clause.replace("{value}", bare).replace("{unit}", "").strip()
        text = text[:1].upper() + text[1:]
    else:
        text = f"{quantity_name(strings, cue.name)}{strings.pick((': ', '：'))}{value}"
    return {
        "name": cue.name,
        "text": text,
        "value": cue.value,
        "unit": cue.unit,
        "start_s": round(cue.start_s, 3),
        "end_s": round(cue.end_s, 3),
        "notable": level is not None and level.notable,
    }


def _digits(spec: CueSpec | None) -> int | None:
    return None if spec is None else spec.digits
