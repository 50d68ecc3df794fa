"""What does an app draw of an analysis? The page's content as data, in the page's own words."""

from __future__ import annotations

from saber.core.records import Analysis, Evidence
from saber.core.taxonomy import DIMENSIONS, EMOTIONS, Language
from saber.report.closing import LIMITS, gaps
from saber.report.embed import Waveform
from saber.report.emotions import Column, columns_of
from saber.report.findings import Finding, section
from saber.report.names import HUES, MARKS, clock, emotion_name, name_of
from saber.report.page import clip_name, facts, losses
from saber.report.payload import timeline
from saber.report.strings import STRINGS, Strings
from saber.report.verdict import headline, lead

__all__ = ["view"]

Json = dict[str, object]

STATUS = {"supported": "supported", "contradicted": "contradicted", "not_measurable": "not_measurable"}
"""Verdict on a claim -> the string that names it."""


def view(analysis: Analysis, waveform: Waveform | None, language: Language | str) -> Json:
    """Everything that a page shows of `analysis`, ready to be drawn.

    Args:
        analysis: without `cues`, the timeline holds conflicts and evidence only.
        waveform: of the clip's sound, of `saber.report.embed`; None draws none.
        language: of the names and sentences around the annotation, whose own language stays as it is. Any
            other than Chinese is English.

    Returns:
        JSON: `language` of the words and `text_language` of the annotation; `name`, `duration_s`, `sha256`,
        `facts` and `losses` of the file; `strings` of the page by their keys; `verdict`, `emotions`,
        `dimensions`, `timeline` (for `assets/timeline.js`), `in_words` (the same as sentences), `limits`,
        `not_measured` and `provenance`. Times are seconds, shares 0-1, valence and arousal -1..1; null is
        unknown. All text is text: whoever draws it must not read it as HTML.
    """
    strings = Strings(str(language))
    lanes = timeline(analysis, waveform, strings)
    clip = analysis.clip
    return {
        "language": strings.language.value,
        "text_language": analysis.provenance.language,
        "name": clip_name(analysis),
        "duration_s": clip.duration_s,
        "has_video": clip.video is not None,
        "sha256": clip.sha256,
        "facts": facts(clip),
        "losses": losses(clip, strings),
        "strings": {key: strings(key) for key, (english, _) in STRINGS.items() if "{" not in english},
        "verdict": _verdict(analysis, strings),
        "emotions": _emotions(analysis, strings),
        "dimensions": _dimensions(analysis, strings),
        "timeline": lanes.data,
        "in_words": lanes.in_words,
        "limits": [strings(key) for key in LIMITS],
        "not_measured": [
            _who(gap.sense, "modality", strings) | {"reason": gap.reason, "names": list(gap.names)}
            for gap in gaps(analysis, strings)
        ],
        "provenance": _provenance(analysis),
    }


def _who(key: str, table: str, strings: Strings) -> Json:
    """A sense, modality or dimension: its key, name, letter and hue."""
    return {
        "key": key,
        "name": name_of(strings, table, key),
        "mark": strings.pick(MARKS[key]),
        "hue": HUES.get(key, key),
    }


def _verdict(analysis: Analysis, strings: Strings) -> Json:
    consistency, emotion = analysis.consistency, analysis.emotion
    conflicts = [
        {
            "index": index,
            "start_s": conflict.start_s,
            "end_s": conflict.end_s,
            "times": f"{clock(conflict.start_s)}–{clock(conflict.end_s)}",
            "about": strings(f"about_{conflict.about}"),
            "strength": conflict.strength,
            "sides": [
                _who(modality.value, "modality", strings) | {"says": emotion_name(strings, says)}
                for modality, says in zip(conflict.between, conflict.says, strict=True)
            ],
        }
        for index, conflict in enumerate(consistency.conflicts)
    ]
    conflicts.sort(key=lambda conflict: -float(str(conflict["strength"])))
    label = emotion.label
    return {
        "verdict": consistency.verdict,
        "headline": headline(analysis, strings),
        "lead": None if conflicts else lead(analysis, strings),
        "score": consistency.score,
        "conflicts": conflicts,
        "emotion": None if label is None else label.value,
        "emotion_name": None if label is None else emotion_name(strings, label.value),
        "share": None if label is None or emotion.probs is None else emotion.probs[label],
        "valence": emotion.valence,
        "arousal": emotion.arousal,
    }


def _emotions(analysis: Analysis, strings: Strings) -> Json:
    return {
        "keys": [emotion.value for emotion in EMOTIONS],
        "names": [emotion_name(strings, emotion.value) for emotion in EMOTIONS],
        "columns": [_column(column, strings) for column in columns_of(analysis, strings)],
    }


def _column(column: Column, strings: Strings) -> Json:
    probs = column.probs
    return {
        "key": column.key,
        "name": column.name,
        "mark": strings.pick(MARKS[column.key]),
        "hue": column.key,
        "probs": None if probs is None else [probs[emotion] for emotion in EMOTIONS],
        "valence": column.valence,
        "arousal": column.arousal,
        "confidence": column.confidence,
        "absent": column.absent,
        "why_empty": column.why_empty,
    }


def _dimensions(analysis: Analysis, strings: Strings) -> list[Json]:
    shown = []
    for dimension in DIMENSIONS:
        part = section(dimension, analysis, strings)
        shown.append(
            _who(dimension.value, "dimension", strings)
            | {
                "text": part.text,
                "language": part.language,
                "pieces": [
                    {"text": text, "claim": None if evidence is None else evidence.id}
                    for text, evidence in part.pieces
                ],
                "claims": [_claim(finding, strings) for finding in part.findings],
            }
        )
    return shown


def _claim(finding: Finding, strings: Strings) -> Json:
    evidence = finding.evidence
    return {
        "id": evidence.id,
        "claim": evidence.claim,
        "told": finding.told,
        "start_s": evidence.start_s,
        "end_s": evidence.end_s,
        "times": finding.times,
        "whole": finding.whole,
        "quantity": finding.quantity,
        "cue": evidence.cue,
        "value": finding.value,
        "meaning": finding.meaning,
        "confidence": evidence.confidence,
        "status": evidence.verdict,
        "status_name": strings(STATUS[evidence.verdict]),
        "why": _why(evidence, finding, strings),
    }


def _why(evidence: Evidence, finding: Finding, strings: Strings) -> str:
    """What the status rests on, in a sentence."""
    if evidence.verdict == "not_measurable" or not finding.quantity:
        return strings("why_not_measurable")
    return strings("why_measured", quantity=finding.quantity, value=finding.value, times=finding.times)


def _provenance(analysis: Analysis) -> Json:
    made = analysis.provenance
    return {
        "version": made.version,
        "model": made.model,
        "models": [model.model_dump(mode="json") for model in made.models],
        "seconds": made.seconds,
    }
