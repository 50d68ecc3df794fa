"""Write the documents that are made from the code: command line, cues, corpora, terms, drawing, schema.

python docs/generate.py           write them
python docs/generate.py --check   say which are out of date; exit 1 if any
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from pathlib import Path

from saber.clean import document
from saber.cli import schema
from saber.cli.main import COMMANDS, parser
from saber.core.catalogue import CATALOGUE, CueSpec, Level
from saber.corpora import corpora_markdown, terms_markdown

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "saber"
FLOORS = (
    ("cli",),
    ("serve",),
    ("factory", "evaluate", "export"),
    ("pipeline",),
    ("report", "instruct", "verify", "train", "review"),
    ("annotate", "infer", "split", "clean"),
    ("perceive",),
    ("models", "sed", "grounding", "flow", "corpora"),
    ("weights", "media", "omni", "storage"),
    ("core",),
)
"""From the roof to the footing; rooms of one floor stand side by side."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true")
    check: bool = arguments.parse_args().check
    stale = [path for path, text in documents().items() if not same(path, text)]
    for path in stale:
        print(f"{'out of date' if check else 'writing'}: {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(documents()[path], encoding="utf-8")
    return 1 if check and stale else 0


def documents() -> dict[Path, str]:
    """Each generated file and the text that it should hold."""
    parts = {
        ROOT / "docs" / "architecture.md": ("drawing", drawing()),
        ROOT / "docs" / "corpora.md": ("corpora", corpora_markdown()),
        ROOT / "docs" / "data-terms.md": ("terms", terms_markdown()),
    }
    return {
        ROOT / "docs" / "cleaning.md": document(),
        ROOT / "docs" / "cli.md": command_line(),
        ROOT / "docs" / "cues.md": catalogue(),
        PACKAGE / "schema" / "analysis.schema.json": schema.text(),
        **{p: between_marks(p.read_text(encoding="utf-8"), *part) for p, part in parts.items()},
    }


def command_line() -> str:
    top = parser()
    parts = [
        "# The command line",
        "Made by `python docs/generate.py` from the code.",
        _help(top.format_help()),
    ]
    for command in COMMANDS:
        sub = argparse.ArgumentParser(prog=f"saber {command.NAME}", description=command.SUMMARY)
        command.arguments(sub)
        parts += [f"## `saber {command.NAME}`", _help(sub.format_help())]
        for name, below in _below(sub).items():
            parts += [f"### `saber {command.NAME} {name}`", _help(below.format_help())]
    return "\n\n".join(parts) + "\n"


def _below(command: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of a command's own commands (`saber train sed`), by name."""
    return {
        name: below
        for action in command._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, below in action.choices.items()
    }


def catalogue() -> str:
    parts = [
        "# The cues: everything that SABER measures",
        "Made by `python docs/generate.py` from `saber.core.catalogue`. A *level* is a range of values with "
        "a clause that may be said of it, in English and Chinese. z is (value - mean) / sd of the norm.",
        f"{len(CATALOGUE)} quantities.",
    ]
    sense = ""
    for spec in CATALOGUE.values():
        if spec.name.split(".")[0] != sense:
            sense = spec.name.split(".")[0]
            parts.append(f"## {sense}")
        parts.append(_cue(spec))
    return "\n\n".join(parts) + "\n"


def drawing() -> str:
    """The rooms, floor by floor, and which rooms each one really imports."""
    lines = ["```text"]
    for floor in FLOORS:
        for room in floor:
            uses = sorted(imports(room) - {room}, key=lambda r: [f for fl in FLOORS for f in fl].index(r))
            lines.append(f"{room:10s} -> {', '.join(uses) if uses else '(nothing)'}")
    return "\n".join([*lines, "```"])


def imports(room: str) -> set[str]:
    """The rooms that the files of `room` import, also inside functions."""
    rooms = {r for floor in FLOORS for r in floor}
    file = PACKAGE / f"{room}.py"
    found: set[str] = set()
    for path in [file] if file.exists() else (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("saber."):
                found.add(node.module.split(".")[1])
            elif isinstance(node, ast.ImportFrom) and node.module == "saber":
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("saber.")}
    return found & rooms


def between_marks(text: str, name: str, made: str) -> str:
    """`text` with what stands between the marks of that name replaced."""
    return re.sub(
        rf"(<!-- made: {name} -->\n).*?(\n<!-- end -->)",
        lambda m: m[1] + made.rstrip("\n") + m[2],
        text,
        flags=re.DOTALL,
    )


def _cue(spec: CueSpec) -> str:
    facts = [f"### `{spec.name}`", spec.meaning]
    rows = [("unit", spec.unit or "a word"), ("kind", spec.kind), ("method", spec.method)]
    if spec.range is not None:
        rows.append(("range", f"{spec.range[0]:g} to {spec.range[1]:g}"))
    if spec.norm is not None:
        rows.append(("norm", f"mean {spec.norm.mean:g}, sd {spec.norm.sd:g}: {spec.norm.source}"))
    if spec.levels:
        on = "z" if spec.levels_on == "z" else "value"
        rows.append(("levels", "; ".join(_level(level, on) for level in spec.levels)))
    if spec.levels_source:
        rows.append(("thresholds", spec.levels_source))
    return "\n\n".join([*facts, "\n".join(f"- {name}: {text}" for name, text in rows)])


def _level(level: Level, on: str) -> str:
    low = f"{level.at_least:g} <= " if level.at_least is not None else ""
    high = f" < {level.below:g}" if level.below is not None else ""
    where = f" ({low}{on}{high})" if low or high else ""
    return f'`{level.slug}`{where} "{level.en}" / “{level.zh}”'


def _help(text: str) -> str:
    return f"```text\n{text.strip()}\n```"


def same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
