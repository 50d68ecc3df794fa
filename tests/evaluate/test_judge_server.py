"""Does judging go through with a real server whose calls break, and does a killed run repeat none of them?"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluate import drive
from evaluate.made_up import emer, write_lines
from models import loopback
from saber.evaluate import Outcome, read_rows, read_run
from saber.models import Request, Sampling

HERE = Path(__file__).parent
ANSWERS = 12
TOLD = [f"第{n}段：他嘴角上扬，声音轻快。" for n in range(ANSWERS)]
SEVEN = json.dumps(
    {
        "model": "fixed",
        "choices": [{"message": {"role": "assistant", "content": "分数：7"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
    }
).encode()


@contextlib.contextmanager
def serving(proxy: loopback.Proxy) -> Iterator[str]:
    """The proxy's address, served from a thread."""
    ready, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    address: list[str] = []

    async def serve() -> None:
        async with proxy.running() as url:
            address.append(url)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def prepared(tmp_path: Path, url: str) -> list[str]:
    names = emer(tmp_path / "data", ANSWERS)
    rows = [{"name": n, "reason": t} for n, t in zip(names, TOLD, strict=True)]
    file = write_lines(tmp_path / "answers.jsonl", rows)
    config = tmp_path / "settings.toml"
    config.write_text(
        "[judge]\ntries = 10\ncall_timeout_s = 20\n[evaluate]\njudge_max_tokens = 10\njudge_tries = 2\n"
    )
    return [
        "emer", "--data", str(tmp_path / "data"), "--predictions", str(file), "--out", str(tmp_path / "out"),
        "--judge", "openai:fixed", "--judge-base-url", url, "--config", str(config),
    ]  # fmt: skip


def key_of(request: dict) -> str:
    """The cache's key of a request as it came over the wire."""
    (message,) = request["messages"]
    sampling = Sampling(
        temperature=request["temperature"], max_tokens=request["max_tokens"], seed=request["seed"]
    )
    return Request(user=message["content"], sampling=sampling).key("openai:fixed")


def kept_keys(out: Path) -> set[str]:
    """None yet where there is no cache yet."""
    if not (out / "calls.sqlite").exists():
        return set()
    with contextlib.closing(sqlite3.connect(out / "calls.sqlite")) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'reply'").fetchone():
            return set()
        return {key for (key,) in db.execute("SELECT key FROM reply")}


def test_a_killed_run_goes_on_without_repeating_a_kept_reply(tmp_path: Path) -> None:
    proxy = loopback.Proxy(body=SEVEN, work_s=0.05)
    with serving(proxy) as url:
        arguments = prepared(tmp_path, url)
        child = subprocess.Popen(
            [sys.executable, str(HERE / "drive.py"), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Not after a time: on a busy machine it may take a minute until the first call.
        while child.poll() is None and (len(proxy.requests) < 16 or len(kept_keys(tmp_path / "out")) < 5):
            time.sleep(0.01)
        assert child.returncode is None, "it was to be killed in the middle"
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        kept, sent = kept_keys(tmp_path / "out"), len(proxy.requests)
        assert 0 < len(kept) <= sent
        assert not (tmp_path / "out" / "run.json").exists()
        assert drive.main(arguments) == 0
        again = [key_of(r) for r in proxy.requests[sent:]]
        assert again, "something was left to do"
        assert not kept & set(again)
        assert len(set(again)) == len(again)
        total = len(proxy.requests)
        assert drive.main(arguments) == 0
        assert len(proxy.requests) == total, "a finished run asks nothing"
    run = read_run(tmp_path / "out")
    figure = run.figure("Overlap", "clue", "official")
    assert figure is not None
    assert (figure.value, figure.n) == (7, ANSWERS)


def test_a_real_model_judges_through_broken_calls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faults = [f for f in loopback.FAULTS if f != "stall"]
    with loopback.smollm() as upstream:
        proxy = loopback.Proxy(upstream, faults=faults, share=0.4, seed=1)
        with serving(proxy) as url:
            assert drive.main([*prepared(tmp_path, url), "--limit", "1", "--judge-lang", "en"]) == 0
    assert sum(proxy.seen[f] for f in faults) > 0
    run, rows = read_run(tmp_path / "out"), list(read_rows(tmp_path / "out"))
    assert len(rows) == 1
    for _, response, score in rows:
        assert response.text in TOLD
        assert score.outcome in (Outcome.RATED, Outcome.UNJUDGED)
        assert score.exchanges
        assert all(e.reply is not None for e in score.exchanges), "every broken call was made up for"
        assert (score.outcome is Outcome.RATED) == ({"clue", "label"} <= score.values.keys())
    assert run.judge is not None
    assert any("SmolLM2" in name or name for name in run.judge.answered_by)
    assert (tmp_path / "out" / "report.md").read_text().startswith("# EMER: answers")
    assert "calls (" in capsys.readouterr().err
