"""What do the tests of the pages share? The real server with the built pages, a clip, and a browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from chromium import chromium
from media_maker import make_clip

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "src" / "saber" / "serve" / "pages"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SERVE = """
import argparse, sys
from saber.cli import serve
from saber.core.errors import SaberError
parser = argparse.ArgumentParser()
serve.arguments(parser)
sys.exit(serve.run(parser.parse_args()))
"""
ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Server:
    """A running `saber serve`."""

    url: str

    def ask(self, path: str, method: str = "GET", body: bytes | None = None) -> Any:
        request = urllib.request.Request(f"{self.url}/api/{path}", data=body, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def analysed(self, clip: Path, name: str | None = None) -> Any:
        """The finished job of a clip."""
        query = f"analyses?name={quote(name or clip.name)}"
        job = self.ask(query, "POST", clip.read_bytes())
        while job["state"] not in ENDED:
            time.sleep(0.2)
            job = self.ask(f"analyses/{job['id']}")
        assert job["state"] == "done", job["error"]
        return job


@contextmanager
def serving(data: Path, *arguments: str, token: str | None = None) -> Iterator[Server]:
    """`saber serve` on a free port, its folder of data at `data`, until the context ends."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")}
    environment.pop("SABER_TOKEN", None)
    if token is not None:
        environment["SABER_TOKEN"] = token
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, "--port", "0", "--data", str(data), *arguments],
        stdout=subprocess.PIPE, text=True, env=environment,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            url = next((word for word in line.split() if word.startswith("http://")), None)
            assert url is not None, f"the server said {line!r}"
            yield Server(url)
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def built() -> None:
    for package in ("fastapi", "uvicorn"):
        pytest.importorskip(package, reason="the extra `serve` is not installed")
    if not (PAGES / "index.html").is_file():
        pytest.skip("the pages are not built; run `make web`")


@pytest.fixture(scope="session")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serve")) as running:
        yield running


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds that every browser plays: nobody in the picture, something like a voice in the sound."""
    path = tmp_path_factory.mktemp("clip") / "buzz.webm"
    return make_clip(
        path, seconds=3.0, size=(160, 96), codec="libvpx-vp9", sound="speech", sound_codec="libopus"
    )


@pytest.fixture(scope="session")
def job(server: Server, clip: Path) -> Any:
    """The clip, analysed once for all tests that only look."""
    return server.analysed(clip)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium(["--use-fake-device-for-media-stream"]) as opened:
        yield opened


Open = Callable[..., Any]


@pytest.fixture
def shown(browser: Any, server: Server) -> Iterator[Open]:
    """Opens pages and, at the end, asserts that they stayed silent, whole and among themselves."""
    contexts, noise, requests = [], [], []

    def open_page(path: str, *, width: int = 1280, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, **({"locale": "en-GB"} | options)
        )
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(
            "window.violations = [];"
            "addEventListener('securitypolicyviolation',"
            "  e => violations.push(`${e.violatedDirective} ${e.blockedURI}`))"
        )
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(server.url + path)
        page.wait_for_selector("main h1")
        return page

    yield open_page
    broken = [page.evaluate("window.violations") for context in contexts for page in context.pages]
    for context in contexts:
        context.close()
    assert [b for b in broken if b] == []
    # What the server refuses, the browser notes in its console too; the tests of refusals look at the page.
    assert [n for n in noise if "Failed to load resource" not in n] == []
    assert [r[:60] for r in requests if not r.startswith((server.url, "blob:", "data:"))] == []
