"""Do the limits hold for real: a reader that hangs, swells, runs on, dies, or lies?"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from media_maker import make_clip
from saber.core.errors import ReaderStoppedError
from saber.media import MediaSettings, child, open_clip, probe


@pytest.fixture(scope="module")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Too many pixels to wait in the pipe: 50 pictures of 230 kB."""
    return make_clip(tmp_path_factory.mktemp("clip") / "a.mp4", seconds=2, size=(320, 240))


def is_gone(pid: int) -> bool:
    """No process of that number, not even a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_hanging_reader_is_stopped(clip_path: Path) -> None:
    with open_clip(clip_path, MediaSettings(stall_s=2)) as clip:
        os.kill(clip.pid, signal.SIGSTOP)
        with pytest.raises(ReaderStoppedError, match=r"no sign of life for 2 s") as caught:
            list(clip.frames())
        assert caught.value.reason == "timeout"
        assert is_gone(clip.pid)


def test_a_slow_consumer_is_not_a_slow_reader(clip_path: Path) -> None:
    with open_clip(clip_path, MediaSettings(stall_s=2)) as clip:
        for frame in clip.frames():
            if frame.index == 1:
                time.sleep(2.3)
        assert frame.index == 49


def test_an_enormous_picture_does_not_eat_the_memory(tmp_path: Path) -> None:
    """A GIF of 16,000 x 16,000 pixels, a gigabyte when decoded, in 100 bytes."""
    head = b"GIF89a" + struct.pack("<HHBBB", 16_000, 16_000, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    image = b"," + struct.pack("<HHHHB", 0, 0, 16_000, 16_000, 0) + b"\x02\x02\x4c\x01\x00"
    path = tmp_path / "a.gif"
    path.write_bytes(head + image * 3 + b";")
    with pytest.raises(ReaderStoppedError, match="more than 400 MB of memory") as caught:
        probe(path, MediaSettings(memory_limit_mb=400))
    assert caught.value.reason == "memory"


def peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_stays_flat_however_many_pictures_there_are(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=3, size=(1280, 720), sound=None)
    peaks_mb = {}
    with open_clip(path) as clip:
        for frame in clip.frames():
            if frame.index in (15, 70):
                peaks_mb[frame.index] = peak_mb(clip.pid)
    assert peaks_mb[70] - peaks_mb[15] < 20  # 55 pictures of 1.4 MB as decoded


def long_clip(path: Path) -> Path:
    """One picture of 1920 x 1080, 2,000 times: quick to write, slow to decode."""
    source = make_clip(
        path.with_suffix(".one.mkv"), seconds=0.04, size=(1920, 1080), codec="mjpeg", pixel_format="yuvj420p"
    )
    with av.open(str(source)) as one, av.open(str(path), "w") as out:
        track = out.add_stream_from_template(one.streams.video[0])
        data = bytes(next(p for p in one.demux(video=0) if p.size))
        for i in range(2000):
            packet = av.Packet(data)
            packet.stream, packet.pts, packet.dts = track, i * 40, i * 40
            packet.time_base = one.streams.video[0].time_base
            packet.is_keyframe = True
            out.mux(packet)
    return path


def test_a_clip_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = long_clip(tmp_path / "a.mkv")
    with open_clip(path, MediaSettings(cpu_limit_s=1)) as clip:
        frames = clip.frames()
        next(frames)
        with pytest.raises(ReaderStoppedError, match="more than 1 s of CPU time") as caught:
            list(frames)
        assert caught.value.reason == "timeout"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_reader_that_dies_half_way(clip_path: Path, number: signal.Signals) -> None:
    with open_clip(clip_path) as clip:
        frames = clip.frames()
        assert next(frames).index == 0
        os.kill(clip.pid, number)
        with pytest.raises(ReaderStoppedError, match=f"signal {number.value}") as caught:
            list(frames)
        assert caught.value.reason == "crash"


def test_closing_early_leaves_nothing_behind(clip_path: Path) -> None:
    with open_clip(clip_path) as clip:
        next(clip.frames())
        assert not is_gone(clip.pid)
    assert is_gone(clip.pid)
    clip.close()
    with pytest.raises(RuntimeError, match="closed"):
        list(clip.frames())


def test_a_forgotten_reader_is_ended_with_its_object(clip_path: Path) -> None:
    clip = open_clip(clip_path)
    pid = clip.pid
    next(clip.frames())
    del clip
    assert is_gone(pid)


def test_it_works_from_an_unguarded_script_and_dies_with_it(clip_path: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, time\n"
        "from saber.media import open_clip\n"
        f"clip = open_clip({str(clip_path)!r})\n"
        "next(clip.frames())\n"
        "print(clip.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    deadline_s = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    """Alive, and not merely unburied by whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def message(header: object, payload: bytes = b"", *, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">I", len(text) if length is None else length) + text + payload


