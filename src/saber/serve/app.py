"""Which address answers what? The server's main flow: all routes, in the order in which a page uses them.

    POST clip -> queued -> running (events) -> done -> record, view, report, media -> deleted

`guard.py` decides whom to answer, `upload.py` lets clips in, `desk.py` has them analysed by `crew.py`.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from saber.core.errors import SaberError
from saber.core.records import Analysis, Record
from saber.core.taxonomy import Language
from saber.models import EMBEDDED
from saber.serve import pages
from saber.serve.desk import Desk
from saber.serve.guard import COOKIE, Gate, Guard
from saber.serve.ledger import NewJob
from saber.serve.metrics import exposition
from saber.serve.names import shown_name
from saber.serve.overlay import LAYOUT
from saber.serve.places import ID_PATTERN, new_id
from saber.serve.records import About, History, Job, Limits, Problem, Refusal
from saber.serve.refusals import RefusedError, refusal, status_of
from saber.serve.results import Results
from saber.serve.stream import follow
from saber.serve.upload import Door
from saber.version import __version__

__all__ = ["Offer", "application"]

NOTICES = (
    "It describes what is shown, not what is felt, and can be wrong about anyone.",
    "In the European Union, inferring the emotions of people at work or in education is forbidden, save for "
    "medical or safety reasons: AI Act, Regulation (EU) 2024/1689, article 5(1)(f).",
)
_STATUS = {
    400: "Not a valid request.",
    401: "The token is missing or wrong.",
    403: "A page of another site asked.",
    404: "There is no such thing, or not any more.",
    408: "The upload was too slow.",
    409: "Not yet: the analysis is not finished, or has failed.",
    413: "Too large.",
    416: "No such range of bytes.",
    421: "The Host header names another server.",
    422: "A parameter is not what it has to be.",
    429: "The queue is full, or too many uploads are under way; Retry-After says when to try again.",
    503: "No room on the disk, or too many requests; Retry-After says when to try again.",
}
JobId = Annotated[str, Path(pattern=ID_PATTERN, description="As `POST /api/analyses` answered it.")]
Batch = Annotated[
    str | None,
    Query(pattern="^[A-Za-z0-9_-]{1,64}$", description="Any word; the history can be asked by it."),
]


@dataclass(frozen=True)
class Offer:
    """What this server offers."""

    review: APIRouter
    models: tuple[str, ...] = (EMBEDDED,)
    has_workspace: bool = False
    has_preferences: bool = False
    notices: tuple[str, ...] = field(default=())
    """Beside those that always hold, e.g. what is sent to a model."""


class Token(Record):
    token: str


class Health(Record):
    """`status` is `degraded` while no worker is ready."""

    status: str
    queue: int
    running: int
    workers: int


def application(desk: Desk, gate: Gate, offer: Offer) -> Guard:
    """The whole server, as an ASGI application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await desk.start()
        try:
            yield
        finally:
            await desk.stop()

    app = FastAPI(
        title="SABER",
        version=__version__,
        summary="What a person in a clip shows and seems to feel, grounded in what was measured.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=_refusals(400, 401, 403, 413, 421, 422, 503),
    )
    door = Door(desk)
    ledger = desk.ledger
    settings = desk.settings
    reporting = asyncio.Semaphore(2)

    async def known(job: str) -> Job:
        found = await desk.ask(ledger.job, job)
        if found is None:
            raise RefusedError(404, "not_found", "There is no such analysis, or not any more.")
        return found

    async def finished(job: str) -> tuple[Job, Results]:
        found = await known(job)
        if found.state == "failed":
            assert found.error is not None
            raise RefusedError(409, found.error.reason, found.error.message, found.error.remedy)
        if found.state != "done":
            raise RefusedError(
                409, "not_done", "The analysis is not finished.", "Follow its events.", retry_after_s=2
            )
        return found, Results(desk.places.clip(job))

    # --- what is this? ------------------------------------------------------------------------

    @app.get("/api/about")
    async def about() -> About:
        """What this server is, offers and accepts."""
        return About(
            version=__version__,
            languages=tuple(language.value for language in Language),
            models=offer.models,
            limits=Limits(
                max_bytes=settings.max_upload_bytes,
                max_duration_s=settings.max_duration_s,
                max_streams=settings.max_streams,
                max_queue=settings.max_queue,
                max_uploads=settings.max_uploads,
            ),
            keep_hours=settings.keep_hours,
            has_workspace=offer.has_workspace,
            has_preferences=offer.has_preferences,
            notices=(*NOTICES, *offer.notices),
            overlay=LAYOUT,
        )

    @app.post("/api/session", status_code=204, responses=_refusals(404))
    async def sign_in(token: Token, request: Request) -> Response:
        """Exchange the token for a cookie that no script can read."""
        if gate.token is None:
            raise RefusedError(404, "no_token", "This server has no token.", "Just use it.")
        if not gate.accepts(token.token):
            raise RefusedError(401, "token_wrong", "That is not this server's token.")
        response = Response(status_code=204)
        secure = gate.origin is not None and gate.origin.startswith("https:")
        response.set_cookie(
            COOKIE, gate.session(), httponly=True, samesite="strict", secure=secure, path="/api"
        )
        return response

    @app.delete("/api/session", status_code=204)
    async def sign_out() -> Response:
        """Have the browser drop the cookie."""
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, path="/api", httponly=True, samesite="strict")
        return response

    # --- a clip comes in ----------------------------------------------------------------------

    @app.post(
        "/api/analyses",
        status_code=202,
        responses=_refusals(404, 408, 409, 429),
        openapi_extra={
            "requestBody": {
                "description": "The media file's bytes; none with `from`.",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def submit(
        request: Request,
        response: Response,
        name: Annotated[str | None, Query(max_length=1_000, description="For show only.")] = None,
        language: Language = Language.ENGLISH,
        model: Annotated[
            str, Query(max_length=300, description="One of those that /api/about names.")
        ] = EMBEDDED,
        batch: Batch = None,
        source: Annotated[
            str | None,
            Query(alias="from", pattern=ID_PATTERN, description="Analyse this analysis' clip again instead."),
        ] = None,
    ) -> Job:
        """Queue a clip. Its content is looked at later, by an isolated reader; its name never is."""
        if model not in offer.models:
            raise RefusedError(
                422, "model_not_offered", "This server does not offer that model.", "/api/about lists them."
            )
        job = new_id()
        waiting = (await desk.ask(ledger.counts))["queued"]
        with door.place(waiting, await desk.ask(ledger.usual_s)):
            if source is not None:
                of = await known(source)
                new = NewJob(
                    job, of.name if name is None else shown_name(name), language.value, model, batch,
                    of.size_bytes, of.sha256,
                )  # fmt: skip
                queued = await desk.admit_again(new, of.id)
                if queued is None:
                    raise RefusedError(
                        409, "clip_not_kept", "That clip is not kept any more.", "Send it again."
                    )
            else:
                clip = await door.receive(request, job)
                new = NewJob(
                    job, shown_name(name), language.value, model, batch, clip.size_bytes, clip.sha256
                )
                queued = await desk.admit(new, clip.path)
        response.headers["Location"] = f"/api/analyses/{job}"
        return queued

    # --- it is followed -----------------------------------------------------------------------

    @app.get("/api/analyses", responses=_refusals(404))
    async def history(
        batch: Batch = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        before: Annotated[
            str | None, Query(pattern=ID_PATTERN, description="Only what is older than it.")
        ] = None,
    ) -> History:
        """The analyses that are kept, the newest first."""
        if before is not None:
            await known(before)
        found = await desk.ask(ledger.history, limit + 1, batch, before)
        return History(analyses=tuple(found[:limit]), more=len(found) > limit)

    @app.get("/api/analyses/{job}", responses=_refusals(404))
    async def look(job: JobId) -> Job:
        """How far it is."""
        return await known(job)

    @app.get(
        "/api/analyses/{job}/events",
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {}}},
            204: {"description": "The clip has ended, and you have it all: a browser stops asking."},
            **_refusals(404),
        },
    )
    async def events(
        job: JobId,
        last_event_id: Annotated[str | None, Header(pattern="^[0-9]{1,18}$")] = None,
    ) -> Response:
        """What is found, as soon as it is: `state`, `progress`, `sight`, `perceived`, `words`, `text`, and at
        the end `done` or `failed`. To go on after the last event that you had, send its id as Last-Event-ID.
        """
        found = await known(job)
        after = int(last_event_id or 0)
        if found.ended_at is not None and not await desk.ask(ledger.events, job, after, 1):
            return Response(status_code=204)
        return StreamingResponse(
            follow(desk, found, after),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    # --- what came out ------------------------------------------------------------------------

    @app.get(
        "/api/analyses/{job}/record",
        response_class=Response,
        responses={200: {"model": Analysis}, **_refusals(404, 409)},
    )
    async def record(job: JobId) -> Response:
        """The analysis, as `saber analyze --json` prints it."""
        _, results = await finished(job)
        return _json(await asyncio.to_thread(results.record.read_bytes))

    @app.get("/api/analyses/{job}/view", responses=_refusals(404, 409))
    async def view(job: JobId, language: Language = Language.ENGLISH) -> dict[str, Any]:
        """The analysis as a page shows it, its names and sentences in that language."""
        _, results = await finished(job)
        return await asyncio.to_thread(results.view, language)

    @app.get(
        "/api/analyses/{job}/overlay",
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}, **_refusals(404, 409)},
    )
    async def overlay(job: JobId, accept_encoding: Annotated[str, Header()] = "") -> Response:
        """What can be drawn over the picture, ten times a second."""
        _, results = await finished(job)
        packed = await asyncio.to_thread(results.overlay)
        if "gzip" in accept_encoding:
            return _json(packed, {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return _json(gzip.decompress(packed), {"Vary": "Accept-Encoding"})

    @app.get(
        "/api/analyses/{job}/report",
        response_class=Response,
        responses={200: {"content": {"text/html": {}}}, **_refusals(404, 409)},
    )
    async def report(job: JobId, inline: bool = False) -> Response:
        """One page that can be passed on: the clip, the timeline, the evidence."""
        _, results = await finished(job)
        async with reporting:
            text, name = await asyncio.to_thread(results.report)
        return _html(text, name, inline)

    @app.get(
        "/api/analyses/{job}/media",
        response_class=FileResponse,
        responses={
            200: {"content": {"video/mp4": {}, "video/webm": {}, "audio/webm": {}}},
            206: {"description": "The bytes that Range asked for."},
            **_refusals(404, 409, 416),
        },
    )
    async def media(job: JobId) -> FileResponse:
        """The clip as a browser can play it: itself, or a preview of it."""
        _, results = await finished(job)
        playable = await asyncio.to_thread(results.playable)
        if playable is None:
            raise RefusedError(404, "nothing_to_play", "There is nothing to play, or it is not kept.")
        return FileResponse(
            playable.path,
            media_type=playable.mime,
            headers={"Cache-Control": "private, no-cache"},
            stat_result=await asyncio.to_thread(playable.path.stat),
        )

    @app.delete("/api/analyses/{job}", status_code=204, responses=_refusals(404))
    async def remove(job: JobId) -> Response:
        """Stop it, and delete the clip and all that came of it."""
        if not await desk.remove(job):
            raise RefusedError(404, "not_found", "There is no such analysis, or not any more.")
        return Response(status_code=204)

    # --- how is the server? ---------------------------------------------------------------------

    @app.get("/api/health")
    async def health() -> Health:
        """Is it at work?"""
        counts = await desk.ask(ledger.counts)
        ready = desk.crew.ready
        return Health(
            status="ok" if ready else "degraded",
            queue=counts["queued"],
            running=counts["running"],
            workers=ready,
        )

    @app.get("/api/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """Figures for a monitoring system."""
        tokens, money = await desk.ask(ledger.spent)
        text = exposition(
            await desk.ask(ledger.counts),
            {
                "workers_ready": desk.crew.ready,
                "uploads_coming": door.coming,
                "followers": desk.bells.followers,
                "requests_open": guard.open,
                "disk_free_megabytes": desk.places.free_mb(),
            },
            {
                "upload_bytes_total": door.received_bytes,
                "worker_restarts_total": desk.crew.restarts,
                "model_tokens_total": tokens,
                "model_money_total": money,
            },
            guard.answers,
        )
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    app.include_router(offer.review, responses=_refusals(404, 409))

    # --- the pages -----------------------------------------------------------------------------

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        if path == "api" or path.startswith("api/"):
            raise RefusedError(404, "not_found", "The API has no such address.", "See /api/openapi.json.")
        found = pages.page_file(path) if "." in path else pages.index()
        if found is None:
            raise RefusedError(404, "not_found", "There is no such file.")
        return found

    _explain_errors(app)
    guard = Guard(app, gate, settings.max_requests)
    return guard


def _json(content: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(content, media_type="application/json", headers=headers)


def _html(text: str, name: str, inline: bool) -> Response:
    """The report: a page with a policy of its own, without any right on this server's pages or data."""
    return Response(
        text,
        media_type="text/html; charset=utf-8",
        headers={
            "Content-Disposition": "inline"
            if inline
            else f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": (
                "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
                "style-src 'unsafe-inline'; img-src data:; media-src data: blob:; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'none'"
            ),
        },
    )


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Refusal, "description": _STATUS[status]} for status in statuses}


