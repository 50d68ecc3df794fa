"""How far is the review, and who did how much of it?"""

from __future__ import annotations

from saber.review.index import Index
from saber.review.records import ReviewerCount, ReviewProgress
from saber.review.store import Store
from saber.review.worth import BITS

__all__ = ["progress"]


def progress(store: Store, index: Index) -> ReviewProgress:
    """Counted over the items that can be reviewed now; decisions about others stay kept and are not in it."""
    states = dict(
        index.rows(
            "SELECT s.state, count(*) FROM reviews.settled s JOIN item i ON i.item = s.item GROUP BY s.state"
        )
    )
    (items,) = index.rows("SELECT count(*) FROM item")[0]
    outdated, rejected, corrected = index.rows(
        f"SELECT total(s.state = 'settled' AND i.kinds & {BITS['outdated']} <> 0), "
        "total(s.state = 'settled' AND s.rejected), total(s.state = 'settled' AND s.changed) "
        "FROM reviews.settled s JOIN item i ON i.item = s.item"
    )[0]
    # A decision that was settled after its row was done is not in the record yet.
    (awaits,) = index.rows(
        "SELECT count(*) FROM reviews.settled s JOIN item i ON i.item = s.item "
        "WHERE s.state = 'settled' AND i.at < (SELECT max(at) FROM reviews.decision d WHERE d.item = s.item)"
    )[0]
    reviewers = tuple(
        ReviewerCount(reviewer=name, decisions=count, unsure=int(unsure), seconds=round(seconds, 3))
        for name, count, unsure, seconds in store.rows(
            "SELECT reviewer, count(DISTINCT CASE WHEN ended IS NULL THEN item END), "
            "total(ended IS NULL AND json_extract(body, '$.verdict') = 'unsure'), "
            "total(json_extract(body, '$.seconds')) FROM decision GROUP BY reviewer ORDER BY reviewer"
        )
    )
    others = sum(states.get(state, 0) for state in ("waiting", "disagreement", "settled"))
    return ReviewProgress(
        items=items,
        open=items - others,
        waiting=states.get("waiting", 0),
        disagreement=states.get("disagreement", 0),
        settled=states.get("settled", 0),
        outdated=int(outdated),
        rejected=int(rejected),
        corrected=int(corrected),
        awaits_run=awaits,
        reviewers=reviewers,
        needed=store.needed,
    )
