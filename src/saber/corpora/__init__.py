"""Which raw clips does a corpus hold, what is known of each, and what do its terms allow?"""

from saber.corpora.document import corpora_markdown, permission, terms_markdown
from saber.corpora.reading import LeftOut, Missing, Notes
from saber.corpora.settings import SourceSettings
from saber.corpora.sources import sources
from saber.corpora.summary import Summary, summarise
from saber.corpora.table import CORPORA, Corpus, corpus_of
from saber.corpora.terms import TERMS, Terms, terms_of

__all__ = [
    "CORPORA",
    "TERMS",
    "Corpus",
    "LeftOut",
    "Missing",
    "Notes",
    "SourceSettings",
    "Summary",
    "Terms",
    "corpora_markdown",
    "corpus_of",
    "permission",
    "sources",
    "summarise",
    "terms_markdown",
    "terms_of",
]
