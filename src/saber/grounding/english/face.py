"""Which English words say something of a face?"""

from __future__ import annotations

from saber.core.taxonomy import Dimension
from saber.grounding.vocabulary import HEARD, LOOKED_AT, SEEN, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

_AT_CAMERA = (
    "at the camera | at the viewer | at us | into the lens | into the camera | "
    "directly forward | straight forward | towards the camera | toward the camera | "
    "to the camera | "
    "on the camera | at the viewer | into the lens | at the lens | straight ahead | directly ahead"
)
_PAST_CAMERA = (
    "away | past the camera | off-screen | off to one side | at someone off | off-camera | "
    "elsewhere | avert* | wander* | off ~ rather than | "
    "leave* the camera | shift* | dart* | away from the camera"
)

THINGS = (
    Thing(
        "eyebrow* | brow | brows | inner brows | outer brows | forehead",
        {
            "rais* | twitch* upward* | twitch* up | jump* | lift* | arch* | rise* | rose | up | "
            "climb* | cocked | go up | fly up | hike* | high on | elevated | flash up | shoot* up | "
            "shot up": "brows_raised.shown",
            "knit* | drawn | down | furrow* | come together | meet | bunch* | tense | knot* | "
            "scrunch* | lower* | drawn together | draw* together | contract* | "
            "pinched | drawn down | draw down and together | pull* together | creas* | "
            "drawn ~ together": "brows_lowered.shown",
            "relaxed | smooth | unfurrowed | unlined": "!brows_lowered.shown",
            "stay where they are | do not move": "!brows_raised.shown",
        },
        SEEN,
    ),
    Thing(
        "eyes | eye | eyelids | lids | upper lids | lower lids",
        {
            "wide | widen* | bulg* | round | large and round | wide open | open wide | "
            "are raised": "eyes_widened.shown",
            "narrow* | squint* | crinkl* | squeezed together | slit | slits | half-closed | tightened | "
            "screwed up": "eyes_narrowed.shown",
            "closed | shut | close | clos* completely | closing | closes | "
            "squeezed shut": "eyes_closed.shown",
            f"{_AT_CAMERA} | fixed on the camera | stay on the camera | on the camera": "gaze.at_camera",
            "avoid* the camera": "gaze.averted",
            "light* up | lit up | bright* up | close to | well up": "",
            _PAST_CAMERA: "gaze.averted",
            "down | downcast | lower* | drop* | cast down | on the floor | to the floor | "
            "on the ground | on the table | cast downwards": "gaze.down",
            "glance up | up | upwards | upward": "gaze.up",
            "aside | to the side | to one side | to the left | to the right | sideways | sidelong | "
            "glance away to their left | "
            "glance away to their right": "gaze.aside",
        },
        SEEN,
    ),
    Thing(
        "gaze | gazes | gazing | look | looks | looking | looked | glance* | stare* | staring | eye contact",
        {
            f"{_AT_CAMERA} | direct | directly at": "gaze.at_camera",
            "avoid* the camera | slightly past the camera": "gaze.averted",
            _PAST_CAMERA: "gaze.averted",
            "down | downward | downwards | lower* | downcast | at the floor | at the ground | "
            "to the floor | to the ground | "
            "drop*": "gaze.down",
            "up | upward | upwards | at the ceiling": "gaze.up",
            "aside | to the side | to one side | sideways | sidelong | to the left | to the right | off to | "
            "away to their left | away to their right": "gaze.aside",
            "sit down | sits down | sat down": "",
        },
        SEEN,
    ),
    Thing(
        "corners of the mouth | mouth corners | lip corners | corners of her mouth | "
        "corners of his mouth | corners of their mouth | corners of the lips | "
        "mouth's corners",
        {
            "up | turn* up | tug* up | upturned | upward | upwards | rais* | lift* | rise* | "
            "curl* up": "smile.shown",
            "down | turn* down | pull* down* | pulled down* | drawn down* | tug* down* | downturned | "
            "downward | downwards | droop* | lowered | lowering | sink* | "
            "drop*": "corners_down.shown",
        },
        SEEN,
    ),
    Thing(
        "mouth | jaw",
        {
            "open* | agape | gaping | ajar | fall* open | hang* open | drop* | wide open | "
            "slack": "mouth_open.shown",
            "closed | shut": "!mouth_open.shown",
            "downturned | turn* down | droop*": "corners_down.shown",
            "clenched | tight | set": "lips_pressed.shown",
        },
        SEEN,
    ),
    Thing(
        "lips | lip | lower lip",
        {
            "tightly pressed": "lips_pressed.shown",
            "press* | pinch* | sealed | thin | folded in | rolled in | tight* | compress* | thin line | "
            "clamped": "lips_pressed.shown",
            "purs* | pucker* | pout*": "lips_puckered.shown",
            "part | parted | parting | open": "mouth_open.shown",
            "closed | shut": "!mouth_open.shown",
            "stretch*": "lips_stretched.shown",
            "curl* up | curl* upward* | curl* into": "smile.shown",
            "upper lip lifts | upper lip curls | curl* | upper lip is raised": "upper_lip_raised.shown",
        },
        SEEN,
    ),
    Thing("upper lip", {"lift* | curl* | rais* | snarl*": "upper_lip_raised.shown"}, SEEN),
    Thing(
        "nose | nostrils", {"wrinkl* | scrunch* | screw* up | crinkl* | flare*": "nose_wrinkled.shown"}, SEEN
    ),
    Thing("cheeks | cheek", {"rais* | lift* | push* up | bunch*": "cheeks_raised.shown"}, SEEN),
    Thing(
        "chin",
        {
            "push* up | pushed up | dimpl* | wrinkl* | crumpl* | bunch* | pucker*": "chin_raised.shown",
            "raised | lifted | up | high": "head.up",
            "down | lowered | tucked | dips": "head.down",
        },
        SEEN,
    ),
    Thing(
        "face | facial expression | expression | expressions | features | countenance | demeanour | demeanor",
        {
            "blank | neutral | stony | wooden | vacant | frozen | rigid | immobile | unmoved | "
            "inscrutable | mask-like | impassive | deadpan | expressionless | hardly moves | "
            "stays near rest | emotionless | without expression | unreadable": "expression.blank",
            "lively | animated | expressive | vivid | changes constantly | changes all the time | "
            "keeps changing | changes quickly": "expression.lively",
            "visible throughout | is visible | clearly visible | is seen | in view": "face_seen.seen",
            "visible only briefly | partly visible | partially visible | only partly visible | "
            "half hidden | partly hidden | partially hidden | obscured | in shadow | "
            "turned away from the camera | visible for part | out of view | out of frame": "face_seen.partly",
        },
        LOOKED_AT | HEARD,
    ),
)

