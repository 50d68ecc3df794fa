"""What stands at the foot of the page: what is missing, what it can't tell, how it was made, the record."""

from __future__ import annotations

import json
from dataclasses import dataclass

from saber.core.records import Analysis
from saber.report.markup import Html, el
from saber.report.names import name_of, number, quantity_name, reason_name
from saber.report.strings import Strings
from saber.report.verdict import mark

__all__ = ["LIMITS", "Gap", "gaps", "limits", "not_measured", "provenance", "record"]

LIMITS = ("limit_inner", "limit_culture", "limit_measure", "limit_decisions", "limit_law")
"""The strings that say what estimating emotion can't do."""


def limits(strings: Strings) -> Html:
    """What estimating emotion can't do and must not be used for. Always open: it is no small print."""
    return el(
        "section",
        el("h2", strings("limits"), id="limits-heading"),
        el("ul", *(el("li", strings(key)) for key in LIMITS)),
        class_="limits",
        aria_labelledby="limits-heading",
    )


@dataclass(frozen=True)
class Gap:
    """What of one sense could not be measured for one reason; `names` is empty when all of it is absent."""

    sense: str
    reason: str
    names: tuple[str, ...]


def gaps(analysis: Analysis, strings: Strings) -> list[Gap]:
    """Absent senses and cues with their reasons; empty when everything was measured, or no cues are known."""
    found = []
    for sense in () if analysis.cues is None else analysis.cues.senses:
        by_reason: dict[str, list[str]] = {}
        for cue in sense.cues:
            if cue.status == "absent":
                by_reason.setdefault(cue.reason or "", []).append(quantity_name(strings, cue.name))
        if not sense.present and not by_reason:
            by_reason[sense.absent_reason or ""] = []
        for reason, names in by_reason.items():
            found.append(Gap(sense.sense, reason_name(strings, reason), tuple(names)))
    return found


def not_measured(analysis: Analysis, strings: Strings) -> Html | None:
    """The gaps, folded; None when there is none."""
    comma = strings.pick((", ", "、"))
    rows = [
        el(
            "li",
            mark(gap.sense, strings),
            el("strong", name_of(strings, "modality", gap.sense)),
            strings.pick((": ", "：")) + gap.reason,
            el("span", " · " + comma.join(gap.names), class_="note") if gap.names else None,
        )
        for gap in gaps(analysis, strings)
    ]
    if not rows:
        return None
    return el(
        "details", el("summary", strings("not_measured")), el("ul", *rows, class_="plain"), class_="fold"
    )


def provenance(analysis: Analysis, strings: Strings) -> Html:
    """Models with licences, settings, seconds per stage, and the file: folded."""
    made = analysis.provenance
    head = el(
        "tr", *(el("th", strings(k), scope="col") for k in ("role", "model", "version", "licence", "source"))
    )
    models = [
        el(
            "tr",
            el("th", m.role.replace("_", " "), scope="row"),
            el("td", m.name, title=m.sha256),
            el("td", m.version),
            el("td", m.licence),
            el("td", m.source),
        )
        for m in made.models
    ]
    seconds = [el("div", el("dt", stage), el("dd", number(value))) for stage, value in made.seconds.items()]
    settings = json.dumps(made.settings, ensure_ascii=False, indent=2, default=str)
    return el(
        "details",
        el("summary", strings("provenance")),
        el("p", f"SABER {made.version} · {strings('writer')}{strings.pick((': ', '：'))}{made.model}"),
        el("p", strings("file"), strings.pick((": ", "：")), el("code", analysis.clip.sha256)),
        el("h3", strings("models")),
        el("div", el("table", el("thead", head), el("tbody", *models), class_="plain-table"), class_="scroll",
           tabindex=0, role="region", aria_label=strings("models")),
        el("h3", strings("seconds")),
        el("dl", *seconds, class_="seconds"),
        el("h3", strings("settings")),
        el("pre", settings, tabindex=0),
        class_="fold",
    )  # fmt: skip


def record(strings: Strings) -> Html:
    """The buttons that hand out the embedded JSON."""
    return el(
        "section",
        el("h2", strings("record"), id="record-heading"),
        el("p", strings("record_note"), class_="note"),
        el(
            "p",
            el("button", strings("copy"), type="button", id="copy", class_="plain-button"),
            " ",
            el("button", strings("download"), type="button", id="download", class_="plain-button"),
            el("span", "", id="copy-status", role="status", class_="note"),
            class_="buttons",
        ),
        aria_labelledby="record-heading",
    )
