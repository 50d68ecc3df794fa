"""Is a file whole or not there, whatever ends its writing, and does every path stay where it should?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from saber.core.errors import ClipError
from saber.storage import inside, name_of, write_whole


def test_a_stages_path_is_in_the_workspace_and_a_sources_own_where_it_says() -> None:
    assert inside(Path("/work space"), "clips/a.mp4") == Path("/work space/clips/a.mp4")
    assert inside(Path("/work space"), "/corpora/meld/dia0_utt0.mp4") == Path("/corpora/meld/dia0_utt0.mp4")
    assert inside(Path("/work space"), "clips/..b.mp4") == Path("/work space/clips/..b.mp4")


@pytest.mark.parametrize("path", ["../secret", "clips/../../secret", "..", "/corpora/../etc/passwd"])
def test_no_record_leads_out_of_the_workspace(path: str) -> None:
    with pytest.raises(ClipError, match="leads out of the workspace") as error:
        inside(Path("/workspace"), path)
    assert error.value.reason == "path_outside"


@pytest.mark.parametrize(
    "item", ["meld/train_splits/dia0_utt0.mp4#t=1-2", "../../etc/passwd", "片段/1", "a" * 999]
)
def test_a_name_is_short_plain_and_always_the_same(item: str) -> None:
    name = name_of(item)
    assert len(name) == 24
    assert set(name) <= set("0123456789abcdef")
    assert name == name_of(item)


def test_names_differ_where_items_do() -> None:
    assert len({name_of(f"meld/{n}") for n in range(1000)}) == 1000


def test_folders_are_made_and_what_was_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "split/deep/leakage.json"
    write_whole(path, b"first")
    write_whole(path, b"")
    assert path.read_bytes() == b""
    write_whole(path, b"\x00last")
    assert path.read_bytes() == b"\x00last"
    assert os.listdir(path.parent) == ["leakage.json"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "record"
    path.mkdir()
    (path / "old").write_bytes(b"old")
    with pytest.raises(IsADirectoryError, match="record"):
        write_whole(path, b"new")
    assert os.listdir(tmp_path) == ["record"]
    assert (path / "old").read_bytes() == b"old"


def test_writers_of_one_file_at_once_leave_one_whole_content(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    contents = [bytes([65 + n]) * 300_000 for n in range(6)]
    failures: list[BaseException] = []

    def write(content: bytes) -> None:
        try:
            for _ in range(20):
                write_whole(path, content)
                assert len(set(path.read_bytes())) == 1
        except BaseException as error:  # noqa: BLE001  a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert path.read_bytes() in contents
    assert os.listdir(tmp_path) == ["settings.json"]


_WRITER = """
import sys
from pathlib import Path
from saber.storage import write_whole
path = Path(sys.argv[1])
write_whole(path, b"a" * 2_000_000)
print("writing", flush=True)
while True:
    write_whole(path, b"b" * 2_000_000)
    write_whole(path, b"a" * 2_000_000)
"""


@pytest.mark.parametrize("rounds", [1, 40, 160])
def test_a_kill_leaves_a_whole_file(rounds: int, tmp_path: Path) -> None:
    path = tmp_path / "cues.json.gz"
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        for _ in range(rounds):
            assert len(path.read_bytes()) == 2_000_000
        writer.send_signal(signal.SIGKILL)
    content = path.read_bytes()
    assert len(content) == 2_000_000
    assert len(set(content)) == 1
