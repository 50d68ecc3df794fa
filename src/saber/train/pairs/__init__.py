"""Which answers of a model are better than which, and is it for a reason that holds?"""

from saber.train.pairs.dominance import likelihood_of
from saber.train.pairs.make import MadePairs, make_pairs
from saber.train.pairs.score import score
from saber.train.pairs.settings import PairsSettings, ScoreWeights

__all__ = ["MadePairs", "PairsSettings", "ScoreWeights", "likelihood_of", "make_pairs", "score"]
