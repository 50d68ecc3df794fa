"""Are copies told from what only looks or sounds alike, and are they found among many?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from saber.clean import DuplicatesSettings, DuplicatesStage
from saber.clean.nearness import Prints, alignment_distance, candidates
from saber.clean.picture_print import cells, picture_hash
from saber.clean.sound_print import sound_hashes
from saber.core.dataset import Clip, Fingerprints, Unique
from saber.core.records import ClipInfo, Sound
from saber.flow import Answer, Drop, Item, Keep, Tools
from saber.media import open_clip

DRAW = np.random.default_rng(0)
Hashes = NDArray[np.uint64]


def numbers(count: int, seed: int) -> Hashes:
    return np.random.default_rng(seed).integers(1, 2**63, count, dtype=np.uint64)


def texts(hashes: Hashes) -> tuple[str, ...]:
    return tuple(f"{value:016x}" for value in hashes.tolist())


def flipped(hashes: Hashes, bits: int) -> Hashes:
    """Each hash with so many other bits."""
    rows = np.unpackbits(hashes.view(np.uint8).reshape(-1, 8), axis=1)
    for row in rows:
        row[DRAW.choice(64, bits, replace=False)] ^= 1
    return np.packbits(rows, axis=1).view(np.uint64).ravel()


def decide(
    clips: Mapping[str, tuple[Sequence[str], Sequence[str]]],
    settings: DuplicatesSettings | None = None,
    sha256: str = "",
) -> dict[str, Answer]:
    info = ClipInfo(
        path="", sha256=sha256, size_bytes=0, container="", duration_s=1.0, video=None, audio=None
    )
    items = [
        Item(
            name,
            {
                "clean": Clip(
                    media_path=name,
                    info=info,
                    checks=(),
                    fingerprints=Fingerprints(picture=tuple(picture), sound=tuple(sound)),
                )
            },
        )
        for name, (picture, sound) in sorted(clips.items())
    ]
    return dict(DuplicatesStage(settings).decide(items, Tools(Path())))


def test_the_distance_is_that_of_the_best_alignment() -> None:
    a = numbers(10, 0)
    assert alignment_distance(a, a) == 0.0
    assert alignment_distance(a, a[3:]) == 0.0
    assert alignment_distance(a, flipped(a, 8)) == pytest.approx(8 / 64)
    assert alignment_distance(a, numbers(10, 1)) > 0.35
    # Fewer than half of the shorter one overlap: that is no alignment.
    assert alignment_distance(a, np.concatenate([a[7:], numbers(7, 2)])) > 0.3


def test_moments_at_which_both_are_blank_say_nothing() -> None:
    blank = np.zeros(10, np.uint64)
    assert alignment_distance(blank, blank) == 1.0
    a, b = numbers(4, 0), numbers(4, 1)
    both = [np.concatenate([part, blank]) for part in (a, b)]
    assert alignment_distance(*both) > 0.35


def test_a_copy_is_dropped_with_the_name_of_what_it_repeats() -> None:
    picture, sound = numbers(6, 0), numbers(16, 1)
    answers = decide(
        {
            "a": (texts(picture), texts(sound)),
            "b": (texts(numbers(6, 2)), texts(numbers(16, 3))),
            "c": (texts(flipped(picture, 4)), texts(flipped(sound[2:], 3))),
        }
    )
    assert isinstance(answers["a"], Keep)
    assert isinstance(answers["b"], Keep)
    dropped = answers["c"]
    assert isinstance(dropped, Drop)
    assert dropped.reason == "duplicate"
    assert dropped.detail == "It repeats a."
    assert dropped.record == Unique(nearest="a", picture_distance=4 / 64, sound_distance=round(3 / 64, 4))


@pytest.mark.parametrize("same", ["picture", "sound"])
def test_alike_in_one_of_the_two_is_no_copy(same: str) -> None:
    """One actor before one wall; or one utterance filmed from two sides."""
    picture, sound = numbers(6, 0), numbers(16, 1)
    other = (picture, numbers(16, 2)) if same == "picture" else (numbers(6, 3), sound)
    answers = decide({"a": (texts(picture), texts(sound)), "b": (texts(other[0]), texts(other[1]))})
    assert all(isinstance(answer, Keep) for answer in answers.values())
    if same == "sound":
        kept = answers["b"]
        assert isinstance(kept, Keep)
        assert isinstance(kept.record, Unique)
        assert (kept.record.nearest, kept.record.sound_distance) == ("a", 0.0)


def test_without_sound_the_picture_must_be_the_same() -> None:
    picture = numbers(6, 0)
    answers = decide(
        {"a": (texts(picture), ()), "b": (texts(flipped(picture, 1)), ()), "c": (texts(picture[1:]), ())}
    )
    assert isinstance(answers["b"], Keep)
    assert isinstance(answers["c"], Drop)


def test_a_clip_without_any_fingerprint_is_kept_unless_its_bytes_are_the_same() -> None:
    assert all(isinstance(a, Keep) for a in decide({"a": ((), ()), "b": ((), ())}).values())
    answers = decide({"a": ((), ()), "b": ((), ())}, sha256="5" * 64)
    assert isinstance(answers["a"], Keep)
    assert isinstance(answers["b"], Drop)


def test_hundreds_of_copies_of_one_clip_are_all_found() -> None:
    picture, sound = numbers(6, 0), numbers(16, 1)
    clips = {f"{n:04d}": (texts(flipped(picture, 2)), texts(flipped(sound, 2))) for n in range(300)}
    answers = decide(clips)
    assert [name for name, answer in answers.items() if isinstance(answer, Keep)] == ["0000"]


def test_dropping_can_be_left_out() -> None:
    picture, sound = texts(numbers(6, 0)), texts(numbers(16, 1))
    answers = decide({"a": (picture, sound), "b": (picture, sound)}, DuplicatesSettings(drop=False))
    kept = answers["b"]
    assert isinstance(kept, Keep)
    assert isinstance(kept.record, Unique)
    assert kept.record.nearest == "a"


def test_far_fewer_pairs_are_compared_than_there_are() -> None:
    prints = Prints()
    for n in range(3000):
        prints.add(f"{n}", Fingerprints(sound=texts(numbers(16, n))))
    assert len(list(candidates(prints))) < 500  # of 4.5 million
    assert prints.name(2999) == "2999"
    assert prints.bytes < 3000 * 200


def test_a_picture_s_hash_stays_when_it_is_scaled_or_lit_otherwise() -> None:
    small = np.random.default_rng(4).uniform(20, 200, (24, 32)).astype(np.float32)
    luma = small.repeat(10, 0).repeat(10, 1)
    for changed in (cells(luma, 120, 160), luma * 1.2 + 10, luma[:, :-4]):
        assert (picture_hash(luma) ^ picture_hash(changed)).bit_count() <= 6
    assert (picture_hash(luma) ^ picture_hash(luma[:, ::-1])).bit_count() > 20
    assert picture_hash(np.full((240, 320), 128, np.float32)) == 0


def test_cells_are_means_of_their_pixels() -> None:
    luma = np.arange(24, dtype=np.float32).reshape(4, 6)
    assert cells(luma, 2, 2).tolist() == [[4.0, 7.0], [16.0, 19.0]]
    assert cells(luma[:1, :1], 2, 2).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_silence_and_too_little_sound_have_no_hash() -> None:
    assert sound_hashes(None) == ()
    assert sound_hashes(Sound(np.zeros(48_000, np.float32))) == ()
    assert sound_hashes(Sound(np.full(800, 0.1, np.float32))) == ()


@pytest.mark.media
def test_takes_of_one_sentence_are_no_copies_and_a_copy_is(media_dir: Path) -> None:
    """RAVDESS, an actor that nothing was chosen on: the same words, in other emotions and again."""
    folder = media_dir / "ravdess_audio16k" / "Actor_09"
    found: dict[str, Hashes] = {}
    for path in sorted(folder.glob("03-01-0[1345]-01-01-*.flac")):
        with open_clip(path) as clip:
            sound = clip.sound
        assert sound is not None
        found[path.stem] = np.array([int(h, 16) for h in sound_hashes(sound)], np.uint64)
        # Quieter, without its first 0.15 s, with a little noise.
        noise = DRAW.standard_normal(len(sound.samples)).astype(np.float32) * 1e-5
        copied = Sound((sound.samples * np.float32(0.3) + noise)[2400:])
        copy = np.array([int(h, 16) for h in sound_hashes(copied)], np.uint64)
        assert alignment_distance(found[path.stem], copy) < 0.1
    assert len(found) == 8
    names = list(found)
    limit = DuplicatesSettings().max_sound_distance
    for i, first in enumerate(names):
        for second in names[:i]:
            assert alignment_distance(found[first], found[second]) > limit, (first, second)
