"""Which rows will be trained on, how long is each, and what is wrong with the others?

Asked before the first step, so that a run of days does not end at a broken clip, and nothing is left out in
silence. Whatever goes wrong later all the same stops the run with the clip's name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from saber.core.errors import SaberError, UsageError
from saber.media import probe
from saber.omni import Message, TokenCounts, Words, fit_size, frame_count
from saber.train.rows import BadRow, Medium, Row, read_rows, unfit
from saber.train.student import Encodes
from saber.train.talks import encode_prompt

__all__ = ["DataSettings", "Sized", "audit", "write_bad_rows"]


@dataclass(frozen=True)
class DataSettings:
    """Table `[data]`.

    Attributes:
        longest: tokens of a row, answers included; longer ones are left out and named.
        check: `decode`: every clip is read before training starts. `probe`: only its container is (a tenth of
            the time); for data that a factory has read before.
        cache: a folder that keeps what clips become; "" keeps nothing. About 0.4 MB a frame at 100,000
        pixels. workers: processes that read clips ahead of the step.
        prefetch: batches that each of them has ready.
    """

    longest: int = 8192
    check: Literal["decode", "probe"] = "decode"
    cache: str = ""
    cache_towers: str = ""
    cache_towers_gb: float = 100.0
    terms: str = ""
    workers: int = 2
    prefetch: int = 2

    def __post_init__(self) -> None:
        if self.longest < 1 or self.workers < 0 or self.prefetch < 1:
            raise ValueError("longest and prefetch are at least 1, workers at least 0")
        if not self.cache_towers_gb > 0:
            raise ValueError(f"cache_towers_gb must be above 0, not {self.cache_towers_gb}")

    @property
    def cached_in(self) -> Path | None:
        return Path(self.cache) if self.cache else None


@dataclass(frozen=True)
class Sized:
    """A row that can be trained on, and how many tokens its question and its answers have."""

    row: Row
    prompt: TokenCounts
    answers: tuple[int, ...]

    @property
    def tokens(self) -> int:
        return self.prompt.all + sum(self.answers)


def audit(
    path: Path, encoder: Encodes, settings: DataSettings, *, pairs: bool
) -> tuple[list[Sized], list[BadRow]]:
    """The rows of a file or folder, sorted out, in their order.

    Raises UsageError when there is nothing to read, or no row that can be trained on.
    """

    def judged(row: Row | BadRow) -> Sized | BadRow:
        return row if isinstance(row, BadRow) else _judge(row, encoder, settings)

    # Threads: the time goes into the isolated readers, which are processes of their own.
    with ThreadPoolExecutor(max(1, settings.workers)) as crew:
        found = list(crew.map(judged, read_rows(path, pairs=pairs)))
    good = [row for row in found if isinstance(row, Sized)]
    bad = [row for row in found if isinstance(row, BadRow)]
    if not good:
        first = f" The first: {bad[0].name}, {bad[0].detail}" if bad else ""
        raise UsageError(f"No row of {path} can be trained on.{first}")
    return good, bad


def write_bad_rows(bad: Iterable[BadRow], file: Path) -> Counter[str]:
    """Writes one JSON object a line; returns how many there are for each reason."""
    rows = list(bad)
    with file.open("w", encoding="utf-8") as out:
        for row in rows:
            told = {"row": row.name, "reason": row.reason, "detail": row.detail}
            out.write(json.dumps(told, ensure_ascii=False) + "\n")
    return Counter(row.reason for row in rows)


def _judge(row: Row, encoder: Encodes, settings: DataSettings) -> Sized | BadRow:
    if (bad := unfit(row)) is not None:
        return bad
    if (row.videos or row.audios) and encoder.layout is None:
        return BadRow(row.name, "media_not_read", "The model reads text only.")
    answers = tuple(len(encoder.answer_ids(a)) for a in (row.answer, row.rejected) if a is not None)
    if settings.check == "decode" or not (row.videos or row.audios):
        prompt = encode_prompt(row, encoder, settings.cached_in)
        if isinstance(prompt, BadRow):
            return prompt
        counts = prompt.counts
    else:
        found = _estimate(row, encoder)
        if isinstance(found, BadRow):
            return found
        counts = found
    sized = Sized(row, counts, answers)
    if sized.tokens > settings.longest:
        return BadRow(row.name, "too_long", f"It has {sized.tokens} tokens, over {settings.longest}.")
    return sized


def _estimate(row: Row, encoder: Encodes) -> TokenCounts | BadRow:
    """Token counts by what the containers say."""
    layout, inputs = encoder.layout, encoder.settings
    assert layout is not None
    assert inputs is not None
    media = [part for turn in row.turns for part in turn.parts if isinstance(part, Medium)]
    video = audio = 0
    for medium in media:
        try:
            info = probe(medium.file)
        except SaberError as error:
            return BadRow(row.name, error.reason, error.message)
        if medium.kind == "audio":
            if info.audio is None:
                return BadRow(row.name, "no_sound", f"{medium.file} has no sound.")
            lasts_s = info.audio.duration_s or info.duration_s
            if lasts_s > inputs.max_sound_s:
                return BadRow(row.name, "too_long", f"The sound of {medium.file} lasts {lasts_s:.0f} s.")
            audio += layout.sound_tokens(max(2, round(lasts_s * 100)))
            continue
        if info.video is None:
            return BadRow(row.name, "no_picture", f"{medium.file} has no picture.")
        count = frame_count(info.video.duration_s or info.duration_s, info.video.fps or 0.0, inputs)
        height, width = fit_size(
            info.video.height, info.video.width, layout.side_step_px, inputs.min_pixels, inputs.max_pixels
        )
        per_grid = height * width // layout.side_step_px**2
        video += -(-count // layout.frames_per_patch) * per_grid
    words = [
        Message(turn.role, tuple(Words(p) for p in turn.parts if isinstance(p, str))) for turn in row.turns
    ]
    # Each medium has a start and an end token beside its placeholders.
    return TokenCounts(len(encoder.encode(words).ids) + 2 * len(media), video, audio)
