"""Which English words say something of head, body and hands?"""

from __future__ import annotations

from saber.grounding.vocabulary import SEEN, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

_FACE_PARTS = (
    "face | mouth | cheek | cheeks | chin | forehead | eyes | temple | nose | lips | mouth or nose | head"
)
_TO_FACE = " | ".join(
    f"{how} ~ {part.strip()}"
    for how in ("to", "at", "on", "near", "over", "against", "towards", "in front of")
    for part in _FACE_PARTS.split(" | ")
)

_TOUCHES = " | ".join(
    f"{verb} ~ {part}"
    for verb in ("touch*", "cover*", "stroke*", "rub*", "scratch*", "cup*", "hold*")
    for part in ("face", "mouth", "chin", "cheek", "cheeks", "forehead", "eyes", "temples", "nose")
    if verb != "hold*" or part == "face"
)

THINGS = (
    Thing(
        "head",
        {
            "down | lower* | bow* | bent | hang* | drop* | dip* | dips": "head.down",
            "up | raise | raises | raised | lift* | high | thrown back": "head.up",
            "level": "head.level",
            "turn* | turned away | turned to": "head.turned",
            "faces the camera | facing the camera | facing forward": "head.front",
            "tilt* | cock* | to one side | to the side | leans to": "head.tilted",
            "upright | straight | erect": "head.upright",
            "still | motionless | very still | barely moves | hardly moves": "head.still",
            "moves a lot | moves constantly | bob*": "head.moving",
            "nod | nods | nodding | nodded": "nod.shown",
            "shake | shakes | shaking | shook": "head_shake.shown",
        },
        SEEN,
    ),
    Thing(
        "body | upper body | torso | trunk | posture",
        {
            "still | motionless | stays still | hardly moves | barely moves | "
            "still most of the time": "movement.still",
            "moves a lot | moves clearly | moves vigorously | restless | hardly ever still": "movement.much",
            "sway*": "movement.sway",
            "slump* | hunch* | slouch* | collapsed": "shoulders.slumped",
            "leans forward | leaning forward | forward": "lean.forward",
            "leans back | leaning back": "lean.back",
            "open": "arms.open",
            "closed": "arms.closed",
        },
        SEEN,
    ),
    Thing(
        "movements | movement | motions",
        {
            "jerky | abrupt | jerking": "movement.jerky",
            "smooth | fluid | flowing": "movement.smooth",
        },
        SEEN,
    ),
    Thing(
        "shoulders | shoulder",
        {
            "rais* | rise | drawn up | hunched up | lift* | shrug*": "shoulders.raised",
            "slump* | droop* | sag* | drop* | sink | rounded": "shoulders.slumped",
            "straighten*": "shoulders.straightened",
            "level | even": "shoulders.level",
            "uneven | higher than the left | higher than the right": "shoulders.uneven",
            "relaxed": "!shoulders.raised",
            "in the picture | visible": "shoulders.seen",
        },
        SEEN,
    ),
    Thing(
        "arms | arm",
        {
            "crossed | folded": "arms.crossed",
            "open | wide | spread | outstretched": "arms.open",
            "close to the body": "arms.closed",
        },
        SEEN,
    ),
    Thing(
        "hand | hands | fingers | palm | palms | fist | fists",
        {
            _TO_FACE: "hand_at_face.shown",
            "goes to the face | stays at the face": "hand_at_face.shown",
            "clasped | folded | held together | wring* | pressed together": "hands_together.shown",
            "visible | in the frame | in frame | in the picture | be seen | in view | "
            "comes into the picture": "hands.seen",
            "out of frame | out of view | out of the frame | off-screen": "!hands.seen",
            "open": "hands.open",
            "clenched | closed | balled": "hands.closed",
            "gesture a lot | move a lot": "gestures.many",
            "gesture | gestures | gesturing": "gestures.some",
        },
        SEEN,
    ),
)

PHRASES = (
    Phrase(
        "forceful gesture* | lively gesture* | vigorous gesture* | jab* a finger | jab* ~ finger | finger-jabbing | "
        "stab* ~ finger | chop* the air",
        "gestures.forceful",
        SEEN,
    ),
    Phrase("little movement | minimal movement | little motion", "movement.still", SEEN, late=True),
    Phrase("nod | nods | nodding | nodded", "nod.shown", SEEN),
    Phrase("shak* ~ head | head shak*", "head_shake.shown", SEEN),
    Phrase(
        "lean* forward | lean* in | lean* towards the camera | lean* toward the camera | leans closer",
        "lean.forward",
        SEEN,
    ),
    Phrase("lean* back | lean* away | draw* back | recoil* | pulls back", "lean.back", SEEN),
    Phrase("keeps the same distance", "lean.steady", SEEN),
    Phrase("shrug* | hunched shoulders", "shoulders.raised", SEEN),
    Phrase("ducks ~ head | lower* ~ head | bow* ~ head | hang* ~ head", "head.down", SEEN),
    Phrase("bolt upright | sits upright | stands upright", "shoulders.straightened", SEEN),
    Phrase("slump* | slouch* | hunched over", "shoulders.slumped", SEEN),
    Phrase("straightens up | sits up", "shoulders.straightened", SEEN),
    Phrase(
        "arms crossed | cross* her arms | cross* his arms | cross* their arms | crossed arms | "
        "folded arms | arms folded | fold* her arms | fold* his arms | fold* their arms",
        "arms.crossed",
        SEEN,
    ),
    Phrase(
        f"{_TOUCHES} | rests ~ chin | buries ~ face | bury ~ face | hides ~ face | hide ~ face | "
        "wipes ~ eyes | wipes ~ tears",
        "hand_at_face.shown",
        SEEN,
    ),
    Phrase("gestur* | hand gesture* | hand movements", "gestures.some", SEEN),
    Phrase(
        "gesticulat* | gestures a lot | gesture a lot | frequent gestures | "
        "gestures frequently | animated gestures",
        "gestures.many",
        SEEN,
    ),
    Phrase(
        "hardly moves | barely moves | hardly any movement | motionless | keeps still | "
        "stays still | holds still | sits still | remains still | stands still | "
        "almost no movement | keep still | very still | otherwise still",
        "movement.still",
        SEEN,
        late=True,
    ),
    Phrase("fidget* | restless* | squirm* | paces", "movement.much", SEEN),
    Phrase("rocks back and forth | sways", "movement.sway", SEEN),
)
