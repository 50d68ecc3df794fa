"""Can a file make the reader open another file or a URL? Traps that do work on a careless reader."""

from __future__ import annotations

import contextlib
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import pytest

from media_maker import make_clip
from saber.core.errors import UnreadableClipError
from saber.media import open_clip
from saber.media.worker import source

_BOXES_AROUND_DREF = (b"moov", b"trak", b"mdia", b"minf", b"dinf")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "secret.ts", codec="mpeg2video", sound_codec="mp2")


def pictures_of_a_careless_reader(path: Path, **options: str) -> int:
    with av.open(str(path), options=options) as container:
        return sum(1 for _ in container.decode(video=0))


def assert_refused(path: Path) -> None:
    with pytest.raises(UnreadableClipError):
        open_clip(path)


@pytest.mark.parametrize("name", ["list.ffconcat", "list.mp4"])
def test_a_concat_list_is_refused(tmp_path: Path, secret: Path, name: str) -> None:
    trap = tmp_path / name
    trap.write_text(f"ffconcat version 1.0\nfile {secret.name}\n")
    assert pictures_of_a_careless_reader(trap, safe="0") == 25, "the trap is not set"
    assert_refused(trap)


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp4"])
def test_a_playlist_of_files_is_refused(tmp_path: Path, secret: Path, name: str) -> None:
    trap = tmp_path / name
    trap.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n")
    if name.endswith("m3u8"):
        assert pictures_of_a_careless_reader(trap) == 25, "the trap is not set"
    assert_refused(trap)


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that writes down what it is asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    web = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{web.server_port}", asked
    web.shutdown()
    thread.join()
    web.server_close()


def test_a_playlist_of_urls_asks_nobody(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    url, asked = server
    trap = tmp_path / "list.m3u8"
    trap.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}/clip.ts\n#EXT-X-ENDLIST\n")
    with contextlib.suppress(av.FFmpegError):
        pictures_of_a_careless_reader(trap, protocol_whitelist="file,http,tcp")
    assert asked, "the trap is not set"
    asked.clear()
    assert_refused(trap)
    assert asked == []


@pytest.mark.parametrize(
    "text",
    [
        "v=0\no=- 0 0 IN IP4 {host}\ns=x\nc=IN IP4 {host}\nt=0 0\nm=video 5004 RTP/AVP 96\n",
        '<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet><Representation><BaseURL>{url}/a'
        "</BaseURL></Representation></AdaptationSet></Period></MPD>",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}/a.png"/></svg>',
        "[playlist]\nFile1={url}/a.mp4\n",
        '<asx version="3.0"><entry><ref href="{url}/a.wmv"/></entry></asx>',
        "[Reference]\nRef1={url}/a.wmv\n",
        "rtsptext{url}/a",
    ],
    ids=["sdp", "dash", "svg", "pls", "asx", "asf_reference", "quicktime_text"],
)
def test_other_lists_ask_nobody(tmp_path: Path, server: tuple[str, list[str]], text: str) -> None:
    url, asked = server
    trap = tmp_path / "clip.mp4"
    trap.write_text(text.format(url=url, host="127.0.0.1"))
    assert_refused(trap)
    assert asked == []


def test_an_image_sequence_is_not_expanded(tmp_path: Path) -> None:
    make_clip(
        tmp_path / "p1.png", seconds=0.04, codec="png", pixel_format="rgb24", sound=None, format="image2"
    )
    with pytest.raises(UnreadableClipError, match="no file"):
        open_clip(tmp_path / "p%d.png")
    with pytest.raises(UnreadableClipError, match="still picture"):
        open_clip(tmp_path / "p1.png")


def alias_to(name: str) -> bytes:
    """A QuickTime data reference to a file in the same folder: a Macintosh alias record."""
    path = b"/" + name.encode()
    path += b"\0" * (len(path) % 2)
    record = bytes(10) + bytes(1 + 27) + bytes(12) + bytes(1 + 63) + bytes(16)
    record += struct.pack(">HH", 1, 1) + bytes(16)  # one level up from here, one down to there
    record += struct.pack(">HH", 2, len(path)) + path + struct.pack(">HH", 0xFFFF, 0)
    entry = struct.pack(">I4sI", 12 + len(record), b"alis", 0) + record
    return struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry


def with_dref(boxes: bytes, dref: bytes, wipe: bool = True) -> bytes:
    """The same boxes with every data reference replaced and the media data wiped."""
    out, position = b"", 0
    while position < len(boxes):
        size, kind = struct.unpack(">I4s", boxes[position : position + 8])
        body = boxes[position + 8 : position + size]
        if kind == b"dref":
            out += dref
        elif kind in _BOXES_AROUND_DREF:
            inner = with_dref(body, dref)
            out += struct.pack(">I4s", 8 + len(inner), kind) + inner
        else:
            out += struct.pack(">I4s", size, kind) + (bytes(len(body)) if kind == b"mdat" else body)
        position += size
    return out


def test_an_external_reference_in_quicktime_is_not_followed(tmp_path: Path) -> None:
    other = make_clip(tmp_path / "secret.mov", sound=None)
    trap = tmp_path / "trap.mov"
    trap.write_bytes(with_dref(other.read_bytes(), alias_to("secret.mov")))
    assert pictures_of_a_careless_reader(trap, enable_drefs="1") == 25, "the trap is not set"
    with pytest.raises(UnreadableClipError), open_clip(trap) as clip:
        list(clip.frames())


def test_behind_the_list_of_formats_nothing_opens_either(
    tmp_path: Path, secret: Path, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second line: were concat and hls allowed, their files still could not be opened."""
    url, asked = server
    monkeypatch.setattr(source, "ALLOWED_DEMUXERS", (*source.ALLOWED_DEMUXERS, "concat", "hls"))
    for text in (
        f"ffconcat version 1.0\nfile {secret.name}\n",
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}/clip.ts\n#EXT-X-ENDLIST\n",
    ):
        trap = tmp_path / "trap"
        trap.write_text(text)
        with trap.open("rb") as file, pytest.raises((av.FFmpegError, PermissionError)):
            source.open_container(file.fileno())
    assert asked == []


def test_the_last_line_is_that_no_file_or_socket_can_be_opened_at_all(secret: Path) -> None:
    program = (
        "import socket\n"
        "from saber.media.worker.limits import limit_itself, lock_files\n"
        "limit_itself(cpu_s=5, memory_mb=1024)\n"
        "lock_files()\n"
        f"for attempt in (lambda: open({str(secret)!r}), socket.socket):\n"
        "    try:\n"
        "        attempt()\n"
        "    except OSError as error:\n"
        "        print(error.errno)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert result.stdout.split() == [b"24", b"24"], result.stderr  # EMFILE, twice


def test_the_traps_server_works(server: tuple[str, list[str]]) -> None:
    url, asked = server
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"GET /x HTTP/1.0\r\n\r\n")
        assert line.recv(100)
    assert asked == ["/x"]
