"""How is one question asked until its answer can be used, and what is noted on the way?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from saber.core.errors import BudgetSpentError, ModelError, RefusedCallError
from saber.core.taxonomy import Language
from saber.infer.material import Material, Stage
from saber.infer.question import Question
from saber.infer.written import Attempt, Outcome, Sent
from saber.models import Caller, Kind, Reply, Request
from saber.sed import FATAL, LABEL, Answer, Problem, read_answer

__all__ = ["Conversation", "Ending", "OnText", "outcome_of"]

OnText = Callable[[str], None]


@dataclass(frozen=True)
class Ending:
    """How one question ended. `answer` is the last one that came, usable only if the outcome is OK."""

    outcome: Outcome
    answer: Answer | None = None
    problems: tuple[str, ...] = ()
    reason: str = ""
    message: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """The sections, if they can be used."""
        return dict(self.answer.texts) if self.answer is not None and self.outcome is Outcome.OK else {}


@dataclass
class Conversation:
    """All requests about one clip."""

    caller: Caller
    language: Language
    retries: int
    transcript: str
    attempts: list[Attempt] = field(default_factory=list)
    _sent: list[tuple[Request, Material]] = field(default_factory=list)

    async def ask(self, question: Question, on_text: OnText | None = None) -> Ending:
        """Ask, and ask again differently while the answer can't be used."""
        stage = question.stage
        answer: Answer | None = None
        problems: tuple[Problem, ...] = ()
        # A stage that never saw the transcript can't have recited it, and must not be told of it.
        transcript = "" if stage is Stage.VISUAL else self.transcript
        for number in range(1, self.retries + 2):
            request = question.request(number, answer, tuple(p for p in problems if p in FATAL))
            reply, ending = await self.call(
                stage, number, request, question.material, on_text if number == 1 else None
            )
            if reply is None:
                return ending
            answer = read_answer(
                reply.text,
                language=self.language,
                transcript=transcript,
                instructions=question.instructions,
                expect=[s for s in question.sections if s != LABEL],
            )
            problems = answer.problems
            if reply.cut_off and not answer.usable and Problem.CUT_OFF not in problems:
                problems = (*problems, Problem.CUT_OFF)
            self.note(stage, number, request, reply, problems)
            if answer.usable:
                return Ending(Outcome.OK, answer, problems)
        return Ending(outcome_of(problems, form_was_asked=True), answer, problems)

    async def call(
        self, stage: Stage, number: int, request: Request, material: Material, on_text: OnText | None
    ) -> tuple[Reply | None, Ending]:
        """The reply, or None and how it ended; a call that failed is noted here."""
        start = time.perf_counter()
        try:
            reply = await self.caller.ask(request, on_text)
        except ModelError as error:
            outcome = Outcome.FAILED
            if isinstance(error, BudgetSpentError):
                outcome = Outcome.BUDGET_SPENT
            else:
                self._sent.append((request, material))
                if isinstance(error, RefusedCallError):
                    outcome = Outcome.CALL_REFUSED
            self.attempts.append(
                Attempt(
                    stage=stage,
                    number=number,
                    key=request.key(self.caller.model.spec),
                    raw=None,
                    error=error.reason,
                    message=str(error),
                    seconds=time.perf_counter() - start,
                )
            )
            return None, Ending(outcome, reason=error.reason, message=str(error))
        if not reply.cached:
            self._sent.append((request, material))
        return replace(reply, seconds=time.perf_counter() - start), Ending(Outcome.OK)

    def note(
        self, stage: Stage, number: int, request: Request, reply: Reply, problems: tuple[str, ...]
    ) -> None:
        """Keep an answer and what is wrong with it."""
        self.attempts.append(
            Attempt(
                stage=stage,
                number=number,
                key=request.key(self.caller.model.spec),
                raw=reply.text,
                problems=tuple(str(p) for p in problems),
                usage=reply.usage,
                seconds=reply.seconds,
                cost=reply.cost,
                tries=reply.attempts,
                cached=reply.cached,
                answered_by=reply.model,
            )
        )

    def sent(self) -> Sent:
        """What has left so far. What came from the cache did not leave again."""
        media: dict[Kind, tuple[int, int]] = {}
        for piece in (m for request, _ in self._sent for m in request.media):
            pieces, size = media.get(piece.kind, (0, 0))
            media[piece.kind] = (pieces + 1, size + len(piece.data))
        materials = [material for _, material in self._sent]
        return Sent(
            to=self.caller.model.goes_to,
            requests=len(self._sent),
            text_bytes=sum(len(r.system.encode()) + len(r.user.encode()) for r, _ in self._sent),
            media=media,
            cues=tuple(dict.fromkeys(g.value for m in materials for g in m.groups)),
            notes=tuple(dict.fromkeys(n for m in materials for n in m.notes)),
        )


def outcome_of(problems: tuple[str, ...], *, form_was_asked: bool = False) -> Outcome:
    """What an answer with these problems amounts to."""
    if not FATAL.intersection(problems):
        return Outcome.OK
    if Problem.REFUSAL in problems:
        return Outcome.REFUSED
    prose = Problem.NOT_STRUCTURED in problems and not form_was_asked
    return Outcome.NOT_STRUCTURED if prose else Outcome.INVALID
