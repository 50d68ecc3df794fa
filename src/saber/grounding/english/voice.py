"""Which English words say something of a voice?"""

from __future__ import annotations

from saber.core.taxonomy import Dimension
from saber.grounding.vocabulary import HEARD, Phrase, Thing

__all__ = ["PHRASES", "THINGS"]

_ACOUSTIC = frozenset({Dimension.ACOUSTIC})
_HIGH = (
    "high | higher | pitched up | piercing | at a high pitch | high-pitched | shrill | squeaky | heightened"
)
_LOW = "low | lower | bass | at a low pitch | low-pitched | deep | deeper"
_WIDE = (
    "lively | animated | up and down | lilting | musical | undulat* | swoop* | leap* | jump* | "
    "large swings | rich in inflection | varied | varies | vary ~ widely | sing-song | "
    "melodic | expressive | modulat* | "
    "wide | swing* widely | rise* and fall* | fluctuat* | move* widely | move* very widely | dynamic"
)
_NARROW = (
    "flat | dull | hardly moves | barely moves | scarcely moves | lifeless | robotic | "
    "uninflected | without inflection | without modulation | hardly changes | hardly var* | "
    "constant | monoton* | toneless | droning | little variation | narrow | move* little | "
    "unvarying | "
    "varies little | little variation in pitch | flat monotone | barely var* | minimal variation"
)
_FAST = (
    "hectic* | pour* out | fast | faster | swift* | speedy | speedily | at high speed | "
    "at great speed | breakneck | in a rush | in a hurry | pressured | tumbl* | rapid* | "
    "quick* | hurried* | rushed | brisk* | hasty | hastily"
)
_SLOW = (
    "slow | slowly | sluggish* | languid* | dragging | drags | ponderous* | taking ~ time | "
    "takes his time | takes her time | take their time | slower | unhurried* | leisurely | "
    "drawn out | drawl* | stretched | slow* down"
)
_USUAL = "usual | normal | regular | natural | moderate* | average | typical | ordinary"
_LOUD = (
    "loud* | strong | strongly | thunder* | resounding | blaring | at the top of | force | "
    "forceful* | powerful* | booming | projecting | intense | vigorous* | emphatic* | "
    "bright, forceful | "
    "full-throated | with force"
)
_SOFT = (
    "soft* | quiet* | barely audible | almost inaudible | inaudible | feeble | feebly | "
    "tender | tenderly | small | gentler | light and soft | gentle | gently | hushed | weak | "
    "faint | subdued | with little effort | meek"
)
_TREMBLING = (
    "falter* | shiver* | trembl* | quaver* | quiver* | shak* | waver* | unsteady | unsteadily | "
    "tremulous | vibrat* | wobbl*"
)
_STEADY = "steady | stable | unwavering | steadily"
_ROUGH = (
    "rough | rasping | scratchy | grating | guttural | hoarse | raspy | husky | gravelly | "
    "creaky | harsh | gruff | croak*"
)

