"""How is the server started and ended?"""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from saber.core.errors import MissingPieceError, UsageError
from saber.core.settings import build, read_toml
from saber.infer import statement
from saber.models import EMBEDDED, make_caller
from saber.pipeline import Settings
from saber.review import PreferenceRoom, ReviewRoom
from saber.serve.guard import Gate
from saber.serve.places import Places
from saber.serve.settings import ServeSettings

__all__ = ["Address", "load", "serve"]


@dataclass(frozen=True)
class Address:
    """Where the server listens."""

    host: str = "127.0.0.1"
    port: int = 8765

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def load(config: Path | None) -> tuple[ServeSettings, dict[str, Any]]:
    """The `[serve]` table of the settings file, and its other tables, which are the analysis'.

    Raises UsageError for an unknown or wrong key in either.
    """
    tables = {} if config is None else read_toml(config)
    own = tables.pop("serve", {})
    if not isinstance(own, dict):
        raise UsageError(f"Setting serve in {config} must be a table.")
    build(Settings, tables, "settings" if config is None else config.name)
    return build(ServeSettings, own, "serve"), tables


def serve(
    address: Address,
    data: Path,
    gate: Gate,
    settings: ServeSettings,
    analysis: dict[str, Any],
    models: tuple[str, ...],
    *,
    workspace: Path | None = None,
    reviewers_needed: int | None = None,
    pairs: Path | None = None,
    on_ready: Callable[[str], object] | None = None,
) -> None:
    """Answer requests until the process is asked to end (SIGINT, SIGTERM).

    Args:
        models: specs beside the embedded analyst.
        workspace: of `saber run`, to be reviewed.
        reviewers_needed: how many must decide a record alike; None leaves it as it was.
        pairs: of `saber pairs`, to be reviewed.
        on_ready: called with the URL at which it answers, as soon as it does: what an earlier server left is
            in order by then.

    Raises:
        UsageError: beyond loopback without token and origin; a wrong setting or model; the port is taken.
        WorkspaceError: a folder can't be used, or another server uses it.
        MissingPieceError: the extra `serve` is not installed.
    """
    if not address.is_loopback and (gate.token is None or gate.origin is None):
        raise UsageError(
            f"{address.host} can be reached by others: that needs a token and a stated origin.",
            remedy="Give --token-file (or SABER_TOKEN) and --origin, or listen on 127.0.0.1.",
        )
    notices = [said for spec in models if (said := _statement(spec, build(Settings, analysis, "settings")))]
    try:
        import uvicorn

        from saber.serve.app import Offer, application
        from saber.serve.desk import Desk
        from saber.serve.review import router
    except ImportError as error:
        raise MissingPieceError(
            f"The server needs a package that is not installed: {error.name}.",
            remedy='Run: pip install "saber-llm[serve]"',
        ) from error
    if workspace is not None:
        ReviewRoom(workspace).summary()
    if pairs is not None:
        PreferenceRoom(pairs).report()
    places = Places(data)
    with places.held(), _listening(address) as listener:
        desk = Desk(places, settings, analysis)
        offer = Offer(
            models=tuple(dict.fromkeys((EMBEDDED, *models))),
            review=router(workspace, pairs, reviewers_needed=reviewers_needed),
            has_workspace=workspace is not None,
            has_preferences=pairs is not None,
            notices=tuple(notices),
        )
        guarded = application(desk, gate, offer)

        host = f"[{address.host}]" if ":" in address.host else address.host
        url = f"http://{host}:{listener.getsockname()[1]}"

        class Server(uvicorn.Server):
            """Says that it answers; at the end it sends away those who follow a clip, and waits then."""

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                if self.started and on_ready is not None:
                    on_ready(url)

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                if desk.loop is not None:
                    desk.loop.call_soon_threadsafe(desk.bells.close)
                super().handle_exit(sig, frame)

        config = uvicorn.Config(
            guarded,
            access_log=False,
            log_level=logging.WARNING,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=64 * 1024,
        )
        Server(config).run(sockets=[listener])


def _statement(spec: str, settings: Settings) -> str | None:
    """What that model is sent, if anything leaves this machine. UsageError when there is no such model."""
    caller = make_caller(spec, settings.model)
    if caller is None:
        return None
    try:
        return statement(caller.model, settings.infer)
    finally:
        caller.close()


def _listening(address: Address) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(
            f"Can't listen on {address.host}, port {address.port}: {error}.",
            remedy="Choose another with --port, or stop what uses it.",
        ) from error
    return listener
