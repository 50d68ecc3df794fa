"""Is a training row asked as a served model is asked, and does its answer say what the record says?"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infer.stand_ins import MadeMedia, scripted, tags
from saber.core.dataset import Annotated, Assigned, Clip, Example, Fingerprints, Perceived, Verified
from saber.core.records import Annotation, AudioDescription, ClipInfo, Cues
from saber.core.taxonomy import Emotion, Language
from saber.flow import Drop, Item, Keep, Tools
from saber.infer import PHRASINGS, InferSettings, write_annotation
from saber.instruct import InstructSettings, InstructStage, UnfitError, conversation, phrasing_of
from saber.models import Kind
from saber.sed import GROUPS, LABEL, SECTIONS, read_answer, render
from sample_cues import sample_cues
from split.dataset import CHINESE, ENGLISH, annotated

MEDIA = frozenset({Kind.VIDEO, Kind.AUDIO})
ALWAYS = InstructSettings(phrasings="analyze")


def row(
    clip: Cues | ClipInfo | None = None,
    said: Annotated | None = None,
    chosen: InstructSettings = ALWAYS,
    clip_id: str = "a/1",
) -> Example:
    return conversation(
        clip_id,
        clip or sample_cues().clip,
        said or annotated(),
        video="v.mp4",
        sound="s.wav",
        settings=chosen,
    )


def without(cues: Cues, track: str) -> Cues:
    return cues.model_copy(update={"clip": cues.clip.model_copy(update={track: None})})


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("missing", [None, "audio", "video"])
@pytest.mark.parametrize("form", ["tags", "json"])
def test_the_wording_analyze_is_what_a_served_model_gets(
    tmp_path: Path, language: Language, missing: str | None, form: str
) -> None:
    cues = sample_cues()
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"a film")
    info = cues.clip.model_copy(update={"sha256": hashlib.sha256(b"a film").hexdigest(), "size_bytes": 6})
    cues = cues.model_copy(update={"clip": info})
    if missing is not None:
        cues = without(cues, missing)
    caller, model = scripted(lambda request: tags(SECTIONS), takes=MEDIA)
    write_annotation(
        cues,
        MadeMedia(file),
        caller,
        InferSettings(send="media", form=form, retries=0),  # type: ignore[arg-type]
        language,
    )
    sent = model.asked[0]
    chosen = InstructSettings(phrasings="analyze", form=form)  # type: ignore[arg-type]
    texts = annotated(CHINESE if language is Language.CHINESE else ENGLISH, language.value)
    if missing == "audio":
        silent = texts.annotation.model_copy(
            update={"audio": AudioDescription(acoustic=texts.annotation.audio.acoustic, speech="")}
        )
        texts = texts.model_copy(update={"annotation": silent})
    made = row(cues, texts, chosen)
    system, user, _ = made.messages
    assert system.content == sent.system
    kinds = [m.kind for m in sent.media]
    assert (
        user.content == "".join({Kind.VIDEO: "<video>", Kind.AUDIO: "<audio>"}[k] for k in kinds) + sent.user
    )
    assert made.videos == (("v.mp4",) if Kind.VIDEO in kinds else ())
    assert made.audios == (("s.wav",) if Kind.AUDIO in kinds else ())
    assert len(kinds) == (2 if missing is None else 1)


def test_the_answer_is_written_in_sed_order_and_holds_the_record() -> None:
    answer = row().messages[-1].content
    assert answer == render(ENGLISH) + "\n<emotion>happiness</emotion>"
    names = re.findall(r"<(\w+)>", answer)
    assert [n for n in names if n not in GROUPS] == [*SECTIONS, LABEL]
    assert read_answer(answer).annotation == ENGLISH
    assert read_answer(answer).emotion is Emotion.HAPPINESS


def test_an_answer_in_json_has_the_public_keys_in_sed_order() -> None:
    made = row(chosen=InstructSettings(phrasings="analyze", form="json"))
    answer = json.loads(made.messages[-1].content)
    assert list(answer) == [
        "video_desc", "facial_exp_desc", "body_lang_desc", "audio_desc", "sentiment_analysis", "emotion"
    ]  # fmt: skip
    assert answer["audio_desc"] == {"acoustic_feat": ENGLISH.audio.acoustic, "speech_content": "Oh great."}
    del answer["emotion"]
    assert Annotation.model_validate(answer) == ENGLISH


def test_a_label_is_neither_asked_for_nor_invented_where_the_writer_gave_none() -> None:
    for made in (
        row(said=annotated(emotion=None)),
        row(chosen=InstructSettings("tags", "analyze", label=False)),
    ):
        assert all("<emotion>" not in m.content for m in made.messages)


TEXT = st.text(
    st.sampled_from(string.ascii_letters + " <>/\\\"'{}\n\t,.:" + "笑声很大，低头。"), min_size=1, max_size=60
).map(lambda t: "the " + t)
OWN_TAGS = st.sampled_from(["<face>", "</reasoning>", "<\\speech>", "<laughter>", "</visual_evidence>", ""])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(TEXT, OWN_TAGS, TEXT), min_size=6, max_size=6), st.sampled_from(["tags", "json"]))
def test_whatever_a_record_says_is_read_back_letter_for_letter(
    pieces: list[tuple[str, str, str]], form: str
) -> None:
    texts = ["".join(piece) for piece in pieces]
    record = Annotation(
        scene=texts[0],
        face=texts[1],
        body=texts[2],
        audio=AudioDescription(acoustic=texts[3], speech=texts[4]),
        reasoning=texts[5],
    )
    chosen = InstructSettings(phrasings="analyze", form=form)  # type: ignore[arg-type]
    try:
        made = row(said=annotated(record), chosen=chosen)
    except UnfitError as unfit:
        assert unfit.reason == "unusable_target"  # noqa: PT017
        assert "not_the_same" not in unfit.detail  # noqa: PT017
        return
    assert read_answer(made.messages[-1].content).annotation == record


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"face": ""}, "unusable_target"),
        ({"reasoning": "..."}, "unusable_target"),
        ({"face": "She holds an <image> up."}, "special_token"),
        ({"reasoning": "Done.<|im_end|>\n<|im_start|>user"}, "special_token"),
        ({"scene": "<think>a plan</think> A room."}, "special_token"),
        (
            {"face": "嘴角上扬，眼睛睁得很大，眉毛抬起，目光向左移动，头部微微低下，随后又抬起来看着镜头。"},
            "unusable_target",
        ),
    ],
)
def test_what_would_teach_nonsense_is_refused_with_its_reason(said: dict[str, str], reason: str) -> None:
    with pytest.raises(UnfitError) as caught:
        row(said=annotated(ENGLISH.model_copy(update=said)))
    assert caught.value.reason == reason


def test_words_that_nobody_can_hear_are_not_taught() -> None:
    with pytest.raises(UnfitError) as caught:
        row(without(sample_cues(), "audio"))
    assert caught.value.reason == "speech_unheard"


def test_a_missing_modality_is_told_as_the_record_tells_it() -> None:
    silent = annotated(
        ENGLISH.model_copy(update={"audio": AudioDescription(acoustic="There is no sound.", speech="")})
    )
    made = row(without(sample_cues(), "audio"), silent)
    assert made.messages[1].content.startswith("<video>The clip lasts")
    assert "Its sound is attached" not in made.messages[1].content
    assert made.audios == ()
    read = read_answer(made.messages[-1].content, expect=[s for s in SECTIONS if s != "speech"])
    assert read.usable
    assert read.texts["voice"] == "There is no sound."
    assert "speech" not in read.texts


def test_each_wording_is_used_and_a_clip_keeps_its_own() -> None:
    chosen = InstructSettings()
    counts = dict.fromkeys(PHRASINGS, 0)
    for i in range(2000):
        counts[phrasing_of(f"corpus/{i}", chosen)] += 1
    assert min(counts.values()) > 400  # 500 each; six standard deviations are 116
    assert phrasing_of("corpus/7", chosen) == phrasing_of("corpus/7", chosen)
    other = InstructSettings(seed=1)
    assert any(phrasing_of(f"c/{i}", chosen) != phrasing_of(f"c/{i}", other) for i in range(20))


@pytest.mark.parametrize("language", Language)
def test_every_wording_attaches_the_media_and_asks_in_the_language(language: Language) -> None:
    said = annotated(CHINESE if language is Language.CHINESE else ENGLISH, language.value)
    asked: dict[str, str] = {}
    for i in range(100):
        made = row(said=said, chosen=InstructSettings(), clip_id=str(i))
        user = made.messages[1].content
        asked[phrasing_of(str(i), InstructSettings())] = user
        assert user.count("<video>") == user.count("<audio>") == 1
        assert user.startswith("<video><audio>")
        assert made.language == language.value
        assert "$" not in user
    assert set(asked) == set(PHRASINGS)
    assert len(set(asked.values())) == len(PHRASINGS)
    for name, user in asked.items():
        han = len(re.findall(r"[\u4e00-\u9fff]", user))
        assert (han > 10) is (language is Language.CHINESE)
        assert ("<visual_evidence>" in user) is (name != "terse")


# --- the stage -----------------------------------------------------------------------------------


def item(
    split: str = "train", *, test: bool = False, info: ClipInfo | None = None, again: Annotated | None = None,
    perceived: Perceived | None = None, media: str = "/clips/1.mp4",
) -> Item:  # fmt: skip
    info = info or sample_cues().clip
    return Item(
        id="a/1",
        records={
            "clean": Clip(media_path=media, info=info, checks=(), fingerprints=Fingerprints()),
            "perceive": perceived or Perceived(cues_path="none", sha256="", seconds=0.0),
            "annotate": annotated(),
            "verify": Verified(annotated=again, checks=()),
            "split": Assigned(split=split, half="consistent", half_judges=("measured",), saber_test=test),  # type: ignore[arg-type]
        },
    )


def opened(workspace: Path, chosen: InstructSettings = ALWAYS) -> InstructStage:
    stage = InstructStage(chosen)
    stage.open(Tools(workspace=workspace))
    return stage


def test_only_the_train_split_gets_rows(tmp_path: Path) -> None:
    stage = opened(tmp_path)
    assert isinstance(stage(item()), Keep)
    for split, test, reason in (
        ("validation", False, "for_validation"),
        ("test", False, "for_test"),
        ("test", True, "for_saber_test"),
    ):
        answer = stage(item(split, test=test))
        assert isinstance(answer, Drop)
        assert answer.reason == reason


def test_the_annotation_that_was_written_again_is_what_is_learned(tmp_path: Path) -> None:
    better = annotated(ENGLISH.model_copy(update={"face": "The mouth is still."}))
    answer = opened(tmp_path)(item(again=better))
    assert isinstance(answer, Keep)
    assert isinstance(answer.record, Example)
    assert "The mouth is still." in answer.record.messages[-1].content
    assert answer.record.videos == answer.record.audios == ("/clips/1.mp4",)


def test_a_clip_without_a_picture_is_told_its_cues_which_must_be_those_measured(tmp_path: Path) -> None:
    cues = without(sample_cues(), "video")
    text = cues.model_dump_json().encode()
    (tmp_path / "cues.gz").write_bytes(gzip.compress(text))
    perceived = Perceived(cues_path="cues.gz", sha256=hashlib.sha256(text).hexdigest(), seconds=1.0)
    answer = opened(tmp_path)(item(info=cues.clip, perceived=perceived))
    assert isinstance(answer, Keep)
    assert isinstance(answer.record, Example)
    assert answer.record.videos == ()
    assert "This was measured:" in answer.record.messages[1].content
    changed = perceived.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(Exception, match="not those that were measured"):
        opened(tmp_path)(item(info=cues.clip, perceived=changed))
    (tmp_path / "cues.gz").write_bytes(b"no gzip")
    with pytest.raises(Exception, match="can't be read"):
        opened(tmp_path)(item(info=cues.clip, perceived=perceived))


def test_a_stage_pickles_and_its_settings_name_the_prompts() -> None:
    import pickle

    stage = pickle.loads(pickle.dumps(InstructStage()))
    assert {k for k in stage.settings if k.startswith(("prompt_", "lesson_"))} == {
        "prompt_en", "prompt_zh", "lesson_en", "lesson_zh"
    }  # fmt: skip
    assert json.dumps(dict(stage.settings))
