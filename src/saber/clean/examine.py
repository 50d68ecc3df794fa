"""In which order is a clip looked at, so that a bad one costs little?

    header -> sound -> voice activity -> keyframes of a long clip -> all pictures -> faces -> what was lost

One isolated process reads the clip in this order, and is ended at the first check that does not pass: what
comes later is then neither decoded nor measured. The sound goes before the pictures because decoding all of
it costs less than decoding a dozen of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from saber.clean.findings import Findings
from saber.clean.hearing import SILENT_DB, loud_level_db
from saber.clean.settings import CleanSettings
from saber.clean.sound_print import sound_hashes
from saber.clean.watching import PICTURES, Watch
from saber.core.dataset import Fingerprints
from saber.core.records import ClipInfo, Sound
from saber.media import ClipReader, open_clip
from saber.perceive.face import FaceDetector
from saber.perceive.voice import clipping_ratio, signal_to_noise_db, voice_activity

__all__ = ["Examined", "examine"]

_LEAST_KEYS = 4
_CUT_SHORT_S = 0.25
"""A track that ends by less before its declared end has lost nothing: as the reader has it."""


@dataclass(frozen=True)
class Examined:
    """`info` as declared when the examination ended early, else as decoded."""

    info: ClipInfo
    findings: Findings
    fingerprints: Fingerprints


def examine(
    path: Path,
    settings: CleanSettings,
    faces: FaceDetector | None,
    stretch: tuple[float, float] | None = None,
) -> Examined:
    """Put every check to a clip, or to a stretch of it, until one fails.

    faces: None where no face is asked for.
    Raises ClipError when the clip can't be read.
    """
    findings = Findings(settings)
    with open_clip(path, PICTURES, stretch=stretch) as clip:
        _header(findings, clip.info)
        if findings.over:
            return Examined(clip.info, findings, Fingerprints())
        if clip.info.audio is not None:
            _sound(findings, clip.sound)
            if findings.over:
                return Examined(clip.info, findings, Fingerprints())
            if settings.require_speech:
                _speech(findings, clip.sound, settings)
                if findings.over:
                    return Examined(clip.info, findings, Fingerprints())
        if not settings.all_checks:
            _keyframes(findings, clip, faces)
            if findings.over:
                return Examined(clip.info, findings, Fingerprints())
        watch = Watch()
        for frame in clip.frames():
            watch.see(frame)
        if clip.info.video is not None:
            _pictures(findings, watch, faces)
        info = clip.finished_info()
        if findings.over:
            return Examined(info, findings, Fingerprints())
        _end(findings, clip, info)
        return Examined(info, findings, Fingerprints(picture=watch.hashes, sound=sound_hashes(clip.sound)))


def _header(findings: Findings, info: ClipInfo) -> None:
    """A duration that is not declared is asked when everything has been decoded."""
    findings.need("picture", info.video is not None)
    findings.need("sound", info.audio is not None)
    if info.duration_s:
        findings.ask("shortest", info.duration_s)
        findings.ask("longest", info.duration_s)
    if info.video is not None:
        findings.ask("resolution", min(info.video.width, info.video.height))
        if info.video.fps is not None:
            findings.ask("frame_rate", info.video.fps)


def _sound(findings: Findings, sound: Sound | None) -> None:
    if sound is None:
        findings.ask("loudness", None, "The sound track is there, but nothing in it can be decoded.")
        return
    level_db = loud_level_db(sound)
    findings.ask("loudness", level_db)
    if level_db > SILENT_DB:
        findings.ask("clipping", clipping_ratio(sound.samples))


def _speech(findings: Findings, sound: Sound | None, settings: CleanSettings) -> None:
    activity = voice_activity(sound, settings.voice)
    findings.ask("speech", sum(span.duration_s for span in activity))
    if sound is not None and activity:
        findings.ask("snr", signal_to_noise_db(sound, activity))


def _keyframes(findings: Findings, clip: ClipReader, faces: FaceDetector | None) -> None:
    """Whatever holds of every keyframe of a long clip is taken to hold of the clip; a pass is not."""
    watch = Watch()
    for frame in clip.keyframes():
        watch.see(frame)
    if watch.seen < _LEAST_KEYS:
        return
    detail = f"In all {watch.seen} keyframes."
    findings.ask_worst("luminance", watch.brightest, detail)
    findings.ask_worst("sharpness", watch.sharpest, detail)
    if faces is not None and not findings.over and not any(faces.count(f.rgb) for f in watch.for_faces()):
        findings.ask_worst("face", 0.0, detail)


def _pictures(findings: Findings, watch: Watch, faces: FaceDetector | None) -> None:
    if not watch.seen:
        findings.ask("luminance", None, "There is a picture track, but no picture in it can be decoded.")
        return
    findings.ask("luminance", watch.luminance)
    findings.ask("black", watch.black_ratio)
    findings.ask("frozen", watch.frozen_ratio, "It is a single picture.")
    findings.ask("sharpness", watch.sharpness, "Most pictures hold no edge that could be sharp.")
    if faces is not None and not findings.over:
        looked_at = watch.for_faces()
        found = sum(faces.count(frame.rgb) > 0 for frame in looked_at)
        findings.ask("face", found / len(looked_at), detail=f"In {found} of {len(looked_at)} pictures.")


def _end(findings: Findings, clip: ClipReader, info: ClipInfo) -> None:
    """What only the end shows: how long it really is, and what was lost on the way."""
    counts, declared = clip.counts, clip.info
    assert counts is not None
    findings.ask("shortest", info.duration_s)
    findings.ask("longest", info.duration_s)
    # FFmpeg shortens some containers' declared durations to what is there; the file's own size tells then.
    missing = clip.bytes_missing / (info.size_bytes + clip.bytes_missing)
    if declared.video is not None:
        if not findings.asked("frame_rate"):
            rate = None if info.video is None else info.video.fps
            findings.ask("frame_rate", rate, "The file does not say, and there is only one picture.")
        bad = info.losses.video_packets + counts.damaged
        asked = counts.pictures + info.losses.video_packets
        actual = None if info.video is None else info.video.duration_s
        lost = _lost(bad, asked, declared.video.duration_s, actual, missing)
        findings.ask("picture_loss", lost, "No picture could be decoded.")
    if declared.audio is not None:
        bad, asked = info.losses.audio_packets, counts.sounds + info.losses.audio_packets
        actual = None if info.audio is None else info.audio.duration_s
        lost = _lost(bad, asked, declared.audio.duration_s, actual, missing)
        findings.ask("sound_loss", lost, "No sound could be decoded.")


def _lost(
    bad: int, asked: int, declared_s: float | None, actual_s: float | None, missing: float
) -> float | None:
    """The greatest of three shares: bad among what was decoded, missing at the end, missing in the file."""
    if not asked:
        return None
    lost = max(bad / asked, missing)
    if declared_s and actual_s is not None and declared_s - actual_s > _CUT_SHORT_S:
        lost = max(lost, 1 - actual_s / declared_s)
    return min(1.0, lost)
