"""How do trainers of large models want their conversations?

ms-swift reads rows of `messages`, `videos` and `audios`, whose tags `<video>` and `<audio>` stand for the
files in order. LLaMA-Factory reads the same rows, as the sharegpt form with the names of its keys in
`dataset_info.json`; it takes the folder of that file for the media's folder, so it stands at the top.
Sources: ms-swift 4.6.0, `swift/dataset/preprocessor/core.py`; llamafactory 0.9.5,
`llamafactory/data/parser.py` and `converter.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

from saber.export.lines import Lines
from saber.export.media import CopyError, copy_media
from saber.export.pick import Picked

__all__ = ["Conversations", "dataset_info"]

NAME = "saber"
"""Under which LLaMA-Factory finds the rows: `dataset: saber`."""


class Conversations:
    """The files of one trainer. Rows name their media by absolute paths, or relative ones where copied."""

    def __init__(self, export: Path, folder: str, *, with_media: bool) -> None:
        self._export = export
        self._with_media = with_media
        self._lines = Lines(export, folder, ".jsonl")

    def write(self, picked: Picked) -> str:
        """ "" or the reason why the clip was left out."""
        example, row = picked.example, picked.row
        if example is None:
            return picked.why
        if row.media is None:
            return "terms_forbid_media"
        try:
            videos = [self._path(row.id, path) for path in example.videos]
            audios = [self._path(row.id, path) for path in example.audios]
        except CopyError as error:
            return error.reason
        messages = [message.model_dump(mode="json") for message in example.messages]
        said = {"messages": messages, "videos": videos, "audios": audios}
        self._lines.write(row.split, json.dumps(said, ensure_ascii=False))
        return ""

    def close(self) -> dict[str, str]:
        return self._lines.close()

    def _path(self, clip: str, path: str) -> str:
        return copy_media(clip, Path(path), self._export) if self._with_media else path


def dataset_info(file: str) -> str:
    """LLaMA-Factory's description of the rows in `file`, a path relative to the description."""
    said = {
        NAME: {
            "file_name": file,
            "formatting": "sharegpt",
            "columns": {"messages": "messages", "videos": "videos", "audios": "audios"},
            "tags": {
                "role_tag": "role",
                "content_tag": "content",
                "user_tag": "user",
                "assistant_tag": "assistant",
                "system_tag": "system",
            },
        }
    }
    return json.dumps(said, indent=2) + "\n"
