"""How do the parts become one HTML page that needs nothing but itself?"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from pathlib import PurePath

from saber.core.records import Analysis, ClipInfo
from saber.report.closing import limits, not_measured, provenance, record
from saber.report.dimensions import dimensions
from saber.report.embed import Embedded
from saber.report.emotions import emotions
from saber.report.markup import Html, el, join, json_block
from saber.report.names import clock
from saber.report.payload import timeline
from saber.report.strings import Strings
from saber.report.verdict import verdict

__all__ = ["clip_name", "facts", "losses", "page"]

STYLES = ("tokens.css", "page.css", "lanes.css", "print.css")
SCRIPTS = ("time.js", "player.js", "lanes.js", "follow.js", "controls.js", "timeline.js", "page.js")
"""Modules, those that others import before them; the web app imports all but the last."""
_IMPORT = re.compile(r"^import \{[^}]*\} from '\./[\w-]+\.js';\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function |class |const )", re.MULTILINE)
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def page(analysis: Analysis, embedded: Embedded) -> str:
    """The whole page. All text in it is escaped; scripts and styles are pinned by hash in its policy."""
    strings = Strings(analysis.provenance.language)
    style = "\n".join(_asset(name) for name in STYLES)
    script = one_script()
    lanes = timeline(analysis, embedded.waveform, strings)
    name = clip_name(analysis)
    places = {
        "language": strings.pick(("en", "zh-Hans")),
        "policy": (
            f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "media-src data: blob:; img-src data:; base-uri 'none'; form-action 'none'"
        ),
        "title": join(strings("title", clip=name)),
        "style": Html(style),
        "script": Html(script),
        "skip": join(strings("skip")),
        "report": join(strings("report")),
        "clip": join(name),
        "facts": _facts(analysis.clip),
        "losses": _losses(analysis.clip, strings),
        "verdict": verdict(analysis, strings),
        "clip_label": join(strings("clip")),
        "player": _player(embedded, strings),
        "now": join(strings("now")),
        "keys": join(strings("keys")),
        "emotions": emotions(analysis, strings),
        "timeline": join(strings("timeline")),
        "timeline_hint": join(strings("timeline_hint")),
        "zoom_in": join(strings("zoom_in")),
        "zoom_out": join(strings("zoom_out")),
        "zoom_fit": join(strings("zoom_fit")),
        "needs_script": join(strings("needs_script")),
        "in_words_label": join(strings("in_words")),
        "in_words": el("ul", *(el("li", line) for line in lanes.in_words), class_="plain", tabindex=0),
        "dimensions": dimensions(analysis, strings),
        "limits": limits(strings),
        "not_measured": not_measured(analysis, strings) or Html(""),
        "provenance": provenance(analysis, strings),
        "record": record(strings),
        "data": json_block("timeline-data", lanes.data),
        "record_data": json_block("record-data", _shared_record(analysis, name)),
    }
    return _PLACE.sub(lambda match: places[match[1]], _asset("page.html"))


def clip_name(analysis: Analysis) -> str:
    """The file's name; its folder is the maker's business and stays out of a page that is shown around."""
    return PurePath(analysis.clip.path.replace("\\", "/")).name or "clip"


def _shared_record(analysis: Analysis, name: str) -> dict[str, object]:
    record: dict[str, object] = analysis.model_dump(mode="json", by_alias=True)
    clip = record["clip"]
    assert isinstance(clip, dict)
    clip["path"] = name
    return record


def _player(embedded: Embedded, strings: Strings) -> Html:
    if embedded.mime is None:
        return el("p", strings("no_player"), class_="note no-player", id="no-player")
    # The script turns the data into a blob: Safari and older Firefox refuse long media in data URLs.
    source = f"data:{embedded.mime};base64,{base64.b64encode(embedded.data).decode('ascii')}"
    video = embedded.mime.startswith("video/")
    media = el(
        "video" if video else "audio",
        id="media",
        src=Html(source),
        controls=True,
        preload="none",
        playsinline=video,
        aria_label=strings("clip"),
    )
    return join(
        media,
        el("p", strings("cant_play"), class_="note", id="cant-play", hidden=True),
        el("p", strings("preview"), class_="note preview-note") if embedded.is_preview else None,
    )


def facts(clip: ClipInfo) -> list[str]:
    """What is in the file: length, picture, codecs."""
    found = [clock(clip.duration_s)]
    if clip.video is not None:
        rate = f", {clip.video.fps:.4g} fps" if clip.video.fps else ""
        found.append(f"{clip.video.width} × {clip.video.height}{rate}")
    found.append(" + ".join(t.codec for t in (clip.video, clip.audio) if t is not None))
    return [fact for fact in found if fact]


def losses(clip: ClipInfo, strings: Strings) -> list[str]:
    """Sentences on what of the file could not be decoded; none when nothing was lost."""
    lost = clip.losses
    counts = strings("losses", video=lost.video_packets, audio=lost.audio_packets)
    return [*([counts] if lost.video_packets or lost.audio_packets else []), *lost.notes]


def _facts(clip: ClipInfo) -> Html:
    return join(*(el("span", fact) for fact in facts(clip)), el("code", clip.sha256[:12], title=clip.sha256))


def _losses(clip: ClipInfo, strings: Strings) -> Html:
    sentences = losses(clip, strings)
    return el("p", " ".join(sentences), class_="losses", role="note") if sentences else Html("")


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def one_script() -> str:
    """The modules as one classic script: a page in a file can't import. No two use a name at their top."""
    parts = (_EXPORT.sub("", _IMPORT.sub("", _asset(name))) for name in SCRIPTS)
    return "(() => {\n'use strict';\n" + "\n".join(parts) + "\n})();"


def _asset(name: str) -> str:
    return files("saber.report").joinpath("assets", name).read_text(encoding="utf-8").strip()