PHRASES = (
    Phrase(
        "meets ~ eyes | meets ~ gaze | meet ~ eyes | meet ~ gaze | holds ~ gaze | hold ~ gaze | "
        "faces the viewer | only briefly at the camera | only rarely at the camera",
        "gaze.at_camera",
        SEEN,
    ),
    Phrase("blink at a usual rate", "blinking.usual", SEEN),
    Phrase("smil* | grin* | beaming | smirk*", "smile.shown", LOOKED_AT),
    Phrase("laugh*", "smile.shown", frozenset({Dimension.FACE, Dimension.BODY, Dimension.SCENE})),
    Phrase("frown* | scowl* | glower* | glar* at", "brows_lowered.shown"),
    Phrase("squint*", "eyes_narrowed.shown", SEEN),
    Phrase("wide-eyed", "eyes_widened.shown", SEEN),
    Phrase("jaw-dropping | open-mouthed | gape* | gaping", "mouth_open.shown", SEEN),
    Phrase("clench* jaw | jaw clench* | grit* ~ teeth | sets ~ jaw", "lips_pressed.shown", SEEN),
    Phrase("pout*", "lips_puckered.shown", SEEN),
    Phrase("sneer*", "upper_lip_raised.shown", SEEN),
    Phrase(
        "expressionless | little expression | hardly any expression | deadpan | poker-faced | "
        "poker face | stone-faced | stony-faced | straight face | without expression",
        "expression.blank",
        SEEN,
    ),
    Phrase("eye contact", "gaze.at_camera", SEEN),
    Phrase("restless eyes | restless gaze | averted | look* elsewhere | look* around", "gaze.averted", SEEN),
    Phrase(
        "blink* rapidly | blink* often | blink* repeatedly | blink* constantly | "
        "blink* a great deal | blink* fast | blink* very often | blink* frequently | blink* a lot | "
        ""
        "frequent* blink* | rapid blink*",
        "blinking.frequent",
        SEEN,
    ),
    Phrase(
        "rarely blink* | hardly blink* | scarcely blink* | barely blink* | seldom blink* | "
        "almost never blink* | does not blink | blink* rarely | unblinking",
        "blinking.rare",
        SEEN,
    ),
    Phrase("no face is seen | no face is visible", "!face_seen.seen", LOOKED_AT),
    Phrase("roll* ~ eyes | eye-roll*", "gaze.up", SEEN),
    Phrase(
        "look* down | eyes down | look* at the floor | look* at the ground | star* at the floor",
        "gaze.down",
        SEEN,
    ),
    Phrase(
        "over her shoulder | over his shoulder | over their shoulder | steal* glances",
        "gaze.averted",
        SEEN,
    ),
    Phrase(
        "shut* his eyes | shut* her eyes | shut* their eyes | close* his eyes | close* her eyes | "
        "close* their eyes | squeez* ~ eyes shut",
        "eyes_closed.shown",
        SEEN,
    ),
    Phrase("move with the voice", "speaker.main_person", SEEN),
    Phrase("lips stay still while a voice is heard", "speaker.off_screen", SEEN),
    Phrase("another person ~ is the one who speaks", "speaker.other_person", SEEN),
)
