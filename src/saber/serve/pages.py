"""Where do the pages come from? From this package: `make web` builds them into `pages/` beside this file."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.responses import FileResponse, Response

__all__ = ["FOLDER", "built", "index", "page_file"]

FOLDER = Path(__file__).with_name("pages")
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_FOREVER = "public, max-age=31536000, immutable"


def built() -> bool:
    return (FOLDER / "index.html").is_file()


def index() -> Response:
    """The page, whatever its path: it finds its way itself."""
    if not built():
        return Response(
            "The pages are not built. Run `make web`, then start the server again. The API works.\n",
            503, media_type="text/plain; charset=utf-8",
        )  # fmt: skip
    return FileResponse(
        FOLDER / "index.html", media_type=_TYPES[".html"], headers={"Cache-Control": "no-cache"}
    )


def page_file(path: str) -> Response | None:
    """A file of the pages; None where there is none. Each part of `path` must be a plain name."""
    parts = path.split("/")
    if not all(_NAME.fullmatch(part) for part in parts):
        return None
    file = FOLDER.joinpath(*parts)
    kind = _TYPES.get(file.suffix)
    if kind is None or not file.is_file():
        return None
    # The build puts a hash of the content into the names under assets/.
    keep = _FOREVER if parts[0] == "assets" else "no-cache"
    return FileResponse(file, media_type=kind, headers={"Cache-Control": keep})
