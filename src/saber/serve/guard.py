"""Whom does the server answer? Every request passes here first, and every answer last.

- The Host header must name this server: a page of another site whose name was made to point here (DNS
  rebinding) gets nothing.
- A request that a browser makes for a page of another site gets nothing of the API, to read or to write.
- With a token, data are for those who have it: `Authorization: Bearer TOKEN`, or the cookie that
  `POST /api/session` sets.
- Every answer says what a page of it may load (only from here), and that nobody else may show or keep it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections import Counter
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from saber.core.errors import UsageError
from saber.serve.refusals import RefusedError

__all__ = ["COOKIE", "PAGE_POLICY", "Gate", "Guard"]

COOKIE = "saber_session"
SESSION_PATH = "/api/session"
UPLOAD_PATH = "/api/analyses"
MIN_TOKEN = 16
MAX_BODY_BYTES = 1 << 20
"""Of anything but an upload."""
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "permissions-policy": "camera=(self), microphone=(self), geolocation=(), browsing-topics=()",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
"""Where an answer does not say otherwise itself."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

access = logging.getLogger("saber.serve.access")


@dataclass(frozen=True)
class Gate:
    """Who may come in."""

    token: str | None = None
    origin: str | None = None
    """`https://host[:port]` under which browsers reach the server; loopback names always do."""

    def __post_init__(self) -> None:
        if self.token is not None and len(self.token) < MIN_TOKEN:
            raise UsageError(
                f"The token has fewer than {MIN_TOKEN} characters.",
                remedy='Make one: python -c "import secrets; print(secrets.token_urlsafe())"',
            )
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise UsageError("The token holds characters that a header can't carry.", remedy="Use ASCII.")
        if self.origin is not None:
            parts = urlsplit(self.origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
                raise UsageError(
                    f"{self.origin!r} is no origin.", remedy="Give scheme and host: https://saber.example."
                )

    def knows_host(self, host: str) -> bool:
        """Is this Host header one of this server's names?"""
        name = host.lower()
        if self.origin is not None and name == urlsplit(self.origin).netloc.lower():
            return True
        name, colon, port = name.rpartition(":") if not name.endswith("]") else (name, "", "")
        if not colon:
            name = name or port
        elif not port.isdecimal():
            return False
        return name in _LOOPBACK

    def is_ours(self, origin: str, host: str) -> bool:
        """Is this Origin header that of a page which came from here?"""
        if self.origin is not None and origin.lower() == self.origin.lower():
            return True
        parts = urlsplit(origin.lower())
        own = self.origin is None or parts.netloc != urlsplit(self.origin).netloc.lower()
        return own and parts.scheme in ("http", "https") and parts.netloc == host.lower()

    def accepts(self, token: str) -> bool:
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def session(self) -> str:
        """The cookie's value: follows from the token, and does not tell it."""
        assert self.token is not None
        return hmac.new(self.token.encode(), b"saber session 1", hashlib.sha256).hexdigest()

    def lets_in(self, headers: Headers) -> bool:
        """Does the request carry the token, or the cookie?"""
        if self.token is None:
            return True
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.accepts(token.strip()):
            return True
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(headers.get("cookie", ""))
        except CookieError:
            return False
        return COOKIE in jar and hmac.compare_digest(jar[COOKIE].value.encode(), self.session().encode())


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, gate: Gate, max_requests: int) -> None:
        self._app = app
        self._gate = gate
        self._max_requests = max_requests
        self.open = 0
        """Requests under way."""
        self.answers: Counter[int] = Counter()
        """How many answers had which status."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        self.open += 1
        try:
            try:
                self._check(scope)
            except RefusedError as error:
                await error.response()(scope, receive, dressed)
            else:
                bounded = receive if scope["path"] == UPLOAD_PATH else _bounded(receive)
                await self._app(scope, bounded, dressed)
        except RefusedError as error:
            if not status:
                await error.response()(scope, receive, dressed)
        finally:
            self.open -= 1
            self.answers[status] += 1
            # No query, no names; what a path holds is an id, or somebody's invention.
            path = scope["path"] if scope["path"].isprintable() else "?"
            took_ms = (time.perf_counter() - began) * 1000
            access.info("%s %s %d %.0f ms", scope["method"], path[:80], status, took_ms)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._gate.knows_host(host):
            raise RefusedError(
                421, "host_not_known", "The request is for another host than this server.",
                "Use the address that `saber serve` printed, or name yours with --origin.",
            )  # fmt: skip
        if self.open > self._max_requests:
            raise RefusedError(
                503, "too_busy", "Too many requests are under way.", "Try again later.", retry_after_s=2
            )
        path = scope["path"]
        if not path.startswith("/api/"):
            return
        site = headers.get("sec-fetch-site")
        origin = headers.get("origin")
        foreign = site not in (None, "same-origin", "none")
        if scope["method"] in _WRITES and origin is not None:
            foreign = foreign or not self._gate.is_ours(origin, host)
        if foreign:
            raise RefusedError(
                403, "other_site", "A page of another site may not use this server.",
                "Open the server's own pages.",
            )  # fmt: skip
        if path != SESSION_PATH and not self._gate.lets_in(headers):
            error = RefusedError(
                401, "token_missing", "This server is for those who have its token.",
                "Send it as `Authorization: Bearer TOKEN`, or sign in on the page.",
            )  # fmt: skip
            error.headers = {"WWW-Authenticate": 'Bearer realm="saber"'}
            raise error


def _bounded(receive: Receive) -> Receive:
    """A body that may not grow without end."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise RefusedError(
                    413, "body_too_large", "The request's body is too large.",
                    f"Send at most {MAX_BODY_BYTES} bytes.",
                )  # fmt: skip
        return message

    return counted
