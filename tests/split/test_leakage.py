"""Is everything found that two splits share, and is what could not be told never called clean?"""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saber.core.dataset import Assigned, Clip, Fingerprints
from saber.core.errors import UsageError
from saber.flow import Item
from saber.split import LeakageSettings, Leaks, Placed, benchmarks, find_leaks, placed
from saber.split.benchmarks import corpus_key, file_stem
from saber.split.near_media import alignment_distance
from saber.split.sharing import Sharing
from sample_cues import sample_cues
from split.dataset import CHINESE, annotated, clip

R = random.Random(5)
SENTENCES = (
    "kids are talking by the door and nobody listens",
    "I was the point person on the whole transition",
    "we should leave before it rains again tonight",
    "that is not what I meant when I said it",
)


def prints(r: random.Random, count: int = 6) -> list[str]:
    return [f"{r.getrandbits(64):016x}" for _ in range(count)]


def flipped(hashes: list[str], bits: int, r: random.Random) -> list[str]:
    """The same hashes with so many bits of each turned over."""
    out = []
    for h in hashes:
        value = int(h, 16)
        for bit in r.sample(range(64), bits):
            value ^= 1 << bit
        out.append(f"{value:016x}")
    return out


def many(count: int, seed: int = 0) -> list[Placed]:
    """Clips that share nothing."""
    r = random.Random(seed)
    words = ["".join(r.choices("abcdefghij", k=6)) for _ in range(3000)]
    return [
        Placed(
            id=f"x/{i}",
            corpus="x",
            split=("train", "train", "train", "validation", "test")[i % 5],
            speaker=f"x:{i}",
            group=f"x:g{i}",
            file=f"/x/{i}.mp4",
            text=" ".join(r.choices(words, k=9)),
            picture=prints(r),
            sound=prints(r),
        )
        for i in range(count)
    ]


def test_where_nothing_is_shared_nothing_is_found() -> None:
    found = find_leaks(many(600))
    assert not found.leaks
    assert (found.equal_texts_total, found.near_texts_total, found.short_texts) == (0, 0, 0)
    assert "No leak was found" in found.markdown()
    assert found.by_split == {"train": 360, "validation": 120, "test": 120}


def test_each_planted_leak_is_found_with_its_place() -> None:
    r = random.Random(1)
    picture, sound = prints(r), prints(r)
    base = many(300, seed=9)
    planted = [
        Placed(
            "p/1", "x", "train", speaker="x:anna", group="x:d1", file="/f/1", picture=picture, sound=sound
        ),
        Placed("p/2", "x", "test", speaker="x:anna", group="x:d2", file="/f/2", text=SENTENCES[0]),
        Placed("p/3", "x", "validation", speaker="x:ben", group="x:d1", file="/f/3", text=SENTENCES[0]),
        Placed("p/4", "x", "test", speaker="x:cleo", file="/f/4", picture=flipped(picture, 3, r)),
        Placed("p/5", "x", "test", speaker="x:dan", file="/f/1", sound=flipped(sound, 5, r)),
        Placed("p/6", "x", "train", speaker="x:eve", file="/f/6", text=SENTENCES[0] + " today"),
    ]
    found = find_leaks([*base, *planted])
    assert found.leaks
    assert [(s.name, s.counts) for s in found.speakers] == [
        ("x:anna", {"train": 1, "validation": 0, "test": 1})
    ]
    assert [s.name for s in found.groups] == ["x:d1"]
    assert [s.name for s in found.files] == ["/f/1"]
    assert [(p.first, p.second, p.distance) for p in found.pictures] == [("p/1", "p/4", 3 / 64)]
    assert [(p.first, p.second, p.distance) for p in found.sounds] == [("p/1", "p/5", 5 / 64)]
    assert [(s.name, s.counts) for s in found.equal_texts] == [
        (SENTENCES[0], {"train": 0, "validation": 1, "test": 1})
    ]
    ((near,)) = found.near_texts
    assert {near.first.name, near.second.name} == {SENTENCES[0], SENTENCES[0] + " today"}
    assert near.overlap == pytest.approx(7 / 8)
    text = found.markdown()
    for name in ("x:anna", "x:d1", "/f/1", "p/4", "p/5", SENTENCES[0]):
        assert name in text
    assert Leaks.model_validate_json(found.model_dump_json()) == found


