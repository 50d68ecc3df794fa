"""What do the index and the queue of a review take at many items?

python bench/review.py --workspace MADE [--items 20000] [--lines 600000]

MADE is the workspace of any finished `saber run`. Its ledger is copied with each clip repeated until there
are --items of them, and read into the index; then the index alone is filled up to --lines lines, as many as a
large dataset has, and the queue, the summary and a decision are timed.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from saber.review import DecisionIn, ReviewRoom

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--lines", type=int, default=600_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        multiply(chosen.workspace, workspace, chosen.items)
        size_mb = (workspace / "ledger.sqlite").stat().st_size / 1e6
        room = ReviewRoom(workspace)
        room.queue("warm", budget_s=0.0)
        before_mb = peak_mb()
        seconds, queue = timed(lambda: room.queue("ann", budget_s=1e9))
        print(f"items {queue.known:,}  ledger {size_mb:,.0f} MB")
        print(f"index made in {seconds:.1f} s: {1e6 * seconds / queue.known:.0f} us an item")
        print(f"memory before {before_mb:.0f} MB, highest {peak_mb():.0f} MB")
        fill(workspace, chosen.lines)
        told(f"queue of {room.queue('ann').total:,}, first page", lambda: room.queue("ann"))
        told("queue, filtered by corpus", lambda: room.queue("ann", corpus=queue.items[0].corpus))
        told("queue, 1000 items further on", lambda: room.queue("ann", offset=1000))
        told("summary", room.summary)
        item = queue.items[0].item
        told("item", lambda: room.item(item, "ann"))
        saw = room.item(item, "ann").saw
        told(
            "decision",
            lambda: room.decide(item, DecisionIn(reviewer="ann", verdict="accept", saw=saw)),
        )
        told("dashboard", room.dashboard)
        print(f"memory highest {peak_mb():.0f} MB")


def multiply(made: Path, workspace: Path, items: int) -> None:
    """A ledger in which the clips of another stand again and again."""
    shutil.copy(made / "ledger.sqlite", workspace / "ledger.sqlite")
    if (made / "perceive").is_dir():
        shutil.copytree(made / "perceive", workspace / "perceive")
    db = sqlite3.connect(workspace / "ledger.sqlite", isolation_level=None)
    (there,) = db.execute("SELECT count(*) FROM row WHERE stage = 'verify'").fetchone()
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    db.execute("CREATE TEMP TABLE rows AS SELECT * FROM row")
    db.execute("CREATE TEMP TABLE outputs AS SELECT * FROM output")
    for number in range(1, max(1, items // there)):
        end = f"#{number:06d}"
        db.execute(
            "INSERT INTO row SELECT stage, item || ?1, fingerprint, status, reason, detail, measured, "
            "attempts, seconds, cost, tokens, at FROM rows",
            (end,),
        )
        db.execute(
            "INSERT INTO output SELECT stage, item || ?1, parent || ?1, sha256, fresh, record FROM outputs",
            (end,),
        )
    db.execute("COMMIT")
    db.close()


def fill(workspace: Path, lines: int) -> None:
    """Lines of the index whose items are in no ledger, behind those that are."""
    db = sqlite3.connect(workspace / "review-index.sqlite", isolation_level=None)
    (there,) = db.execute("SELECT count(*) FROM item").fetchone()
    db.execute("DELETE FROM note WHERE key = 'counts'")
    db.execute("BEGIN")
    db.execute(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ?) "
        "INSERT INTO item SELECT 'more/' || n, '', -1.0 * (n % 997) / 997, n % 1024, 'kept', 'instruct', "
        "'corpus' || (n % 5), 'en', 'train', 'consistent', 'neutral', 0.0, n FROM n",
        (max(0, lines - there),),
    )
    db.execute("COMMIT")
    db.close()


def timed(call: Callable[[], T]) -> tuple[float, T]:
    began_s = time.perf_counter()
    result = call()
    return time.perf_counter() - began_s, result


def told(what: str, call: Callable[[], object]) -> None:
    seconds = [timed(call)[0] for _ in range(5)]
    print(f"{what}: {statistics.median(seconds):.3f} s (most {max(seconds):.3f})")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
