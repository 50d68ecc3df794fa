"""Which measurement decides a claim, and which of its levels speak for or against?

One row per claim and cue. The levels are the catalogue's own (no threshold is repeated here), sorted into
four stances towards the claim:

- `yes`: clearly so. Supports the claim; contradicts its negation.
- `faint`: so, but hardly worth saying. Supports the claim; leaves its negation open.
- `hardly`: not clearly so. Leaves the claim open; supports its negation.
- `no`: clearly not so. Contradicts the claim; supports its negation.

`none` stands for a value that was measured and lies below the lowest level. An event that was not found is
no measurement: only a cue that was measured can deny. The cue that says most for a claim decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FAMILIES", "NONE", "STANCES", "Ground", "Stance"]

Stance = Literal["yes", "faint", "hardly", "no"]
STANCES: tuple[Stance, ...] = ("yes", "faint", "hardly", "no")
"""What speaks most for a claim first."""

NONE = "none"


@dataclass(frozen=True)
class Ground:
    """How the levels of one cue speak to a claim; slugs apart by spaces."""

    cue: str
    yes: str = ""
    faint: str = ""
    hardly: str = ""
    no: str = ""

    def stance(self, level: str) -> Stance | None:
        """None: this level says nothing of the claim."""
        return next((s for s in STANCES if level in getattr(self, s).split()), None)


HIGH = {"yes": "more much_more", "hardly": "typical", "no": "less much_less"}
LOW = {"yes": "less much_less", "hardly": "typical", "no": "more much_more"}
USUAL = {"yes": "typical", "hardly": "less more", "no": "much_less much_more"}
ACTION = {"yes": "clear strong", "faint": "slight", "no": NONE}
EPISODE = {"yes": "clear strong", "faint": "slight"}
"""One that was found supports; none found says nothing."""


def _brief(kind: str) -> Ground:
    return Ground("face.micro_expression", faint=kind)


COLOURS = (
    "black", "grey", "white", "red", "orange", "brown", "yellow", "green", "cyan", "blue", "purple", "pink",
    "beige",
)  # fmt: skip

Family = dict[str, tuple[Ground, ...]]

_VOICE: dict[str, Family] = {
    "pitch_level": {
        "high": (Ground("voice.pitch_level", **HIGH),),
        "low": (Ground("voice.pitch_level", **LOW),),
        "usual": (Ground("voice.pitch_level", **USUAL),),
    },
    "pitch_range": {
        "wide": (Ground("voice.pitch_range", **HIGH),),
        "narrow": (Ground("voice.pitch_range", **LOW),),
        "usual": (Ground("voice.pitch_range", **USUAL),),
    },
    "pitch_change": {
        "up": (Ground("voice.pitch_slope", **HIGH), Ground("voice.pitch_rise", faint="rise")),
        "down": (Ground("voice.pitch_slope", **LOW), Ground("voice.pitch_fall", faint="fall")),
    },
    "pitch_end": {
        "up": (Ground("voice.pitch_final_slope", yes="rise", hardly="level", no="fall"),),
        "down": (Ground("voice.pitch_final_slope", yes="fall", hardly="level", no="rise"),),
        "level": (Ground("voice.pitch_final_slope", yes="level", hardly="rise fall"),),
    },
    # Raised, forceful or soft, whatever the recording's gain. How loud it was is not measurable.
    "effort": {
        "high": (Ground("voice.effort", **HIGH),),
        "low": (Ground("voice.effort", **LOW),),
        "usual": (Ground("voice.effort", **USUAL),),
    },
    "loudness": {"loud": (), "quiet": ()},
    "loudness_change": {
        "up": (Ground("voice.level_slope", **HIGH),),
        "down": (Ground("voice.level_slope", **LOW),),
        "even": (Ground("voice.level_slope", **USUAL),),
    },
    "loudness_range": {
        "wide": (Ground("voice.level_range", **HIGH),),
        "narrow": (Ground("voice.level_range", **LOW),),
    },
    "rate": {
        "fast": (Ground("voice.articulation_rate", **HIGH),),
        "slow": (Ground("voice.articulation_rate", **LOW),),
        "usual": (Ground("voice.articulation_rate", **USUAL),),
    },
    "pauses": {
        "some": (
            Ground("voice.pause_ratio", yes="some halting", no="fluent"),
            Ground("voice.pause", faint="pause"),
        ),
        "many": (Ground("voice.pause_ratio", yes="halting", faint="some", no="fluent"),),
    },
    "emphasis": {"strong": (Ground("voice.emphasis", yes="emphasis"),)},
    # Only a regular trembling is measured; an irregular one makes a voice rough.
    "tremor": {
        "trembling": (
            Ground("voice.tremor_depth", yes="trembling", no="steady"),
            Ground("voice.quality", hardly="rough"),
        )
    },
    "voice_quality": {
        "breathy": (Ground("voice.quality", yes="breathy", hardly="modal", no="pressed"),),
        "rough": (Ground("voice.quality", yes="rough", hardly="modal"),),
        "pressed": (
            Ground("voice.quality", yes="pressed", hardly="modal", no="breathy"),
            Ground("voice.effort", faint="much_more"),
        ),
        "clear": (Ground("voice.quality", yes="modal", hardly="breathy rough pressed"),),
    },
    "laughter": {"heard": (Ground("speech.laughter", yes="laughter"),)},
    "noise": {
        "noisy": (Ground("voice.snr", yes="noisy", faint="fair", no="clean"),),
        "clean": (Ground("voice.snr", yes="clean", faint="fair", no="noisy"),),
    },
}

_FACE: dict[str, Family] = {
    "smile": {
        "shown": (
            Ground("face.smile", **EPISODE),
            Ground("face.au12", **ACTION),
            _brief("smile"),
        )
    },
    "brows_lowered": {
        "shown": (Ground("face.frown", **EPISODE), Ground("face.au04", **ACTION), _brief("frown"))
    },
    "brows_raised": {
        "shown": (
            Ground("face.brow_raise", **EPISODE),
            Ground("face.au01", **ACTION),
            Ground("face.au02", **ACTION),
            _brief("brow_raise"),
        )
    },
    "eyes_widened": {
        "shown": (
            Ground("face.eyes_widened", **EPISODE),
            Ground("face.au05", **ACTION),
            _brief("eyes_widened"),
        )
    },
    "eyes_narrowed": {"shown": (Ground("face.au07", **ACTION),)},
    "eyes_closed": {
        "shown": (Ground("face.eyes_closed", yes="closed"), Ground("face.au43", **ACTION)),
    },
    "cheeks_raised": {"shown": (Ground("face.au06", **ACTION),)},
    "nose_wrinkled": {
        "shown": (
            Ground("face.nose_wrinkle", **EPISODE),
            Ground("face.au09", **ACTION),
            _brief("nose_wrinkle"),
        )
    },
    "upper_lip_raised": {
        "shown": (Ground("face.lip_raise", **EPISODE), Ground("face.au10", **ACTION), _brief("lip_raise"))
    },
    "corners_down": {
        "shown": (
            Ground("face.corners_down", **EPISODE),
            Ground("face.au15", **ACTION),
            _brief("corners_down"),
        )
    },
    "lips_pressed": {
        "shown": (Ground("face.lip_press", **EPISODE), Ground("face.au24", **ACTION), _brief("lip_press"))
    },
    "lips_puckered": {"shown": (Ground("face.pucker", **EPISODE), Ground("face.au18", **ACTION))},
    "lips_stretched": {
        "shown": (Ground("face.lip_stretch", **EPISODE), Ground("face.au20", **ACTION), _brief("lip_stretch"))
    },
    "chin_raised": {"shown": (Ground("face.chin_raise", **EPISODE), Ground("face.au17", **ACTION))},
    "mouth_open": {
        "shown": (
            Ground("face.mouth_open", **EPISODE),
            Ground("face.au26", **ACTION),
            Ground("face.au25", **ACTION),
        )
    },
    "expression": {
        "blank": (
            Ground("face.expressiveness", yes="still", hardly="some", no="lively"),
            Ground("face.expression", faint="neutral"),
        ),
        "lively": (Ground("face.expressiveness", yes="lively", hardly="some", no="still"),),
    },
    "blinking": {
        "frequent": (Ground("face.blink_rate", yes="frequent", hardly="usual", no="rare"),),
        "rare": (Ground("face.blink_rate", yes="rare", hardly="usual", no="frequent"),),
        "usual": (Ground("face.blink_rate", yes="usual", hardly="rare frequent"),),
    },
    "gaze": {
        "at_camera": (Ground("face.gaze_averted", yes="at_camera", faint="partly", no="averted"),),
        "averted": (
            Ground("face.gaze_averted", yes="averted", faint="partly", no="at_camera"),
            Ground("face.look_away", faint="left right up down"),
        ),
        "down": (Ground("face.look_away", yes="down"), Ground("face.head_pitch", hardly="raised")),
        "up": (Ground("face.look_away", yes="up"), Ground("face.head_pitch", hardly="lowered")),
        "aside": (Ground("face.look_away", yes="left right"),),
    },
    "head": {
        "down": (Ground("face.head_pitch", yes="lowered", hardly="level", no="raised"),),
        "up": (Ground("face.head_pitch", yes="raised", hardly="level", no="lowered"),),
        "level": (Ground("face.head_pitch", yes="level", no="lowered raised"),),
        # Whose left and right is meant is rarely said, so the side is not checked.
        "turned": (Ground("face.head_yaw", yes="left right", hardly="front"),),
        "front": (Ground("face.head_yaw", yes="front", no="left right"),),
        "tilted": (Ground("face.head_roll", yes="left right", hardly="upright"),),
        "upright": (Ground("face.head_roll", yes="upright", no="left right"),),
        "still": (Ground("face.head_motion", yes="still", hardly="usual", no="lively"),),
        "moving": (Ground("face.head_motion", yes="lively", faint="usual", no="still"),),
    },
    "nod": {"shown": (Ground("face.nod", yes="nod"), Ground("face.head_motion", no="still"))},
    "head_shake": {"shown": (Ground("face.shake", yes="shake"), Ground("face.head_motion", no="still"))},
    "face_seen": {
        "seen": (
            Ground("face.presence", yes="throughout partly", faint="hardly"),
            Ground("face.people", yes="one several", no="none"),
        ),
        "partly": (Ground("face.presence", yes="partly hardly", no="throughout"),),
    },
    "speaker": {
        "main_person": (Ground("face.speaker", yes="main_person", hardly="other_person", no="off_screen"),),
        "other_person": (Ground("face.speaker", yes="other_person off_screen", no="main_person"),),
        "off_screen": (Ground("face.speaker", yes="off_screen", faint="other_person", no="main_person"),),
    },
}

_UNSEEN = Ground("body.hands_visible_ratio", no=NONE)
"""A hand that never comes into the picture can't be described: the level itself is called `none`."""