THINGS = (
    Thing(
        "voice* | tone of voice | tone | timbre | vocal tone | vocal delivery",
        {
            _HIGH: "pitch_level.high",
            "pitched ~ high": "pitch_level.high",
            _LOW: "pitch_level.low",
            "pitched ~ low": "pitch_level.low",
            _WIDE: "pitch_range.wide",
            _NARROW: "pitch_range.narrow",
            "clear": "voice_quality.clear",
            "rise* at the end | end* on a rising note": "pitch_end.up",
            "fall* at the end | drop* at the end": "pitch_end.down",
            "rise* | rising | climb*": "pitch_change.up",
            "drop* to a murmur | drop* to a whisper | sink* to a whisper | "
            "drop* to nearly a whisper": "effort.low",
            "fall* | falling | sink* | drop*": "pitch_change.down",
            f"{_LOUD} | raised | raise | raises | raising | strained with great effort": "effort.high",
            f"{_SOFT} | lowered | whisper* | muted": "effort.low",
            "grow* louder | get* louder | swell* | louder and louder | grow* louder and louder | "
            "get* louder and louder": "loudness_change.up",
            "fade* | trail* off | thins out | grow* thinner | grow* weaker | grow* quieter | "
            "grow* softer | die* away": "loudness_change.down",
            _TREMBLING: "tremor.trembling",
            _STEADY: "!tremor.trembling",
            "breathy | aspirated | airy | breathless": "voice_quality.breathy",
            _ROUGH: "voice_quality.rough",
            "strained | tense | tight | strangled | squeezed | forced | pressed | choked | "
            "constricted | pinched": "voice_quality.pressed",
            _FAST: "rate.fast",
            f"{_SLOW} | without hurry": "rate.slow",
            "measured": "rate.usual",
            "high energy | high-energy": "effort.high",
            "low energy | low-energy": "effort.low",
            "halting": "pauses.many",
            "in loud noise": "noise.noisy",
        },
        HEARD,
        default=True,
    ),
    Thing(
        "pitch | intonation | inflection | prosody | melody",
        {
            f"{_HIGH} | raised | elevated": "pitch_level.high",
            f"{_LOW} | lowered": "pitch_level.low",
            "than normal | than usual | than average": "",
            _USUAL: "pitch_level.usual",
            _WIDE: "pitch_range.wide",
            f"{_NARROW} | even | uniform": "pitch_range.narrow",
            "moves as much as usual": "pitch_range.usual",
            "rise* at the end | rise* ~ at the end | end* high*": "pitch_end.up",
            "fall* at the end | drop* at the end | falls ~ at the end": "pitch_end.down",
            "level at the end": "pitch_end.level",
            "rise* | rising | climb* | go* up | upward": "pitch_change.up",
            "fall* | falling | sink* | drop* | go* down | downward": "pitch_change.down",
            _TREMBLING: "tremor.trembling",
            _STEADY: "!tremor.trembling",
        },
        HEARD,
    ),
    Thing(
        "pace | tempo | speech rate | speaking rate | rate of speech | speed | rate | "
        "delivery | the speech | speech",
        {
            _FAST: "rate.fast",
            _SLOW: "rate.slow",
            "than normal | than usual | than average": "",
            f"{_USUAL} | measured": "rate.usual",
            "halting | broken": "pauses.many",
            "fluent* | flow*": "!pauses.many",
            "fades": "loudness_change.down",
            "grows louder | grows much louder": "loudness_change.up",
            _LOUD: "effort.high",
            _SOFT: "effort.low",
        },
        HEARD,
    ),
    Thing(
        "speak* | spoke | talk* | tell* | told | say | says | said | reads | read | utter* | narrat*",
        {
            _FAST: "rate.fast",
            f"{_SLOW} | without hurry | without haste": "rate.slow",
            "fluent* | smoothly": "!pauses.many",
            f"{_LOUD} | up": "effort.high",
            f"{_SOFT} | under her breath | under his breath": "effort.low",
            "monotonously | flatly | tonelessly": "pitch_range.narrow",
            "haltingly": "pauses.many",
            "shakily | tremulously": "tremor.trembling",
        },
        HEARD,
    ),
    Thing(
        "sentence | sentences | phrase | phrases | utterance | last word | final word | last syllable | "
        "last words | final words | final syllable",
        {
            "rise* | rising | go* up | upward* | lift*": "pitch_end.up",
            "fall* | falling | drop* | sink* | go* down | downward*": "pitch_end.down",
            "fade* | trail* off | die* away": "loudness_change.down",
            _FAST: "rate.fast",
            _SLOW: "rate.slow",
        },
        HEARD - {Dimension.REASONING},
    ),
    Thing(
        "volume | loudness",
        {
            "high | loud | raised | considerable": "loudness.loud",
            "low | quiet | soft": "loudness.quiet",
            "increas* | rise* | grow* | swell*": "loudness_change.up",
            "decreas* | fall* | drop* | fade*": "loudness_change.down",
            "even | steady | constant | stays the same | remains the same | unchanged | "
            "does not change | level": "loudness_change.even",
            "varies | changes a lot | changes very much | fluctuat*": "loudness_range.wide",
            "hardly changes | changes little": "loudness_range.narrow",
        },
        HEARD,
    ),
    Thing(
        "vocal effort",
        {"usual | normal": "effort.usual", "great | high": "effort.high", "little | low": "effort.low"},
        HEARD,
    ),
    Thing(
        "recording | audio | sound",
        {"clear | clean": "noise.clean", "noisy | hisses": "noise.noisy"},
        HEARD,
    ),
)

