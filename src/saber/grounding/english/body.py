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
            "down | lower* | bow* | bent | droop* | sink* | hung | hang* | drop* | dip* | dips": "head.down",
            "up | raise | raises | raised | lift* | high | thrown back": "head.up",
            "level": "head.level",
            "turn* | turned away | turned to | swivel* | aside": "head.turned",
            "faces the camera | facing the camera | facing forward": "head.front",
            "tilt* | cock* | to one side | to the side | leans to": "head.tilted",
            "upright | straight | erect": "head.upright",
            "still | motionless | very still | barely moves | hardly moves": "head.still",
            "moves a lot | moves constantly | bob* | in constant motion": "head.moving",
            "nod | nods | nodding | nodded": "nod.shown",
            "shake | shakes | shaking | shook": "head_shake.shown",
        },
        SEEN,
    ),
    Thing(
        "body | upper body | torso | trunk | posture",
        {
            "still | motionless | rigid | frozen | immobile | stays still | hardly moves | barely moves | "
            "still most of the time": "movement.still",
            "moves a lot | moves clearly | moves vigorously | restless | hardly ever still": "movement.much",
            "sway*": "movement.sway",
            "slump* | hunch* | slouch* | stoop* | bent over | sagging | collapsed": "shoulders.slumped",
            "leans forward | leaning forward | forward": "lean.forward",
            "leans back | leaning back": "lean.back",
            "open | relaxed and open": "arms.open",
            "closed": "arms.closed",
        },
        SEEN,
    ),
    Thing(
        "movements | movement | motions",
        {
            "jerky | abrupt | jerking | choppy | sudden | angular": "movement.jerky",
            "smooth | fluid | flowing | graceful": "movement.smooth",
        },
        SEEN,
    ),
    Thing(
        "shoulders | shoulder",
        {
            "rais* | rise | drawn up | pulled up | up to ~ ears | lifted | hunched up | lift* | "
            "shrug*": "shoulders.raised",
            "slump* | droop* | sag* | hang* | stoop* | cave* in | curl* forward | drop* | sink | "
            "rounded": "shoulders.slumped",
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
            "crossed | folded | across ~ chest": "arms.crossed",
            "open | wide | spread | outstretched": "arms.open",
            "close to the body | wrapped around | wrapped ~ around | pressed to ~ sides | "
            "hugging": "arms.closed",
        },
        SEEN,
    ),
    Thing(
        "hand | hands | fingers | palm | palms | fist | fists",
        {
            _TO_FACE: "hand_at_face.shown",
            "goes to the face | stays at the face": "hand_at_face.shown",
            "clasped | interlaced | interlocked | intertwined | steepled | folded | held together | "
            "wring* | pressed together": "hands_together.shown",
            "visible | in the frame | in frame | in the picture | be seen | in view | "
            "comes into the picture": "hands.seen",
            "out of frame | out of view | out of the frame | off-screen": "!hands.seen",
            "open": "hands.open",
            "clenched | clench* | closed | balled | curled | gripping | grip*": "hands.closed",
            "gesture a lot | move a lot | move constantly | constantly in motion": "gestures.many",
            "gesture | gestures | gesturing": "gestures.some",
        },
        SEEN,
    ),
)

PHRASES = (
    Phrase(
        "slam* ~ fist | slam* ~ hand | slam* the table | pound* | bang* ~ fist | thump* | hits the table | "
        "sweeping gesture* | expansive gesture* | stabs the air | stabbing the air | "
        "punch* the air | forceful gesture* | lively gesture* | vigorous gesture* | jab* a finger | "
        "jab* ~ finger | finger-jabbing | "
        "stab* ~ finger | chop* the air",
        "gestures.forceful",
        SEEN,
    ),
    Phrase("little movement | minimal movement | little motion", "movement.still", SEEN, late=True),
    Phrase("nod | nods | nodding | nodded", "nod.shown", SEEN),
    Phrase(
        "shak* ~ head | head shak* | shake* of the head | shake* of her head | shake* of his head",
        "head_shake.shown",
        SEEN,
    ),
    Phrase(
        "lean* forward | lean* over | bend* forward | bend* over | bends towards | moves closer | "
        "edges forward | lean* in | lean* towards the camera | lean* toward the camera | "
        "leans closer",
        "lean.forward",
        SEEN,
    ),
    Phrase(
        "lean* back | sits back | sinks back into | leans against the back | steps back | "
        "step back | shrink* back | shrinks away | moves back | back* away | flinch* | lean* away | "
        "draw* back | recoil* | pulls back",
        "lean.back",
        SEEN,
    ),
    Phrase("keeps the same distance", "lean.steady", SEEN),
    Phrase(
        "arms into the air | arms in the air | throws ~ arms | throws ~ arms wide | arms thrown wide",
        "arms.open",
        SEEN,
    ),
    Phrase("shrug* | hunched shoulders", "shoulders.raised", SEEN),
    Phrase(
        "throws ~ head back | toss* ~ head back | tilts ~ head back | lifts ~ head | raises ~ head",
        "head.up",
        SEEN,
    ),
    Phrase("turn* ~ head", "head.turned", SEEN),
    Phrase("tilts ~ head | cocks ~ head | tilting ~ head", "head.tilted", SEEN),
    Phrase("ducks ~ head | lower* ~ head | bow* ~ head | hang* ~ head", "head.down", SEEN),
    Phrase("bolt upright | sits upright | stands upright", "shoulders.straightened", SEEN),
    Phrase(
        "slump* | slouch* | hunched over | huddl* | sunk into | sinks into | collapses into",
        "shoulders.slumped",
        SEEN,
    ),
    Phrase("straightens up | sits up", "shoulders.straightened", SEEN),
    Phrase(
        "hug* herself | hug* himself | arms crossed | cross* her arms | cross* his arms | "
        "cross* their arms | crossed arms | "
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
    Phrase("gestur* | wave* ~ hand | waves ~ hands | hand gesture* | hand movements", "gestures.some", SEEN),
    Phrase(
        "gesticulat* | gestur* constantly | constantly gestur* | talks with ~ hands | "
        "gestures a lot | gesture a lot | frequent gestures | "
        "gestures frequently | animated gestures",
        "gestures.many",
        SEEN,
    ),
    Phrase(
        "hardly moves | barely moves | hardly stirs | barely stirs | does not move | doesn't move | "
        "does not budge | doesn't budge | frozen | rooted to the spot | stock-still | "
        "hardly any movement | motionless | keeps still | "
        "stays still | holds still | sits still | remains still | stands still | "
        "almost no movement | keep still | very still | otherwise still",
        "movement.still",
        SEEN,
        late=True,
    ),
    Phrase(
        "fidget* | jump* up and down | hop* up and down | hops around | dances around | "
        "cannot sit still | can't sit still | unable to sit still | cannot keep still | "
        "shifts ~ weight | moves around | moves about | bounc* | pacing | restless* | squirm* | "
        "paces",
        "movement.much",
        SEEN,
    ),
    Phrase(
        "rocks back and forth | rocks from side to side | rocking | sways | swaying", "movement.sway", SEEN
    ),
)
