"""Does what is seen of a clip fit what is heard, by the measurements and by a model?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from saber.core.dataset import Annotated, Clip, Compared, Opinion, Verified
from saber.core.decisions import DecidedHalf, decided_half
from saber.core.records import Record
from saber.core.settings import resolved
from saber.core.taxonomy import Language
from saber.flow import Answer, Item, Keep, Tools
from saber.models import EMBEDDED, Caller, ModelSettings, Reply, Sampling, check_spec, make_caller
from saber.split.comparison import Comparison, compare_prompt, comparison_request, read_comparison
from saber.split.opinions import Agreement, agree, measured_opinion

__all__ = ["CompareSettings", "CompareStage"]


@dataclass(frozen=True)
class CompareSettings:
    """Who is asked, and who must agree."""

    model: str = EMBEDDED
    """A model's spec. `embedded` asks none: the measured comparison stands alone."""
    agreement: Agreement = "all"
    """`all`: a clip is (in)consistent when everybody who was asked says so. `some`: a judge that can't tell
    is passed over. Contradiction makes it unclear either way."""
    retries: int = 2
    """How often an unusable answer is asked for again."""
    max_tokens: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        if self.retries < 0:
            raise ValueError(f"retries must be 0 or more, not {self.retries}")
        Sampling(max_tokens=self.max_tokens)


class CompareStage:
    """Adds `Compared`. Drops nothing: both halves are wanted, and unclear clips can still be trained on.

    A server that does not answer is an error of the item (it is quarantined and can be tried again). An
    answer that stays unusable is that judge's verdict "unknown".

    What people decided is an opinion of theirs and decides alone, as long as it was about the same file; the
    others are asked and told all the same.
    """

    name = "compare"
    version = 1
    needs = ("clean", "annotate", "verify")
    makes: type[Record] = Compared
    work: ClassVar[Literal["call"]] = "call"

    def __init__(
        self,
        settings: CompareSettings | None = None,
        model: ModelSettings | None = None,
        *,
        caller: Caller | None = None,
    ) -> None:
        """`caller` takes the place of the one that the spec names, and is not closed here."""
        self._settings = settings or CompareSettings()
        self._model = model or ModelSettings()
        self._given = caller
        self._caller: Caller | None = None
        if caller is None:
            check_spec(self._settings.model)
        # The caller keeps its own time for each question; this is only the last resort.
        self.timeout_s = 24 * 3600.0
        self.concurrency = self._model.concurrency

    @property
    def settings(self) -> Mapping[str, object]:
        asked: dict[str, object] = {}
        if self._given is not None or self._settings.model != EMBEDDED:
            asked = {f"prompt_{code.value}": compare_prompt(code).sha256 for code in Language}
        spec = self._given.model.spec if self._given is not None else self._settings.model
        return {**resolved(self._settings), "model": spec, **asked}

    async def start(self, tools: Tools) -> None:
        self._caller = self._given or make_caller(self._settings.model, self._model)

    async def ask(self, item: Item) -> Answer:
        """Keep, always. Raises ModelError when the server does not answer."""
        stands = item.of("verify", Verified).stands(item.of("annotate", Annotated))
        opinions = [measured_opinion(stands)]
        cost, tokens = None, None
        if self._caller is not None:
            opinion, replies = await self._asked(self._caller, stands, item.id)
            opinions.append(opinion)
            paid = [r.cost for r in replies if not r.cached and r.cost is not None]
            cost = sum(paid) if paid else None
            tokens = sum(
                (r.usage.prompt_tokens or 0) + (r.usage.answer_tokens or 0) for r in replies if not r.cached
            )
        if (half := decided_half(item.reviewed)) is not None:
            opinions += _of_people(half, item.of("clean", Clip).info.sha256)
        return Keep(agree(opinions, self._settings.agreement), cost, tokens)

    async def stop(self) -> None:
        caller, self._caller = self._caller, None
        if caller is not None and caller is not self._given:
            await caller.model.close()  # in the loop that opened its connections
            caller.close()

    async def _asked(self, caller: Caller, clip: Annotated, clip_id: str) -> tuple[Opinion, list[Reply]]:
        language = Language(clip.language)
        judge, sha256 = caller.model.spec, compare_prompt(language).sha256
        replies: list[Reply] = []
        why = ""
        for attempt in range(self._settings.retries + 1):
            sampling = Sampling(max_tokens=self._settings.max_tokens, seed=self._settings.seed + attempt)
            request = comparison_request(clip, language, sampling, clip_id=clip_id, why=why)
            reply = await caller.ask(request)
            replies.append(reply)
            read = read_comparison(reply.text)
            if isinstance(read, Comparison):
                return Opinion(
                    judge=judge,
                    verdict=read.verdict,
                    visual=read.visual,
                    acoustic=read.acoustic,
                    reason=read.reason,
                    prompt_sha256=sha256,
                    attempts=len(replies),
                ), replies
            why = read
        return Opinion(
            judge=judge,
            verdict=None,
            reason=f"No usable answer in {len(replies)} attempts: {why}.",
            prompt_sha256=sha256,
            attempts=len(replies),
        ), replies


def _of_people(half: DecidedHalf, media: str) -> list[Opinion]:
    """An opinion for each reviewer; unknown when another file was watched."""
    same = bool(media) and half.media == media
    why = half.words if same else "It was said of another file than the one that is there now."
    return [Opinion(judge=by, verdict=half.half if same else None, reason=why) for by in half.by]
