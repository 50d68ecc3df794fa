"""What does the page say first: do the channels agree, and which emotion is expressed?"""

from __future__ import annotations

from saber.core.records import Analysis, Conflict
from saber.core.taxonomy import MODALITIES
from saber.report.markup import Html, el, join
from saber.report.names import HUES, MARKS, clock, emotion_name, name_of
from saber.report.strings import Strings

__all__ = ["headline", "lead", "mark", "verdict"]


def verdict(analysis: Analysis, strings: Strings) -> Html:
    """The headline, the conflicts as links to their moments, the score and the fused emotion."""
    consistency = analysis.consistency
    conflicts = sorted(enumerate(consistency.conflicts), key=lambda pair: -pair[1].strength)
    found = (
        el("ol", *(_conflict(i, c, strings) for i, c in conflicts), class_="conflicts") if conflicts else None
    )
    return el(
        "section",
        el(
            "div",
            el("p", strings("verdict"), class_="eyebrow"),
            el("h2", headline(analysis, strings), id="verdict-heading"),
            found if found is not None else el("p", lead(analysis, strings), class_="lead"),
            class_="finding",
        ),
        el("dl", _score(consistency.score, strings), *_emotion(analysis, strings), class_="figures"),
        class_=f"verdict is-{consistency.verdict}",
        aria_labelledby="verdict-heading",
    )


def headline(analysis: Analysis, strings: Strings) -> str:
    """The verdict in one sentence without a stop."""
    consistency = analysis.consistency
    if consistency.verdict == "unclear":
        return strings("unclear")
    if consistency.verdict == "inconsistent":
        if not consistency.conflicts:
            return strings("disagree")
        a, b = max(consistency.conflicts, key=lambda c: c.strength).between
        second = _names(strings, [b.value], first=False)
        return strings("disagree_pair", a=_names(strings, [a.value]), b=second)
    read = _read(analysis)
    return strings("agree_all", who=_names(strings, read)) if len(read) > 1 else strings("agree")


def mark(sense: str, strings: Strings) -> Html:
    """The letter in the sense's hue that stands beside its name everywhere; hidden from screen readers."""
    hue = HUES.get(sense, sense)
    return el("span", strings.pick(MARKS[sense]), class_=f"mark hue-{hue}", aria_hidden="true")


def _conflict(index: int, conflict: Conflict, strings: Strings) -> Html:
    sides = [
        el(
            "span",
            mark(modality.value, strings),
            el("span", name_of(strings, "modality", modality.value), class_="who"),
            " ",
            el("strong", emotion_name(strings, says)),
            class_="side",
        )
        for modality, says in zip(conflict.between, conflict.says, strict=True)
    ]
    about = f"{strings('about_' + conflict.about)}, {strings('strength', value=f'{conflict.strength:.2f}')}"
    return el(
        "li",
        el(
            "button",
            el("span", f"{clock(conflict.start_s)}–{clock(conflict.end_s)}", class_="time"),
            sides[0],
            el("span", "≠", class_="versus"),
            sides[1],
            el("span", about, class_="about"),
            type="button",
            class_="conflict",
            data_start=conflict.start_s,
            data_end=conflict.end_s,
            data_conflict=index,
        ),
    )


def lead(analysis: Analysis, strings: Strings) -> str:
    """What stands below the headline where no conflict does: why it is so."""
    if analysis.consistency.verdict != "unclear":
        return strings("all_say")
    read = _read(analysis)
    if not read:
        return strings("unclear_none")
    if len(read) == 1:
        return strings("unclear_one", who=_names(strings, read, first=False))
    return strings("unclear_weak")


def _score(score: float | None, strings: Strings) -> Html:
    if score is None:
        return _figure(strings("score"), el("span", strings("score_none"), class_="none"))
    gauge = el(
        "svg",
        el("rect", width=100, height=6, class_="gauge-all"),
        el("rect", width=round(100 * score, 1), height=6, class_="gauge-part"),
        class_="gauge",
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    return _figure(strings("score"), join(strings("score_of", score=f"{score:.2f}"), gauge))


def _emotion(analysis: Analysis, strings: Strings) -> list[Html]:
    emotion = analysis.emotion
    if emotion.label is None:
        said = el("span", strings("expressed_none"), class_="none")
    else:
        share = "" if emotion.probs is None else f" {emotion.probs[emotion.label] * 100:.0f} %"
        said = join(el("strong", emotion_name(strings, emotion.label.value)), el("span", share))
    rows = [_figure(strings("expressed"), said)]
    for key, value in (("valence", emotion.valence), ("arousal", emotion.arousal)):
        if value is not None:
            rows.append(_figure(strings(key), el("span", f"{value:+.2f}".replace("-", "−"), class_="small")))
    return rows


def _figure(term: str, said: Html) -> Html:
    return el("div", el("dt", term), el("dd", said))


def _read(analysis: Analysis) -> list[str]:
    return [
        m.value for m in MODALITIES if m in analysis.modalities and analysis.modalities[m].probs is not None
    ]


def _names(strings: Strings, keys: list[str], *, first: bool = True) -> str:
    """`Face, voice and words`; `first` keeps the capital of the first."""
    names = [name_of(strings, "modality", key) for key in keys]
    names = [n if first and i == 0 else n[:1].lower() + n[1:] for i, n in enumerate(names)]
    comma, last = strings.pick((", ", "、")), strings.pick((" and ", "与"))
    return names[0] if len(names) == 1 else comma.join(names[:-1]) + last + names[-1]
