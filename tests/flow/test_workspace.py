"""Is a workspace that is held, full, read-only or not ours told in one sentence?"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from flow.driven import committed, finish, start
from flow.trial_stages import Ask, Measure, Word, sources
from saber.core.errors import BusyWorkspaceError, WorkspaceError
from saber.flow import Answer, FlowSettings, Item, Keep, Ledger, retry, run, status
from saber.flow.lock import locked

ASK = [Ask(needs=("source",))]


class FullDisk(Measure):
    def __call__(self, item: Item) -> Answer:
        if item.id == "clip0005" and not (self._diary.parent / "room").exists():
            Path("/dev/full").write_text("x" * 10_000)
        return super().__call__(item)


class Echo(Ask):
    async def ask(self, item: Item) -> Answer:
        return Keep(Word(text="long " * 1000))


def test_a_second_run_says_who_holds_the_workspace(tmp_path: Path) -> None:
    first = start(tmp_path, clips=60, pause_s=0.1)
    while not committed(tmp_path, "measure"):
        assert first.poll() is None
    with pytest.raises(BusyWorkspaceError, match=f"process {first.pid} on .*, since 20"):
        run(ASK, sources(3), tmp_path)
    with pytest.raises(BusyWorkspaceError):
        retry(tmp_path)
    assert status(tmp_path).state == "running"
    first.kill()
    first.communicate()
    # What the killed run has left does not keep the next one out.
    assert json.loads((tmp_path / "run.lock").read_text())["pid"] == first.pid
    assert status(tmp_path).state == "killed"
    assert finish(tmp_path, clips=60) == "done\n"


def test_a_new_ledger_that_another_program_is_just_making_is_waited_for(tmp_path: Path) -> None:
    maker = sqlite3.connect(tmp_path / Ledger.NAME, isolation_level=None, check_same_thread=False)
    maker.execute("BEGIN IMMEDIATE")
    made = threading.Timer(0.3, maker.execute, ["COMMIT"])
    made.start()
    with Ledger(tmp_path) as ledger:  # SQLite itself would answer "locked" at once
        assert ledger.rows("PRAGMA journal_mode") == [("wal",)]
    made.join()
    maker.close()


def test_a_held_workspace_is_free_after_its_run(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(BusyWorkspaceError), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_limit_on_file_sizes_is_one_sentence_and_what_was_committed_stays(tmp_path: Path) -> None:
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from flow.test_workspace import Echo, sources, run\n"
        "from saber.core.errors import WorkspaceError\n"
        "from saber.flow import FlowSettings\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))\n"
        "try:\n"
        "    often = FlowSettings(commit_rows=50)\n"
        "    run([Echo(needs=('source',))], sources(2000), Path(sys.argv[1]), settings=often)\n"
        "except WorkspaceError as error:\n"
        "    sys.exit(f'TOLD {error}')\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path if entry)
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert ended.stderr.startswith("TOLD "), ended.stderr
    assert "what was committed is kept" in ended.stderr
    done = len(committed(tmp_path, "ask"))
    assert 0 < done < 2000
    found = run([Echo(needs=("source",))], sources(2000), tmp_path)
    assert found.stages[0].kept == 2000
    assert found.stages[0].done_now == 2000 - done


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        ledger.rows("PRAGMA max_page_count = 60")
        with pytest.raises(WorkspaceError, match="is full"):
            _fill(ledger)
        # The transaction is undone as a whole and the ledger still works.
        assert ledger.note("n0") is None
        with ledger.writing() as db:
            ledger.take_note(db, "small", 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_stage_that_meets_a_full_disk_ends_the_run_and_no_item_is_blamed(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"can't write its files: .*No space left"):
        run([FullDisk()], sources(10), tmp_path, settings=FlowSettings(workers=1))
    found = status(tmp_path).stages[0]
    assert (found.quarantined, found.kept + found.pending) == (0, 10)
    (tmp_path / "room").touch()
    assert run([FullDisk()], sources(10), tmp_path).stages[0].kept == 10


def _fill(ledger: Ledger) -> None:
    with ledger.writing() as db:
        for n in range(1000):
            ledger.take_note(db, f"n{n}", "x" * 1000)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder in which nobody may write")
def test_a_folder_that_can_not_be_made_is_one_sentence() -> None:
    with pytest.raises(WorkspaceError, match="can't be made or written"):
        run(ASK, sources(1), Path("/proc/saber-workspace"))


def test_a_file_in_the_place_of_the_workspace_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkspaceError, match="can't be made or written"):
        run(ASK, sources(1), tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_workspace_is_one_sentence(tmp_path: Path) -> None:
    run(ASK, sources(1), tmp_path)
    (tmp_path / Ledger.NAME).chmod(0o444)
    with pytest.raises(WorkspaceError, match="read-only"):
        run(ASK, sources(2), tmp_path)


def test_something_else_under_the_ledgers_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / Ledger.NAME).write_text("my diary, " * 1000)
    with pytest.raises(WorkspaceError, match="is not a ledger"):
        run(ASK, sources(1), tmp_path)
    assert (tmp_path / Ledger.NAME).read_text().startswith("my diary")


def test_a_ledger_that_was_never_filled_says_that_nothing_was_run(tmp_path: Path) -> None:
    (tmp_path / Ledger.NAME).touch()  # as a full disk leaves it
    with pytest.raises(WorkspaceError, match="Nothing was run"):
        status(tmp_path)


def test_a_ledger_of_a_later_format_is_refused(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        ledger.rows("PRAGMA user_version = 99")
    with pytest.raises(WorkspaceError, match="format 99"):
        run(ASK, sources(1), tmp_path)


def test_the_status_of_nothing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no ledger"):
        status(tmp_path)
