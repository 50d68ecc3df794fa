"""What does a dataset card say of an export?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from saber.core.taxonomy import DIMENSIONS, EMOTIONS
from saber.corpora import permission, terms_of
from saber.export.columns import features, meanings
from saber.export.markdown import front_matter, table
from saber.export.plots import bars
from saber.export.row import Row
from saber.export.settings import SPLITS, ExportSettings
from saber.export.statistics import BIN_EDGES_S, UNKNOWN, Statistics
from saber.flow import StageStatus
from saber.version import __version__

if TYPE_CHECKING:
    from saber.export.write import FormCount

__all__ = ["card", "terms_file"]

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_STAGE_TABLES = ("cut", "clean", "duplicates", "annotate", "hear", "verify", "compare", "split", "instruct")
_LOADED = ("parquet", "jsonl", "released", "ms-swift", "llama-factory")
_HALVES = ("consistent", "inconsistent", "unclear")


def card(
    name: str,
    forms: Sequence[FormCount],
    found: Statistics,
    stages: Sequence[StageStatus],
    run: Mapping[str, Any],
    settings: ExportSettings,
) -> dict[str, str]:
    """Path in the export -> text: `README.md`, and the plots that it shows.

    Args:
        name: of the dataset.
        forms: what was written.
        found: of the clips written.
        stages: what each stage kept; none for imported records.
        run: settings of the stages, as plain values; may be empty.
        settings: of the export.
    """
    plots = dict(_plots(found, stages))
    parts = [
        front_matter(_front(name, forms, found)) + f"\n# {name}",
        _lead(found, settings),
        *(f"![{title}]({path})" for path, (title, _) in plots.items()),
        "## Files",
        _files(forms),
        "## What is in it",
        *_contents(found),
        "## Terms",
        _terms(found),
        "How something may be used depends on the row: `terms` says it. What was not found counts as no. "
        "This is a reading of published terms and no legal advice.",
        *_yield(stages),
        *_models(found),
        *_checks(found),
        *_thresholds(run),
        "## Columns",
        "Of the rows in `data/`. Every row has every column.",
        table(("column", "meaning"), ((f"`{column}`", meaning) for column, meaning in meanings(Row))),
        "## Limits",
        "The texts were written and checked by programs. A check that passed is no proof; a check that could "
        "not be made says so. Emotions are what a person shows, or what somebody judged that they show, not "
        "what they feel. Clips of people, and readings of their emotions, are personal data.",
        f"Made with SABER {__version__}.",
    ]
    return {"README.md": "\n\n".join(parts) + "\n", **{path: svg for path, (_, svg) in plots.items()}}


def terms_file(found: Statistics) -> str:
    """`LICENSE.md`, to which the card's front matter points."""
    lead = "# Terms\n\nEach row is under the terms of its corpus; its column `terms` names them."
    return f"{lead}\n\n{_terms(found)}\n"


def _front(name: str, forms: Sequence[FormCount], found: Statistics) -> dict[str, object]:
    languages = sorted(language for language in found.along(3) if language != UNKNOWN)
    return {
        "pretty_name": name,
        **({"language": languages} if languages else {}),
        "license": "other",
        "license_name": "by-row",
        "license_link": "LICENSE.md",
        "annotations_creators": ["machine-generated"],
        "task_categories": ["video-text-to-text", "video-classification"],
        "tags": ["emotion", "multimodal", "saber"],
        "size_categories": [next((word for most, word in _SIZES if found.rows < most), "1M<n<10M")],
        **_loaded(forms),
    }


def _loaded(forms: Sequence[FormCount]) -> dict[str, Any]:
    """What `datasets.load_dataset(FOLDER)` loads: the fullest form that is there. One alone, since the loader
    takes a folder's files to be all of one kind; others are loaded by their paths."""
    written = {form.form: form.files for form in forms if form.files}
    name = next((name for name in _LOADED if name in written), None)
    if name is None:
        return {}
    # `all` means something else to `datasets`; what has no split is "train" by its custom.
    files = [{"split": "train" if s == "all" else s, "path": path} for s, path in written[name].items()]
    said: dict[str, Any] = {"configs": [{"config_name": "default", "data_files": files}]}
    if name in ("parquet", "jsonl"):
        said["dataset_info"] = {"features": features(Row)}
    return said


