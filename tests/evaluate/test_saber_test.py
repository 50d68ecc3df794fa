"""Does SABER-Test tell the halves apart, hold claims against measurements, and notice who did not listen?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluate.made_up import write_lines
from saber.core.dataset import Assigned, Clip, Compared, Fingerprints, Opinion, Source
from saber.core.errors import MissingPieceError, UsageError
from saber.core.taxonomy import Emotion
from saber.evaluate import (
    EvaluateSettings,
    Figure,
    Outcome,
    Response,
)
from saber.evaluate.conflict_words import speaks_of_conflict
from saber.evaluate.context import Context
from saber.evaluate.run import draws_of, score_all
from saber.evaluate.saber_test import SaberTest
from saber.flow import Keep, Tools, run
from saber.storage import write_cues
from sample_cues import sample_clip, sample_cues

SMILE = "A broad smile appears and the mouth opens."
CONTRARY = "The lips are at rest and she does not smile."


def told(emotion: str, *, face: str = SMILE, speech: str = "It is raining again.", **more: object) -> str:
    return json.dumps(
        {
            "video_desc": "A plain room.",
            "facial_exp_desc": face,
            "body_lang_desc": "She sits still.",
            "audio_desc": {"acoustic_feat": "The voice is level.", "speech_content": speech},
            "sentiment_analysis": "All of it agrees.",
            "emotion": emotion,
            **more,
        }
    )


def lines() -> list[dict[str, Any]]:
    """Four consistent and four inconsistent clips of four speakers."""
    return [
        {
            "id": f"c{n}",
            "media": f"c{n}.mp4",
            "half": "consistent" if n < 4 else "inconsistent",
            "emotion": "happy" if n % 2 else "sad",
            "speaker": f"s{n % 4}",
            "transcript": "It is raining again.",
            "visual": "happy",
            "acoustic": "happy" if n < 4 else "sad",
        }
        for n in range(8)
    ]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_lines(tmp_path / "data" / "saber-test.jsonl", lines())
    return tmp_path / "data"


def scored(
    data: Path, answers: dict[str, str | None], variants: dict[str, dict[str, str]] | None = None
) -> list[Figure]:
    """Figures of these answers, with the same measurements for every clip."""
    bench = SaberTest()
    samples = bench.read(data, EvaluateSettings())
    context = Context(data, data / "out", measure=lambda _: sample_cues())
    for sample in samples:
        (data / str(sample.media)).write_bytes(sample.id.encode())
    asked = list(samples)
    responses = [Response(sample=s.id, text=answers.get(s.id)) for s in samples]
    for variant, of_variant in (variants or {}).items():
        asked += [s for s in samples if s.id in of_variant]
        responses += [
            Response(sample=s.id, variant=variant, text=of_variant[s.id])
            for s in samples
            if s.id in of_variant
        ]
    scores = score_all(bench, asked, responses, context)
    return bench.figures(asked, scores, draws_of(bench, asked, EvaluateSettings(resamples=200)))


def value(figures: list[Figure], table: str, row: str, column: str) -> float | None:
    return next(f.value for f in figures if (f.table, f.row, f.column) == (table, row, column))


def test_the_drop_between_the_halves_is_the_headline(data: Path) -> None:
    answers: dict[str, str | None] = {f"c{n}": told("happiness" if n % 2 else "sadness") for n in range(4)}
    # Follows the picture on the inconsistent half, refuses one, and leaves one out.
    answers |= {"c4": told("happiness"), "c5": told("happiness"), "c6": "I'm sorry, I can't describe people."}
    figures = scored(data, answers)
    assert value(figures, "Emotion match", "consistent", "strict") == 100
    assert value(figures, "Emotion match", "inconsistent", "strict") == 25
    assert value(figures, "Emotion match", "drop", "strict") == 75
    assert value(figures, "Emotion match", "inconsistent", "of readable") == 50
    assert value(figures, "Whose side the answer takes", "inconsistent", "visual") == 100
    assert value(figures, "Whose side the answer takes", "inconsistent", "acoustic") == 0
    drop = next(f for f in figures if (f.row, f.column) == ("drop", "strict"))
    assert (drop.unit, drop.n, drop.clusters) == ("points", 8, 4)


def test_claims_are_held_against_what_was_measured(data: Path) -> None:
    good = {f"c{n}": told("happiness") for n in range(4)}
    bad = {f"c{n}": told("happiness", face=CONTRARY) for n in range(4, 8)}
    figures = scored(data, {**good, **bad})
    table = "Claims supported, of those decided"
    assert value(figures, table, "face", "consistent") == 100
    assert value(figures, table, "face", "inconsistent") < 50
    assert value(figures, table, "face", "drop") > 50
    assert value(figures, "Word error rate", "consistent", "speech") == 0


def test_words_are_compared_with_the_transcript(data: Path) -> None:
    figures = scored(data, {f"c{n}": told("happiness", speech="It is snowing again.") for n in range(8)})
    assert value(figures, "Word error rate", "consistent", "speech") == pytest.approx(25)


def test_conflict_is_read_from_its_field_and_else_from_words(data: Path) -> None:
    answers: dict[str, str | None] = {f"c{n}": told("happiness", consistency="consistent") for n in range(4)}
    answers |= {f"c{n}": told("happiness", consistency="inconsistent") for n in (4, 5, 6)}
    answers["c7"] = told("happiness", sentiment_analysis="The smile masks a voice that is close to tears.")
    figures = scored(data, answers)
    assert value(figures, "Conflict named", "inconsistent (to be named)", "share") == 100
    assert value(figures, "Conflict named", "consistent (false alarm)", "share") == 0
    assert value(figures, "Conflict named", "balanced accuracy", "share") == 100
    assert value(figures, "Conflict named", "read by words", "share") == pytest.approx(100 / 8)


@pytest.mark.parametrize(
    ("text", "conflict"),
    [
        ("The smile contradicts the flat voice.", True),
        ("Face and voice are at odds.", True),
        ("Despite the smile, the voice trembles.", True),
        ("笑容与生硬的嗓音相互矛盾。", True),
        ("她强颜欢笑。", True),
        ("Face, voice and words agree.", False),
        ("There is no conflict between face and voice.", False),
        ("Nothing here does not contradict the smile.", False),
        ("各模态之间没有矛盾。", False),
        ("Face and voice are consistent.", False),
    ],
)  # fmt: skip
def test_words_of_conflict(text: str, conflict: bool) -> None:
    assert speaks_of_conflict(text) is conflict


def test_an_answer_that_stays_the_same_without_the_sound_did_not_listen(data: Path) -> None:
    as_is = {f"c{n}": told("happiness" if n % 2 else "sadness") for n in range(8)}
    deaf = {name: as_is[name] for name in ("c0", "c1", "c2", "c3")}
    hears = {f"c{n}": told("neutral") for n in range(4, 8)}
    figures = scored(data, as_is, {"mute": {**deaf, **hears}})
    assert value(figures, "Clips changed", "mute, consistent", "same answer") == 100
    assert value(figures, "Clips changed", "mute, inconsistent", "same answer") == 0
    assert value(figures, "Clips changed", "mute, both", "match, change") == -50
    assert value(figures, "Emotion match", "both", "strict") == 100, "changed clips count nowhere else"


def test_a_clip_without_a_label_counts_for_nothing_but_its_evidence(data: Path) -> None:
    rows = lines()
    for row in rows[:2]:
        del row["emotion"]
    write_lines(data / "saber-test.jsonl", rows)
    bench = SaberTest()
    sample = bench.read(data, EvaluateSettings())[0]
    context = Context(data, data / "out", measure=lambda _: sample_cues())
    (data / "c0.mp4").write_bytes(b"clip")
    score = bench.score(sample, Response(sample="c0", text=told("fear")), context)
    assert score.outcome is Outcome.NO_TRUTH
    assert score.values["face_supported"] > 0
    figures = scored(data, {f"c{n}": told("happiness") for n in range(8)})
    assert next(f.n for f in figures if (f.row, f.column) == ("consistent", "strict")) == 2


def test_a_clip_that_can_not_be_measured_is_said_and_its_emotion_still_counts(data: Path) -> None:
    bench = SaberTest()
    sample = bench.read(data, EvaluateSettings())[0]
    score = bench.score(sample, Response(sample="c0", text=told("sadness")), Context(data, data / "out"))
    assert (score.outcome, score.notes) == (Outcome.RIGHT, ("clip_unreadable",))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"half": "unclear"}, "Line 1 .* is no SABER-Test clip"),
        ({"emotion": "joyous"}, "names the emotion 'joyous'"),
        ({"id": "c1"}, "lists the clip c1 twice"),
        ({"mood": "x"}, "is no SABER-Test clip"),
    ],
)
def test_a_list_that_is_wrong_is_refused(data: Path, change: dict[str, str], why: str) -> None:
    rows = lines()
    rows[0] |= change
    write_lines(data / "saber-test.jsonl", rows)
    with pytest.raises(UsageError, match=why):
        SaberTest().read(data, EvaluateSettings())


def test_without_data_one_is_told_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(MissingPieceError, match="saber run --until split"):
        SaberTest().read(tmp_path, EvaluateSettings())


class Ready:
    """A stage that keeps records made beforehand."""

    version = 1
    work = "set"

    def __init__(self, name: str, after: str, records: dict[str, Any]) -> None:
        self.name, self.needs = name, (after,)
        self._records = records
        self.settings: dict[str, object] = {}
        self.makes = type(next(iter(records.values())))

    def decide(self, items: Any, tools: Tools) -> Any:
        for item in items:
            yield item.id, Keep(self._records[item.id])


def test_the_test_clips_of_a_workspace_come_with_their_measurements(tmp_path: Path) -> None:
    cues = sample_cues()
    names = [f"folder/{n}" for n in range(3)]
    sources = [
        Source(id=n, corpus="folder", path=f"/raw/{n}.mp4", terms="own", speaker=f"folder:{n}",
               label=Emotion.SADNESS, transcript="It is raining again.", language="en")
        for n in names
    ]  # fmt: skip
    perceived = {n: write_cues(tmp_path, n, cues, 1.0) for n in names}
    clip = Clip(media_path="/raw/clip.mp4", info=sample_clip(), checks=(), fingerprints=Fingerprints())
    opinions = tuple(
        Opinion(judge=j, verdict="inconsistent", visual=v, acoustic=Emotion.SADNESS)
        for j, v in (("measured", Emotion.HAPPINESS), ("openai:a", Emotion.FEAR), ("openai:b", Emotion.FEAR))
    )
    assigned = [
        Assigned(split="test", half=half, half_judges=("measured",), saber_test=chosen)
        for half, chosen in (("consistent", True), ("inconsistent", True), ("consistent", False))
    ]
    stages = [
        Ready("clean", "source", dict.fromkeys(names, clip)),
        Ready("perceive", "clean", perceived),
        Ready(
            "compare",
            "perceive",
            {n: Compared(half="inconsistent", because="agreed", opinions=opinions) for n in names},
        ),
        Ready("split", "compare", dict(zip(names, assigned, strict=True))),
    ]
    run(stages, sources, tmp_path)
    samples = SaberTest().read(tmp_path, EvaluateSettings())
    assert [(s.id, s.part, s.truth, s.cluster, s.media) for s in samples] == [
        ("folder/0", "consistent", "sadness", "folder:folder/0", "/raw/clip.mp4"),
        ("folder/1", "inconsistent", "sadness", "folder:folder/1", "/raw/clip.mp4"),
    ]
    assert (samples[1].extra["visual"], samples[1].extra["acoustic"]) == ("fear", "sadness")
    score = SaberTest().score(
        samples[1], Response(sample=samples[1].id, text=told("fear")), Context(tmp_path, tmp_path / "out")
    )
    assert score.values["face_supported"] > 0
    assert score.values["follows_visual"] == 1


def test_an_exported_dataset_is_read_too(tmp_path: Path) -> None:
    side = {"judge": "measured", "verdict": "consistent", "visual": "fear", "acoustic": None, "reason": ""}
    row = {
        "id": "folder/a", "split": "test", "half": "consistent", "saber_test": True, "label": "sadness",
        "media": "media/a.mp4", "speaker": None, "group": "dialogue 1", "spoken_language": "zh",
        "transcript": "下雨了", "opinions": [{**side, "prompt_sha256": None}],
    }  # fmt: skip
    rows = [row, {**row, "id": "folder/b", "saber_test": False}]
    write_lines(tmp_path / "data" / "part-000.jsonl", rows)
    (sample,) = SaberTest().read(tmp_path, EvaluateSettings())
    assert (sample.id, sample.part, sample.truth, sample.cluster) == (
        "folder/a",
        "consistent",
        "sadness",
        "dialogue 1",
    )
    assert (sample.media, sample.extra["visual"], sample.extra["language"]) == ("media/a.mp4", "fear", "zh")
    write_lines(tmp_path / "data" / "part-000.jsonl", [{"text": "another file"}])
    with pytest.raises(UsageError, match="is no row of an exported dataset"):
        SaberTest().read(tmp_path, EvaluateSettings())
