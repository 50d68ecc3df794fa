"""Are useless rows named and left out, and does every other row reach the model whole?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from media_maker import make_clip
from saber.core.errors import ClipError, UsageError
from saber.infer import ClipMedia, wav
from saber.models import Kind, Media, Request, talk_of
from saber.omni import Encoded, Encoder
from saber.train.audit import DataSettings, audit, write_bad_rows
from saber.train.batches import Collator, Rows, plan
from saber.train.rows import BadRow, Row, read_rows
from saber.train.sections import PARTS, SectionWeights, parts_of_tokens
from saber.train.student import TextEncoder
from saber.train.talks import encode_prompt
from train.tiny_training import SMALL, answer, rows_of, write_rows

ONE = DataSettings(workers=1)


@pytest.fixture(scope="module")
def encoder(tiny: Path) -> Encoder:
    return Encoder(tiny, SMALL)


def with_answer(row: dict[str, Any], text: str) -> dict[str, Any]:
    return {**row, "messages": [*row["messages"][:-1], {"role": "assistant", "content": text}]}


def test_every_bad_row_is_named_with_its_reason(clips: list[Path], encoder: Encoder, tmp_path: Path) -> None:
    good: dict[str, Any] = rows_of(clips)[0]
    mute = make_clip(tmp_path / "mute.mp4", sound=None)
    silent = make_clip(tmp_path / "silent.mp4", sound="silence", sound_codec="pcm_s16le", format="mov")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip")
    made: list[tuple[str, dict[str, Any]]] = [
        ("", good),
        ("missing_file", {**good, "videos": [str(tmp_path / "gone.mp4")]}),
        ("no_sound", {**good, "audios": [str(mute)]}),
        ("no_sound", {**good, "audios": [str(silent)]}),
        ("bad_media", {**good, "videos": [str(broken)]}),
        ("clip_unreadable", {**good, "audios": [str(broken)]}),
        ("empty_answer", with_answer(good, "  ")),
        ("empty_rejected", {**good, "rejected_response": ""}),
        ("chosen_equals_rejected", {**good, "rejected_response": answer(0) + "\n"}),
        ("too_long", with_answer(good, "very " * 400)),
        ("media_misplaced", {**good, "videos": [*good["videos"], *good["videos"]]}),
        ("no_answer", {**good, "messages": good["messages"][:-1]}),
        ("unknown_media", {**good, "images": ["a.png"]}),
        ("not_a_row", {"text": "a"}),
    ]
    file = write_rows(tmp_path / "rows.jsonl", [row for _, row in made])
    rows, bad = audit(file, encoder, DataSettings(longest=700, workers=1), pairs=True)
    assert [row.row.name for row in rows] == ["rows.jsonl:1"]
    assert [(b.reason, b.name) for b in bad] == [
        (reason, f"rows.jsonl:{number}") for number, (reason, _) in enumerate(made, 1) if reason
    ]
    counted = write_bad_rows(bad, tmp_path / "bad.jsonl")
    assert counted["no_sound"] == 2
    told = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
    assert len(told) == len(bad)
    assert all(line["detail"] for line in told)


def test_what_has_no_picture_and_what_a_text_model_can_not_read_is_named(
    clips: list[Path], tiny: Path, encoder: Encoder, tmp_path: Path
) -> None:
    good: dict[str, Any] = rows_of(clips)[0]
    heard = make_clip(tmp_path / "heard.mp4", codec=None)
    file = write_rows(tmp_path / "rows.jsonl", [good, {**good, "videos": [str(heard)]}])
    for check in ("decode", "probe"):
        rows, bad = audit(file, encoder, DataSettings(check=check, workers=1), pairs=False)  # type: ignore[arg-type]
        assert [row.row.name for row in rows] == ["rows.jsonl:1"]
        assert [(b.reason, b.name) for b in bad] == [
            ("no_picture" if check == "probe" else "bad_media", "rows.jsonl:2")
        ]
        assert "picture" in bad[0].detail
    words = {"messages": [{"role": "user", "content": "And?"}, good["messages"][-1]]}
    file = write_rows(tmp_path / "rows.jsonl", [words, good])
    rows, bad = audit(file, TextEncoder(tiny), ONE, pairs=False)
    assert [row.row.name for row in rows] == ["rows.jsonl:1"]
    assert [(b.reason, b.name) for b in bad] == [("media_not_read", "rows.jsonl:2")]


def test_nothing_to_train_on_is_said_in_one_sentence(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rows in"):
        audit(tmp_path / "none.jsonl", encoder, ONE, pairs=False)
    file = write_rows(tmp_path / "rows.jsonl", [{"messages": []}])
    with pytest.raises(UsageError, match=r"No row of .* The first: rows.jsonl:1"):
        audit(file, encoder, ONE, pairs=False)


def test_the_containers_tell_nearly_the_same_lengths_as_reading(
    rows: Path, encoder: Encoder, tmp_path: Path
) -> None:
    read, _ = audit(rows, encoder, DataSettings(check="decode", workers=1), pairs=False)
    probed, _ = audit(rows, encoder, DataSettings(check="probe", workers=1), pairs=False)
    for exact, estimated in zip(read, probed, strict=True):
        assert exact.prompt.video == estimated.prompt.video > 0
        assert exact.prompt.text == estimated.prompt.text
        assert exact.prompt.audio == pytest.approx(estimated.prompt.audio, abs=2)


def test_the_model_learns_from_the_input_that_it_gets_later(
    clips: list[Path], encoder: Encoder, rows: Path
) -> None:
    row = next(iter(read_rows(rows, pairs=False)))
    assert isinstance(row, Row)
    learned = encode_prompt(row, encoder)
    sound = ClipMedia(clips[0]).sound()
    assert sound is not None
    media = (Media(Kind.VIDEO, "video/mp4", clips[0].read_bytes()), wav(sound))
    asked = encoder.encode(talk_of(Request("What is felt?", system="You describe.", media=media), SMALL))
    assert isinstance(learned, Encoded)
    assert np.array_equal(learned.ids, asked.ids)
    assert np.array_equal(learned.positions, asked.positions)
    assert torch.equal(learned.pixels[0], asked.pixels[0])
    assert torch.equal(learned.mels[0], asked.mels[0])


def test_tags_place_media_and_without_tags_they_come_first(tmp_path: Path, clips: list[Path]) -> None:
    row: dict[str, Any] = rows_of(clips)[0]
    inside = [{"role": "user", "content": "Hear <audio> and see <video>!"}, row["messages"][-1]]
    bare = [{"role": "user", "content": "Look."}, row["messages"][-1]]
    file = write_rows(tmp_path / "rows.jsonl", [{**row, "messages": inside}, {**row, "messages": bare}])
    first, second = (r for r in read_rows(file, pairs=False) if isinstance(r, Row))
    assert [getattr(p, "kind", p) for p in first.turns[0].parts] == [
        "Hear ",
        "audio",
        " and see ",
        "video",
        "!",
    ]
    assert [getattr(p, "kind", p) for p in second.turns[0].parts] == ["video", "audio", "Look."]


def test_the_cache_gives_the_same_and_a_changed_clip_is_read_again(
    clips: list[Path], encoder: Encoder, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(clips[0].read_bytes())
    row: dict[str, Any] = {**rows_of(clips)[0], "videos": [str(clip)], "audios": [str(clip)]}
    found = next(iter(read_rows(write_rows(tmp_path / "rows.jsonl", [row]), pairs=False)))
    assert isinstance(found, Row)
    first, again = (encode_prompt(found, encoder, tmp_path / "cache") for _ in range(2))
    assert isinstance(first, Encoded)
    assert isinstance(again, Encoded)
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert torch.equal(first.pixels[0], again.pixels[0])
    assert torch.equal(first.mels[0], again.mels[0])
    assert np.array_equal(first.ids, again.ids)
    assert first.counts == again.counts
    assert (first.grids, first.seconds_per_grid) == (again.grids, again.seconds_per_grid)
    clip.write_bytes(clips[3].read_bytes())
    changed = encode_prompt(found, encoder, tmp_path / "cache")
    assert isinstance(changed, Encoded)
    assert not torch.equal(first.mels[0], changed.mels[0])


def test_lost_sound_stops_the_run_with_the_clips_name(
    rows: Path, encoder: Encoder, clips: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    good, _ = audit(rows, encoder, ONE, pairs=True)
    shown = Rows(good, [2], encoder, ONE)[0]
    without = encoder.encode(_talk_without_sound(shown.prompt, encoder, good[2].row))
    with pytest.raises(ClipError, match=r"sound of .*2\.mp4 .* is not in its batch"):
        Collator(good, encoder)([replace(shown, prompt=without)])
    assert Collator(good, encoder)([shown])["counts"][0, 2] > 0


def _talk_without_sound(prompt: Encoded, encoder: Encoder, row: Row) -> Any:
    from saber.omni import Heard, Message
    from saber.train.talks import prompt_talk

    talk = prompt_talk(row, encoder.settings)
    assert not isinstance(talk, BadRow)
    return [Message(m.role, tuple(p for p in m.parts if not isinstance(p, Heard))) for m in talk]


def test_a_clip_that_vanishes_after_the_audit_stops_the_run(
    clips: list[Path], encoder: Encoder, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(clips[0].read_bytes())
    row: dict[str, Any] = {**rows_of(clips)[0], "videos": [str(clip)], "audios": [str(clip)]}
    good, _ = audit(write_rows(tmp_path / "rows.jsonl", [row]), encoder, ONE, pairs=False)
    clip.write_bytes(make_clip(tmp_path / "mute.mp4", sound=None).read_bytes())
    with pytest.raises(ClipError, match=r"clip\.mp4 .*has no sound"):
        Rows(good, [0], encoder, ONE)[0]


def test_each_row_comes_as_often_as_there_are_epochs_beside_rows_of_its_length() -> None:
    lengths = [int(n) for n in np.random.default_rng(0).integers(100, 4_000, 403)]
    order = plan(lengths, 4, 2, seed=3)
    assert sorted(order) == sorted([*range(403), *range(403)])
    assert len(set(order[:400])) == 400
    assert order[:400] != order[400:800]
    assert order == plan(lengths, 4, 2, seed=3)
    assert order != plan(lengths, 4, 2, seed=4)

    def padded(rows: list[int]) -> float:
        batches = [[lengths[r] for r in rows[at : at + 4]] for at in range(0, 400, 4)]
        return sum(4 * max(batch) for batch in batches) / sum(sum(batch) for batch in batches)

    assert padded(order[400:800]) < 1.05 < padded(list(range(403)))
    longest = [max(lengths[r] for r in order[at : at + 4]) for at in range(0, 400, 4)]
    assert longest != sorted(longest), "no order of lengths can be learned"


def test_each_token_of_an_answer_belongs_to_its_part(encoder: Encoder) -> None:
    for text in (answer(1), json.dumps({"facial_exp_desc": "a smile", "audio_desc": {"acoustic_feat": "high"},
                                        "sentiment_analysis": "joy"})):  # fmt: skip
        ids = encoder.answer_ids(text)
        parts = parts_of_tokens(text, encoder.tokenizer, len(ids))
        assert len(parts) == len(ids)
        assert parts == sorted(parts), "the three parts come one after the other"
        assert set(parts) == {0, 1, 2}
        said = {
            name: encoder.tokenizer.decode(
                [i for i, p in zip(ids[:-1], parts, strict=False) if PARTS[p] == name]
            )
            for name in PARTS
        }
        assert "".join(said.values()) == text
        assert "voice" in said["acoustic"] or "high" in said["acoustic"]
        assert "face" in said["visual"] or "smile" in said["visual"]
    assert set(parts_of_tokens("no form at all", encoder.tokenizer, 9)) == {2}
    with pytest.raises(ValueError, match="section weights"):
        SectionWeights(0, 0, 0)
