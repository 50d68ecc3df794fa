"""What do the faces in a clip do?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from saber.core.catalogue.spec import absent, measured
from saber.core.records import Cue, Frame, ModelInfo, Perception, Span, Track
from saber.perceive.face.cues import BY_NAME, absent_cues, person_cues, person_tracks
from saber.perceive.face.expression import Expression, read_expression
from saber.perceive.face.mesh import FaceFinder, FaceMesher
from saber.perceive.face.people import Crowd, Person
from saber.perceive.face.portrait import paint, usual_step_s
from saber.perceive.face.settings import FaceSettings
from saber.perceive.face.speaking import match_voice, who_speaks

__all__ = ["FacePerceiver"]

_SPEAKER_BONUS = 2.0
"""How much more present one who speaks counts, when the main person is chosen. Own choice: a listener in
front outweighs a speaker only if at least twice as large or as long in view."""
_MODELS = (
    ModelInfo(
        role="face_mesh", name="mediapipe face_landmark_with_attention", version="0.10.14",
        licence="Apache-2.0", source="packaged",
    ),
    ModelInfo(role="facial_expression", name="saber actions and prototypes", version="1",
        licence="Apache-2.0", source="rules"),
)  # fmt: skip


class FacePerceiver:
    """Watches a clip's pictures one by one, then says what the faces did.

    faces = FacePerceiver(FaceSettings())
    for frame in frames: faces.see(frame)
    perception = faces.conclude(voice_activity=spans, duration_s=12.3)
    faces.close()
    """

    def __init__(self, settings: FaceSettings, finder: FaceFinder | None = None) -> None:
        """finder: what finds the faces; MediaPipe's mesh unless given, which is loaded here.

        Raises MissingPieceError when MediaPipe can't be imported.
        """
        self._settings = settings
        self._finder: FaceFinder = finder if finder is not None else FaceMesher(settings)
        self._crowd = Crowd(settings)
        self._size_px = (0, 0)

    def see(self, frame: Frame) -> tuple[NDArray[np.float32], ...]:
        """The next picture, in order of time.

        Returns the outline of each face in it, to be drawn: (95, 2), the points of `FACE_LINES`, x and y as
        shares of the picture's width and height.
        """
        self._size_px = (frame.rgb.shape[1], frame.rgb.shape[0])
        faces = self._finder.find(frame.rgb)
        self._crowd.add(frame.time_s, faces)
        size = np.array(self._size_px, np.float32)
        return tuple(face.outline / size for face in faces if face.outline is not None)

    def close(self) -> None:
        """Frees the mesh; safe to call twice."""
        self._finder.close()

    def conclude(self, *, voice_activity: Sequence[Span], duration_s: float) -> Perception:
        """All that was seen. voice_activity: when a voice is heard (any voice); empty when none is, or
        when the clip has no sound. duration_s: the clip's length.

        Cues other than the number of people and each one's presence are the main person's: the one most
        in view (time x size), where speaking counts double. `person` 0 is the one most in view.
        """
        times = self._crowd.times_s
        people = self._crowd.real_people()
        if not people:
            reason = "no_picture" if not len(times) else "no_face"
            span = _shown(times, duration_s)
            nobody = measured(BY_NAME["people"], 0, *span) if len(times) else None
            cues = absent_cues(reason, *span, but=("people",) if nobody else ())
            return Perception(
                sense="face", present=False, absent_reason=reason,
                cues=(*([nobody] if nobody else []), *cues), models=_MODELS,
            )  # fmt: skip
        voice = tuple(voice_activity)
        portraits = [paint(person, times, voice, self._settings) for person in people]
        matches = [match_voice(p.times_s, p.mouth_motion, voice, p.step_s) for p in portraits]
        speaker, silence = who_speaks(matches)
        main = max(
            range(len(people)),
            key=lambda i: people[i].presence * (_SPEAKER_BONUS if i == speaker else 1.0),
        )
        portrait = portraits[main]
        expression = Expression(portrait)
        span = _shown(times, duration_s)
        shown = Span(start_s=span[0], end_s=span[1])
        overall, moments = read_expression(expression, portrait, shown, duration_s)
        cues = [
            measured(BY_NAME["people"], len(people), *span, confidence=0.9),
            *(
                measured(BY_NAME["presence"], len(p.frames) / len(times), *span, person=i)
                for i, p in sorted(enumerate(portraits), key=lambda pair: pair[0] != main)
            ),
            _speaker_cue(speaker, main, silence, shown),
        ]
        for i, match in enumerate(matches):
            spec = BY_NAME["speech_match"]
            if match.auc is None:
                cues.append(absent(spec, match.reason or "no_voice", *span))
            else:
                cues.append(measured(spec, match.auc, *span, person=i))
        cues.extend(person_cues(portrait, expression, main, self._settings))
        if overall is None:
            cues.append(absent(BY_NAME["expression"], "face_turned_away", *span))
        else:
            likeliest = max(overall.probs, key=overall.probs.__getitem__)
            cues.append(
                measured(
                    BY_NAME["expression"],
                    likeliest.value,
                    float(portrait.times_s[0]),
                    float(portrait.times_s[-1]) + portrait.step_s,
                    confidence=overall.confidence,
                    person=main,
                )
            )
        return Perception(
            sense="face",
            present=True,
            cues=tuple(cues),
            tracks=(_count_track(people, times), *person_tracks(portrait, expression, times, self._size_px)),
            overall=overall,
            moments=moments,
            models=_MODELS,
        )


def _shown(times: np.ndarray, duration_s: float) -> tuple[float, float]:
    """From the first picture to the end of the last, which is shown for as long as the others usually are;
    the whole clip when it has no picture."""
    if not len(times):
        return 0.0, duration_s
    return float(times[0]), float(times[-1]) + usual_step_s(times)


def _speaker_cue(speaker: int | None, main: int, reason: str | None, shown: Span) -> Cue:
    spec = BY_NAME["speaker"]
    span = (shown.start_s, shown.end_s)
    if speaker is not None:
        who = "main_person" if speaker == main else "other_person"
        return measured(spec, who, *span, confidence=0.8, person=speaker)
    if reason == "lips_still":
        return measured(spec, "off_screen", *span, confidence=0.5)
    return absent(spec, reason or "ambiguous", *span)


def _count_track(people: list[Person], times: np.ndarray) -> Track:
    count = np.zeros(len(times))
    for person in people:
        count[person.frames] += 1
    spec = BY_NAME["count"]
    return Track(name=spec.name, unit=spec.unit, times_s=tuple(times.tolist()), values=tuple(count.tolist()))
