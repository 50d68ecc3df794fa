"""Which two answers to a question are put before people, out of what `saber pairs` has drawn and scored?

The pair that would be trained on, where there is one: so the choice says whether that pair is right. Of a
question without a pair the best answer and the one that lies furthest below it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saber.core.errors import UsageError

__all__ = ["Candidates", "Two", "answer_id"]

CANDIDATES, PAIRS = "candidates.jsonl", "pairs.jsonl"
_TAG = re.compile(r"<(?:video|audio)>")
_NAMED = re.compile(r"^(.*) \([^()]*\)$", re.DOTALL)


@dataclass(frozen=True)
class Two:
    """Two answers to a question, the one that the scorer prefers first, with its scores (0-1)."""

    question: str
    prompt: str
    clip: str
    """Name of the clip's file, for a person; "" when it is not known."""
    media: Path | None
    better: str
    worse: str
    better_score: float
    worse_score: float

    @property
    def gap(self) -> float:
        return self.better_score - self.worse_score


@dataclass
class _Lines:
    """Where the lines about one question stand."""

    candidates: list[int] = field(default_factory=list)
    pair: int | None = None


class Candidates:
    """The answers in the folder of pairs, as they lie there now: only their places are held in memory.

    Raises UsageError when there are none, or they can't be read.
    """

    def __init__(self, pairs: Path) -> None:
        self._folder = pairs
        self._lines: dict[str, _Lines] = {}
        for start, told in self._all(CANDIDATES):
            self._lines.setdefault(str(told["row"]), _Lines()).candidates.append(start)
        if not self._lines:
            raise UsageError(
                f"There are no answers in {pairs / CANDIDATES}.", remedy="Run `saber pairs` first."
            )
        for start, told in self._all(PAIRS):
            lines = self._lines.get(str(told["pair"]["row"]))
            if lines is not None:
                lines.pair = start
        # The same for everybody, so that reviewers meet on the first ones however few each of them does.
        ordered = sorted(self._lines, key=lambda name: hashlib.sha256(name.encode()).digest())
        self.questions = tuple(name for name in ordered if self._two(name) is not None)

    def of(self, question: str) -> Two:
        """Raises UsageError `no_such_question`."""
        found = self._two(question) if question in self._lines else None
        if found is None:
            raise UsageError(
                f"There is no question {question!r} with two answers.", reason="no_such_question"
            )
        return found

    def _two(self, question: str) -> Two | None:
        lines = self._lines[question]
        answers = [self._line(CANDIDATES, start) for start in lines.candidates]
        scores = {str(a["text"]).strip(): float(a["scores"]["total"]) for a in reversed(answers)}
        pair = None if lines.pair is None else self._line(PAIRS, lines.pair)
        texts = self._paired(pair, scores) or self._furthest(answers, scores)
        if texts is None:
            return None
        media = self._media(pair, answers)
        return Two(
            question=question,
            prompt=_prompt(pair),
            clip="" if media is None else media.name,
            media=media,
            better=texts[0],
            worse=texts[1],
            better_score=scores[texts[0]],
            worse_score=scores[texts[1]],
        )

    def _paired(self, pair: dict[str, Any] | None, scores: dict[str, float]) -> tuple[str, str] | None:
        """Whoever chose: what the scorer prefers goes first."""
        if pair is None:
            return None
        one, other = pair["messages"][-1]["content"].strip(), pair["rejected_response"].strip()
        if one == other or one not in scores or other not in scores:
            return None
        return (one, other) if scores[one] >= scores[other] else (other, one)

    def _furthest(self, answers: list[dict[str, Any]], scores: dict[str, float]) -> tuple[str, str] | None:
        """Of answers whose form is whole, as for a pair."""
        usable = {str(a["text"]).strip(): a["origin"] for a in answers if a["scores"]["structure"]}
        drawn = [text for text, origin in usable.items() if origin == "drawn"]
        if not drawn:
            return None
        best = max(drawn, key=lambda text: scores[text])
        others = [text for text in usable if text != best]
        return (best, min(others, key=lambda text: scores[text])) if others else None

    def _media(self, pair: dict[str, Any] | None, answers: list[dict[str, Any]]) -> Path | None:
        """The clip's file as `saber pairs` names it, where it is there."""
        named = [] if pair is None else [*pair["videos"], *pair["audios"]]
        if not named and (match := _NAMED.match(str(answers[0]["clip"]))):
            named = [match[1]]
        path = Path(named[0]) if named else None
        return path if path is not None and path.is_file() else None

    def _all(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        path, found = self._folder / name, []
        try:
            with path.open("rb") as lines:
                start = 0
                for line in lines:
                    if line.strip():
                        told = json.loads(line)
                        # Only what says where it belongs stays in memory.
                        keep = {"row": told["row"]} if name == CANDIDATES else {"pair": told["pair"]}
                        found.append((start, keep))
                    start += len(line)
        except FileNotFoundError as error:
            raise UsageError(
                f"There is no {path}.", remedy="Name the folder that `saber pairs` wrote: --pairs DIR."
            ) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path} can't be read: {type(error).__name__} {error}.", remedy="Make the pairs again."
            ) from error
        return found

    def _line(self, name: str, start: int) -> dict[str, Any]:
        path = self._folder / name
        try:
            with path.open("rb") as lines:
                lines.seek(start)
                found = json.loads(lines.readline())
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} has changed: {error}.", remedy="Try again.") from error
        return found if isinstance(found, dict) else {}


def answer_id(text: str) -> str:
    """Of an answer; it tells nothing of where the answer comes from."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _prompt(pair: dict[str, Any] | None) -> str:
    """What was asked, without media; "" where no pair tells it."""
    if pair is None:
        return ""
    asked = [m["content"] for m in pair["messages"][:-1] if m["role"] == "user"]
    return _TAG.sub("", "\n".join(asked)).strip()
