"""Does the scorer tell what it says it tells, and are pairs chosen for it and for nothing else?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from saber.core.dataset import Assigned, Example, Perceived, Source
from saber.core.errors import UsageError
from saber.core.taxonomy import Emotion, Language, Modality
from saber.flow import run
from saber.models import Caller, Request
from saber.models.scripted import ScriptedModel
from saber.sed import read_answer, render_texts
from saber.train.pairs import PairsSettings, ScoreWeights, make_pairs, score
from saber.train.pairs.affect import POINTS
from saber.train.pairs.counterfactual import swapped
from saber.train.pairs.facts import KnownClips
from saber.train.pairs.judge import judge_request, read_judgement
from saber.train.pairs.records import Candidate, Facts, Pair, Scores
from saber.train.pairs.select import balance_lengths, pair_of, thin_out
from saber.train.pairs.table import preferences, wilson
from saber.train.rows import Row, read_rows
from sample_cues import sample_cues
from train.known_stages import Known
from train.tiny_training import rows_of, write_rows

GOOD = {
    "scene": "A plain room in low light.",
    "face": "A smile appears and the cheeks are raised.",
    "body": "The trunk is not visible.",
    "voice": "The voice is loud and the pitch is high.",
    "speech": "we won",
    "reasoning": "The smile and the high pitch agree: the face and the voice are both joyful.",
    "emotion": "happiness",
}
ALL = ScoreWeights()


def text(**other: str) -> str:
    return render_texts({**GOOD, **other})


def parts(answer: str, facts: Facts | None = None) -> Scores:
    return score(answer, facts or Facts(), ALL)


def test_a_coherent_answer_has_every_part_that_can_be_told() -> None:
    found = parts(text(), Facts(label=Emotion.HAPPINESS))
    assert (found.structure, found.entailed, found.consistent, found.label) == (1, 1, 1, 1)
    assert found.balanced == pytest.approx(1.0)
    assert found.grounded is None, "without cues it can't be told"
    assert found.judge is None
    assert found.total == 1.0


def test_each_fault_lowers_its_own_part_and_says_why() -> None:
    unstated = parts(
        text(reasoning="The lowered brows and the trembling voice show the face and voice as happy.")
    )
    assert unstated.entailed is not None
    assert unstated.entailed < 1
    assert "brows" in unstated.why["entailed"]
    wrong_side = parts(
        text(emotion="sadness", reasoning="The smile and the pitch of face and voice show it.")
    )
    assert wrong_side.entailed is not None
    assert wrong_side.entailed < 0.6
    clash = parts(text(reasoning="The low pitch of the voice and the smile of the face agree."))
    assert clash.consistent == 0.5
    assert "pitch" in clash.why["consistent"]
    one_sided = parts(text(reasoning="The smile says it all."))
    assert one_sided.balanced == 0
    mislabelled = parts(text(), Facts(label=Emotion.ANGER))
    assert mislabelled.label == 0
    broken = parts("I can't see the clip.")
    assert (broken.structure, broken.total) == (0, 0)
    assert broken.entailed is None
    for worse in (unstated, wrong_side, clash, one_sided):
        assert worse.total < parts(text()).total


def test_a_label_that_names_no_emotion_breaks_the_form_where_one_was_asked_for() -> None:
    made_up = text(emotion="surrection")
    without = render_texts({name: words for name, words in GOOD.items() if name != "emotion"})
    for answer in (made_up, without):
        found = parts(answer)
        assert (found.structure, found.total, found.grounded) == (0, 0, None)
        assert "emotion" in found.why["structure"]
        assert score(answer, Facts(), ALL, labelled=False).structure == 1
    assert parts(text(emotion="joyful")).structure == 1


def test_a_label_of_one_modality_is_held_against_what_the_reasoning_gives_it() -> None:
    both = {Modality.FACE: Emotion.HAPPINESS, Modality.VOICE: Emotion.ANGER}
    says = {
        "The face looks happy, the voice sounds angry.": 1.0,
        "The face looks happy, the voice sounds happy.": 0.5,
        "The face looks happy.": 0.5,
        "The face looks happy, the voice sounds angry. The voice sounds afraid.": 0.75,
        "They agree.": 0.0,
    }
    for reasoning, expected in says.items():
        found = parts(text(reasoning=reasoning), Facts(unimodal=both))
        assert found.label == expected, reasoning
    assert (
        "voice said happiness, known anger"
        in parts(text(reasoning="The face and the voice are happy."), Facts(unimodal=both)).why["label"]
    )
    reasoning = "The face looks happy, the voice sounds happy."
    whole = parts(text(reasoning=reasoning), Facts(label=Emotion.HAPPINESS, unimodal=both))
    assert whole.label == pytest.approx(2 / 3)
    assert score(text(), Facts(unimodal=both), ALL, labelled=False).label is None


def test_measured_cues_decide_what_is_grounded() -> None:
    cues = sample_cues()
    right = parts(text(voice="The pitch is high."), Facts(cues=cues))
    wrong = parts(text(voice="The pitch is low."), Facts(cues=cues))
    assert right.grounded is not None
    assert wrong.grounded is not None
    assert right.grounded != wrong.grounded
    assert "measurable claims" in right.why["grounded"]


def test_a_part_without_weight_has_no_say_and_is_told_all_the_same() -> None:
    answer = text(reasoning="The smile says it all.")
    without = score(answer, Facts(), replace(ALL, balanced=0.0))
    assert without.balanced == 0
    assert without.total == 1.0
    with pytest.raises(ValueError, match="weights"):
        ScoreWeights(**dict.fromkeys(vars(ALL), 0.0))


def test_points_of_affect_are_claims_that_the_house_can_find() -> None:
    from saber.grounding.families import FAMILIES

    for kind in POINTS:
        family, direction = kind.split(".")
        assert direction in FAMILIES[family]


# --- pairs ---------------------------------------------------------------------------------------


def candidate(total: float, *, origin: Any = "drawn", size: int = 100, structure: float = 1.0) -> Candidate:
    scores = Scores(structure=structure, total=total)
    return Candidate(row="r:1", clip="c", text="x" * size, origin=origin, scores=scores)


SETTINGS = PairsSettings(rows=Path("rows.jsonl"), out=Path("out"))


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([candidate(0.9), candidate(0.4), candidate(0.6)], (0.9, 0.4)),
        ([candidate(0.9), candidate(0.85)], "all_alike"),
        ([candidate(0.4), candidate(0.1)], "none_good_enough"),
        ([candidate(0.9), candidate(0.2, size=300)], "lengths_differ"),
        ([candidate(0.9), candidate(0.2, size=300), candidate(0.5, size=120)], (0.9, 0.5)),
        ([candidate(0.9), candidate(0.0, structure=0.0)], "all_alike"),
        ([candidate(0.0, structure=0.0)], "no_usable_answer"),
        ([candidate(0.8), candidate(0.9, origin="without_sound"), candidate(0.3)], (0.8, 0.3)),
    ],
)
def test_the_best_drawn_answer_is_paired_with_the_worst_of_its_length(
    candidates: list[Candidate], expected: tuple[float, float] | str
) -> None:
    found = pair_of(candidates, SETTINGS)
    if isinstance(found, Pair):
        assert (found.chosen.scores.total, found.rejected.scores.total) == expected
    else:
        assert found == expected


def test_of_equally_bad_answers_the_made_one_is_rejected() -> None:
    found = pair_of([candidate(0.9), candidate(0.2), candidate(0.2, origin="swapped_acoustic")], SETTINGS)
    assert isinstance(found, Pair)
    assert found.rejected.origin == "swapped_acoustic"


def test_lengths_are_balanced_and_made_answers_bounded() -> None:
    def pair(chosen: int, rejected: int, gap: float, origin: str = "drawn") -> Pair:
        return Pair(candidate(0.9, size=chosen), candidate(0.9 - gap, size=rejected, origin=origin))

    pairs = [pair(120, 100, 0.1 + n / 100) for n in range(40)] + [pair(100, 120, 0.3) for _ in range(10)]
    kept, gone = balance_lengths(pairs)
    longer = [p for p in kept if len(p.chosen.text) > len(p.rejected.text)]
    assert len(kept) + gone == 50
    assert 0.45 <= len(longer) / len(kept) <= 0.55
    assert min(p.gap for p in longer) > 0.35, "those with the largest gap stay"
    mixed = [pair(100, 100, 0.3)] * 7 + [pair(100, 100, 0.2 + n / 100, "swapped_visual") for n in range(9)]
    kept, gone = thin_out(mixed, 0.3)
    made = [p for p in kept if p.rejected.origin == "swapped_visual"]
    assert (len(made), gone) == (3, 6)
    assert min(p.gap for p in made) == pytest.approx(0.26)


def test_swapped_evidence_no_longer_fits_the_reasoning() -> None:
    sad = text(voice="The voice is quiet, the pitch low.", face="The lip corners turn down.",
              emotion="sadness",
               reasoning="The low pitch of the voice and the corners of the face show it.")  # fmt: skip
    made = swapped(text(), [text(), sad], "swapped_acoustic")
    assert made is not None
    read = read_answer(made)
    assert read.texts["voice"] == "The voice is quiet, the pitch low."
    assert {name: read.texts[name] for name in GOOD if name != "voice"} == {
        name: value for name, value in GOOD.items() if name != "voice"
    }
    assert parts(made).total < parts(text()).total
    assert swapped(text(), [text(), "no form"], "swapped_acoustic") is None


def test_a_feature_that_tells_all_pairs_apart_is_called_a_shortcut() -> None:
    pairs = [
        Pair(
            scored(0.9, text(scene="A plain room in low light, number 7.")),
            scored(0.5, text(emotion="anger")),
        )
        for _ in range(30)
    ]
    found = preferences(pairs)
    by_name = {f.name: f for f in found.features}
    assert by_name["numbers"].more == 1.0
    assert by_name["numbers"].shortcut
    assert by_name["characters of voice"].more is None
    assert not by_name["characters of voice"].shortcut
    happy = by_name["label: happiness"]
    assert (happy.chosen, happy.rejected, happy.differ, happy.more, happy.shortcut) == (1, 0, 30, 1, True)
    assert by_name["label: anger"].more == 0
    assert by_name["label: anger"].shortcut
    # What pairs are meant to prefer is none, though it decides all of them.
    assert by_name["score: structure"].more is None
    decided = by_name["score: grounded"]
    assert (decided.differ, decided.more, decided.shortcut) == (30, 1, False)
    assert "**a shortcut**" in found.markdown()
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def scored(grounded: float, said: str) -> Candidate:
    scores = Scores(structure=1.0, grounded=grounded, total=grounded)
    return replace_text(candidate(grounded), said).model_copy(update={"scores": scores})


def replace_text(made: Candidate, said: str) -> Candidate:
    return made.model_copy(update={"text": said})


# --- from questions to pairs ---------------------------------------------------------------------


def answers(request: Request) -> Callable[[], str]:
    """Good, one-sided and broken answers in turn; deaf it follows the face alone."""
    kinds = [text(), text(reasoning="The smile says it all, all of it, as one sees there and then."),
             "no answer", text(emotion="sadness")]  # fmt: skip
    state = iter(range(100))
    return lambda: (
        kinds[next(state) % len(kinds)] if len(request.media) == 2 else text(reasoning="A smile, a smile.")
    )


def scripted() -> tuple[Caller, ScriptedModel]:
    made: dict[str, Callable[[], str]] = {}

    def script(request: Request) -> str:
        key = f"{request.clip}{len(request.media)}"
        return made.setdefault(key, answers(request))()

    model = ScriptedModel(script)
    return Caller(model), model


@pytest.fixture
def questions(clips: list[Path], tmp_path: Path) -> Path:
    rows: list[dict[str, Any]] = rows_of(clips)
    for row in rows:
        row["messages"][-1]["content"] = text()
    return write_rows(tmp_path / "questions.jsonl", [*rows, {**rows[0], "videos": ["gone.mp4"]}])


def test_questions_become_pairs_that_can_be_trained_on(questions: Path, tmp_path: Path) -> None:
    settings = PairsSettings(rows=questions, out=tmp_path / "pairs", candidates=4)
    caller, model = scripted()
    with caller:
        made = make_pairs(settings, caller)
    drawn = [request for request in model.asked if len(request.media) == 2]
    assert len(drawn) == 4, "one request for all candidates of a question"
    assert {(r.sampling.n, r.sampling.temperature) for r in drawn} == {(4, 0.8)}
    assert len(model.asked) == 12, "and one each without sound and without picture"
    assert made.pairs == 4
    assert made.no_pair == {"missing_file": 1}
    rows = [row for row in read_rows(made.file, pairs=True) if isinstance(row, Row)]
    assert len(rows) == 4
    first = next(row for row in read_rows(questions, pairs=False) if isinstance(row, Row))
    assert rows[0].turns == first.turns
    assert rows[0].answer == text()
    said = [json.loads(line) for line in (tmp_path / "pairs" / "candidates.jsonl").read_text().splitlines()]
    assert all(0 <= c["scores"]["total"] <= 1 for c in said)
    assert {c["origin"] for c in said} >= {"drawn", "without_sound", "without_picture"}
    assert (tmp_path / "pairs" / "table.md").read_text().startswith("# What 4 pairs prefer")
    with scripted()[0] as again:
        assert make_pairs(settings, again).pairs == 4
        assert again.tally.calls == 0, "what was drawn is not drawn again"


def test_people_go_before_the_scorer(questions: Path, tmp_path: Path) -> None:
    choice = {"row": "questions.jsonl:2", "chosen": text(emotion="anger"), "rejected": text()}
    file = write_rows(tmp_path / "choices.jsonl", [choice])
    settings = PairsSettings(rows=questions, out=tmp_path / "pairs", candidates=4, choices=str(file))
    with scripted()[0] as caller:
        made = make_pairs(settings, caller)
    assert made.table.by_people == 1
    told = [json.loads(line) for line in made.file.read_text().splitlines()]
    mine = next(row for row in told if row["pair"]["row"] == "questions.jsonl:2")
    assert mine["pair"]["by"] == "person"
    assert mine["rejected_response"] == text()
    write_rows(file, [{**choice, "row": "questions.jsonl:99"}])
    with scripted()[0] as caller, pytest.raises(UsageError, match="about no question here"):
        make_pairs(settings, caller)


def test_the_workspace_tells_cues_label_and_half(questions: Path, clips: list[Path], tmp_path: Path) -> None:
    alone = {Modality.VOICE: Emotion.ANGER}
    source = Source(
        id="a", corpus="folder", path=str(clips[1]), terms="own", label=Emotion.FEAR, unimodal=alone
    )
    stages = [
        Known("perceive", ("source",), Perceived),
        Known("split", ("perceive",), Assigned),
        Known("instruct", ("source", "perceive", "split"), Example),
    ]
    run(stages, [source], tmp_path / "work")
    known = KnownClips(tmp_path / "work")
    rows = [row for row in read_rows(questions, pairs=False) if isinstance(row, Row)]
    told, unknown = known.of(rows[1]), known.of(rows[0])
    assert (told.label, told.half, told.language) == (Emotion.FEAR, "inconsistent", Language.ENGLISH)
    assert told.unimodal == alone
    assert told.cues == sample_cues()
    assert (unknown.cues, unknown.label, unknown.half) == (None, None, None)
    settings = PairsSettings(
        rows=questions,
        out=tmp_path / "pairs",
        candidates=4,
        workspace=str(tmp_path / "work"),
        only_inconsistent=True,
    )
    with scripted()[0] as caller:
        made = make_pairs(settings, caller)
    assert (made.pairs, made.no_pair) == (1, {"not_inconsistent": 3, "missing_file": 1})


def test_without_any_pair_it_says_why(questions: Path, tmp_path: Path) -> None:
    settings = PairsSettings(rows=questions, out=tmp_path / "pairs", candidates=2)
    with (
        Caller(ScriptedModel(lambda _: "no answer")) as caller,
        pytest.raises(UsageError, match="no_usable_answer"),
    ):
        make_pairs(settings, caller)


def test_a_judge_is_asked_about_each_answer(questions: Path, tmp_path: Path) -> None:
    settings = PairsSettings(
        rows=questions, out=tmp_path / "pairs", candidates=4, weights=ScoreWeights(judge=3.0)
    )
    judge = ScriptedModel(lambda r: '{"reason": "r", "score": %d}' % (2 if "says it all" in r.user else 9))  # noqa: UP031
    with scripted()[0] as caller, Caller(judge) as judging:
        make_pairs(settings, caller, judging)
    said = [json.loads(line) for line in (tmp_path / "pairs" / "candidates.jsonl").read_text().splitlines()]
    assert {c["scores"]["judge"] for c in said if c["scores"]["structure"]} == {0.2, 0.9}
    assert "video" not in judge_request("x", Language.CHINESE).user


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"reason": "a", "score": 10}', 1.0),
        ('So: {"score": 0, "reason": "b"}.', 0.0),
        ('{"reason": "a", "score": 11}', None),
        ('{"reason": "a", "score": true}', None),
        ('{"reason": "a"}', None),
        ("ten", None),
    ],
)
def test_a_judgement_is_read_or_unknown(raw: str, expected: float | None) -> None:
    assert read_judgement(raw) == expected