def _explain_errors(app: FastAPI) -> None:
    """Every error has the same form, whoever found it."""

    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: RefusedError) -> JSONResponse:
        return error.response()

    @app.exception_handler(SaberError)
    async def known(request: Request, error: SaberError) -> JSONResponse:
        status = status_of(error)
        problem = Problem(reason=error.reason, message=error.message, remedy=error.remedy)
        return refusal(status, problem, {"Retry-After": "10"} if status == 503 else None)

    @app.exception_handler(Exception)
    async def defect(request: Request, error: Exception) -> JSONResponse:
        problem = Problem(
            reason="defect",
            message="The server met an error that it did not expect.",
            remedy="This is a defect of SABER: please report it with what the server's log says.",
        )
        return refusal(500, problem)

    @app.exception_handler(FileNotFoundError)
    async def vanished(request: Request, error: FileNotFoundError) -> JSONResponse:
        return refusal(404, Problem(reason="not_found", message="It has just been deleted."))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = " ".join(str(part) for part in first["loc"])
        return refusal(422, Problem(reason="invalid", message=f"In {where}: {first['msg']}."))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        reason = {404: "not_found", 405: "method_not_allowed", 416: "range"}.get(error.status_code, "invalid")
        problem = Problem(reason=reason, message=f"{error.detail}.")
        return refusal(error.status_code, problem, dict(error.headers or {}))

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, error: ClientDisconnect) -> JSONResponse:
        return refusal(400, Problem(reason="cut_off", message="The upload was cut off."))
