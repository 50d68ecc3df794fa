"""Does an annotation go on only when every required check passed, and is a failed text written again?"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infer.stand_ins import OPEN, scripted
from media_maker import make_clip
from models.loopback import smollm
from saber.core.dataset import Annotated, Verified, Writer
from saber.core.errors import CallFailedError, UsageError
from saber.core.taxonomy import Dimension, Emotion
from saber.factory.rewrite import ModelRewriter
from saber.factory.settings import load_dataset
from saber.flow import Answer, Drop, FlowSettings, Item, Keep, Tools, outputs, run
from saber.models import Kind, ModelSettings, Request
from saber.verify import CHECKS, VerifySettings, VerifyStage, required_checks
from saber.verify.stage import VerifyStage as Stage
from verify.clips import annotated, heard, item, source
from verify.trial_stages import BEFORE, FAULTS

HARD = {"acoustic": "The voice is low-pitched."}


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    while OPEN:
        OPEN.pop().close()


class Again:
    """Writes texts again: for each dimension what to give, one after the other; None when none is left."""

    def __init__(self, **texts: list[str]) -> None:
        self.left = {Dimension(name): list(told) for name, told in texts.items()}
        self.asked: list[tuple[Dimension, str, int]] = []
        self.running = 0

    async def start(self, tools: Tools) -> None:
        self.running += 1

    async def stop(self) -> None:
        self.running -= 1

    async def __call__(self, item: Item, dimension: Dimension, reason: str, attempt: int) -> Annotated | None:
        assert self.running == 1
        self.asked.append((dimension, reason, attempt))
        if not self.left.get(dimension):
            return None
        before = item.of("annotate", Annotated)
        texts = {d.value: before.annotation.text_of(d) for d in Dimension}
        texts[dimension.value] = self.left[dimension].pop(0)
        new = annotated(emotion=before.emotion_said, **texts)
        author = Writer(model="openai:omni", attempt=attempt, cost=0.25)
        return new.model_copy(update={"written_by": {**before.written_by, dimension: author}})


def verify(stage: Stage, workspace: Path, *items: Item) -> list[Answer]:
    async def work() -> list[Answer]:
        await stage.start(Tools(workspace=workspace))
        try:
            return list(await asyncio.gather(*(stage.ask(i) for i in items)))
        finally:
            await stage.stop()

    return asyncio.run(work())


def one(
    workspace: Path,
    first: Annotated,
    again: Again | None = None,
    settings: VerifySettings | None = None,
    **other: Any,
) -> tuple[Answer, Verified]:
    stage = VerifyStage(settings, annotator="embedded", rewrite=again)
    (answer,) = verify(stage, workspace, item(workspace, first, **other))
    assert isinstance(answer, Keep | Drop)
    assert isinstance(answer.record, Verified)
    return answer, answer.record


def test_words_of_the_whole_are_not_held_against_a_part_that_was_cut_out(tmp_path: Path) -> None:
    whole = item(tmp_path, annotated(), transcript="Something else is said in the whole film.")
    part = replace(whole, id="a/1#t=2.00-4.00")
    stage = VerifyStage(annotator="embedded")
    of_whole, of_part = verify(stage, tmp_path, whole, part)
    assert isinstance(of_whole, Drop)
    assert of_whole.reason == "speech_mismatch"
    assert isinstance(of_part, Keep)
    assert isinstance(of_part.record, Verified)
    assert "corpus" not in {check.judge for check in of_part.record.checks}


# --- what is required --------------------------------------------------------------------------


def test_without_a_server_all_is_required_that_can_be_checked_without_one() -> None:
    assert required_checks(VerifySettings()) == tuple(c for c in CHECKS if c != "visual_caption")
    assert required_checks(VerifySettings(captioner="openai:eyes")) == CHECKS
    assert required_checks(VerifySettings(required=("acoustic_claims", "speech"))) == (
        "speech",
        "acoustic_claims",
    )


def test_what_is_required_is_a_list_in_the_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "dataset.toml"
    path.write_text('[verify]\nrequired = ["speech", "acoustic_claims"]\n')
    assert load_dataset(path).verify.required == ("speech", "acoustic_claims")
    for wrong, why in (('["speach"]', "no check 'speach'"), ('"speech"', "must be a list or left out")):
        path.write_text(f"[verify]\nrequired = {wrong}\n")
        with pytest.raises(UsageError, match=why):
            load_dataset(path)


@pytest.mark.parametrize("required", [("speach",), ("visual_caption",)])
def test_a_check_that_is_not_there_can_not_be_required(required: tuple[str, ...]) -> None:
    with pytest.raises((ValueError, UsageError), match=r"no check|no captioner"):
        VerifyStage(VerifySettings(required=required), annotator="embedded")


def test_every_record_names_every_check_and_which_were_required(tmp_path: Path) -> None:
    answer, record = one(tmp_path, annotated())
    assert isinstance(answer, Keep)
    assert {check.name for check in record.checks} == set(CHECKS)
    assert record.required == required_checks(VerifySettings())
    captions = [c for c in record.checks if c.name == "visual_caption"]
    assert [(c.passed, c.reason, c.judge) for c in captions] == [(None, "no_captioner", "nobody")] * 3
    assert record.annotated is None
    assert record.attempts == 1


def test_what_can_not_be_told_does_not_pass(tmp_path: Path) -> None:
    answer, record = one(tmp_path, annotated(), hearing=heard(None))
    assert isinstance(answer, Drop)
    assert answer.reason == "speech_unknown"
    assert [c.passed for c in record.checks if c.name == "speech"] == [None]


def test_what_is_not_required_is_reported_and_decides_nothing(tmp_path: Path) -> None:
    settings = VerifySettings(required=("acoustic_claims",))
    answer, record = one(tmp_path, annotated(), settings=settings, hearing=heard("Get out of my house."))
    assert isinstance(answer, Keep)
    assert [c.passed for c in record.checks if c.name == "speech"] == [False]
    assert record.required == ("acoustic_claims",)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({"speech": "Get out of my house this minute."}, "speech_mismatch"),
        ({"speech": ""}, "speech_missed"),
        (HARD, "claims_contradicted"),
        ({"reasoning": "She smiles and her voice is low."}, "reasoning_contradicted"),
        ({"reasoning": "She smiles and nods."}, "reasoning_invented"),
        ({"reasoning": "She smiles in fear."}, "emotion_unmeasured"),
        ({"acoustic": ""}, "acoustic_claims_unknown"),
        ({"reasoning": ""}, "reasoning_evidence_unknown"),
    ],
)
def test_a_clip_is_dropped_for_the_check_in_its_way(
    tmp_path: Path, texts: dict[str, str], reason: str
) -> None:
    answer, record = one(tmp_path, annotated(**texts))
    assert isinstance(answer, Drop)
    assert answer.reason == reason
    assert answer.detail
    assert any(c.passed is not True for c in record.checks if c.name in record.required)


# --- writing again -----------------------------------------------------------------------------


def test_a_failed_text_is_written_again_told_why_and_checked_again(tmp_path: Path) -> None:
    again = Again(acoustic=["The voice is still low-pitched.", "The voice is high-pitched."])
    answer, record = one(tmp_path, annotated(**HARD), again)
    assert isinstance(answer, Keep)
    assert [(d, n) for d, _, n in again.asked] == [(Dimension.ACOUSTIC, 2), (Dimension.ACOUSTIC, 3)]
    assert "low-pitched" in again.asked[0][1]
    assert "voice.pitch_level" in again.asked[0][1]
    assert record.attempts == 3
    assert record.annotated is not None
    assert record.annotated.annotation.audio.acoustic == "The voice is high-pitched."
    assert record.annotated.written_by[Dimension.ACOUSTIC].attempt == 3
    assert all(c.passed for c in record.checks if c.name in record.required)
    earlier = record.provenance["earlier"]
    assert [(e["attempt"], list(e["failed"]), e["rewritten"]) for e in earlier] == [
        (1, ["acoustic"], ["acoustic"]),
        (2, ["acoustic"], ["acoustic"]),
    ]
    assert answer.cost == pytest.approx(0.5)
    assert again.running == 0


def test_after_the_last_attempt_the_clip_is_dropped_with_its_last_annotation(tmp_path: Path) -> None:
    again = Again(acoustic=[f"The voice is low-pitched, {n}." for n in range(9)])
    answer, record = one(tmp_path, annotated(**HARD), again, VerifySettings(rewrites=2))
    assert isinstance(answer, Drop)
    assert answer.reason == "claims_contradicted"
    assert (record.attempts, len(again.asked)) == (3, 2)
    assert answer.cost == pytest.approx(0.5)


def test_a_text_that_comes_back_as_it_was_ends_the_tries(tmp_path: Path) -> None:
    again = Again(acoustic=[HARD["acoustic"]])
    answer, record = one(tmp_path, annotated(**HARD), again)
    assert isinstance(answer, Drop)
    assert (record.attempts, len(again.asked)) == (1, 1)
    assert record.annotated is None


def test_only_texts_that_failed_are_written_again(tmp_path: Path) -> None:
    texts = {
        "acoustic": "The voice is low-pitched.",
        "body": "She nods.",
        "reasoning": "She smiles and nods.",
    }
    again = Again(acoustic=["The voice is high-pitched."], body=["Other words."], reasoning=["Others."])
    answer, record = one(tmp_path, annotated(model="openai:omni", **texts), again)
    assert isinstance(answer, Keep)
    assert record.attempts == 2
    assert [d for d, _, _ in again.asked] == [Dimension.ACOUSTIC]
    assert record.annotated is not None
    assert record.annotated.annotation.body == "She nods."


def test_all_checks_are_made_again_of_what_was_written_again(tmp_path: Path) -> None:
    """The reasoning rested on a body text that had to go, so it fails in its turn and is mended too."""
    texts = {"body": "She nods. She leans back.", "reasoning": "She smiles and nods."}
    again = Again(body=["Her body moves clearly."], reasoning=["She smiles."])
    answer, record = one(tmp_path, annotated(model="openai:omni", **texts), again)
    assert isinstance(answer, Keep), answer
    assert [(d, n) for d, _, n in again.asked] == [(Dimension.BODY, 2), (Dimension.REASONING, 3)]
    assert record.attempts == 3


def test_what_is_unknown_is_not_written_again(tmp_path: Path) -> None:
    again = Again(speech=["Oh great."])
    answer, _ = one(tmp_path, annotated(), again, hearing=heard(None))
    assert isinstance(answer, Drop)
    assert again.asked == []


# --- with models -------------------------------------------------------------------------------

SAYS = "A plain room with one person in it. She smiles broadly at the camera. Her hands can't be seen."


def agree(request: Request) -> str:
    """Captions pictures; as a judge, agrees with everything."""
    if request.media:
        return SAYS
    ruling = {"quote": "She smiles", "reason": "So it says.", "verdict": "agree"}
    if '"caption"' in request.user:
        return json.dumps(dict.fromkeys(("scene", "face", "body"), ruling))
    return json.dumps({key: {**ruling, "verdict": "yes"} for key in ("evidence", "emotion")})


def with_models(script: Any, tmp_path: Path, first: Annotated) -> tuple[Answer, Any]:
    media = make_clip(tmp_path / "a.mp4", seconds=1.0)
    caller, model = scripted(script, takes=frozenset({Kind.FRAMES}))
    stage = VerifyStage(VerifySettings(), annotator="embedded", captioner=caller)
    (answer,) = verify(stage, tmp_path, item(tmp_path, first, media=str(media or tmp_path / "a.mp4")))
    return answer, model


def test_captioner_and_judge_are_asked_and_named(tmp_path: Path) -> None:
    answer, model = with_models(agree, tmp_path, annotated())
    assert isinstance(answer, Keep)
    record = answer.record
    assert isinstance(record, Verified)
    assert record.required == CHECKS
    captions = [c for c in record.checks if c.name == "visual_caption"]
    assert [(c.passed, c.judge) for c in captions] == [(True, model.spec)] * 3
    assert {c.judge for c in record.checks if c.name == "reasoning_evidence"} == {"measured", model.spec}
    assert record.provenance["caption"]["text"] == SAYS
    assert record.provenance["asked"]["requests"] == {model.spec: 3}


def test_a_judge_may_stop_what_the_measurements_let_pass(tmp_path: Path) -> None:
    def stern(request: Request) -> str:
        return agree(request).replace('"agree"', '"contradict"')

    answer, _ = with_models(stern, tmp_path, annotated())
    assert isinstance(answer, Drop)
    assert answer.reason == "caption_contradicts"


def test_a_server_that_fails_is_an_error_of_the_item_and_no_verdict(tmp_path: Path) -> None:
    def down(request: Request) -> str:
        raise CallFailedError("No answer.", reason="down")

    make_clip(tmp_path / "a.mp4", seconds=1.0)
    caller, _ = scripted(down, takes=frozenset({Kind.FRAMES}), sleep=_no_wait)
    stage = VerifyStage(VerifySettings(), annotator="embedded", captioner=caller)
    with pytest.raises(CallFailedError):
        verify(stage, tmp_path, item(tmp_path, annotated(), media=str(tmp_path / "a.mp4")))


async def _no_wait(seconds: float) -> None: ...


def test_a_captioner_that_sees_nothing_is_refused(tmp_path: Path) -> None:
    caller, _ = scripted(agree)
    stage = VerifyStage(VerifySettings(), annotator="embedded", captioner=caller)
    with pytest.raises(UsageError, match="takes no pictures"):
        verify(stage, tmp_path)


def test_settings_name_models_prompts_and_what_is_required() -> None:
    stage = VerifyStage(VerifySettings(judge="openai:judge"), annotator="openai:omni")
    told = stage.settings
    assert told["models"] == {"judge": "openai:judge"}
    assert set(told["prompts"]) == {"visual", "reasoning"}  # type: ignore[call-overload]
    assert told["required"] == [c for c in CHECKS if c != "visual_caption"]
    json.dumps(told)


def test_a_real_server_that_talks_nonsense_passes_nothing(tmp_path: Path) -> None:
    """SmolLM2-135M is held to the form of an answer and can't fill it: that must never pass a clip."""
    with smollm() as address:
        stage = VerifyStage(
            VerifySettings(judge="openai:smollm", retries=0, max_tokens=60),
            annotator="embedded",
            judge_model=ModelSettings(base_url=address),
        )
        (answer,) = verify(stage, tmp_path, item(tmp_path, annotated()))
    assert isinstance(answer, Keep | Drop)
    record = answer.record
    assert isinstance(record, Verified)
    judged = [c for c in record.checks if c.judge.startswith("openai:smollm@")]
    assert [c.name for c in judged] == ["reasoning_evidence", "reasoning_emotion"]
    assert [c.reason for c in judged] == ["no_usable_answer"] * 2  # 60 tokens don't hold an answer
    assert [*record.provenance["asked"]["requests"].values()] == [1]
    assert (answer.tokens or 0) > 500
    # The measured checks pass this clip; that does not make up for a judge who was asked in vain.
    assert isinstance(answer, Drop)
    assert answer.reason == "reasoning_evidence_unknown"


