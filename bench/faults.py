"""What becomes of calls to a model when three in ten of them fail, each in another way?

    python bench/faults.py [--questions N] [--share S]

A real server (SmolLM2-135M by llama.cpp on loopback) stands behind a proxy that breaks a share of the calls
before, in or after the server's answer. Our client asks through it, with retries, a bound on the calls in
flight and a budget in tokens. In each row every question must end as an answer or as a recorded reason, no
more calls may be open at once than the bound, and the budget must not be passed. The tokens that we count
must be no fewer than the server's own count, broken answers included.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saber.core.errors import BudgetSpentError, ModelError
from saber.models import Budget, Caller, Pace, Patience, Reply, Request, Sampling, estimate
from saber.models.openai import OpenAIModel

BOUND = 3
ANSWER_TOKENS = 8


@dataclass(frozen=True)
class Row:
    """One way of breaking, and what came of it."""

    name: str
    questions: int
    answered: int
    reasons: Counter[str]
    """Slug -> questions that ended with it."""
    seen: Counter[str]
    """Way of breaking, or `none` -> calls, as the proxy saw them."""
    most_in_flight: int
    """Calls that we held open at once. A server may work on more: it learns late that one was given up."""
    spent: int
    """Tokens, as we count them."""
    used: int
    """Tokens, as the server counted them."""
    limit: int | None
    seconds: float
    broken_rules: list[str] = field(default_factory=list)

    def check(self) -> Row:
        lost = self.questions - self.answered - sum(self.reasons.values())
        rules = {
            f"{lost} questions neither answered nor recorded": lost != 0,
            f"{self.most_in_flight} calls at once": self.most_in_flight > BOUND,
            "the budget was passed": self.limit is not None and max(self.spent, self.used) > self.limit,
            "fewer tokens counted than used": self.spent < self.used,
        }
        self.broken_rules.extend(rule for rule, broken in rules.items() if broken)
        return self

    def text(self) -> str:
        calls, broken = sum(self.seen.values()), sum(n for way, n in self.seen.items() if way != "none")
        ended = ", ".join(f"{n} {reason}" for reason, n in sorted(self.reasons.items())) or "-"
        budget = "-" if self.limit is None else str(self.limit)
        return (
            f"| {self.name} | {self.questions} | {calls} | {broken} ({broken / max(calls, 1):.0%}) "
            f"| {self.answered} | {ended} | {self.most_in_flight} of {BOUND} | {self.spent} | {self.used} "
            f"| {budget} | {self.seconds:.1f} | {'; '.join(self.broken_rules) or 'held'} |"
        )


HEAD = ("calls broken as", "questions", "calls", "broken", "answered", "ended with a reason",
        "most at once", "tokens counted", "tokens used", "budget", "seconds", "rules")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=20, help="per row (default: 20)")
    parser.add_argument("--share", type=float, default=0.3, help="of the calls that break (default: 0.3)")
    arguments = parser.parse_args()
    loopback = load_loopback()
    print("|", " | ".join(HEAD), "|")
    print("|---" * len(HEAD) + "|")
    with loopback.smollm() as address:
        rows = []
        for plan in plans(loopback.FAULTS, arguments.share):
            rows.append(asyncio.run(row(loopback, address, plan, arguments.questions)))
            print(rows[-1].text(), flush=True)
    return 1 if any(r.broken_rules for r in rows) else 0


@dataclass(frozen=True)
class Plan:
    """How a row's calls are broken, and with what patience they are made."""

    name: str
    faults: Sequence[str]
    share: float
    tries: int = 8
    budget_share: float | None = None
    """Of what all questions may take at most; None: no limit."""
    streamed: bool = False
    seed: int = 7


