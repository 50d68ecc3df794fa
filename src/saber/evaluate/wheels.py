"""Which emotion does a word stand for on each of the emotion wheels?

Read from the folder that MER2025 publishes: `format.csv` (word forms of 1,255 words), `synonym.xlsx`
(synonyms, asked for eight times) and `wheel1.xlsx` to `wheel5.xlsx` (three levels, the inner one is
counted). A form leads to its words, these to words of the wheels, and the first of them in alphabetical
order that the wheel holds to its innermost emotion. A word that leads nowhere is dropped, as in the
official code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from saber.evaluate.bench import no_data
from saber.evaluate.files import read_table
from saber.evaluate.xlsx import read_sheet

__all__ = ["Wheels", "read_list", "read_wheels"]

ASK = "https://github.com/zeroQiaoba/MERTools, MER2025/MER2025_Track23/emotion_wheel."


@dataclass(frozen=True)
class Wheels:
    forms: Mapping[str, tuple[str, ...]]
    """Form -> words."""
    words: Mapping[str, tuple[str, ...]]
    """Word -> words of the wheels."""
    inner: tuple[Mapping[str, str], ...]
    """Of each wheel: word -> its innermost emotion."""

    def group(self, labels: Iterable[str], wheel: int) -> set[str]:
        """The wheel's emotions that these labels stand for; those that it does not know are dropped."""
        found = {self._emotion(label.lower().strip(), self.inner[wheel]) for label in labels}
        return {emotion for emotion in found if emotion}

    def _emotion(self, label: str, inner: Mapping[str, str]) -> str:
        meant = sorted(w for word in self.forms.get(label, ()) for w in self.words.get(word, ()))
        return next((inner[word] for word in meant if word in inner), "")


def read_wheels(folder: Path) -> Wheels:
    """MissingPieceError where the folder lacks a file, saying where to get it."""
    sheets = sorted(folder.glob("wheel*.xlsx"))
    needed = [folder / "format.csv", folder / "synonym.xlsx"]
    if not sheets or not all(path.is_file() for path in needed):
        raise no_data("emotion wheel", folder, "format.csv, synonym.xlsx and wheel1.xlsx to wheel5.xlsx", ASK)
    forms: dict[str, list[str]] = defaultdict(list)
    for row in read_table(folder / "format.csv", ("name", "format")):
        for form in (*read_list(row["format"]), row["name"]):
            forms[form.lower().strip()].append(row["name"].lower().strip())
    words: dict[str, set[str]] = defaultdict(set)
    for row in read_sheet(folder / "synonym.xlsx"):
        for title, told in row.items():
            if not title.startswith("word_"):
                continue
            word = told.lower().strip()
            words[word].add(word)
            for synonym in read_list(row.get(f"synonym_{title.removeprefix('word_')}", "")):
                words[synonym.lower().strip()].add(word)
    return Wheels(
        {form: tuple(of) for form, of in forms.items()},
        {word: tuple(sorted(of)) for word, of in words.items()},
        tuple(_inner(read_sheet(path)) for path in sheets),
    )


def read_list(text: str) -> list[str]:
    """The items of a list as the tables write it: `['a', 'b']`, `[a, b]` or `a, b`, without their quotes."""
    inside = text.strip().removeprefix("[").removesuffix("]")
    items = re.split(r"[,，、]", inside)
    return [item for item in (i.strip().strip("'\"“”‘’ ").strip() for i in items) if item]


def _inner(rows: list[dict[str, str]]) -> dict[str, str]:
    """Word of any level -> its innermost emotion; an empty cell means the one above."""
    inner: dict[str, str] = {}
    above = ["", "", ""]
    for row in rows:
        for level in range(3):
            if told := row.get(f"level{level + 1}", "").strip().lower():
                above[level] = told
        for word in above:
            if word:
                inner[word] = above[0]
    return inner
