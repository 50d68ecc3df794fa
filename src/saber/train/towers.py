"""What do the frozen towers make of a clip, and where is it kept so that they are asked only once?

Nothing that is trained here changes the towers of sight and of sound, so what they make of a clip is the same
in every epoch, and in the reference pass of CA-DPO. With a folder to keep it in (`[data] cache_towers`) it is
computed when a question comes for the first time, one question at a time, and read by the workers afterwards,
who then neither decode the clip nor hand its pixels on:

    Rows -> Shown (with what is kept) -> Collator -> Senses (runs the towers for the rest) -> Reader

H is the width of the language model.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from saber.omni import Encoded, Encoder, Heard, Message, Seen, Words
from saber.train.audit import DataSettings
from saber.train.kept import load_question, save_question
from saber.train.rows import Medium, Row
from saber.train.student import Encodes, Student

__all__ = ["SOURCES", "KeptSenses", "Sensed", "Senses", "fits", "hidden_of", "open_senses", "sense"]

_FORM = 1
"""Of the files; another number makes all of them again."""

SOURCES = ("pixel_values_videos", "video_grid_thw", "input_features", "feature_attention_mask")
"""What the towers read, by the names that `saber.omni.collate` gives it."""

Sensed = dict[str, Tensor]
"""What the towers make of one question's media. `seen` (video tokens, H); `heard` (sound tokens, H); and with
Qwen3-Omni `deep.0`, `deep.1`, ...: (video tokens, H) that is added after the first layers of text."""


@dataclass(frozen=True)
class KeptSenses:
    """A folder of what the towers made of questions. Plain, so that workers have it too.

    Attributes:
        folder: holds one file a question.
        towers: digest of all of the towers' weights, their width and their attention kernel.
    """

    folder: Path
    towers: str

    def key(self, row: Row, encoder: Encodes) -> str:
        """Changes with the words, the content of the clips, the form and budgets of the input, and the
        towers; "" for a question without media. OSError when a clip can't be read."""
        if not row.videos and not row.audios:
            return ""
        assert isinstance(encoder, Encoder), "media were let through by the audit"
        stand_ins: dict[str, Seen | Heard] = {"video": Seen((), 1.0), "audio": Heard(np.zeros(0, np.float32))}
        talk = [
            Message(t.role, tuple(stand_ins[p.kind] if isinstance(p, Medium) else Words(p) for p in t.parts))
            for t in row.turns
        ]
        clips = [
            (part.kind, hashlib.sha256(part.file.read_bytes()).hexdigest())
            for turn in row.turns
            for part in turn.parts
            if isinstance(part, Medium)
        ]
        words = encoder.bare_ids(talk).tolist()
        said = [_FORM, self.towers, words, clips, asdict(encoder.settings), asdict(encoder.layout)]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:40]

    def load(self, key: str) -> tuple[Encoded, Sensed] | None:
        """The question without its media, and what was kept of it."""
        return load_question(self._file(key)) if key else None

    def save(self, key: str, prompt: Encoded, sensed: Sensed) -> int:
        """Returns how many bytes the file has."""
        save_question(prompt, sensed, self._file(key))
        return self._file(key).stat().st_size

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.safetensors"


class Senses:
    """The towers of a student with a folder that keeps what they say, in the process that trains.

    Args:
        student: an Omni model.
        kept: the folder.
        room: bytes that this process may still write there; what does not fit is computed every time.
    """

    def __init__(self, student: Student, kept: KeptSenses, room: int) -> None:
        self.kept = kept
        self._lm, self._room = student.lm, room
        self._ran = self._asked = 0

    def __call__(self, batch: dict[str, Any]) -> dict[str, Tensor]:
        """The `inputs` of a batch with `seen`, `heard` and `deep.N` of all its rows, in their order.

        Raises ValueError when the towers give another number of outputs than the text has places for.
        """
        inputs: dict[str, Tensor] = batch["inputs"]
        if "media" not in batch:
            return inputs
        found: list[Sensed] = []
        for media, key, prompt in zip(batch["media"], batch["keys"], batch["prompts"], strict=True):
            sensed = media
            if any(name in media for name in SOURCES):
                sensed = self._kept_since(key, prompt) or {}
            if not sensed and media:
                sensed = sense(self._lm, media)
                if not fits(sensed, prompt):
                    raise ValueError("the towers give another number of outputs than the text has places for")
                self._ran += 1
                self._keep(key, prompt, sensed)
            self._asked += 1
            found.append(sensed)
        names = sorted({name for sensed in found for name in sensed})
        return inputs | {name: torch.cat([s[name] for s in found if name in s]) for name in names}

    def told(self) -> tuple[int, int]:
        """For how many questions the towers ran, of how many, since this was asked last."""
        counts = self._ran, self._asked
        self._ran = self._asked = 0
        return counts

    def _kept_since(self, key: str, prompt: Encoded) -> Sensed | None:
        """Workers read ahead: what was not kept yet when they looked may be by now."""
        found = self.kept.load(key)
        if found is None or not fits(found[1], prompt):
            return None
        return {name: tensor.to(self._lm.device) for name, tensor in found[1].items()}

    def _keep(self, key: str, prompt: Encoded, sensed: Sensed) -> None:
        if key and sum(tensor.nbytes for tensor in sensed.values()) <= self._room:
            self._room -= self.kept.save(key, prompt, sensed)


