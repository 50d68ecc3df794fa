"""Which event tags may a transcript hold, and what is left when they are taken out?"""

from __future__ import annotations

import re

__all__ = ["EVENTS", "event_named", "find_tags", "strip_tags"]

EVENTS: tuple[str, ...] = (
    "laughter", "crying", "sigh", "cough", "gasp", "scream", "sneeze", "applause", "singing", "music",
)  # fmt: skip
"""Names of the sound events that SABER writes, as `<name>`."""

_TAG = re.compile(r"<\s*/?\s*([a-zA-Z][\w -]*?)\s*/?\s*>")

# Stems, because recognisers and corpora inflect freely: (laughs), [laughter], *laughing softly*.
_STEMS: tuple[tuple[str, str], ...] = (
    ("laugh", "laughter"), ("giggl", "laughter"), ("chuckl", "laughter"), ("笑", "laughter"),
    ("sob", "crying"), ("cry", "crying"), ("cries", "crying"), ("weep", "crying"), ("哭", "crying"),
    ("sigh", "sigh"), ("叹", "sigh"), ("cough", "cough"), ("咳", "cough"), ("gasp", "gasp"),
    ("scream", "scream"), ("shriek", "scream"), ("尖叫", "scream"), ("sneez", "sneeze"), ("喷嚏", "sneeze"),
    ("applau", "applause"), ("clap", "applause"), ("掌声", "applause"), ("sing", "singing"),
    ("歌", "singing"), ("music", "music"), ("音乐", "music"),
)  # fmt: skip


def strip_tags(text: str) -> str:
    """The text without event tags, single-spaced: `well <laughter> yes` -> `well yes`."""
    return " ".join(_TAG.sub(" ", text).split())


def find_tags(text: str) -> tuple[str, ...]:
    """The names inside the text's tags, lower-case, in order; known or not."""
    return tuple(match.group(1).casefold() for match in _TAG.finditer(text))


def event_named(description: str) -> str | None:
    """The event of `EVENTS` that words like "laughing softly" or "笑声" name, or None.

    The first stem of the table that begins one of the words decides; Chinese may stand anywhere.
    """
    words = re.findall(r"[a-z]+", description.casefold())
    for stem, event in _STEMS:
        if stem.isascii():
            if any(word.startswith(stem) for word in words):
                return event
        elif stem in description:
            return event
    return None
