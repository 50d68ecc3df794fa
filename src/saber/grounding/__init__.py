"""Does a description rest on what was measured?

`find_claims` reads the claims of a text, `check_claims` judges those of a whole annotation against a clip's
cues: supported, contradicted or not measurable. `Summary` counts. `inner_consistency` asks of an annotation
alone whether it contradicts itself. `feelings_in` and `emotions_by_channel`: which emotions does a text name,
and of what?
"""

from saber.grounding.check import check_claim, check_claims
from saber.grounding.consistency import Clash, inner_consistency
from saber.grounding.evidence import checked_evidence
from saber.grounding.feelings import Feeling, clauses_of, emotion_words, emotions_by_channel, feelings_in
from saber.grounding.find import find_claims
from saber.grounding.records import CheckedClaim, Claim, Summary, Verdict, When

__all__ = [
    "CheckedClaim",
    "Claim",
    "Clash",
    "Feeling",
    "Summary",
    "Verdict",
    "When",
    "check_claim",
    "check_claims",
    "checked_evidence",
    "clauses_of",
    "emotion_words",
    "emotions_by_channel",
    "feelings_in",
    "find_claims",
    "inner_consistency",
]
