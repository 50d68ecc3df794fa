"""How is a dataset reviewed by people, one item after another, and what comes of it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from saber.core.errors import UsageError
from saber.core.records import Analysis
from saber.core.taxonomy import Dimension
from saber.flow import status
from saber.review.dashboard import dashboard
from saber.review.index import Filter, Index
from saber.review.item import item_view, worth_of_known
from saber.review.known import Known, find, find_many, open_ledger
from saber.review.measured import analysis_of
from saber.review.measures import agreement_report
from saber.review.pass_on import pass_on
from saber.review.progress import progress
from saber.review.records import (
    FIELDS,
    AgreementReport,
    Dashboard,
    DecisionIn,
    DecisionView,
    ItemState,
    ItemView,
    Kind,
    Notice,
    Order,
    Queue,
    QueueItem,
    Saved,
    State,
    Summary,
)
from saber.review.seen import Seen, seen_of
from saber.review.settle import Settlement, lapsed, settle, voice
from saber.review.store import Made, Store
from saber.storage import inside

__all__ = ["ReviewRoom"]

_BUDGET_S = 2.0
"""Own choice: how long one question may spend on scoring items that are new or changed."""
_MOST_NEEDED = 10


class ReviewRoom:
    """The review of one workspace. Each call opens what it needs and closes it: it may be used from many
    threads and processes at once, and while `saber run` is at work.

    reviewers_needed: how many have to decide alike; None leaves it as it was (1 at first). Another number
    counts for an item from the next decision about it on.

    Methods raise WorkspaceError when a file can't be used, UsageError when something is asked for that is not
    there or does not fit.
    """

    def __init__(self, workspace: Path, reviewers_needed: int | None = None) -> None:
        self.workspace = workspace
        if reviewers_needed is not None:
            if not 1 <= reviewers_needed <= _MOST_NEEDED:
                raise UsageError(f"1 to {_MOST_NEEDED} reviewers can be needed, not {reviewers_needed}.")
            with open_ledger(workspace), self._store() as store:
                store.set_needed(reviewers_needed)

    def refresh(self, budget_s: float) -> tuple[int, int]:
        """Score what is new or changed, for at most about so long. Returns how many items are scored and how
        many there are. Each question does so for two seconds; a server may do it in the background."""
        with self._index(budget_s) as (_, _, indexed, known):
            return indexed, known

    # --- looking ---------------------------------------------------------------------------------

    def summary(self, *, preferences: bool = False, budget_s: float = _BUDGET_S) -> Summary:
        """What there is to review. `preferences`: whether there are answers to choose between."""
        with self._index(budget_s) as (store, index, indexed, known):
            found = progress(store, index)
            counts = index.counts()
            kinds = {**counts["kinds"], "disagreement": found.disagreement}
            values = {
                name: tuple(k for k in counts[name] if k != "none")
                for name in ("stage", "corpus", "language", "split")
            }
        return Summary(
            progress=found,
            kinds=kinds,
            stages=values["stage"],
            corpora=values["corpus"],
            languages=values["language"],
            splits=values["split"],
            indexed=indexed,
            known=known,
            run=status(self.workspace).state,
            preferences=preferences,
        )

    def queue(
        self,
        reviewer: str,
        *,
        kind: Kind | None = None,
        state: State | None = None,
        stage: str | None = None,
        corpus: str | None = None,
        language: str | None = None,
        split: str | None = None,
        order: Order = "worth",
        offset: int = 0,
        limit: int = 20,
        budget_s: float = _BUDGET_S,
    ) -> Queue:
        """A page of what that reviewer is to look at, or, with `state`, of all items in that state."""
        wanted = Filter(kind=kind, stage=stage, corpus=corpus, language=language, split=split)
        with self._index(budget_s) as (_, index, indexed, known):
            if state is not None:
                page, total = index.in_state(state, wanted, offset, limit)
            else:
                page, total = index.waiting(reviewer, wanted, kind, offset, limit, order)
        with open_ledger(self.workspace) as ledger:
            there = find_many(ledger, [item for item, _ in page]) if page else {}
        return Queue(
            # One that a run takes away at this moment is left out; the next page is whole again.
            items=tuple(_line(there[item], its) for item, its in page if item in there),
            offset=offset,
            total=total,
            indexed=indexed,
            known=known,
        )

    def item(self, item: str, reviewer: str) -> ItemView:
        """All that is known of an item. Others' decisions are shown once it is settled, or to adjudicate."""
        with open_ledger(self.workspace) as ledger:
            known = find(ledger, item)
        with self._store() as store:
            made, needed = store.of(item), store.needed
        now = seen_of(known)
        settled = settle(_active(made), needed, now)
        shown = [m for m in made if m.reviewer == reviewer or _open_to_all(settled.state)]
        views = [_view(m, now) for m in shown]
        own = next(
            (v for m, v in zip(shown, views, strict=True) if m.ended is None and m.reviewer == reviewer), None
        )
        return item_view(
            self.workspace,
            known,
            _state(known, settled, needed, shown=_open_to_all(settled.state)),
            own,
            views,
            hidden=len(_active(made)) - len(_active(shown)),
        )

    def media_of(self, item: str) -> Path:
        """The item's media file, only ever one that the ledger names. UsageError `no_media`: it is gone."""
        with open_ledger(self.workspace) as ledger:
            known = find(ledger, item)
        path = inside(self.workspace, known.clip.media_path)
        if not path.is_file():
            raise UsageError(
                f"The media file of {item!r} is not there any more.",
                remedy="Bring it back to where it was, or run again.",
                reason="no_media",
            )
        return path

    def analysis(self, item: str) -> Analysis:
        """What a report would draw of the item, with its cues. UsageError `not_measured`, or ClipError, where
        the measurements are missing or broken."""
        with open_ledger(self.workspace) as ledger:
            known = find(ledger, item)
        return analysis_of(self.workspace, known)

    def agreement(self) -> AgreementReport:
        """How far reviewers agree with each other, and with what the checks said."""
        with self._store() as store:
            return agreement_report(store)

    def dashboard(self, *, budget_s: float = _BUDGET_S) -> Dashboard:
        """What a dataset looks like from above."""
        with self._index(budget_s) as (store, index, indexed, known):
            return dashboard(self.workspace, store, index, indexed, known)

    # --- deciding --------------------------------------------------------------------------------

    def decide(self, item: str, decision: DecisionIn) -> Saved:
        """Keep a decision; what is settled by it is in the ledger when this returns.

        Raises UsageError `record_changed` when another record stands by now than was looked at, and
        `no_disagreement` when there is nothing to adjudicate.
        """
        with open_ledger(self.workspace) as ledger:
            known = find(ledger, item)
        if decision.saw != known.saw:
            raise UsageError(
                f"{item!r} has changed since you opened it.",
                remedy="Look at it again and decide anew.",
                reason="record_changed",
            )
        if (field := next((f for f in decision.fields if f == "half" and known.half is None), None)) and (
            decision.fields[field].verdict == "accept"
        ):
            raise UsageError(f"Nobody has compared {item!r} yet, so its half can't be accepted.")
        with self._store() as store:
            with store.writing():
                before = settle(_active(store.of(item)), store.needed, seen_of(known))
                if decision.adjudicates and before.state != "disagreement":
                    raise UsageError(
                        f"The reviewers of {item!r} don't disagree, so there is nothing to adjudicate.",
                        remedy="Send it as your own decision.",
                        reason="no_disagreement",
                    )
                others = [m for m in _active(store.of(item)) if m.reviewer != decision.reviewer]
                blind = not (others and _open_to_all(before.state))
                store.put(item, decision, seen_of(known, blind=blind))
            settled = self._settle(store, item, known)
            needed = store.needed
        return Saved(
            item=item,
            state=_state(self._again(item), settled, needed, shown=_open_to_all(settled.state)),
            notices=_notices(known, settled),
        )

    def withdraw(self, item: str, reviewer: str) -> Saved:
        """Take a reviewer's own decision back. UsageError `no_decision` when there is none."""
        with open_ledger(self.workspace) as ledger:
            known = find(ledger, item)
        with self._store() as store:
            with store.writing():
                if not store.end(item, reviewer):
                    raise UsageError(f"{reviewer} has decided nothing about {item!r}.", reason="no_decision")
            settled = self._settle(store, item, known)
            needed = store.needed
        return Saved(
            item=item, state=_state(self._again(item), settled, needed, shown=_open_to_all(settled.state))
        )

    def pass_on(self) -> int:
        """Bring the ledger to all that was ever settled, also one that was made anew. Returns how many items
        it changed."""
        with open_ledger(self.workspace), self._store() as store:
            return pass_on(self.workspace, store, everything=True)

    def _settle(self, store: Store, item: str, known: Known) -> Settlement:
        with store.writing():
            settled = settle(_active(store.of(item)), store.needed, seen_of(known))
            decision, half = settled.decision, settled.half
            store.settle(
                item,
                settled.state,
                changed=settled.corrected,
                rejected=decision is not None and decision.rejected is not None,
                verify=None if decision is None else decision.model_dump(mode="json", by_alias=True),
                compare=None if half is None else half.model_dump(mode="json"),
            )
        pass_on(self.workspace, store)
        return settled

    def _again(self, item: str) -> Known:
        with open_ledger(self.workspace) as ledger:
            return find(ledger, item)

    def _store(self) -> Store:
        return Store(self.workspace)

    @contextmanager
    def _index(self, budget_s: float) -> Iterator[tuple[Store, Index, int, int]]:
        with open_ledger(self.workspace) as ledger, self._store() as store:
            if store.to_pass_on():  # left over by a crash
                pass_on(self.workspace, store)
            with Index(self.workspace, store) as index:
                indexed, known = index.refresh(ledger, budget_s)
                yield store, index, indexed, known