def test_what_is_shared_inside_one_split_is_no_leak() -> None:
    r = random.Random(2)
    picture = prints(r)
    same = [
        Placed(
            f"p/{i}", "x", "train", speaker="x:a", group="x:g", file="/f", text=SENTENCES[1], picture=picture
        )
        for i in range(5)
    ]
    found = find_leaks([*many(50), *same])
    assert not found.leaks
    assert found.equal_texts_total == found.near_texts_total == 0


def test_cuts_and_offsets_of_one_film_are_alike() -> None:
    r = random.Random(3)
    film = prints(r, 12)
    clips = [
        Placed("a", "x", "train", picture=film[:8]),
        Placed("b", "x", "test", picture=film[4:12]),  # half of each overlaps
        Placed("c", "x", "test", picture=film[9:]),  # overlaps with a nowhere
    ]
    found = find_leaks(clips)
    assert [(p.first, p.second) for p in found.pictures] == [("a", "b")]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 9))
def test_the_distance_is_the_least_over_all_shifts(seed: int, n: int, m: int) -> None:
    r = np.random.default_rng(seed)
    a, b = (r.integers(0, 2**64, size, dtype=np.uint64) for size in (n, m))
    least = (min(n, m) + 1) // 2
    wanted = 1.0
    for shift in range(-m, n + 1):
        bits = [bin(int(a[i]) ^ int(b[i - shift])).count("1") for i in range(n) if 0 <= i - shift < m]
        if len(bits) >= least:
            wanted = min(wanted, sum(bits) / len(bits) / 64)
    assert alignment_distance(a, b) == pytest.approx(wanted)
    assert alignment_distance(b, a) == pytest.approx(wanted)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), max_size=60), st.integers(2, 6))
def test_all_pairs_of_equal_values_are_listed_once_but_for_the_crowded(values: list[int], most: int) -> None:
    sharing = Sharing(np.array(values, np.uint64), most)
    found = [
        (min(i, j), max(i, j))
        for a, b in sharing.pairs()
        for i, j in zip(a.tolist(), b.tolist(), strict=True)
    ]
    often = {v for v in values if values.count(v) > most}
    wanted = {
        (i, j)
        for i, v in enumerate(values)
        for j in range(i + 1, len(values))
        if values[j] == v and v not in often
    }
    assert sorted(found) == sorted(wanted)
    assert sharing.crowded == sum(values.count(v) for v in often)


def test_near_duplicates_are_found_as_well_as_a_comparison_of_all_pairs_does() -> None:
    r = random.Random(4)
    base = many(400, seed=4)
    planted = []
    for i, bits in enumerate((0, 1, 2, 3, 4, 5, 6) * 10):
        original = base[i * 5]  # of the train split
        planted.append(
            Placed(f"n/{i}", "x", "test", file=f"/n/{i}", picture=flipped(list(original.picture), bits, r))
        )
    found = find_leaks([*base, *planted], LeakageSettings(examples=1000))
    seen = {(p.first, p.second) for p in found.pictures}
    wanted = {(base[i * 5].id, p.id) for i, p in enumerate(planted)}
    assert seen <= wanted
    assert len(seen) / len(wanted) > 0.97
    easy = {(base[i * 5].id, p.id) for i, p in enumerate(planted) if i % 7 <= 3}
    assert easy <= seen  # up to 3 bits in four bands: one band is untouched


def test_blank_pictures_and_clips_without_hashes_are_counted_and_not_called_alike() -> None:
    black = [Placed(f"b/{i}", "x", ("train", "test")[i % 2], picture=["0" * 16] * 6) for i in range(50)]
    common = [Placed(f"c/{i}", "x", ("train", "test")[i % 2], sound=["0123456789abcdef"]) for i in range(300)]
    found = find_leaks([*black, *common])
    assert found.pictures_total == found.sounds_total == 0
    assert (found.pictures_missing, found.sounds_missing) == (300, 50)
    assert found.sounds_not_compared == 300
    assert "300 clips: no hashes" in found.markdown()


