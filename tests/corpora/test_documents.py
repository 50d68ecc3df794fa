"""Do the documents on corpora and terms say what the code says?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from saber.corpora import CORPORA, TERMS, corpora_markdown, permission, terms_markdown

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(
    ("file", "mark", "made"),
    [("corpora.md", "corpora", corpora_markdown()), ("data-terms.md", "terms", terms_markdown())],
)
def test_the_made_part_is_up_to_date(file: str, mark: str, made: str) -> None:
    text = (DOCS / file).read_text(encoding="utf-8")
    (found,) = re.findall(rf"<!-- made: {mark} -->\n(.*?)\n<!-- end -->", text, re.DOTALL)
    assert found == made


def test_every_corpus_is_told_of_with_its_terms() -> None:
    told = terms_markdown()
    for corpus in CORPORA.values():
        if corpus.terms is not None:
            (line,) = [line for line in told.splitlines() if line.startswith(f"| {corpus.name} |")]
            terms = TERMS[corpus.terms]
            allowed = (permission(terms.media), permission(terms.texts), permission(terms.commercial))
            assert f"| [{terms.name}]({terms.url}) | {' | '.join(allowed)} |" in line
    text = (DOCS / "corpora.md").read_text(encoding="utf-8")
    for corpus in CORPORA.values():
        assert not corpus.ask or f"**{corpus.name.split(' (')[0]}.**" in text
