"""Do the numbers equal those of the reference implementations?"""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import precision_recall_fscore_support

from saber.evaluate.metrics import label_sums, rank_correlation, weighted_f1, weighted_precision
from saber.evaluate.porter import stem
from saber.evaluate.text_overlap import bleu, rouge_l

LABELS = ["happy", "sad", "angry", "neutral"]
WORDS = [
    "the",
    "audience",
    "laughed",
    "because",
    "he",
    "pretended",
    "that",
    "his",
    "broken",
    "hats",
    "were",
    "generalizations",
    "of",
    "happiness",
    "while",
    "relational",
    "conditional",
    "rational",
    "valenci",
    "digitizer",
    "conformabli",
    "radicalli",
    "differentli",
    "vileli",
    "analogousli",
    "vietnamization",
    "predication",
    "operator",
    "feudalism",
    "decisiveness",
    "hopefulness",
    "callousness",
    "formaliti",
    "sensitiviti",
    "sensibiliti",
    "triplicate",
    "formative",
    "formalize",
    "electriciti",
    "electrical",
    "hopeful",
    "goodness",
    "revival",
    "allowance",
    "inference",
    "airliner",
    "gyroscopic",
    "adjustable",
    "defensible",
    "irritant",
    "replacement",
    "adjustment",
    "dependent",
    "adoption",
    "homologou",
    "communism",
    "activate",
    "angulariti",
    "homologous",
    "effective",
    "bowdlerize",
    "probate",
    "rate",
    "cease",
    "controll",
    "roll",
    "caresses",
    "ponies",
    "ties",
    "cats",
    "feed",
    "agreed",
    "plastered",
    "bled",
    "motoring",
    "sing",
    "conflated",
    "troubled",
    "sized",
    "hopping",
    "tanned",
    "falling",
    "hissing",
    "fizzed",
    "failing",
    "filing",
    "happy",
    "sky",
    "skies",
    "dying",
    "flies",
    "died",
    "spied",
    "say",
    "enjoy",
    "theology",
    "fully",
]


@pytest.mark.parametrize("seed", range(20))
def test_weighted_precision_and_f1_are_scikit_learns(seed: int) -> None:
    rng = random.Random(seed)
    truth = rng.choices(LABELS, [8, 4, 2, 1], k=60)
    answers = [t if rng.random() < 0.5 else rng.choice([*LABELS, "joyous", "it rains"]) for t in truth]
    precision, _, f1, _ = precision_recall_fscore_support(truth, answers, average="weighted", zero_division=0)
    sums = label_sums(truth, answers).sum(0)
    assert float(weighted_precision(sums)) == pytest.approx(precision, abs=1e-12)
    assert float(weighted_f1(sums)) == pytest.approx(f1, abs=1e-12)


def test_rank_correlation_is_scipys_also_with_ties() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = rng.integers(0, 5, size=(2, 30)).astype(float)
        assert rank_correlation(a.tolist(), b.tolist()) == pytest.approx(spearmanr(a, b).statistic)
    assert rank_correlation([1, 1, 1], [1, 2, 3]) is None
    assert rank_correlation([1], [2]) is None


def sentences(count: int) -> list[tuple[str, str]]:
    """Pairs that share many words in a row, some, or none."""
    rng = random.Random(5)
    found = []
    for _ in range(count):
        reference = rng.choices(WORDS, k=rng.randint(4, 30))
        hypothesis = [w for w in reference if rng.random() < 0.85]
        for _ in range(rng.randint(0, 4)):
            hypothesis.insert(rng.randint(0, len(hypothesis)), rng.choice(WORDS))
        found.append((" ".join(reference), " ".join(hypothesis) or "nothing"))
    return found


def test_bleu_is_sacrebleus() -> None:
    theirs = pytest.importorskip("sacrebleu.metrics").BLEU(
        smooth_method="none", tokenize="none", effective_order=False
    )
    pairs = sentences(200)
    ours = [bleu(reference, hypothesis) for reference, hypothesis in pairs]
    assert sum(score == 0 for score in ours) > 10 < sum(score > 0.2 for score in ours)
    for score, (reference, hypothesis) in zip(ours, pairs, strict=True):
        assert score == pytest.approx(theirs.sentence_score(hypothesis, [reference]).score / 100, abs=1e-9)


def test_bleu_is_nltks_which_the_official_code_calls() -> None:
    theirs = pytest.importorskip("nltk.translate.bleu_score").sentence_bleu
    for reference, hypothesis in sentences(200):
        if score := bleu(reference, hypothesis):
            assert score == pytest.approx(theirs([reference.split()], hypothesis.split()), abs=1e-12)


def test_rouge_l_is_rouge_scores() -> None:
    theirs = pytest.importorskip("rouge_score.rouge_scorer").RougeScorer(["rougeL"], use_stemmer=True)
    for reference, hypothesis in sentences(200):
        expected = theirs.score(reference, hypothesis)["rougeL"].fmeasure
        assert rouge_l(reference, hypothesis) == pytest.approx(expected, abs=1e-12)


def test_stems_are_those_of_the_reference_implementation() -> None:
    theirs = pytest.importorskip("nltk.stem.porter").PorterStemmer()
    for word in WORDS:
        assert stem(word) == theirs.stem(word), word


def test_worked_by_hand() -> None:
    # 4 of 5 words, 3 of 4 pairs, 2 of 3 triples, 1 of 2 quadruples; no word is missing.
    assert bleu("he sat on his hat", "he sat on his cat") == pytest.approx(
        (4 / 5 * 3 / 4 * 2 / 3 / 2) ** 0.25
    )
    assert bleu("he sat on his hat", "he sat on it") == 0.0
    assert bleu("a b c d e f g h", "a b c d") == pytest.approx(np.exp(1 - 8 / 4))
    assert rouge_l("he laughed loudly", "he laughs") == pytest.approx(2 * 1 * (2 / 3) / (1 + 2 / 3))
    assert rouge_l("", "he") == 0.0
    assert stem("generalizations") == "gener"
    assert stem("laughed") == stem("laughs") == "laugh"
