"""What is a talk with an Omni model made of: who says which words, and what is seen and heard in between?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from saber.core.errors import UsageError

__all__ = ["Heard", "Message", "Seen", "Words", "render"]


@dataclass(frozen=True)
class Words:
    """Text. Control tokens in it are taken for text (`<|im_end|>` is written `< |im_end|>`)."""

    text: str


@dataclass(frozen=True)
class Seen:
    """Frames of one video, RGB uint8 (H, W, 3), in order of time."""

    frames: Sequence[NDArray[np.uint8]] = field(repr=False)
    seconds_per_frame: float
    """From one frame to the next, on average."""


@dataclass(frozen=True)
class Heard:
    """Mono sound at 16 kHz, float32 in -1..1."""

    samples: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Message:
    """One turn; its parts in the order in which the model gets them."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[Words | Seen | Heard, ...]


def render(messages: Iterable[Message], tokenizer: Any, template: str | None, *, to_answer: bool) -> str:
    """The talk as text, in the checkpoint's own chat template, one placeholder for each video and sound.

    Args:
        messages: the talk.
        tokenizer: of the checkpoint, from transformers.
        template: Jinja; None takes the tokenizer's own.
        to_answer: ends with the head of the assistant's turn.

    Raises UsageError when the checkpoint has no template.
    """
    control = tokenizer.get_added_vocab()
    talk = [
        {"role": message.role, "content": [_part(part, control) for part in message.parts]}
        for message in messages
    ]
    try:
        text = tokenizer.apply_chat_template(
            talk, chat_template=template, tokenize=False, add_generation_prompt=to_answer
        )
    except ValueError as error:
        raise UsageError(
            f"The checkpoint's chat template can't be used: {error}.",
            remedy="Add the chat_template.json of the published checkpoint.",
        ) from error
    return str(text)


def _part(part: Words | Seen | Heard, control: Iterable[str]) -> dict[str, str]:
    if isinstance(part, Seen):
        return {"type": "video", "video": "attached"}
    if isinstance(part, Heard):
        return {"type": "audio", "audio": "attached"}
    text = part.text
    for token in control:
        # What a person says, or what stands in a file name, must not open a turn or a video.
        text = text.replace(token, f"{token[0]} {token[1:]}")
    return {"type": "text", "text": text}