PHRASES = (
    Phrase(
        "traffic noise | hum of | din of | rain ~ on the roof | drum* on the roof | roar of | "
        "noise of | traffic can be heard | crackl* | noise in the background | ambient noise | "
        "background noise | audible noise | wind noise | street noise | traffic noise | "
        "static noise | "
        "hiss* | noisy recording",
        "noise.noisy",
        frozenset({Dimension.ACOUSTIC}),
    ),
    Phrase("voice quality is clear | clear voice quality", "voice_quality.clear", HEARD),
    Phrase("speeds up | speeding up | accelerat* | rushes | rushing", "rate.fast", HEARD),
    Phrase(
        "laugh* | snigger* | titter* | cackl* | chuckl* | giggl*",
        "laughter.heard",
        frozenset({Dimension.ACOUSTIC}),
    ),
    Phrase(
        "pause* | pausing | noticeable gap | short silence* | falls silent | stops mid-sentence | "
        "silence* | gaps | a few pauses | a few short pauses | hesitat* | hesitant* | breaks off | "
        ""
        "stumbl* over | searches for words | gropes for words",
        "pauses.some",
        HEARD,
    ),
    Phrase(
        "long pause* | long silence* | many silences | several silences | many pauses | "
        "frequent pause* | halting* | repeated pauses | haltingly",
        "pauses.many",
        HEARD,
    ),
    Phrase("tremor | vibrato", "tremor.trembling", frozenset({Dimension.ACOUSTIC, Dimension.REASONING})),
    Phrase("long, * pause*", "pauses.many", HEARD),
    Phrase("few pauses | without many pauses | hardly any pauses | hardly a pause", "!pauses.many", HEARD),
    Phrase(
        "without a break | without a single break | without a single pause | without once pausing | "
        "without a pause | without stopping | without interruption | in one breath | "
        "non-stop | without drawing breath | without taking a breath",
        "!pauses.some",
        HEARD,
    ),
    Phrase("stutter* | stammer*", "pauses.some", HEARD),
    Phrase(
        "monotone | monotonous* | monotonic | deadpan voice | without any modulation",
        "pitch_range.narrow",
        HEARD,
    ),
    Phrase("sing-song", "pitch_range.wide", HEARD),
    Phrase("high-pitched | falsetto", "pitch_level.high", HEARD),
    Phrase("low-pitched | baritone", "pitch_level.low", HEARD),
    Phrase(
        "trembl* | quaver* | quiver* | waver* | shakiness | shaky", "tremor.trembling", _ACOUSTIC, late=True
    ),
    Phrase("hoarseness | raspiness", "voice_quality.rough", _ACOUSTIC, late=True),
    Phrase("strain | vocal tension", "voice_quality.pressed", _ACOUSTIC, late=True),
    Phrase(
        "loudly | gets loud | get loud | becomes loud | sudden loudness", "effort.high", _ACOUSTIC, late=True
    ),
    Phrase(
        "softly | quietly | sudden quietness | quietness",
        "effort.low",
        _ACOUSTIC | {Dimension.REASONING},
        late=True,
    ),
    Phrase("quickly | rapidly | hurriedly | hastily", "rate.fast", _ACOUSTIC, late=True),
    Phrase("slowly | unhurriedly", "rate.slow", _ACOUSTIC, late=True),
    Phrase(
        "barely above a whisper | hardly above a whisper | little more than a whisper | "
        "hardly more than a whisper",
        "effort.low",
        HEARD,
    ),
    Phrase("strong projection | vocal power", "effort.high", HEARD),
    Phrase(
        "shout* | yell* | bellow* | roar* | holler* | at the top of | scream* | shriek*", "effort.high", HEARD
    ),
    Phrase(
        "whisper* | murmur* | under her breath | under his breath | lower* her voice | "
        "lower* his voice | keeps her voice down | keeps his voice down | mutter* | soft-spoken | "
        "softly spoken | mumbl*",
        "effort.low",
        HEARD,
    ),
    Phrase(
        "raises her voice | raises his voice | raise her voice | raise his voice | "
        "raising her voice | raising his voice | raised voice",
        "effort.high",
        HEARD,
    ),
    Phrase(
        "emphas* | stress* individual | stress* certain | stress* single | stress* every | "
        "heavy stress | stress on | exaggerated stress | stress* ~ words | stressed strongly | "
        "accentuat*",
        "emphasis.strong",
        frozenset({Dimension.ACOUSTIC}),
    ),
    Phrase("hoarse* | raspy | hoarseness", "voice_quality.rough", HEARD),
    Phrase("breathy", "voice_quality.breathy", HEARD),
)