def _lead(found: Statistics, settings: ExportSettings) -> str:
    hours = f", {found.seconds / 3600:.2f} hours" if found.seconds else ""
    speakers = f" of {len(found.speakers):,} known speakers" if found.speakers else ""
    said = [
        f"{found.rows:,} clips{speakers}{hours}, each with six texts: scene, facial expression, body "
        "language, acoustic features, speech content, and the reasoning from these to the emotion."
    ]
    forbidden = {
        what: sum(count for terms, count in found.terms.values() if not getattr(terms, what))
        for what in ("texts", "media")
    }
    if settings.audience == "self" and any(forbidden.values()):
        said.append(
            f"**Not to be passed on:** the terms of {forbidden['texts']:,} clips do not let texts written of "
            f"them be passed on, those of {forbidden['media']:,} not their media."
        )
    return " ".join(said)


def _files(forms: Sequence[FormCount]) -> str:
    return table(
        ("form", "files", "clips that came to it", "written", "left out, and why"),
        (
            (
                form.form,
                ", ".join(f"`{path}`" for path in form.files.values()) or "none",
                f"{form.inputs:,}",
                f"{form.written:,}",
                _reasons(form.left_out),
            )
            for form in forms
        ),
    )


def _contents(found: Statistics) -> Iterator[str]:
    splits = [s for s in (*SPLITS, UNKNOWN) if found.along(0)[s]]
    halves = [h for h in (*_HALVES, UNKNOWN) if found.along(1)[h]]
    emotions = [e for e in (*EMOTIONS, UNKNOWN) if found.along(2)[e]]
    columns = [(split, half) for split in splits for half in halves]
    yield (
        "Clips by split and by whether what is seen fits what is heard. The emotion is the corpus' label; "
        "without one the writer's; without that the measured one."
    )
    yield table(
        ("language", "emotion", *(f"{split}, {half}" for split, half in columns), "all"),
        (
            (language, emotion, *counts, sum(counts))
            for language in sorted(found.along(3))
            for emotion in emotions
            if sum(counts := [found.cells[split, half, emotion, language] for split, half in columns])
        ),
    )
    yield table(
        ("corpus", *splits, "all"),
        (
            (corpus, *(found.corpora[corpus, split] for split in splits), _total(found.corpora, corpus))
            for corpus in sorted({corpus for corpus, _ in found.corpora})
        ),
    )
    if found.saber_test:
        told = ", ".join(f"{found.saber_test[half]:,} {half}" for half in _HALVES if found.saber_test[half])
        yield f"SABER-Test: {told}."
    if found.without_speaker:
        yield (
            f"The speaker of {found.without_speaker:,} clips is unknown, so nothing ensures that they are "
            "in one split only."
        )
    yield table(
        ("text", *(f"characters, mean ({language})" for language in sorted(found.along(3)))),
        (
            (
                dimension.value,
                *(_mean(found.characters.get((dimension, language))) for language in sorted(found.along(3))),
            )
            for dimension in DIMENSIONS
        ),
    )


def _terms(found: Statistics) -> str:
    return table(
        ("terms", "clips", "media passed on", "texts passed on", "commercial use", "stated at", "note"),
        (
            (
                f"{terms.name} (`{key}`)",
                f"{count:,}",
                *(permission(may) for may in (terms.media, terms.texts, terms.commercial)),
                terms.url or "-",
                terms_of(key).note or "-",
            )
            for key, (terms, count) in sorted(found.terms.items())
        ),
    )


def _yield(stages: Sequence[StageStatus]) -> Iterator[str]:
    if not stages:
        return
    yield "## Yield"
    yield "Of every clip that was put in, as the run left it. In = kept + dropped + failed + open."
    yield table(
        ("stage", "in", "kept", "dropped", "failed", "open", "reasons"),
        (
            (s.name, s.inputs, s.kept, s.dropped, s.quarantined, s.pending, _reasons(s.reasons))
            for s in stages
        ),
    )


