"""Which English words say something of the scene?"""

from __future__ import annotations

from saber.grounding.vocabulary import LOOKED_AT, SHOWN, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

_COLOURS = {
    "black": "colour.black",
    "grey | gray": "colour.grey",
    "white": "colour.white",
    "red": "colour.red",
    "orange": "colour.orange",
    "brown | wooden": "colour.brown",
    "yellow | golden": "colour.yellow",
    "green": "colour.green",
    "cyan | teal": "colour.cyan",
    "blue": "colour.blue",
    "purple": "colour.purple",
    "pink": "colour.pink",
    "beige | cream": "colour.beige",
}

_TWO = " | ".join(
    f"two {which}{people}"
    for which in ("", "young ", "older ", "elderly ")
    for people in (
        "men",
        "women",
        "boys",
        "girls",
        "teenagers",
        "friends",
        "colleagues",
        "children",
        "figures",
        "students",
    )
)
_ONE = " | ".join(
    f"{one} {which}{person}"
    for one in ("one", "single", "lone", "solitary")
    for which in ("", "young ", "old ", "elderly ", "middle-aged ")
    for person in ("man", "woman", "person", "boy", "girl", "speaker", "figure")
    if which == "" or person in ("man", "woman", "person")
)

THINGS = (
    Thing(
        "light | lighting | interior | street | office | illumination | scene | picture | image | "
        "room | hall | frame | shot | setting",
        {
            "dark | dim | dimly | darkened | pitch-dark | badly lit | low | low-key | moody | shadowy | "
            "very dark | gloomy | "
            "subdued": "light.dark",
            "bright | brightly | well-lit | sunlit | sunny | glaring": "light.bright",
            "even | even and moderate | moderate | evenly": "light.even",
            "sharp | crisp": "sharpness.sharp",
            "blurred | blurry | out of focus | fuzzy | unsharp": "sharpness.blurred",
            "warm | golden": "colours.warm",
            "cool | cold | bluish": "colours.cool",
        },
        SHOWN,
    ),
    Thing(
        "colours | colors | colour | color | tones | tone | palette | hues | colouring",
        {
            "muted | desaturated | subdued | pale | faded | earthy": "colours.muted",
            "vivid | saturated | rich | intense | bright | vibrant | colourful | colorful": "colours.vivid",
            "warm | golden | reddish": "colours.warm",
            "cool | cold | bluish": "colours.cool",
        },
        SHOWN,
    ),
    Thing(
        "background | backdrop | wall | walls | curtain | curtains | sky | much of the picture",
        {
            **_COLOURS,
            "blurred | blurry | out of focus": "",
            "still | nothing moves": "background.still",
            "busy | people moving | bustling": "background.moving",
        },
        SHOWN,
    ),
    Thing("contrast", {"low | flat": "contrast.low", "hard | high | strong": "contrast.high"}, SHOWN),
    Thing(
        "camera",
        {
            "still | static | stays still | steady | does not move | doesn't move | never moves | "
            "on a tripod | fixed | stationary | stands still | "
            "locked | motionless": "camera.static",
            "wobbl* | shak* | sway* | jerk* | unsteady | handheld | jitter* | "
            "drifts or shakes": "camera.unsteady",
            "move | moves | moving | pan | pans | panning | tilts | sweeps | tracks": "camera.moving",
        },
        SHOWN,
    ),
)

PHRASES = (
    Phrase(
        f"one person | nobody else | no one else | only person | only one person | alone | {_ONE}",
        "people.one",
        LOOKED_AT,
    ),
    Phrase(
        f"two people | {_TWO} | a couple | man and a woman | woman and a man | pair of people | "
        "woman and a child | man and a child | two speakers | 2 people | two persons | "
        "both people",
        "people.two",
        LOOKED_AT,
    ),
    Phrase(
        "several people | several persons | four or five | five or six | a dozen people | "
        "half a dozen people | several friends | several men | several women | three men | "
        "three women | group of friends | audience in the picture | 3 people | 4 people | "
        "5 people | three people | four people | group of people | "
        "crowd | many people | multiple people",
        "people.several",
        SHOWN,
    ),
    Phrase(
        "picture wobbles | picture shakes | image shakes | image wobbles | shaky picture | shaky image | "
        "shaky footage | hand-held",
        "camera.unsteady",
        SHOWN,
    ),
    Phrase(
        "close-up | closeup | very close | tight shot | close shot | from up close | "
        "tightly framed | extreme close-up",
        "framing.close",
        SHOWN,
    ),
    Phrase(
        "medium close-up | head and shoulders | shoulders up | from the chest upward | "
        "from the chest upwards | chest upward | chest up | bust shot",
        "framing.head_and_shoulders",
        SHOWN,
    ),
    Phrase("medium shot | from the waist | waist-up | waist up | mid-shot", "framing.medium", SHOWN),
    Phrase(
        "long shot | from a distance | from some distance | at a distance | full length | "
        "wide shot | full-body shot | medium long shot | from afar | "
        "from far away | in the distance | long-range",
        "framing.far",
        SHOWN,
    ),
    Phrase(
        "look cold | looks cold | look cool | cold light | cool light | bluish light", "colours.cool", SHOWN
    ),
    Phrase("warm light | golden light", "colours.warm", SHOWN),
    Phrase(
        "dimly lit | badly lit | half-dark | in shadow | night scene | poorly lit | low light | "
        "low-lit | in the dark",
        "light.dark",
        SHOWN,
    ),
    Phrase(
        "brightly lit | sunlit | sunny | in bright sunlight | flooded with light | well-lit | bright light",
        "light.bright",
        SHOWN,
    ),
    Phrase("evenly lit", "light.even", SHOWN),
    Phrase("picture is black", "light.black", SHOWN, late=True),
    Phrase(
        "a cut to | several cuts | many cuts | jump cuts | multiple shots | different angles | "
        "different shots | cuts to | dissolves to | dissolves into | fades to | fades in | "
        "several shots | cuts between | are ~ shots",
        "shots.several",
        SHOWN,
    ),
    Phrase(
        "single shot | without cuts | without a cut | uncut | unbroken shot | one shot | "
        "continuous shot | single continuous shot | one take | single take | "
        "one continuous take",
        "shots.one",
        SHOWN,
    ),
    Phrase("no cut | no cuts", "!shots.several", SHOWN),
    Phrase("static shot | shot is static | fixed frame | fixed shot | locked-off", "camera.static", SHOWN),
    Phrase("rapid cutting | fast cuts | quick cuts | cutting is rapid", "shots.rapid", SHOWN),
    Phrase("almost without colour | black and white | monochrome", "colours.grey", SHOWN),
    Phrase("nothing moves in the background | background is still", "background.still", SHOWN),
    Phrase(
        "something moves in the background | background is busy | walks past in the background | "
        "passes in the background | hurry by behind | hurries by behind | walk by behind | "
        "walks by behind | pass behind | passes behind | people behind ~ move | "
        "pass in the background | walk past in the background | "
        "people walking in the background | passers-by",
        "background.moving",
        SHOWN,
    ),
)
