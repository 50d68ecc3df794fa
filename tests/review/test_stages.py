"""What do verification and comparison make of a person's decision? On the sample clip, each case by hand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infer.stand_ins import OPEN, scripted
from saber.core.dataset import Annotated, Check, Compared, Opinion, Verified, Writer
from saber.core.decisions import (
    DecidedHalf,
    DecidedLabel,
    DecidedText,
    Decision,
    Rejected,
    decided,
    decided_half,
    judge_of,
    mark_of,
)
from saber.core.errors import UsageError
from saber.core.taxonomy import Dimension, Emotion
from saber.flow import Answer, Drop, Keep, Tools
from saber.models import Kind
from saber.split import CompareStage
from saber.split.opinions import agree
from saber.verify import VerifyStage
from saber.verify.independence import same_model
from saber.verify.reviewed import written_mark
from verify.clips import annotated, heard, item

MEDIA = "5f" * 32
"""SHA-256 of the sample clip's file."""
OTHER = "She does not smile at all."
FACE, ACOUSTIC, SPEECH, REASONING = (
    Dimension.FACE, Dimension.ACOUSTIC, Dimension.SPEECH, Dimension.REASONING,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    while OPEN:
        OPEN.pop().close()


def text(dimension: Dimension, first: Annotated, words: str | None = None, **other: Any) -> DecidedText:
    """Accepted as the annotator has it, or corrected to other words."""
    shown = first.annotation.text_of(dimension)
    given: dict[str, Any] = {
        "text": shown if words is None else words,
        "writer": first.written_by[dimension] if words is None else Writer(model=judge_of("ann")),
        "corrected": words is not None,
        "by": (judge_of("ann"),),
        "of": mark_of(shown),
        "language": first.language,
    }
    return DecidedText.model_validate({**given, **other})


def decision(*texts: tuple[Dimension, DecidedText], media: str = MEDIA, **other: Any) -> dict[str, Any]:
    made = Decision(texts=dict(texts), media=media, at=1.0, **other)
    return {"decision": made.model_dump(mode="json")}


def ask(workspace: Path, first: Annotated, reviewed: dict[str, Any], **other: Any) -> tuple[Answer, Verified]:
    rewrite = other.pop("rewrite", None)
    stage = VerifyStage(annotator="embedded", rewrite=rewrite, **other.pop("callers", {}))
    one = replace(item(workspace, first, **other), reviewed=reviewed)

    async def work() -> Answer:
        await stage.start(Tools(workspace=workspace))
        try:
            return await stage.ask(one)
        finally:
            await stage.stop()

    answer = asyncio.run(work())
    assert isinstance(answer, Keep | Drop)
    assert isinstance(answer.record, Verified)
    return answer, answer.record


def reviews(record: Verified) -> list[Check]:
    return [check for check in record.checks if check.name == "review"]


def test_an_accepted_text_needs_no_check_to_pass_and_the_record_says_which_did_not(tmp_path: Path) -> None:
    first = annotated(acoustic="The voice is low-pitched.")
    answer, record = ask(tmp_path, first, decision((ACOUSTIC, text(ACOUSTIC, first))))
    assert isinstance(answer, Keep)
    assert record.annotated is None
    (check,) = reviews(record)
    assert (check.passed, check.reason, check.judge) == (True, "accepted", "person:ann")
    assert "acoustic_claims by measured failed (claims_contradicted)" in check.detail
    assert [c.passed for c in record.checks if c.name == "acoustic_claims"][0] is False  # noqa: RUF015
    assert "review" in record.required


def test_what_nobody_could_tell_a_person_can(tmp_path: Path) -> None:
    first = annotated()
    answer, record = ask(tmp_path, first, decision((SPEECH, text(SPEECH, first))), hearing=heard(None))
    assert isinstance(answer, Keep)
    assert "speech by nobody could not be told (no_other_recogniser)" in reviews(record)[0].detail


def test_one_decided_text_does_not_save_another_one(tmp_path: Path) -> None:
    first = annotated(acoustic="The voice is low-pitched.", speech="Get out of my house this minute.")
    answer, _ = ask(tmp_path, first, decision((SPEECH, text(SPEECH, first, "Oh great, thank you."))))
    assert isinstance(answer, Drop)
    assert answer.reason == "claims_contradicted"


def test_a_corrected_text_that_the_measurements_contradict_stands_and_is_checked(tmp_path: Path) -> None:
    first = annotated()
    answer, record = ask(tmp_path, first, decision((FACE, text(FACE, first, OTHER))))
    assert isinstance(answer, Keep)
    assert record.annotated is not None
    assert record.annotated.annotation.face == OTHER
    assert record.annotated.written_by[FACE].model == "person:ann"
    assert record.annotated.written_by[ACOUSTIC].model == "embedded"
    assert False in {c.passed for c in record.checks if c.dimension is FACE and c.name == "visual_claims"}


def test_a_label_decides_about_the_emotion_check_and_not_about_the_rest(tmp_path: Path) -> None:
    first = annotated()
    label = DecidedLabel(emotion=Emotion.FEAR, corrected=True, by=("person:ann",), of=first.emotion_said)
    answer, record = ask(tmp_path, first, decision(emotion=label))
    assert isinstance(answer, Keep)
    assert record.annotated is not None
    assert record.annotated.emotion_said is Emotion.FEAR
    assert record.annotated.emotion == first.emotion  # the measured one stays
    assert reviews(record)[0].detail == "Emotion corrected to fear."
    invented = annotated(reasoning="She smiles and nods.")
    answer, _ = ask(tmp_path, invented, decision(emotion=label))
    assert isinstance(answer, Drop)
    assert answer.reason == "reasoning_invented"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"media": "00" * 32}, "of another file"),
        ({"of": mark_of("Another text.")}, "the annotator has written otherwise since"),
        ({"language": "zh"}, "the annotator has written otherwise since"),
    ],
)
def test_what_was_accepted_of_something_else_does_not_count(
    tmp_path: Path, change: dict[str, str], why: str
) -> None:
    first = annotated(acoustic="The voice is low-pitched.")
    media = change.pop("media", MEDIA)
    said = decision((ACOUSTIC, text(ACOUSTIC, first, **change)), media=media)
    answer, record = ask(tmp_path, first, said)
    assert isinstance(answer, Drop)
    assert answer.reason == "claims_contradicted"
    (check,) = reviews(record)
    assert (check.passed, check.reason) == (None, "review_outdated")
    assert why in check.detail
    assert "review" not in record.required


