"""`saber corpora`: which corpora can be read, what do their terms allow, what does a folder of one hold?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saber.corpora import Corpus, Notes, Summary

NAME = "corpora"
SUMMARY = "List the corpora that can be read and their terms, or say what a folder of one holds."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", metavar="KEY", help="one corpus; without it, all are listed")
    parser.add_argument(
        "path", nargs="?", type=Path, metavar="PATH", help="read that corpus here, without opening its media"
    )
    parser.add_argument(
        "--labels",
        choices=("intended", "annotators"),
        help="whose labels, of a corpus that has both",
    )
    parser.add_argument(
        "--missing", action="store_true", help="name each clip that is missing, and each file left out"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(namespace: argparse.Namespace) -> int:
    from saber.core.errors import UsageError
    from saber.corpora import CORPORA, Notes, SourceSettings, corpus_of, summarise

    if namespace.path is None:
        if namespace.labels or namespace.missing:
            raise UsageError("--labels and --missing are about a folder.", remedy="Name it: KEY PATH.")
        corpora = list(CORPORA.values()) if namespace.key is None else [corpus_of(namespace.key)]
        if namespace.json:
            print(json.dumps({"corpora": [_facts(corpus) for corpus in corpora]}, ensure_ascii=False))
        elif namespace.key is None:
            _list(corpora)
        else:
            _describe(corpora[0])
        return 0
    corpus = corpus_of(namespace.key)
    notes = Notes()
    settings = SourceSettings(namespace.path, corpus=corpus.key, labels=namespace.labels or "")
    found = summarise(settings, notes)
    if namespace.json:
        print(json.dumps(_told(corpus, found, notes, namespace.missing), ensure_ascii=False))
    else:
        _report(corpus, found, notes, namespace.missing)
    return 0


def _facts(corpus: Corpus) -> dict[str, Any]:
    from saber.corpora import TERMS

    terms = TERMS.get(corpus.terms or "")
    return {
        "key": corpus.key,
        "name": corpus.name,
        "languages": list(corpus.languages),
        "labels": list(corpus.labels),
        "from": corpus.ask,
        "tree": list(corpus.tree),
        "known_from": corpus.known_from,
        "unchecked": corpus.unchecked,
        "terms": None if terms is None else asdict(terms),
    }


def _list(corpora: list[Corpus]) -> None:
    from rich.console import Console
    from rich.table import Table

    from saber.corpora import TERMS

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("key", "language", "clips", "texts", "commercial", "terms"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("key", "language"))
    for corpus in corpora:
        terms = TERMS.get(corpus.terms or "")
        allowed = () if terms is None else (terms.media, terms.texts, terms.commercial)
        marks = [{True: "yes", False: "no", None: "?"}[permitted] for permitted in allowed] or [""] * 3
        table.add_row(
            corpus.key,
            " ".join(corpus.languages),
            *marks,
            "what you say" if terms is None else terms.name,
        )
    Console().print(table)
    print("Clips, texts: may they be passed on? ?: not found, so treated as no. This is no legal advice.")


def _describe(corpus: Corpus) -> None:
    from saber.corpora import TERMS, permission

    print(corpus.name + (f", from {corpus.ask}" if corpus.ask else ""))
    print("Expected:")
    for line in corpus.tree:
        print(f"  {line}")
    if corpus.unchecked:
        print(f"Known from {corpus.known_from}. Not checked against real data: {corpus.unchecked}")
    if corpus.terms is None:
        print("Terms: what you say, --terms or terms = in a settings file.")
        return
    terms = TERMS[corpus.terms]
    print(f"Terms: {terms.name} ({terms.url}). {terms.note}")
    print(
        f"  clips passed on: {permission(terms.media)}, texts: {permission(terms.texts)}, "
        f"commercial use: {permission(terms.commercial)}"
    )


def _told(corpus: Corpus, found: Summary, notes: Notes, named: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"corpus": corpus.key, **asdict(found)}
    for table in ("languages", "labels", "labels_said"):
        # JSON writes the key None as "null", which reads as a name.
        said[table] = [{"name": name, "clips": count} for name, count in said[table].items()]
    said["missing"] = {"clips": found.missing}
    if named:
        said["missing"]["each"] = [asdict(each) for each in notes.missing]
        said["left_out_each"] = [asdict(each) for each in notes.left_out]
    return said


def _report(corpus: Corpus, found: Summary, notes: Notes, named: bool) -> None:
    print(f"{corpus.name}: {found.clips} clips")
    print(f"  speakers    {found.speakers}{_but(found.without_speaker, 'without one')}")
    print(f"  groups      {found.groups}{_but(found.without_group, 'without one')}")
    print(f"  transcripts {found.with_transcript}")
    print(f"  languages   {_counts(found.languages)}")
    print(f"  labels      {_counts(found.labels)}")
    print(f"  as it says  {_counts(found.labels_said)}")
    if found.unimodal:
        unimodal = {modality.value: count for modality, count in found.unimodal.items()}
        print(f"  unimodal    {_counts(unimodal)}")
    print(f"  missing     {found.missing}")
    print(f"  left out    {_counts(dict(found.left_out)) or 0}")
    if named:
        for lost in notes.missing:
            print(f"missing: {lost.path}, named in {lost.named_in}")
        for left in notes.left_out:
            print(f"left out: {left.path}: {left.why}{f', {left.detail}' if left.detail else ''}")


def _but(count: int, what: str) -> str:
    return f"; {count} clips {what}" if count else ""


def _counts(counts: Mapping[str | None, int] | Mapping[str, int]) -> str:
    return ", ".join(f"{'none' if name is None else name} {count}" for name, count in counts.items())
