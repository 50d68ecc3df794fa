"""Which two answers make a pair, and which pairs are left out so that nothing but quality is preferred?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from saber.train.pairs.records import Candidate, Pair
from saber.train.pairs.settings import PairsSettings

__all__ = ["balance_lengths", "pair_of", "thin_out"]

NEAR = 1.05
"""Own choice: an answer that is longer by less than this factor is not called longer."""

EVEN = 0.05
"""Own choice: the share of pairs whose chosen answer is the longer one lies within this of a half."""


def pair_of(candidates: Sequence[Candidate], settings: PairsSettings) -> Pair | str:
    """The pair of one question, or why there is none (a slug).

    Chosen is the best drawn answer. Rejected is the worst answer of any origin that is far enough below it
    and about as long; of equally bad ones a made one goes first, for one knows what is wrong with it. Answers
    of a broken form make no pair: SED has taught the form, and a preference for it would teach nothing else.
    """
    usable = [c for c in candidates if c.scores.structure]
    drawn = [c for c in usable if c.origin == "drawn"]
    if not drawn:
        return "no_usable_answer"
    chosen = max(drawn, key=lambda c: c.scores.total)
    if chosen.scores.total < settings.least_score:
        return "none_good_enough"
    below = [c for c in usable if chosen.scores.total - c.scores.total >= settings.least_gap]
    if not below:
        return "all_alike"
    near = [c for c in below if _ratio(chosen.text, c.text) <= settings.longest_ratio]
    if not near:
        return "lengths_differ"
    return Pair(chosen, min(near, key=lambda c: (c.scores.total, c.origin == "drawn")))


def thin_out(pairs: Sequence[Pair], share: float) -> tuple[list[Pair], int]:
    """Of the pairs whose rejected answer was made, at most that share of all stays: those with the largest
    gap. Returns the pairs in their order, and how many went."""
    made = [pair for pair in pairs if pair.rejected.origin not in ("drawn", "person")]
    drawn = len(pairs) - len(made)
    most = len(made) if share >= 1 else int(share * drawn / (1 - share))
    stay = {id(pair) for pair in sorted(made, key=lambda p: -p.gap)[:most]}
    kept = [pair for pair in pairs if pair.rejected.origin in ("drawn", "person") or id(pair) in stay]
    return kept, len(pairs) - len(kept)


def balance_lengths(pairs: Sequence[Pair]) -> tuple[list[Pair], int]:
    """Leaves out pairs, those with the smallest gap first, until the chosen answer is the longer one in about
    half of them. Pairs by people stay. Returns the pairs in their order, and how many went."""
    longer = [p for p in pairs if len(p.chosen.text) > NEAR * len(p.rejected.text)]
    shorter = [p for p in pairs if NEAR * len(p.chosen.text) < len(p.rejected.text)]
    more, less = sorted((longer, shorter), key=len, reverse=True)
    # n of `more` beside all of `less` is a share of n / (n + less).
    most = int((0.5 + EVEN) * len(less) / (0.5 - EVEN)) if less else 0
    by_people = [p for p in more if p.by == "person"]
    by_score = sorted((p for p in more if p.by == "score"), key=lambda p: -p.gap)
    stay = {id(p) for p in (*by_people, *by_score[: max(0, most - len(by_people))])}
    gone = {id(p) for p in more} - stay
    kept = [p for p in pairs if id(p) not in gone]
    return kept, len(pairs) - len(kept)


def counted(reasons: Iterable[str]) -> dict[str, int]:
    return dict(Counter(reasons).most_common())


def _ratio(a: str, b: str) -> float:
    short, long = sorted((len(a), len(b)))
    return long / max(1, short)
