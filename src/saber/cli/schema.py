"""`saber schema`: what does a line of `saber analyze --json` hold?"""

from __future__ import annotations

import argparse

NAME = "schema"
SUMMARY = "Print the JSON schema of one line of `saber analyze --json`."


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(namespace: argparse.Namespace) -> int:
    del namespace
    print(text(), end="")
    return 0


def text() -> str:
    """The schema, generated from the record classes; the same text ships as a file of the package."""
    import json

    from pydantic import TypeAdapter

    from saber.core.records import Analysis, Failure

    schema = TypeAdapter(Analysis | Failure).json_schema(by_alias=True, mode="serialization")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of `saber analyze --json`: an analysis, or why there is none",
        **schema,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
