"""How does one analysis look in a terminal?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from saber.annotate import Wording, wording_for
from saber.cli.wrap import wrap
from saber.core.records import (
    Analysis,
    ClipInfo,
    Conflict,
    Consistency,
    Evidence,
    ModalityEstimate,
)
from saber.core.taxonomy import DIMENSIONS, Dimension, Emotion, Language, Modality

__all__ = ["present"]

WIDEST = 100
"""Columns; longer lines are hard to read."""

LABEL_WIDTH = 9
MIN_TEXT_WIDTH = 20

LEAST_SHARE = 0.2
"""Below it the likeliest emotion of a modality is little more than chance (1/7) and gets no colour."""

MOST_OTHERS = 2
LEAST_TOLD = 0.1
"""Emotions beside the likeliest: at most so many, each with at least this share."""


@dataclass(frozen=True)
class Labels:
    """The words around the analysis; those inside it come from the annotation's wording."""

    dimensions: dict[Dimension, str]
    modalities: dict[Modality, str]
    verdicts: dict[str, str]
    columns: tuple[str, str, str, str]
    aspects: dict[str, str]
    untold: str
    but: str
    no_emotion: str
    no_words: str
    contradicted: str
    lost: str
    seconds: str


LABELS = {
    Language.ENGLISH: Labels(
        dimensions={d: d.value.capitalize() for d in DIMENSIONS} | {Dimension.ACOUSTIC: "Sound"},
        modalities={m: m.value for m in Modality} | {Modality.SPEECH: "words"},
        verdicts={"consistent": "CONSISTENT", "inconsistent": "INCONSISTENT", "unclear": "UNCLEAR"},
        columns=("suggests", "valence", "arousal", "confidence"),
        aspects={"valence": "valence", "arousal": "arousal"},
        untold="emotion can't be told",
        but="but",
        no_emotion="no emotion read",
        no_words="no words recognised",
        contradicted="Contradicted by the measurement",
        lost="Lost",
        seconds="s",
    ),
    Language.CHINESE: Labels(
        dimensions={
            Dimension.SCENE: "场景",
            Dimension.FACE: "面部",
            Dimension.BODY: "身体",
            Dimension.ACOUSTIC: "声音",
            Dimension.SPEECH: "话语",
            Dimension.REASONING: "推理",
        },
        modalities={
            Modality.FACE: "面部",
            Modality.BODY: "身体",
            Modality.VOICE: "声音",
            Modality.SPEECH: "话语",
        },
        verdicts={"consistent": "一致", "inconsistent": "不一致", "unclear": "无法判断"},
        columns=("偏向", "效价", "唤醒度", "置信度"),
        aspects={"valence": "效价", "arousal": "唤醒度"},
        untold="无法判断情绪",
        but="而",
        no_emotion="读不出情绪",
        no_words="未识别出话语",
        contradicted="与测量相矛盾",
        lost="缺失",
        seconds="秒",
    ),
}

COLOURS = {
    Emotion.NEUTRAL: "bright_black",
    Emotion.HAPPINESS: "yellow",
    Emotion.SADNESS: "blue",
    Emotion.ANGER: "red",
    Emotion.FEAR: "magenta",
    Emotion.DISGUST: "green",
    Emotion.SURPRISE: "cyan",
}

VERDICTS = {
    # Told apart by sign and word, too: colour may be off.
    "consistent": ("✓", "+", "bold white on green"),
    "inconsistent": ("✗", "x", "bold white on red"),
    "unclear": ("?", "?", "bold black on yellow"),
}


def present(analysis: Analysis, console: Console) -> None:
    """Print one analysis, in the language it is written in. Plain where the console has no colour, ASCII
    bars where its encoding has no others."""
    language = Language(analysis.provenance.language)
    page = Page(LABELS[language], wording_for(language), ascii_only=console.options.ascii_only)
    width = min(console.width, WIDEST)
    if console.is_terminal and not console.options.ascii_only:
        console.print(*page.parts(analysis, width), width=width)
        return
    with console.capture() as capture:
        console.print(*page.parts(analysis, width), width=width)
    # Rich pads every line to the full width, which is only noise in a file or a pipe, and fails on a
    # character that the encoding lacks.
    text = "\n".join(line.rstrip() for line in capture.get().splitlines())
    console.out(text.encode(console.encoding, "replace").decode(console.encoding), highlight=False)


