"""Does a clip that is sent come back as an analysis, and is everything of it deleted when asked for?"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest

import saber
from media_maker import make_clip
from saber.cli import schema
from saber.core.records import Analysis
from serve.conftest import WRITTEN
from serve.drive import Server

SENSES = {"scene", "face", "body", "voice", "speech"}


def test_a_clip_becomes_a_record(server: Server, clip: Path, done: dict[str, Any]) -> None:
    assert done["sha256"] == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert done["size_bytes"] == clip.stat().st_size
    assert done["name"] == clip.name
    assert done["summary"]["duration_s"] == pytest.approx(1.0, abs=0.1)
    assert done["created_at"] <= done["started_at"] <= done["ended_at"] < done["expires_at"]
    record = server.client.get(f"/api/analyses/{done['id']}/record").raise_for_status().json()
    jsonschema.validate(record, json.loads(schema.text()))
    assert record["clip"]["path"] == clip.name
    assert record["clip"]["sha256"] == done["sha256"]
    assert str(server.data) not in json.dumps(record)


def test_what_is_found_comes_as_events_in_order(server: Server, done: dict[str, Any]) -> None:
    events = list(server.events(done["id"]))
    assert [e.id for e in events] == sorted({e.id for e in events})
    kinds = [e.kind for e in events]
    assert kinds[0] == "state"
    assert kinds[-2:] == ["state", "done"]
    assert [e.data["state"] for e in events if e.kind == "state"] == ["queued", "running", "done"]
    assert events[-1].data == server.job(done["id"])
    stages = [e.data["stage"] for e in events if e.kind == "progress"]
    order = ["watch", "listen", "conclude", "annotate", "store"]
    assert list(dict.fromkeys(stages)) == order
    perceived = {e.data["sense"]: e.data for e in events if e.kind == "perceived"}
    assert set(perceived) == SENSES
    assert not perceived["face"]["present"]
    assert perceived["face"]["absent_reason"]
    assert all(cue["text"] for sense in perceived.values() for cue in sense["cues"])


def test_events_can_be_taken_up_anywhere(server: Server, done: dict[str, Any]) -> None:
    events = list(server.events(done["id"]))
    middle = len(events) // 2
    assert list(server.events(done["id"], events[middle].id)) == events[middle + 1 :]
    last = server.client.get(
        f"/api/analyses/{done['id']}/events", headers={"Last-Event-ID": str(events[-1].id)}
    )
    assert last.status_code == 204  # which tells a browser to stop asking
    bad = server.client.get(f"/api/analyses/{done['id']}/events", headers={"Last-Event-ID": "x"})
    assert bad.status_code == 422


def test_the_overlay_is_packed(server: Server, done: dict[str, Any]) -> None:
    answer = server.client.get(f"/api/analyses/{done['id']}/overlay").raise_for_status()
    assert answer.headers["content-encoding"] == "gzip"
    overlay = answer.json()
    plain = server.client.get(f"/api/analyses/{done['id']}/overlay", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == overlay
    times = [frame["time_s"] for frame in overlay["frames"]]
    assert times == sorted(times)
    assert 9 <= len(times) <= 11  # a second, ten a second
    assert overlay["layout"] == server.client.get("/api/about").json()["overlay"]
    points = [p for line in overlay["layout"]["face"] for p in line["points"]]
    assert points == list(range(95))


def test_the_report_is_one_page_with_a_policy_of_its_own(server: Server, done: dict[str, Any]) -> None:
    address = f"/api/analyses/{done['id']}/report"
    answer = server.client.get(address).raise_for_status()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts")
    assert "four colours" in answer.text
    assert str(server.data) not in answer.text
    inline = server.client.get(address, params={"inline": "1"})
    assert inline.headers["content-disposition"] == "inline"


def test_media_in_parts(server: Server, done: dict[str, Any]) -> None:
    address = f"/api/analyses/{done['id']}/media"
    whole = server.client.get(address).raise_for_status()
    # MPEG-4 part 2 plays in no browser: this is the preview.
    assert whole.headers["content-type"] == "video/webm"
    assert whole.content[:4] == b"\x1a\x45\xdf\xa3"
    assert whole.headers["cache-control"] == "private, no-cache"
    size = len(whole.content)

    def part(asked: str) -> httpx2.Response:
        return server.client.get(address, headers={"Range": asked})

    for asked, first, last in (
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, size - 1),
        ("bytes=-5", size - 5, size - 1),
    ):
        answer = part(asked)
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert answer.content == whole.content[first : last + 1]
    beyond = part(f"bytes={size}-")
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{size}"
    assert part("lines=1-2").status_code in (200, 400)


def test_what_a_browser_can_play_is_played_as_it_is(server: Server, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "sound.wav", codec=None, sound_codec="pcm_s16le", seconds=1.0)
    job = server.ended(server.upload(clip)["id"])
    assert job["state"] == "done"
    answer = server.client.get(f"/api/analyses/{job['id']}/media")
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content == clip.read_bytes()
    server.client.delete(f"/api/analyses/{job['id']}").raise_for_status()


def test_the_same_clip_again_in_another_language(server: Server, done: dict[str, Any]) -> None:
    answer = server.client.post("/api/analyses", params={"from": done["id"], "language": "zh"})
    assert answer.status_code == 202
    again = server.ended(answer.json()["id"])
    assert again["state"] == "done"
    assert (again["sha256"], again["name"]) == (done["sha256"], done["name"])
    record = server.client.get(f"/api/analyses/{again['id']}/record").json()
    assert record["provenance"]["language"] == "zh"
    # Each can go without the other.
    server.client.delete(f"/api/analyses/{again['id']}").raise_for_status()
    assert server.client.get(f"/api/analyses/{done['id']}/media").status_code == 200


def test_a_model_s_words_come_as_they_are_written(
    server: Server, done: dict[str, Any], other_model: str
) -> None:
    assert server.client.get("/api/about").json()["models"] == ["embedded", other_model]
    job = server.client.post("/api/analyses", params={"from": done["id"], "model": other_model}).json()["id"]
    events = list(server.events(job))
    assert events[-1].kind == "done", events[-1]
    assert json.loads("".join(e.data["piece"] for e in events if e.kind == "text")) == WRITTEN
    stages = [e.data["stage"] for e in events if e.kind == "progress"]
    assert {"model", "grounding"} <= set(stages)
    record = server.client.get(f"/api/analyses/{job}/record").json()
    assert record["provenance"]["model"] == other_model
    assert record["annotation"]["video_desc"] == WRITTEN["video_desc"]
    # What a model writes is text, wherever it is shown.
    assert "<b>No body" not in server.client.get(f"/api/analyses/{job}/report").text.partition("<script")[0]
    server.client.delete(f"/api/analyses/{job}").raise_for_status()


def test_deleting_leaves_nothing(server: Server, clip: Path) -> None:
    job = server.upload(clip, name="to-be-forgotten.mp4")["id"]
    server.ended(job)
    assert server.files_of(job)
    assert server.client.delete(f"/api/analyses/{job}").status_code == 204
    assert not server.files_of(job)
    for rest in ("", "/events", "/record", "/overlay", "/report", "/media", "/view"):
        assert server.client.get(f"/api/analyses/{job}{rest}").status_code == 404
    assert server.client.delete(f"/api/analyses/{job}").status_code == 404
    # Not even in pages of the ledger that are free again.
    for path in (server.data / "kept").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert job.encode() not in content, path
            assert b"to-be-forgotten" not in content, path


def test_history_is_paged_the_newest_first(server: Server, clip: Path, done: dict[str, Any]) -> None:
    jobs = [server.upload(clip, batch="paged")["id"] for _ in range(3)]

    def ask(**query: str) -> tuple[list[str], bool]:
        found = server.client.get("/api/analyses", params=query).raise_for_status().json()
        return [one["id"] for one in found["analyses"]], found["more"]

    newest, second, oldest = jobs[::-1]
    assert ask(batch="paged", limit="2") == ([newest, second], True)
    assert ask(batch="paged", limit="2", before=second) == ([oldest], False)
    assert done["id"] in ask(batch="shared")[0]
    for job in jobs:
        server.client.delete(f"/api/analyses/{job}").raise_for_status()
    assert ask(batch="paged") == ([], False)


def test_a_running_clip_can_be_cancelled(server: Server, tmp_path: Path, clip: Path) -> None:
    long = make_clip(tmp_path / "long.mp4", seconds=15.0, size=(320, 240))
    job = server.upload(long)["id"]
    waiting = server.upload(clip)["id"]
    stream = server.events(job)
    for event in stream:
        if event.kind == "progress" and event.data["stage"] == "watch":
            break
    assert server.job(waiting)["position"] == 1
    assert server.client.delete(f"/api/analyses/{job}").status_code == 204
    rest = list(stream)
    assert rest[-1].kind == "state"
    assert rest[-1].data["state"] == "cancelled"
    assert not server.files_of(job)
    # The worker was ended with it; the next clip gets a new one.
    assert server.ended(waiting)["state"] == "done"
    server.client.delete(f"/api/analyses/{waiting}").raise_for_status()


@pytest.mark.media
def test_a_served_analysis_is_the_library_s(server: Server, media_dir: Path) -> None:
    clip = media_dir / "grid_av" / "sbwe5n.mpg"
    job = server.upload(clip)["id"]
    events = list(server.events(job))
    assert events[-1].kind == "done"
    served = Analysis.model_validate_json(server.client.get(f"/api/analyses/{job}/record").content)
    own = saber.analyze(clip)
    assert served.annotation == own.annotation
    assert served.emotion == own.emotion
    assert served.modalities == own.modalities
    assert served.evidence == own.evidence
    assert served.consistency == own.consistency
    assert own.cues is not None
    assert own.cues.transcript is not None
    (words,) = [e.data for e in events if e.kind == "words"]
    assert words["text"] == own.cues.transcript.text
    assert len(words["words"]) == len(own.cues.transcript.words)
    sights = [e.data for e in events if e.kind == "sight"]
    if sights:  # a follower who came late finds them in the overlay
        assert all(len(face) == 190 for sight in sights for face in sight["faces"])
    packed = server.client.get(f"/api/analyses/{job}/overlay").json()
    assert 28 <= len(packed["frames"]) <= 31  # three seconds
    seen = [frame for frame in packed["frames"] if frame["faces"]]
    assert len(seen) >= 28
    xs, ys = seen[0]["faces"][0][0::2], seen[0]["faces"][0][1::2]
    assert all(0 <= v <= 1 for v in (*xs, *ys))
    assert max(xs) - min(xs) > 0.15  # a head that fills the picture
    chin, forehead = ys[18], ys[0]
    assert chin > forehead
    assert any(frame["body"] is not None for frame in packed["frames"])


BROKEN = ("d01_truncated_no_moov.mp4", "d05_random_bytes.mp4", "d06_text_named.mp4")
HURT = ("d19_single_frame.mp4", "d21_tiny_32x18.mp4", "d34_空格 and spaces.mp4")


@pytest.mark.media
def test_broken_clips_fail_cleanly_and_hurt_ones_are_read(server: Server, media_dir: Path) -> None:
    jobs = {name: server.upload(media_dir / "robustness" / name)["id"] for name in (*BROKEN, *HURT)}
    for name in BROKEN:
        job = server.ended(jobs[name])
        assert job["state"] == "failed"
        assert job["error"]["reason"] in ("clip_unreadable", "crash")
        assert name in job["error"]["message"]
        assert str(server.data) not in job["error"]["message"]
        answer = server.client.get(f"/api/analyses/{jobs[name]}/record")
        assert answer.status_code == 409
        assert answer.json()["error"]["reason"] == job["error"]["reason"]
        assert [e.kind for e in server.events(jobs[name])][-1] == "failed"
    for name in HURT:
        job = server.ended(jobs[name])
        assert job["state"] == "done", job
        assert server.client.get(f"/api/analyses/{jobs[name]}/report").status_code == 200


def test_a_stored_overlay_is_gzip_of_json(server: Server, done: dict[str, Any]) -> None:
    (packed,) = [p for p in server.files_of(done["id"]) if p.name == "overlay.json.gz"]
    assert "frames" in json.loads(gzip.decompress(packed.read_bytes()))
