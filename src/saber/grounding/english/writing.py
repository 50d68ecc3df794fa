"""How is English written, as far as finding claims needs to know?"""

from __future__ import annotations

from saber.grounding.records import When
from saber.grounding.vocabulary import Writing

__all__ = ["WRITING"]

_S = r"(?:s|sec|secs|seconds?)\b"
_N = r"(\d{1,6}(?:\.\d{1,6})?)"

WRITING = Writing(
    spaced=True,
    some_words=r"(?:\s+[\w']+){0,3}\s+",
    between=r"(?:\s*,\s*(?!(?:her|his|their|the|an?|both|with|and|but)\b)[\w-]+)?\s+"
    r"(?:(?:her|his|their|the|a|an|your|of|own|both|whole)\s+){0,3}(?:[\w-]+\s+)?",
    listing=r"(?:\s*,\s*|\s+)(?:(?:and|or|but|yet|then|very|slightly|quite|rather|a|an|more)\s+){0,3}",
    another=r"(?:,|\band|\bbut|\byet|\bwith)\s+(?:the|his|her|their|its)\s+(?!(?:end|start|beginning|middle)\b)",
    unit=r"[\w'-]+",
    reach=6,
    sentence_end=r"[.!?](?=\s|$|[\"”'])|\n",
    clause_end=r",(?!\s*(?:[\w'-]+\s+){0,3}n?or\b)|[;:—–()]|\b(?:but|while|whereas|although|though|yet|however|and|then|except|because|"
    r"which|who|until|with)\b",
    negators=r"\b(?:(?:no|without|not|lack of|absence of)(?: any| the slightest| the least)?"
    r" (?:sign|trace|hint|evidence|indication|suggestion)s? of|no|not|never|without|hardly|"
    r"barely|scarcely|rarely|seldom|neither|nor|none|nothing|"
    r"lacks?|lacking|absence of|lack of|free of|devoid of|avoids?|avoiding|refuses? to|fails? to|"
    r"(?<!\ba )(?<!\bthe )few|rather than|instead of|cannot)\b|n['’]t\b",
    not_negators=r"\b(?:(?:do|does|did)(?: not|n['’]t) (?:stop|cease)|never (?:stop|"
    r"cease)\w*|not only|not just|not merely|no longer|no doubt|nothing but|cannot help|"
    r"can['’]t help|couldn['’]t help|cannot stop|not without|no more than|(?:barely|hardly|"
    r"scarcely) (?:perceptible|perceptibly|noticeable|visible)|"
    # "no anger is visible in a smiling face" denies the anger
    r"no [\w-]+ (?:(?:is|are|was|can be) )?(?:visible |seen |heard |found |"
    r"present )?in (?:an?|the|his|her|their))\b",
    negation_reach=6,
    negated_after=r"\s+(?:(?:is|are|was|were)\s+(?:absent|missing|(?:not|never)\s+"
    r"(?:visible|seen|present|shown|heard|there|noticeable|apparent|detectable))|"
    r"(?:does|do|did)\s*(?:not|n['’]t)\s+(?:appear|show)|never appears?)\b",
    hedges=r"\b(?:seem\w*|appear(?:s|ed|ing)?\s+to|appears? that|apparently|perhaps|maybe|possibly|"
    r"probably|likely|might|may|could|suggest\w*|(?<!no )hints? of|almost(?! (?:no|"
    r"never)\b)|nearly(?! no\b)|presumably|sounds? like|"
    r"looks? like)\b",
    hypotheticals=r"\b(?:as if|as though|about to|would|if|trying not to|tries not to|suppress\w*|hides?|"
    r"hiding|ready to|threatens? to|on the verge of|tempting to|mistake\w*|mistook|whether|unlike|"
    r"should|pass(?:es)? for)\b",
    conditions=r"^\W*(?:even )?(?:if|unless|suppose|supposing|had (?:her|his|their|the|she|he|they)|"
    r"were (?:she|he|they))\b",
    supposed_after=r"\s+would\b",
    strong=r"\b(?:very|extremely|highly|remarkably|intensely|exceptionally|deeply|strongly|incredibly|"
    r"unusually|steeply|wildly)\W+$",
    slight=r"\b(?:slight|slightly|a little|a bit|somewhat|mildly|faint|faintly|subtle|subtly|rather|fairly|"
    r"relatively|hint of a?|small)\W+$",
    ended_before=r"(?<!never )(?<!not )(?<!n't )(?<!n’t )\b(?:no longer|not any ?more|"
    r"stops?|stopped|ceases? to|ceased to)\b",
    ended_after=r"\s+(?:(?:soon|quickly|slowly|gradually|then|suddenly)\s+)?(?:fades?|faded|disappears?|"
    r"disappeared|vanish(?:es|ed)?|drops? (?:away|off)|is gone|dies|dissolves?|slips?)\b",
    sequence=r"\b(?:then|except|apart from|aside from|other than|suddenly|all of a sudden|afterwards?|"
    r"before|"
    r"until|eventually|at one point|breaks? into|gives? way|starts? with|(?<!even )when|as soon as|once|"
    r"the moment)\b",
    at_times=r"\b(?:gradually|brief|briefly|at times|for a (?:moment|while|second)|occasionally|sometimes|"
    r"now and then|now and again|from time to time|twice|several times|a few times)\b",
    resets=r"\b(?:then|after(?:wards?| that)|otherwise|later|apart from (?:that|this)|in the rest|"
    r"(?:and|but|before)\s+(?:\w+\s+)?(?:grow|get|becom|turn|build)\w*)\b",
    quotes=r"[“\"]([^“”\"\n]+)[”\"]|‘([^‘’\n]+)’(?!\w)",
    times=(
        (
            r"\b(?:at|towards?|near) the (?:very )?end\b|\bin the end\b|\bfinally\b|\bending with\b|"
            r"\blast moments?\b",
            When(start=2 / 3, end=None, unit="ratio"),
        ),
        (
            r"\bat (?:the )?(?:very )?(?:start|beginning|outset)\b|\bin the beginning\b|\binitially\b|"
            r"\bat first\b|\b(?:she|he|they) (?:starts?|begins?)\b|\bto begin with\b",
            When(start=0.0, end=1 / 3, unit="ratio"),
        ),
        (
            r"\b(?:in|towards?) the middle\b|\bmidway\b|\bhalfway\b",
            When(start=1 / 3, end=2 / 3, unit="ratio"),
        ),
        (r"\b(?:in|during|for) the first half\b", When(start=0.0, end=0.5, unit="ratio")),
        (r"\b(?:in|during|for) the second half\b|\blater\b", When(start=0.5, end=None, unit="ratio")),
    ),
    timed=(
        (rf"\b(?:from|between)\s+{_N}\s*(?:{_S})?\s*(?:to|and|until|[-–])\s*{_N}\s*{_S}", "from_to"),
        (rf"\b{_N}\s*(?:{_S})?\s*[-–]\s*{_N}\s*{_S}", "from_to"),
        (rf"\bafter\s+(?:about\s+|around\s+)?{_N}\s*{_S}", "after"),
        (rf"\b(?:before|within the first|in the first)\s+{_N}\s*{_S}", "before"),
        (rf"\b(?:at|around|about)\s+(?:about\s+|around\s+)?(?:the\s+)?{_N}[\s-]*{_S}", "at"),
    ),
)
