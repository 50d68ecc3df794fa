"""How are the review of a workspace and the choice between answers had over HTTP?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse

from saber.core.errors import ClipError, UsageError
from saber.core.taxonomy import Language
from saber.report import view
from saber.review import (
    AgreementReport,
    BlindPair,
    ChoiceIn,
    ChoiceMade,
    ChoiceReport,
    Dashboard,
    DecisionIn,
    ItemView,
    Kind,
    Order,
    PreferenceRoom,
    PreferencesView,
    Queue,
    Reviewer,
    ReviewRoom,
    Saved,
    State,
    Summary,
)
from saber.serve.shown import Shown, ShownClips

__all__ = ["MOST_ITEMS", "NO_PREFERENCES", "NO_WORKSPACE", "router"]

MOST_ITEMS = 200
"""Own choice: items of a page of the queue."""
NO_WORKSPACE = "no_workspace"
NO_PREFERENCES = "no_preferences"

_Item = Annotated[str, Query(min_length=1, max_length=4096)]
_Filter = Annotated[str | None, Query(max_length=400)]


def router(workspace: Path | None, pairs: Path | None, *, reviewers_needed: int | None = None) -> APIRouter:
    """The routes below `/api/review`. Without a workspace, or without pairs, theirs say so.

    workspace: of `saber run`. pairs: what `saber pairs` wrote. reviewers_needed: how many must decide alike;
    None leaves it as it was.

    Every failure is a SaberError: reasons `no_workspace`, `no_preferences`, `no_such_item`,
    `no_such_question` and `no_media` are for status 404, `record_changed` and `no_disagreement` for 409.
    """
    routes = APIRouter(prefix="/api/review", tags=["review"])
    room = None if workspace is None else ReviewRoom(workspace, reviewers_needed)
    choices = None if pairs is None else PreferenceRoom(pairs)
    shown = ShownClips()

    def reviewing() -> ReviewRoom:
        if room is None:
            raise UsageError(
                "There is no dataset to review here.",
                remedy="Start `saber serve` with --workspace DIR.",
                reason=NO_WORKSPACE,
            )
        return room

    def choosing() -> PreferenceRoom:
        if choices is None:
            raise UsageError(
                "There are no answers to choose between here.",
                remedy="Start `saber serve` with --pairs DIR.",
                reason=NO_PREFERENCES,
            )
        return choices

    @routes.get("")
    def summary() -> Summary:
        """What there is to review, and how far it is."""
        return reviewing().summary(preferences=choices is not None)

    @routes.get("/queue")
    def queue(
        reviewer: Reviewer,
        kind: Kind | None = None,
        state: State | None = None,
        stage: _Filter = None,
        corpus: _Filter = None,
        language: _Filter = None,
        split: _Filter = None,
        order: Order = "worth",
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 20,
    ) -> Queue:
        """What this reviewer has not decided yet and what is not settled, the most worth a look first.

        `state` asks for items in that state instead, whoever decided them.
        """
        return reviewing().queue(
            reviewer,
            kind=kind,
            state=state,
            stage=stage,
            corpus=corpus,
            language=language,
            split=split,
            order=order,
            offset=offset,
            limit=limit,
        )

    @routes.get("/item")
    def item(item: _Item, reviewer: Reviewer) -> ItemView:
        """All that is known of one item; others' decisions only where they can sway nobody."""
        return reviewing().item(item, reviewer)

    @routes.get("/media", response_class=FileResponse)
    def media(item: _Item) -> FileResponse:
        """The clip as a browser can play it: itself, or a preview of it; also in parts (Range)."""
        return _playable(shown.of(reviewing().media_of(item)))

    @routes.get("/view")
    def drawn(item: _Item, language: Language = Language.ENGLISH) -> dict[str, Any]:
        """The item as a page shows an analysis, with the timeline of what was measured."""
        analysis = reviewing().analysis(item)
        path = Path(analysis.clip.path)
        # Without the file there is no picture of the sound, and the measurements are there all the same.
        sound = shown.of(path, analysis.clip).waveform if path.is_file() else None
        return view(analysis, sound, language)

    @routes.put("/decision")
    def decide(item: _Item, decision: DecisionIn) -> Saved:
        """Keep a decision; it replaces the earlier one of the same reviewer, which stays in the history."""
        return reviewing().decide(item, decision)

    @routes.delete("/decision")
    def withdraw(item: _Item, reviewer: Reviewer) -> Saved:
        """Take a reviewer's own decision back; it stays in the history."""
        return reviewing().withdraw(item, reviewer)

    @routes.get("/agreement")
    def agreement() -> AgreementReport:
        """How far reviewers agree with each other, and with the checks."""
        return reviewing().agreement()

    @routes.get("/dashboard")
    def dashboard() -> Dashboard:
        """Yield, drop reasons, scores, balance, cost, progress."""
        return reviewing().dashboard()

    @routes.get("/preferences")
    def preferences(reviewer: Reviewer) -> PreferencesView:
        """The next two answers for this reviewer, in random order and without their origin."""
        return choosing().next_pair(reviewer)

    @routes.get("/preferences/question")
    def question(question: _Item, reviewer: Reviewer) -> BlindPair:
        """The two answers to that question once more, in the order in which this reviewer saw them."""
        return choosing().pair(question, reviewer)

    @routes.put("/preferences")
    def choose(choice: ChoiceIn) -> ChoiceMade:
        """Keep a choice; it replaces the earlier one of the same reviewer on that question."""
        return choosing().choose(choice)

    @routes.get("/preferences/media", response_class=FileResponse)
    def preference_media(question: _Item) -> FileResponse:
        """The file of the clip that the question is about."""
        return _playable(shown.of(choosing().media_of(question)))

    @routes.get("/preferences/report")
    def report() -> ChoiceReport:
        """What people prefer, and how often the scorer does too."""
        return choosing().report()

    @routes.get("/preferences/choices", response_class=Response)
    def decided() -> Response:
        """The decided choices as JSON lines, the `choices` file of `saber pairs`."""
        return Response(choosing().choices(), media_type="application/jsonl")

    return routes


def _playable(shown: Shown) -> FileResponse:
    if shown.path is None:
        raise ClipError(
            "No browser can play this file, and no preview can be made of it.", reason="not_playable"
        )
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return FileResponse(shown.path, media_type=shown.mime, headers=headers)
