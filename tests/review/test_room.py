"""Are decisions kept blind, settled, passed on and shown as they should be, on a dataset of a real run?"""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from review.made import ALL, DROPPED, KEPT, decide
from saber.core.errors import SaberError, UsageError, WorkspaceError
from saber.core.taxonomy import Dimension
from saber.flow import Ledger, withdraw
from saber.review import DecisionIn, ReviewRoom
from saber.review.store import Store

A, C, D = KEPT


def in_ledger(workspace: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """(stage, item) -> field, reviewers."""
    with Ledger(workspace, read_only=True) as ledger:
        return {
            (s, i): (f, r) for s, i, f, r in ledger.rows("SELECT stage, item, field, reviewer FROM review")
        }


# --- one item ------------------------------------------------------------------------------------


def test_an_item_is_shown_with_all_that_is_known_of_it(workspace: Path) -> None:
    view = ReviewRoom(workspace).item(DROPPED, "ann")
    assert (view.status, view.stage, view.reason) == ("dropped", "verify", "speech_missed")
    assert [t.dimension for t in view.texts] == list(Dimension)
    assert {t.written_by for t in view.texts if t.dimension is not Dimension.SPEECH} == {"embedded"}
    (corpus,) = [w for w in view.words if w.by == "corpus"]
    assert [(p.kind, p.heard, p.written) for p in corpus.pieces] == [
        ("deleted", "hello my dear old friend", "")
    ]
    assert (corpus.deletions, corpus.of) == (5, 5)
    assert view.claims
    assert {c.status for c in view.claims} <= {"supported", "contradicted", "not_measurable"}
    for claim in view.claims:
        text = next(t.text for t in view.texts if t.dimension is claim.dimension)
        assert text[claim.start : claim.end] == claim.text
    (speech,) = [c for c in view.checks if c.name == "speech" and c.judge == "corpus"]
    assert (speech.passed, speech.required, speech.score, speech.limit, speech.distance) == (
        False, True, 1.0, 0.5, 0.5,
    )  # fmt: skip
    assert view.cues_path is not None
    assert (workspace / view.cues_path).is_file()
    assert view.half is None
    assert (view.mine, view.history, view.hidden) == (None, (), 0)
    assert view.corpus_transcript == "hello my dear old friend"


def test_measurements_that_are_gone_are_told_and_the_rest_is_shown(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    (workspace / (room.item(A, "ann").cues_path or "")).unlink()
    view = room.item(A, "ann")
    assert view.cues_path is None
    assert "--redo perceive" in view.cues_absent
    assert view.claims == ()
    assert view.texts[0].text


def test_only_files_that_the_ledger_names_are_handed_out(home: Path, workspace: Path) -> None:
    room = ReviewRoom(workspace)
    assert room.media_of(A) == home / "a.mp4"
    for item in ("manifest/none", "../../etc/passwd", str(home / "a.mp4"), ""):
        with pytest.raises(UsageError, match="no item"):
            room.media_of(item)
    with sqlite3.connect(workspace / "ledger.sqlite") as db:
        db.execute(
            "UPDATE output SET record = replace(record, ?, ?) WHERE stage = 'clean' AND item = ?",
            (json.dumps(str(home / "a.mp4")), '"../../outside.mp4"', A),
        )
    db.close()
    with pytest.raises(SaberError, match="leads out of the workspace"):
        room.media_of(A)
    with sqlite3.connect(workspace / "ledger.sqlite") as db:
        db.execute(
            "UPDATE output SET record = replace(record, '../../outside', 'gone') WHERE stage = 'clean'"
        )
    db.close()
    with pytest.raises(UsageError, match="not there any more"):
        room.media_of(A)


# --- decisions -----------------------------------------------------------------------------------


def test_a_decision_about_another_record_than_the_one_that_stands_is_refused(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    stale = DecisionIn(reviewer="ann", verdict="accept", saw="0" * 32)
    with pytest.raises(UsageError) as caught:
        room.decide(A, stale)
    assert caught.value.reason == "record_changed"
    assert room.item(A, "ann").mine is None
    assert in_ledger(workspace) == {}


def test_replacing_and_taking_back_keep_the_history(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    decide(room, A, "ann", "accept")
    decide(room, A, "ann", "correct", face="A smile.", words="It is a smile.")
    assert in_ledger(workspace) == {("verify", A): ("decision", "person:ann")}
    saved = room.withdraw(A, "ann")
    assert saved.state.state == "open"
    assert in_ledger(workspace) == {}
    history = room.item(A, "ann").history
    assert [(h.verdict, h.active, h.words, h.seconds) for h in history] == [
        ("accept", False, "", 12.5),
        ("correct", False, "It is a smile.", 12.5),
    ]
    assert history[0].at < history[1].at
    with pytest.raises(UsageError, match="decided nothing"):
        room.withdraw(A, "ann")


def test_unsure_is_never_an_acceptance(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    saved = decide(room, DROPPED, "ann", "unsure")
    assert saved.state.state == "open"
    assert in_ledger(workspace) == {}
    # It is not shown to the same reviewer again, and still to others.
    assert DROPPED not in {line.item for line in room.queue("ann").items}
    assert DROPPED in {line.item for line in room.queue("ben").items}


def test_two_reviewers_see_nothing_of_each_other_until_both_have_decided(workspace: Path) -> None:
    room = ReviewRoom(workspace, reviewers_needed=2)
    saved = decide(room, A, "ann", "correct", face="A smile.", reasoning="She is glad.")
    assert saved.state.state == "waiting"
    assert in_ledger(workspace) == {}
    view = room.item(A, "ben")
    assert (view.hidden, view.history, view.state.state, view.state.reviewers) == (1, (), "waiting", 1)
    # Not even which field was found wrong.
    assert {field.state for field in view.state.fields} == {"open"}
    assert {text.state for text in view.texts} == {"open"}
    assert view.state.settled_by == ()
    assert "A smile." not in view.model_dump_json()
    assert '"ann"' not in view.model_dump_json()
    assert A not in {line.item for line in room.queue("ann").items}
    assert A in {line.item for line in room.queue("ben").items}

    decide(room, A, "ben", "correct", face="A grin.", reasoning="She is glad.")
    for reviewer in ("ann", "zoe"):
        first = room.queue(reviewer).items[0]
        assert (first.item, first.state) == (A, "disagreement")
    shown = room.item(A, "zoe")
    assert {h.reviewer for h in shown.history} == {"ann", "ben"}
    assert shown.hidden == 0
    # What they agree on is settled meanwhile.
    assert {t.dimension.value: t.state for t in shown.texts if t.state != "open"} == {
        "face": "disagreement",
        "reasoning": "settled",
    }
    saved = decide(room, A, "zoe", "correct", face="A broad smile.", adjudicates=True)
    assert saved.state.state == "settled"
    assert in_ledger(workspace)["verify", A][1] == "person:zoe, person:ann, person:ben"
    assert A not in {line.item for line in room.queue("ben").items}


def test_there_is_nothing_to_adjudicate_without_a_disagreement(workspace: Path) -> None:
    with pytest.raises(UsageError) as caught:
        decide(ReviewRoom(workspace), A, "ann", "accept", adjudicates=True)
    assert caught.value.reason == "no_disagreement"


def test_many_reviewers_at_once_lose_nothing(workspace: Path) -> None:
    room = ReviewRoom(workspace, reviewers_needed=3)
    failed: list[SaberError] = []

    def review(reviewer: str) -> None:
        try:
            for item in ALL:
                decide(room, item, reviewer, "accept")
        except SaberError as error:
            failed.append(error)

    threads = [threading.Thread(target=review, args=(f"r{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Store(workspace) as store:
        assert len(list(store.active())) == 4 * len(ALL)
    assert {item for _, item in in_ledger(workspace)} == set(ALL)
    progress = room.summary().progress
    assert (progress.settled, progress.open) == (len(ALL), 0)
    assert [(r.reviewer, r.decisions) for r in progress.reviewers] == [(f"r{n}", 4) for n in range(4)]


def test_what_is_settled_while_an_older_thing_is_passed_on_is_not_undone_by_it(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = ReviewRoom(workspace)
    decide(room, A, "ann", "accept")
    others: list[threading.Thread] = []

    def late(*of: Any) -> None:
        """Takes ann's decision out of the ledger, but only after ben has had time to decide."""
        if not others:
            others.append(threading.Thread(target=decide, args=(room, A, "ben", "accept")))
            others[0].start()
            others[0].join(1.0)
        withdraw(*of)

    monkeypatch.setattr("saber.review.pass_on.withdraw", late)
    room.withdraw(A, "ann")
    others[0].join()
    assert {stage: by for (stage, item), (_, by) in in_ledger(workspace).items() if item == A} == {
        "verify": "person:ben",
        "compare": "person:ben",
    }


def test_what_a_crash_left_unsaid_to_the_ledger_is_said_by_the_next_call(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    decide(room, A, "ann", "accept")
    whole = in_ledger(workspace)
    with Ledger(workspace) as ledger:
        ledger.withdraw("verify", A)
        ledger.withdraw("compare", A)
    with sqlite3.connect(workspace / "reviews.sqlite") as db:
        db.execute("UPDATE settled SET passed_on = 0")
    db.close()
    room.summary()
    assert in_ledger(workspace) == whole
    # A ledger that was made anew knows nothing of what was passed on long ago.
    with Ledger(workspace) as ledger:
        ledger.withdraw("verify", A)
    assert room.pass_on() == 1
    assert room.pass_on() == 0
    assert in_ledger(workspace) == whole


def test_deciding_waits_for_a_writer_and_reading_does_not(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    with Ledger(workspace) as busy, busy.writing() as db:
        db.execute("UPDATE row SET attempts = 2 WHERE stage = 'verify' AND item = ?", (C,))
        assert room.item(C, "ann").item == C
        assert len(room.queue("ann").items) == len(ALL)


# --- queue and summary ---------------------------------------------------------------------------


def test_the_queue_is_sorted_and_says_why(workspace: Path) -> None:
    queue = ReviewRoom(workspace).queue("ann")
    assert queue.total == len(ALL) == queue.indexed == queue.known
    scores = [line.score for line in queue.items]
    assert scores == sorted(scores, reverse=True)
    first = queue.items[0]
    assert first.item == DROPPED
    why = first.worth[0]
    assert (why.kind, why.about, why.score, why.limit) == ("failed_check", "speech/speech", 1.0, 0.5)
    assert first.score == pytest.approx(sum(w.points for w in first.worth))


def test_pages_and_filters(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    whole = [line.item for line in room.queue("ann").items]
    assert [room.queue("ann", offset=n, limit=1).items[0].item for n in range(len(ALL))] == whole
    assert room.queue("ann", offset=99).items == ()
    assert [line.item for line in room.queue("ann", kind="failed_check").items] == [DROPPED]
    assert [line.item for line in room.queue("ann", stage="verify").items] == [DROPPED]
    assert room.queue("ann", corpus="manifest").total == len(ALL)
    assert room.queue("ann", corpus="none").total == 0
    assert room.queue("ann", language="zh").total == 0
    summary = room.summary()
    of_split = {name: room.queue("ann", split=name).total for name in summary.splits}
    assert sum(of_split.values()) == len(KEPT)
    decide(room, A, "ann", "accept")
    assert [line.item for line in room.queue("zoe", state="settled").items] == [A]
    assert room.queue("zoe", state="open").total == len(ALL) - 1
    assert room.queue("zoe", state="disagreement").total == 0


def test_a_random_order_has_nothing_to_do_with_what_is_wrong_and_is_everybodys(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    order = [line.item for line in room.queue("ann", order="random").items]
    assert sorted(order) == list(ALL)
    assert [line.item for line in room.queue("ben", order="random").items] == order
    decide(room, order[1], "ann", "unsure")
    left = [item for item in order if item != order[1]]
    assert [line.item for line in room.queue("ann", order="random").items] == left


def test_the_summary_counts(workspace: Path) -> None:
    summary = ReviewRoom(workspace).summary()
    assert summary.kinds["failed_check"] == 1
    assert (summary.corpora, summary.languages) == (("manifest",), ("en",))
    assert set(summary.stages) == {"instruct", "verify"}
    assert summary.progress.items == len(ALL)
    assert summary.run == "done"


def test_an_index_that_is_deleted_is_made_again(workspace: Path) -> None:
    room = ReviewRoom(workspace)
    before = room.queue("ann")
    for path in workspace.glob("review-index.sqlite*"):
        path.unlink()
    assert room.queue("ann") == before


def test_the_dashboard_is_what_the_run_said(workspace: Path) -> None:
    found = ReviewRoom(workspace).dashboard()
    stages = {s.name: s for s in found.stages}
    assert (stages["verify"].inputs, stages["verify"].kept, stages["verify"].dropped) == (4, 3, 1)
    assert stages["verify"].reasons == {"speech_missed": 1}
    for histogram in found.histograms:
        told = histogram.passed + histogram.failed + histogram.unknown
        assert told == histogram.of
        assert sum(histogram.counts) <= told
        if histogram.counts:
            assert len(histogram.edges) == len(histogram.counts) + 1
    (speech,) = [h for h in found.histograms if h.check == "speech" and h.judge == "corpus"]
    assert (speech.limits, speech.failed, sum(speech.counts)) == ((0.5,), 1, 1)
    assert not found.sampled
    balance = {b.by: b for b in found.balance}
    assert balance["corpus"].counts == {"manifest": 4}
    assert balance["corpus"].kept == {"manifest": 3}
    assert sum(balance["split"].kept.values()) == 3


def test_agreement_is_counted_of_what_was_said_blind(workspace: Path) -> None:
    room = ReviewRoom(workspace, reviewers_needed=2)
    for item in ALL:
        decide(room, item, "ann", "accept")
    for item in (A, C):
        decide(room, item, "ben", "accept")
    decide(room, D, "ben", "correct", face="Other.", emotion="fear")
    decide(room, DROPPED, "ben", "reject", reason="wrong_texts")
    # Whoever comes later has seen them, and does not count.
    decide(room, D, "zoe", "correct", face="Other.", adjudicates=True)
    report = room.agreement()
    fields = {f.field: f for f in report.fields}
    assert (fields["item"].items, fields["item"].percent.value) == (4, 0.75)
    assert (fields["face"].items, fields["face"].percent.value) == (3, pytest.approx(2 / 3))
    assert fields["face"].categories == {"accept": 5, "correct": 1}
    assert fields["scene"].items == 2
    assert fields["emotion"].categories["fear"] == 1
    checks = {(c.check, c.dimension, c.judge): c for c in report.checks}
    speech = checks["speech", Dimension.SPEECH, "corpus"]
    # Ann alone accepted the words that this check had failed; who rejects the clip says nothing of them.
    assert (speech.accepted_when_failed.value, speech.accepted_when_failed.n) == (1.0, 1)
    (whole,) = [m for m in report.machine if m.check == "verify"]
    # Ann accepts three and Ben two kept clips; of the dropped one Ann accepts and Ben rejects.
    assert (whole.accepted_when_passed.value, whole.accepted_when_passed.n) == (1.0, 5)
    assert (whole.accepted_when_failed.value, whole.accepted_when_failed.n) == (0.5, 2)


# --- what is not there ---------------------------------------------------------------------------


def test_what_is_not_there_is_one_sentence(tmp_path: Path, workspace: Path) -> None:
    room = ReviewRoom(tmp_path / "nothing")
    for ask in (room.summary, lambda: room.queue("ann"), lambda: room.item(A, "ann"), room.dashboard):
        with pytest.raises(WorkspaceError, match="There is no ledger"):
            ask()
    with pytest.raises(UsageError, match="1 to 10"):
        ReviewRoom(workspace, reviewers_needed=0)
    (workspace / "reviews.sqlite").write_bytes(b"no database at all, but long enough to be one" * 40)
    with pytest.raises(WorkspaceError, match=r"reviews\.sqlite"):
        ReviewRoom(workspace).summary()