_BODY: dict[str, Family] = {
    "lean": {
        "forward": (Ground("body.lean", yes="towards", hardly="steady", no="away"),),
        "back": (Ground("body.lean", yes="away", hardly="steady", no="towards"),),
        "steady": (Ground("body.lean", yes="steady", no="towards away"),),
    },
    "shoulders": {
        "raised": (Ground("body.shoulder_raise", yes="raise", faint="slight"),),
        "slumped": (Ground("body.slump", yes="sinks", hardly="steady", no="straightens"),),
        "straightened": (Ground("body.slump", yes="straightens", hardly="steady", no="sinks"),),
        "uneven": (Ground("body.shoulder_slope", yes="left_up right_up", no="level"),),
        "level": (Ground("body.shoulder_slope", yes="level", no="left_up right_up"),),
        "seen": (Ground("body.shoulders_visible_ratio", yes="in", faint="partly", no="out"),),
    },
    "arms": {
        "crossed": (Ground("body.arms_crossed", yes="crossed"), Ground("body.openness", no="open")),
        "open": (Ground("body.openness", yes="open", hardly="usual", no="closed"),),
        "closed": (Ground("body.openness", yes="closed", hardly="usual", no="open"),),
    },
    "hand_at_face": {
        "shown": (
            Ground(
                "body.hand_at_face",
                yes=" ".join(
                    f"{side}_{place}"
                    for side in ("left", "right", "one", "both")
                    for place in ("forehead", "eyes", "mouth", "chin", "cheek")
                ),
            ),
            Ground("body.hand_at_face_ratio", yes="much some", no="none"),
            _UNSEEN,
        )
    },
    "hands_together": {"shown": (Ground("body.hands_together", yes="together"), _UNSEEN)},
    "hands": {
        "seen": (Ground("body.hands_visible_ratio", yes="partly mostly", faint="rarely", no="none"),),
        "open": (Ground("body.open_hand_ratio", yes="open", faint="mixed", no="closed"),),
        "closed": (Ground("body.open_hand_ratio", yes="closed", faint="mixed", no="open"),),
    },
    "gestures": {
        "some": (
            Ground("body.gesture_rate", yes="some many", no="none"),
            Ground("body.gesture", yes="lively forceful", faint="gentle"),
            _UNSEEN,
        ),
        "many": (
            Ground("body.gesture_rate", yes="many", hardly="some", no="none"),
            _UNSEEN,
        ),
        "forceful": (Ground("body.gesture", yes="forceful lively", hardly="gentle"), _UNSEEN),
    },
    "movement": {
        "still": (
            Ground("body.motion_mean", yes="still", faint="calm", hardly="active", no="vigorous"),
            Ground("body.stillness_ratio", yes="still", hardly="mixed", no="restless"),
            Ground("body.speed", yes="still", faint="calm", no="lively"),
        ),
        "much": (
            Ground("body.motion_mean", yes="active vigorous", hardly="calm", no="still"),
            Ground("body.stillness_ratio", yes="restless", hardly="mixed", no="still"),
            Ground("body.speed", yes="lively", hardly="calm", no="still"),
            Ground("body.motion_burst", yes="strong", faint="clear"),
        ),
        "jerky": (Ground("body.smoothness", yes="jerky", hardly="usual", no="smooth"),),
        "smooth": (Ground("body.smoothness", yes="smooth", hardly="usual", no="jerky"),),
        "sway": (Ground("body.sway", yes="strong", faint="some", no="steady"),),
    },
}

