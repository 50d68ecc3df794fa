"""Do clips survive the end of a server or a worker, and does the server survive what clips do to workers?"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from media_maker import make_clip
from serve.drive import LONGEST_S, Event, NotStartedError, Server, children, is_alive


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough to be caught in the middle."""
    return make_clip(tmp_path_factory.mktemp("clips") / "long.mp4", seconds=12.0, size=(320, 240))


def caught(server: Server, job: str) -> Event:
    """Once its frames are being watched."""
    return next(e for e in server.events(job) if e.kind == "progress" and e.data["stage"] == "watch")


def gone(pid: int) -> None:
    deadline_s = time.monotonic() + LONGEST_S
    while is_alive(pid):
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_a_killed_server_loses_nothing(tmp_path: Path, clip: Path, long_clip: Path) -> None:
    with Server(tmp_path) as first:
        done = first.upload(clip, name="first.mp4")["id"]
        assert first.ended(done)["state"] == "done"
        record = first.client.get(f"/api/analyses/{done}/record").content
        running = first.upload(long_clip)["id"]
        waiting = [first.upload(clip, name=f"{n}.mp4")["id"] for n in range(2)]
        caught(first, running)
        worker = first.worker()
        readers = children(worker)
        (tmp_path / "kept" / "uploads" / "0123.part").write_bytes(b"half a clip")
        (tmp_path / "kept" / "clips" / ("f" * 24)).mkdir()
        first.kill()
        # Nothing is left at work behind it, not even the reader of the clip.
        for pid in (worker, *readers):
            gone(pid)
    with Server(tmp_path) as second:
        assert not list((tmp_path / "kept" / "uploads").iterdir())
        assert not (tmp_path / "kept" / "clips" / ("f" * 24)).exists()
        assert second.client.get(f"/api/analyses/{done}/record").content == record
        assert [e.kind for e in second.events(done)][-1] == "done"
        listed = second.client.get("/api/analyses").json()["analyses"]
        assert [one["id"] for one in listed] == [*waiting[::-1], running, done]
        assert second.job(running)["state"] in ("queued", "running")
        ends = [second.ended(job) for job in (running, *waiting)]
        assert [end["state"] for end in ends] == ["done"] * 3
        # In the order in which they came: the one that was running went first.
        assert sorted(ends, key=lambda end: end["ended_at"]) == ends
        states = [e.data["state"] for e in second.events(running) if e.kind == "state"]
        assert states == ["queued", "running", "done"]  # and nothing of the attempt that was cut off


def test_a_killed_worker_is_replaced_and_its_clip_begun_again(server: Server, long_clip: Path) -> None:
    job = server.upload(long_clip)["id"]
    caught(server, job)
    worker = server.worker()
    os.kill(worker, signal.SIGKILL)
    assert server.ended(job)["state"] == "done"
    assert server.worker() != worker
    assert "saber_worker_restarts_total" in server.client.get("/api/metrics").text
    server.client.delete(f"/api/analyses/{job}").raise_for_status()


def test_an_idle_worker_that_dies_is_replaced(server: Server, clip: Path) -> None:
    server.ready()
    worker = server.worker()
    os.kill(worker, signal.SIGKILL)
    gone(worker)
    job = server.upload(clip)["id"]
    assert server.ended(job)["state"] == "done"
    server.client.delete(f"/api/analyses/{job}").raise_for_status()


def test_nothing_is_begun_for_ever(tmp_path: Path, long_clip: Path) -> None:
    """With one attempt each: a killed worker or server uses it up, a server that is told to end does not."""
    settings = "[serve]\nattempts = 1\n"
    with Server(tmp_path, settings=settings) as first:
        job = first.upload(long_clip)["id"]
        caught(first, job)
        os.kill(first.worker(), signal.SIGKILL)
        end = first.ended(job)
        assert end["state"] == "failed"
        assert end["error"]["reason"] == "crashed"
        assert "signal 9" in end["error"]["message"]
        spared = first.upload(long_clip)["id"]
        followed = first.events(spared)
        caught(first, spared)
        first.process.send_signal(signal.SIGTERM)
        list(followed)  # ends, and does not hold the server up
        first.process.wait(LONGEST_S)
        assert "Traceback" not in first.log
    with Server(tmp_path, settings=settings) as second:
        assert second.ended(spared)["state"] == "done"
        job = second.upload(long_clip)["id"]
        caught(second, job)
        second.kill()
    with Server(tmp_path, settings=f"{settings}max_clip_s = 0.3\n") as third:
        end = third.ended(job)
        assert end["state"] == "failed"
        assert end["error"]["reason"] == "crashed"
        end = third.ended(third.upload(long_clip)["id"])
        assert end["state"] == "failed"
        assert end["error"]["reason"] == "timed_out"


def test_a_clip_that_takes_too_much_memory_fails(tmp_path: Path, clip: Path) -> None:
    with Server(tmp_path, settings="[serve]\nworker_memory_mb = 50\n") as server:
        job = server.ended(server.upload(clip)["id"])
        assert job["state"] == "failed"
        assert job["error"]["reason"] == "out_of_memory"
        assert job["error"]["remedy"]


def test_two_servers_do_not_share_a_folder(server: Server) -> None:
    with pytest.raises(NotStartedError, match="Another server is using"):
        Server(server.data)


def test_without_models_clips_fail_with_a_reason(tmp_path: Path, clip: Path) -> None:
    settings = "[serve]\nattempts = 1\n[speech]\nmodel = '/nowhere/whisper'\n"
    with Server(tmp_path, settings=settings) as server:
        job = server.ended(server.upload(clip)["id"])
        assert job["state"] == "failed"
        assert "/nowhere/whisper" in job["error"]["message"]
        assert server.client.get("/api/health").json()["status"] == "degraded"


def test_what_is_kept_and_for_how_long(tmp_path: Path, clip: Path) -> None:
    with Server(tmp_path, "--keep-hours", "0") as server:
        job = server.ended(server.upload(clip)["id"])["id"]
        # The upload is gone at once; its results can be fetched for a while.
        assert not [path for path in server.files_of(job) if path.name in ("media", "preview.webm")]
        assert server.client.get(f"/api/analyses/{job}/record").status_code == 200
        assert "<video" not in server.client.get(f"/api/analyses/{job}/report").text
        assert server.client.get(f"/api/analyses/{job}/media").status_code == 404
        again = server.client.post("/api/analyses", params={"from": job})
        assert again.status_code == 409
        assert again.json()["error"]["reason"] == "clip_not_kept"
        assert server.files_of(job)
    with sqlite3.connect(tmp_path / "kept" / "serve.sqlite") as base:
        base.execute("UPDATE jobs SET expires_s = ?", (time.time() - 1,))
    base.close()
    with Server(tmp_path) as second:  # which looks for such at its start
        assert second.client.get("/api/analyses").json()["analyses"] == []
        assert not second.files_of(job)
