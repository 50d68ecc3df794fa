"""Does the review work over HTTP as the pages need it, on a real server, and is every mistake told?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from review.made import ALL, DROPPED, KEPT
from saber.core.errors import SaberError
from saber.review import AgreementReport, Dashboard, ItemView, Queue, Saved, Summary
from saber.serve.review import router

A, C, D = KEPT
API = "/api/review"


@contextmanager
def served(workspace: Path | None, pairs: Path | None = None) -> Iterator[httpx.Client]:
    """The routes on a real server; errors are answered with their reason."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(router(workspace, pairs))

    @app.exception_handler(SaberError)
    async def refuse(_: Request, error: SaberError) -> JSONResponse:
        return JSONResponse({"reason": error.reason, "message": error.message, "remedy": error.remedy}, 409)

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def client(workspace: Path) -> Iterator[httpx.Client]:
    with served(workspace) as found:
        yield found


def put(client: httpx.Client, item: str, **body: Any) -> httpx.Response:
    saw = client.get(API + "/item", params={"item": item, "reviewer": "ann"}).json()["saw"]
    return client.put(
        API + "/decision", params={"item": item}, json={"reviewer": "ann", "saw": saw, "seconds": 4, **body}
    )


def test_each_answer_is_the_record_that_it_says(client: httpx.Client) -> None:
    assert Summary.model_validate(client.get(API + "").json()).progress.items == len(ALL)
    queue = Queue.model_validate(client.get(API + "/queue", params={"reviewer": "ann"}).json())
    assert queue.items[0].item == DROPPED
    view = client.get(API + "/item", params={"item": DROPPED, "reviewer": "ann"}).json()
    assert ItemView.model_validate(view).texts
    assert Dashboard.model_validate(client.get(API + "/dashboard").json()).stages
    assert AgreementReport.model_validate(client.get(API + "/agreement").json()).fields


def test_a_decision_is_made_replaced_and_taken_back(client: httpx.Client) -> None:
    answer = put(
        client, A, verdict="correct", fields={"face": {"verdict": "correct", "value": "一个微笑 🙂"}}
    )
    saved = Saved.model_validate(answer.json())
    assert (saved.state.state, saved.state.awaits_run) == ("settled", True)
    assert saved.notices == ("text_without_reasoning",)
    assert put(client, A, verdict="accept").json()["state"]["state"] == "settled"
    answer = client.delete(API + "/decision", params={"item": A, "reviewer": "ann"})
    assert answer.json()["state"]["state"] == "open"
    history = client.get(API + "/item", params={"item": A, "reviewer": "ann"}).json()["history"]
    assert [h["active"] for h in history] == [False, False]
    assert history[0]["fields"]["face"]["value"] == "一个微笑 🙂"


def test_media_come_as_a_browser_can_play_them_whole_and_in_parts(client: httpx.Client) -> None:
    # MPEG-4 part 2 is nothing that browsers play, so what comes is a preview.
    whole = client.get(API + "/media", params={"item": A})
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/webm")
    assert whole.content[:4] == b"\x1aE\xdf\xa3"
    part = client.get(API + "/media", params={"item": A}, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert client.get(API + "/media", params={"item": "../a.mp4"}).json()["reason"] == "no_such_item"


@pytest.mark.parametrize("reviewer", ["", " ", "a" * 41, "a\tb", "a\x00b", "ann\u202e", None])
def test_a_reviewer_has_a_name_that_can_be_shown(client: httpx.Client, reviewer: str | None) -> None:
    params = {} if reviewer is None else {"reviewer": reviewer}
    assert client.get(API + "/queue", params=params).status_code == 422
    assert client.get(API + "/item", params={"item": A, **params}).status_code == 422


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 10_000},
        {"offset": -1},
        {"kind": "strange"},
        {"state": "x"},
        {"corpus": "c" * 401},
    ],
)
def test_questions_out_of_range_are_refused(client: httpx.Client, params: dict[str, Any]) -> None:
    assert client.get(API + "/queue", params={"reviewer": "ann", **params}).status_code == 422


def test_decisions_that_can_not_be_kept_are_refused(client: httpx.Client) -> None:
    for body in (
        {"verdict": "fine"},
        {"verdict": "reject"},
        {"verdict": "correct", "fields": {"face": {"verdict": "correct", "value": "x" * 20_001}}},
        {"verdict": "accept", "more": 1},
        {"verdict": "accept", "reviewer": "\n"},
    ):
        assert put(client, A, **body).status_code == 422
    assert put(client, A, verdict="accept", saw="old").json()["reason"] == "record_changed"
    assert put(client, A, verdict="accept", adjudicates=True).json()["reason"] == "no_disagreement"
    nobody = client.put(
        API + "/decision", params={"item": "x"}, json={"reviewer": "ann", "saw": "", "verdict": "accept"}
    )
    assert nobody.json()["reason"] == "no_such_item"
    assert client.get(API + "").json()["progress"]["open"] == len(ALL)


def test_without_a_workspace_or_pairs_it_says_so() -> None:
    with served(None) as client:
        for path in ("", "/agreement", "/dashboard"):
            assert client.get(API + path).json()["reason"] == "no_workspace"
        answer = client.get(API + "/preferences", params={"reviewer": "ann"})
        assert answer.json()["reason"] == "no_preferences"


def test_the_shapes_are_in_the_schema_both_ways() -> None:
    app = FastAPI()
    app.include_router(router(None, None))
    schema = app.openapi()
    names = set(schema["components"]["schemas"])
    assert {"Summary", "Queue", "ItemView", "DecisionIn", "Saved", "Dashboard", "ChoiceIn"} <= names
    assert schema["paths"]["/api/review/decision"]["put"]["requestBody"]["required"]