def test_a_rejected_clip_is_dropped_and_no_model_is_asked(tmp_path: Path) -> None:
    first = annotated()
    captioner, eyes = scripted(["asked"], takes=frozenset({Kind.FRAMES}))
    for reason, of in (("no_person", "whatever was written"), ("wrong_texts", written_mark(first))):
        rejected = Rejected.model_validate({"reason": reason, "by": ("person:ann", "person:ben"), "of": of})
        answer, record = ask(
            tmp_path, first, decision(rejected=rejected), callers={"captioner": captioner, "judge": captioner}
        )
        assert isinstance(answer, Drop)
        assert answer.reason == "rejected_by_reviewer"
        assert [c.judge for c in reviews(record)] == ["person:ann", "person:ben"]
        assert {c.name for c in record.checks} > {"speech", "visual_claims"}
    assert eyes.asked == []
    lapsed = Rejected(reason="wrong_texts", by=("person:ann",), of=mark_of("others"))
    answer, record = ask(tmp_path, first, decision(rejected=lapsed))
    assert isinstance(answer, Keep)
    assert [c.reason for c in reviews(record)] == ["review_outdated"]


def test_a_decided_text_is_not_written_again_and_an_open_one_is(tmp_path: Path) -> None:
    asked: list[Dimension] = []

    class Again:
        async def start(self, tools: Tools) -> None: ...
        async def stop(self) -> None: ...
        async def __call__(self, one: Any, dimension: Dimension, reason: str, attempt: int) -> Any:
            asked.append(dimension)
            before: Annotated = one.of("annotate", Annotated)
            good = annotated().annotation
            assert dimension is ACOUSTIC
            audio = before.annotation.audio.model_copy(update={"acoustic": good.audio.acoustic})
            return before.model_copy(
                update={"annotation": before.annotation.model_copy(update={"audio": audio})}
            )

    first = annotated(acoustic="The voice is low-pitched.", speech="Get out of my house this minute.")
    answer, record = ask(tmp_path, first, decision((SPEECH, text(SPEECH, first))), rewrite=Again())
    assert isinstance(answer, Keep)
    assert asked == [ACOUSTIC]
    assert record.annotated is not None
    assert record.annotated.annotation.audio.speech == "Get out of my house this minute."


def test_without_a_decision_everything_is_as_it_was(tmp_path: Path) -> None:
    answer, record = ask(tmp_path, annotated(), {})
    assert isinstance(answer, Keep)
    assert reviews(record) == []
    assert "reviewed" not in record.provenance


def test_what_is_no_decision_is_one_sentence() -> None:
    for read in (lambda: decided({"decision": {"texts": 1}}), lambda: decided_half({"half": "consistent"})):
        with pytest.raises(UsageError, match="can't be read") as caught:
            read()
        assert caught.value.reason == "invalid_decision"


def test_a_person_is_no_model_whatever_the_name() -> None:
    assert not same_model("openai:ann", "person:ann")
    assert same_model("person:ann", "person:ann")


# --- the half ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "half", "because"),
    [
        ([("measured", "consistent"), ("person:ann", "inconsistent")], "inconsistent", "reviewed"),
        ([("measured", "consistent"), ("person:ann", "unclear")], "unclear", "reviewed"),
        (
            [("measured", "unclear"), ("openai:x", None), ("person:ann", "consistent")],
            "consistent",
            "reviewed",
        ),
        ([("measured", "consistent"), ("person:ann", None)], "consistent", "agreed"),
        ([("person:ann", "consistent"), ("person:ben", "inconsistent")], "unclear", "reviewed"),
    ],
)
def test_people_decide_the_half_alone(said: Any, half: str, because: str) -> None:
    found = agree([Opinion(judge=judge, verdict=verdict) for judge, verdict in said], "all")
    assert (found.half, found.because) == (half, because)
    assert len(found.opinions) == len(said)


def test_a_half_that_was_said_of_another_file_does_not_count(tmp_path: Path) -> None:
    for media, wanted in ((MEDIA, "reviewed"), ("00" * 32, "agreed")):
        half = DecidedHalf(half="unclear", by=("person:ann",), words="Both at once.", media=media, at=1.0)
        one = item(tmp_path, annotated())
        records = {**one.records, "verify": Verified(annotated=None, checks=())}
        one = replace(one, records=records, reviewed={"half": half.model_dump(mode="json")})
        stage = CompareStage()

        async def work(stage: CompareStage = stage, one: Any = one) -> Answer:
            await stage.start(Tools(workspace=tmp_path))
            try:
                return await stage.ask(one)
            finally:
                await stage.stop()

        kept = asyncio.run(work())
        assert isinstance(kept, Keep)
        assert isinstance(kept.record, Compared)
        person = kept.record.opinions[-1]
        assert person.judge == "person:ann"
        assert kept.record.because == wanted
        assert (person.verdict is None) == (wanted == "agreed")
