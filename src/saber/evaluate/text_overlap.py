"""How much do two texts share, word for word?

BLEU-4 of one sentence (Papineni et al. 2002) without smoothing, on words as whitespace separates them: 0
where no four words in a row are shared. ROUGE-L (Lin 2004), F1 of the longest common subsequence, on
lower-case runs of letters and digits, stemmed as Porter (1980) does where they are longer than three.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from saber.evaluate.porter import stem

__all__ = ["bleu", "rouge_l"]

ORDER = 4
_WORD = re.compile(r"[a-z0-9]+")


def bleu(reference: str, hypothesis: str) -> float:
    """0 to 1."""
    said, said_truly = hypothesis.split(), reference.split()
    logs = 0.0
    for order in range(1, ORDER + 1):
        grams, true = _grams(said, order), _grams(said_truly, order)
        hits = sum((grams & true).values())
        if hits == 0:
            return 0.0
        logs += math.log(hits / grams.total())
    brevity = min(0.0, 1 - len(said_truly) / len(said))
    return math.exp(logs / ORDER + brevity)


def rouge_l(reference: str, hypothesis: str) -> float:
    """0 to 1. Only letters a-z and digits count, as in the reference implementation: Chinese gives 0."""
    true, said = _words(reference), _words(hypothesis)
    if not true or not said:
        return 0.0
    shared = _common(true, said)
    if shared == 0:
        return 0.0
    precision, recall = shared / len(said), shared / len(true)
    return 2 * precision * recall / (precision + recall)


def _words(text: str) -> list[str]:
    return [stem(word) if len(word) > 3 else word for word in _WORD.findall(text.lower())]


def _grams(words: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + order]) for at in range(len(words) - order + 1))


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for word in a:
        above = 0
        for place, other in enumerate(b, 1):
            above, row[place] = row[place], above + 1 if word == other else max(row[place], row[place - 1])
    return row[-1]