def open_senses(student: Student, data: DataSettings, processes: int = 1) -> Senses | None:
    """None where the recipe names no folder, or the model has no towers. All that lies in the folder counts
    against its bound, whatever model it was made by; the processes share what room there is."""
    if not data.cache_towers or student.encoder.layout is None:
        return None
    folder = Path(data.cache_towers)
    folder.mkdir(parents=True, exist_ok=True)
    used = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    room = max(0, int(data.cache_towers_gb * 1e9) - used) // processes
    return Senses(student, KeptSenses(folder, _digest(student.lm)), room)


def sense(lm: Any, media: dict[str, Tensor]) -> Sensed:
    """Runs the towers, without gradient and without dropout, on the media of one question.

    media: of `SOURCES` those that there are.
    """
    towers = [tower for tower in (lm.model.visual, lm.model.audio_tower) if tower.training]
    for tower in towers:
        tower.eval()
    found: Sensed = {}
    with torch.no_grad():
        if "pixel_values_videos" in media:
            out = lm.model.get_video_features(
                media["pixel_values_videos"], media["video_grid_thw"], return_dict=True
            )
            found["seen"] = torch.cat(list(out.pooler_output))
            for level, features in enumerate(getattr(out, "deepstack_features", None) or ()):
                found[f"deep.{level}"] = torch.cat(list(features))
        if "input_features" in media:
            found["heard"] = lm.model.get_audio_features(
                media["input_features"], media["feature_attention_mask"], return_dict=True
            ).last_hidden_state
    for tower in towers:
        tower.train()
    return found


def hidden_of(lm: Any, inputs: dict[str, Tensor]) -> Tensor:
    """(B, L, H): the last layer, from `inputs` of the model, or from what its towers made of them."""
    if "seen" not in inputs and "heard" not in inputs:
        plain: Tensor = lm.model(**inputs, use_cache=False).last_hidden_state
        return plain
    ids, config = inputs["input_ids"], lm.model.config
    embedded = lm.model.get_input_embeddings()(ids)
    named: dict[str, Any] = {}
    if "heard" in inputs:
        heard = ids == config.audio_token_id
        embedded = embedded.masked_scatter(heard[..., None], inputs["heard"].to(embedded.dtype))
    if "seen" in inputs:
        seen = ids == config.video_token_id
        embedded = embedded.masked_scatter(seen[..., None], inputs["seen"].to(embedded.dtype))
        levels = sorted((n for n in inputs if n.startswith("deep.")), key=lambda n: int(n.split(".")[1]))
        if levels:
            named = {"visual_pos_masks": seen, "deepstack_visual_embeds": [inputs[n] for n in levels]}
    hidden: Tensor = lm.model.language_model(
        inputs_embeds=embedded,
        attention_mask=inputs["attention_mask"],
        position_ids=inputs["position_ids"],
        use_cache=False,
        **named,
    ).last_hidden_state
    return hidden


def fits(sensed: Sensed, prompt: Encoded) -> bool:
    """Has the text one place for each of these outputs, and no other places?"""
    return all(
        len(sensed.get(name, ())) == count
        for name, count in (("seen", prompt.counts.video), ("heard", prompt.counts.audio))
    )


def _digest(lm: Any) -> str:
    """Of every weight of both towers: 3 GB take some seconds, once a run."""
    digest = hashlib.sha256(f"{lm.config._attn_implementation} {torch.__version__}".encode())
    for tower in (lm.model.visual, lm.model.audio_tower):
        for name, weight in sorted(tower.state_dict().items()):
            digest.update(f"{type(tower).__name__} {name} {weight.dtype} {tuple(weight.shape)}".encode())
            digest.update(weight.detach().cpu().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