VIDEO = {
    "codec": "h264",
    "pixel_format": "yuv420p",
    "width": 4,
    "height": 2,
    "fps": 25.0,
    "rotation_deg": 0,
    "start_s": 0.0,
    "duration_s": None,
    "tracks": 1,
    "stretch": 1.0,
}
INFO = {
    "type": "info",
    "bytes": 0,
    "container": "x",
    "duration_s": 1.0,
    "video": VIDEO,
    "audio": None,
    "audio_tracks": 0,
}
NO_SOUND = {"type": "sound_end", "start_s": None, "bytes": 0}
PICTURE = {"width": 4, "height": 2, "channels": 3, "stride": 12, "bytes": 24}
FRAME = {"type": "frame", "index": 0, "time_s": 0.0, **PICTURE}
COUNTS = {"decoded": 1, "damaged": 0, "audio_decoded": 0, "video_packets": 0, "audio_packets": 0}
END = {"type": "end", "video_end_s": 0.04, "notes": [], "bytes": 0, **COUNTS}
UP_TO_FRAMES = message(INFO) + message(NO_SOUND)


def speak(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: bytes) -> None:
    """A reading process that was taken over: it says `said` and waits."""
    (tmp_path / "said").write_bytes(said)
    impostor = tmp_path / "impostor.py"
    impostor.write_text(
        f"import os, time\nos.write(1, open({str(tmp_path / 'said')!r}, 'rb').read())\ntime.sleep(60)\n"
    )
    monkeypatch.setattr(child, "_BOOT", impostor)


def test_the_impostor_can_also_tell_the_truth(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clip_path: Path
) -> None:
    speak(monkeypatch, tmp_path, UP_TO_FRAMES + message(FRAME, bytes(range(24))) + message(END))
    with open_clip(clip_path) as clip:
        assert [frame.rgb.ravel().tolist() for frame in clip.frames()] == [list(range(24))]
        assert clip.finished_info().duration_s == 0.04


@pytest.mark.parametrize(
    "said",
    {
        "junk": b"\x80\x04\x95 pickles are not read",
        "endless_header": struct.pack(">I", 0xFFFFFFFF),
        "no_json": message(b"{"),
        "deep_json": message(b"[" * 60_000),
        "no_object": message([]),
        "no_number": message(b'{"type": "info", "bytes": 0, "duration_s": NaN}'),
        "no_size": message({"type": "info"}),
        "negative_size": message({"type": "info", "bytes": -1}),
        "wrong_order": message(FRAME, bytes(24)),
        "bare_info": message({"type": "info", "bytes": 0}),
        "negative_time": message({**INFO, "duration_s": -1}),
        "wrong_types": message({**INFO, "video": {**VIDEO, "width": "wide"}}),
        "unknown_field": message({**INFO, "video": {**VIDEO, "path": "/etc/passwd"}}),
        "escape_codes": message({**INFO, "container": "\x1b]0;x\x07"}),
        "list_for_video": message({**INFO, "video": [1]}),
        "payload_on_info": message({**INFO, "bytes": 10}, bytes(10)),
        "endless_sound": message(INFO) + message({"type": "sound", "bytes": 1 << 40}),
        "half_a_sample": message(INFO) + message({"type": "sound", "bytes": 3}, bytes(3)),
        "sound_at_no_time": message(INFO)
        + message({"type": "sound", "bytes": 4}, bytes(4))
        + message({"type": "sound_end", "start_s": "now", "bytes": 0}),
        "giant_picture": UP_TO_FRAMES + message({**FRAME, "width": 1 << 30, "bytes": 1 << 40}),
        "shape_and_size_differ": UP_TO_FRAMES + message({**FRAME, "bytes": 23}, bytes(23)),
        "true_is_no_width": UP_TO_FRAMES + message({**FRAME, "width": True}, bytes(24)),
        "no_such_time": UP_TO_FRAMES + message({**FRAME, "time_s": 1e300}, bytes(24)),
        "same_picture_twice": UP_TO_FRAMES + message(FRAME, bytes(24)) + message(FRAME, bytes(24)),
        "end_without_counts": UP_TO_FRAMES + message({"type": "end", "bytes": 0}),
        "escape_codes_in_notes": UP_TO_FRAMES + message({**END, "notes": ["\x1b[2J"]}),
        "notes_that_are_none": UP_TO_FRAMES + message({**END, "notes": [{}]}),
    }.items(),
    ids=lambda item: item[0],
)
def test_a_lying_reader_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clip_path: Path, said: tuple[str, bytes]
) -> None:
    speak(monkeypatch, tmp_path, said[1])
    with (
        pytest.raises(ReaderStoppedError, match="makes no sense") as caught,
        open_clip(clip_path, MediaSettings(stall_s=5)) as clip,
    ):
        list(clip.frames())
    assert caught.value.reason == "crash"