def test_texts_are_compared_as_they_are_said() -> None:
    clips = [
        Placed("a", "x", "train", text="Well <laughter> I'm 25 years old, you KNOW!"),
        Placed("b", "x", "test", text="well i'm twenty five years old you know"),
        Placed("c", "x", "train", text="我今天真的非常高兴，谢谢！", language="zh"),
        Placed("d", "x", "test", text="我今天真的非常高兴 谢谢", language="zh"),
        Placed("e", "x", "train", text="Oh yes."),
        Placed("f", "x", "test", text="Oh yes."),
    ]
    found = find_leaks(clips)
    assert found.equal_texts_total == 2
    assert found.equal_texts_clips == 4
    assert found.short_texts == 2


def test_sentences_that_every_actor_says_are_counted_by_text() -> None:
    clips = [
        Placed(
            f"{i}", "crema-d", ("train", "validation", "test")[i % 3], speaker=f"s{i}", text=SENTENCES[i % 4]
        )
        for i in range(1200)
    ]
    found = find_leaks(clips)
    assert found.equal_texts_total == 4
    assert found.equal_texts_clips == 1200
    assert not found.leaks


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_nearly_equal_texts_are_found_as_by_comparing_all(seed: int) -> None:
    r = random.Random(seed)
    words = ["".join(r.choices("abcdefghij", k=5)) for _ in range(400)]  # no digits: they are read aloud
    clips = []
    for i in range(12):
        said = r.choices(words, k=r.randint(8, 30))
        other = list(said)
        other[r.randrange(len(other))] = r.choice(words)
        clips += [
            Placed(f"{i}a", "x", "train", text=" ".join(said)),
            Placed(f"{i}b", "x", "test", text=" ".join(other)),
        ]

    def shingles(text: str) -> set[str]:
        said = text.split()
        return {" ".join(said[i : i + 3]) for i in range(len(said) - 2)}

    wanted = set()
    for a in clips[::2]:
        for b in clips[1::2]:
            one, two = shingles(a.text), shingles(b.text)
            # From 0.85 on one pair in ten thousand is missed.
            if a.text != b.text and len(one & two) / len(one | two) >= 0.85:
                wanted.add(frozenset((a.text, b.text)))
    found = find_leaks(clips, LeakageSettings(examples=100))
    assert wanted <= {frozenset((n.first.name, n.second.name)) for n in found.near_texts}
    assert all(n.overlap >= 0.8 for n in found.near_texts)


# --- public benchmarks ---------------------------------------------------------------------------


def test_the_table_of_benchmarks_is_whole_and_every_entry_has_its_source() -> None:
    names = {b.name for b in benchmarks()}
    assert {"EmoBench-M", "EMER", "OV-MERD", "MME-Emotion", "MER-UniBench"} <= names
    for benchmark in benchmarks():
        assert benchmark.draws
        for draw in benchmark.draws:
            assert len(draw.source) > 10
            assert draw.corpus == "*" or corpus_key(draw.corpus) == draw.corpus
            assert draw.relation in ("same", "contains", "related", "same_show")


@pytest.mark.parametrize(
    ("name", "key"),
    [("MELD", "meld"), ("MEIJU25", "mc-eiu"), ("CREMA-D", "crema-d"), ("ch_sims_v2", "ch-sims-v2"),
     ("MER25", "mer2025"), ("my corpus", "my corpus")],
)  # fmt: skip
def test_a_corpus_is_known_however_it_is_written(name: str, key: str) -> None:
    assert corpus_key(name) == key


