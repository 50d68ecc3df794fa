"""Which raw clips does a corpus hold, what is known of each, and what do its terms allow?"""

from saber.corpora.reading import Missing, Notes
from saber.corpora.settings import SourceSettings
from saber.corpora.sources import sources
from saber.corpora.table import CORPORA, Corpus, corpus_of
from saber.corpora.terms import TERMS, Terms, terms_of

__all__ = [
    "CORPORA",
    "TERMS",
    "Corpus",
    "Missing",
    "Notes",
    "SourceSettings",
    "Terms",
    "corpus_of",
    "sources",
    "terms_of",
]
