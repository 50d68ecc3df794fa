"""How does a talk with video and sound become the tensors of an Omni model?

    messages + frames + sound -Encoder.encode-> Encoded -collate-> what the model's forward takes

Equal to the library's own processor (a test compares them), which needs torchvision, pads all sound to
300 s, and gives every video of a batch the same frame rate. L is the number of tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import MissingPieceError, UsageError
from saber.omni.hearing import RATE_HZ, log_mel
from saber.omni.layout import Layout, read_layout
from saber.omni.pictures import fitted, patches
from saber.omni.positions import rope_positions
from saber.omni.quiet import quietly
from saber.omni.settings import RELEASED, InputSettings, load_inputs
from saber.omni.talk import Heard, Message, Seen, render

if TYPE_CHECKING:
    import torch

__all__ = ["Encoded", "Encoder", "TokenCounts"]


@dataclass(frozen=True)
class TokenCounts:
    """How many tokens of each kind a request holds; their sum is its length."""

    text: int
    video: int
    audio: int

    @property
    def all(self) -> int:
        return self.text + self.video + self.audio


@dataclass(frozen=True)
class Encoded:
    """One talk as tensors.

    Attributes:
        ids: (L,), the placeholders repeated, one for each token.
        positions: (3, L), see `rope_positions`.
        pixels: patches of each video, float32 (T*h*w, patch).
        grids: (T, h, w) of each video.
        seconds_per_grid: of each video.
        mels: log-mel of each sound, float32 (mel_bins, frames).
        counts: tokens of each kind.
    """

    ids: NDArray[np.int64]
    positions: NDArray[np.float32] | NDArray[np.int64] = field(repr=False)
    pixels: tuple[torch.Tensor, ...] = field(repr=False)
    grids: tuple[tuple[int, int, int], ...]
    seconds_per_grid: tuple[float, ...]
    mels: tuple[torch.Tensor, ...] = field(repr=False)
    counts: TokenCounts

    def followed_by(self, ids: Sequence[int]) -> Encoded:
        """The same with text tokens after it: an answer to train on."""
        new = np.asarray(ids, np.int64)
        start = self.positions.max() + 1 if self.positions.size else 0
        line = np.broadcast_to(start + np.arange(len(new)), (3, len(new))).astype(self.positions.dtype)
        return replace(
            self,
            ids=np.concatenate([self.ids, new]),
            positions=np.concatenate([self.positions, line], axis=1),
            counts=replace(self.counts, text=self.counts.text + len(new)),
        )


class Encoder:
    """Makes the input of one checkpoint. Thread-safe: it holds no state between calls.

    settings: None takes those kept beside the checkpoint, or else what the released script gives.
    Raises UsageError when the folder holds no Omni checkpoint.
    """

    def __init__(self, folder: Path, settings: InputSettings | None = None) -> None:
        self.layout: Layout = read_layout(folder)
        self.settings = settings or load_inputs(folder) or RELEASED
        self.tokenizer = _tokenizer(folder)
        self._template = _template(folder, self.tokenizer)
        self.stop_ids = frozenset({self.end_id}) | _stop_ids(folder)

    @property
    def end_id(self) -> int:
        """The token that ends a turn."""
        return int(self.tokenizer.eos_token_id)

    @property
    def pad_id(self) -> int:
        return int(self.tokenizer.pad_token_id)

    def encode(self, messages: Iterable[Message], *, to_answer: bool = True) -> Encoded:
        """The talk as tensors.

        Args:
            messages: with the frames and the sound, in the order in which the model gets them.
            to_answer: ends with the head of the assistant's turn, for the model to write on.

        Raises UsageError for sound longer than `settings.max_sound_s` or frames that can't be fitted.
        """
        talk = list(messages)
        parts = [part for message in talk for part in message.parts]
        seen = [part for part in parts if isinstance(part, Seen)]
        heard = [part for part in parts if isinstance(part, Heard)]
        watched = [self._watch(part) for part in seen]
        grids = tuple(grid for _, grid in watched)
        mels = tuple(self._listen(part) for part in heard)
        merged = self.layout.merge**2
        video = [t * h * w // merged for t, h, w in grids]
        audio = [self.layout.sound_tokens(mel.shape[1]) for mel in mels]
        ids = self._spread(self.bare_ids(talk, to_answer=to_answer), video, audio)
        seconds = tuple(self.layout.frames_per_patch * part.seconds_per_frame for part in seen)
        return Encoded(
            ids=ids,
            positions=rope_positions(ids, grids, seconds, self.layout),
            pixels=tuple(pixels for pixels, _ in watched),
            grids=grids,
            seconds_per_grid=seconds,
            mels=mels,
            counts=TokenCounts(len(ids) - sum(video) - sum(audio), sum(video), sum(audio)),
        )

    def bare_ids(self, talk: Iterable[Message], *, to_answer: bool = True) -> NDArray[np.int64]:
        """The talk's tokens with one placeholder for each video and sound, as it has before it is spread."""
        text = render(talk, self.tokenizer, self._template, to_answer=to_answer)
        return np.asarray(self.tokenizer(text, add_special_tokens=False)["input_ids"], np.int64)

    def answer_ids(self, text: str) -> list[int]:
        """The tokens of an answer, with the one that ends the turn."""
        return [*self.tokenizer(text, add_special_tokens=False)["input_ids"], self.end_id]

    def fit(self, part: Seen) -> NDArray[np.uint8]:
        """(F, height, width, 3): the frames in the size in which the model gets them. UsageError as above."""
        try:
            pixels = fitted(part.frames, self.layout, *self._pixels(part))
        except ValueError as error:
            raise _unshowable(error) from error
        return np.ascontiguousarray(pixels.permute(0, 2, 3, 1).numpy())

    def check_length(self, part: Heard) -> None:
        """UsageError for sound longer than `settings.max_sound_s`."""
        lasts_s = len(part.samples) / RATE_HZ
        if lasts_s > self.settings.max_sound_s:
            raise UsageError(
                f"The sound lasts {lasts_s:.0f} s, and the model hears at most "
                f"{self.settings.max_sound_s:g} s.",
                remedy="Cut the clip into shorter ones.",
            )

    def _pixels(self, part: Seen) -> tuple[int, int]:
        """Least and most of one frame."""
        alone = len(part.frames) == 1
        return (
            self.settings.min_pixels,
            self.settings.picture_max_pixels if alone else self.settings.max_pixels,
        )

    def _watch(self, part: Seen) -> tuple[torch.Tensor, tuple[int, int, int]]:
        try:
            return patches(part.frames, self.layout, *self._pixels(part))
        except ValueError as error:
            raise _unshowable(error) from error

    def _listen(self, part: Heard) -> torch.Tensor:
        self.check_length(part)
        return log_mel(part.samples, self.layout)

    def _spread(
        self, bare: NDArray[np.int64], video: Sequence[int], audio: Sequence[int]
    ) -> NDArray[np.int64]:
        """Each placeholder as often as its video or sound has tokens; none may be missing or too many."""
        repeats = np.ones(len(bare), np.int64)
        for name, token, counts in (("video", self.layout.video, video), ("sound", self.layout.audio, audio)):
            places = np.flatnonzero(bare == token)
            if len(places) != len(counts):
                raise UsageError(
                    f"The checkpoint's chat template has places for {len(places)} of {len(counts)} {name}s.",
                    remedy="Add the chat_template.json of the published checkpoint.",
                )
            repeats[places] = counts
        return np.repeat(bare, repeats)


