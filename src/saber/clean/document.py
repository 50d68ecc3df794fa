"""What does a reader of the documentation have to know of cleaning? Made from the table of limits."""

from __future__ import annotations

from saber.clean.thresholds import NEEDS, THRESHOLDS

__all__ = ["document"]

_INTRODUCTION = """\
# Cleaning: which clips are kept

Made by `python docs/generate.py` from `saber.clean.thresholds`.

A clip is looked at in this order, and no further than the first check that it does not pass:

    header -> sound -> voice activity -> keyframes -> all pictures (4 a second, 320 px) -> faces -> losses

One isolated process reads it. The sound goes before the pictures because decoding all of it costs less than
decoding a dozen of them. Keyframes go first where a clip lasts 8 s or more: what is dark, blurred or without
a face in every one of at least four is dropped for it; nothing passes by keyframes alone. With
`all_checks = true` in `[clean]` nothing is left out, for calibrating: every picture is looked at before
anything is decided, and every score is known.

Every score is kept in the ledger with its limit, also that of a clip that was dropped. What can't be told
(`passed` is null) has not passed: the clip is dropped as `<check>_unknown`, e.g. `frozen_unknown` for a
single picture, and the sentence beside it says why. A file that can't be read is dropped with the reader's
reason (`clip_unreadable`, `timeout`, `memory`, `crash`). Settings stand in the table `[clean]` of a dataset's
file; what a limit costs on your own data, the calibration report says."""

_STRETCHES = """\
## Stretches

A source that names a stretch of a file, as every one does that `[cut]` made, becomes a file of its own in
`workspace/clean/`: VP9 at up to 1280 px and FLAC, mono, 16 kHz, encoded from what the isolated reader
decoded. It is not copied: a copy of packets begins at the keyframe before the stretch, up to ten seconds
early, or hides them behind an edit list that many readers ignore.

## Near-duplicates

A clip's picture is kept as 64 bits twice a second (signs of the slow changes of the picture: the DCT hash),
its sound as 64 bits eight times a second (does the difference between neighbouring bands grow: Haitsma and
Kalker 2002), on a grid that hangs on the loudest moment so that a trimmed copy falls into it too. A clip
repeats an earlier one when at the best alignment picture and sound are both near, or the one that both have.
The same actor, saying another sentence or the same one again, differs in the sound. Distances, error rates
and the cost at 600,000 clips: `bench/duplicates.py`. Without sound the picture must be the same bit by bit:
it can't tell one moment of a person who sits still from another."""


def document() -> str:
    """The text of `docs/cleaning.md`."""
    lines = [
        _INTRODUCTION,
        "",
        "| check | limit | setting | reason of a drop | known after | what it is | source of the limit |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, (reason, setting, _) in NEEDS.items():
        what = "There is a moving picture." if name == "picture" else "There is a sound track."
        lines.append(f"| `{name}` | there | `{setting}` | `{reason}` | header | {what} | |")
    for row in THRESHOLDS:
        side = "≥" if row.keeps == "at_least" else "≤"
        unit = "" if row.unit in ("", "ratio") else f" {row.unit}"
        lines.append(
            f"| `{row.check}` | {side} {row.limit:g}{unit} | `{row.setting}` | `{row.reason}` | {row.asked} "
            f"| {row.means} | {row.source} |"
        )
    return "\n".join([*lines, "", _STRETCHES]) + "\n"