class Page:
    """The parts of the page, in one language, with or without Unicode bars."""

    def __init__(self, labels: Labels, wording: Wording, *, ascii_only: bool) -> None:
        self.labels = labels
        self.wording = wording
        self.ascii_only = ascii_only
        self.dot = " | " if ascii_only else " · "

    def parts(self, analysis: Analysis, width: int) -> Iterator[RenderableType]:
        yield self.title(analysis.clip)
        yield Rule(style="bright_black", characters="-" if self.ascii_only else "─")
        yield Padding(self.emotion(analysis), (0, 2))
        yield Padding(self.verdict(analysis.consistency), (1, 2))
        yield Padding(self.modalities(analysis.modalities), (0, 2))
        yield Text()
        for dimension in DIMENSIONS:
            yield Padding(self.dimension(analysis, dimension, width - 4), (0, 2, 1, 2))
        if analysis.clip.losses.any:
            yield Padding(self.losses(analysis.clip), (0, 2, 1, 2))

    def title(self, clip: ClipInfo) -> RenderableType:
        facts = [f"{clip.duration_s:.1f} {self.labels.seconds}"]
        if clip.video is not None:
            facts.append(f"{clip.video.width}{'x' if self.ascii_only else '×'}{clip.video.height}")
            if clip.video.fps is not None:
                facts.append(f"{clip.video.fps:.4g} fps")
        line = Table.grid(expand=True, padding=(0, 1))
        line.add_column(ratio=1, overflow="fold")
        line.add_column(justify="right", no_wrap=True)
        between = " | " if self.ascii_only else " · "
        line.add_row(
            Text(Path(clip.path).name, style="bold"), Text(between.join(facts), style="bright_black")
        )
        return line

    def emotion(self, analysis: Analysis) -> RenderableType:
        emotion = analysis.emotion
        said = Text()
        if emotion.label is None or emotion.probs is None:
            said.append(self.labels.untold, style="bold")
        else:
            said.append(
                f"{self.wording.emotion(emotion.label)} {emotion.probs[emotion.label]:.0%}",
                style=f"bold {COLOURS[emotion.label]}",
            )
        others = sorted(
            ((p, e) for e, p in (emotion.probs or {}).items() if e is not emotion.label), reverse=True
        )
        for share, other in others[:MOST_OTHERS]:
            if share >= LEAST_TOLD:
                said.append(f"   {self.wording.emotion(other)} {share:.0%}", style="bright_black")
        line = Table.grid(expand=True, padding=(0, 1))
        line.add_column(ratio=1)
        line.add_column(justify="right", no_wrap=True)
        _, valence, arousal, _ = self.labels.columns
        both = Text()
        if emotion.valence is not None and emotion.arousal is not None:
            both.append(f"{valence} {emotion.valence:+.2f}   {arousal} {emotion.arousal:+.2f}")
        line.add_row(said, both)
        return line

    def verdict(self, consistency: Consistency) -> RenderableType:
        mark, plain_mark, style = VERDICTS[consistency.verdict]
        line = Text()
        line.append(
            f" {plain_mark if self.ascii_only else mark} {self.labels.verdicts[consistency.verdict]} ",
            style=style,
        )
        if consistency.score is not None:
            line.append("  ")
            line.append(self.bar(consistency.score, 20), style=style.split(" on ")[-1])
            line.append(f" {consistency.score:.2f}", style="bold")
        rows = Table.grid(padding=(0, 2))
        for conflict in sorted(consistency.conflicts, key=lambda c: (-c.strength, c.start_s)):
            span = Text(self.span(conflict.start_s, conflict.end_s), style="bright_black")
            rows.add_row(self.conflict(conflict), span)
        return Group(line, Padding(rows, (0, 0, 0, 3))) if consistency.conflicts else line

    def conflict(self, conflict: Conflict) -> Text:
        line = Text()
        for i, (modality, says) in enumerate(zip(conflict.between, conflict.says, strict=True)):
            if i:
                line.append(f" {self.labels.but} ", style="bright_black")
            line.append(f"{self.labels.modalities[modality]} ")
            emotion = conflict.about == "emotion"
            colour = COLOURS[Emotion(says)] if emotion else "bright_white"
            line.append(self.wording.pole(conflict.about, says), style=f"bold {colour}")
            if not emotion and i == len(conflict.between) - 1:
                line.append(f" ({self.labels.aspects[conflict.about]})", style="bright_black")
        return line

    def modalities(self, modalities: dict[Modality, ModalityEstimate]) -> RenderableType:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bright_black")
        table.add_column("", no_wrap=True)
        suggests, *others = self.labels.columns
        table.add_column(suggests, max_width=24)
        for heading in others:
            table.add_column(heading, no_wrap=True)
        for modality, estimate in modalities.items():
            name = Text(self.labels.modalities[modality], style="bold")
            if estimate.probs is None or estimate.valence is None or estimate.arousal is None:
                untold = self.labels.no_emotion if estimate.present else self.wording.why(estimate.reason)
                table.add_row(name, Text(untold or "—", style="italic bright_black"))
                continue
            share, top = max((share, emotion) for emotion, share in estimate.probs.items())
            style = f"bold {COLOURS[top]}" if share >= LEAST_SHARE else "bright_black"
            said = Text(f"{self.wording.emotion(top)} ").append(f"{share:.0%}", style=style)
            table.add_row(
                name,
                said,
                self.signed(estimate.valence),
                self.signed(estimate.arousal),
                self.amount(estimate.confidence or 0.0),
            )
        return table

    def dimension(self, analysis: Analysis, dimension: Dimension, width: int) -> RenderableType:
        row = Table.grid(padding=(0, 2))
        row.add_column(no_wrap=True, width=LABEL_WIDTH)
        row.add_column(ratio=1, overflow="fold")
        text = analysis.annotation.text_of(dimension)
        body = Text(self.labels.no_words, style="italic bright_black")
        if text:
            body = Text("\n".join(wrap(text, max(MIN_TEXT_WIDTH, width - LABEL_WIDTH - 2))))
        parts: list[RenderableType] = [body]
        if times := self.times(analysis, dimension):
            parts.append(Text(self.filled(times, width - LABEL_WIDTH - 2), style="bright_black"))
        for evidence in analysis.evidence:
            if evidence.dimension is dimension and evidence.verdict == "contradicted":
                parts.append(self.contradiction(evidence, width - LABEL_WIDTH - 2))
        row.add_row(Text(self.labels.dimensions[dimension], style="bold"), Group(*parts))
        return row

    def contradiction(self, evidence: Evidence, width: int) -> RenderableType:
        """A model's claim that the measurement contradicts, with what was measured."""
        value = f"{evidence.value:.3g}" if isinstance(evidence.value, float) else str(evidence.value)
        said = f"{self.labels.contradicted}: “{evidence.claim}” ({evidence.cue} = {value} {evidence.unit})"
        mark = "! " if self.ascii_only else "✗ "
        return Text("\n".join(wrap(mark + said, max(MIN_TEXT_WIDTH, width))), style="bold red")

    def times(self, analysis: Analysis, dimension: Dimension) -> list[str]:
        """When each piece of evidence holds, those in a row of the same time together."""
        evidence = [
            (e.id, self.span(e.start_s, e.end_s)) for e in analysis.evidence if e.dimension is dimension
        ]
        return [
            f"{' '.join(name for name, _ in alike)} {span}"
            for span, alike in groupby(evidence, key=lambda item: item[1])
        ]

    def filled(self, items: list[str], width: int) -> str:
        """The items in lines, none of them broken."""
        lines = [items[0]]
        for item in items[1:]:
            longer = lines[-1] + self.dot + item
            if cell_len(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(item)
        return "\n".join(lines)

    def losses(self, clip: ClipInfo) -> RenderableType:
        return Text(f"{self.labels.lost}: {' '.join(clip.losses.notes)}", style="yellow")

    def span(self, start_s: float, end_s: float) -> str:
        return f"{start_s:.1f}{'-' if self.ascii_only else '–'}{end_s:.1f} {self.labels.seconds}"

    def amount(self, share: float) -> Text:
        return Text(f"{share:.2f} ").append(self.bar(share, 6), style="cyan")

    def signed(self, value: float) -> Text:
        """A bar to the left or to the right of the middle; `value` is -1..1."""
        half = 4
        full = "#" if self.ascii_only else "━"
        side = full * round(abs(value) * half)
        left, right = (side.rjust(half), " " * half) if value < 0 else (" " * half, side.ljust(half))
        line = Text(f"{value:+.2f} ")
        line.append(left, style="red")
        line.append("|" if self.ascii_only else "│", style="bright_black")
        return line.append(right, style="green")

    def bar(self, share: float, width: int) -> str:
        """A bar of `width` columns, of which `share` is full."""
        full = round(share * width)
        return ("#" if self.ascii_only else "━") * full + ("." if self.ascii_only else "╌") * (width - full)
