"""Is a long video cut where the shot changes or nobody speaks, and into the same clips each time?"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clean.made import make, source
from media_maker import make_clip
from saber.clean import CleanSettings, CleanStage, CutSettings, CutStage, DuplicatesStage
from saber.clean.cut import _parts, utterances
from saber.core.dataset import Clip, Source
from saber.core.records import Span
from saber.flow import Drop, FlowSettings, Item, Many, outputs, run
from saber.media import MediaSettings, open_clip

PLAIN = CutSettings(cut=True, min_utterance_s=1.0, max_utterance_s=5.0, min_pause_s=0.5, pad_s=0.2)


def spans(*pairs: tuple[float, float]) -> list[Span]:
    return [Span(start_s=a, end_s=b) for a, b in pairs]


def cut(
    speech: list[Span], changes_s: tuple[float, ...] = (), end_s: float = 20.0
) -> list[tuple[float, float]]:
    return utterances(speech, changes_s, 0.0, end_s, PLAIN)


def test_a_long_pause_divides_and_a_short_one_does_not() -> None:
    assert cut(spans((1.0, 2.5), (2.8, 4.0), (5.0, 7.0))) == [(0.8, 4.2), (4.8, 7.2)]


def test_a_cut_divides_speech_and_nothing_is_widened_over_it() -> None:
    assert cut(spans((1.0, 4.0)), (2.5,)) == [(0.8, 2.5), (2.5, 4.2)]
    assert cut(spans((1.0, 2.4), (2.6, 4.0)), (2.5,)) == [(0.8, 2.5), (2.5, 4.2)]


def test_two_utterances_share_the_pause_between_them() -> None:
    assert cut(spans((1.0, 3.0), (3.3, 4.0), (4.5, 6.5)), end_s=6.6) == [(0.8, 4.2), (4.3, 6.6)]


def test_what_is_too_long_is_divided_at_its_longest_pause() -> None:
    assert cut(spans((0.0, 2.0), (2.1, 4.0), (4.4, 6.0))) == [(0.0, 4.2), (4.2, 6.2)]


def test_speech_without_a_pause_is_divided_all_the_same() -> None:
    found = cut(spans((0.0, 12.0)))
    assert [round(b - a, 1) for a, b in found] == [4.0, 4.0, 4.2]


def test_a_short_one_goes_to_its_nearer_neighbour_or_is_left_out() -> None:
    assert cut(spans((0.0, 2.0), (2.6, 2.9), (4.0, 6.0))) == [(0.0, 3.1), (3.8, 6.2)]
    assert cut(spans((3.0, 3.3))) == []
    # Joined it would be too long.
    assert cut(spans((0.0, 4.8), (5.4, 5.7))) == [(0.0, 5.0)]


@settings(max_examples=200, deadline=None)
@given(
    gaps=st.lists(st.tuples(st.floats(0.1, 3.0), st.floats(0.1, 8.0)), max_size=12),
    changes=st.lists(st.floats(0.0, 60.0), max_size=6),
)
def test_utterances_never_overlap_nor_cross_a_cut_nor_pass_their_length(
    gaps: list[tuple[float, float]], changes: list[float]
) -> None:
    at, speech = 0.0, []
    for gap_s, lasts_s in gaps:
        speech.append(Span(start_s=at + gap_s, end_s=at + gap_s + lasts_s))
        at = speech[-1].end_s
    found = utterances(speech, sorted(changes), 0.0, at + 1.0, PLAIN)
    assert all(a[1] <= b[0] + 0.011 for a, b in pairwise(found))
    for start_s, end_s in found:
        assert PLAIN.min_utterance_s <= end_s - start_s <= PLAIN.max_utterance_s + 2 * PLAIN.pad_s + 0.011
        assert not any(start_s + 0.011 < change < end_s - 0.011 for change in changes)


def test_a_film_in_which_nobody_speaks_is_dropped(tmp_path: Path) -> None:
    stage = CutStage(PLAIN)
    answer = stage(Item("it", {"source": source(make(tmp_path / "film.mp4", sound="tone"))}))
    assert isinstance(answer, Drop)
    assert answer.reason == "no_utterance"


def test_what_can_not_be_read_is_dropped_with_the_reader_s_reason(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    answer = CutStage(PLAIN)(Item("it", {"source": source(tmp_path / "film.mp4")}))
    assert isinstance(answer, Drop)
    assert answer.reason == "clip_unreadable"


@pytest.mark.parametrize(
    "wrong", [{"min_utterance_s": 20.0}, {"min_pause_s": 0.0}, {"pad_s": 5.0}, {"min_utterance_s": 0.0}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|lies"):
        CutSettings(**wrong)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def film(media_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    """Three people, one after another, each saying a sentence; and when each begins."""
    pictures: list[NDArray[np.uint8]] = []
    sounds: list[NDArray[np.float32]] = []
    begins_s = []
    for name in ("bbaf2n", "lbax4n", "sbwe5n"):
        with open_clip(media_dir / "grid_av" / f"{name}.mpg", MediaSettings(fps=25)) as clip:
            assert clip.sound is not None
            begins_s.append(len(pictures) / 25)
            frames = [frame.rgb for frame in clip.frames()]
            sound = np.zeros(round(len(frames) / 25 * 16_000), np.float32)
            heard = clip.sound.samples[: len(sound)]
            sound[: len(heard)] = heard
        pictures += frames
        sounds.append(sound)
    path = make_clip(
        tmp_path_factory.mktemp("film") / "film.mp4",
        times_s=[i / 25 for i in range(len(pictures))],
        size=(pictures[0].shape[1], pictures[0].shape[0]),
        picture=lambda i: pictures[i],
        sound=np.concatenate(sounds),
        rate_hz=16_000,
    )
    return path, begins_s


@pytest.mark.media
def test_a_film_of_three_people_becomes_three_clips(film: tuple[Path, list[float]], tmp_path: Path) -> None:
    path, begins_s = film
    whole = source(path).model_copy(update={"label_said": "joy", "transcript": "all", "speaker": "film"})
    stages = [
        CutStage(CutSettings(cut=True, min_utterance_s=0.8)),
        CleanStage(CleanSettings(), after="cut"),
        DuplicatesStage(),
    ]
    status = run(stages, [whole], tmp_path, settings=FlowSettings(workers=1))
    assert [(s.kept, s.dropped, s.quarantined) for s in status.stages] == [(1, 0, 0), (3, 0, 0), (3, 0, 0)]
    cuts = dict(outputs(tmp_path, "cut", Source))
    for (name, part), begin_s in zip(cuts.items(), begins_s, strict=True):
        assert name == part.id
        assert name == f"made/film.mp4#t={part.start_s:.2f}-{part.end_s:.2f}"
        assert part.start_s is not None
        assert part.end_s is not None
        assert begin_s - 0.09 <= part.start_s < part.end_s <= begin_s + 3.09
        assert (part.label_said, part.transcript, part.speaker) == (None, None, "film")
    for name, clip in outputs(tmp_path, "clean", Clip):
        part = cuts[name]
        assert part.start_s is not None
        assert part.end_s is not None
        assert clip.info.duration_s == pytest.approx(part.end_s - part.start_s, abs=0.1)
        assert (tmp_path / clip.media_path).is_file()


@pytest.mark.media
def test_the_same_film_is_cut_into_the_same_clips(film: tuple[Path, list[float]]) -> None:
    stage = CutStage(CutSettings(cut=True, min_utterance_s=0.8))
    answers = [stage(Item("it", {"source": source(film[0])})) for _ in range(2)]
    assert isinstance(answers[0], Many)
    assert answers[0] == answers[1]


@pytest.mark.media
def test_a_source_s_own_stretch_is_all_that_is_cut(film: tuple[Path, list[float]]) -> None:
    answer = CutStage(CutSettings(cut=True, min_utterance_s=0.8))(
        Item("it", {"source": source(film[0], 3.0, 6.0)})
    )
    assert isinstance(answer, Many)
    (part,) = answer.records.values()
    assert isinstance(part, Source)
    assert part.start_s is not None
    assert part.end_s is not None
    assert 3.0 <= part.start_s < part.end_s <= 6.0


def test_parts_of_a_long_film_overlap_and_cover_it() -> None:
    parts = list(_parts(10.0, 700.0))
    assert parts[0][0] == 10.0
    assert parts[-1][1] == 700.0
    for (_, end_s), (start_s, _) in pairwise(parts):
        assert end_s - start_s == pytest.approx(2.0)
    assert list(_parts(0.0, 5.0)) == [(0.0, 5.0)]
