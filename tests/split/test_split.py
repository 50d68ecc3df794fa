"""Does no split know anyone or anything of another, are the shares right, and does little move later on?"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saber.core.dataset import Assigned, Source, Unique
from saber.core.errors import UsageError
from saber.core.settings import build
from saber.core.taxonomy import Emotion
from saber.flow import Item, Keep, Tools
from saber.split import SplitSettings, SplitStage, Summary
from saber.split.saber_test import choose
from split.dataset import annotated, clip

EMOTIONS = tuple(Emotion)
LAWS = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


def divided(
    items: Iterable[Item], workspace: Path, chosen: SplitSettings | None = None
) -> tuple[dict[str, Assigned], Summary]:
    stage = SplitStage(chosen)
    answers = list(stage.decide(items, Tools(workspace=workspace)))
    found: dict[str, Assigned] = {}
    for id_, answer in answers:
        assert isinstance(answer, Keep)
        assert isinstance(answer.record, Assigned)
        assert id_ not in found
        found[id_] = answer.record
    assert stage.summary is not None
    return found, stage.summary


def actors(corpus: str, speakers: int, clips: int, **other: object) -> list[Item]:
    return [
        clip(f"{s:04}/{k}", corpus, speaker=f"{corpus}:{s}", label=EMOTIONS[(s + k) % 7], **other)  # type: ignore[arg-type]
        for s in range(speakers)
        for k in range(clips)
    ]


@st.composite
def datasets(draw: st.DrawFn) -> list[Item]:
    """Clips of up to three corpora with few speakers, groups and files, so that much hangs together."""
    n = draw(st.integers(0, 60))
    r = random.Random(draw(st.integers(0, 10**6)))
    names = draw(st.integers(1, 12))
    items: list[Item] = []
    for i in range(n):
        corpus = r.choice("abc")
        items.append(
            clip(
                f"{i}",
                corpus,
                speaker=r.choice([None, f"{corpus}:{r.randrange(names)}"]),
                group=r.choice([None, None, f"{corpus}:g{r.randrange(names * 2)}"]),
                file=r.choice([None, None, None, f"/{corpus}/long{r.randrange(names)}.mp4"]),
                near=r.choice([None, None, None, r.choice(items).id]) if items else None,
                distance=r.choice([0.0, 0.2, 0.21, 0.5]),
                half=r.choice(["consistent", "inconsistent", "unclear"]),
                label=r.choice([None, *EMOTIONS]),
            )
        )
    return items


def linked(items: Sequence[Item], *, limit: float = 0.2) -> list[set[str]]:
    """What hangs together, found the plain way."""
    parent = {i.id: i.id for i in items}

    def root(x: str) -> str:
        while parent[x] != x:
            x = parent[x]
        return x

    by_name: dict[tuple[str, str], str] = {}
    for i in items:
        source, unique = i.of("source", Source), i.of("duplicates", Unique)
        for kind, name in (("s", source.speaker), ("g", source.group), ("f", source.path)):
            if name is not None:
                parent[root(i.id)] = root(by_name.setdefault((kind, name), i.id))
        if (
            unique.nearest in parent
            and unique.picture_distance is not None
            and unique.picture_distance <= limit
        ):
            parent[root(i.id)] = root(unique.nearest)
    groups: dict[str, set[str]] = defaultdict(set)
    for i in items:
        groups[root(i.id)].add(i.id)
    return list(groups.values())


@LAWS
@given(datasets(), st.integers(0, 3))
def test_every_clip_is_assigned_once_and_what_hangs_together_stays_together(
    workspace: Path, items: list[Item], seed: int
) -> None:
    found, summary = divided(items, workspace, SplitSettings(seed=seed))
    assert list(found) == [i.id for i in items]
    groups = linked(items)
    for group in groups:
        assert len({found[id_].split for id_ in group}) == 1
    assert summary.components == len(groups)
    assert summary.clips == len(items) == sum(summary.by_split.values())
    assert summary.by_split == {s: Counter(a.split for a in found.values())[s] for s in summary.by_split}


@LAWS
@given(datasets(), st.randoms(use_true_random=False))
def test_the_order_of_the_clips_does_not_matter(workspace: Path, items: list[Item], r: random.Random) -> None:
    other = list(items)
    r.shuffle(other)
    found, summary = divided(items, workspace)
    again, told = divided(other, workspace)
    assert again == found
    assert told == summary


@LAWS
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=80),
    st.sampled_from([(0.8, 0.1, 0.1), (0.6, 0.2, 0.2), (0.9, 0.0, 0.1), (1.0, 0.0, 0.0)]),
    st.integers(0, 5),
)
def test_no_share_is_off_by_more_than_the_tolerance_or_twice_the_largest_speaker(
    workspace: Path, sizes: list[int], ratios: tuple[float, float, float], seed: int
) -> None:
    items = [clip(f"{s}/{k}", speaker=f"a:{s}") for s, size in enumerate(sizes) for k in range(size)]
    chosen = SplitSettings(*ratios, seed=seed)
    _, summary = divided(items, workspace, chosen)
    off = max(
        abs(summary.by_split[name] / len(items) - ratio)
        for name, ratio in zip(summary.targets, ratios, strict=True)
    )
    assert off <= max(chosen.tolerance_ratio, 2 * max(sizes) / len(items)) + 1e-9
    wanted = sum(r > 0 for r in ratios)
    filled = sum(summary.by_split[n] > 0 for n in summary.targets)
    assert filled == min(wanted, len(sizes))


def test_each_corpus_is_divided_by_the_ratios_also_one_of_few_speakers(workspace: Path) -> None:
    items = [*actors("crema-d", 91, 8), *actors("ravdess", 24, 12), *actors("mead", 60, 30)]
    _, summary = divided(items, workspace)
    for corpus, counts in summary.by_corpus.items():
        total = sum(counts.values())
        for split, ratio in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
            assert abs(counts[split] / total - ratio) <= 0.03, (corpus, split, counts)


def test_a_corpus_that_hangs_together_goes_whole_and_the_summary_says_so(workspace: Path) -> None:
    r = random.Random(0)
    friends = [
        clip(f"dia{d}_utt{u}", "meld", speaker=f"meld:{r.choice('abcdef')}", group=f"meld:train/dia{d}")
        for d in range(60)
        for u in range(5)
    ]
    found, summary = divided([*friends, *actors("ravdess", 24, 10)], workspace)
    assert {found[i.id].split for i in friends} == {"train"}
    assert any("meld: all 300 clips hang together; they are in train" in n for n in summary.notes())
    by_dialogue, told = divided(friends, workspace, SplitSettings(together="group"))
    assert 0.7 < told.by_split["train"] / 300 < 0.9
    dialogues = defaultdict(set)
    for i in friends:
        dialogues[i.of("source", Source).group].add(by_dialogue[i.id].split)
    assert all(len(splits) == 1 for splits in dialogues.values())


def test_clips_without_a_speaker_are_told_of(workspace: Path) -> None:
    items = [clip(str(i), "folder") for i in range(50)]
    items += [clip(f"g{i}", "show", group=f"show:{i // 10}") for i in range(50)]
    _, summary = divided(items, workspace)
    assert summary.without_speaker == {"folder": 50, "show": 50}
    assert summary.without_speaker_or_group == {"folder": 50}
    notes = " ".join(summary.notes())
    assert (
        "folder: of 50 clips the speaker is unknown; 0 are kept together by group, 50 by their own" in notes
    )
    written = (workspace / "split" / "summary.md").read_text(encoding="utf-8")
    assert all(note in written for note in summary.notes())
    assert Summary.model_validate_json((workspace / "split" / "summary.json").read_bytes()) == summary


# --- what moves later on -------------------------------------------------------------------------


def test_in_a_large_corpus_added_clips_and_speakers_move_nothing(workspace: Path) -> None:
    base = actors("a", 4000, 2)
    before, summary = divided(base, workspace)
    assert summary.moved == 0
    more = [*base, *(clip(f"more{k}", "a", speaker=f"a:{k * 3}") for k in range(400))]
    more += [clip(f"new{k}", "a", speaker=f"a:new{k}") for k in range(400)]
    more += actors("b", 10, 30)
    after, _ = divided(more, workspace)
    assert all(after[id_].split == assigned.split for id_, assigned in before.items())


@pytest.mark.parametrize(("speakers", "clips", "most"), [(91, 8, 0.2), (400, 4, 0.03)])
def test_in_a_corpus_of_few_speakers_little_moves(
    workspace: Path, speakers: int, clips: int, most: float
) -> None:
    moved = []
    for seed in range(8):
        chosen = SplitSettings(seed=seed)
        base = actors("a", speakers, clips)
        before, _ = divided(base, workspace, chosen)
        more = [*base, *(clip(f"new{k}", "a", speaker=f"a:new{k // clips}") for k in range(len(base) // 20))]
        after, _ = divided(more, workspace, chosen)
        moved.append(np.mean([after[id_].split != assigned.split for id_, assigned in before.items()]))
    assert np.mean(moved) < most


def test_another_seed_is_another_draw(workspace: Path) -> None:
    base = actors("a", 300, 2)
    first, _ = divided(base, workspace)
    second, _ = divided(base, workspace, SplitSettings(seed=1))
    assert first != second


# --- SABER-Test ----------------------------------------------------------------------------------


def test_saber_test_is_half_and_half_of_the_test_split_and_balanced(workspace: Path) -> None:
    r = random.Random(3)
    items = []
    for corpus, language, speakers in (("big", "en", 400), ("mid", "en", 150), ("han", "zh", 100)):
        for s in range(speakers):
            for k in range(10):
                label = r.choices(EMOTIONS, weights=(9, 5, 3, 3, 1, 1, 2))[0]
                half = r.choice(["consistent", "consistent", "inconsistent", "unclear"])
                items.append(
                    clip(
                        f"{s}/{k}", corpus, speaker=f"{corpus}:{s}", language=language, label=label, half=half
                    )
                )
    found, summary = divided(items, workspace, SplitSettings(saber_test_clips=84))
    chosen = [i for i in items if found[i.id].saber_test]
    assert len(chosen) == 84
    assert all(found[i.id].split == "test" for i in chosen)
    assert Counter(found[i.id].half for i in chosen) == {"consistent": 42, "inconsistent": 42}
    assert summary.saber_test == {"consistent": 42, "inconsistent": 42}
    for half in ("consistent", "inconsistent"):
        mine = [i for i in chosen if found[i.id].half == half]
        corpora = Counter(i.of("source", Source).corpus for i in mine)
        languages = Counter(i.of("source", Source).language for i in mine)
        emotions = Counter(i.of("source", Source).label for i in mine)
        # Chinese is one corpus, so its half of the languages is more than its third of the corpora.
        assert min(corpora.values()) >= 10
        assert min(languages.values()) >= 14
        assert set(emotions.values()) <= {5, 6, 7}
    assert summary.saber_test_pairs >= 38
    assert len({i.of("source", Source).speaker for i in chosen}) > 40


def test_what_is_missing_is_said_and_the_halves_stay_equal(workspace: Path) -> None:
    items = actors("a", 100, 10)
    items = [
        clip(f"{n}", "a", speaker=f"a:{n // 10}", half="inconsistent" if n % 10 == 0 else "consistent")
        for n in range(1000)
    ]
    found, summary = divided(items, workspace, SplitSettings(saber_test_clips=60))
    chosen = Counter(a.half for a in found.values() if a.saber_test)
    lacking = summary.saber_test_available["inconsistent"]
    assert lacking < 30
    assert chosen == {"consistent": lacking, "inconsistent": lacking}
    (note,) = [n for n in summary.notes() if "SABER-Test" in n]
    assert f"{30 - lacking} inconsistent clips" in note
    assert "consistent clips and" not in note


def test_an_unclear_clip_is_never_in_saber_test_and_names_everybody_who_was_asked(workspace: Path) -> None:
    found, _ = divided(actors("a", 30, 10, half="unclear"), workspace)
    assert not any(a.saber_test for a in found.values())
    assert {a.half_judges for a in found.values()} == {("measured",)}


@LAWS
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 2), st.integers(0, 1), st.integers(0, 3), st.integers(0, 3)),
        max_size=60,
    ),
    st.integers(0, 20).map(lambda n: 2 * n),
)
def test_the_choice_is_fair_whatever_there_is(
    clips: list[tuple[bool, int, int, int, int]], wanted: int
) -> None:
    half = np.array([c[0] for c in clips], bool)
    cells = np.array([c[1:4] for c in clips], np.int64).reshape(-1, 3)
    speakers = np.array([c[4] for c in clips], np.uint64)
    lots = np.arange(len(clips), dtype=np.uint64)
    pools = np.flatnonzero(half), np.flatnonzero(~half)
    choice = choose(*pools, cells, speakers, lots, wanted)
    each = min(wanted // 2, len(pools[0]), len(pools[1]))
    for taken, pool in zip((choice.consistent, choice.inconsistent), pools, strict=True):
        assert len(taken) == len(set(taken)) == each
        assert set(taken) <= set(pool.tolist())
    matched = sum(
        (
            Counter(map(tuple, cells[list(choice.consistent)].tolist()))
            & Counter(map(tuple, cells[list(choice.inconsistent)].tolist()))
        ).values()
    )
    assert choice.pairs <= matched
    most = sum(
        (
            Counter(map(tuple, cells[pools[0]].tolist())) & Counter(map(tuple, cells[pools[1]].tolist()))
        ).values()
    )
    assert choice.pairs == min(each, most)


@pytest.mark.parametrize("seed", range(10))
def test_the_greedy_choice_is_nearly_as_even_as_the_best_there_is(seed: int) -> None:
    """Against an exact optimum by integer programming: least sum of distances from even shares."""
    from scipy.optimize import LinearConstraint, milp

    r = np.random.default_rng(seed)
    cells = np.stack([r.integers(0, k, 400) for k in (4, 2, 7)], axis=1)
    cells = cells[r.random(400) < 1 / (1 + cells[:, 0] + cells[:, 2])]  # uneven
    n, take = len(cells), 42
    pool = np.arange(n)
    chosen = choose(
        pool, pool + n, np.concatenate([cells, cells]), np.zeros(2 * n, np.uint64),
        np.arange(2 * n, dtype=np.uint64), 2 * take,
    )  # fmt: skip
    picked = cells[list(chosen.consistent)]

    def unevenness(rows: np.ndarray) -> float:
        return sum(
            float(np.abs(np.bincount(rows[:, axis], minlength=k) - take / k).sum()) * k
            for axis, k in enumerate((4, 2, 7))
        )

    kinds = [(axis, v, k) for axis, k in enumerate((4, 2, 7)) for v in range(k)]
    unique, counts = np.unique(cells, axis=0, return_counts=True)
    member = np.array([[cell[axis] == v for cell in unique] for axis, v, _ in kinds], float)
    m, q = len(unique), len(kinds)
    target = np.array([take / k for *_, k in kinds])
    eye = np.eye(q)
    best = milp(
        np.concatenate([np.zeros(m), [k for *_, k in kinds]]),
        constraints=[
            LinearConstraint(np.block([member, -eye]), -np.inf, target),
            LinearConstraint(np.block([member, eye]), target, np.inf),
            LinearConstraint(np.concatenate([np.ones(m), np.zeros(q)])[None], take, take),
        ],
        integrality=np.concatenate([np.ones(m), np.zeros(q)]),
        bounds=(np.zeros(m + q), np.concatenate([counts, np.full(q, np.inf)])),
    )
    assert unevenness(picked) <= 1.15 * best.fun + 1e-6


# --- settings and labels -------------------------------------------------------------------------


def test_near_duplicates_stay_together_up_to_the_limit(workspace: Path) -> None:
    base = actors("a", 60, 1)
    found, summary = divided(base, workspace)
    train = next(i for i in base if found[i.id].split == "train")
    test = next(i for i in base if found[i.id].split == "test")
    speaker = test.of("source", Source).speaker
    near = clip("near", "a", speaker=speaker, near=train.id, distance=0.2)
    joined, told = divided([*base, near], workspace)
    assert joined[near.id].split == joined[train.id].split == joined[test.id].split
    assert (summary.linked_near_duplicates, told.linked_near_duplicates) == (0, 1)
    apart, alone = divided([*base, near], workspace, SplitSettings(max_linked_picture_distance=0.19))
    assert apart[near.id].split == apart[test.id].split
    assert (told.components, alone.components, alone.linked_near_duplicates) == (59, 60, 0)


def test_the_emotion_is_the_corpus_label_then_the_writers_then_the_measured_one(workspace: Path) -> None:
    items = [
        clip("1", label=Emotion.FEAR),
        clip("2"),
        clip("3", first=annotated(emotion=None)),
        clip("4", first=annotated(emotion=None), again=annotated(emotion=Emotion.DISGUST)),
    ]
    _, summary = divided(items, workspace)
    assert sorted(summary.by_emotion) == ["disgust", "fear", "happiness", "sadness"]


@pytest.mark.parametrize(
    "table",
    [
        {"train_ratio": 0.9},
        {"test_ratio": -0.1, "train_ratio": 1.0},
        {"tolerance_ratio": 0.0},
        {"saber_test_clips": 7},
        {"max_linked_sound_distance": 0.5},
        {"together": "nothing"},
        {"ratio": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        build(SplitSettings, table, "split")


def test_no_clips_are_no_error(workspace: Path) -> None:
    found, summary = divided([], workspace)
    assert found == {}
    assert summary.clips == 0
    assert "0 clips in 0 components" in summary.markdown()
