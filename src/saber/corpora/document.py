"""How are the corpora and their terms written down for people, so that it can't differ from the code?"""

from __future__ import annotations

from collections.abc import Iterable

from saber.corpora.table import CORPORA, Corpus
from saber.corpora.terms import TERMS, Terms

__all__ = ["corpora_markdown", "permission", "terms_markdown"]

_KNOWN_FROM = {
    "ours": "",
    "documentation": "what its owners state",
    "code": "code that reads it",
    "code, in part": "code that reads it, which leaves parts open",
}


def permission(allowed: bool | None) -> str:
    """`yes`, `no`, or `not found`, which counts as no."""
    return {True: "yes", False: "no", None: "not found"}[allowed]


def terms_markdown() -> str:
    """A table of the terms of all corpora, what they allow, and where that is stated."""
    corpora = {corpus.terms: corpus for corpus in CORPORA.values() if corpus.terms}
    return _table(
        ("corpus", "terms", "clips passed on", "texts passed on", "commercial use", "note"),
        (
            (
                corpora[terms.key].name,
                f"[{terms.name}]({terms.url})",
                permission(terms.media),
                permission(terms.texts),
                permission(terms.commercial),
                terms.note,
            )
            for terms in _by_corpus()
        ),
    )


def corpora_markdown() -> str:
    """Of each corpus its key, what is expected of its folder, and how far that is known."""
    parts = [
        _table(
            ("key", "corpus", "language", "labels", "layout known from"),
            (
                (
                    f"`{corpus.key}`",
                    corpus.name,
                    ", ".join(corpus.languages),
                    ", ".join(corpus.labels) or "no emotions",
                    _KNOWN_FROM[corpus.known_from],
                )
                for corpus in _published()
            ),
        )
    ]
    for corpus in _published():
        tree = "\n".join(corpus.tree)
        parts += [
            f"### {corpus.name}",
            f"From {corpus.ask}.",
            f"```text\n{tree}\n```",
            f"Not checked against real data: {corpus.unchecked[0].lower()}{corpus.unchecked[1:]}",
        ]
    return "\n\n".join(parts)


def _published() -> list[Corpus]:
    return [corpus for corpus in CORPORA.values() if corpus.ask]


def _by_corpus() -> list[Terms]:
    return [TERMS[corpus.terms] for corpus in _published() if corpus.terms]


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
