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

_ONE = " | ".join(
    f"{one} {which}{person}"
    for one in ("one", "single", "lone", "solitary")
    for which in ("", "young ", "old ", "elderly ", "middle-aged ")
    for person in ("man", "woman", "person", "boy", "girl", "speaker", "figure")
    if which == "" or person in ("man", "woman", "person")
)

THINGS = (
    Thing(
        "light | lighting | illumination | scene | picture | image | room | hall | frame | shot | setting",
        {
            "dark | dim | dimly | low | low-key | moody | shadowy | very dark | gloomy | "
            "subdued": "light.dark",
            "bright | brightly | well-lit": "light.bright",
            "even | even and moderate | moderate | evenly": "light.even",
            "sharp | crisp": "sharpness.sharp",
            "blurred | blurry | out of focus": "sharpness.blurred",
            "warm": "colours.warm",
            "cool | cold": "colours.cool",
        },
        SHOWN,
    ),
    Thing(
        "colours | colors | colour | color | tones | tone | palette | hues | colouring",
        {
            "muted | desaturated | subdued | pale | faded | earthy": "colours.muted",
            "vivid | saturated | bright | vibrant | colourful | colorful": "colours.vivid",
            "warm": "colours.warm",
            "cool | cold": "colours.cool",
        },
        SHOWN,
    ),
    Thing(
        "background | backdrop | wall | sky | much of the picture",
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
            "still | static | stays still | steady | fixed | stationary | stands still | "
            "locked | motionless": "camera.static",
            "wobbl* | shak* | unsteady | handheld | jitter* | drifts or shakes": "camera.unsteady",
            "move | moves | moving | pan | pans | panning | tilts | sweeps | tracks": "camera.moving",
        },
        SHOWN,
    ),
)

PHRASES = (
    Phrase(
        f"one person | only person | only one person | alone | {_ONE}",
        "people.one",
        LOOKED_AT,
    ),
    Phrase(
        "two people | 2 people | two persons | two men | two women | both people", "people.two", LOOKED_AT
    ),
    Phrase(
        "several people | 3 people | 4 people | 5 people | three people | four people | group of people | "
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
    Phrase("close-up | closeup | extreme close-up", "framing.close", SHOWN),
    Phrase(
        "medium close-up | head and shoulders | shoulders up | chest up | bust shot",
        "framing.head_and_shoulders",
        SHOWN,
    ),
    Phrase("medium shot | waist up | mid-shot", "framing.medium", SHOWN),
    Phrase(
        "long shot | wide shot | full-body shot | medium long shot | from afar | "
        "from far away | in the distance | long-range",
        "framing.far",
        SHOWN,
    ),
    Phrase("dimly lit | poorly lit | low light | low-lit | in the dark", "light.dark", SHOWN),
    Phrase("brightly lit | well-lit | bright light", "light.bright", SHOWN),
    Phrase("evenly lit", "light.even", SHOWN),
    Phrase("picture is black", "light.black", SHOWN, late=True),
    Phrase(
        "a cut to | cuts to | dissolves to | dissolves into | fades to | fades in | "
        "several shots | cuts between | are ~ shots",
        "shots.several",
        SHOWN,
    ),
    Phrase(
        "single shot | one shot | continuous shot | single continuous shot | one take | single take | "
        "one continuous take",
        "shots.one",
        SHOWN,
    ),
    Phrase("rapid cutting | fast cuts | quick cuts | cutting is rapid", "shots.rapid", SHOWN),
    Phrase("almost without colour | black and white | monochrome", "colours.grey", SHOWN),
    Phrase("nothing moves in the background | background is still", "background.still", SHOWN),
    Phrase(
        "something moves in the background | background is busy | walks past in the background | "
        "passes in the background | pass in the background | walk past in the background | "
        "people walking in the background | passers-by",
        "background.moving",
        SHOWN,
    ),
)
