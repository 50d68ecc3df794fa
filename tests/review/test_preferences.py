"""Do people choose blind between what `saber pairs` really drew, and does it read what they chose?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from media_maker import make_clip
from saber.core.errors import UsageError
from saber.models import Caller, Request
from saber.models.scripted import ScriptedModel
from saber.review import ChoiceIn, PreferenceRoom
from saber.sed import render_texts
from saber.train.pairs import PairsSettings, make_pairs
from saber.train.pairs.people import read_choices

GOOD = {
    "scene": "A plain room in low light.",
    "face": "A smile appears and the cheeks are raised.",
    "body": "The trunk is not visible.",
    "voice": "The voice is loud and the pitch is high.",
    "speech": "we won",
    "reasoning": "The smile and the high pitch agree: the face and the voice are both joyful.",
    "emotion": "happiness",
}
WORSE = {**GOOD, "reasoning": "The smile says it all, all of it, as one sees there and then."}
QUESTIONS = 6


def scripted() -> Caller:
    """A good and a one-sided answer in turn; broken ones to the last question."""
    count: dict[str, int] = {}

    def script(request: Request) -> str:
        n = count[request.clip] = count.get(request.clip, -1) + 1
        if f"rows.jsonl:{QUESTIONS})" in request.clip:
            return "no answer"
        return render_texts(WORSE if n % 2 else GOOD)

    return Caller(ScriptedModel(script))


def make(folder: Path, choices: Path | None = None) -> Path:
    settings = PairsSettings(
        rows=folder / "rows.jsonl",
        out=folder / "pairs",
        candidates=4,
        counterfactuals=0.0,
        choices="" if choices is None else str(choices),
    )
    with scripted() as caller:
        make_pairs(settings, caller)
    return folder / "pairs"


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    clip = make_clip(tmp_path / "a.mp4")
    rows = [
        {
            "messages": [
                {"role": "system", "content": "You describe."},
                # Equal questions about one clip are one question to `saber pairs`.
                {"role": "user", "content": f"<video><audio>What is felt? ({number})"},
                {"role": "assistant", "content": render_texts(GOOD)},
            ],
            "videos": [str(clip)],
            "audios": [str(clip)],
        }
        for number in range(1, QUESTIONS + 1)
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return make(tmp_path)


def choose(room: PreferenceRoom, reviewer: str, question: str, prefers: str) -> None:
    """prefers: `good`, `worse`, `tie` or `both_bad`."""
    shown = room.pair(question, reviewer)
    good = render_texts(GOOD).strip()
    places = {"good": "a" if shown.a.text == good else "b", "worse": "b" if shown.a.text == good else "a"}
    room.choose(
        ChoiceIn.model_validate(
            {
                "reviewer": reviewer,
                "question": question,
                "a": shown.a.id,
                "b": shown.b.id,
                "choice": places.get(prefers, prefers),
                "why": f"{prefers} it is",
                "seconds": 3.0,
            }
        )
    )


def all_of(room: PreferenceRoom) -> list[str]:
    """The questions, in the order in which everybody gets them."""
    found = []
    while (pair := room.next_pair("once").pair) is not None:
        choose(room, "once", pair.question, "tie")
        found.append(pair.question)
    return found


def test_two_answers_are_shown_in_random_order_without_their_origin(pairs: Path) -> None:
    room = PreferenceRoom(pairs)
    view = room.next_pair("ann")
    # The question without a usable answer is none.
    assert (view.done, view.total, view.report) == (0, QUESTIONS - 1, None)
    assert view.pair is not None
    assert {view.pair.a.text, view.pair.b.text} == {render_texts(t).strip() for t in (GOOD, WORSE)}
    assert view.pair.prompt.startswith("What is felt? (")
    assert (view.pair.clip, view.pair.has_media) == ("a.mp4", True)
    told = view.model_dump_json()
    for word in ("drawn", "score", "origin", "gap", "chosen", "rejected", str(pairs.parent)):
        assert word not in told
    assert room.pair(view.pair.question, "ann") == view.pair
    firsts = [room.pair(view.pair.question, f"r{n}").a.text for n in range(60)]
    assert 15 <= firsts.count(render_texts(GOOD).strip()) <= 45


def test_everybody_meets_the_same_questions_first_and_the_report_comes_last(pairs: Path) -> None:
    room = PreferenceRoom(pairs)
    order = all_of(room)
    assert len(set(order)) == QUESTIONS - 1
    last = room.next_pair("once")
    assert last.pair is None
    assert last.report is not None
    assert (last.report.choices, last.report.ties) == (QUESTIONS - 1, QUESTIONS - 1)
    first = room.next_pair("ann").pair
    assert first is not None
    assert first.question == order[0]


def test_what_was_chosen_is_read_by_saber_pairs(pairs: Path) -> None:
    room = PreferenceRoom(pairs)
    questions = sorted(all_of(room))  # each of them a tie to the first reviewer
    one, two, three, four, _ = questions
    for reviewer in ("ann", "ben"):
        choose(room, reviewer, one, "worse")
        choose(room, reviewer, two, "good")
    choose(room, "ann", three, "good")
    choose(room, "ben", three, "worse")
    for reviewer in ("ann", "ben"):
        choose(room, reviewer, four, "both_bad")
    choices, undecided = room.write()
    found = read_choices(choices)
    assert set(found) == {one, two}
    assert found[one].chosen.strip() == render_texts(WORSE).strip()
    assert found[one].rejected.strip() == render_texts(GOOD).strip()
    rest = {told["row"]: told["outcome"] for told in map(json.loads, undecided.read_text().splitlines())}
    assert rest == {three: "split", four: "both_bad", questions[4]: "tie"}
    told = json.loads(choices.read_text().splitlines()[0])
    assert (told["by"], told["why"]) == (["ann", "ben"], ["tie it is", "worse it is", "worse it is"])

    report = room.report()
    assert (report.decided, report.ties, report.both_bad, report.split) == (2, 1, 1, 1)
    assert (report.scorer.value, report.scorer.n) == (0.5, 2)
    assert sum(band.agreement.n for band in report.by_gap) == 2
    assert report.alpha.n == 4

    # What people chose replaces the scorer's choice in the next pairs, and is still the question then.
    make(pairs.parent, choices)
    rows = {r["pair"]["row"]: r for r in map(json.loads, (pairs / "pairs.jsonl").read_text().splitlines())}
    assert rows[one]["pair"]["by"] == "person"
    assert rows[one]["messages"][-1]["content"].strip() == render_texts(WORSE).strip()
    assert room.report() == report


def test_choosing_again_replaces(pairs: Path) -> None:
    room = PreferenceRoom(pairs)
    question = "rows.jsonl:1"
    choose(room, "ann", question, "worse")
    choose(room, "ann", question, "good")
    assert room.report().choices == 1
    assert read_choices(room.write()[0])[question].chosen.strip() == render_texts(GOOD).strip()


def test_answers_that_are_not_those_of_the_question_are_refused(pairs: Path) -> None:
    room = PreferenceRoom(pairs)
    with pytest.raises(UsageError) as caught:
        room.choose(ChoiceIn(reviewer="ann", question="rows.jsonl:1", a="0" * 16, b="1" * 16, choice="a"))
    assert caught.value.reason == "record_changed"
    with pytest.raises(UsageError, match="no question"):
        room.pair("rows.jsonl:99", "ann")
    with pytest.raises(UsageError, match="no question"):
        room.media_of("../a.mp4")
    assert room.media_of("rows.jsonl:1") == pairs.parent / "a.mp4"


def test_a_folder_without_answers_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"candidates\.jsonl"):
        PreferenceRoom(tmp_path).next_pair("ann")
    (tmp_path / "candidates.jsonl").write_text("{broken\n")
    with pytest.raises(UsageError, match="can't be read"):
        PreferenceRoom(tmp_path).next_pair("ann")