def test_the_same_corpus_is_told_and_that_its_ids_are_unknown() -> None:
    clips = [Placed(f"meld/{i}", "meld", ("train", "test")[i % 2]) for i in range(4)]
    clips.append(Placed("folder/1", "folder", "train"))
    found = find_leaks(clips)
    told = {(o.benchmark, o.relation) for o in found.benchmarks if o.corpus == "meld"}
    assert {("EmoBench-M", "same"), ("EmoBench-M", "same_show"), ("MER-UniBench", "same")} <= told
    assert not [o for o in found.benchmarks if o.corpus == "folder"]
    emobench = next(o for o in found.benchmarks if o.benchmark == "EmoBench-M" and o.relation == "same")
    assert emobench.counts == {"train": 2, "validation": 0, "test": 2}
    assert emobench.listed_in is None
    assert "ids unknown" in found.markdown()
    assert "None of the benchmarks" in find_leaks(clips[-1:]).markdown()


def test_a_benchmarks_own_files_say_which_clips_it_has(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "video": "videos/MELD/dia3_utt4.mp4"},
        {"id": "2", "video": "videos/MELD/dia9_utt0.mp4"},
    ]
    (tmp_path / "MELD_test_instruction.json").write_text(json.dumps(rows))
    with (tmp_path / "own.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["names", "reasons"], ["sample_00000007", "..."]])
    (tmp_path / "notes.json").write_text('{"about": "nothing"}')
    clips = [
        Placed("meld/test/dia3_utt4.mp4", "meld", "train"),
        Placed("meld/test/dia9_utt0.mp4", "meld", "test"),
        Placed("meld/test/dia9_utt1.mp4", "meld", "train"),
        Placed("mer2025/sample_00000007.mp4#t=0.5-3", "mer2025", "train"),
    ]
    found = find_leaks(clips, LeakageSettings(benchmark_files=tmp_path))
    emobench = next(o for o in found.benchmarks if o.benchmark == "EmoBench-M" and o.relation == "same")
    assert emobench.listed_in == "MELD_test_instruction.json"
    assert emobench.matched == {"train": 1, "test": 1}
    assert emobench.examples == ("meld/test/dia3_utt4.mp4", "meld/test/dia9_utt0.mp4")
    assert found.other_files == {"own.csv": {"train": 1}}
    assert "train 1, validation 0, test 1 (by name, MELD_test_instruction.json)" in found.markdown()


def test_benchmark_files_that_say_nothing_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        find_leaks([], LeakageSettings(benchmark_files=tmp_path / "none"))
    with pytest.raises(UsageError, match="lists clips"):
        find_leaks([], LeakageSettings(benchmark_files=tmp_path))
    (tmp_path / "broken.json").write_text("[{")
    with pytest.raises(UsageError, match="Can't read"):
        find_leaks([], LeakageSettings(benchmark_files=tmp_path))


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a/b/Dia3_utt4.mp4", "dia3_utt4"),
        ("CAER\\video\\x.avi", "x"),
        ("c/f.mp4#t=1.2-4.8", "f"),
        ("v1.5", "v1.5"),
    ],
)
def test_a_name_is_the_last_part_of_a_path(name: str, stem: str) -> None:
    assert file_stem(name) == stem


# --- from the records ----------------------------------------------------------------------------


def test_what_leakage_looks_at_is_taken_from_the_records() -> None:
    item = clip("1", "meld", speaker="meld:a", group="meld:g", language="zh", again=annotated(CHINESE, "zh"))
    records = {
        **item.records,
        "clean": Clip(
            media_path="/w/1.mp4",
            info=sample_cues().clip,
            checks=(),
            fingerprints=Fingerprints(picture=("00ff00ff00ff00ff",), sound=("0123456789abcdef",)),
        ),
        "split": Assigned(split="test", half="consistent", half_judges=("measured",), saber_test=True),
    }
    assert placed(Item(id=item.id, records=records)) == Placed(
        id="meld/1",
        corpus="meld",
        split="test",
        saber_test=True,
        speaker="meld:a",
        group="meld:g",
        file="/meld/1.mp4",
        text="太好了。",
        language="zh",
        picture=("00ff00ff00ff00ff",),
        sound=("0123456789abcdef",),
    )
