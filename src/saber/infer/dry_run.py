"""What would be sent for a clip, and what could it cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saber.core.records import Cues
from saber.core.taxonomy import Language
from saber.infer.material import Gatherer, Material, Stage
from saber.infer.prompt import PromptInfo, info_of, own_prompt
from saber.infer.question import Question
from saber.infer.settings import InferSettings
from saber.infer.source import MediaSource
from saber.infer.write import own_request
from saber.models import Caller, Estimate, Kind, Request, estimate

__all__ = ["DryRun", "Planned", "dry_run", "together"]


@dataclass(frozen=True)
class Planned:
    """One request as it would be sent."""

    stage: Stage
    system: str
    user: str
    media: dict[Kind, tuple[int, int]]
    """Kind -> pieces, bytes."""
    most: Estimate
    """An upper bound; for the reasoning it counts the longest evidence that the stages before may write."""


@dataclass(frozen=True)
class DryRun:
    """All requests of one clip. Nothing was sent."""

    model: str
    to: str | None
    prompt: PromptInfo
    requests: tuple[Planned, ...]
    retries: int
    currency: str
    notes: tuple[str, ...]

    @property
    def most_tokens(self) -> int:
        """When every first answer can be used; each retry may take the same once more."""
        return sum(p.most.tokens for p in self.requests)

    @property
    def most_cost(self) -> float | None:
        """In `currency`; None without a price."""
        costs = [p.most.cost for p in self.requests if p.most.cost is not None]
        return sum(costs) if costs else None

    def text(self) -> str:
        """For the terminal: the whole text of each request, and what it takes at most."""
        to = f"to {self.to}" if self.to else "on this machine"
        lines = []
        for planned in self.requests:
            lines += [f"=== {planned.stage}: {self.model}, {to}"]
            lines += [f"--- system\n{planned.system}"] if planned.system else []
            lines += [f"--- user\n{planned.user}"]
            lines += [
                f"--- {kind}: {pieces} x, {size} bytes" for kind, (pieces, size) in planned.media.items()
            ]
            lines += [f"--- {_at_most(planned.most.tokens, planned.most.cost, self.currency)}", ""]
        total = _at_most(self.most_tokens, self.most_cost, self.currency)
        lines.append(
            f"Nothing was sent. All requests together: {total}, without retries (up to {self.retries})."
        )
        return "\n".join(lines)


def dry_run(
    cues: Cues,
    media: MediaSource | None,
    caller: Caller,
    settings: InferSettings | None = None,
    language: Language = Language.ENGLISH,
) -> DryRun:
    """What `write_annotation` with the same arguments would send at first. Same errors; nothing is sent."""
    settings = settings or InferSettings()
    gatherer = Gatherer(cues.clip, media, caller.model, settings)
    notes: list[str] = []
    planned: list[Planned] = []

    def plan(stage: Stage, request: Request, *, evidence_tokens: int = 0) -> None:
        most = estimate(request, caller.budget.price)
        if evidence_tokens:
            tokens = most.prompt_tokens + evidence_tokens
            price = caller.budget.price
            cost = None if price is None else price.of(tokens, most.answer_tokens)
            most = Estimate(tokens, most.answer_tokens, cost)
        counted: dict[Kind, tuple[int, int]] = {}
        for piece in request.media:
            pieces, size = counted.get(piece.kind, (0, 0))
            counted[piece.kind] = (pieces + 1, size + len(piece.data))
        planned.append(Planned(stage, request.system, request.user, counted, most))

    def question(stage: Stage, evidence: dict[str, str] | None = None) -> Question:
        material = Material() if stage is Stage.REASONING else gatherer.gather(stage)
        notes.extend(material.notes)
        return Question(stage, cues, material, language, settings, caller.model.constrains, evidence)

    if settings.prompt_file is not None:
        text, info = own_prompt(settings.prompt_file)
        material = gatherer.gather(Stage.OWN)
        notes.extend(material.notes)
        plan(Stage.OWN, own_request(text, material, settings))
    else:
        info = info_of(settings.mode, language)
        if settings.mode == "one":
            plan(Stage.ONE, question(Stage.ONE).request())
        else:
            stages = [question(stage) for stage in (Stage.VISUAL, Stage.ACOUSTIC)]
            for one in stages:
                plan(one.stage, one.request())
            to_come = {name: "(written by the stage before)" for q in stages for name in q.sections}
            to_come.setdefault("speech", cues.transcript.text if cues.transcript else "")
            last = question(Stage.REASONING, to_come)
            plan(Stage.REASONING, last.request(), evidence_tokens=2 * settings.max_tokens)
    price = caller.budget.price
    return DryRun(
        model=caller.model.spec,
        to=caller.model.goes_to,
        prompt=info,
        requests=tuple(planned),
        retries=settings.retries,
        currency=price.currency if price else "",
        notes=tuple(dict.fromkeys(notes)),
    )


def together(plans: Sequence[DryRun]) -> str:
    """One line for several clips: what all of it takes at most."""
    costs = [plan.most_cost for plan in plans if plan.most_cost is not None]
    requests = sum(len(plan.requests) for plan in plans)
    at_most = _at_most(
        sum(plan.most_tokens for plan in plans), sum(costs) if costs else None, plans[0].currency
    )
    return f"All {len(plans)} clips: {requests} requests, {at_most}, without retries."


def _at_most(tokens: int, cost: float | None, currency: str) -> str:
    money = "" if cost is None else f", {cost:.4f} {currency}"
    return f"at most {tokens} tokens{money}"