def _unshowable(error: ValueError) -> UsageError:
    return UsageError(f"The model can't be shown {error}.", remedy="Use --send cues.")


def _tokenizer(folder: Path) -> Any:
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise MissingPieceError(
            "Local model weights need the packages torch and transformers.",
            remedy="Install them: pip install 'saber-llm[hf]'.",
        ) from error
    try:
        with quietly():
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        words = " ".join(str(error).split())[:200]
        raise UsageError(
            f"The tokenizer in {folder} can't be read: {words}.", remedy="Download the checkpoint again."
        ) from error
    if tokenizer.eos_token_id is None or tokenizer.pad_token_id is None:
        raise UsageError(
            f"The tokenizer in {folder} names no token that ends a turn, or none to pad with.",
            remedy="Download the checkpoint again.",
        )
    return tokenizer


def _stop_ids(folder: Path) -> frozenset[int]:
    """What else may end an answer, as the checkpoint's generation settings say."""
    try:
        named = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))["eos_token_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset(int(token) for token in (named if isinstance(named, list) else [named]))


def _template(folder: Path, tokenizer: Any) -> str | None:
    """The processor's template, which knows of video and sound, before the tokenizer's, which may not."""
    for name in ("chat_template.jinja", "chat_template.json"):
        try:
            text = (folder / name).read_text(encoding="utf-8")
            return text if name.endswith(".jinja") else str(json.loads(text)["chat_template"])
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{folder / name} can't be read: {error}.", remedy="Download the checkpoint again."
            ) from error
    if not tokenizer.chat_template:
        raise UsageError(
            f"{folder} has no chat template.",
            remedy="Add the chat_template.json of the published checkpoint.",
        )
    return None