def _models(found: Statistics) -> Iterator[str]:
    if not found.writers:
        return
    yield "## Writers"
    yield table(
        ("text", "written by", "prompt (SHA-256)", "clips", "of these written again after a check"),
        (
            (
                dimension.value,
                model,
                f"`{prompt}`" if prompt else "-",
                (first := found.writers[dimension, model, prompt, False])
                + (again := found.writers[dimension, model, prompt, True]),
                again if first + again else 0,
            )
            for dimension, model, prompt in sorted({key[:3] for key in found.writers}, key=_in_order)
        ),
    )
    yield table(
        ("consistency judged by", "clips"),
        ((", ".join(judges) or "nobody", count) for judges, count in sorted(found.judges.items())),
    )


def _in_order(key: tuple[Any, str, str]) -> tuple[int, str, str]:
    return DIMENSIONS.index(key[0]), key[1], key[2]


def _checks(found: Statistics) -> Iterator[str]:
    if not found.checks:
        return
    yield "## Checks and thresholds"
    yield (
        "Of the clips in this export, so none failed a required check, but where a person accepted or "
        "corrected the text all the same (check `review`); what the others lacked is told by the yield. "
        "Scores are rounded to three digits."
    )
    yield table(
        (
            "stage",
            "check",
            "of",
            "judge",
            "required",
            "limit",
            "passed",
            "failed",
            "unknown",
            "5 %",
            "median",
            "95 %",
        ),
        (
            (
                stage,
                name,
                dimension or "-",
                judge,
                {True: "yes", False: "no", None: "-"}[required],
                ", ".join(
                    f"{limit:g}{f' {tally.unit}' if tally.unit else ''}" for limit in sorted(tally.limits)
                )
                or "-",
                tally.passed,
                tally.failed,
                tally.unknown,
                *("-" if (at := tally.quantile(q)) is None else f"{at:g}" for q in (0.05, 0.5, 0.95)),
            )
            for (stage, name, dimension, judge, required), tally in sorted(found.checks.items(), key=str)
        ),
    )


def _thresholds(run: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (name, key, value)
        for name in _STAGE_TABLES
        if isinstance(run.get(name), dict)
        for key, value in sorted(run[name].items())
    ]
    if rows:
        yield "## Settings of the run"
        yield table(("stage", "setting", "value"), ((a, b, f"`{c}`") for a, b, c in rows))


def _plots(found: Statistics, stages: Sequence[StageStatus]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Path -> title and SVG."""
    by_emotion = {
        emotion: {half: count for half in (*_HALVES, UNKNOWN) if (count := _cell(found, emotion, half))}
        for emotion in (*EMOTIONS, UNKNOWN)
    }
    rows = [(str(emotion), parts) for emotion, parts in by_emotion.items() if parts]
    yield "plots/emotions.svg", ("Clips by emotion", bars("Clips by emotion", rows))
    if stages:
        rows = [
            (s.name, {"kept": s.kept, "dropped": s.dropped, "failed or open": s.quarantined + s.pending})
            for s in stages
        ]
        yield "plots/stages.svg", ("Clips by stage", bars("What became of clips at each stage", rows))
    if sum(found.durations):
        edges = [0.0, *BIN_EDGES_S]
        labels = [f"{a:g} to {b:g} s" for a, b in pairwise(edges)]
        labels.append(f"{edges[-1]:g} s and more")
        rows = [(label, {"clips": count}) for label, count in zip(labels, found.durations, strict=True)]
        yield "plots/durations.svg", ("Clips by duration", bars("Clips by duration", rows))


def _cell(found: Statistics, emotion: str, half: str) -> int:
    return sum(n for (_, h, e, _), n in found.cells.items() if e == emotion and h == half)


def _total(counts: Counter[tuple[str, str]], name: str) -> int:
    return sum(count for (key, _), count in counts.items() if key == name)


def _mean(tally: list[int] | None) -> str:
    return "-" if tally is None else f"{tally[1] / tally[0]:.0f}"


def _reasons(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason}: {count:,}" for reason, count in counts.items()) or "-"