_SCENE: dict[str, Family] = {
    "people": {
        "one": (Ground("scene.people", yes="one", no="two several"),),
        "two": (Ground("scene.people", yes="two", no="one several"),),
        "several": (Ground("scene.people", yes="several", faint="two", no="one"),),
    },
    "framing": {
        "close": (
            Ground(
                "scene.framing",
                yes="extreme_close_up close_up",
                faint="medium_close_up",
                hardly="medium",
                no="medium_long long",
            ),
        ),
        "head_and_shoulders": (
            Ground(
                "scene.framing",
                yes="medium_close_up",
                faint="close_up medium",
                no="extreme_close_up medium_long long",
            ),
        ),
        "medium": (
            Ground(
                "scene.framing",
                yes="medium",
                faint="medium_close_up medium_long",
                hardly="close_up",
                no="extreme_close_up long",
            ),
        ),
        "far": (
            Ground(
                "scene.framing",
                yes="long medium_long",
                hardly="medium",
                no="extreme_close_up close_up medium_close_up",
            ),
        ),
    },
    "light": {
        "dark": (Ground("scene.luma", yes="very_dark dark", hardly="usual", no="bright"),),
        "bright": (Ground("scene.luma", yes="bright", faint="usual", no="very_dark dark"),),
        "even": (Ground("scene.luma", yes="usual", hardly="dark bright", no="very_dark"),),
        "black": (Ground("scene.black", yes="black"), Ground("scene.luma", no="usual bright")),
    },
    "contrast": {
        "low": (Ground("scene.contrast", yes="flat", hardly="usual", no="hard"),),
        "high": (Ground("scene.contrast", yes="hard", hardly="usual", no="flat"),),
    },
    "colours": {
        "grey": (Ground("scene.colourfulness", yes="grey", hardly="muted", no="usual vivid"),),
        "muted": (Ground("scene.colourfulness", yes="muted grey", hardly="usual", no="vivid"),),
        "vivid": (Ground("scene.colourfulness", yes="vivid", faint="usual", no="grey muted"),),
        "warm": (Ground("scene.warmth", yes="warm", hardly="neutral", no="cool"),),
        "cool": (Ground("scene.warmth", yes="cool", hardly="neutral", no="warm"),),
    },
    # Up to three colours are measured: one that is not among them may still be there.
    "colour": {name: (Ground("scene.dominant_colour", yes=name),) for name in COLOURS},
    "sharpness": {
        "sharp": (Ground("scene.blur", yes="sharp", hardly="soft", no="blurred"),),
        "blurred": (Ground("scene.blur", yes="blurred", faint="soft", no="sharp"),),
    },
    "camera": {
        "static": (Ground("scene.camera", yes="static", faint="unsteady", no="moving"),),
        "unsteady": (Ground("scene.camera", yes="unsteady", faint="moving", no="static"),),
        "moving": (
            Ground("scene.camera", yes="moving", hardly="unsteady", no="static"),
            Ground("scene.camera_move", yes="pan_left pan_right tilt_up tilt_down"),
        ),
    },
    "shots": {
        "one": (Ground("scene.shots", yes="one", no="some"),),
        "several": (
            Ground("scene.shots", yes="some", no="one"),
            Ground("scene.transition", yes="cut dissolve fade_in fade_out"),
        ),
        "rapid": (Ground("scene.shot_length", yes="rapid", no="usual"), Ground("scene.shots", no="one")),
    },
    "background": {
        "still": (Ground("scene.background_motion", yes="still", hardly="some", no="busy"),),
        "moving": (Ground("scene.background_motion", yes="busy", faint="some", no="still"),),
    },
}

QUOTE = "quote"
"""The family of words that a text says were spoken; decided by the transcript, not by a cue."""

FAMILIES: dict[str, Family] = {**_VOICE, **_FACE, **_BODY, **_SCENE, QUOTE: {"said": ()}}