# --- in the runner -----------------------------------------------------------------------------


def test_in_a_run_every_clip_is_kept_or_dropped_for_its_own_fault(tmp_path: Path) -> None:
    sources = [source(name=f"folder/{fault}", path=fault) for fault in FAULTS]
    sources.append(source(name="folder/unheard", path="fine"))
    stages = [*(stage() for stage in BEFORE), VerifyStage(annotator="embedded")]
    status = run(stages, sources, tmp_path, settings=FlowSettings(workers=1))
    (told,) = [s for s in status.stages if s.name == "verify"]
    assert (told.inputs, told.kept, told.dropped, told.quarantined) == (5, 1, 4, 0)
    assert told.reasons == {
        "speech_mismatch": 1,
        "claims_contradicted": 1,
        "reasoning_invented": 1,
        "speech_unknown": 1,
    }
    (kept,) = outputs(tmp_path, "verify", Verified)
    assert kept[0] == "folder/fine"


def test_an_emotion_that_nobody_measured_is_no_pass(tmp_path: Path) -> None:
    answer, _ = one(tmp_path, annotated(emotion=Emotion.FEAR))
    assert isinstance(answer, Drop)
    assert answer.reason == "emotion_unmeasured"


def test_the_factorys_rewriter_asks_the_annotator_itself(tmp_path: Path) -> None:
    """It is told what was measured against its text, and only that text is asked for."""
    caller, model = scripted(lambda _: "<voice>The voice is high-pitched.</voice>")
    rewriter = ModelRewriter("openai:omni", caller=caller)
    make_clip(tmp_path / "a.mp4", seconds=1.0)
    first = annotated(model="openai:omni", **HARD)
    stage = VerifyStage(annotator="openai:omni", rewrite=rewriter)
    (answer,) = verify(stage, tmp_path, item(tmp_path, first, media=str(tmp_path / "a.mp4")))
    assert isinstance(answer, Keep), answer
    assert isinstance(answer.record, Verified)
    stands = answer.record.stands(first)
    assert stands.annotation.audio.acoustic == "The voice is high-pitched."
    assert stands.annotation.face == first.annotation.face
    assert stands.written_by[Dimension.ACOUSTIC].attempt == 2
    (request,) = model.asked
    assert "low-pitched" in request.user
    assert "claims contradicted (by measured)" in request.user