def plans(faults: Sequence[str], share: float) -> list[Plan]:
    return [
        Plan("nothing", (), 0.0),
        *(Plan(fault, (fault,), share) for fault in faults),
        Plan("all of these, mixed", faults, share),
        Plan("mixed, answers streamed", faults, share, streamed=True),
        Plan("mixed, two tries only", faults, share, tries=2),
        Plan("mixed, budget for half", faults, share, budget_share=0.5),
        Plan("mixed, every call", faults, 1.0, tries=3),
    ]


async def row(loopback: Any, upstream: str, plan: Plan, questions: int) -> Row:
    """All questions of one plan, through the proxy."""
    proxy = loopback.Proxy(upstream, faults=plan.faults, share=plan.share, seed=plan.seed)
    whole_s = await _unbroken_s(upstream)
    requests = [
        Request(user=f"Name the number {i} in French.", sampling=Sampling(max_tokens=ANSWER_TOKENS))
        for i in range(questions)
    ]
    most = max(estimate(r, None).tokens for r in requests)
    limit = None if plan.budget_share is None else round(plan.budget_share * questions * most)
    budget = Budget(tokens=limit)
    ends: Counter[str] = Counter()
    began = time.perf_counter()
    async with proxy.running() as address:
        model = Counted("m", address)
        caller = Caller(
            model,
            patience=Patience(
                tries=plan.tries,
                # On a busy machine a whole answer must not be taken for one that hangs.
                call_timeout_s=max(1.5, 4 * whole_s),
                total_timeout_s=120,
                first_wait_s=0.02,
                longest_wait_s=0.2,
            ),
            pace=Pace(concurrency=BOUND),
            budget=budget,
            rng=random.Random(plan.seed),
        )
        if plan.streamed:
            outcomes = await asyncio.gather(*(_streamed(caller, r) for r in requests))
        else:
            async with aclosing(caller.ask_all(requests)) as answers:
                outcomes = [outcome async for _, outcome in answers]
        await model.close()
    for outcome in outcomes:
        ends["answered" if isinstance(outcome, Reply) else _reason(outcome)] += 1
    return Row(
        name=plan.name,
        questions=questions,
        answered=ends.pop("answered", 0),
        reasons=ends,
        seen=proxy.seen,
        most_in_flight=model.most_in_flight,
        spent=budget.tokens_spent,
        used=proxy.tokens_used,
        limit=limit,
        seconds=time.perf_counter() - began,
    ).check()


async def _unbroken_s(upstream: str) -> float:
    """How long as many answers at once take as there are calls in flight, nothing between."""
    model = OpenAIModel("m", upstream)
    asked = Request(user="Name the number 0 in French.", sampling=Sampling(max_tokens=ANSWER_TOKENS))
    began = time.perf_counter()
    await asyncio.gather(*(model.ask(asked) for _ in range(BOUND)))
    took_s = time.perf_counter() - began
    await model.close()
    return took_s


class Counted(OpenAIModel):
    """Counts the calls that are open, whatever bounds them."""

    in_flight = 0
    most_in_flight = 0

    async def ask(self, request: Request) -> Reply:
        with self._one_more():
            return await super().ask(request)

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        with self._one_more():
            async with aclosing(super().stream(request)) as pieces:
                async for piece in pieces:
                    yield piece

    @contextmanager
    def _one_more(self) -> Iterator[None]:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1


async def _streamed(caller: Caller, request: Request) -> Reply | ModelError:
    try:
        return await caller.ask(request, lambda _: None)
    except ModelError as error:
        return error


def _reason(error: ModelError) -> str:
    return "budget_spent" if isinstance(error, BudgetSpentError) else error.reason


def load_loopback() -> Any:
    """The real server and the proxy of the tests, which are no part of the package."""
    file = Path(__file__).resolve().parent.parent / "tests" / "models" / "loopback.py"
    spec = importlib.util.spec_from_file_location("loopback", file)
    assert spec is not None
    assert spec.loader is not None
    loopback = importlib.util.module_from_spec(spec)
    sys.modules["loopback"] = loopback
    spec.loader.exec_module(loopback)
    return loopback


if __name__ == "__main__":
    raise SystemExit(main())
