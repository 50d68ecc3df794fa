"""What does a model answer, K times, and what when it may not see or hear?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from saber.core.errors import ModelError, SaberError
from saber.infer import ClipMedia, wav
from saber.models import Caller, Kind, Media, Reply, Request, Sampling
from saber.train.pairs.records import Origin
from saber.train.pairs.settings import PairsSettings
from saber.train.rows import Medium, Row

__all__ = ["Drawn", "draw"]

Drawn = dict[Origin, tuple[str, ...]]
"""Origin -> the answers."""

_HIDES: dict[Origin, Kind] = {"without_sound": Kind.AUDIO, "without_picture": Kind.VIDEO}


def draw(rows: Sequence[Row], caller: Caller, settings: PairsSettings) -> list[Drawn | str]:
    """The answers to each question, or in a sentence why there are none.

    Each question is one request for K answers, so that a model that can reads the clip once. Where a clip is
    both seen and heard, it is asked once more without either.
    """
    found: list[Drawn | str] = [{} for _ in rows]
    asked: list[tuple[int, Origin, Request]] = []
    for place, row in enumerate(rows):
        try:
            request = _request(row, settings)
        except (SaberError, OSError) as error:
            found[place] = str(error)
            continue
        asked.append((place, "drawn", request))
        if {Kind.VIDEO, Kind.AUDIO} <= request.needs and settings.counterfactuals:
            one = replace(request.sampling, n=1)
            asked += [
                (place, origin, replace(request, sampling=one, media=_but(request.media, hidden)))
                for origin, hidden in _HIDES.items()
            ]
    for number, reply in caller.run(_all(caller, [request for _, _, request in asked])):
        place, origin, _ = asked[number]
        told = found[place]
        if isinstance(told, str):
            continue
        if isinstance(reply, ModelError):
            if origin == "drawn":
                found[place] = str(reply)
            continue
        told[origin] = reply.texts
    return found


async def _all(caller: Caller, requests: Sequence[Request]) -> list[tuple[int, Reply | ModelError]]:
    return [told async for told in caller.ask_all(requests)]


def _but(media: Sequence[Media], hidden: Kind) -> tuple[Media, ...]:
    return tuple(m for m in media if m.kind is not hidden)


def _request(row: Row, settings: PairsSettings) -> Request:
    """The question as a request; media go first, as `saber instruct` writes them."""
    words: dict[Literal["system", "user", "assistant"], str] = {"system": "", "user": "", "assistant": ""}
    media: list[Media] = []
    for turn in row.turns:
        words[turn.role] += "".join(part for part in turn.parts if isinstance(part, str))
        for part in turn.parts:
            if isinstance(part, Medium):
                media.append(_medium(part))
    sampling = Sampling(
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        n=settings.candidates,
        seed=settings.seed,
    )
    return Request(words["user"], words["system"], tuple(media), sampling=sampling, clip=row.clip)


def _medium(medium: Medium) -> Media:
    if medium.kind == "video":
        return Media(Kind.VIDEO, "video/mp4", medium.file.read_bytes())
    sound = ClipMedia(medium.file).sound()
    if sound is None:
        raise SaberError(f"{medium.file} has no sound.")
    return wav(sound)