def _active(made: Sequence[Made]) -> list[Made]:
    return [m for m in made if m.ended is None]


def _open_to_all(state: State) -> bool:
    """Whether decisions may be shown to others: nobody's is awaited any more."""
    return state in ("settled", "disagreement")


def _state(known: Known, settled: Settlement, needed: int, *, shown: bool) -> ItemState:
    stale = known.stale
    fields = settled.fields
    if not shown:
        # Which fields somebody has decided would tell what was found wrong.
        fields = tuple(
            f.model_copy(update={"state": "open", "reviewers": 0, "value": None}) for f in settled.fields
        )
    return ItemState(
        state=settled.state,
        fields=fields,
        reviewers=settled.reviewers,
        needed=needed,
        settled_by=settled.settled_by if shown else (),
        awaits_run=bool(stale),
        stale=stale,
    )


def _view(made: Made, now: Seen) -> DecisionView:
    body = made.body
    said = [(field, voice(made, field)) for field in FIELDS]
    return DecisionView(
        reviewer=made.reviewer,
        at=made.at,
        verdict=body.verdict,
        fields=body.fields,
        reason=body.reason,
        words=body.words,
        seconds=body.seconds,
        adjudicates=body.adjudicates,
        active=made.ended is None,
        outdated=made.seen.media != now.media
        or any(v is not None and lapsed(v, field, now) for field, v in said),
    )


def _line(known: Known, state: State) -> QueueItem:
    worth = worth_of_known(known)
    stands = known.stands
    label = known.source.holding_for(known.id).label
    return QueueItem(
        item=known.id,
        score=round(sum(one.points for one in worth), 4),
        worth=worth,
        state=state,
        status="kept" if known.status == "pending" else known.status,
        stage=known.stage,
        reason=known.reason,
        corpus=known.source.corpus,
        language=stands.language,
        split=None if known.assigned is None else known.assigned.split,
        half=known.half,
        emotion=label or stands.emotion_said or stands.emotion.label,
        duration_s=known.clip.info.duration_s,
    )


def _notices(known: Known, settled: Settlement) -> tuple[Notice, ...]:
    decision = settled.decision
    if decision is None or Dimension.REASONING in decision.texts:
        return ()
    found: list[Notice] = []
    label = decision.emotion
    if label is not None and label.corrected and label.emotion != known.stands.emotion_said:
        found.append("emotion_without_reasoning")
    if any(text.corrected for text in decision.texts.values()):
        found.append("text_without_reasoning")
    return tuple(found)
